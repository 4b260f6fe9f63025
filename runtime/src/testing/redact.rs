//! Takes secrets out of what is kept: by what the specification calls sensitive, and by value.

use serde_json::Value;

use crate::encode;
use crate::record::{Peek, Record};

const HIDDEN: &str = "[hidden]";

/// A request's input as JSON, without what is sensitive.
pub(super) fn input(request: &dyn Record) -> Value {
    without(encode::value(request), &secrets(request))
}

/// The texts in a record that the specification calls sensitive.
pub(super) fn secrets(record: &dyn Record) -> Vec<String> {
    let mut secrets = Vec::new();
    collect_members(record, false, &mut secrets);
    secrets
}

/// A value in which secrets are hidden wherever they stand.
pub(super) fn without(value: Value, secrets: &[String]) -> Value {
    match value {
        Value::String(text) if secrets.contains(&text) => Value::String(HIDDEN.to_owned()),
        Value::String(text) => {
            // What is shorter stands in other texts by chance.
            let secrets = secrets.iter().filter(|secret| secret.len() >= 8);
            let hide = |text: String, secret: &String| text.replace(secret.as_str(), HIDDEN);
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

fn collect_members(record: &dyn Record, is_sensitive: bool, secrets: &mut Vec<String>) {
    for (index, member) in record.members().iter().enumerate() {
        let is_sensitive = is_sensitive || member.sensitive;
        collect(record.peek(index), is_sensitive, secrets);
    }
}

fn collect(value: Peek<'_>, is_sensitive: bool, secrets: &mut Vec<String>) {
    match value {
        Peek::String(text) | Peek::StringEnum(text, _) if is_sensitive && !text.is_empty() => {
            secrets.push(text.to_owned());
        }
        Peek::Bytes(bytes) if is_sensitive && !bytes.is_empty() => {
            secrets.push(encode::base64(bytes));
        }
        Peek::Json(value) if is_sensitive => collect_json(value, secrets),
        Peek::Record(record) => collect_members(record, is_sensitive, secrets),
        Peek::List(list) => {
            for index in 0..list.len() {
                collect(list.peek(index), is_sensitive, secrets);
            }
        }
        Peek::Map(map) => map.each(&mut |_, value| collect(value, is_sensitive, secrets)),
        _ => {}
    }
}

fn collect_json(value: &Value, secrets: &mut Vec<String>) {
    match value {
        Value::String(text) if !text.is_empty() => secrets.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| collect_json(item, secrets)),
        Value::Object(members) => members
            .values()
            .for_each(|item| collect_json(item, secrets)),
        _ => {}
    }
}
