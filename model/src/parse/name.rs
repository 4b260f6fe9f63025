//! Which names and short texts a specification may hold.

use crate::{
    diagnostic::{Diagnostic, Problems},
    hostile::quote,
    spec::Located,
};

/// The longest name, in characters.
const MAX_LENGTH: usize = 200;

/// A kind of name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    Provider,
    Service,
    Version,
    Host,
    Url,
    Date,
    Action,
    Type,
    Field,
    ErrorCode,
    EnumValue,
    Region,
    /// An explicit name for a field in Rust.
    RustField,
    /// An explicit name for a type or variant in Rust.
    RustType,
}

impl Name {
    /// Reports a name that is not of its kind.
    pub(crate) fn check(self, name: &Located<&str>, problems: &mut Problems) {
        let text = name.value;
        let length = text.chars().count();
        if length > MAX_LENGTH && self != Self::Url {
            problems.add(
                Diagnostic::new(name.span, format!("{} is too long", quote(text)))
                    .label(format!("{length} characters"))
                    .help(format!("a name has at most {MAX_LENGTH} characters")),
            );
        } else if !self.accepts(text) {
            problems.add(
                Diagnostic::new(
                    name.span,
                    format!("{} is not {}", quote(text), self.title()),
                )
                .label("illegal name")
                .help(self.rule()),
            );
        }
    }

    fn accepts(self, text: &str) -> bool {
        let letter = |c: char| c.is_ascii_alphabetic();
        let alphanumeric = |c: char| c.is_ascii_alphanumeric();
        let lower = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        match self {
            Self::Provider => shape(text, |c| c.is_ascii_lowercase(), |c| lower(c) || c == '_'),
            Self::Service => shape(
                text,
                |c| c.is_ascii_lowercase(),
                |c| lower(c) || matches!(c, '_' | '-'),
            ),
            Self::Region => shape(text, |c| c.is_ascii_lowercase(), |c| lower(c) || c == '-'),
            Self::Version => shape(text, alphanumeric, |c| {
                alphanumeric(c) || matches!(c, '.' | '-')
            }),
            Self::Host => is_host(text),
            Self::Url => is_url(text),
            Self::Date => is_date(text),
            Self::Action | Self::Type => shape(text, letter, |c| alphanumeric(c) || c == '_'),
            Self::Field => shape(text, letter, |c| {
                alphanumeric(c) || matches!(c, '_' | '.' | '-')
            }),
            Self::ErrorCode => shape(text, alphanumeric, |c| {
                alphanumeric(c) || matches!(c, '_' | '.' | '-')
            }),
            Self::EnumValue => true,
            Self::RustField => shape(text, |c| c.is_ascii_lowercase(), |c| lower(c) || c == '_'),
            Self::RustType => {
                text != "Self" && shape(text, |c| c.is_ascii_uppercase(), alphanumeric)
            }
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Provider => "the name of a provider",
            Self::Service => "the name of a service",
            Self::Version => "a version",
            Self::Host => "a host name",
            Self::Url => "an address of a page",
            Self::Date => "a date",
            Self::Action => "the name of an action",
            Self::Type => "the name of a type",
            Self::Field => "a name on the wire",
            Self::ErrorCode => "an error code",
            Self::EnumValue => "a value",
            Self::Region => "a region",
            Self::RustField => "a name for a Rust field",
            Self::RustType => "a name for a Rust type or variant",
        }
    }

    fn rule(self) -> &'static str {
        match self {
            Self::Provider => "use lower-case letters, digits and `_`, and start with a letter",
            Self::Service | Self::Region => {
                "use lower-case letters, digits and `-`, and start with a letter"
            }
            Self::Version => "use letters, digits, `.` and `-`",
            Self::Host => "write the host alone, as in `trtc.tencentcloudapi.com`",
            Self::Url => "write the whole address, as in `https://example.com/page`",
            Self::Date => "write year, month and day, as in `2024-03-11`",
            Self::Action | Self::Type => {
                "use letters of the English alphabet, digits and `_`, and start with a letter"
            }
            Self::Field => {
                "use letters of the English alphabet, digits, `_`, `.` and `-`, and start with a letter"
            }
            Self::ErrorCode => "use letters of the English alphabet, digits, `_`, `.` and `-`",
            Self::EnumValue => "use any text",
            Self::RustField => "write it as in `user_id`",
            Self::RustType => "write it as in `UserDetail`",
        }
    }
}

fn shape(text: &str, first: impl Fn(char) -> bool, rest: impl Fn(char) -> bool) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(first) && chars.all(rest)
}

fn is_host(text: &str) -> bool {
    text.contains('.')
        && text.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        })
}

fn is_url(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
        && text
            .chars()
            .all(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '\\' | '`' | '{' | '}'))
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |part: &str, length| {
        (part.len() == length && part.chars().all(|c| c.is_ascii_digit()))
            .then(|| part.parse::<u32>().ok())
            .flatten()
    };
    let [year, month, day] = parts[..] else {
        return false;
    };
    number(year, 4).is_some()
        && number(month, 2).is_some_and(|month| (1..=12).contains(&month))
        && number(day, 2).is_some_and(|day| (1..=31).contains(&day))
}
