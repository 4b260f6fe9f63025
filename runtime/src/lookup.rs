//! Finds members by the names that they have on the wire.

use crate::record::{Peek, Record};

/// The value of a member, absent where there is none.
pub(crate) fn member<'a>(record: &'a dyn Record, name: &str) -> Peek<'a> {
    position(record, name).map_or(Peek::Absent, |index| record.peek(index))
}

/// The value at the end of a path through objects; at the end of an empty one there is none.
pub(crate) fn at<'a>(record: &'a dyn Record, path: &[&str]) -> Peek<'a> {
    match path {
        [] => Peek::Absent,
        [name] => member(record, name),
        [name, rest @ ..] => match member(record, name) {
            Peek::Record(inner) => at(inner, rest),
            _ => Peek::Absent,
        },
    }
}

/// A value as text, if it is a single one and not empty.
pub(crate) fn text(value: &Peek<'_>) -> Option<String> {
    let text = match *value {
        Peek::String(text) | Peek::StringEnum(text, _) => text.to_owned(),
        Peek::Signed(number) | Peek::IntegerEnum(number, _) => number.to_string(),
        Peek::Unsigned(number) => number.to_string(),
        _ => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}

/// A value as a number that counts something.
pub(crate) fn number(value: &Peek<'_>) -> Option<u64> {
    text(value)?.parse().ok()
}

fn position(record: &dyn Record, name: &str) -> Option<usize> {
    let mut members = record.members().iter();
    members.position(|member| member.name == name)
}
