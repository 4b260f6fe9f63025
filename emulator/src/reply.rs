//! Results and refusals, and how the vendors wrap them.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use bindery_model::Envelope;
use serde_json::{Map, Value, json};

use crate::events::Events;
use crate::faults::{Mishap, Page};

/// Why a request was not carried out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refusal {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The vendor's code.
    pub(crate) code: String,
    /// What the vendor says about it.
    pub(crate) message: String,
}

impl Refusal {
    /// A refusal that is told by the body alone.
    pub(crate) fn in_band(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::with_status(200, code, message)
    }

    /// A refusal that is told by the HTTP status as well.
    pub(crate) fn with_status(
        status: u16,
        code: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            status,
            code: code.into(),
            message: message.into(),
        }
    }
}

/// A reply that only lacks the headers common to all.
#[derive(Debug)]
pub(crate) struct Reply {
    status: u16,
    content: Content,
    headers: Vec<(HeaderName, HeaderValue)>,
    mishap: Option<Mishap>,
}

#[derive(Debug)]
enum Content {
    Nothing,
    Json(Value),
    Html(String),
    Events(Events),
}

impl Reply {
    /// Wraps an output; an output of null is an empty body where there is no envelope.
    pub(crate) fn success(
        envelope: Envelope,
        status: u16,
        output: Value,
        request_id: &str,
    ) -> Self {
        let content = match envelope {
            Envelope::Bare if output.is_null() => Content::Nothing,
            Envelope::Bare => Content::Json(output),
            Envelope::Response => {
                let mut response = members(output);
                response.insert("RequestId".to_owned(), request_id.into());
                Content::Json(json!({ "Response": response }))
            }
            Envelope::CodeData => {
                let data = match output {
                    Value::Array(_) => output,
                    output => members(output).into(),
                };
                Content::Json(json!({
                    "Code": 0, "Message": "success", "RequestId": request_id, "Data": data,
                }))
            }
            Envelope::CodeFlat => {
                let mut body = Map::new();
                body.insert("Code".to_owned(), 0.into());
                body.insert("Message".to_owned(), "success".into());
                body.insert("RequestId".to_owned(), request_id.into());
                body.extend(members(output));
                Content::Json(Value::Object(body))
            }
        };
        Self::new(status, content)
    }

    /// A stream of events, which has no envelope.
    pub(crate) fn events(events: Events) -> Self {
        Self::new(200, Content::Events(events))
    }

    /// A reply that is not the vendor's.
    pub(crate) fn page(Page { status, is_html }: Page) -> Self {
        let content = if is_html {
            let page = format!("<html><head><title>{status}</title></head><body></body></html>");
            Content::Html(page)
        } else {
            Content::Json(json!({ "status": status, "error": "a fault on request" }))
        };
        Self::new(status, content)
    }

    /// No reply, but a reset of the connection.
    pub(crate) fn reset() -> Self {
        Self::new(200, Content::Nothing).meets(Some(Mishap::Reset))
    }

    /// Wraps a refusal.
    pub(crate) fn failure(envelope: Envelope, refusal: &Refusal, request_id: &str) -> Self {
        let Refusal {
            status,
            code,
            message,
        } = refusal;
        let body = match envelope {
            Envelope::Response => json!({
                "Response": {
                    "Error": { "Code": code, "Message": message },
                    "RequestId": request_id,
                },
            }),
            Envelope::Bare => json!({ "error_code": code, "error_msg": message }),
            Envelope::CodeData | Envelope::CodeFlat => {
                let code = code
                    .parse::<i64>()
                    .map_or_else(|_| json!(code), |code| json!(code));
                json!({ "Code": code, "Message": message, "RequestId": request_id })
            }
        };
        Self::new(*status, Content::Json(body))
    }

    /// The same reply, to which something happens on its way.
    pub(crate) fn meets(mut self, mishap: Option<Mishap>) -> Self {
        self.mishap = self.mishap.or(mishap);
        self
    }

    fn new(status: u16, content: Content) -> Self {
        Self {
            status,
            content,
            headers: Vec::new(),
            mishap: None,
        }
    }

    /// Adds a header; a value that cannot stand in one is left out.
    pub(crate) fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    /// The finished response. What is to happen to the connection stands in its extensions.
    pub(crate) fn into_response(self, content_type: &'static str, date: &str) -> Response {
        let mishap = match (&self.content, self.mishap) {
            (Content::Json(_), mishap) => mishap,
            // There is nothing, or nothing whose length is known, that could break off.
            (_, Some(Mishap::Truncate)) => Some(Mishap::Reset),
            (_, mishap) => mishap,
        };
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let typed = |content_type| [(header::CONTENT_TYPE, content_type)];
        let mut response = match self.content {
            Content::Nothing => status.into_response(),
            Content::Json(body) => {
                let text = body.to_string();
                let length = text.len();
                if matches!(mishap, Some(Mishap::Truncate)) {
                    let length = [(header::CONTENT_LENGTH, length)];
                    let body = Events::cut(text).into_body();
                    (status, typed(content_type), length, body).into_response()
                } else {
                    (status, typed(content_type), text).into_response()
                }
            }
            Content::Html(page) => (status, typed("text/html"), page).into_response(),
            Content::Events(events) => {
                (status, typed("text/event-stream"), events.into_body()).into_response()
            }
        };
        if let Ok(date) = HeaderValue::from_str(date) {
            response.headers_mut().insert(header::DATE, date);
        }
        response.headers_mut().extend(self.headers);
        if let Some(mishap) = mishap {
            response.extensions_mut().insert(mishap);
        }
        response
    }
}

/// The output inside a reply as it stands on the wire; none when the reply is a refusal.
pub(crate) fn unwrap(envelope: Envelope, body: &Value) -> Option<Value> {
    match envelope {
        Envelope::Bare => Some(body.clone()),
        Envelope::Response => {
            let mut response = body.get("Response")?.as_object()?.clone();
            let refused = response
                .get("Error")
                .is_some_and(|error| error.get("Code").is_some());
            response.shift_remove("RequestId");
            (!refused).then_some(Value::Object(response))
        }
        Envelope::CodeData => {
            succeeded(body).then(|| body.get("Data").cloned().unwrap_or_else(|| json!({})))
        }
        Envelope::CodeFlat => {
            let mut members = body.as_object()?.clone();
            for name in ["Code", "Message", "RequestId"] {
                members.shift_remove(name);
            }
            succeeded(body).then_some(Value::Object(members))
        }
    }
}

fn succeeded(body: &Value) -> bool {
    body.get("Code").and_then(Value::as_i64) == Some(0)
}

fn members(output: Value) -> Map<String, Value> {
    match output {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
