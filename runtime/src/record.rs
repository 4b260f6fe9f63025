//! How the runtime reaches into generated types: a table of members and two accessors per type.
//!
//! A generated struct says which member has which wire name, and hands out each of its fields by
//! number: [`Record::slot`] to fill it, [`Record::field`] to read it. Decoding, encoding, printing
//! and cloning are written once, over these, and compiled once, in this crate.

use std::collections::BTreeMap;
use std::fmt::Debug;

use crate::Timestamp;

/// A struct whose fields the runtime can reach. Generated code implements it with [`record!`].
///
/// [`record!`]: crate::record
pub trait Record: Debug + Send + Sync + 'static {
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

/// What the wire calls a member and how it writes it.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a modifier of its own"
)]
#[derive(Clone, Copy, Debug)]
pub struct Member {
    pub(crate) name: &'static str,
    pub(crate) field: &'static str,
    pub(crate) format: Format,
    pub(crate) location: Location,
    pub(crate) arrays: Option<ArrayStyle>,
    pub(crate) required: bool,
    pub(crate) nullable: bool,
    pub(crate) sensitive: bool,
    pub(crate) idempotency_token: bool,
}

/// How a value is written where its Rust type leaves it open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Natural,
    Int32,
    Uint32,
    Seconds,
    Milliseconds,
}

/// Where an input travels, and whether an output is the reply itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Location {
    /// In the body, or in the query string where the method has no body.
    Payload,
    Path,
    Query,
    Header,
    Body,
    /// As a part of a form, `multipart/form-data`.
    Part,
    /// It is the body, or the reply, itself.
    WholeBody,
}

/// How a list is written in a query string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArrayStyle {
    /// `Key.0=a&Key.1=b`
    Indexed,
    /// `Key[]=a&Key[]=b`
    Brackets,
    /// `Key=a&Key=b`
    Repeated,
    /// `Key=a,b`
    Comma,
}

/// Generates the modifiers that a row of [`record!`](crate::record) may carry.
macro_rules! modifiers {
    ($($(#[$doc:meta])* $name:ident => $field:ident = $value:expr;)*) => {
        impl Member {
            $(
                $(#[$doc])*
                #[must_use]
                pub const fn $name(mut self) -> Self {
                    self.$field = $value;
                    self
                }
            )*
        }
    };
}

modifiers! {
    /// A number of 32 bits with a sign.
    int32 => format = Format::Int32;
    /// A number of 32 bits without a sign.
    uint32 => format = Format::Uint32;
    /// An instant in seconds since 1970.
    seconds => format = Format::Seconds;
    /// An instant in milliseconds since 1970.
    milliseconds => format = Format::Milliseconds;
    /// Travels in the path.
    path => location = Location::Path;
    /// Travels in the query string.
    query => location = Location::Query;
    /// Travels in a header.
    header => location = Location::Header;
    /// Travels in the body.
    body => location = Location::Body;
    /// Travels as a part of a form.
    part => location = Location::Part;
    /// Is the body, or the reply, itself.
    whole_body => location = Location::WholeBody;
    /// Written `Key.0=a&Key.1=b` in a query string.
    indexed => arrays = Some(ArrayStyle::Indexed);
    /// Written `Key[]=a&Key[]=b` in a query string.
    brackets => arrays = Some(ArrayStyle::Brackets);
    /// Written `Key=a&Key=b` in a query string.
    repeated => arrays = Some(ArrayStyle::Repeated);
    /// Written `Key=a,b` in a query string.
    comma => arrays = Some(ArrayStyle::Comma);
    /// In a reply, the vendor promises to send it.
    required => required = true;
    /// In a reply, the vendor may send null.
    nullable => nullable = true;
    /// Never printed.
    sensitive => sensitive = true;
    /// Names the call, so that the vendor executes it once; made up where it is empty.
    idempotency_token => idempotency_token = true;
}

impl Member {
    /// A member by its wire name and its Rust field.
    #[must_use]
    pub const fn new(name: &'static str, field: &'static str) -> Self {
        Self {
            name,
            field,
            format: Format::Natural,
            location: Location::Payload,
            arrays: None,
            required: false,
            nullable: false,
            sensitive: false,
            idempotency_token: false,
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

/// Implements [`Value`] for a type that is one kind of slot.
macro_rules! scalar {
    ($type:ty, $slot:ident, $absent:expr, |$value:ident| $peek:expr) => {
        impl Value for $type {
            fn absent() -> Self {
                $absent
            }

            fn slot(&mut self) -> Slot<'_> {
                Slot::$slot(self)
            }

            fn peek(&self) -> Peek<'_> {
                let $value = self;
                $peek
            }
        }
    };
}

scalar!(String, String, Self::new(), |value| Peek::String(value));
scalar!(bool, Bool, false, |value| Peek::Bool(*value));
scalar!(i64, Signed, 0, |value| Peek::Signed(*value));
scalar!(u64, Unsigned, 0, |value| Peek::Unsigned(*value));
scalar!(f64, Float, 0.0, |value| Peek::Float(*value));
scalar!(Vec<u8>, Bytes, Self::new(), |value| Peek::Bytes(value));
scalar!(Timestamp, Timestamp, Self::UNIX_EPOCH, |value| {
    Peek::Timestamp(*value)
});
scalar!(serde_json::Value, Json, Self::Null, |value| Peek::Json(
    value
));

impl<R: Record> Value for R {
    fn absent() -> Self {
        Self::empty()
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::Record(self)
    }

    fn peek(&self) -> Peek<'_> {
        Peek::Record(self)
    }
}

impl<R: Record> Record for Box<R> {
    fn members(&self) -> &'static [Member] {
        (**self).members()
    }

    fn slot(&mut self, index: usize) -> Slot<'_> {
        (**self).slot(index)
    }

    fn field(&self, index: usize) -> Field<'_> {
        (**self).field(index)
    }

    fn empty() -> Self {
        Self::new(R::empty())
    }
}

