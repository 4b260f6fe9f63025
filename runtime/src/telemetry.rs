//! Under which names calls and attempts are watched: those of OpenTelemetry's conventions for remote
//! procedure calls and for HTTP.
//!
//! The names of a span's fields are fixed when this crate is built, and so a request id is not under
//! its vendor's name but under `bindery.request_id`.

use std::future::poll_fn;
use std::pin::Pin;

use reqwest::Version;
use tracing::{Span, debug_span, field};

use crate::endpoint::Endpoint;
use crate::error::{Error, ErrorKind};
use crate::failure;
use crate::operation::{Dispatch, RegionUse};
use crate::send::Sending;

/// Runs a future within a span. `tracing::Instrument` would take the future itself, and to move one
/// of kilobytes from place to place is what a call spends much of its time on.
pub(crate) async fn within<F: Future>(span: &Span, mut future: Pin<&mut F>) -> F::Output {
    poll_fn(|context| span.in_scope(|| future.as_mut().poll(context))).await
}

/// The span of a call.
pub(crate) fn call(sending: &Sending<'_>, endpoint: &Endpoint) -> Span {
    let operation = sending.operation;
    let service = operation.service;
    let region = sending.options.region.as_deref();
    let region = region.or(sending.client.config.region());
    debug_span!(
        "call",
        otel.kind = "client",
        otel.name = format_args!("{}/{}", service.name, operation.name),
        rpc.system.name = service.provider.telemetry_name,
        rpc.method = format_args!("{}/{}", service.name, operation.name),
        rpc.response.status_code = field::Empty,
        cloud.region = region.filter(|_| operation.region != RegionUse::None),
        server.address = endpoint.address(),
        server.port = endpoint.root.port_or_known_default(),
        error.r#type = field::Empty,
        bindery.request_id = field::Empty,
    )
}

/// The span of an attempt, which is named by its HTTP method.
pub(crate) fn attempt(sending: &Sending<'_>, number: u32) -> Span {
    let operation = sending.operation;
    let has_path = operation.service.provider.dispatch == Dispatch::Path;
    let method = sending.method().as_str();
    debug_span!(
        "attempt",
        otel.kind = "client",
        otel.name = method,
        http.request.method = method,
        http.request.resend_count = (number > 1).then_some(number - 1),
        http.response.status_code = field::Empty,
        network.protocol.version = field::Empty,
        url.full = field::Empty,
        url.template = has_path.then_some(operation.path),
        error.r#type = field::Empty,
        bindery.request_id = field::Empty,
    )
}

/// The version of HTTP as its conventions write it.
pub(crate) fn version(version: Version) -> Option<&'static str> {
    match version {
        Version::HTTP_10 => Some("1.0"),
        Version::HTTP_11 => Some("1.1"),
        Version::HTTP_2 => Some("2"),
        _ => None,
    }
}

/// Names an error in a span: by the vendor's code, or else by a word of which there are few.
pub(crate) fn record_error(span: &Span, error: &Error) {
    span.record("rpc.response.status_code", error.code());
    match (error.code(), error.status()) {
        (Some(code), _) => span.record("error.type", code),
        (None, Some(status)) if error.kind() == ErrorKind::Service => {
            span.record("error.type", field::display(status))
        }
        _ => span.record("error.type", word(error)),
    };
    span.record("bindery.request_id", error.request_id());
}

fn word(error: &Error) -> &'static str {
    match error.kind() {
        _ if error.is_timeout() => "timeout",
        ErrorKind::NotSent if failure::is_unknown_name(error) => "dns",
        ErrorKind::NotSent => "connect",
        ErrorKind::Build => "build",
        ErrorKind::Credential => "credential",
        ErrorKind::Intercepted => "intercepted",
        ErrorKind::RateLimited => "rate_limited",
        ErrorKind::Tls => "tls",
        ErrorKind::Proxy => "proxy",
        ErrorKind::MaybeSent => "connection_lost",
        ErrorKind::Timeout => "timeout",
        ErrorKind::ReplyCut => "reply_cut",
        ErrorKind::TooLarge => "too_large",
        ErrorKind::Redirect => "redirect",
        ErrorKind::BadReply => "bad_reply",
        ErrorKind::Service => "service",
        ErrorKind::Paging => "paging",
    }
}
