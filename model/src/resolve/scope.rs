//! Names that must not be given twice.

use std::collections::HashMap;

use crate::{
    diagnostic::{Diagnostic, Problems, Span},
    ident,
};

/// Names that generated code uses, most of them of Rust's prelude: a type of that name would hide them in
/// generated code.
const PRELUDE: &[&str] = &[
    "Box",
    "Client",
    "Clone",
    "Copy",
    "Default",
    "Drop",
    "Eq",
    "Err",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Into",
    "IntoIterator",
    "Iterator",
    "Json",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Required",
    "Result",
    "Send",
    "Sized",
    "Some",
    "String",
    "Sync",
    "Timestamp",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "UnknownValue",
    "Unpin",
    "Vec",
];

/// Identifiers that stand next to each other in generated code.
pub(crate) struct Scope {
    reserved: &'static [&'static str],
    taken: HashMap<String, (Span, String)>,
}

impl Scope {
    pub(crate) fn new(reserved: &'static [&'static str]) -> Self {
        Self {
            reserved,
            taken: HashMap::new(),
        }
    }

    /// The scope of a service's types.
    pub(crate) fn types() -> Self {
        Self::new(PRELUDE)
    }

    /// Takes an identifier for something of the specification, which `what` describes.
    pub(crate) fn claim(&mut self, ident: String, what: &str, span: Span, problems: &mut Problems) {
        // Names that make no identifier have been reported where they were read.
        if !ident::is_legal(&ident) {
            return;
        }
        if self.reserved.contains(&ident.as_str()) {
            problems.add(
                Diagnostic::new(span, format!("{what} cannot be called `{ident}` in Rust"))
                    .label("this name is taken by generated code or by Rust")
                    .help("add `name: …` with another name"),
            );
        } else if let Some((first, other)) = self.taken.get(&ident) {
            problems.add(
                Diagnostic::new(
                    span,
                    format!("{other} and {what} are both `{ident}` in Rust"),
                )
                .label("the same name again")
                .related(*first, format!("first used by {other}"))
                .help("add `name: …` with another name to one of them"),
            );
        } else {
            self.taken.insert(ident, (span, what.to_owned()));
        }
    }
}

/// Reports a value or code whose variant has no name, if the specification gives none.
pub(crate) fn check_variant(
    ident: &str,
    what: &str,
    explicit: bool,
    span: Span,
    problems: &mut Problems,
) {
    if !explicit && !ident::is_legal(ident) {
        problems.add(
            Diagnostic::new(span, format!("{what} does not make a name in Rust"))
                .label("needs a name")
                .help("add `name: …` with a name that starts with a letter, as in `UserNotFound`"),
        );
    }
}