impl<T: Value> Value for Option<T> {
    fn absent() -> Self {
        None
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::Optional(self)
    }

    fn peek(&self) -> Peek<'_> {
        match self {
            Some(value) => value.peek(),
            None => Peek::Absent,
        }
    }

    fn field(&self) -> Field<'_> {
        Field::Optional(self)
    }
}

impl<T: Value> Optional for Option<T> {
    fn fill(&mut self) -> Slot<'_> {
        // `get_or_insert_with` is three times the code in a program, once for each type.
        if self.is_none() {
            *self = Some(T::absent());
        }
        match self {
            Some(value) => value.slot(),
            None => Slot::None,
        }
    }

    fn clear(&mut self) {
        *self = None;
    }

    fn peek(&self) -> Peek<'_> {
        Value::peek(self)
    }
}

impl<T: Value> Value for Vec<T> {
    fn absent() -> Self {
        Self::new()
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::List(self)
    }

    fn peek(&self) -> Peek<'_> {
        Peek::List(self)
    }
}

impl<T: Value> List for Vec<T> {
    fn clear(&mut self) {
        self.clear();
    }

    fn push(&mut self) -> Slot<'_> {
        let index = Vec::len(self);
        Vec::push(self, T::absent());
        self[index].slot()
    }

    fn pop(&mut self) {
        Vec::pop(self);
    }

    fn len(&self) -> usize {
        Vec::len(self)
    }

    fn peek(&self, index: usize) -> Peek<'_> {
        self[index].peek()
    }
}

impl<T: Value> Value for BTreeMap<String, T> {
    fn absent() -> Self {
        Self::new()
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::Map(self)
    }

    fn peek(&self) -> Peek<'_> {
        Peek::Map(self)
    }
}

impl<T: Value> Map for BTreeMap<String, T> {
    fn clear(&mut self) {
        self.clear();
    }

    fn insert(&mut self, key: &str) -> Slot<'_> {
        self.entry(key.to_owned()).or_insert_with(T::absent).slot()
    }

    fn remove(&mut self, key: &str) {
        self.remove(key);
    }

    fn each<'a>(&'a self, visit: &mut dyn FnMut(&'a str, Peek<'a>)) {
        for (key, value) in self {
            visit(key, value.peek());
        }
    }
}
