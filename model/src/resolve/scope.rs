//! Names that must not be given twice.

use std::{borrow::Cow, collections::HashMap, fmt};

use crate::{
    diagnostic::{Diagnostic, Problems, Span},
    hostile::quote,
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
pub(crate) struct Scope<'a> {
    reserved: &'static [&'static str],
    taken: HashMap<String, (Span, Claimant<'a>)>,
}

/// What an identifier stands for: something of the specification, by kind and name.
#[derive(Clone, Debug)]
pub(crate) struct Claimant<'a> {
    /// What stands before the name: `the type`; may be empty.
    kind: &'static str,
    name: Cow<'a, str>,
}

impl<'a> Claimant<'a> {
    pub(crate) fn new(kind: &'static str, name: impl Into<Cow<'a, str>>) -> Self {
        Self {
            kind,
            name: name.into(),
        }
    }
}

impl fmt::Display for Claimant<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = quote(&self.name);
        match self.kind {
            "" => f.write_str(&name),
            kind => write!(f, "{kind} {name}"),
        }
    }
}

impl<'a> Scope<'a> {
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

    /// Takes an identifier for something of the specification.
    pub(crate) fn claim(
        &mut self,
        ident: String,
        what: Claimant<'a>,
        span: Span,
        problems: &mut Problems,
    ) {
        if self.check(&ident, &what, span, problems) {
            self.taken.insert(ident, (span, what));
        }
    }

    /// Whether an identifier is to be had. If it is not, that is reported.
    pub(crate) fn check(
        &self,
        ident: &str,
        what: &Claimant<'_>,
        span: Span,
        problems: &mut Problems,
    ) -> bool {
        // Names that make no identifier have been reported where they were read.
        if !ident::is_legal(ident) {
            return false;
        }
        let problem = if self.reserved.contains(&ident) {
            Diagnostic::new(span, format!("{what} cannot be called `{ident}` in Rust"))
                .label("this name is taken by generated code or by Rust")
                .help("add `name: …` with another name")
        } else if let Some((first, other)) = self.taken.get(ident) {
            Diagnostic::new(
                span,
                format!("{other} and {what} are both `{ident}` in Rust"),
            )
            .label("the same name again")
            .related(*first, format!("first used by {other}"))
            .help("add `name: …` with another name to one of them")
        } else {
            return true;
        };
        problems.add(problem);
        false
    }
}

/// Reports a value or code whose variant has no name, if the specification gives none.
pub(crate) fn check_variant(
    ident: &str,
    what: &Claimant<'_>,
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
