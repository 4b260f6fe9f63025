//! What a double answers with, as a vendor would write it.

use std::time::Duration;

use hyper::Response;
use reqwest::Body;
use reqwest::header::{CONTENT_TYPE, HeaderName};
use serde_json::{Value, json};

use crate::operation::{Envelope, Operation};
use crate::{Error, ErrorKind};

/// What an attempt is answered with, and after how long.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) delay: Duration,
    /// What the reply has beside its own headers.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) reply: Reply,
}

#[derive(Clone, Debug)]
pub(crate) enum Reply {
    Output(Value),
    Error { code: String, message: String },
    Raw { status: u16, body: String },
    Recorded(super::recording::Recorded),
    Events(Vec<Value>),
    Failure(ErrorKind),
}

const REQUEST_ID: &str = "00000000-0000-4000-8000-000000000000";

impl Answer {
    /// The reply of the vendor whose action it is.
    pub(super) fn into_response(self, operation: &Operation) -> Result<reqwest::Response, Error> {
        let mut response = self.reply.into_response(operation)?;
        for (name, value) in self.headers {
            let illegal = || Error::build(format!("{name:?} and its value are no header"));
            let value = value.parse().map_err(|_| illegal())?;
            let name: HeaderName = name.parse().map_err(|_| illegal())?;
            response.headers_mut().insert(name, value);
        }
        Ok(response)
    }
}

impl Reply {
    fn into_response(self, operation: &Operation) -> Result<reqwest::Response, Error> {
        let envelope = operation.envelope;
        let response = match self {
            Self::Output(output) => json_reply(200, &wrap(envelope, output)),
            Self::Error { code, message } => {
                let status = if envelope == Envelope::Bare { 400 } else { 200 };
                json_reply(status, &refuse(envelope, &code, &message))
            }
            Self::Raw { status, body } => Response::builder().status(status).body(body),
            Self::Recorded(recorded) => recorded.into_response(),
            Self::Events(events) => Response::builder()
                .header(CONTENT_TYPE, "text/event-stream")
                .body(stream(&events)),
            Self::Failure(kind) => {
                return Err(Error::new(kind, "the double has no connection"));
            }
        };
        let response = response.map_err(|error| {
            Error::build("the double's answer is no HTTP response").with_source(error)
        })?;
        Ok(response.map(Body::from).into())
    }
}

fn json_reply(status: u16, body: &Value) -> Result<Response<String>, hyper::http::Error> {
    Response::builder()
        .status(status)
        .header(CONTENT_TYPE, "application/json")
        .body(body.to_string())
}

/// An output in its vendor's envelope.
fn wrap(envelope: Envelope, output: Value) -> Value {
    match envelope {
        Envelope::Bare => output,
        Envelope::Response => {
            json!({ "Response": with(output, json!({ "RequestId": REQUEST_ID })) })
        }
        Envelope::CodeData => json!({
            "Code": 0, "Message": "success", "RequestId": REQUEST_ID, "Data": output,
        }),
        Envelope::CodeFlat => with(
            output,
            json!({ "Code": 0, "Message": "success", "RequestId": REQUEST_ID }),
        ),
    }
}

/// An error in its vendor's envelope.
fn refuse(envelope: Envelope, code: &str, message: &str) -> Value {
    match envelope {
        Envelope::Bare => json!({ "error_code": code, "error_msg": message }),
        Envelope::Response => json!({
            "Response": {
                "Error": { "Code": code, "Message": message }, "RequestId": REQUEST_ID,
            },
        }),
        Envelope::CodeData | Envelope::CodeFlat => {
            let number = code
                .parse::<i64>()
                .map_or_else(|_| code.into(), Value::from);
            json!({ "Code": number, "Message": message, "RequestId": REQUEST_ID })
        }
    }
}

/// An object with the members of another.
fn with(mut object: Value, more: Value) -> Value {
    if let (Value::Object(object), Value::Object(more)) = (&mut object, more) {
        object.extend(more);
    }
    object
}

/// Server-sent events, one for each value.
fn stream(events: &[Value]) -> String {
    let mut text = String::new();
    for event in events {
        text.push_str("data: ");
        text.push_str(&event.to_string());
        text.push_str("\n\n");
    }
    text
}
