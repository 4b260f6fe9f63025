//! Streams of server-sent events: an action's outputs one after the other, as the vendor makes
//! them.
//!
//! What decides:
//! - A reply is a stream if its content type says so. Any other is read as an ordinary reply, since
//!   vendors answer so when they refuse a request, and where a request asks for no events.
//! - A stream ends where the reply ends or at the event `[DONE]`, which some vendors send.
//! - An event is the output without the vendor's envelope. An error in it is the last event.
//! - The time until a stream begins is limited as for other calls; from then on only the time
//!   between two parts of it is, so that a stream may take as long as it goes on.

pub(crate) mod parser;

use std::fmt;
use std::future::poll_fn;
use std::ops::{Deref, DerefMut};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use tracing::Span;

use crate::call::{self, Call};
use crate::envelope::{self, Failure, Opened, Strictness};
use crate::error::{ActionError, Error, ErrorKind};
use crate::mismatch::Mismatch;
use crate::operation::{Operation, StreamError, Streamed};
use crate::record::{RecordMut, Slot};
use crate::redact::Redaction;
use crate::response::{About, RequestLine};
use crate::send::{Begun, refused};
use crate::telemetry;
use crate::transport::EventBytes;
use parser::{Parser, RawEvent, TooLarge};

/// The outputs of an action, as the vendor sends them.
///
/// It is a [`Stream`]; [`next`](Self::next) reads it without any crate for streams. After an error
/// there are no more events. Dropping it hangs up.
#[must_use = "events are read when they are awaited"]
pub struct EventStream<A: Streamed>(Source<A::Output>);

/// One output of a stream, with what the vendor says beside it.
///
/// It can be used like the output itself.
pub struct Event<T> {
    output: T,
    details: Box<Details>,
}

/// What is known of an event beside its output.
struct Details {
    data: String,
    id: Option<Arc<str>>,
    name: Option<String>,
    warning: Option<String>,
    mismatches: Vec<Mismatch>,
}

enum Source<T> {
    /// The vendor has answered with one reply.
    Reply {
        event: Option<Event<T>>,
        request_id: Option<String>,
        line: RequestLine,
        attempts: u32,
    },
    Events(Box<Events>),
}

/// The events of a reply, not yet read.
pub(crate) struct Events {
    reader: EventReader,
    parser: Parser,
    /// Where more of the reply comes from, until it has ended.
    bytes: Option<EventBytes>,
    status: u16,
    is_unframed: bool,
    /// The call's, which lasts as long as the stream.
    span: Span,
}

/// How the events of a reply are read.
pub(crate) struct EventReader {
    /// What the vendor's messages must not show.
    pub(crate) redaction: Redaction,
    pub(crate) max_event_bytes: usize,
    pub(crate) operation: &'static Operation,
    /// Where in an output an error stands.
    pub(crate) error: StreamError,
    pub(crate) strictness: Strictness,
    pub(crate) request_id: Option<String>,
    pub(crate) line: RequestLine,
    /// How many times the call was sent until the stream began.
    pub(crate) attempts: u32,
    /// Whether an attempt before the last may have been executed.
    pub(crate) was_maybe_executed: bool,
}

/// The data of the event with which some vendors end a stream.
const DONE: &[u8] = b"[DONE]";

impl<A: Streamed> Call<A> {
    /// Makes the call, asks for its outputs as they are made, and waits until the first of them
    /// can come.
    ///
    /// Where the vendor answers with one reply instead, that is the only event. How long it may
    /// take until the stream begins is limited as for other calls. From then on the vendor may not
    /// be silent for longer than
    /// [`idle_timeout`](crate::ConfigBuilder::idle_timeout); the stream as a whole has all the time
    /// that it needs.
    ///
    /// # Errors
    ///
    /// Fails like the call itself. What goes wrong once the stream has begun is the last thing
    /// that the stream returns.
    pub async fn events(mut self) -> Result<EventStream<A>, ActionError<A::ErrorCode>> {
        if let Slot::Bool(switch) = call::request::<A>(&mut self.erased).switch().filled() {
            *switch = true;
        }
        let mut output = A::Output::empty();
        let source = match self.erased.sending().follow(A::ERROR, &mut output).await {
            Ok(Begun::Events(events)) => Source::Events(events),
            Ok(Begun::Reply(about, body)) => Source::reply(output, *about, &body),
            Err(error) => return Err(ActionError::new(error)),
        };
        Ok(EventStream(source))
    }
}

