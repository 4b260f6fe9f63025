//! Names that must not be given twice.

use std::{borrow::Cow, collections::HashMap, fmt};

use crate::{
    diagnostic::{Diagnostic, Problems, Span},
    hostile::quote,
    ident,
};

/// Identifiers that stand next to each other in generated code.
pub(crate) struct Scope<'a> {
    reserved: &'static [&'static str],
    /// What to do about an identifier that is reserved, and about one that is used twice.
    remedies: [&'static str; 2],
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
    /// The scope of what can have an explicit name.
    pub(crate) fn new(reserved: &'static [&'static str]) -> Self {
        Self {
            reserved,
            remedies: [
                "add `name: …` with another name",
                "add `name: …` with another name to one of them",
            ],
            taken: HashMap::new(),
        }
    }

    /// The scope of what is called like its folder.
    pub(crate) fn folders(reserved: &'static [&'static str]) -> Self {
        Self {
            remedies: [
                "rename the folder, and change the name in its file",
                "rename the folder of one of them, and change the name in its file",
            ],
            ..Self::new(reserved)
        }
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
        let [unreserved, distinct] = self.remedies;
        // Names that make no identifier have been reported where they were read.
        if !ident::is_legal(ident) {
            return false;
        }
        let problem = if self.reserved.contains(&ident) {
            Diagnostic::new(span, format!("{what} cannot be called `{ident}` in Rust"))
                .label("this name is taken by generated code or by Rust")
                .help(unreserved)
        } else if let Some((first, other)) = self.taken.get(ident) {
            Diagnostic::new(
                span,
                format!("{other} and {what} are both `{ident}` in Rust"),
            )
            .label("the same name again")
            .related(*first, format!("first used by {other}"))
            .help(distinct)
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
