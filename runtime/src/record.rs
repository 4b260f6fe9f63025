//! How the runtime reaches into generated types: a table of members and two accessors per type.
//!
//! A generated struct says which member has which wire name, and hands out each of its fields by
//! number: [`Record::field`] to read it, [`RecordMut::slot`] to fill it. Encoding, printing, decoding
//! and cloning are written once, over these, and compiled once, in this crate.
//!
//! What is to be read and what is to be filled are traits of their own, because most types travel
//! in one direction, and rustc takes its time for every function.

mod member;
mod value;

use std::any::Any;
use std::fmt::Debug;

use crate::Timestamp;

pub use self::member::{ArrayStyle, Layout, Member, modifier};
pub(crate) use self::member::{Format, Location};

/// A struct whose fields the runtime can read. Generated code implements it with [`input!`] and
/// [`record!`].
///
/// [`input!`]: crate::input
/// [`record!`]: crate::record
pub trait Record: Any + Debug + Send + Sync {
    /// The field of a member, to be read; past the last one, [`Field::None`] with all of them.
    fn field(&self, index: usize) -> Field<'_>;
}

/// A struct whose fields the runtime can fill. Generated code implements it with [`record!`].
///
/// [`record!`]: crate::record
pub trait RecordMut: Record {
    /// The field of a member, to be filled.
    fn slot(&mut self, index: usize) -> Slot<'_>;

    /// A value with nothing in it.
    fn empty() -> Self
    where
        Self: Sized;
}

impl dyn Record {
    /// The members, in the order of their numbers.
    pub fn members(&self) -> &'static [Member] {
        self.layout().members
    }

    /// What the type and its members are called.
    pub(crate) fn layout(&self) -> &'static Layout {
        match self.field(usize::MAX) {
            Field::None(layout) => layout,
            Field::Optional(_) | Field::Value(_) => const { &Layout::EMPTY },
        }
    }

    /// The value of a member.
    pub fn peek(&self, index: usize) -> Peek<'_> {
        match self.field(index) {
            Field::Optional(field) => field.peek(),
            Field::Value(value) => value,
            Field::None(_) => Peek::Absent,
        }
    }
}

impl dyn RecordMut {
    /// The members, in the order of their numbers.
    pub fn members(&self) -> &'static [Member] {
        let record: &dyn Record = self;
        record.members()
    }
}

/// A type that a field may have, as far as the runtime reads it.
pub trait Value: Send + Sync + 'static {
    /// What to write on the wire.
    fn peek(&self) -> Peek<'_>;

    /// What a type hands out of a field like this.
    fn as_field(&self) -> Field<'_> {
        Field::Value(self.peek())
    }
}

/// A type that a field may have, as far as the runtime fills it.
pub trait ValueMut: Value + Sized {
    /// The value of a field that the wire does not mention.
    fn absent() -> Self;

    /// Where to put what the wire says.
    fn as_slot(&mut self) -> Slot<'_>;

    /// Where to put what the wire says, if the field may stay empty.
    #[inline]
    fn optional_slot(field: &mut Option<Self>) -> Slot<'_> {
        Slot::Optional(field)
    }
}

