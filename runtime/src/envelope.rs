//! What a reply says about its action: the result, or why there is none.
//!
//! Paths are relative to the result, not to the envelope around it, which differs by vendor and
//! which callers never see.

mod gateway;
mod layer;
mod surrogate;
#[cfg(test)]
mod tests;

use std::fmt::{self, Display, Formatter};

use serde::de::DeserializeSeed;
use serde_json::Value;

use crate::decode::{Report, reset};
use crate::mismatch::{Mismatch, MismatchKind};
use crate::operation::{Envelope, StreamError};
use crate::path::Path;
use crate::record;
#[cfg(feature = "testing")]
use crate::record::Record;
use crate::record::{RecordMut, Slot};
pub(crate) use gateway::excerpt;
use gateway::{plain, refusal, service_error};
use layer::{Form, Layer};
pub(crate) use surrogate::without_lone_surrogates;

/// Whether a reply may differ from its description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strictness {
    /// The reply is read as far as it can be, and the differences are recorded beside the result.
    Tolerant,
    /// A difference is an error, which names all of them.
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
    /// The vendor says so. Without a code of its own, the HTTP status is the code.
    Service(Refusal),
    /// It cannot be read.
    Malformed(DecodeError),
}

/// What a vendor says of a failure, as it says it: secrets that it quotes are still in it.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) code: String,
    pub(crate) message: String,
    /// Whether the message is all that the reply holds, of which an [`excerpt`] is enough.
    pub(crate) is_page: bool,
    pub(crate) request_id: Option<String>,
}

/// A reply cannot be read.
#[derive(Debug)]
pub(crate) enum DecodeError {
    Json {
        path: String,
        error: serde_json::Error,
    },
    /// It is not empty.
    Mismatches(Vec<Mismatch>),
    Utf8 {
        offset: usize,
    },
    Empty,
    Nesting {
        most: usize,
    },
    Envelope(&'static str),
}

/// How many mismatches are told of a reply that has to be as described. The others are counted.
const TOLD_MISMATCHES: usize = 3;

/// Reads a reply into an empty output.
pub(crate) fn open(
    envelope: Envelope,
    status: u16,
    body: &[u8],
    output: &mut dyn RecordMut,
    strictness: Strictness,
) -> Result<Opened, Failure> {
    let is_success = (200..300).contains(&status);
    let text = match std::str::from_utf8(body) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(_) if !is_success => return Err(refusal(status, &String::from_utf8_lossy(body))),
        Err(error) => {
            let offset = error.valid_up_to();
            return Err(Failure::Malformed(DecodeError::Utf8 { offset }));
        }
    };
    if !is_success && (envelope == Envelope::Bare || text.trim_ascii().is_empty()) {
        return Err(refusal(status, text));
    }
    if text.trim_ascii().is_empty() {
        return match output.members() {
            [] => Ok(Opened::default()),
            _ => Err(Failure::Malformed(DecodeError::Empty)),
        };
    }
    let read = read_tolerantly(Form::of(envelope), text, output, strictness);
    if !is_success && !matches!(&read, Ok(contents) if contents.error(envelope).is_some()) {
        return Err(refusal(status, text));
    }
    let contents = read.map_err(Failure::Malformed)?;
    contents.judge(envelope, text, strictness)
}

/// Reads an event of a stream into an empty output. There is no envelope around it, but what else
/// would stand there may stand beside the output. An error may stand in the output itself.
pub(crate) fn open_event(
    data: &[u8],
    error: StreamError,
    output: &mut dyn RecordMut,
    strictness: Strictness,
) -> Result<Opened, Failure> {
    let text = std::str::from_utf8(data).map_err(|error| {
        let offset = error.valid_up_to();
        Failure::Malformed(DecodeError::Utf8 { offset })
    })?;
    let contents =
        read_tolerantly(Form::Mixed, text, output, strictness).map_err(Failure::Malformed)?;
    if let Some((code, message)) = gateway::declared_error(output, error) {
        let request_id = contents.wrapper.request_id;
        return Err(Failure::service(code, message, request_id));
    }
    contents.judge(Envelope::Response, text, strictness)
}

/// Reads a reply, once more without halves of surrogate pairs if it has some.
fn read_tolerantly(
    form: Form,
    text: &str,
    output: &mut dyn RecordMut,
    strictness: Strictness,
) -> Result<Contents, DecodeError> {
    let error = match read(form, text, output) {
        Err(error) if strictness == Strictness::Tolerant => error,
        result => return result,
    };
    let Some(repaired) = without_lone_surrogates(text) else {
        return Err(error);
    };
    reset(Slot::Record(output));
    let mut contents = read(form, &repaired, output)?;
    contents.report.add(&Path::Root, MismatchKind::Surrogate);
    Ok(contents)
}

