//! What a reply may hold that its description does not say.

use std::fmt::{self, Display, Formatter};

/// A place where a reply differs from the description of its action.
///
/// Vendors contradict their own descriptions. A reply is therefore read as far as it can be, and
/// what was odd about it is kept beside the result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    path: String,
    kind: MismatchKind,
}

impl Mismatch {
    pub(crate) fn new(path: String, kind: MismatchKind) -> Self {
        Self { path, kind }
    }

    /// Where it is: `$.UserList[0].JoinTs`. The root is the action's result, without the envelope.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What it is.
    pub fn kind(&self) -> MismatchKind {
        self.kind
    }
}

impl Display for Mismatch {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.path, self.kind)
    }
}

/// In what way a reply differs from the description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MismatchKind {
    /// Null, which the description does not allow here. It was read as absent.
    Null,
    /// A member that is promised is not there.
    Missing,
    /// A value of another type that says the same. It was read.
    Converted {
        /// What the description says.
        declared: Shape,
        /// What the reply holds.
        found: Shape,
    },
    /// A value of another type. It was left out.
    Dropped {
        /// What the description says.
        declared: Shape,
        /// What the reply holds.
        found: Shape,
    },
    /// A number beyond what the type can hold. It was left out.
    OutOfRange,
    /// Half of a surrogate pair somewhere in the reply's text. It was replaced by U+FFFD.
    Surrogate,
    /// Bytes somewhere in the reply that are not UTF-8. They were replaced by U+FFFD.
    Utf8,
}

impl Display for MismatchKind {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => formatter.write_str("found null where a value is declared"),
            Self::Missing => formatter.write_str("a promised member is missing"),
            Self::Converted { declared, found } => {
                write!(formatter, "{declared} is declared, read from {found}")
            }
            Self::Dropped { declared, found } => {
                write!(formatter, "{declared} is declared, found {found}")
            }
            Self::OutOfRange => formatter.write_str("the number is out of range"),
            Self::Surrogate => formatter.write_str("text holds half of a surrogate pair"),
            Self::Utf8 => formatter.write_str("text holds bytes that are not UTF-8"),
        }
    }
}

/// What a value looks like on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Shape {
    /// True or false.
    Bool,
    /// A number without a fraction.
    Integer,
    /// A number.
    Number,
    /// Text.
    String,
    /// Bytes as base64.
    Base64,
    /// A list.
    List,
    /// An object.
    Object,
}

impl Display for Shape {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Bool => "a boolean",
            Self::Integer => "an integer",
            Self::Number => "a number",
            Self::String => "a string",
            Self::Base64 => "base64",
            Self::List => "a list",
            Self::Object => "an object",
        })
    }
}
