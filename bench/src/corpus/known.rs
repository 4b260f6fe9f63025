//! What another count of the vendor's example replies has found, with which ours is compared.
//!
//! Both count the same release of `tccli`. Theirs was made by a script that shares nothing with this
//! program, and puts together what the table of replies keeps apart.

use super::expect::Kind;

/// How many replies there are in release 3.1.189.1. Another release has others.
pub(super) const REPLIES: usize = 17_979;

/// How often a group of kinds occurs.
pub(super) struct Known {
    pub(super) title: &'static str,
    pub(super) kinds: &'static [Kind],
    pub(super) count: usize,
}

/// The groups. Left out are objects given as text, which it has found 13 times and this program 8
/// times, and objects given as numbers, which it has found once and this program never: a third
/// count agrees with this one.
pub(super) const KNOWN: &[Known] = &[
    known(
        "null where it is not allowed",
        &[Kind::Null, Kind::NullWhereShared],
        548,
    ),
    known(
        "null where nothing is said of it",
        &[Kind::NullUnflagged],
        20,
    ),
    known(
        "promised and absent",
        &[Kind::Missing, Kind::MissingWhereShared],
        967,
    ),
    known("RequestId absent", &[Kind::MissingRequestId], 7),
    known("not declared", &[Kind::Undeclared], 56),
    known("a number beyond the type", &[Kind::Beyond], 1),
    known(
        "Integer given as String",
        &[Kind::Type("Integer", "String")],
        116,
    ),
    known(
        "Integer given as List",
        &[Kind::Type("Integer", "List")],
        15,
    ),
    known(
        "Number given as String",
        &[Kind::Type("Number", "String")],
        10,
    ),
    known("Bool given as String", &[Kind::Type("Bool", "String")], 5),
    known("Bool given as Integer", &[Kind::Type("Bool", "Integer")], 1),
    known("List given as Object", &[Kind::Type("List", "Object")], 5),
    known("List given as String", &[Kind::Type("List", "String")], 5),
    known("List given as Integer", &[Kind::Type("List", "Integer")], 1),
    known("Object given as List", &[Kind::Type("Object", "List")], 3),
    known(
        "String given as Integer",
        &[Kind::Type("String", "Integer")],
        36,
    ),
    known(
        "String given as Object or List",
        &[Kind::Type("String", "Object"), Kind::Type("String", "List")],
        6,
    ),
];

const fn known(title: &'static str, kinds: &'static [Kind], count: usize) -> Known {
    Known {
        title,
        kinds,
        count,
    }
}
