//! What the language knows of a value by its place: the order of its keys, and how it is written.

use crate::language::{self, Mapping, Value};
use crate::layout::Style;

/// What is known of a value by its place in the language.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// A mapping with the keys of a table.
    Mapping(&'static Mapping),
    /// What stands behind a key of a table.
    Value(Value),
    /// A text, or a mapping with the keys of a table.
    TextOr(&'static Mapping),
    /// Data, or a file that is none of the language's.
    Data,
}

/// Mappings that stand between braces where they fit.
const SHORT: [&Mapping; 8] = [
    &language::PARAM,
    &language::OUTPUT,
    &language::MEMBER,
    &language::ENUM_VALUE,
    &language::ERROR,
    &language::RATE_LIMIT,
    &language::PAGINATION,
    &language::EVENT_STREAM,
];

/// Mappings that stand between braces where their author wants it.
const FREE: [&Mapping; 1] = [&language::SOURCE];

impl Place {
    /// The place of a mapping that stands here.
    pub(super) fn of_mapping(self) -> Self {
        match self {
            Self::TextOr(mapping)
            | Self::Value(Value::One(mapping) | Value::Many(mapping) | Value::Items(mapping)) => {
                Self::Mapping(mapping)
            }
            Self::Value(Value::RateLimits) => Self::Mapping(&language::RATE_LIMIT),
            place => place,
        }
    }

    /// The place of the value of a key.
    pub(super) fn of_key(self, key: &str) -> Self {
        match self {
            Self::Mapping(mapping) => mapping
                .key(key)
                .map_or(Self::Data, |key| Self::Value(key.value)),
            Self::Value(Value::Map(mapping)) => Self::TextOr(mapping),
            Self::Value(Value::Errors) => Self::TextOr(&language::ERROR),
            Self::Value(Value::StatusCodes) => Self::Value(Value::Text),
            _ => Self::Data,
        }
    }

    pub(super) fn of_item(self) -> Self {
        match self {
            Self::Value(Value::Many(mapping) | Value::Items(mapping)) => Self::Mapping(mapping),
            Self::Value(Value::Texts) => Self::Value(Value::Text),
            Self::Value(Value::RateLimits) => self,
            _ => Self::Data,
        }
    }

    /// How a mapping is written here, unless that is up to its author.
    pub(super) fn style(self) -> Option<Style> {
        let is_in = |list: &[&Mapping], mapping: &Mapping| {
            list.iter().any(|listed| std::ptr::eq(*listed, mapping))
        };
        match self {
            Self::Mapping(mapping) if is_in(&SHORT, mapping) => Some(Style::Flow),
            Self::Mapping(mapping) if is_in(&FREE, mapping) => None,
            Self::Mapping(_) | Self::Value(_) => Some(Style::Block),
            Self::TextOr(_) | Self::Data => None,
        }
    }

    pub(super) fn is_for_people(self) -> bool {
        matches!(self, Self::TextOr(_) | Self::Value(Value::Text))
    }
}

/// The place of a key in the order of its mapping. Keys that the language does not know come last.
pub(super) fn rank(mapping: &Mapping, key: &str) -> usize {
    let mut keys = mapping.keys.iter();
    keys.position(|known| known.name == key)
        .unwrap_or(mapping.keys.len())
}
