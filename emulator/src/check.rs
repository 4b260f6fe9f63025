//! Whether arguments are what the model says: required and known names, types, ranges, lengths,
//! patterns and enumerations.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bindery_model::{Field, Service, Shape, TypeRef};
use regex_lite::Regex;
use serde_json::{Map, Value};

/// The first thing that is wrong with the arguments of a call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Violation {
    /// What is wrong.
    pub(crate) fault: Fault,
    /// Where: wire names and indexes, joined with dots.
    pub(crate) path: String,
    /// What is wrong in words that follow the path.
    pub(crate) message: String,
}

/// What is wrong with an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is required and absent.
    Missing,
    /// The action has no such parameter.
    Unknown,
    /// It is not of the declared type.
    Type,
    /// Its value is not allowed.
    Value,
    /// It is longer than allowed.
    TooLong,
}

impl Violation {
    /// A violation at a path.
    pub(crate) fn new(fault: Fault, path: &str, message: &str) -> Self {
        Self {
            fault,
            path: path.to_owned(),
            message: message.to_owned(),
        }
    }
}

/// Checks the arguments against the fields; null counts as absent.
pub(crate) fn object(
    service: &Service,
    fields: &[&Field],
    arguments: &Map<String, Value>,
) -> Result<(), Violation> {
    members(service, fields, arguments, "")
}

/// Checks one value against its field.
pub(crate) fn value(service: &Service, field: &Field, value: &Value) -> Result<(), Violation> {
    member(service, field, value, &field.name)
}

fn members(
    service: &Service,
    fields: &[&Field],
    arguments: &Map<String, Value>,
    prefix: &str,
) -> Result<(), Violation> {
    let given = |name: &str| arguments.get(name).filter(|value| !value.is_null());
    for field in fields.iter().filter(|field| field.required) {
        if given(&field.name).is_none() {
            let path = format!("{prefix}{}", field.name);
            return Err(Violation::new(Fault::Missing, &path, "is required"));
        }
    }
    for name in arguments.keys() {
        if !fields.iter().any(|field| field.name == *name) {
            let path = format!("{prefix}{name}");
            return Err(Violation::new(Fault::Unknown, &path, "is not known"));
        }
    }
    for field in fields {
        if let Some(value) = given(&field.name) {
            member(service, field, value, &format!("{prefix}{}", field.name))?;
        }
    }
    Ok(())
}

fn member(service: &Service, field: &Field, value: &Value, path: &str) -> Result<(), Violation> {
    typed(service, &field.ty, value, path)?;
    if let Some((least, most)) = &field.range {
        let below = least.as_ref().is_some_and(|least| less(value, least));
        let above = most.as_ref().is_some_and(|most| less(most, value));
        if below || above {
            return Err(Violation::new(Fault::Value, path, "is out of range"));
        }
    }
    if let Some((least, most)) = field.length
        && let Some(length) = length(value)
    {
        if least.is_some_and(|least| length < least) {
            return Err(Violation::new(Fault::Value, path, "is too short"));
        }
        if most.is_some_and(|most| length > most) {
            // Only text is ever said to be too long; a list has too many items.
            let fault = if value.is_string() {
                Fault::TooLong
            } else {
                Fault::Value
            };
            return Err(Violation::new(fault, path, "is too long"));
        }
    }
    if let (Some(pattern), Value::String(text)) = (&field.pattern, value)
        && !matches_whole(pattern, text)
    {
        return Err(Violation::new(
            Fault::Value,
            path,
            "is not of the documented form",
        ));
    }
    Ok(())
}

fn typed(service: &Service, ty: &TypeRef, value: &Value, path: &str) -> Result<(), Violation> {
    let fits = match ty {
        TypeRef::String | TypeRef::Date | TypeRef::DateTime => value.is_string(),
        TypeRef::Bool => value.is_boolean(),
        TypeRef::Int32 => value
            .as_i64()
            .is_some_and(|value| i32::try_from(value).is_ok()),
        TypeRef::Uint32 => value
            .as_u64()
            .is_some_and(|value| u32::try_from(value).is_ok()),
        TypeRef::Int64 | TypeRef::Seconds | TypeRef::Milliseconds => value.is_i64(),
        TypeRef::Uint64 => value.is_u64(),
        TypeRef::Float => value.is_number(),
        TypeRef::Bytes => value
            .as_str()
            .is_some_and(|text| STANDARD.decode(text).is_ok()),
        TypeRef::Json => true,
        TypeRef::List(item) => return list(service, item, value, path),
        TypeRef::Map(item) => return map(service, item, value, path),
        TypeRef::Named(index) => return named(service, *index, value, path),
    };
    if fits { Ok(()) } else { Err(mistyped(path)) }
}

fn list(service: &Service, item: &TypeRef, value: &Value, path: &str) -> Result<(), Violation> {
    let items = value.as_array().ok_or_else(|| mistyped(path))?;
    for (index, value) in items.iter().enumerate() {
        typed(service, item, value, &format!("{path}.{index}"))?;
    }
    Ok(())
}

fn map(service: &Service, item: &TypeRef, value: &Value, path: &str) -> Result<(), Violation> {
    let members = value.as_object().ok_or_else(|| mistyped(path))?;
    for (name, value) in members {
        typed(service, item, value, &format!("{path}.{name}"))?;
    }
    Ok(())
}

fn named(service: &Service, index: usize, value: &Value, path: &str) -> Result<(), Violation> {
    let known = match &service.type_def(index).shape {
        Shape::Object(fields) => {
            let arguments = value.as_object().ok_or_else(|| mistyped(path))?;
            let fields: Vec<_> = fields.iter().collect();
            return members(service, &fields, arguments, &format!("{path}."));
        }
        Shape::IntegerEnum(values) => {
            let value = value.as_i64().ok_or_else(|| mistyped(path))?;
            values.iter().any(|known| known.value == value)
        }
        Shape::StringEnum(values) => {
            let value = value.as_str().ok_or_else(|| mistyped(path))?;
            values.iter().any(|known| known.value == value)
        }
    };
    // Clients keep enumerations open for what a vendor may send; what a vendor takes is listed.
    if known {
        Ok(())
    } else {
        Err(Violation::new(Fault::Value, path, "is not a listed value"))
    }
}

fn mistyped(path: &str) -> Violation {
    Violation::new(Fault::Type, path, "is not of the declared type")
}

fn less(left: &Value, right: &Value) -> bool {
    if let (Some(left), Some(right)) = (integer(left), integer(right)) {
        return left < right;
    }
    matches!((left.as_f64(), right.as_f64()), (Some(left), Some(right)) if left < right)
}

fn integer(value: &Value) -> Option<i128> {
    value
        .as_i64()
        .map(i128::from)
        .or_else(|| value.as_u64().map(i128::from))
}

fn length(value: &Value) -> Option<u64> {
    let length = match value {
        Value::String(text) => text.chars().count(),
        Value::Array(items) => items.len(),
        _ => return None,
    };
    u64::try_from(length).ok()
}

fn matches_whole(pattern: &str, text: &str) -> bool {
    // A pattern that this engine cannot read says nothing about the request.
    Regex::new(&format!("^(?:{pattern})$")).map_or(true, |pattern| pattern.is_match(text))
}
