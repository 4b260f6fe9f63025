//! Debug output: what generated types would derive, except that secrets stay hidden.

use std::fmt::{self, Debug, Formatter};

use crate::record::{Peek, Record};

/// Prints a record like a derived `Debug` would, without what is absent or secret.
pub fn print<R: Record>(record: &R, formatter: &mut Formatter<'_>) -> fmt::Result {
    print_members(record, formatter)
}

fn print_members(record: &dyn Record, formatter: &mut Formatter<'_>) -> fmt::Result {
    let layout = record.layout();
    let mut output = formatter.debug_struct(layout.type_name());
    for (index, (member, field)) in layout.members.iter().zip(layout.fields()).enumerate() {
        match record.peek(index) {
            Peek::Absent => {}
            _ if member.is_sensitive() => {
                output.field(field, &"[hidden]");
            }
            value => {
                output.field(field, &Printed(value));
            }
        }
    }
    output.finish()
}

/// A value as `Debug` shows it.
struct Printed<'a>(Peek<'a>);

impl Debug for Printed<'_> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Peek::Absent => formatter.write_str("None"),
            Peek::String(value) => value.fmt(formatter),
            Peek::Bool(value) => value.fmt(formatter),
            Peek::Signed(value) => value.fmt(formatter),
            Peek::Unsigned(value) => value.fmt(formatter),
            Peek::Float(value) => value.fmt(formatter),
            Peek::Bytes(value) => value.fmt(formatter),
            Peek::Timestamp(value) => value.fmt(formatter),
            Peek::Json(value) => value.fmt(formatter),
            Peek::IntegerEnum(_, Some(name)) | Peek::StringEnum(_, Some(name)) => {
                formatter.write_str(name)
            }
            Peek::IntegerEnum(value, None) => unknown(value, formatter),
            Peek::StringEnum(value, None) => unknown(value, formatter),
            Peek::Record(value) => value.fmt(formatter),
            Peek::List(list) => {
                let items = (0..list.len()).map(|index| Printed(list.peek(index)));
                formatter.debug_list().entries(items).finish()
            }
            Peek::Map(map) => {
                let mut output = formatter.debug_map();
                map.each(&mut |key, value| {
                    output.entry(&key, &Printed(value));
                });
                output.finish()
            }
        }
    }
}

fn unknown(value: &dyn Debug, formatter: &mut Formatter<'_>) -> fmt::Result {
    formatter.debug_tuple("Unknown").field(value).finish()
}