/// Reads a reply in one pass.
fn read(form: Form, text: &str, output: &mut dyn RecordMut) -> Result<Contents, DecodeError> {
    let mut contents = Contents::default();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let layer = Layer {
        form,
        output,
        contents: &mut contents,
    };
    layer
        .deserialize(&mut deserializer)
        .and_then(|()| deserializer.end())
        .map_err(|error| DecodeError::Json {
            path: contents
                .report
                .stopped
                .take()
                .unwrap_or_else(|| "$".to_owned()),
            error,
        })?;
    Ok(contents)
}

/// What stands in a reply, except for the result, which has gone into the output.
#[derive(Debug, Default)]
struct Contents {
    wrapper: Wrapper,
    /// Whether there was a result.
    has_result: bool,
    report: Report,
}

/// What vendors put around a result.
#[derive(Default)]
struct Wrapper {
    code: Option<Value>,
    message: Option<Value>,
    request_id: Option<String>,
    warning: Option<Value>,
    error: Option<Value>,
}

record! {
    Wrapper {
        0 => code: "Code",
        1 => message: "Message",
        2 => request_id: "RequestId",
        3 => warning: "DeprecatedWarning",
        4 => error: "Error",
    }
}

/// Whether vendors put what has this name around a result.
#[cfg(feature = "testing")]
pub(crate) fn stands_around(name: &str) -> bool {
    let wrapper: &dyn Record = &Wrapper::default();
    let mut members = wrapper.members().iter();
    members.any(|member| member.name == name)
}

impl Contents {
    /// The code and message of an error, if the reply is about one.
    fn error(&self, envelope: Envelope) -> Option<(String, String)> {
        match envelope {
            Envelope::Bare => None,
            Envelope::Response => {
                let error = self.wrapper.error.as_ref()?;
                let code = error
                    .get("Code")?
                    .as_str()
                    .filter(|code| !code.is_empty())?;
                Some((code.to_owned(), plain(error.get("Message"))))
            }
            Envelope::CodeData | Envelope::CodeFlat => {
                let code = plain(self.wrapper.code.as_ref());
                let is_error = !code.is_empty() && code.parse() != Ok(0);
                is_error.then(|| (code, plain(self.wrapper.message.as_ref())))
            }
        }
    }

    /// Decides whether the reply is a success.
    fn judge(
        self,
        envelope: Envelope,
        text: &str,
        strictness: Strictness,
    ) -> Result<Opened, Failure> {
        if let Some((code, message)) = self.error(envelope) {
            return Err(Failure::service(code, message, self.wrapper.request_id));
        }
        match envelope {
            Envelope::Response if !self.has_result => {
                let error = DecodeError::Envelope("expected an object with the member Response");
                return Err(service_error(text).unwrap_or(Failure::Malformed(error)));
            }
            Envelope::CodeData | Envelope::CodeFlat if self.wrapper.code.is_none() => {
                let error = DecodeError::Envelope("expected an object with the member Code");
                return Err(Failure::Malformed(error));
            }
            _ => {}
        }
        if strictness == Strictness::Strict && !self.report.mismatches.is_empty() {
            let error = DecodeError::Mismatches(self.report.mismatches);
            return Err(Failure::Malformed(error));
        }
        Ok(Opened {
            request_id: self.wrapper.request_id,
            warning: self.wrapper.warning.map(|warning| plain(Some(&warning))),
            mismatches: self.report.mismatches,
        })
    }
}

impl Failure {
    fn service(code: String, message: String, request_id: Option<String>) -> Self {
        Self::Service(Refusal {
            code,
            message,
            is_page: false,
            request_id,
        })
    }
}

impl DecodeError {
    pub(crate) fn mismatches(&self) -> &[Mismatch] {
        match self {
            Self::Mismatches(mismatches) => mismatches,
            _ => &[],
        }
    }
}

impl Display for DecodeError {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json { path, error } => {
                write!(formatter, "the reply cannot be read at {path}: {error}")
            }
            Self::Mismatches(mismatches) => {
                formatter.write_str("the reply differs from its description")?;
                let mut separator = " ";
                for mismatch in mismatches.iter().take(TOLD_MISMATCHES) {
                    write!(formatter, "{separator}at {mismatch}")?;
                    separator = "; ";
                }
                match mismatches.len().saturating_sub(TOLD_MISMATCHES) {
                    0 => Ok(()),
                    1 => formatter.write_str("; and in 1 more place"),
                    more => write!(formatter, "; and in {more} more places"),
                }
            }
            Self::Utf8 { offset } => {
                write!(formatter, "the reply is not UTF-8 at byte {offset}")
            }
            Self::Empty => formatter.write_str("the reply is empty, expected an object"),
            Self::Nesting { most } => write!(
                formatter,
                "the reply is more than {most} levels deep; `max_reply_nesting` allows for more"
            ),
            Self::Envelope(expected) => {
                write!(formatter, "the reply has another form: {expected}")
            }
        }
    }
}

impl std::error::Error for DecodeError {}
