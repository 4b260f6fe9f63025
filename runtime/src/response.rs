//! What a successful call returns, and the line that says which request it answers.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::time::Duration;

use crate::mismatch::Mismatch;
use crate::record::RecordMut;

/// Why a filled output is of the type that a response has.
const OUTPUT: &str = "the output was made for this action";

/// The result of a call, with what the reply says beside it.
///
/// It can be used like the result itself.
pub struct Response<T> {
    filled: Filled,
    /// The type of what was filled.
    output: PhantomData<fn() -> T>,
}

/// What a call returns, of whatever type, so that the code which makes it is compiled once.
#[derive(Debug)]
pub(crate) struct Filled {
    pub(crate) output: Box<dyn RecordMut>,
    pub(crate) about: Box<About>,
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

impl<T: 'static> Response<T> {
    /// The result alone.
    pub fn into_inner(self) -> T {
        let output: Box<dyn Any> = self.filled.output;
        *output.downcast().expect(OUTPUT)
    }
}

impl<T> Response<T> {
    /// The id under which the vendor knows the call. Vendors ask for it when they are to help.
    pub fn request_id(&self) -> Option<&str> {
        self.filled.about.request_id.as_deref()
    }

    /// Where the reply differs from what the vendor describes. Such replies are read as well as
    /// possible, unless [`ConfigBuilder::strict`](crate::ConfigBuilder::strict) makes them errors.
    pub fn mismatches(&self) -> &[Mismatch] {
        &self.filled.about.mismatches
    }

    /// What the vendor warns of, such as the end of the action's life.
    pub fn warning(&self) -> Option<&str> {
        self.filled.about.warning.as_deref()
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.filled.about.status
    }

    /// How long the last attempt of the call took.
    pub fn elapsed(&self) -> Duration {
        self.filled.about.elapsed
    }

    /// How many times the call was sent, or was tried to be.
    pub fn attempts(&self) -> u32 {
        self.filled.about.attempts
    }

    /// The request that was sent.
    pub fn request(&self) -> &RequestLine {
        &self.filled.about.request
    }

    #[inline]
    pub(crate) fn new(filled: Filled) -> Self {
        Self {
            filled,
            output: PhantomData,
        }
    }
}

impl<T: 'static> Deref for Response<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        let output: &dyn Any = &*self.filled.output;
        output.downcast_ref().expect(OUTPUT)
    }
}

impl<T: 'static> DerefMut for Response<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        let output: &mut dyn Any = &mut *self.filled.output;
        output.downcast_mut().expect(OUTPUT)
    }
}

impl<T> fmt::Debug for Response<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Response")
            .field("output", &self.filled.output)
            .field("about", &self.filled.about)
            .finish()
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
