//! Sends one request and receives its reply, within limits.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION, TRANSFER_ENCODING};
use reqwest::{Url, Version};
use tokio::time::Sleep;

use crate::clock;
use crate::connection;
use crate::connector;
use crate::error::{Error, ErrorKind};
use crate::failure;
use crate::send::Sending;

/// A request that is ready to go out.
pub(crate) struct Outgoing {
    pub(crate) method: reqwest::Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// What may not be exceeded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The time until the last byte of the reply, or until the first one of a stream of events.
    pub(crate) timeout: Duration,
    /// The time between two parts of a stream of events.
    pub(crate) idle: Duration,
    /// The size of the reply after decompression.
    pub(crate) reply_bytes: usize,
}

/// What came back.
pub(crate) enum Received {
    Reply(Reply),
    Events(EventBytes),
}

impl Received {
    /// Which HTTP it came with.
    pub(crate) fn version(&self) -> Version {
        match self {
            Self::Reply(reply) => reply.version,
            Self::Events(events) => events.version,
        }
    }
}

/// A whole reply.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) version: Version,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// Whether only the end of the connection said where the body ends, so that a body that was
    /// cut looks like a whole one.
    pub(crate) is_unframed: bool,
}

/// A reply that is a stream of events, as it comes.
pub(crate) struct EventBytes {
    pub(crate) status: u16,
    pub(crate) version: Version,
    pub(crate) headers: HeaderMap,
    /// As of a [`Reply`].
    pub(crate) is_unframed: bool,
    body: reqwest::Body,
    idle: Duration,
    /// When waiting for more has taken too long. It says nothing unless `is_waiting`.
    deadline: Pin<Box<Sleep>>,
    is_waiting: bool,
}

/// Sends a request and receives the whole reply, unless that is a stream of events.
pub(crate) async fn exchange(
    sending: &Sending<'_>,
    outgoing: Outgoing,
    limits: Limits,
) -> Result<Received, Error> {
    let Outgoing {
        method,
        url,
        headers,
        body,
    } = outgoing;
    let mut request = reqwest::Request::new(method, url);
    *request.headers_mut() = headers;
    if !body.is_empty() {
        *request.body_mut() = Some(body.into());
    }
    let exchange = async {
        let response = connection::execute(sending, request).await?;
        if response.status().is_success() && is_event_stream(response.headers()) {
            return Ok(Received::Events(EventBytes::new(response, limits.idle)));
        }
        receive(response, limits.reply_bytes)
            .await
            .map(Received::Reply)
    };
    match connector::timeout(limits.timeout, exchange).await {
        Ok(received) => received,
        Err(timed_out) if timed_out.was_connecting => {
            let message = format!("no connection within {:?}", limits.timeout);
            let source = io::Error::from(io::ErrorKind::TimedOut);
            Err(Error::new(ErrorKind::NotSent, message).with_source(source))
        }
        Err(_) => Err(Error::new(
            ErrorKind::Timeout,
            format!("no whole reply within {:?}", limits.timeout),
        )),
    }
}

async fn receive(mut response: reqwest::Response, max: usize) -> Result<Reply, Error> {
    let status = response.status().as_u16();
    if response.status().is_redirection() {
        return Err(redirected(&response));
    }
    let too_large = || {
        Error::new(
            ErrorKind::TooLarge,
            format!("the reply is larger than {max} bytes"),
        )
        .with_status(status)
    };
    if response
        .content_length()
        .is_some_and(|length| length > max as u64)
    {
        return Err(too_large());
    }
    let is_unframed = is_unframed(&response);
    let mut body = Vec::new();
    loop {
        let chunk = response.chunk().await;
        let chunk = chunk.map_err(|error| failure::in_reply(error).with_status(status))?;
        let Some(chunk) = chunk else { break };
        if body.len() + chunk.len() > max {
            return Err(too_large());
        }
        make_room(&mut body, chunk.len(), max);
        body.extend_from_slice(&chunk);
    }
    let headers = std::mem::take(response.headers_mut());
    Ok(Reply {
        status,
        version: response.version(),
        headers,
        body,
        is_unframed,
    })
}

/// Makes room for more of a body. One that is no longer small gets room for a large one at once:
/// room that is not used costs next to nothing, and two large copies cost both.
fn make_room(body: &mut Vec<u8>, more: usize, max: usize) {
    const SMALL: usize = 512 << 10;
    const LARGE: usize = 16 << 20;
    if body.len() >= SMALL && body.capacity() - body.len() < more {
        let capacity = LARGE.max(2 * body.capacity()).min(max);
        body.reserve_exact(capacity - body.len());
    }
}

impl EventBytes {
    fn new(mut response: reqwest::Response, idle: Duration) -> Self {
        Self {
            status: response.status().as_u16(),
            version: response.version(),
            is_unframed: is_unframed(&response),
            headers: std::mem::take(response.headers_mut()),
            body: response.into(),
            idle,
            deadline: Box::pin(tokio::time::sleep(idle)),
            is_waiting: false,
        }
    }

    /// What comes next, or nothing after the end. The time in which nobody asks does not count.
    pub(crate) fn poll_next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Error>>> {
        loop {
            match Pin::new(&mut self.body).poll_frame(context) {
                Poll::Ready(frame) => {
                    self.is_waiting = false;
                    let failed = |error| failure::in_reply(error).with_status(self.status);
                    match frame.transpose().map_err(failed)?.map(Frame::into_data) {
                        // Trailers say nothing of events.
                        Some(Err(_)) => {}
                        Some(Ok(bytes)) => return Poll::Ready(Some(Ok(bytes))),
                        None => return Poll::Ready(None),
                    }
                }
                Poll::Pending => {
                    if !self.is_waiting {
                        self.deadline.as_mut().reset(clock::after(self.idle));
                        self.is_waiting = true;
                    }
                    ready!(self.deadline.as_mut().poll(context));
                    let message = format!("no further event within {:?}", self.idle);
                    let error = Error::new(ErrorKind::Timeout, message);
                    return Poll::Ready(Some(Err(error.with_status(self.status))));
                }
            }
        }
    }
}

/// Whether a reply is a stream of events, which all actions can have but few do.
fn is_event_stream(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    let mut parts = content_type.unwrap_or_default().split(|byte| *byte == b';');
    let media_type = parts.next().unwrap_or_default();
    media_type
        .trim_ascii()
        .eq_ignore_ascii_case(b"text/event-stream")
}

fn is_unframed(response: &reqwest::Response) -> bool {
    response.content_length().is_none()
        && response.version() <= Version::HTTP_11
        && !response.headers().contains_key(TRANSFER_ENCODING)
}

/// A redirect is refused: its target would receive the credentials, and the signature covers the
/// host that was meant.
fn redirected(response: &reqwest::Response) -> Error {
    let status = response.status().as_u16();
    let target = response
        .headers()
        .get(LOCATION)
        .and_then(|location| response.url().join(&text(location)).ok());
    let target = target.as_ref().and_then(Url::host_str);
    let message = match target {
        Some(host) => format!("HTTP status {status} points to {host}, which is not followed"),
        None => format!("HTTP status {status} points to no place"),
    };
    Error::new(ErrorKind::Redirect, message).with_status(status)
}

/// The text of a header, whatever its bytes.
pub(crate) fn text(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}
