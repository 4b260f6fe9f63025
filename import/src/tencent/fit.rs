//! Whether a value is what the metadata promises.

use serde_json::Value;

use super::api::{Api, Element, Member, Type};

/// Says how the members of an input differ from its description, if they do. The text holds no
/// name that does not come from the metadata.
pub(super) fn input_mismatch(
    api: &Api<'_>,
    object: &str,
    values: &serde_json::Map<String, Value>,
) -> Option<String> {
    let members = &api.objects[object].members;
    let find = |name: &str| members.iter().find(|member| member.name == name);
    if values.keys().any(|name| find(name).is_none()) {
        return Some(format!("it has a member that {object} does not have"));
    }
    let missing = members
        .iter()
        .find(|member| member.required && !values.contains_key(&*member.name));
    if let Some(missing) = missing {
        return Some(format!("{object}.{} is missing", missing.name));
    }
    values.iter().find_map(|(name, value)| {
        let member = find(name)?;
        member_mismatch(api, object, member, value)
    })
}

fn member_mismatch(
    api: &Api<'_>,
    object: &str,
    member: &Member<'_>,
    value: &Value,
) -> Option<String> {
    let ty = member.ty();
    let single = Type { list: false, ..ty };
    let items = match value {
        Value::Array(items) if ty.list => items.as_slice(),
        _ if ty.list => return Some(format!("{object}.{} is not a list", member.name)),
        value => std::slice::from_ref(value),
    };
    items.iter().find_map(|item| match (ty.element, item) {
        (Element::Object(name), Value::Object(values)) => input_mismatch(api, name, values),
        (element, item) if is_of(item, element) => None,
        _ => Some(format!(
            "{object}.{} is not of the type {}",
            member.name,
            single.expression()
        )),
    })
}

/// Whether a value is one of a type that is not an object.
pub(super) fn is_of(value: &Value, element: Element<'_>) -> bool {
    match element {
        Element::String | Element::Bytes | Element::Date | Element::DateTime => value.is_string(),
        Element::Bool => value.is_boolean(),
        Element::Int64 => value.is_i64(),
        Element::Uint64 => value.is_u64(),
        Element::Float => value.is_number(),
        Element::Object(_) => false,
    }
}

/// The value that a text stands for, if it is one of a type that is not an object.
pub(super) fn parse(text: &str, element: Element<'_>) -> Option<Value> {
    let value = match element {
        Element::String | Element::Bytes | Element::Date | Element::DateTime => {
            return Some(Value::from(text));
        }
        Element::Bool => Value::from(match text {
            "true" | "True" | "TRUE" => true,
            "false" | "False" | "FALSE" => false,
            _ => return None,
        }),
        Element::Int64 => Value::from(text.parse::<i64>().ok()?),
        Element::Uint64 => Value::from(text.parse::<u64>().ok()?),
        Element::Float => serde_json::from_str(text).ok()?,
        Element::Object(_) => return None,
    };
    is_of(&value, element).then_some(value)
}
