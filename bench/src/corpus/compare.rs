//! Whether two JSON values say the same.

use serde_json::{Number, Value};

/// What written JSON may have more than what is expected.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum More {
    Nothing,
    /// Lists that are always written, because they are never absent in Rust.
    EmptyLists,
}

/// The path of the first difference. Numbers may be spelled in different ways.
pub(super) fn difference(expected: &Value, written: &Value, more: More) -> Option<String> {
    find(expected, written, more, "$")
}

fn find(expected: &Value, written: &Value, more: More, path: &str) -> Option<String> {
    match (expected, written) {
        (Value::Object(expected), Value::Object(written)) => {
            let lost = expected.iter().find_map(|(name, value)| {
                let path = format!("{path}.{name}");
                match written.get(name) {
                    Some(written) => find(value, written, more, &path),
                    None => Some(path),
                }
            });
            let is_more = |value: &Value| match value {
                Value::Array(items) => !items.is_empty() || more == More::Nothing,
                _ => true,
            };
            lost.or_else(|| {
                let mut added = written.iter();
                let added =
                    added.find(|(name, value)| !expected.contains_key(*name) && is_more(value));
                added.map(|(name, _)| format!("{path}.{name}"))
            })
        }
        (Value::Array(expected), Value::Array(written)) if expected.len() == written.len() => {
            let mut items = expected.iter().zip(written).enumerate();
            items.find_map(|(index, (expected, written))| {
                find(expected, written, more, &format!("{path}[{index}]"))
            })
        }
        (Value::Number(expected), Value::Number(written)) => {
            (!is_same(expected, written)).then(|| path.to_owned())
        }
        _ => (expected != written).then(|| path.to_owned()),
    }
}

fn is_same(one: &Number, other: &Number) -> bool {
    one == other || ((one.is_f64() || other.is_f64()) && one.as_f64() == other.as_f64())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_spelling_of_numbers_and_empty_lists_are_passed_over() {
        let cases = [
            (json!({ "A": 1 }), json!({ "A": 1.0 }), None),
            (
                json!({ "A": [1, 2] }),
                json!({ "A": [1, 3] }),
                Some("$.A[1]"),
            ),
            (json!({ "A": [1, 2] }), json!({ "A": [1] }), Some("$.A")),
            (json!({ "A": "1" }), json!({ "A": 1 }), Some("$.A")),
            (
                json!({ "A": { "B": 1 } }),
                json!({ "A": {} }),
                Some("$.A.B"),
            ),
            (json!({}), json!({ "A": null }), Some("$.A")),
        ];
        for (expected, written, path) in cases {
            let found = difference(&expected, &written, More::EmptyLists);
            assert_eq!(found.as_deref(), path, "{expected} {written}");
        }
        let (none, list) = (json!({}), json!({ "A": [] }));
        assert_eq!(difference(&none, &list, More::EmptyLists), None);
        let found = difference(&none, &list, More::Nothing);
        assert_eq!(found.as_deref(), Some("$.A"));
    }
}
