//! Parameters, outputs and members.

use serde_json::Value;

use super::{
    documents::At,
    fit,
    limits::{Limits, bounds},
    remarks::Remarks,
    schema::{Definition, Schema},
    text,
    types::Type,
};
use crate::{
    secret,
    yaml::{Map, Node, Style},
};

/// The longest sample value that helps a reader, in bytes.
const LONGEST_SAMPLE: usize = 200;

/// What [`is_name`] asks for.
pub(super) const NAME_RULE: &str =
    "a name starts with a letter and has letters, digits, `_`, `.` and `-`";

/// Whether a text can be a name on the wire.
pub(super) fn is_name(text: &str) -> bool {
    text.len() <= 200
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
}

/// A value with a name.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a keyword of its own"
)]
pub(super) struct Field<'d> {
    pub(super) name: String,
    pub(super) at: At<'d>,
    pub(super) ty: Type,
    pub(super) required: bool,
    pub(super) nullable: bool,
    pub(super) doc: String,
    pub(super) limits: Limits,
    pub(super) default: Option<At<'d>>,
    pub(super) example: Option<At<'d>>,
    pub(super) sensitive: bool,
    pub(super) deprecated: bool,
    /// Whether only replies hold it.
    pub(super) read_only: bool,
    /// Whether only requests hold it.
    pub(super) write_only: bool,
}

/// For which mapping of the language a field is described.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Param,
    Output,
    Member,
}

impl<'d> Field<'d> {
    pub(super) fn new(
        name: &str,
        at: At<'d>,
        schema: Schema<'d>,
        required: bool,
        remarks: &Remarks,
    ) -> Self {
        let flat = schema.flat;
        if let Some(doc) = flat.keyword("description")
            && doc.value.as_str().is_some_and(text::has_long_listing)
        {
            remarks.add(&doc, "a long listing in the description is left out");
        }
        let example = flat.keyword("example").or_else(|| {
            let examples = flat.keyword("examples")?;
            examples.items().next()
        });
        Self {
            limits: Limits::read(&flat, &schema.ty, remarks),
            sensitive: flat.says("format", "password")
                || (schema.ty == Type::String && secret::is_secret(name)),
            name: name.to_owned(),
            at,
            ty: schema.ty,
            required,
            nullable: schema.nullable,
            doc: flat.doc(),
            default: flat.keyword("default").filter(|at| !at.value.is_null()),
            example,
            deprecated: flat.flag("deprecated"),
            read_only: flat.flag("readOnly"),
            write_only: flat.flag("writeOnly"),
        }
    }

    /// Describes the field. `rust` is its explicit name, `words` are keys that say where it travels.
    pub(super) fn describe(
        &self,
        rust: Option<String>,
        (role, words): (Role, &[(&'static str, &'static str)]),
        types: &Types<'_, 'd>,
        remarks: &Remarks,
    ) -> Map<'static> {
        let mut map = Map::new(Style::Flow);
        map.add("type", Node::Data(types.expression(&self.ty).into()));
        if self.required && !(role == Role::Member && (self.read_only || self.write_only)) {
            map.add("required", Node::word("true"));
        }
        match (self.nullable, role) {
            (true, Role::Param) => remarks.add(&self.at, "that it may be null is left out"),
            (true, _) => map.add("nullable", Node::word("true")),
            (false, _) => {}
        }
        map.add("doc", Node::prose(self.doc.clone()));
        map.add_some("name", rust.map(Node::word));
        for (key, word) in words {
            map.add(*key, Node::word(*word));
        }
        if let Some(default) = &self.default {
            match self.value(default.value, types) {
                _ if role == Role::Output => {
                    remarks.add(default, "the default is left out: outputs have none");
                }
                Some(value) => map.add("default", Node::json(value, Style::Flow)),
                None => remarks.add(
                    default,
                    "the default is left out: the type or its limits forbid it",
                ),
            }
        }
        map.add_some(
            "range",
            self.limits
                .range
                .as_ref()
                .map(|range| Node::word(bounds(range))),
        );
        map.add_some(
            "length",
            self.limits
                .length
                .as_ref()
                .map(|length| Node::word(bounds(length))),
        );
        let pattern = self.limits.pattern.clone();
        map.add_some("pattern", pattern.map(|pattern| Node::Data(pattern.into())));
        if self.sensitive {
            map.add("sensitive", Node::word("true"));
        }
        if self.deprecated {
            map.add("deprecated", Node::prose("The vendor has deprecated it."));
        }
        if let Some(example) = &self.example {
            match self.value(example.value, types) {
                Some(value) if value.to_string().len() <= LONGEST_SAMPLE => {
                    map.add("example", Node::json(value, Style::Flow));
                }
                Some(_) => remarks.add(example, "the example is left out: it is too long"),
                None => remarks.add(
                    example,
                    "the example is left out: the type or its limits forbid it",
                ),
            }
        }
        map
    }

    /// A value of the field, if the document has written one that fits.
    pub(super) fn value(&self, written: &Value, types: &Types<'_, 'd>) -> Option<Value> {
        let value = fit::coerce(written, &self.ty);
        let fits = fit::is_of(&value, &self.ty, types.definitions) && self.limits.accept(&value);
        fits.then_some(value)
    }
}

/// Takes bytes as they are for text, because these fields travel in JSON.
pub(super) fn without_binary(fields: &mut [Field<'_>], remarks: &Remarks) {
    for field in fields {
        if let Some(ty) = field.ty.without_binary() {
            remarks.add(
                &field.at,
                "bytes cannot stand in JSON as they are: it is a string",
            );
            field.ty = ty;
        }
    }
}

/// The types of a service under their final names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Types<'s, 'd> {
    pub(super) definitions: &'s [Definition<'d>],
    pub(super) names: &'s [String],
}

impl Types<'_, '_> {
    /// A type as the language writes it.
    pub(super) fn expression(&self, ty: &Type) -> String {
        match ty {
            Type::String => "string".to_owned(),
            Type::Bool => "bool".to_owned(),
            Type::Int32 => "int32".to_owned(),
            Type::Int64 => "int64".to_owned(),
            Type::Uint32 => "uint32".to_owned(),
            Type::Uint64 => "uint64".to_owned(),
            Type::Float => "float".to_owned(),
            Type::Bytes | Type::Binary => "bytes".to_owned(),
            Type::Date => "date".to_owned(),
            Type::DateTime => "datetime".to_owned(),
            Type::Json => "json".to_owned(),
            Type::List(inner) => format!("[{}]", self.expression(inner)),
            Type::Map(inner) => format!("{{{}}}", self.expression(inner)),
            Type::Named(index) => self.names[*index].clone(),
        }
    }
}
