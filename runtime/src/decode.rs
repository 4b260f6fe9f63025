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
use crate::record::Value;
use crate::record::{Format, List, Map, Slot};

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
    pub(crate) slot: &'a mut Slot<'slot>,
    pub(crate) format: Format,
    pub(crate) path: &'a Path<'a>,
    pub(crate) report: &'a mut Report,
}

/// Reads a value of any format that tells its types, like JSON, for serde.
///
/// # Errors
///
/// If the text is malformed or the value as a whole is of another type. Inside of it, differences
/// are passed over.
#[cfg(feature = "serde")]
pub fn deserialize<'de, V: Value, D: Deserializer<'de>>(
    value: &mut V,
    deserializer: D,
) -> Result<(), D::Error> {
    let mut report = Report::default();
    let mut slot = filled(value.slot());
    let mut place = Place {
        slot: &mut slot,
        format: Format::Natural,
        path: &Path::Root,
        report: &mut report,
    };
    match (place.deserialize(deserializer)?, report.mismatches.pop()) {
        (Outcome::Read, _) => Ok(()),
        (Outcome::Null, _) | (_, None) => Err(D::Error::custom("found null, expected a value")),
        (_, Some(mismatch)) => Err(D::Error::custom(mismatch.kind())),
    }
}

impl<'de> DeserializeSeed<'de> for &mut Place<'_, '_> {
    type Value = Outcome;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Outcome, D::Error> {
        let Slot::Json(value) = &mut *self.slot else {
            return deserializer.deserialize_any(self);
        };
        **value = serde_json::Value::deserialize(deserializer)?;
        Ok(match value {
            serde_json::Value::Null => Outcome::Null,
            _ => Outcome::Read,
        })
    }
}

impl<'de> Visitor<'de> for &mut Place<'_, '_> {
    type Value = Outcome;

    fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Outcome, E> {
        Ok(Outcome::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Outcome, E> {
        Ok(Outcome::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Outcome, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Outcome, E> {
        let fit = coerce::boolean(self.slot, value);
        Ok(self.settle(fit, Shape::Bool))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Outcome, E> {
        let fit = coerce::integer(self.slot, self.format, value.into());
        Ok(self.settle(fit, Shape::Integer))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Outcome, E> {
        let fit = coerce::integer(self.slot, self.format, value.into());
        Ok(self.settle(fit, Shape::Integer))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Outcome, E> {
        let fit = coerce::number(self.slot, self.format, value);
        Ok(self.settle(fit, Shape::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Outcome, E> {
        let fit = coerce::string(self.slot, self.format, value);
        Ok(self.settle(fit, Shape::String))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Outcome, A::Error> {
        if let Slot::List(list) = &mut *self.slot {
            return read_list(*list, self.format, self.path, self.report, access);
        }
        while access.next_element::<IgnoredAny>()?.is_some() {}
        Ok(self.settle(Fit::Never, Shape::List))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Outcome, A::Error> {
        match &mut *self.slot {
            Slot::Record(record) => {
                Object::new(*record, self.path).read_all(self.report, access)?;
                return Ok(Outcome::Read);
            }
            Slot::Map(map) => return read_map(*map, self.format, self.path, self.report, access),
            _ => {}
        }
        if let Some(is_number) = access.next_key_seed(Key(|key| key == NUMBER_TOKEN))? {
            if is_number {
                let digits: String = access.next_value()?;
                let fit = coerce::digits(self.slot, self.format, &digits);
                return Ok(self.settle(fit, Shape::Number));
            }
            access.next_value::<IgnoredAny>()?;
        }
        while access.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(self.settle(Fit::Never, Shape::Object))
    }
}

impl Place<'_, '_> {
    /// Notes how a value fitted.
    #[inline]
    fn settle(&mut self, fit: Fit, found: Shape) -> Outcome {
        if matches!(fit, Fit::Exact) {
            return Outcome::Read;
        }
        let declared = coerce::shape(self.slot);
        let (kind, outcome) = match fit {
            Fit::Exact => return Outcome::Read,
            Fit::Converted => (MismatchKind::Converted { declared, found }, Outcome::Read),
            Fit::Range => (MismatchKind::OutOfRange, Outcome::Dropped),
            Fit::Never => (MismatchKind::Dropped { declared, found }, Outcome::Dropped),
        };
        self.report.add(self.path, kind);
        outcome
    }
}

/// The next item of a list. It is appended only once it is known that there is one.
struct Item<'a> {
    list: &'a mut dyn List,
    format: Format,
    path: &'a Path<'a>,
    report: &'a mut Report,
}

impl<'de> DeserializeSeed<'de> for Item<'_> {
    type Value = Outcome;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Outcome, D::Error> {
        let mut slot = filled(self.list.push());
        let is_json = matches!(slot, Slot::Json(_));
        let mut place = Place {
            slot: &mut slot,
            format: self.format,
            path: self.path,
            report: &mut *self.report,
        };
        let outcome = place.deserialize(deserializer)?;
        match outcome {
            Outcome::Null if is_json => return Ok(Outcome::Read),
            Outcome::Null => self.report.add(self.path, MismatchKind::Null),
            Outcome::Read | Outcome::Dropped => {}
        }
        if outcome != Outcome::Read {
            self.list.pop();
        }
        Ok(outcome)
    }
}

/// Reads a list. Items that cannot be read are left out.
pub(crate) fn read_list<'de, A: SeqAccess<'de>>(
    list: &mut dyn List,
    format: Format,
    path: &Path<'_>,
    report: &mut Report,
    mut access: A,
) -> Result<Outcome, A::Error> {
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
            Ok(Some(_)) => {}
            Ok(None) => break,
            Err(error) => return Err(report.stop(&path, error)),
        }
    }
    Ok(Outcome::Read)
}

/// Reads a map. Entries that cannot be read are left out.
fn read_map<'de, A: MapAccess<'de>>(
    map: &mut dyn Map,
    format: Format,
    path: &Path<'_>,
    report: &mut Report,
    mut access: A,
) -> Result<Outcome, A::Error> {
    map.clear();
    while let Some(key) = access.next_key_seed(Key(|key| key))? {
        map.remove(&key);
        let path = Path::Member(path, &key);
        let mut slot = filled(map.insert(&key));
        let is_json = matches!(slot, Slot::Json(_));
        let mut place = Place {
            slot: &mut slot,
            format,
            path: &path,
            report: &mut *report,
        };
        match access.next_value_seed(&mut place) {
            Ok(Outcome::Read) => {}
            Ok(Outcome::Null) if is_json => {}
            Ok(outcome) => {
                map.remove(&key);
                if outcome == Outcome::Null {
                    report.add(&path, MismatchKind::Null);
                }
            }
            Err(error) => return Err(report.stop(&path, error)),
        }
    }
    Ok(Outcome::Read)
}

/// The field itself, where it may stay empty.
pub(crate) fn filled(slot: Slot<'_>) -> Slot<'_> {
    match slot {
        Slot::Optional(optional) => optional.fill(),
        slot => slot,
    }
}
