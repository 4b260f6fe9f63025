//! Tells whether a page is one that was there before, without keeping it.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::record::{Peek, Record};

/// A number that stands for what the lists of a page hold. What stands beside them may well be
/// different in a repeated page, such as the page's number.
pub(super) fn fingerprint(page: &dyn Record) -> u64 {
    let mut hasher = DefaultHasher::new();
    hash_lists(page, &mut hasher);
    hasher.finish()
}

fn hash_lists(record: &dyn Record, hasher: &mut DefaultHasher) {
    for index in 0..record.members().len() {
        match record.peek(index) {
            Peek::Record(inner) => hash_lists(inner, hasher),
            list @ Peek::List(_) => hash(&list, hasher),
            _ => {}
        }
    }
}

fn hash(value: &Peek<'_>, hasher: &mut DefaultHasher) {
    match value {
        Peek::Absent => hasher.write_u8(0),
        Peek::String(value) | Peek::StringEnum(value, _) => value.hash(hasher),
        Peek::Bool(value) => value.hash(hasher),
        Peek::Signed(value) | Peek::IntegerEnum(value, _) => value.hash(hasher),
        Peek::Unsigned(value) => value.hash(hasher),
        Peek::Float(value) => value.to_bits().hash(hasher),
        Peek::Bytes(value) => value.hash(hasher),
        Peek::Timestamp(value) => value.hash(hasher),
        Peek::Json(value) => value.to_string().hash(hasher),
        Peek::Record(record) => {
            for index in 0..record.members().len() {
                hash(&record.peek(index), hasher);
            }
        }
        Peek::List(list) => {
            hasher.write_usize(list.len());
            for index in 0..list.len() {
                hash(&list.peek(index), hasher);
            }
        }
        Peek::Map(map) => map.each(&mut |key, value| {
            key.hash(hasher);
            hash(&value, hasher);
        }),
    }
}
