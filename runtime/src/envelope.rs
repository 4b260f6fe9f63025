//! What a reply says about its action: the result, or why there is none.
//!
//! Paths are relative to the result, not to the envelope around it, which differs by vendor and
//! which callers never see.

mod gateway;
mod surrogate;
#[cfg(test)]
mod tests;

use std::fmt::{self, Display, Formatter};

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::decode::{Key, Object, Outcome, Place, Report, filled, reset};
use crate::mismatch::{Mismatch, MismatchKind};
use crate::operation::Envelope;
use crate::path::Path;
use crate::record;
use crate::record::{Format, Location, Member, Record, Slot};
use gateway::{plain, refusal, service_error};
use surrogate::without_lone_surrogates;

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
    /// The vendor says so. Without a code of its own, the HTTP status is the code.
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
    Utf8 { offset: usize },
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
    let is_success = (200..300).contains(&status);
    let text = match std::str::from_utf8(body) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(_) if !is_success => return Err(refusal(status, &String::from_utf8_lossy(body))),
        Err(error) => {
            let offset = error.valid_up_to();
            return Err(malformed(Problem::Utf8 { offset }));
        }
    };
    if !is_success && (envelope == Envelope::Bare || text.trim_ascii().is_empty()) {
        return Err(refusal(status, text));
    }
    if text.trim_ascii().is_empty() {
        return match output.members() {
            [] => Ok(Opened::default()),
            _ => Err(malformed(Problem::Empty)),
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
    error: &[&str],
    output: &mut dyn Record,
    strictness: Strictness,
) -> Result<Opened, Failure> {
    let text = std::str::from_utf8(data).map_err(|error| {
        let offset = error.valid_up_to();
        malformed(Problem::Utf8 { offset })
    })?;
    let contents =
        read_tolerantly(Form::Mixed, text, output, strictness).map_err(Failure::Malformed)?;
    if let Some((code, message)) = gateway::declared_error(output, error) {
        return Err(Failure::Service {
            code,
            message,
            request_id: contents.wrapper.request_id,
        });
    }
    contents.judge(Envelope::Response, text, strictness)
}

/// Reads a reply, once more without halves of surrogate pairs if it has some.
fn read_tolerantly(
    form: Form,
    text: &str,
    output: &mut dyn Record,
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
fn read(form: Form, text: &str, output: &mut dyn Record) -> Result<Contents, DecodeError> {
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
        .map_err(|error| DecodeError {
            path: contents
                .report
                .stopped
                .take()
                .unwrap_or_else(|| "$".to_owned()),
            problem: Problem::Json(error),
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
        mut self,
        envelope: Envelope,
        text: &str,
        strictness: Strictness,
    ) -> Result<Opened, Failure> {
        if let Some((code, message)) = self.error(envelope) {
            return Err(Failure::Service {
                code,
                message,
                request_id: self.wrapper.request_id,
            });
        }
        match envelope {
            Envelope::Response if !self.has_result => {
                let problem = Problem::Envelope("expected an object with the member Response");
                return Err(service_error(text).unwrap_or_else(|| malformed(problem)));
            }
            Envelope::CodeData | Envelope::CodeFlat if self.wrapper.code.is_none() => {
                let problem = Problem::Envelope("expected an object with the member Code");
                return Err(malformed(problem));
            }
            _ => {}
        }
        if strictness == Strictness::Strict && !self.report.mismatches.is_empty() {
            let first = self.report.mismatches.swap_remove(0);
            return Err(Failure::Malformed(first.into()));
        }
        Ok(Opened {
            request_id: self.wrapper.request_id,
            warning: self.wrapper.warning.map(|warning| plain(Some(&warning))),
            mismatches: self.report.mismatches,
        })
    }
}

/// An object on the way to the result.
struct Layer<'a> {
    form: Form,
    output: &'a mut dyn Record,
    contents: &'a mut Contents,
}

/// What an object on the way to the result holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Another object, with this name, that holds the result and what is around it.
    Outer(&'static str),
    /// The result, under this name, beside what is around it.
    Beside(&'static str),
    /// The members of the result among what is around it. What the action declares is its own.
    Mixed,
    /// The result.
    Bare,
}

impl Form {
    fn of(envelope: Envelope) -> Self {
        match envelope {
            Envelope::Response => Self::Outer("Response"),
            Envelope::CodeData => Self::Beside("Data"),
            Envelope::CodeFlat => Self::Mixed,
            Envelope::Bare => Self::Bare,
        }
    }
}

impl<'de> DeserializeSeed<'de> for Layer<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.form == Form::Bare && whole(self.output).is_some() {
            return self.read_whole(deserializer);
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Layer<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        // Serde's own message would quote the text.
        Err(E::custom("expected an object, found a string"))
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        if self.form == Form::Bare && self.output.members().is_empty() {
            return Ok(());
        }
        Err(E::custom("expected an object, found null"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<(), A::Error> {
        Err(A::Error::custom("expected an object, found a list"))
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<(), A::Error> {
        let contents = self.contents;
        match self.form {
            Form::Outer(name) => read_outer(name, self.output, contents, access),
            Form::Beside(name) => read_beside(name, self.output, contents, access),
            Form::Mixed => read_mixed(self.output, contents, access),
            Form::Bare => {
                contents.has_result = true;
                Object::new(self.output, &Path::Root).read_all(&mut contents.report, access)
            }
        }
    }
}

impl Layer<'_> {
    /// Reads a result that is not an object with members.
    fn read_whole<'de, D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let Contents {
            has_result, report, ..
        } = self.contents;
        let outcome = read_result(self.output, report, |place| place.deserialize(deserializer))?;
        if let Some(mismatch) = report.mismatches.pop_if(|_| outcome == Outcome::Dropped) {
            return Err(D::Error::custom(mismatch.kind()));
        }
        *has_result = true;
        Ok(())
    }
}

/// Reads an object of which one member holds all.
fn read_outer<'de, A: MapAccess<'de>>(
    inner: &str,
    output: &mut dyn Record,
    contents: &mut Contents,
    mut access: A,
) -> Result<(), A::Error> {
    while let Some(is_inner) = access.next_key_seed(Key(|name| name == inner))? {
        if is_inner {
            access.next_value_seed(Layer {
                form: Form::Mixed,
                output: &mut *output,
                contents: &mut *contents,
            })?;
        } else {
            access.next_value::<IgnoredAny>()?;
        }
    }
    Ok(())
}

/// Reads an object of which one member is the result.
fn read_beside<'de, A: MapAccess<'de>>(
    result: &str,
    output: &mut dyn Record,
    contents: &mut Contents,
    mut access: A,
) -> Result<(), A::Error> {
    let mut wrapper = Object::new(&mut contents.wrapper, &Path::Root);
    while let Some(name) = access.next_key_seed(Key(|name| name))? {
        if let Some(index) = wrapper.find(&name) {
            wrapper.read(index, &mut Report::default(), &mut access)?;
        } else if name == result {
            let read = |place: &mut Place<'_, '_>| access.next_value_seed(place);
            let outcome = read_result(output, &mut contents.report, read)?;
            contents.has_result = outcome == Outcome::Read;
        } else {
            access.next_value::<IgnoredAny>()?;
        }
    }
    if !contents.has_result {
        Object::new(output, &Path::Root).finish(&mut contents.report);
    }
    Ok(())
}

/// The member that a result is, where the result is not an object with members.
fn whole(output: &dyn Record) -> Option<(usize, &'static Member)> {
    let mut members = output.members().iter().enumerate();
    members.find(|(_, member)| member.location == Location::WholeBody)
}

/// Reads a result, whatever it is made of.
fn read_result<E>(
    output: &mut dyn Record,
    report: &mut Report,
    read: impl FnOnce(&mut Place<'_, '_>) -> Result<(), E>,
) -> Result<Outcome, E> {
    let whole = whole(output);
    let (mut slot, format) = match whole {
        Some((index, member)) => (filled(output.slot(index)), member.format),
        None => (Slot::Record(&mut *output), Format::Natural),
    };
    let mut place = Place::new(&mut slot, format, &Path::Root, &mut *report);
    read(&mut place)?;
    let outcome = place.outcome;
    if let Some((index, member)) = whole
        && outcome != Outcome::Read
    {
        reset(output.slot(index));
        if outcome == Outcome::Null && !member.nullable {
            report.add(&Path::Root, MismatchKind::Null);
        }
    }
    Ok(outcome)
}

/// Reads an object that holds the members of the result among others.
fn read_mixed<'de, A: MapAccess<'de>>(
    output: &mut dyn Record,
    contents: &mut Contents,
    mut access: A,
) -> Result<(), A::Error> {
    contents.has_result = true;
    let mut output = Object::new(output, &Path::Root);
    let mut wrapper = Object::new(&mut contents.wrapper, &Path::Root);
    while let Some(name) = access.next_key_seed(Key(|name| name))? {
        if let Some(index) = output.find(&name) {
            output.read(index, &mut contents.report, &mut access)?;
        } else if let Some(index) = wrapper.find(&name) {
            wrapper.read(index, &mut Report::default(), &mut access)?;
        } else {
            access.next_value::<IgnoredAny>()?;
        }
    }
    output.finish(&mut contents.report);
    Ok(())
}

fn malformed(problem: Problem) -> Failure {
    Failure::Malformed(DecodeError {
        path: Path::Root.to_string(),
        problem,
    })
}

impl From<Mismatch> for DecodeError {
    fn from(mismatch: Mismatch) -> Self {
        Self {
            path: mismatch.path().to_owned(),
            problem: Problem::Mismatch(mismatch.kind()),
        }
    }
}

impl Display for DecodeError {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let path = &self.path;
        match &self.problem {
            Problem::Json(error) => {
                write!(formatter, "the reply cannot be read at {path}: {error}")
            }
            Problem::Mismatch(kind) => {
                write!(
                    formatter,
                    "the reply differs from its description at {path}: {kind}"
                )
            }
            Problem::Utf8 { offset } => {
                write!(formatter, "the reply is not UTF-8 at byte {offset}")
            }
            Problem::Empty => formatter.write_str("the reply is empty, expected an object"),
            Problem::Envelope(expected) => {
                write!(formatter, "the reply has another form: {expected}")
            }
        }
    }
}

impl std::error::Error for DecodeError {}
