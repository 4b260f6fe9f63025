//! What an action answers when the world knows nothing better: its page's example, or a value made
//! up from its types.

use bindery_model::{Action, Example, Field, Location, Service, Shape, StreamError, TypeRef};
use serde_json::{Map, Value, json};

use crate::route::Target;
use crate::{page, reply};

/// How many items a made-up list has that comes in pages.
const PAGED_ITEMS: u64 = 7;

/// Types nested more deeply than this are left out of made-up values; recursive types have no end.
const MAX_DEPTH: usize = 4;

/// The output of the example whose request equals the arguments.
pub(crate) fn matching(action: &Action, arguments: &Map<String, Value>) -> Option<Value> {
    let examples = action.examples.iter();
    examples
        .filter(|example| same_request(action, example, arguments))
        .find_map(|example| output(action, example))
}

/// The output of the matching example, else of the first one, else a made-up one. The last two are
/// cut into the pages that the arguments ask for.
pub(crate) fn documented(target: &Target<'_>, arguments: &Map<String, Value>) -> Value {
    let action = target.action;
    if let Some(output) = matching(action, arguments) {
        return output;
    }
    let output = first(action).unwrap_or_else(|| made_up(target.service, action));
    page::cut(target, arguments, output)
}

/// Those members of an object that the items of a list in an action's output have.
pub(crate) fn item(target: &Target<'_>, list: &str, object: &Map<String, Value>) -> Value {
    let mut fields = target.action.output.iter();
    let item = fields
        .find(|field| field.name == list)
        .map(|field| &field.ty);
    let Some(TypeRef::List(item)) = item else {
        return Value::Null;
    };
    let TypeRef::Named(index) = **item else {
        return Value::Null;
    };
    let Shape::Object(fields) = &target.service.type_def(index).shape else {
        return Value::Null;
    };
    let members = fields.iter().filter_map(|field| {
        let value = object.get(&field.name)?.clone();
        Some((field.name.clone(), value))
    });
    Value::Object(members.collect())
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

/// A list with more than one item, if the action's results come in pages.
fn made_up(service: &Service, action: &Action) -> Value {
    let paged = action
        .pagination
        .as_ref()
        .map(|pagination| &*pagination.items);
    let mut made_up = MadeUp { service, number: 0 };
    if let [field] = &*action.output
        && field.location == Location::WholeBody
    {
        return made_up.member(field, paged.map(|path| &path[1..]), 0);
    }
    if action.output.is_empty() {
        return Value::Null;
    }
    let mut output = made_up.object(&action.output, paged, 0);
    let stream = action.stream.as_ref();
    let paths = match stream.and_then(|stream| stream.error.as_ref()) {
        None => [None, None],
        Some(StreamError::Object(path)) => [Some(path), None],
        Some(StreamError::Members { code, message }) => [Some(code), message.as_ref()],
    };
    for path in paths.into_iter().flatten() {
        leave_out(&mut output, path);
    }
    output
}

/// Takes the member at the end of a path out of an object: what tells of an error is absent from a
/// success.
fn leave_out(object: &mut Value, path: &[String]) {
    let Some((last, above)) = path.split_last() else {
        return;
    };
    let mut names = above.iter();
    let place = names.try_fold(object, |place, name| place.get_mut(name));
    if let Some(Value::Object(members)) = place {
        members.shift_remove(last);
    }
}

/// Makes values up. Those with the same number are equal.
struct MadeUp<'m> {
    service: &'m Service,
    number: u64,
}

impl MadeUp<'_> {
    fn object(&mut self, fields: &[Field], paged: Option<&[String]>, depth: usize) -> Value {
        let members = fields.iter().map(|field| {
            let paged = paged
                .and_then(|path| path.split_first())
                .filter(|(name, _)| **name == field.name)
                .map(|(_, rest)| rest);
            (field.name.clone(), self.member(field, paged, depth))
        });
        Value::Object(members.collect())
    }

    /// The value of a member, which may be on the way to the list that comes in pages.
    fn member(&mut self, field: &Field, paged: Option<&[String]>, depth: usize) -> Value {
        match (&field.ty, paged) {
            (TypeRef::List(item), Some([])) => {
                let items = (0..PAGED_ITEMS).filter_map(|number| {
                    self.number = number;
                    self.value(item, None, depth + 1)
                });
                let items = items.collect();
                self.number = 0;
                items
            }
            (ty, Some(_)) => self.value(ty, paged, depth).unwrap_or_default(),
            (ty, None) => {
                let example = field.example.clone().filter(|_| self.number == 0);
                let value = example.or_else(|| self.value(ty, None, depth));
                value.unwrap_or_default()
            }
        }
    }

    fn value(&mut self, ty: &TypeRef, paged: Option<&[String]>, depth: usize) -> Option<Value> {
        if depth > MAX_DEPTH {
            return None;
        }
        let number = self.number;
        Some(match ty {
            TypeRef::String if number == 0 => json!("text"),
            TypeRef::String => json!(format!("text {number}")),
            TypeRef::Bool => json!(true),
            TypeRef::Int32 | TypeRef::Int64 | TypeRef::Uint32 | TypeRef::Uint64 => {
                json!(1 + number)
            }
            TypeRef::Float => json!(1.5),
            TypeRef::Bytes => json!("Ynl0ZXM="),
            TypeRef::Seconds => json!(1_700_000_000 + number),
            TypeRef::Milliseconds => json!(1_700_000_000_000 + number),
            TypeRef::Date => json!("2023-11-14"),
            TypeRef::DateTime => json!("2023-11-14 22:13:20"),
            TypeRef::Json => json!({}),
            TypeRef::List(item) => self.value(item, None, depth + 1).into_iter().collect(),
            TypeRef::Map(item) => {
                let member = self.value(item, None, depth + 1)?;
                json!({ "key": member })
            }
            TypeRef::Named(index) => match &self.service.type_def(*index).shape {
                Shape::Object(fields) => self.object(fields, paged, depth + 1),
                Shape::IntegerEnum(values) => json!(values.first()?.value),
                Shape::StringEnum(values) => json!(values.first()?.value),
            },
        })
    }
}
