//! Decoding: JSON straight into the fields of generated types, whatever the vendor makes of it.
//!
//! One visitor serves all types. It walks the reply once, asks each record for the field of each
//! member that it meets, and reads what stands there if it can be read at all. What differs from
//! the description is noted in a [`Report`] with its path.

mod object;
#[cfg(test)]
mod tests;

use std::fmt::{self, Formatter};

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use crate::coerce::{self, Fit};
use crate::mismatch::{Mismatch, MismatchKind, Shape};
use crate::path::Path;
#[cfg(feature = "serde")]
use crate::record::ValueMut;
use crate::record::{Format, ListMut, MapMut, Slot};

pub(crate) use object::{Key, Object, reset};

/// How many mismatches of one reply are kept. A hostile reply could otherwise take up many times
/// its own size.
const MAXIMUM_MISMATCHES: usize = 1_000;

/// The key under which serde_json hands out numbers when some crate turns on its feature
/// `arbitrary_precision`.
const NUMBER_TOKEN: &str = "$serde_json::private::Number";

/// What was odd about a reply.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) mismatches: Vec<Mismatch>,
    /// Where decoding stopped, if it did.
    pub(crate) stopped: Option<String>,
}

impl Report {
    #[cold]
    pub(crate) fn add(&mut self, path: &Path<'_>, kind: MismatchKind) {
        if self.mismatches.len() < MAXIMUM_MISMATCHES {
            self.mismatches.push(Mismatch::new(path.to_string(), kind));
        }
    }

    /// Notes the innermost place of an error: the places around it are told later.
    #[cold]
    fn stop<E>(&mut self, path: &Path<'_>, error: E) -> E {
        self.stopped.get_or_insert_with(|| path.to_string());
        error
    }
}

/// What became of a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was read.
    Read,
    /// It is null.
    Null,
    /// It was left out, and that was noted.
    Dropped,
}

/// A field, and what is known of the value that goes there.
pub(crate) struct Place<'a, 'slot> {
    slot: &'a mut Slot<'slot>,
    format: Format,
    path: &'a Path<'a>,
    report: &'a mut Report,
    /// Kept here, because visitors that return nothing return in a register.
    pub(crate) outcome: Outcome,
}

/// Reads a value of any format that tells its types, like JSON, for serde.
///
/// # Errors
///
/// If the text is malformed or the value as a whole is of another type. Inside of it, differences
/// are passed over.
#[cfg(feature = "serde")]
pub fn deserialize<'de, V: ValueMut, D: Deserializer<'de>>(
    value: &mut V,
    deserializer: D,
) -> Result<(), D::Error> {
    let mut report = Report::default();
    let mut slot = value.as_slot().filled();
    let mut place = Place::new(&mut slot, Format::NATURAL, &Path::Root, &mut report);
    place.deserialize(deserializer)?;
    match (place.outcome, report.mismatches.pop()) {
        (Outcome::Read, _) => Ok(()),
        (Outcome::Null, _) | (_, None) => Err(D::Error::custom("found null, expected a value")),
        (_, Some(mismatch)) => Err(D::Error::custom(mismatch.kind())),
    }
}

impl<'de> DeserializeSeed<'de> for &mut Place<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let Slot::Json(value) = &mut *self.slot else {
            return deserializer.deserialize_any(self);
        };
        **value = serde_json::Value::deserialize(deserializer)?;
        if value.is_null() {
            self.outcome = Outcome::Null;
        }
        Ok(())
    }
}

impl<'de> Visitor<'de> for &mut Place<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.outcome = Outcome::Null;
        Ok(())
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        self.outcome = Outcome::Null;
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        let fit = coerce::boolean(self.slot, value);
        self.settle(fit, Shape::Bool);
        Ok(())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.visit_i128(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        // Nearly all numbers go this way, which `coerce` takes in wider steps.
        match &mut *self.slot {
            Slot::OptionalUnsigned(target) => **target = Some(value),
            Slot::OptionalSigned(target) if let Ok(value) = i64::try_from(value) => {
                **target = Some(value);
            }
            _ => return self.visit_i128(value.into()),
        }
        Ok(())
    }

    fn visit_i128<E: Error>(self, value: i128) -> Result<(), E> {
        let fit = coerce::integer(self.slot, self.format, value);
        self.settle(fit, Shape::Integer);
        Ok(())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        let fit = coerce::number(self.slot, self.format, value);
        self.settle(fit, Shape::Number);
        Ok(())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        let fit = coerce::string(self.slot, self.format, value);
        self.settle(fit, Shape::String);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        if let Slot::List(list) = &mut *self.slot {
            return read_list(*list, self.format, self.path, self.report, access);
        }
        while access.next_element::<IgnoredAny>()?.is_some() {}
        self.settle(Fit::Never, Shape::List);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        match &mut *self.slot {
            Slot::Record(record) => {
                Object::new(*record, self.path).read_all(self.report, access)?;
                return Ok(());
            }
            Slot::Map(map) => return read_map(*map, self.format, self.path, self.report, access),
            _ => {}
        }
        if let Some(is_number) = access.next_key_seed(Key(|key| key == NUMBER_TOKEN))? {
            if is_number {
                let digits: String = access.next_value()?;
                let fit = coerce::digits(self.slot, self.format, &digits);
                self.settle(fit, Shape::Number);
                return Ok(());
            }
            access.next_value::<IgnoredAny>()?;
        }
        while access.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        self.settle(Fit::Never, Shape::Object);
        Ok(())
    }
}

