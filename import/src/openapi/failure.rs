//! Failures: the error codes that a document lists, and the HTTP statuses.
//!
//! OpenAPI has no place for error codes. They are found where vendors put them: as the values of
//! the member that holds the code, in a table in its description, and in the examples of replies.

use std::collections::BTreeSet;

use bindery_model::ident;
use serde_json::Value;

use super::{
    body, documents::At, enumeration, flat::Flat, remarks::Remarks, schema::Schemas, text,
};
use crate::{
    error::ImportError,
    names,
    yaml::{Map, Node, Style},
};

/// What the member is called that holds the code.
const CODES: &[&str] = &["error_code", "errorCode", "ErrorCode", "Code", "code"];

/// What the member is called that explains it.
const MESSAGES: &[&str] = &[
    "error_msg",
    "errorMsg",
    "error_message",
    "errorMessage",
    "ErrorMessage",
    "Message",
    "message",
    "msg",
];

/// What an object is called that holds both.
const WRAPPERS: &[&str] = &["Response", "error", "Error"];

/// An error code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    code: String,
    doc: String,
    remedy: Option<String>,
}

/// The HTTP statuses that an operation answers with.
pub(super) fn status_codes(
    operation: &At<'_>,
    remarks: &Remarks,
) -> Result<Vec<(u16, String)>, ImportError> {
    let mut statuses = Vec::new();
    let responses = operation.follow("responses")?;
    for (status, at) in responses.iter().flat_map(At::members) {
        let response = at.clone().resolved()?;
        let doc = response.text("description").map(text::line);
        let doc = doc.filter(|doc| !doc.is_empty());
        match status.parse() {
            Ok(code @ 100..=599) => {
                statuses.push((code, doc.unwrap_or_else(|| format!("The status {code}."))));
            }
            _ if status.starts_with("x-") => {}
            _ => {
                let text =
                    format!("{status:?} is not one status, and is left out of `status_codes`");
                remarks.add(&at, text);
            }
        }
    }
    statuses.sort();
    statuses.dedup_by_key(|(code, _)| *code);
    Ok(statuses)
}

/// The error codes that an operation lists.
pub(super) fn read(operation: &At<'_>, remarks: &Remarks) -> Result<Vec<Failure>, ImportError> {
    let mut failures = Failures::default();
    let success = body::success(operation)?;
    let responses = operation.follow("responses")?;
    for (_, at) in responses.iter().flat_map(At::members) {
        let response = at.resolved()?;
        let content = response.follow("content")?;
        for (_, media) in content.iter().flat_map(At::members) {
            // Codes beside the result of a success are those of an envelope.
            let is_success = success
                .as_ref()
                .is_some_and(|at| at.node() == response.node());
            if let Some(schema) = media.child("schema") {
                failures.add_schema(&schema, is_success, remarks, 0)?;
            }
            for example in examples(&media) {
                failures.add_example(&example);
            }
        }
    }
    Ok(failures.list)
}

/// The values of examples.
fn examples(media: &At<'_>) -> Vec<Value> {
    let mut values: Vec<_> = media
        .child("example")
        .map(|at| at.value.clone())
        .into_iter()
        .collect();
    for (_, at) in media.child("examples").iter().flat_map(At::members) {
        if let Ok(example) = at.resolved()
            && let Some(value) = example.child("value")
        {
            values.push(value.value.clone());
        }
    }
    values
}

#[derive(Default)]
struct Failures {
    list: Vec<Failure>,
}

impl Failures {
    fn add(&mut self, code: &Value, doc: &str, remedy: Option<String>) {
        let code = match code {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            _ => return,
        };
        let is_code = code.len() <= 200
            && code.starts_with(|c: char| c.is_ascii_alphanumeric())
            && code
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'));
        let is_success = matches!(code.as_str(), "0" | "200" | "success" | "Success" | "OK");
        if !is_code || is_success {
            return;
        }
        match self.list.iter_mut().find(|known| known.code == code) {
            Some(known) if known.doc.is_empty() => {
                doc.clone_into(&mut known.doc);
                known.remedy = remedy;
            }
            Some(_) => {}
            None => self.list.push(Failure {
                code,
                doc: doc.to_owned(),
                remedy,
            }),
        }
    }

    fn add_schema(
        &mut self,
        schema: &At<'_>,
        is_success: bool,
        remarks: &Remarks,
        depth: usize,
    ) -> Result<(), ImportError> {
        let (flat, _) = Schemas::settled(schema)?;
        for (name, at) in flat.properties() {
            // In a result, only the code of an envelope is the code of a failure.
            if CODES.contains(&name) && (!is_success || name == "Code") {
                self.add_member(&at, remarks)?;
            } else if WRAPPERS.contains(&name) && depth == 0 && !is_success {
                self.add_schema(&at, is_success, remarks, depth + 1)?;
            }
        }
        Ok(())
    }