impl<A: Streamed> EventStream<A> {
    /// The next event, or `None` after the last one.
    pub async fn next(&mut self) -> Option<Result<Event<A::Output>, ActionError<A::ErrorCode>>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// The id under which the vendor knows the call. Some vendors only tell it in their events.
    pub fn request_id(&self) -> Option<&str> {
        match &self.0 {
            Source::Reply { request_id, .. } => request_id.as_deref(),
            Source::Events(events) => events.reader.request_id.as_deref(),
        }
    }

    /// The request that was sent.
    pub fn request(&self) -> &RequestLine {
        match &self.0 {
            Source::Reply { line, .. } => line,
            Source::Events(events) => &events.reader.line,
        }
    }

    /// How many times the call was sent, or was tried to be, until the stream began.
    pub fn attempts(&self) -> u32 {
        match &self.0 {
            Source::Reply { attempts, .. } => *attempts,
            Source::Events(events) => events.reader.attempts,
        }
    }
}

impl<A: Streamed> Stream for EventStream<A> {
    type Item = Result<Event<A::Output>, ActionError<A::ErrorCode>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let events = match &mut self.0 {
            Source::Reply { event, .. } => return Poll::Ready(event.take().map(Ok)),
            Source::Events(events) => events,
        };
        let Some(raw) = ready!(events.poll_next(context)) else {
            return Poll::Ready(None);
        };
        let mut output = A::Output::empty();
        let details = raw.and_then(|raw| events.read(raw, &mut output));
        Poll::Ready(Some(match details {
            Ok(details) => Ok(Event::new(output, details)),
            Err(error) => Err(ActionError::new(error)),
        }))
    }
}

// Nothing in it is pinned in place: the reply's body can be moved.
impl<A: Streamed> Unpin for EventStream<A> {}

impl<A: Streamed> fmt::Debug for EventStream<A> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("EventStream")
            .field("action", &A::OPERATION.name)
            .field("request_id", &self.request_id())
            .finish_non_exhaustive()
    }
}

impl<T> Source<T> {
    fn reply(output: T, about: About, body: &[u8]) -> Self {
        let details = Details {
            data: String::from_utf8_lossy(body).into_owned(),
            id: None,
            name: None,
            warning: about.warning,
            mismatches: about.mismatches,
        };
        Self::Reply {
            event: Some(Event::new(output, details)),
            request_id: about.request_id,
            line: about.request,
            attempts: about.attempts,
        }
    }
}

impl<T> Event<T> {
    /// The output alone.
    pub fn into_inner(self) -> T {
        self.output
    }

    /// The event as the vendor sent it, which is JSON: what the output has no field for stands here.
    /// Where the vendor answers with one reply instead of a stream, it is that reply, with the
    /// envelope around it.
    pub fn data(&self) -> &str {
        &self.details.data
    }

    /// The event's id, where the vendor numbers events.
    pub fn id(&self) -> Option<&str> {
        self.details.id.as_deref()
    }

    /// The kind of the event, where the vendor has several. It is the field `event` on the wire.
    pub fn name(&self) -> Option<&str> {
        self.details.name.as_deref()
    }

    /// Where the event differs from what the vendor describes, as
    /// [`Response::mismatches`](crate::Response::mismatches) says of a reply.
    pub fn mismatches(&self) -> &[Mismatch] {
        &self.details.mismatches
    }

    /// What the vendor warns of, such as the end of the action's life.
    pub fn warning(&self) -> Option<&str> {
        self.details.warning.as_deref()
    }

    fn new(output: T, details: Details) -> Self {
        Self {
            output,
            details: Box::new(details),
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Event<T> {
    /// Leaves out the data, in which secrets are not hidden.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Event")
            .field("output", &self.output)
            .field("id", &self.details.id)
            .field("name", &self.details.name)
            .field("warning", &self.details.warning)
            .field("mismatches", &self.details.mismatches)
            .finish_non_exhaustive()
    }
}

impl<T> Deref for Event<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.output
    }
}

