//! Types of the language.

use std::ops::RangeInclusive;

use super::flat::Flat;

/// A type of the language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Type {
    String,
    Bool,
    Int32,
    Int64,
    Uint32,
    Uint64,
    Float,
    /// Bytes in base64.
    Bytes,
    /// Bytes as they are, which only the parts of a form and whole bodies can be.
    Binary,
    Date,
    DateTime,
    Json,
    List(Box<Type>),
    Map(Box<Type>),
    /// An object or an enumeration, by its place among the definitions.
    Named(usize),
}

/// What a schema without members and values stands for.
pub(super) fn plain(ty: Option<&str>, flat: &Flat<'_>) -> Type {
    let format = flat.keyword("format").and_then(|at| at.value.as_str());
    let format = format.unwrap_or_default().to_ascii_lowercase();
    let integer = |format: &str| match format {
        "int32" | "int16" | "int8" | "short" => Some(Type::Int32),
        "int64" | "int" | "integer" | "long" => Some(Type::Int64),
        "uint32" | "uint16" | "uint8" => Some(Type::Uint32),
        "uint64" | "uint" => Some(Type::Uint64),
        _ => None,
    };
    let ty = ty.map(str::to_ascii_lowercase);
    match ty.as_deref() {
        Some("integer") => integer(&format).unwrap_or(Type::Int64),
        Some("number") => integer(&format).unwrap_or(Type::Float),
        Some("boolean" | "bool") => Type::Bool,
        Some("string") => match format.as_str() {
            "date" => Type::Date,
            "date-time" => Type::DateTime,
            "byte" | "base64" => Type::Bytes,
            "binary" => Type::Binary,
            _ if flat.says("contentEncoding", "base64") => Type::Bytes,
            _ if flat.says("contentMediaType", "application/octet-stream") => Type::Binary,
            _ => Type::String,
        },
        Some("file") => Type::Binary,
        Some("float" | "double") => Type::Float,
        Some(ty) => integer(ty).unwrap_or(Type::Json),
        None => integer(&format).unwrap_or(Type::Json),
    }
}

impl Type {
    /// The smallest and the largest number of a type of whole numbers.
    pub(super) fn width(&self) -> Option<RangeInclusive<i128>> {
        match self {
            Self::Int32 => Some(i32::MIN.into()..=i32::MAX.into()),
            Self::Int64 => Some(i64::MIN.into()..=i64::MAX.into()),
            Self::Uint32 => Some(0..=u32::MAX.into()),
            Self::Uint64 => Some(0..=u64::MAX.into()),
            _ => None,
        }
    }

    pub(super) fn is_number(&self) -> bool {
        *self == Self::Float || self.width().is_some()
    }

    /// The definition that it is, or is a list or map of.
    pub(super) fn definition(&self) -> Option<usize> {
        match self {
            Self::List(inner) | Self::Map(inner) => inner.definition(),
            Self::Named(index) => Some(*index),
            _ => None,
        }
    }

    /// The same type where bytes cannot travel as they are; nothing, if it needs no change.
    pub(super) fn without_binary(&self) -> Option<Self> {
        match self {
            Self::Binary => Some(Self::String),
            Self::List(inner) => Some(Self::List(Box::new(inner.without_binary()?))),
            Self::Map(inner) => Some(Self::Map(Box::new(inner.without_binary()?))),
            _ => None,
        }
    }

    pub(super) fn depth(&self) -> usize {
        match self {
            Self::List(inner) | Self::Map(inner) => 1 + inner.depth(),
            _ => 0,
        }
    }
}