    /// Adds what is said about the member that holds the code.
    fn add_member(&mut self, at: &At<'_>, remarks: &Remarks) -> Result<(), ImportError> {
        let flat = Flat::new(at)?;
        for value in flat.values().unwrap_or_default() {
            self.add(&value, "", None);
        }
        if let Some(doc) = flat.keyword("description").and_then(|at| at.value.as_str()) {
            let rows = table(doc);
            if rows.is_empty() && doc.contains("<table") {
                remarks.add(
                    at,
                    "the table in the description is left out: it lists no codes",
                );
            }
            for (code, doc, remedy) in rows {
                self.add(&Value::from(code), &doc, remedy);
            }
        }
        Ok(())
    }

    fn add_example(&mut self, example: &Value) {
        let wrapped = WRAPPERS.iter().filter_map(|key| example.get(key));
        for value in std::iter::once(example).chain(wrapped) {
            let find = |keys: &[&str]| keys.iter().find_map(|key| value.get(key));
            if let Some(code) = find(CODES) {
                let message = find(MESSAGES).and_then(Value::as_str).unwrap_or_default();
                self.add(code, &text::plain(message), None);
            }
        }
    }
}

/// The rows of a table that start with a code: what it means, and what to do.
fn table(html: &str) -> Vec<(String, String, Option<String>)> {
    let rows = html.split("<tr").skip(1);
    let rows = rows.map(|row| row.split("</tr").next().unwrap_or_default());
    let rows = rows.filter_map(|row| {
        let cells = row.split("<td").skip(1).filter_map(|cell| {
            let (_, cell) = cell.split_once('>')?;
            Some(cell.split("</td").next().unwrap_or_default())
        });
        let cells: Vec<_> = cells.collect();
        let code = text::line(cells.first()?);
        let is_code =
            code.contains(|c: char| c.is_ascii_digit() || c == '.') && !code.contains(' ');
        let doc = cells.get(1).map(|cell| dedent(cell));
        let remedy = cells.get(2).map(|cell| dedent(cell));
        let remedy = remedy.filter(|text| text.chars().any(char::is_alphanumeric));
        is_code.then(|| (code, doc.unwrap_or_default(), remedy))
    });
    rows.collect()
}

/// The text of a cell, which is indented as the table is.
fn dedent(cell: &str) -> String {
    let text = text::plain(cell);
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

/// Describes error codes, apart from those that are described for all actions.
pub(super) fn describe(failures: &[Failure], is_known: impl Fn(&str) -> bool) -> Map<'_> {
    let mut errors = Map::new(Style::Block);
    let mut taken = BTreeSet::from(["Unknown".to_owned()]);
    for Failure { code, doc, remedy } in failures {
        if is_known(code) {
            continue;
        }
        let made = ident::variant_ident(code);
        let is_number = code.starts_with(|c: char| c.is_ascii_digit());
        let name = if is_number {
            Some(format!(
                "Code{}",
                enumeration::spell(code).trim_start_matches("Value")
            ))
        } else if taken.contains(&made) || made == "Self_" {
            Some(enumeration::spell(code))
        } else {
            None
        };
        let name = name
            .and_then(|name| names::candidates(&name, "Code").find(|name| !taken.contains(name)));
        taken.insert(name.clone().unwrap_or(made));
        let mut map = Map::new(Style::Flow);
        if !doc.is_empty() {
            map.add("doc", Node::prose(doc.as_str()));
        }
        map.add_some("name", name.map(Node::word));
        map.add_some("remedy", remedy.as_deref().map(Node::prose));
        errors.add(code.as_str(), map);
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_in_tables() {
        let html = "Codes.\n<table><thead><tr><th>Code</th></tr></thead>\n<tbody>\n  <tr>\n    \
                    <td>3</td>\n    <td>Too <b>long</b>.</td>\n    <td>Shorten it.</td>\n  </tr>\
                    <tr><td>A.B</td><td>Gone.</td><td>-</td></tr>\
                    <tr><td>not a code</td><td>x</td></tr></tbody></table>";
        let row = |code: &str, doc: &str, remedy: Option<&str>| {
            (code.to_owned(), doc.to_owned(), remedy.map(str::to_owned))
        };
        assert_eq!(
            table(html),
            [
                row("3", "Too long.", Some("Shorten it.")),
                row("A.B", "Gone.", None),
            ]
        );
    }
}
