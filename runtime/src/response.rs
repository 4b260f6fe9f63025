//! What a successful call returns, and the line that says which request it answers.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::time::Duration;

use crate::mismatch::Mismatch;

/// The result of a call, with what the reply says beside it.
///
/// It can be used like the result itself.
#[derive(Debug)]
pub struct Response<T> {
    output: T,
    about: Box<About>,
}

/// What is known of a reply beside its result.
#[derive(Debug)]
pub(crate) struct About {
    pub(crate) status: u16,
    pub(crate) request_id: Option<String>,
    pub(crate) warning: Option<String>,
    pub(crate) mismatches: Vec<Mismatch>,
    pub(crate) elapsed: Duration,
    pub(crate) attempts: u32,
    pub(crate) request: RequestLine,
}

/// A request as it went out, without what must stay secret.
#[derive(Clone, PartialEq, Eq)]
pub struct RequestLine {
    pub(crate) method: &'static str,
    pub(crate) url: String,
    pub(crate) action: Option<&'static str>,
}

impl<T> Response<T> {
    /// The result alone.
    pub fn into_inner(self) -> T {
        self.output
    }

    /// The id under which the vendor knows the call. Vendors ask for it when they are to help.
    pub fn request_id(&self) -> Option<&str> {
        self.about.request_id.as_deref()
    }

    /// Where the reply differs from what the vendor describes. Such replies are read as well as
    /// possible, unless [`ConfigBuilder::strict`](crate::ConfigBuilder::strict) makes them errors.
    pub fn mismatches(&self) -> &[Mismatch] {
        &self.about.mismatches
    }

    /// What the vendor warns of, such as the end of the action's life.
    pub fn warning(&self) -> Option<&str> {
        self.about.warning.as_deref()
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.about.status
    }

    /// How long the last attempt of the call took.
    pub fn elapsed(&self) -> Duration {
        self.about.elapsed
    }

    /// How many times the call was sent, or was tried to be.
    pub fn attempts(&self) -> u32 {
        self.about.attempts
    }

    /// The request that was sent.
    pub fn request(&self) -> &RequestLine {
        &self.about.request
    }

    pub(crate) fn new(output: T, about: Box<About>) -> Self {
        Self { output, about }
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.output
    }
}

impl<T> DerefMut for Response<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.output
    }
}

impl RequestLine {
    /// The HTTP method.
    pub fn method(&self) -> &str {
        self.method
    }

    /// The URL, with asterisks in the place of secret values.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl fmt::Display for RequestLine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.url)?;
        match self.action {
            Some(action) => write!(formatter, " ({action})"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for RequestLine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
