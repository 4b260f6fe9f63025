//! The members of an object: which field each of them goes to, and which are missing.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::{self, Formatter};

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use super::{Outcome, Place, Report};
use crate::Timestamp;
use crate::mismatch::MismatchKind;
use crate::path::Path;
use crate::record::{Member, RecordMut, Slot};

/// The members of one object, on their way into a record.
pub(crate) struct Object<'a> {
    record: &'a mut dyn RecordMut,
    members: &'static [Member],
    path: &'a Path<'a>,
    /// The member that comes next if the vendor keeps to the order of the description.
    next: usize,
    /// The member that was next when another came, and probably still is to come.
    left_out: usize,
    seen: Seen,
}

/// What to do with the name of a member or of a map's entry.
pub(crate) struct Key<F>(pub(crate) F);

impl<'a> Object<'a> {
    pub(crate) fn new(record: &'a mut dyn RecordMut, path: &'a Path<'a>) -> Self {
        Self {
            members: record.members(),
            record,
            path,
            next: 0,
            left_out: 0,
            seen: Seen::default(),
        }
    }

    /// The number of the member with this name.
    #[inline]
    pub(crate) fn find(&mut self, name: &str) -> Option<usize> {
        let index = match self.members.get(self.next) {
            Some(member) if same(member.name, name) => self.next,
            _ => self.search(name)?,
        };
        self.next = index + 1;
        Some(index)
    }

    /// The number of the member with this name, which is not the next one.
    #[inline(never)]
    fn search(&mut self, name: &str) -> Option<usize> {
        let is_it = |index: &usize| same(self.members[*index].name, name);
        let count = self.members.len();
        let next = self.next.min(count);
        let index = (next + 1..count)
            .find(is_it)
            .or_else(|| (self.left_out..next).find(is_it))
            .or_else(|| (0..self.left_out.min(next)).find(is_it))?;
        self.left_out = next;
        Some(index)
    }

    /// Reads the value of a member. The last one wins where there are several.
    #[inline]
    pub(crate) fn read<'de, A: MapAccess<'de>>(
        &mut self,
        index: usize,
        report: &mut Report,
        access: &mut A,
    ) -> Result<(), A::Error> {
        let member = &self.members[index];
        let path = Path::Member(self.path, member.name);
        if !self.seen.insert(index) {
            reset(self.record.slot(index));
        }
        // Two variables, because to move a slot right after it was made stalls the processor, which
        // cannot yet read back as a whole what was written in parts.
        let mut outer = self.record.slot(index);
        let mut inner;
        let slot = match outer {
            Slot::Optional(optional) => {
                inner = optional.fill();
                &mut inner
            }
            _ => &mut outer,
        };
        let mut place = Place::new(slot, member.format(), &path, &mut *report);
        if let Err(error) = access.next_value_seed(&mut place) {
            return Err(report.stop(&path, error));
        }
        let outcome = place.outcome;
        if outcome != Outcome::Read {
            if let Slot::Optional(optional) = self.record.slot(index) {
                optional.clear();
            }
            if outcome == Outcome::Null && !member.is_nullable() {
                report.add(&path, MismatchKind::Null);
            }
        }
        Ok(())
    }

    /// Reads all members, and passes over what is not described.
    pub(crate) fn read_all<'de, A: MapAccess<'de>>(
        mut self,
        report: &mut Report,
        mut access: A,
    ) -> Result<(), A::Error> {
        while let Some(index) = access.next_key_seed(Key(|name: Cow<'de, str>| self.find(&name)))? {
            if let Some(index) = index {
                self.read(index, report, &mut access)?;
            } else {
                access.next_value::<IgnoredAny>()?;
            }
        }
        self.finish(report);
        Ok(())
    }

    /// Notes which of the promised members did not come.
    #[inline]
    pub(crate) fn finish(&self, report: &mut Report) {
        if !self.seen.has_all(self.members.len()) {
            self.report_missing(report);
        }
    }

    fn report_missing(&self, report: &mut Report) {
        for (index, member) in self.members.iter().enumerate() {
            if member.is_required() && !self.seen.contains(index) {
                report.add(&Path::Member(self.path, member.name), MismatchKind::Missing);
            }
        }
    }
}

impl<'de, T, F: FnOnce(Cow<'de, str>) -> T> DeserializeSeed<'de> for Key<F> {
    type Value = T;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de, T, F: FnOnce(Cow<'de, str>) -> T> Visitor<'de> for Key<F> {
    type Value = T;

    fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("the name of a member")
    }

    #[inline]
    fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<T, E> {
        Ok(self.0(Cow::Borrowed(name)))
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<T, E> {
        Ok(self.0(Cow::Owned(name.to_owned())))
    }
}

/// Which members have come. Nearly all records have no more than 64, and need no allocation.
#[derive(Default)]
struct Seen {
    near: u64,
    far: BTreeSet<usize>,
}

impl Seen {
    /// Whether the member had not come before.
    #[inline]
    fn insert(&mut self, index: usize) -> bool {
        if index >= 64 {
            return self.far.insert(index);
        }
        let before = self.near;
        self.near |= 1 << index;
        self.near != before
    }

    /// Whether all members of a record with this many have come.
    #[inline]
    fn has_all(&self, count: usize) -> bool {
        self.near.count_ones() as usize + self.far.len() == count
    }

    fn contains(&self, index: usize) -> bool {
        if index < 64 {
            self.near >> index & 1 == 1
        } else {
            self.far.contains(&index)
        }
    }
}

/// Takes away what a field holds.
#[cold]
pub(crate) fn reset(slot: Slot<'_>) {
    match slot {
        Slot::None => {}
        Slot::Optional(value) => value.clear(),
        Slot::OptionalString(value) => *value = None,
        Slot::OptionalBool(value) => *value = None,
        Slot::OptionalSigned(value) => *value = None,
        Slot::OptionalUnsigned(value) => *value = None,
        Slot::OptionalFloat(value) => *value = None,
        Slot::String(value) => value.clear(),
        Slot::Bool(value) => *value = false,
        Slot::Signed(value) => *value = 0,
        Slot::Unsigned(value) => *value = 0,
        Slot::Float(value) => *value = 0.0,
        Slot::Bytes(value) => value.clear(),
        Slot::Timestamp(value) => *value = Timestamp::UNIX_EPOCH,
        Slot::Json(value) => *value = serde_json::Value::Null,
        Slot::IntegerEnum(value) => value.set(0),
        Slot::StringEnum(value) => value.set(""),
        Slot::Record(value) => {
            for index in 0..value.members().len() {
                reset(value.slot(index));
            }
        }
        Slot::List(value) => value.clear(),
        Slot::Map(value) => value.clear(),
    }
}

/// Whether two names are equal. Nearly all are so short that two overlapping words cover them, which
/// makes decoding as a whole an eighth faster than the call that a comparison of slices is.
#[inline]
pub(super) fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    match one.len() {
        4..8 => {
            one.first_chunk::<4>() == other.first_chunk()
                && one.last_chunk::<4>() == other.last_chunk()
        }
        8..=16 => {
            one.first_chunk::<8>() == other.first_chunk()
                && one.last_chunk::<8>() == other.last_chunk()
        }
        _ => one == other,
    }
}
