//! Streams of server-sent events: what an action answers, several times.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use bindery_model::{Action, Field, Service, Shape, StreamError, TypeRef};
use futures_core::Stream;
use serde_json::{Map, Value, json};

/// How the emulator sends streams of events. The vendors' own ways differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Streaming {
    /// How many events hold an output.
    pub events: usize,
    /// Whether events have numbers as their ids, from 1 on.
    pub numbered: bool,
    /// What comes after the events.
    pub ending: Ending,
}

/// How a stream of events ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ending {
    /// With the last output.
    Plain,
    /// With the last output, which no blank line follows.
    Unfinished,
    /// With the event `[DONE]`.
    Done,
    /// With an event that holds an error.
    Error,
    /// In the middle of an event, because the connection is lost.
    Cut,
}

impl Default for Streaming {
    fn default() -> Self {
        Self {
            events: 3,
            numbered: false,
            ending: Ending::Plain,
        }
    }
}

impl Streaming {
    /// The events of an action that answers with an output, as they stand on the wire.
    pub(crate) fn events(self, service: &Service, action: &Action, output: &Value) -> Events {
        let mut chunks: VecDeque<_> = (1..=self.events)
            .map(|number| {
                let id = if self.numbered {
                    format!("id: {number}\n")
                } else {
                    String::new()
                };
                Ok(format!("{id}data: {output}\n\n"))
            })
            .collect();
        match self.ending {
            Ending::Plain => {}
            Ending::Unfinished => {
                if let Some(Ok(last)) = chunks.back_mut() {
                    last.truncate(last.trim_end().len());
                }
            }
            Ending::Done => chunks.push_back(Ok("data:[DONE]\n\n".to_owned())),
            Ending::Error => {
                let event = error(service, action);
                chunks.push_back(Ok(format!("data: {event}\n\n")));
            }
            Ending::Cut => {
                chunks.push_back(Ok("data: {\"".to_owned()));
                chunks.push_back(Err(io::ErrorKind::ConnectionReset.into()));
            }
        }
        Events {
            chunks,
            is_flushed: true,
        }
    }
}

/// Whether a call asks for events.
pub(crate) fn are_wanted(action: &Action, arguments: &Map<String, Value>) -> bool {
    action.stream.as_ref().is_some_and(|stream| {
        let switch = stream.switch.as_ref();
        switch.is_none_or(|switch| arguments.get(switch) == Some(&json!(true)))
    })
}

/// Events on their way.
#[derive(Debug)]
pub(crate) struct Events {
    chunks: VecDeque<io::Result<String>>,
    /// Whether the last chunk has gone out by itself.
    is_flushed: bool,
}

impl Events {
    /// The first half of a text, after which the connection is lost.
    pub(crate) fn cut(mut text: String) -> Self {
        let mut middle = text.len() / 2;
        while !text.is_char_boundary(middle) {
            middle -= 1;
        }
        text.truncate(middle);
        Self {
            chunks: VecDeque::from([Ok(text), Err(io::ErrorKind::ConnectionReset.into())]),
            is_flushed: true,
        }
    }

    /// The body of a reply.
    pub(crate) fn into_body(self) -> Body {
        Body::from_stream(self)
    }
}

impl Stream for Events {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if !self.is_flushed {
            // A server writes out what it has when it has to wait.
            self.is_flushed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.is_flushed = false;
        Poll::Ready(self.chunks.pop_front().map(|chunk| chunk.map(Bytes::from)))
    }
}

/// What an error in the middle of a stream says.
const CODE: &str = "InternalError";
const MESSAGE: &str = "the stream broke off";

/// The data of an event that holds an error, where the action says that it stands.
fn error(service: &Service, action: &Action) -> Value {
    let stream = action.stream.as_ref();
    let place = stream.and_then(|stream| stream.error.as_ref());
    let mut event = json!({});
    match place {
        None => {
            let error = json!({ "Code": CODE, "Message": MESSAGE });
            return json!({ "Type": "error", "Error": error });
        }
        Some(StreamError::Members { code, message }) => {
            put(&mut event, code, code_of(service, action, code));
            if let Some(message) = message {
                put(&mut event, message, MESSAGE.into());
            }
        }
        Some(StreamError::Object(path)) => {
            let members = members(service, &action.output, path).iter();
            let members = members.map(|field| {
                let value = match field.ty {
                    TypeRef::String if field.name == "Code" => CODE.into(),
                    TypeRef::String => MESSAGE.into(),
                    _ => json!(500),
                };
                (field.name.clone(), value)
            });
            put(&mut event, path, Value::Object(members.collect()));
        }
    }
    event
}

/// The code of an error, as the output at the end of a path holds it.
fn code_of(service: &Service, action: &Action, path: &[String]) -> Value {
    let is_text = path.split_last().is_some_and(|(name, above)| {
        let mut fields = members(service, &action.output, above).iter();
        fields.any(|field| field.name == *name && field.ty == TypeRef::String)
    });
    if is_text { CODE.into() } else { 500.into() }
}

/// Puts a value at the end of a path.
fn put(mut place: &mut Value, path: &[String], value: Value) {
    for name in path {
        place = &mut place[name];
    }
    *place = value;
}

/// The members of the object at the end of a path.
fn members<'m>(service: &'m Service, fields: &'m [Field], path: &[String]) -> &'m [Field] {
    let Some((name, rest)) = path.split_first() else {
        return fields;
    };
    let field = fields.iter().find(|field| field.name == *name);
    match field.map(|field| &field.ty) {
        Some(TypeRef::Named(index)) => match &service.type_def(*index).shape {
            Shape::Object(inner) => members(service, inner, rest),
            _ => &[],
        },
        _ => &[],
    }
}
