//! The language as a JSON Schema, with which editors complete and check as people type.

use serde_json::{Map, Value as Json, json};

use super::{
    ACTION, CHANGE, DEVIATIONS, ERROR, Key, MAPPINGS, Mapping, OVERLAY, PAGINATION, PROVIDER,
    RATE_LIMIT, SERVICE, SHARED_TYPES, TYPE, Value, words,
};
use crate::spec::Builtin;

/// The JSON Schema (draft-07) of all files of a specification.
///
/// A file with `provider` is a provider's, one with `service` is a service's, one with `overlay` is
/// an overlay, one with `deviations` lists these, one with nothing but `types` declares these, and
/// every other is an action's: one error at the right place is worth more than three under `oneOf`.
pub fn json_schema() -> Json {
    let definitions: Map<_, _> = MAPPINGS
        .iter()
        .map(|mapping| (id(mapping), definition(mapping)))
        .collect();
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Bindery specification",
        "type": "object",
        "if": { "required": ["provider"] },
        "then": reference(&PROVIDER),
        "else": {
            "if": { "required": ["service"] },
            "then": reference(&SERVICE),
            "else": {
                "if": { "required": ["overlay"] },
                "then": reference(&OVERLAY),
                "else": {
                    "if": { "required": ["deviations"] },
                    "then": reference(&DEVIATIONS),
                    "else": {
                        "if": { "required": ["types"], "maxProperties": 1 },
                        "then": reference(&SHARED_TYPES),
                        "else": reference(&ACTION),
                    },
                },
            },
        },
        "definitions": definitions,
    })
}

/// The name of a mapping's definition: `rate_limit` for a rate limit.
fn id(mapping: &Mapping) -> String {
    let (_, noun) = mapping.name.split_once(' ').unwrap_or(("", mapping.name));
    noun.replace(' ', "_")
}

fn reference(mapping: &Mapping) -> Json {
    json!({ "$ref": format!("#/definitions/{}", id(mapping)) })
}

fn definition(mapping: &'static Mapping) -> Json {
    let properties: Map<_, _> = mapping
        .keys
        .iter()
        .map(|key| (key.name.to_owned(), property(key)))
        .collect();
    let required: Vec<_> = mapping
        .keys
        .iter()
        .filter(|key| key.required)
        .map(|key| key.name)
        .collect();
    let mut schema = json!({
        "description": mapping.doc,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
        "defaultSnippets": [{ "label": mapping.name, "body": snippet(mapping) }],
    });
    if let Some(groups) = alternatives(mapping) {
        let groups = groups.iter().map(|keys| json!({ "required": keys }));
        schema["oneOf"] = groups.collect();
    }
    schema
}

/// Keys of which exactly one group has to be there.
fn alternatives(mapping: &'static Mapping) -> Option<&'static [&'static [&'static str]]> {
    if std::ptr::eq(mapping, &raw const TYPE) {
        Some(&[&["fields"], &["enum", "values"]])
    } else if std::ptr::eq(mapping, &raw const PAGINATION) {
        Some(&[&["page", "size"], &["offset", "limit"], &["token", "next"]])
    } else if std::ptr::eq(mapping, &raw const CHANGE) {
        Some(&[&["add"], &["replace", "was"], &["remove", "was"]])
    } else {
        None
    }
}

/// The required keys, with their examples to type over.
fn snippet(mapping: &Mapping) -> Json {
    let required = mapping.keys.iter().filter(|key| key.required);
    let members = required.enumerate().map(|(index, key)| {
        let body = match key.value {
            Value::One(inner) | Value::Many(inner) => snippet(inner),
            _ => json!(format!(
                "${{{}:{}}}",
                index + 1,
                key.example.trim_matches('"')
            )),
        };
        (key.name.to_owned(), body)
    });
    Json::Object(members.collect())
}

fn property(key: &Key) -> Json {
    let described = json!({ "description": key.doc });
    let (Json::Object(mut members), Json::Object(schema)) = (described, value(key.value)) else {
        return json!(true);
    };
    if schema.contains_key("$ref") {
        // Draft-07 ignores what stands next to a reference.
        members.insert("allOf".to_owned(), json!([schema]));
    } else {
        members.extend(schema);
    }
    Json::Object(members)
}

fn value(value: Value) -> Json {
    let rate = || pattern("^[1-9][0-9]*/[smh]$");
    match value {
        Value::Text | Value::Pattern => json!({ "type": "string" }),
        Value::Texts => json!({ "type": "array", "items": { "type": "string" } }),
        Value::Flag => json!({ "type": "boolean" }),
        Value::Count => json!({ "type": "integer", "minimum": 0 }),
        Value::Word(words) => choice(&words()),
        Value::Url => pattern("^https?://"),
        Value::Date => pattern("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
        Value::Duration => pattern("^[0-9]+[smh]$"),
        Value::Type => {
            let name = pattern("^[\\[{]*([A-Za-z][A-Za-z0-9_]*|timestamp\\(m?s\\))[\\]}]*$");
            json!({ "anyOf": [choice(&words::<Builtin>()), name] })
        }
        Value::Range => pattern("^(-?[0-9.]+\\.\\.(-?[0-9.]+)?|\\.\\.-?[0-9.]+)$"),
        Value::Path => pattern("^/"),
        Value::Any => json!({}),
        Value::JsonObject => json!({ "type": "object" }),
        Value::Rate => rate(),
        Value::RateLimits => {
            let one = json!({ "anyOf": [rate(), reference(&RATE_LIMIT)] });
            json!({ "anyOf": [rate(), reference(&RATE_LIMIT), { "type": "array", "items": one }] })
        }
        Value::StatusCodes => json!({
            "type": "object",
            "patternProperties": { "^[1-5][0-9]{2}$": { "type": "string" } },
            "additionalProperties": false,
        }),
        Value::Errors => map(&json!({ "anyOf": [{ "type": "string" }, reference(&ERROR)] })),
        Value::One(mapping) => reference(mapping),
        Value::Many(mapping) => {
            let list = json!({ "type": "array", "items": reference(mapping) });
            json!({ "anyOf": [reference(mapping), list] })
        }
        Value::Items(mapping) => json!({ "type": "array", "items": reference(mapping) }),
        Value::Map(mapping) => map(&reference(mapping)),
    }
}

fn pattern(regex: &str) -> Json {
    json!({ "type": "string", "pattern": regex })
}

fn map(values: &Json) -> Json {
    json!({ "type": "object", "additionalProperties": values })
}

fn choice(words: &[(&str, &str)]) -> Json {
    let (words, docs): (Vec<_>, Vec<_>) = words.iter().copied().unzip();
    json!({ "enum": words, "enumDescriptions": docs })
}
