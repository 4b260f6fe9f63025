//! Which values of another type than the declared one say the same, and are read.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::Timestamp;
use crate::mismatch::Shape;
use crate::record::{Format, Slot};

/// The magnitude up to which every integer is exact as a float. Beyond it, digits may be lost.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// How a value fits into a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// It is of the declared type.
    Exact,
    /// It is of another type, but says the same.
    Converted,
    /// It is a number beyond what the type can hold.
    Range,
    /// It says nothing of the declared type.
    Never,
}

/// What the description says of a field.
pub(crate) fn shape(slot: &Slot<'_>) -> Shape {
    match slot {
        Slot::Bool(_) | Slot::OptionalBool(_) => Shape::Bool,
        Slot::Signed(_)
        | Slot::OptionalSigned(_)
        | Slot::Unsigned(_)
        | Slot::OptionalUnsigned(_)
        | Slot::Timestamp(_)
        | Slot::IntegerEnum(_) => Shape::Integer,
        Slot::Float(_) | Slot::OptionalFloat(_) => Shape::Number,
        Slot::String(_) | Slot::OptionalString(_) | Slot::StringEnum(_) => Shape::String,
        Slot::Bytes(_) => Shape::Base64,
        Slot::List(_) => Shape::List,
        // Places unwrap other optional fields, and take any JSON, before they look at a value.
        Slot::None | Slot::Optional(_) | Slot::Json(_) | Slot::Record(_) | Slot::Map(_) => {
            Shape::Object
        }
    }
}

/// Puts a boolean into a field.
pub(crate) fn boolean(slot: &mut Slot<'_>, value: bool) -> Fit {
    match slot {
        Slot::Bool(target) => {
            **target = value;
            Fit::Exact
        }
        Slot::OptionalBool(target) => {
            **target = Some(value);
            Fit::Exact
        }
        _ => text(slot, &value.to_string()),
    }
}

/// Puts a number without a fraction into a field.
#[inline]
pub(crate) fn integer(slot: &mut Slot<'_>, format: Format, value: i128) -> Fit {
    match slot {
        Slot::OptionalUnsigned(target) => {
            store(value.try_into().ok(), |value| **target = Some(value))
        }
        Slot::OptionalSigned(target) => {
            store(value.try_into().ok(), |value| **target = Some(value))
        }
        Slot::Signed(target) => store(value.try_into().ok(), |value| **target = value),
        Slot::Unsigned(target) => store(value.try_into().ok(), |value| **target = value),
        Slot::IntegerEnum(target) => store(value.try_into().ok(), |value| target.set(value)),
        Slot::Timestamp(target) => store(timestamp(format, value), |value| **target = value),
        Slot::Float(target) => {
            **target = float(value);
            Fit::Exact
        }
        Slot::OptionalFloat(target) => {
            **target = Some(float(value));
            Fit::Exact
        }
        Slot::Bool(target) if matches!(value, 0 | 1) => {
            **target = value == 1;
            Fit::Converted
        }
        Slot::OptionalBool(target) if matches!(value, 0 | 1) => {
            **target = Some(value == 1);
            Fit::Converted
        }
        _ => text(slot, &value.to_string()),
    }
}

/// Puts a number with a fraction, or one too large for an integer, into a field.
pub(crate) fn number(slot: &mut Slot<'_>, format: Format, value: f64) -> Fit {
    let is_whole = value.fract() == 0.0;
    match slot {
        Slot::Float(target) if value.is_finite() => {
            **target = value;
            Fit::Exact
        }
        Slot::OptionalFloat(target) if value.is_finite() => {
            **target = Some(value);
            Fit::Exact
        }
        Slot::Signed(_)
        | Slot::OptionalSigned(_)
        | Slot::Unsigned(_)
        | Slot::OptionalUnsigned(_)
        | Slot::IntegerEnum(_)
        | Slot::Timestamp(_)
        | Slot::Bool(_)
        | Slot::OptionalBool(_)
            if is_whole =>
        {
            whole(value).map_or(Fit::Range, |value| integer(slot, format, value))
        }
        _ if value.abs() <= EXACT => text(slot, &value.to_string()),
        Slot::String(_) | Slot::OptionalString(_) | Slot::StringEnum(_) => Fit::Range,
        _ => Fit::Never,
    }
}

/// Puts text into a field.
#[inline]
pub(crate) fn string(slot: &mut Slot<'_>, format: Format, value: &str) -> Fit {
    match slot {
        Slot::OptionalString(target) => {
            **target = Some(String::from(value));
            Fit::Exact
        }
        Slot::String(target) => {
            **target = String::from(value);
            Fit::Exact
        }
        Slot::StringEnum(target) => {
            target.set(value);
            Fit::Exact
        }
        Slot::Bytes(target) => STANDARD.decode(value).map_or(Fit::Never, |bytes| {
            **target = bytes;
            Fit::Exact
        }),
        _ => from_text(slot, format, value.trim()),
    }
}

/// Puts the text of a JSON number into a field.
pub(crate) fn digits(slot: &mut Slot<'_>, format: Format, value: &str) -> Fit {
    match (text(slot, value), value.parse(), value.parse()) {
        (Fit::Never, Ok(value), _) => integer(slot, format, value),
        (Fit::Never, _, Ok(value)) => number(slot, format, value),
        (fit, ..) => fit,
    }
}

/// Reads text where something else is declared.
#[cold]
fn from_text(slot: &mut Slot<'_>, format: Format, value: &str) -> Fit {
    let fit = match slot {
        Slot::Bool(_) | Slot::OptionalBool(_) => match value.to_ascii_lowercase().as_str() {
            word @ ("true" | "1" | "false" | "0") => boolean(slot, matches!(word, "true" | "1")),
            _ => Fit::Never,
        },
        // Rust reads "NaN" and "infinity" as floats, too.
        _ if value.contains(|c: char| c.is_ascii_digit()) => digits(slot, format, value),
        _ => Fit::Never,
    };
    match fit {
        Fit::Exact => Fit::Converted,
        other => other,
    }
}

/// Reads something else where text is declared, and nothing elsewhere.
fn text(slot: &mut Slot<'_>, value: &str) -> Fit {
    match slot {
        Slot::String(target) => value.clone_into(target),
        Slot::OptionalString(target) => **target = Some(value.to_owned()),
        Slot::StringEnum(target) => target.set(value),
        _ => return Fit::Never,
    }
    Fit::Converted
}

fn store<T>(value: Option<T>, target: impl FnOnce(T)) -> Fit {
    value.map_or(Fit::Range, |value| {
        target(value);
        Fit::Exact
    })
}

fn timestamp(format: Format, value: i128) -> Option<Timestamp> {
    let value = i64::try_from(value).ok()?;
    match format {
        Format::MILLISECONDS => Timestamp::from_millisecond(value),
        _ => Timestamp::from_second(value),
    }
    .ok()
}

/// An integer as a float, rounded as a literal would be.
#[expect(clippy::cast_precision_loss, reason = "a float is what is declared")]
fn float(value: i128) -> f64 {
    value as f64
}

/// A float without a fraction as an integer, unless digits may have been lost.
fn whole(value: f64) -> Option<i128> {
    (value.abs() <= EXACT)
        .then(|| format!("{value:.0}").parse().ok())
        .flatten()
}