impl<'a, 'slot> Place<'a, 'slot> {
    #[inline]
    pub(crate) fn new(
        slot: &'a mut Slot<'slot>,
        format: Format,
        path: &'a Path<'a>,
        report: &'a mut Report,
    ) -> Self {
        Self {
            slot,
            format,
            path,
            report,
            outcome: Outcome::Read,
        }
    }

    /// Notes how a value fitted.
    #[inline]
    fn settle(&mut self, fit: Fit, found: Shape) {
        if fit != Fit::Exact {
            self.note(fit, found);
        }
    }

    #[cold]
    fn note(&mut self, fit: Fit, found: Shape) {
        let declared = coerce::shape(self.slot);
        let kind = match fit {
            Fit::Exact => return,
            Fit::Converted => MismatchKind::Converted { declared, found },
            Fit::Range => MismatchKind::OutOfRange,
            Fit::Never => MismatchKind::Dropped { declared, found },
        };
        if fit != Fit::Converted {
            self.outcome = Outcome::Dropped;
        }
        self.report.add(self.path, kind);
    }
}

/// The next item of a list. It is appended only once it is known that there is one.
struct Item<'a> {
    list: &'a mut dyn ListMut,
    format: Format,
    path: &'a Path<'a>,
    report: &'a mut Report,
}

impl<'de> DeserializeSeed<'de> for Item<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let mut slot = self.list.push().filled();
        let is_json = matches!(slot, Slot::Json(_));
        let mut place = Place::new(&mut slot, self.format, self.path, &mut *self.report);
        place.deserialize(deserializer)?;
        match place.outcome {
            Outcome::Read => return Ok(()),
            Outcome::Null if is_json => return Ok(()),
            Outcome::Null => self.report.add(self.path, MismatchKind::Null),
            Outcome::Dropped => {}
        }
        self.list.pop();
        Ok(())
    }
}

/// Reads a list. Items that cannot be read are left out.
fn read_list<'de, A: SeqAccess<'de>>(
    list: &mut dyn ListMut,
    format: Format,
    path: &Path<'_>,
    report: &mut Report,
    mut access: A,
) -> Result<(), A::Error> {
    list.clear();
    for index in 0.. {
        let path = Path::Item(path, index);
        let item = Item {
            list: &mut *list,
            format,
            path: &path,
            report: &mut *report,
        };
        match access.next_element_seed(item) {
            Ok(Some(())) => {}
            Ok(None) => break,
            Err(error) => return Err(report.stop(&path, error)),
        }
    }
    Ok(())
}

/// Reads a map. Entries that cannot be read are left out.
fn read_map<'de, A: MapAccess<'de>>(
    map: &mut dyn MapMut,
    format: Format,
    path: &Path<'_>,
    report: &mut Report,
    mut access: A,
) -> Result<(), A::Error> {
    map.clear();
    while let Some(key) = access.next_key_seed(Key(|key| key))? {
        map.remove(&key);
        let path = Path::Member(path, &key);
        let mut slot = map.insert(&key).filled();
        let is_json = matches!(slot, Slot::Json(_));
        let mut place = Place::new(&mut slot, format, &path, &mut *report);
        if let Err(error) = access.next_value_seed(&mut place) {
            return Err(report.stop(&path, error));
        }
        match place.outcome {
            Outcome::Read => continue,
            Outcome::Null if is_json => continue,
            Outcome::Null => report.add(&path, MismatchKind::Null),
            Outcome::Dropped => {}
        }
        map.remove(&key);
    }
    Ok(())
}