impl<T> DerefMut for Event<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.output
    }
}

impl Events {
    pub(crate) fn new(reader: EventReader, bytes: EventBytes) -> Self {
        Self {
            parser: Parser::new(reader.max_event_bytes),
            reader,
            status: bytes.status,
            is_unframed: bytes.is_unframed,
            bytes: Some(bytes),
            span: Span::none(),
        }
    }

    /// Goes on with the span of the call.
    pub(crate) fn enter(&mut self, span: Span) {
        span.record("bindery.request_id", self.request_id());
        self.span = span;
    }

    pub(crate) fn request(&self) -> &RequestLine {
        &self.reader.line
    }

    pub(crate) fn status(&self) -> u16 {
        self.status
    }

    pub(crate) fn request_id(&self) -> Option<&str> {
        self.reader.request_id.as_deref()
    }

    /// The next event that holds something.
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<RawEvent, Error>>> {
        loop {
            while let Some(event) = self.parser.next() {
                match event.data.trim_ascii() {
                    // Vendors keep a connection alive with events that hold nothing.
                    b"" => {}
                    DONE => {
                        self.stop();
                        return Poll::Ready(None);
                    }
                    _ => return Poll::Ready(Some(Ok(event))),
                }
            }
            let Some(bytes) = &mut self.bytes else {
                return Poll::Ready(None);
            };
            let error = match ready!(bytes.poll_next(context)) {
                Some(Ok(chunk)) => match self.parser.push(&chunk) {
                    Ok(()) => continue,
                    Err(TooLarge) => self.too_large(),
                },
                Some(Err(error)) => error,
                None => {
                    self.bytes = None;
                    self.parser.finish();
                    continue;
                }
            };
            return Poll::Ready(Some(Err(self.fail(error))));
        }
    }

    /// Reads an event into an empty output.
    fn read(&mut self, event: RawEvent, output: &mut dyn RecordMut) -> Result<Details, Error> {
        let RawEvent { data, id, name } = event;
        let reader = &mut self.reader;
        match envelope::open_event(&data, reader.error, output, reader.strictness) {
            Ok(Opened {
                request_id,
                warning,
                mismatches,
            }) => {
                reader.request_id = reader.request_id.take().or(request_id);
                Ok(Details {
                    // It has been read, and so is UTF-8.
                    data: String::from_utf8(data).unwrap_or_default(),
                    id,
                    name,
                    warning,
                    mismatches,
                })
            }
            Err(Failure::Service(mut refusal)) => {
                let request_id = reader.request_id.take().or(refusal.request_id.take());
                reader.request_id = request_id.map(|id| reader.redaction.apply(id));
                let error = refused(&reader.redaction, self.status, refusal);
                Err(self.fail(error))
            }
            Err(Failure::Malformed(error)) => {
                // Where only the connection's end says where a reply ends, it may have come early.
                let kind = if self.bytes.is_none() && self.is_unframed {
                    ErrorKind::ReplyCut
                } else {
                    ErrorKind::BadReply
                };
                let error = Error::new(kind, error.to_string())
                    .with_status(self.status)
                    .with_source(error);
                Err(self.fail(error))
            }
        }
    }

    fn too_large(&self) -> Error {
        let max = self.reader.max_event_bytes;
        let message = format!("an event is larger than {max} bytes");
        Error::new(ErrorKind::TooLarge, message).with_status(self.status)
    }

    /// Ends the stream with an error.
    fn fail(&mut self, error: Error) -> Error {
        self.stop();
        let reader = &self.reader;
        let error = error
            .with_operation(reader.operation)
            .with_request_id(reader.request_id.clone())
            .with_request(reader.line.clone())
            .with_attempts(reader.attempts, reader.was_maybe_executed);
        telemetry::record_error(&self.span, &error);
        error
    }

    /// Hangs up, and forgets what has already come.
    fn stop(&mut self) {
        self.bytes = None;
        self.parser = Parser::new(0);
    }
}
