//! The one loop through which all calls go. It is not generic, so that it is compiled once.
//!
//! A call is made in one attempt so far. What an attempt needs fresh (time, nonce, signature) is
//! made inside [`attempt`]; what belongs to the call as a whole stands around it.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use reqwest::header::CONTENT_TYPE;

use crate::authenticate::{self, Stamp};
use crate::call::{BoxFuture, Options};
use crate::client::Shared;
use crate::config::Endpoint;
use crate::encode;
use crate::envelope::{self, Failure, Opened, Strictness};
use crate::error::{Error, ErrorKind};
use crate::operation::{Method, Operation};
use crate::record::Record;
use crate::response::About;
use crate::transport::{self, Limits, Reply};

/// The headers in which vendors name a call, where the body does not.
const REQUEST_ID_HEADERS: [&str; 2] = ["X-TC-RequestId", "X-Request-Id"];

/// What is to be sent, and how.
#[derive(Clone, Copy)]
pub(crate) struct Sending<'a> {
    pub(crate) client: &'a Shared,
    pub(crate) operation: &'static Operation,
    pub(crate) request: &'a dyn Record,
    pub(crate) options: &'a Options,
}

impl<'a> Sending<'a> {
    /// Makes the call and fills its output.
    pub(crate) fn send(self, output: &'a mut dyn Record) -> BoxFuture<'a, Result<About, Error>> {
        Box::pin(async move {
            let configured = self.client.config.timeouts().total;
            let total = self.options.timeout.unwrap_or(configured);
            attempt(self, total, output)
                .await
                .map_err(|error| error.with_operation(self.operation))
        })
    }

    /// Where the call goes.
    fn endpoint(&self) -> Result<Cow<'a, Endpoint>, Error> {
        match (&self.options.endpoint, self.operation.host) {
            (Some(endpoint), _) => Ok(Cow::Borrowed(endpoint)),
            (None, None) => Ok(Cow::Borrowed(&self.client.endpoint)),
            (None, Some(host)) => self.client.config.endpoint(host).map(Cow::Owned),
        }
    }

    /// The method that the call is made with.
    pub(crate) fn method(&self) -> Method {
        self.options.method.unwrap_or(self.operation.method)
    }
}

async fn attempt(
    sending: Sending<'_>,
    time_left: Duration,
    output: &mut dyn Record,
) -> Result<About, Error> {
    if let Some(reason) = &sending.options.refused {
        return Err(Error::build(reason));
    }
    let config = &sending.client.config;
    let limits = Limits {
        timeout: config.timeouts().attempt.min(time_left),
        reply_bytes: config.max_reply_bytes(),
    };
    let parts = encode::parts(sending.request, sending.operation, sending.method())
        .map_err(|error| Error::build(error.to_string()).with_source(error))?;
    let endpoint = sending.endpoint()?;
    let (outgoing, line) = authenticate::sign(&sending, &endpoint, parts, &Stamp::fresh()?)?;

    let begun = Instant::now();
    let received = match transport::exchange(config.http(), outgoing, limits).await {
        Ok(reply) => open(sending, &reply, output).map(|opened| (reply.status, opened)),
        Err(error) => Err(error),
    };
    match received {
        Ok((status, opened)) => Ok(About {
            status,
            request_id: opened.request_id,
            warning: opened.warning,
            mismatches: opened.mismatches,
            elapsed: begun.elapsed(),
            request: line,
        }),
        Err(error) => Err(error.with_request(line)),
    }
}

/// Reads a reply into the output of its call.
fn open(sending: Sending<'_>, reply: &Reply, output: &mut dyn Record) -> Result<Opened, Error> {
    let is_strict = sending.options.strict;
    let strictness = if is_strict.unwrap_or(sending.client.config.is_strict()) {
        Strictness::Strict
    } else {
        Strictness::Tolerant
    };
    let envelope = sending.operation.envelope;
    let request_id = || {
        let mut values = REQUEST_ID_HEADERS
            .iter()
            .map(|name| reply.headers.get(*name));
        values.find_map(|value| value.map(transport::text))
    };
    match envelope::open(envelope, reply.status, &reply.body, output, strictness) {
        Ok(mut opened) => {
            opened.request_id = opened.request_id.or_else(request_id);
            Ok(opened)
        }
        Err(Failure::Service {
            code,
            message,
            request_id: named,
        }) => {
            let message = if message.is_empty() {
                format!("HTTP status {}", reply.status)
            } else {
                // Some gateways quote the request that they refuse.
                sending.client.config.credential().hide_in(message)
            };
            Err(Error::new(ErrorKind::Service, message)
                .with_code(code)
                .with_status(reply.status)
                .with_request_id(named.or_else(request_id)))
        }
        Err(Failure::Malformed(error)) => {
            let kind = if is_cut(reply) {
                ErrorKind::ReplyCut
            } else {
                ErrorKind::BadReply
            };
            let mut message = error.to_string();
            let content_type = reply.headers.get(CONTENT_TYPE).map(transport::text);
            if let Some(content_type) = content_type.filter(|name| !name.contains("json")) {
                // A page of HTML, such as a captive portal's, is best told by its type.
                message.push_str(", in a reply of type ");
                message.push_str(&content_type);
            }
            Err(Error::new(kind, message)
                .with_status(reply.status)
                .with_request_id(request_id())
                .with_source(error))
        }
    }
}

/// Whether a reply of which only the connection's end said that it is whole does not look whole.
fn is_cut(reply: &Reply) -> bool {
    let last = reply.body.trim_ascii_end().last();
    reply.is_unframed && !matches!(last, Some(b'}' | b']'))
}
