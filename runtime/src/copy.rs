//! Cloning: what generated types would derive, written once.

use crate::record::{Peek, Record, RecordMut, Slot};

/// A copy of a record.
pub fn cloned<R: RecordMut>(source: &R) -> R {
    let mut target = R::empty();
    copy(source, &mut target);
    target
}

/// Copies all members of a record into an empty one of the same type.
fn copy(source: &dyn Record, target: &mut dyn RecordMut) {
    for index in 0..source.members().len() {
        copy_value(source.peek(index), target.slot(index));
    }
}

/// Copies a value into an empty field of the same type.
fn copy_value(source: Peek<'_>, target: Slot<'_>) {
    if matches!(source, Peek::Absent) {
        return;
    }
    match (source, target.filled()) {
        (Peek::String(source), Slot::String(target)) => source.clone_into(target),
        (Peek::Bool(source), Slot::Bool(target)) => *target = source,
        (Peek::Signed(source), Slot::Signed(target)) => *target = source,
        (Peek::Unsigned(source), Slot::Unsigned(target)) => *target = source,
        (Peek::Float(source), Slot::Float(target)) => *target = source,
        (Peek::Bytes(source), Slot::Bytes(target)) => source.clone_into(target),
        (Peek::Timestamp(source), Slot::Timestamp(target)) => *target = source,
        (Peek::Json(source), Slot::Json(target)) => source.clone_into(target),
        (Peek::IntegerEnum(source, _), Slot::IntegerEnum(target)) => target.set(source),
        (Peek::StringEnum(source, _), Slot::StringEnum(target)) => target.set(source),
        (Peek::Record(source), Slot::Record(target)) => copy(source, target),
        (Peek::List(source), Slot::List(target)) => {
            for index in 0..source.len() {
                copy_value(source.peek(index), target.push());
            }
        }
        (Peek::Map(source), Slot::Map(target)) => {
            source.each(&mut |key, value| copy_value(value, target.insert(key)));
        }
        _ => unreachable!("a field is peeked at as the kind of slot that it is"),
    }
}
