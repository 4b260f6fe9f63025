//! Errors outside of any envelope: those of gateways, which know no vendor's conventions, and of
//! vendors whose only envelope is the HTTP status.

use serde_json::Value;

use super::{Failure, Refusal};
use crate::lookup;
use crate::operation::StreamError;
use crate::record::{Peek, Record};

/// How many characters of a reply that is not JSON are shown.
const EXCERPT: usize = 256;

/// How vendors and their gateways spell an error's code and message.
const SPELLINGS: [(&str, &str); 5] = [
    ("error_code", "error_msg"),
    ("errorCode", "errorMsg"),
    ("codeDesc", "message"),
    ("code", "message"),
    ("Code", "Message"),
];

/// The failure that a reply of an unsuccessful status stands for.
pub(super) fn refusal(status: u16, text: &str) -> Failure {
    service_error(text).unwrap_or_else(|| {
        Failure::Service(Refusal {
            code: status.to_string(),
            message: text.to_owned(),
            is_page: true,
            request_id: None,
        })
    })
}

/// The failure that a reply describes in one of the ways of gateways, which know no envelope.
pub(super) fn service_error(text: &str) -> Option<Failure> {
    let reply: Value = serde_json::from_str(text).ok()?;
    let nested = reply.as_object()?.values();
    let (code, message) = std::iter::once(&reply).chain(nested).find_map(spelled)?;
    let request_id = ["RequestId", "request_id", "requestId"]
        .iter()
        .find_map(|name| reply.get(name)?.as_str());
    let request_id = request_id.map(str::to_owned);
    Some(Failure::service(code, message, request_id))
}

/// The code and message of an error that an output declares as its own.
pub(super) fn declared_error(output: &dyn Record, place: StreamError) -> Option<(String, String)> {
    let (code, message) = match place {
        StreamError::Envelope => return None,
        StreamError::Object(path) => {
            let Peek::Record(error) = lookup::at(output, path) else {
                return None;
            };
            let text = |names: [&str; 2]| {
                let mut values = names.into_iter().map(|name| lookup::member(error, name));
                values.find_map(|value| lookup::text(&value))
            };
            (text(["Code", "code"]), text(["Message", "Msg"]))
        }
        StreamError::Members { code, message } => {
            let text = |path| lookup::text(&lookup::at(output, path));
            (text(code), text(message))
        }
    };
    let code = code.filter(|code| code != "0")?;
    Some((code, message.unwrap_or_default()))
}

/// The code and message of an error, however they are spelled.
fn spelled(error: &Value) -> Option<(String, String)> {
    SPELLINGS.iter().find_map(|(code, message)| {
        let code = plain(error.get(code));
        let is_error = !matches!(code.as_str(), "" | "0");
        is_error.then(|| (code, plain(error.get(message))))
    })
}

/// A value as text without quotes.
pub(super) fn plain(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    }
}

/// The beginning of a text, on one line and without markup.
pub(crate) fn excerpt(text: &str) -> String {
    let mut in_tag = false;
    let words: String = text
        .chars()
        .map(|character| {
            let is_shown = !in_tag && character != '<' && !character.is_control();
            in_tag = character == '<' || in_tag && character != '>';
            if is_shown { character } else { ' ' }
        })
        .collect();
    let words: Vec<&str> = words.split_whitespace().collect();
    words.join(" ").chars().take(EXCERPT).collect()
}
