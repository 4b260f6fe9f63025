//! What users may watch and add to: each attempt before it is sent, and after its reply.

use std::fmt;
use std::time::Duration;

use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};

use crate::error::Error;
use crate::operation::Operation;
use crate::response::RequestLine;
use crate::send::Begun;

/// Watches the attempts of all calls of a configuration, and adds headers to them.
///
/// It is called in the middle of calls, and should not take long.
pub trait Intercept: Send + Sync + 'static {
    /// Is called before an attempt is sent.
    ///
    /// # Errors
    ///
    /// An error ends the call, and the attempt is not sent: [`Error::intercepted`] makes one.
    fn before_send(&self, attempt: &mut OutgoingAttempt<'_>) -> Result<(), Error> {
        let _ = attempt;
        Ok(())
    }

    /// Is called after the reply to an attempt was read, or when there will be none.
    fn after_reply(&self, attempt: &FinishedAttempt<'_>) {
        let _ = attempt;
    }
}

/// An attempt that is about to be sent.
pub struct OutgoingAttempt<'a> {
    pub(crate) operation: &'static Operation,
    pub(crate) number: u32,
    pub(crate) headers: &'a mut HeaderMap,
}

/// An attempt that has ended.
pub struct FinishedAttempt<'a> {
    pub(crate) operation: &'static Operation,
    pub(crate) number: u32,
    pub(crate) elapsed: Duration,
    pub(crate) outcome: Result<&'a Begun, &'a Error>,
}

/// Headers that say who calls what, or how the message is to be read.
const OWNED: [HeaderName; 16] = [
    header::ACCEPT_ENCODING,
    header::AUTHORIZATION,
    header::CONNECTION,
    header::CONTENT_ENCODING,
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::EXPECT,
    header::HOST,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    HeaderName::from_static("x-access-token"),
];

/// What begins the names of Tencent Cloud's own headers.
const OWNED_PREFIX: &str = "x-tc-";

/// The header that Tencent Cloud returns with the reply, so that a caller's trace can be followed.
const TRACE_ID: &str = "x-tc-traceid";

impl OutgoingAttempt<'_> {
    /// The service's name: `trtc`.
    pub fn service(&self) -> &'static str {
        self.operation.service.name
    }

    /// The action's name on the wire: `DescribeUserInfo`.
    pub fn action(&self) -> &'static str {
        self.operation.name
    }

    /// Which attempt of its call this is, from 1.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Adds a header, or replaces one of the same name that was added before.
    ///
    /// # Errors
    ///
    /// The name is not one that a header can have, the value has characters other than visible
    /// ASCII and spaces, or the header is one with which the request is signed or framed.
    pub fn header(&mut self, name: &str, value: &str) -> Result<(), Error> {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|error| {
            Error::build("the name of a header is not legal").with_source(error)
        })?;
        let is_owned = OWNED.contains(&name)
            || (name.as_str().starts_with(OWNED_PREFIX) && name.as_str() != TRACE_ID);
        if is_owned {
            return Err(Error::build(format!(
                "the header {name} belongs to the signature or to HTTP and cannot be set"
            )));
        }
        if !value.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return Err(Error::build(format!(
                "the header {name} has characters other than visible ASCII"
            )));
        }
        let mut value = HeaderValue::from_str(value).map_err(|error| {
            Error::build("the value of a header is not legal").with_source(error)
        })?;
        // It may well be a key to a gateway of the caller's own.
        value.set_sensitive(true);
        self.headers.insert(name, value);
        Ok(())
    }
}

impl FinishedAttempt<'_> {
    /// The service's name: `trtc`.
    pub fn service(&self) -> &'static str {
        self.operation.service.name
    }

    /// The action's name on the wire: `DescribeUserInfo`.
    pub fn action(&self) -> &'static str {
        self.operation.name
    }

    /// Which attempt of its call this was, from 1.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// How long it took to send the request and to receive the whole reply, or the beginning of a
    /// stream of events. Waiting for the documented rate or for a credential is not in it. Zero
    /// where nothing was sent.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// The request that was sent, or that could not be sent.
    pub fn request(&self) -> Option<&RequestLine> {
        match self.outcome {
            Ok(Begun::Reply(about, _)) => Some(&about.request),
            Ok(Begun::Events(events)) => Some(events.request()),
            Err(error) => error.request(),
        }
    }

    /// The HTTP status of the reply, where there was one.
    pub fn status(&self) -> Option<u16> {
        match self.outcome {
            Ok(Begun::Reply(about, _)) => Some(about.status),
            Ok(Begun::Events(events)) => Some(events.status()),
            Err(error) => error.status(),
        }
    }

    /// The id under which the vendor knows the attempt.
    pub fn request_id(&self) -> Option<&str> {
        match self.outcome {
            Ok(Begun::Reply(about, _)) => about.request_id.as_deref(),
            Ok(Begun::Events(events)) => events.request_id(),
            Err(error) => error.request_id(),
        }
    }

    /// Why the attempt failed, if it did.
    pub fn error(&self) -> Option<&Error> {
        self.outcome.err()
    }
}

impl fmt::Debug for OutgoingAttempt<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("OutgoingAttempt")
            .field("action", &self.operation.name)
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for FinishedAttempt<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("FinishedAttempt")
            .field("action", &self.operation.name)
            .field("number", &self.number)
            .field("status", &self.status())
            .field("error", &self.error())
            .finish_non_exhaustive()
    }
}
