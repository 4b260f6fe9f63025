//! Takes secrets out of what is kept: by what the specification calls sensitive, and by value.

use std::collections::BTreeMap;

use serde_json::Value;
use zeroize::Zeroizing;

use crate::encode;
use crate::envelope;
use crate::mismatch::{Mismatch, MismatchKind};
use crate::operation::Envelope;
use crate::record::{Location, Peek, Record};
use crate::redact::secrets;

const HIDDEN: &str = "[hidden]";

/// A request's input as JSON, without what is sensitive.
pub(super) fn input(request: &dyn Record) -> Value {
    let input = declared(encode::value(request), &Peek::Record(request));
    without(input, &secrets(request))
}

/// The body of a success without what is sensitive, and without what neither the envelope nor the
/// action declares: nobody has said that it is not.
pub(super) fn success(body: Value, envelope: Envelope, output: &dyn Record) -> Value {
    match envelope {
        Envelope::Response => filtered(body, |name, value| {
            (name == "Response").then(|| mixed(value, output))
        }),
        Envelope::CodeData => filtered(body, |name, value| match name {
            "Data" => Some(result(value, output)),
            name => envelope::stands_around(name).then_some(value),
        }),
        Envelope::CodeFlat => mixed(body, output),
        Envelope::Bare => result(body, output),
    }
}

fn mixed(body: Value, output: &dyn Record) -> Value {
    filtered(body, |name, value| match position(output, name) {
        Some(index) => Some(member(value, output, index)),
        None => envelope::stands_around(name).then_some(value),
    })
}

fn result(value: Value, output: &dyn Record) -> Value {
    let mut members = output.members().iter();
    match members.position(|member| member.location() == Location::WholeBody) {
        Some(index) => member(value, output, index),
        None => declared(value, &Peek::Record(output)),
    }
}

fn member(value: Value, record: &dyn Record, index: usize) -> Value {
    if record.members()[index].is_sensitive() {
        hidden(value)
    } else {
        declared(value, &record.peek(index))
    }
}

/// What a value that was read holds of what was there to be read.
fn declared(value: Value, read: &Peek<'_>) -> Value {
    match (value, read) {
        (value @ Value::Object(_), Peek::Record(record)) => filtered(value, |name, value| {
            let index = position(*record, name)?;
            Some(member(value, *record, index))
        }),
        (value @ Value::Object(_), Peek::Map(map)) => {
            let mut entries = BTreeMap::new();
            map.each(&mut |key, entry| {
                entries.insert(key, entry);
            });
            filtered(value, |name, value| {
                Some(declared(value, entries.get(name).unwrap_or(&Peek::Absent)))
            })
        }
        (Value::Array(items), Peek::List(list)) => {
            let items = items.into_iter().enumerate().map(|(index, item)| {
                // One may have been left out, but all have the same type.
                match list.len().checked_sub(1) {
                    Some(end) => declared(item, &list.peek(index.min(end))),
                    None => hidden(item),
                }
            });
            Value::Array(items.collect())
        }
        (value, Peek::Json(_)) => value,
        (value @ (Value::Object(_) | Value::Array(_)), _) => hidden(value),
        (value, _) => value,
    }
}

fn filtered(body: Value, keep: impl Fn(&str, Value) -> Option<Value>) -> Value {
    let Value::Object(members) = body else {
        return body;
    };
    let members = members.into_iter().filter_map(|(name, value)| {
        let value = keep(&name, value)?;
        Some((name, value))
    });
    Value::Object(members.collect())
}

fn position(record: &dyn Record, name: &str) -> Option<usize> {
    let mut members = record.members().iter();
    members.position(|member| member.name == name)
}

/// A value in which secrets are hidden wherever they stand.
pub(super) fn without(value: Value, secrets: &[Zeroizing<String>]) -> Value {
    match value {
        Value::String(text) if secrets.iter().any(|secret| **secret == text) => {
            Value::String(HIDDEN.to_owned())
        }
        Value::String(text) => {
            // What is shorter stands in other texts by chance.
            let secrets = secrets.iter().filter(|secret| secret.len() >= 8);
            let hide =
                |text: String, secret: &Zeroizing<String>| text.replace(secret.as_str(), HIDDEN);
            Value::String(secrets.fold(text, hide))
        }
        Value::Array(items) => {
            let items = items.into_iter().map(|item| without(item, secrets));
            Value::Array(items.collect())
        }
        Value::Object(members) => {
            let members = members.into_iter();
            let members = members.map(|(name, value)| (name, without(value, secrets)));
            Value::Object(members.collect())
        }
        value => value,
    }
}

