//! Where in a value the runtime is. Kept on the stack, so that it costs nothing until it is needed.

use std::fmt::{self, Display, Formatter};

/// A place in a value, reached through the places around it.
#[derive(Clone, Copy)]
pub(crate) enum Path<'a> {
    /// The whole value.
    Root,
    /// A member of an object, or an entry of a map.
    Member(&'a Path<'a>, &'a str),
    /// An item of a list.
    Item(&'a Path<'a>, usize),
}

impl Display for Path<'_> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Root => formatter.write_str("$"),
            Self::Member(parent, name) if is_plain(name) => write!(formatter, "{parent}.{name}"),
            Self::Member(parent, name) => write!(formatter, "{parent}[{name:?}]"),
            Self::Item(parent, index) => write!(formatter, "{parent}[{index}]"),
        }
    }
}

/// Whether a name can follow a dot without being taken for something else.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || c == '_' || c == '-')
}
