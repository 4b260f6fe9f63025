//! The way through a vendor's envelope to the result.

use std::fmt::{self, Formatter};

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::Contents;
use crate::decode::{Key, Object, Outcome, Place, Report, reset};
use crate::mismatch::MismatchKind;
use crate::operation::Envelope;
use crate::path::Path;
use crate::record::{Format, Location, Member, Record, RecordMut, Slot};

/// An object on the way to the result.
pub(super) struct Layer<'a> {
    pub(super) form: Form,
    pub(super) output: &'a mut dyn RecordMut,
    pub(super) contents: &'a mut Contents,
}

/// What an object on the way to the result holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
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
    pub(super) fn of(envelope: Envelope) -> Self {
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
    output: &mut dyn RecordMut,
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
    output: &mut dyn RecordMut,
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
    members.find(|(_, member)| member.location() == Location::WholeBody)
}

/// Reads a result, whatever it is made of.
fn read_result<E>(
    output: &mut dyn RecordMut,
    report: &mut Report,
    read: impl FnOnce(&mut Place<'_, '_>) -> Result<(), E>,
) -> Result<Outcome, E> {
    let whole = whole(output);
    let (mut slot, format) = match whole {
        Some((index, member)) => (output.slot(index).filled(), member.format()),
        None => (Slot::Record(&mut *output), Format::NATURAL),
    };
    let mut place = Place::new(&mut slot, format, &Path::Root, &mut *report);
    read(&mut place)?;
    let outcome = place.outcome;
    if let Some((index, member)) = whole
        && outcome != Outcome::Read
    {
        reset(output.slot(index));
        if outcome == Outcome::Null && !member.is_nullable() {
            report.add(&Path::Root, MismatchKind::Null);
        }
    }
    Ok(outcome)
}

/// Reads an object that holds the members of the result among others.
fn read_mixed<'de, A: MapAccess<'de>>(
    output: &mut dyn RecordMut,
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
