//! Whether a value is one of a type.

use serde_json::{Map, Value};

use super::{
    field::Field,
    schema::{Definition, Shape},
    types::Type,
};

/// A value as its author means it: what YAML takes for a number may be text, and a number may
/// stand in quotes.
pub(super) fn coerce(value: &Value, ty: &Type) -> Value {
    match (ty, value) {
        (Type::String, Value::Number(_) | Value::Bool(_)) => Value::from(value.to_string()),
        (Type::Bool, Value::String(text)) => match text.as_str() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => value.clone(),
        },
        (ty, Value::String(text)) if ty.is_number() => {
            let number = serde_json::from_str(text).ok();
            number
                .filter(Value::is_number)
                .unwrap_or_else(|| value.clone())
        }
        (Type::List(item), Value::Array(items)) => {
            items.iter().map(|value| coerce(value, item)).collect()
        }
        _ => value.clone(),
    }
}

/// Whether a value is one of a type.
pub(super) fn is_of(value: &Value, ty: &Type, definitions: &[Definition<'_>]) -> bool {
    match (ty, value) {
        (Type::Json, _)
        | (Type::Bool, Value::Bool(_))
        | (Type::Float, Value::Number(_))
        | (
            Type::String | Type::Bytes | Type::Binary | Type::Date | Type::DateTime,
            Value::String(_),
        ) => true,
        (Type::List(item), Value::Array(items)) => {
            items.iter().all(|value| is_of(value, item, definitions))
        }
        (Type::Map(item), Value::Object(members)) => members
            .values()
            .all(|value| is_of(value, item, definitions)),
        (Type::Named(index), value) => match (&definitions[*index].shape, value) {
            (Shape::Object(fields), Value::Object(members)) => {
                mismatch(members, fields, definitions).is_none()
            }
            (Shape::Enumeration(enumeration), value) => enumeration.accepts(value),
            _ => false,
        },
        (ty, value) => {
            let integer = value.as_i64().map(i128::from);
            let integer = integer.or_else(|| value.as_u64().map(i128::from));
            let width = ty.width();
            integer
                .zip(width)
                .is_some_and(|(integer, width)| width.contains(&integer))
        }
    }
}

/// How the members of an object differ from its description, if they do.
pub(super) fn mismatch(
    members: &Map<String, Value>,
    fields: &[Field<'_>],
    definitions: &[Definition<'_>],
) -> Option<String> {
    let find = |name: &String| fields.iter().find(|field| field.name == *name);
    for (name, value) in members {
        let Some(field) = find(name) else {
            return Some(format!("it has {name:?}, which is not described"));
        };
        if !is_of(value, &field.ty, definitions) || !field.limits.accept(value) {
            return Some(format!("its {name:?} does not fit the description"));
        }
    }
    let is_missing = |field: &&Field<'_>| {
        let is_needed = field.required && !field.read_only && !field.write_only;
        is_needed && !members.contains_key(&field.name)
    };
    let missing = fields.iter().find(is_missing)?;
    Some(format!("it lacks {:?}", missing.name))
}