/// A value that says nothing in the members that could not be read: they may be sensitive, but the
/// output, which would say so, does not hold them.
pub(super) fn without_unread(value: Value, mismatches: &[Mismatch]) -> Value {
    let unread: Vec<&str> = mismatches
        .iter()
        .filter(|mismatch| matches!(mismatch.kind(), MismatchKind::Dropped { .. }))
        .filter_map(|mismatch| {
            mismatch
                .path()
                .rsplit(['.', '['])
                .find(|name| !name.ends_with(']'))
        })
        .collect();
    if unread.is_empty() {
        return value;
    }
    without_members(value, &unread)
}

fn without_members(value: Value, names: &[&str]) -> Value {
    match value {
        Value::Array(items) => {
            let items = items.into_iter().map(|item| without_members(item, names));
            Value::Array(items.collect())
        }
        Value::Object(members) => {
            let members = members.into_iter().map(|(name, value)| {
                let value = if names.contains(&name.as_str()) {
                    hidden(value)
                } else {
                    without_members(value, names)
                };
                (name, value)
            });
            Value::Object(members.collect())
        }
        value => value,
    }
}

/// A value of the same form that says nothing.
fn hidden(value: Value) -> Value {
    match value {
        Value::String(text) if !text.is_empty() => HIDDEN.into(),
        Value::Number(_) => 0.into(),
        Value::Bool(_) => false.into(),
        Value::Array(items) => Value::Array(items.into_iter().map(hidden).collect()),
        Value::Object(members) => {
            let members = members.into_iter();
            let members = members.map(|(name, value)| (name, hidden(value)));
            Value::Object(members.collect())
        }
        value => value,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::envelope::Strictness;
    use crate::record;
    use crate::record::ValueMut as _;

    #[derive(Default)]
    struct Member {
        name: Option<String>,
        pin: Option<u64>,
        keys: Option<Vec<String>>,
        friends: Vec<Member>,
    }

    record! {
        Member {
            0 => name: "Name",
            1 => pin: "Pin" sensitive,
            2 => keys: "Keys" sensitive,
            3 => friends: "Friends",
        }
    }

    #[test]
    fn nothing_is_kept_that_is_sensitive_or_that_nobody_declares() {
        let result = json!({
            "Name": "ada", "Pin": 4711, "Keys": ["a", "b"], "SessionKey": "new",
            "Friends": [{ "Name": "bob", "Pin": 1, "Trace": { "Key": "new" } }, { "Friends": 7 }],
        });
        let kept = json!({
            "Name": "ada", "Pin": 0, "Keys": [HIDDEN, HIDDEN],
            "Friends": [{ "Name": "bob", "Pin": 0 }, { "Friends": 7 }],
        });
        let with = |result: &Value, name: &str, value: Value| {
            let mut result = result.clone();
            result[name] = value;
            result
        };
        let id = || json!("id");
        for (envelope, body, expected) in [
            (Envelope::Bare, result.clone(), kept.clone()),
            (
                Envelope::Response,
                json!({ "Response": with(&result, "RequestId", id()), "Debug": "new" }),
                json!({ "Response": with(&kept, "RequestId", id()) }),
            ),
            (
                Envelope::CodeData,
                json!({ "Code": 0, "RequestId": "id", "Data": result, "Debug": "new" }),
                json!({ "Code": 0, "RequestId": "id", "Data": kept }),
            ),
            (
                Envelope::CodeFlat,
                with(&with(&result, "Code", 0.into()), "Debug", json!("new")),
                with(&kept, "Code", 0.into()),
            ),
        ] {
            let mut output = Member::absent();
            let text = body.to_string();
            let opened = envelope::open(
                envelope,
                200,
                text.as_bytes(),
                &mut output,
                Strictness::Tolerant,
            );
            assert!(opened.is_ok(), "{envelope:?}");
            assert_eq!(success(body, envelope, &output), expected, "{envelope:?}");
        }
        let request = Member {
            name: Some("ada".to_owned()),
            pin: Some(4711),
            ..Member::default()
        };
        let kept = json!({ "Name": "ada", "Pin": 0, "Friends": [] });
        assert_eq!(input(&request), kept);
    }
}
