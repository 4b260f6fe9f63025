//! How the runtime reaches into generated types: a table of members and two accessors per type.
//!
//! A generated struct says which member has which wire name, and hands out each of its fields by
//! number: [`Record::slot`] to fill it, [`Record::field`] to read it. Decoding, encoding, printing
//! and cloning are written once, over these, and compiled once, in this crate.

mod member;
mod value;

use std::any::Any;
use std::fmt::Debug;

use crate::Timestamp;

pub use self::member::{ArrayStyle, Member};
pub(crate) use self::member::{Format, Location};

/// A struct whose fields the runtime can reach. Generated code implements it with [`record!`].
///
/// [`record!`]: crate::record
pub trait Record: Any + Debug + Send + Sync {
    /// The members, in the order of their numbers.
    fn members(&self) -> &'static [Member];

    /// The field of a member, to be filled.
    fn slot(&mut self, index: usize) -> Slot<'_>;

    /// The field of a member, to be read.
    fn field(&self, index: usize) -> Field<'_>;

    /// A value with nothing in it.
    fn empty() -> Self
    where
        Self: Sized;
}

impl dyn Record {
    /// The value of a member.
    pub fn peek(&self, index: usize) -> Peek<'_> {
        match self.field(index) {
            Field::Optional(field) => field.peek(),
            Field::Value(value) => value,
        }
    }
}

/// A type that a field may have.
pub trait Value: Send + Sync + Sized + 'static {
    /// The value of a field that the wire does not mention.
    fn absent() -> Self;

    /// Where to put what the wire says.
    fn slot(&mut self) -> Slot<'_>;

    /// What to write on the wire.
    fn peek(&self) -> Peek<'_>;

    /// What a type hands out of a field like this.
    fn field(&self) -> Field<'_> {
        Field::Value(self.peek())
    }
}

/// A field to be filled.
pub enum Slot<'a> {
    /// No such member.
    None,
    /// A field that may stay empty.
    Optional(&'a mut dyn Optional),
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
    Record(&'a mut dyn Record),
    /// A list.
    List(&'a mut dyn List),
    /// A map from strings.
    Map(&'a mut dyn Map),
}

/// A field to be read.
pub enum Field<'a> {
    /// A field that may be empty. To look into it is left to who reads it, so that what is compiled
    /// for each type stays small.
    Optional(&'a dyn Optional),
    /// The value of any other field.
    Value(Peek<'a>),
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

/// A field that may stay empty.
pub trait Optional {
    /// Makes sure that there is a value, and hands it out.
    fn fill(&mut self) -> Slot<'_>;

    /// Takes the value away.
    fn clear(&mut self);

    /// The value, where there is one.
    fn peek(&self) -> Peek<'_>;
}

/// An open enumeration over numbers.
pub trait Integer {
    /// Becomes the variant of a number.
    fn set(&mut self, value: i64);
}

/// An open enumeration over strings.
pub trait Text {
    /// Becomes the variant of a string.
    fn set(&mut self, value: &str);
}

/// A list whose items the runtime can reach.
pub trait List {
    /// Takes all items away.
    fn clear(&mut self);

    /// Appends an empty item and hands it out.
    fn push(&mut self) -> Slot<'_>;

    /// Takes the last item away.
    fn pop(&mut self);

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

/// A map whose entries the runtime can reach.
pub trait Map {
    /// Takes all entries away.
    fn clear(&mut self);

    /// Adds an empty entry, or hands out the one that is there.
    fn insert(&mut self, key: &str) -> Slot<'_>;

    /// Takes an entry away.
    fn remove(&mut self, key: &str);

    /// Calls a function with each entry, in the order of the keys.
    fn each<'a>(&'a self, visit: &mut dyn FnMut(&'a str, Peek<'a>));
}
