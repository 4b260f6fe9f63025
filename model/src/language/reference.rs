//! The language as a reference for people.

use super::{MAPPINGS, Mapping, Value, words};
use crate::spec::Builtin;

/// The keys of the language as Markdown: a table for each kind of mapping, then the words.
pub fn reference_markdown() -> String {
    let mut lines = vec![
        "A key with a star is required. Text that YAML could read as something else, such as"
            .to_owned(),
        "`1.10`, `no` or `2019-07-22`, needs quotes.".to_owned(),
        String::new(),
    ];
    for mapping in MAPPINGS {
        mapping_table(mapping, &mut lines);
    }
    lines.push("### Types".to_owned());
    lines.push(String::new());
    lines.push(
        "A type is one of these, the name of a declared type, `[T]` for a list or `{T}` for a map from strings."
            .to_owned(),
    );
    word_table("type", &words::<Builtin>(), &mut lines);
    for mapping in MAPPINGS {
        for key in mapping.keys {
            let heading = format!("### `{}`", key.name);
            if let Value::Word(words) = key.value
                && !lines.contains(&heading)
            {
                lines.push(heading);
                word_table(key.name, &words(), &mut lines);
            }
        }
    }
    lines.pop();
    lines.join("\n") + "\n"
}

fn mapping_table(mapping: &Mapping, lines: &mut Vec<String>) {
    lines.push(format!("### {}", heading(mapping)));
    lines.push(String::new());
    lines.push(mapping.doc.to_owned());
    lines.push(String::new());
    lines.push("| key | value | meaning | example |".to_owned());
    lines.push("|---|---|---|---|".to_owned());
    for key in mapping.keys {
        let star = if key.required { " *" } else { "" };
        lines.push(format!(
            "| `{}`{star} | {} | {} | `{}` |",
            key.name,
            describe(key.name, key.value),
            cell(key.doc),
            cell(key.example)
        ));
    }
    lines.push(String::new());
}

fn word_table(title: &str, words: &[(&str, &str)], lines: &mut Vec<String>) {
    lines.push(String::new());
    lines.push(format!("| {title} | meaning |"));
    lines.push("|---|---|".to_owned());
    for (word, doc) in words {
        lines.push(format!("| `{}` | {} |", cell(word), cell(doc)));
    }
    lines.push(String::new());
}

fn heading(mapping: &Mapping) -> String {
    let mut chars = mapping.name.chars();
    chars
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(chars)
        .collect()
}

fn link(mapping: &Mapping) -> String {
    let (_, noun) = mapping.name.split_once(' ').unwrap_or(("", mapping.name));
    format!("[{noun}](#{})", mapping.name.replace(' ', "-"))
}

fn describe(name: &str, value: Value) -> String {
    match value {
        Value::Text => "text".to_owned(),
        Value::Texts => "list of texts".to_owned(),
        Value::Flag => "`true` or `false`".to_owned(),
        Value::Count => "number".to_owned(),
        Value::Word(_) => format!("[word](#{name})"),
        Value::Url => "address".to_owned(),
        Value::Date => "date".to_owned(),
        Value::Duration => "time in `s`, `m` or `h`".to_owned(),
        Value::Type => "[type](#types)".to_owned(),
        Value::Range => "bounds".to_owned(),
        Value::Pattern => "regular expression".to_owned(),
        Value::Path => "path".to_owned(),
        Value::Any => "any value".to_owned(),
        Value::JsonObject => "any value with keys".to_owned(),
        Value::Rate => "rate".to_owned(),
        Value::RateLimits => {
            format!("rate, {} or list of these", link(&super::RATE_LIMIT))
        }
        Value::StatusCodes => "status code → text".to_owned(),
        Value::Errors => format!("code → text or {}", link(&super::ERROR)),
        Value::One(mapping) => link(mapping),
        Value::Many(mapping) => format!("{} or list of these", link(mapping)),
        Value::Items(mapping) => format!("list of {}", link(mapping)),
        Value::Map(mapping) => format!("name → {}", link(mapping)),
    }
}

/// Text that cannot end the cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
