//! One type that has a member of each kind, for the tests of decoding and encoding.
#![expect(
    unreachable_pub,
    reason = "the macros give public types their methods, and generated types are public"
)]

use std::collections::BTreeMap;

#[cfg(test)]
use proptest::prelude::*;

#[cfg(test)]
use crate::record::RecordMut;
use crate::{Timestamp, UnknownValue, integer_enum, record, string_enum};

pub(crate) struct Everything {
    pub(crate) text: Option<String>,
    pub(crate) flag: Option<bool>,
    pub(crate) signed: Option<i64>,
    pub(crate) unsigned: Option<u64>,
    pub(crate) float: Option<f64>,
    pub(crate) bytes: Option<Vec<u8>>,
    pub(crate) second: Option<Timestamp>,
    pub(crate) millisecond: Option<Timestamp>,
    pub(crate) mode: Option<Mode>,
    pub(crate) color: Option<Color>,
    pub(crate) numbers: Option<Vec<i64>>,
    pub(crate) notes: Option<BTreeMap<String, String>>,
    pub(crate) free: Option<serde_json::Value>,
    pub(crate) inner: Option<Box<Everything>>,
    pub(crate) parts: Vec<Part>,
}

record! {
    Everything {
        0 => text: "Text",
        1 => flag: "Flag",
        2 => signed: "Signed" int32,
        3 => unsigned: "Unsigned" uint32,
        4 => float: "Float",
        5 => bytes: "Bytes",
        6 => second: "Second" seconds,
        7 => millisecond: "Millisecond" milliseconds,
        8 => mode: "Mode",
        9 => color: "Color",
        10 => numbers: "Numbers",
        11 => notes: "Notes",
        12 => free: "Free",
        13 => inner: "Inner",
        14 => parts: "Parts",
    }
}

pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) password: Option<String>,
}

record! {
    Part {
        0 => name: "Name" required,
        1 => password: "Password" sensitive,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Off,
    On,
    Unknown(UnknownValue<i64>),
}

integer_enum! { Mode { 0 => Off, 1 => On, } }

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Color {
    Red,
    LightBlue,
    Unknown(UnknownValue<String>),
}

string_enum! { Color { "red" => Red, "light-blue" => LightBlue, } }

/// Values that the wire can carry: numbers within their widths, instants within their precision.
#[cfg(test)]
pub(crate) fn everything() -> impl Strategy<Value = Everything> {
    members().prop_recursive(3, 8, 1, |inner| {
        (members(), inner).prop_map(|(outer, inner)| Everything {
            inner: Some(Box::new(inner)),
            ..outer
        })
    })
}

#[cfg(test)]
fn members() -> impl Strategy<Value = Everything> {
    let option = proptest::option::of::<BoxedStrategy<_>>;
    let seconds = -62_135_596_800..=253_402_300_799_i64;
    let scalars = (
        any::<Option<String>>(),
        any::<Option<bool>>(),
        any::<Option<i32>>(),
        any::<Option<u32>>(),
        // Serde's JSON reads such fractions exactly.
        any::<Option<i32>>(),
        any::<Option<Vec<u8>>>(),
        option(seconds.clone().boxed()),
        option(seconds.boxed()),
    );
    let others = (
        any::<Option<i64>>(),
        any::<Option<String>>(),
        any::<Option<Vec<i64>>>(),
        any::<Option<BTreeMap<String, String>>>(),
        any::<Option<(bool, String)>>(),
        any::<Vec<(String, Option<String>)>>(),
    );
    (scalars, others).prop_map(|(scalars, others)| {
        let (text, flag, signed, unsigned, eighths, bytes, second, millisecond) = scalars;
        let (mode, color, numbers, notes, free, parts) = others;
        let part = |(name, password)| Part { name, password };
        Everything {
            text,
            flag,
            signed: signed.map(i64::from),
            unsigned: unsigned.map(u64::from),
            float: eighths.map(|eighths| f64::from(eighths) / 8.0),
            bytes,
            second: second.map(|second| Timestamp::from_second(second).unwrap()),
            millisecond: millisecond.map(|second| Timestamp::from_millisecond(second).unwrap()),
            mode: mode.map(Mode::from),
            color: color.map(|color| Color::from(color.as_str())),
            numbers,
            notes,
            free: free.map(|free| serde_json::json!([free.0, null, { "text": free.1 }])),
            parts: parts.into_iter().map(part).collect(),
            ..Everything::empty()
        }
    })
}
