//! Cuts a list into pages, in each of the ways that the vendors have.

use bindery_model::{Action, Dispatch, PageStyle};
use serde_json::{Map, Value, json};

use crate::route::Target;

/// How many items a page has where neither the request nor the action's page says.
const USUAL_SIZE: usize = 20;

/// The page of an output that the arguments ask for.
pub(crate) fn cut(target: &Target<'_>, arguments: &Map<String, Value>, output: Value) -> Value {
    let action = target.action;
    let Some(pagination) = &action.pagination else {
        return output;
    };
    let mut output = output;
    let Some(Value::Array(items)) = at(&mut output, &pagination.items) else {
        return output;
    };
    let all = items.len();
    let given = |name: &String| number(arguments.get(name)?);
    let size = |name: &String| {
        given(name)
            .unwrap_or_else(|| usual_size(action, name))
            .max(1)
    };
    let (start, size, next) = match &pagination.style {
        PageStyle::Number {
            page,
            first,
            size: name,
        } => {
            let first = usize::try_from(first.unwrap_or(0)).unwrap_or_default();
            let page = given(page).unwrap_or(first).saturating_sub(first);
            let size = size(name);
            (page.saturating_mul(size), size, None)
        }
        PageStyle::Offset { offset, limit } => (given(offset).unwrap_or(0), size(limit), None),
        PageStyle::Token { token, next, limit } => {
            let size = limit.as_ref().map_or(USUAL_SIZE, size);
            (given(token).unwrap_or(0), size, Some(next))
        }
    };
    // Beyond the end, Huawei Cloud Meeting answers with the last page.
    let is_beyond = target.provider.dispatch == Dispatch::Path && start >= all && all > 0;
    let start = if is_beyond {
        (all - 1) / size * size
    } else {
        start
    };
    *items = items.drain(..).skip(start).take(size).collect();
    let end = start.saturating_add(size);
    if let Some(next) = next.and_then(|next| at(&mut output, next)) {
        *next = match (next.is_number(), end < all) {
            (true, true) => json!(end),
            (true, false) => json!(0),
            (false, true) => json!(end.to_string()),
            (false, false) => json!(""),
        };
    }
    let total = pagination.total.as_ref();
    if let Some(total) = total.and_then(|total| at(&mut output, total)) {
        *total = json!(all);
    }
    output
}

/// What the action's page says that the size is unless something else is asked for.
fn usual_size(action: &Action, name: &str) -> usize {
    let field = action.params.iter().find(|field| field.name == name);
    let default = field.and_then(|field| field.default.as_ref());
    default.and_then(number).unwrap_or(USUAL_SIZE)
}

/// A number, which some actions write as text.
fn number(value: &Value) -> Option<usize> {
    match value {
        Value::String(text) => text.parse().ok(),
        value => usize::try_from(value.as_u64()?).ok(),
    }
}

/// The value at the end of a path through objects. The whole reply may be the first of its members.
fn at<'v>(output: &'v mut Value, path: &[String]) -> Option<&'v mut Value> {
    let (name, rest) = match path {
        [] => return Some(output),
        [name, rest @ ..] => (name, rest),
    };
    if output.is_array() && rest.is_empty() {
        return Some(output);
    }
    at(output.get_mut(name)?, rest)
}
