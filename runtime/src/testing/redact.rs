//! Takes secrets out of what is kept: by what the specification calls sensitive, and by value.

use serde_json::Value;
use zeroize::Zeroizing;

use crate::encode;
use crate::mismatch::{Mismatch, MismatchKind};
use crate::record::Record;
use crate::redact::secrets;

const HIDDEN: &str = "[hidden]";

/// A request's input as JSON, without what is sensitive.
pub(super) fn input(request: &dyn Record) -> Value {
    without(encode::value(request), &secrets(request))
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

/// A value without the texts in the members that could not be read: they may be sensitive, but the
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
                    without_texts(value)
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
fn without_texts(value: Value) -> Value {
    match value {
        Value::String(_) => Value::String(HIDDEN.to_owned()),
        Value::Array(items) => Value::Array(items.into_iter().map(without_texts).collect()),
        Value::Object(members) => {
            let members = members.into_iter();
            let members = members.map(|(name, value)| (name, without_texts(value)));
            Value::Object(members.collect())
        }
        value => value,
    }
}
