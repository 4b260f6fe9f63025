//! Error codes: their Rust names and what kind of failure they stand for.

use std::collections::{HashMap, HashSet};

use crate::{
    diagnostic::Problems,
    ident,
    model::{ErrorClass, ErrorCode},
    resolve::scope::{Claimant, Scope, check_variant},
    spec::ErrorSpec,
};

/// The classes that a service and its provider state, by code.
pub(crate) struct Classes<'a> {
    stated: HashMap<&'a str, ErrorClass>,
}

impl<'a> Classes<'a> {
    /// What the service states counts more than what the provider states.
    pub(crate) fn new(service: &[ErrorSpec<'a>], provider: &[ErrorSpec<'a>]) -> Self {
        let stated = provider.iter().chain(service);
        let stated = stated.filter_map(|spec| Some((spec.code.value, spec.class?)));
        Self {
            stated: stated.collect(),
        }
    }

    /// The class of a code: that of its longest dotted beginning that has one.
    fn of(&self, code: &str) -> Option<ErrorClass> {
        let mut prefix = code;
        loop {
            if let Some(class) = self.stated.get(prefix) {
                return Some(*class);
            }
            prefix = prefix.rsplit_once('.')?.0;
        }
    }
}

pub(crate) fn error_codes(
    specs: &[ErrorSpec<'_>],
    classes: &Classes<'_>,
    problems: &mut Problems,
) -> Vec<ErrorCode> {
    let mut variants = Scope::new(&["Unknown"]);
    let codes = specs.iter().map(|spec| {
        let code = &spec.code;
        let ident = variant(spec);
        let what = Claimant::new("", code.value);
        check_variant(&ident, &what, spec.rust_name.is_some(), code.span, problems);
        variants.claim(ident.clone(), what, code.span, problems);
        ErrorCode {
            code: code.value.to_owned(),
            ident,
            doc: spec.doc.to_owned(),
            remedy: spec.remedy.map(str::to_owned),
            class: spec.class.or_else(|| classes.of(code.value)),
        }
    });
    codes.collect()
}

/// The codes that all actions of a service may answer with, by their variants. An action's own codes
/// stand in one enumeration with them.
pub(crate) struct CommonCodes<'a> {
    variants: Scope<'a>,
    codes: HashSet<&'a str>,
}

impl<'a> CommonCodes<'a> {
    /// Reports variants that a service and its provider would both have, for different codes.
    pub(crate) fn new(
        provider: &[ErrorSpec<'a>],
        service: &[ErrorSpec<'a>],
        problems: &mut Problems,
    ) -> Self {
        let mut common = Self {
            variants: Scope::new(&[]),
            codes: HashSet::new(),
        };
        for spec in provider.iter().chain(service) {
            if common.codes.insert(spec.code.value) {
                let what = Claimant::new("", spec.code.value);
                let ident = variant(spec);
                common.variants.claim(ident, what, spec.code.span, problems);
            }
        }
        common
    }

    /// Reports codes of an action that would get the variant of a different code.
    pub(crate) fn check(&self, own: &[ErrorSpec<'_>], problems: &mut Problems) {
        for spec in own {
            if !self.codes.contains(spec.code.value) {
                let what = Claimant::new("", spec.code.value);
                self.variants
                    .check(&variant(spec), &what, spec.code.span, problems);
            }
        }
    }
}

fn variant(spec: &ErrorSpec<'_>) -> String {
    match &spec.rust_name {
        Some(name) => name.value.to_owned(),
        None => ident::variant_ident(spec.code.value),
    }
}
