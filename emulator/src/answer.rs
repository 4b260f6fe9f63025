//! What an action answers when the world knows nothing better: its page's example, or a value made
//! up from its types.

use bindery_model::{Action, Example, Field, Service, Shape, TypeRef};
use serde_json::{Map, Value, json};

use crate::reply;
use crate::route::Target;

/// Types nested more deeply than this are left out of made-up values; recursive types have no end.
const MAX_DEPTH: usize = 4;

/// The output of the example whose request equals the arguments.
pub(crate) fn matching(action: &Action, arguments: &Map<String, Value>) -> Option<Value> {
    let examples = action.examples.iter();
    examples
        .filter(|example| same_request(action, example, arguments))
        .find_map(|example| output(action, example))
}

/// The output of the matching example, else of the first one, else a made-up one.
pub(crate) fn documented(target: &Target<'_>, arguments: &Map<String, Value>) -> Value {
    let action = target.action;
    matching(action, arguments)
        .or_else(|| first(action))
        .unwrap_or_else(|| made_up(target.service, action))
}

/// The output of the first example that shows a success.
pub(crate) fn first(action: &Action) -> Option<Value> {
    action
        .examples
        .iter()
        .find_map(|example| output(action, example))
}

fn output(action: &Action, example: &Example) -> Option<Value> {
    if example.status >= 400 {
        return None;
    }
    reply::unwrap(action.envelope, example.response.as_ref()?)
}

/// Compares what the caller chooses; signatures and tokens differ from call to call.
fn same_request(action: &Action, example: &Example, arguments: &Map<String, Value>) -> bool {
    let chosen = action.params.iter().filter(|field| !field.set_by_client);
    let given = |arguments: &Map<String, Value>, name: &str| {
        arguments
            .get(name)
            .filter(|value| !value.is_null())
            .cloned()
    };
    chosen
        .into_iter()
        .all(|field| given(&example.request, &field.name) == given(arguments, &field.name))
}

fn made_up(service: &Service, action: &Action) -> Value {
    if action.output.is_empty() {
        Value::Null
    } else {
        object(service, &action.output, 0)
    }
}

fn object(service: &Service, fields: &[Field], depth: usize) -> Value {
    let members = fields.iter().map(|field| {
        let value = field
            .example
            .clone()
            .or_else(|| value(service, &field.ty, depth));
        (field.name.clone(), value.unwrap_or(Value::Null))
    });
    Value::Object(members.collect())
}

fn value(service: &Service, ty: &TypeRef, depth: usize) -> Option<Value> {
    if depth > MAX_DEPTH {
        return None;
    }
    Some(match ty {
        TypeRef::String => json!("text"),
        TypeRef::Bool => json!(true),
        TypeRef::Int32 | TypeRef::Int64 | TypeRef::Uint32 | TypeRef::Uint64 => json!(1),
        TypeRef::Float => json!(1.5),
        TypeRef::Bytes => json!("Ynl0ZXM="),
        TypeRef::Seconds => json!(1_700_000_000),
        TypeRef::Milliseconds => json!(1_700_000_000_000_i64),
        TypeRef::Date => json!("2023-11-14"),
        TypeRef::DateTime => json!("2023-11-14 22:13:20"),
        TypeRef::Json => json!({}),
        TypeRef::List(item) => value(service, item, depth + 1).into_iter().collect(),
        TypeRef::Map(item) => {
            let member = value(service, item, depth + 1)?;
            json!({ "key": member })
        }
        TypeRef::Named(index) => match &service.type_def(*index).shape {
            Shape::Object(fields) => object(service, fields, depth + 1),
            Shape::IntegerEnum(values) => json!(values.first()?.value),
            Shape::StringEnum(values) => json!(values.first()?.value),
        },
    })
}