/// A field to be filled.
pub enum Slot<'a> {
    /// No such member.
    None,
    /// A field that may stay empty, if it is none of the kinds that follow.
    Optional(&'a mut dyn Optional),
    /// Text that may be missing. These kinds are most of what replies hold; to know them saves a
    /// call per member.
    OptionalString(&'a mut Option<String>),
    /// True, false or neither.
    OptionalBool(&'a mut Option<bool>),
    /// A number with a sign that may be missing.
    OptionalSigned(&'a mut Option<i64>),
    /// A number without a sign that may be missing.
    OptionalUnsigned(&'a mut Option<u64>),
    /// A number with a fraction that may be missing.
    OptionalFloat(&'a mut Option<f64>),
    /// Text.
    String(&'a mut String),
    /// True or false.
    Bool(&'a mut bool),
    /// A number with a sign.
    Signed(&'a mut i64),
    /// A number without a sign.
    Unsigned(&'a mut u64),
    /// A number with a fraction.
    Float(&'a mut f64),
    /// Bytes, written in base64.
    Bytes(&'a mut Vec<u8>),
    /// An instant.
    Timestamp(&'a mut Timestamp),
    /// Anything that JSON can say.
    Json(&'a mut serde_json::Value),
    /// An open enumeration over numbers.
    IntegerEnum(&'a mut dyn Integer),
    /// An open enumeration over strings.
    StringEnum(&'a mut dyn Text),
    /// An object.
    Record(&'a mut dyn RecordMut),
    /// A list.
    List(&'a mut dyn ListMut),
    /// A map from strings.
    Map(&'a mut dyn MapMut),
}

/// A field to be read.
pub enum Field<'a> {
    /// A field that may be empty. To look into it is left to who reads it, so that what is compiled
    /// for each type stays small.
    Optional(&'a dyn Value),
    /// The value of any other field.
    Value(Peek<'a>),
    /// There is no such field. These are all.
    None(&'static Layout),
}

/// A value to be read.
pub enum Peek<'a> {
    /// Nothing, which is not written.
    Absent,
    /// Text.
    String(&'a str),
    /// True or false.
    Bool(bool),
    /// A number with a sign.
    Signed(i64),
    /// A number without a sign.
    Unsigned(u64),
    /// A number with a fraction.
    Float(f64),
    /// Bytes, written in base64.
    Bytes(&'a [u8]),
    /// An instant.
    Timestamp(Timestamp),
    /// Anything that JSON can say.
    Json(&'a serde_json::Value),
    /// A value of an open enumeration over numbers, with its variant where it has one.
    IntegerEnum(i64, Option<&'static str>),
    /// A value of an open enumeration over strings, with its variant where it has one.
    StringEnum(&'a str, Option<&'static str>),
    /// An object.
    Record(&'a dyn Record),
    /// A list.
    List(&'a dyn List),
    /// A map from strings.
    Map(&'a dyn Map),
}

/// A field that may stay empty, to be filled.
pub trait Optional {
    /// Makes sure that there is a value, and hands it out.
    fn fill(&mut self) -> Slot<'_>;

    /// Takes the value away.
    fn clear(&mut self);
}

/// An open enumeration over numbers, to be filled.
pub trait Integer {
    /// Becomes the variant of a number.
    fn set(&mut self, value: i64);
}

/// An open enumeration over strings, to be filled.
pub trait Text {
    /// Becomes the variant of a string.
    fn set(&mut self, value: &str);
}

/// A list whose items the runtime can read.
pub trait List {
    /// The number of items.
    fn len(&self) -> usize;

    /// Whether there are none.
    #[inline]
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The item at a position below [`List::len`].
    fn peek(&self, index: usize) -> Peek<'_>;
}

/// A list to be filled.
pub trait ListMut {
    /// Takes all items away.
    fn clear(&mut self);

    /// Appends an empty item and hands it out.
    fn push(&mut self) -> Slot<'_>;

    /// Takes the last item away.
    fn pop(&mut self);
}

/// A map whose entries the runtime can read.
pub trait Map {
    /// Calls a function with each entry, in the order of the keys.
    fn each<'a>(&'a self, visit: &mut dyn FnMut(&'a str, Peek<'a>));
}

/// A map to be filled.
pub trait MapMut {
    /// Takes all entries away.
    fn clear(&mut self);

    /// Adds an empty entry, or hands out the one that is there.
    fn insert(&mut self, key: &str) -> Slot<'_>;

    /// Takes an entry away.
    fn remove(&mut self, key: &str);
}

impl Slot<'_> {
    /// The value itself, where it might have stayed empty.
    pub(crate) fn filled(self) -> Self {
        match self {
            Self::Optional(field) => field.fill(),
            Self::OptionalString(field) => Self::String(field.get_or_insert_default()),
            Self::OptionalBool(field) => Self::Bool(field.get_or_insert_default()),
            Self::OptionalSigned(field) => Self::Signed(field.get_or_insert_default()),
            Self::OptionalUnsigned(field) => Self::Unsigned(field.get_or_insert_default()),
            Self::OptionalFloat(field) => Self::Float(field.get_or_insert_default()),
            slot => slot,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input;

    struct Login {
        r#type: Inner,
        password: Option<String>,
    }

    struct Inner {
        clone: Vec<i64>,
    }

    input! {
        Login {
            0 => r#type: "Type",
            1 => password: "Password" sensitive,
        }
    }

    input! {
        Inner {
            0 => clone: "Clone",
        }
    }

    /// Without feature `serde`, nothing else fills or copies what is only sent.
    #[test]
    fn what_is_only_sent_is_read_and_cloned_and_printed() {
        let login = Login {
            r#type: Inner { clone: vec![1, 2] },
            password: Some("secret".to_owned()),
        };
        let copy = login.clone();
        drop(login);
        assert_eq!(
            format!("{copy:?}"),
            r#"Login { type: Inner { clone: [1, 2] }, password: "[hidden]" }"#
        );
        let record: &dyn Record = &copy;
        let names: Vec<_> = record.members().iter().map(|one| one.name).collect();
        assert_eq!(names, ["Type", "Password"]);
        assert!(matches!(record.peek(1), Peek::String("secret")));
        assert!(matches!(record.peek(2), Peek::Absent));
    }
}
