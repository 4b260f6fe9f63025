//! Error codes: their Rust names and what kind of failure they stand for.

use std::collections::{HashMap, HashSet};

use crate::{
    diagnostic::Problems,
    hostile::quote,
    ident,
    model::{ErrorClass, ErrorCode},
    resolve::scope::{Scope, check_variant},
    spec::ErrorSpec,
};

/// The classes that a service and its provider state, by code.
pub(crate) struct Classes<'a> {
    stated: HashMap<&'a str, ErrorClass>,
}

impl<'a> Classes<'a> {
    /// What the service states counts more than what the provider states.
    pub(crate) fn new(service: &'a [ErrorSpec], provider: &'a [ErrorSpec]) -> Self {
        let stated = provider.iter().chain(service);
        let stated = stated.filter_map(|spec| Some((spec.code.value.as_str(), spec.class?)));
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
    specs: &[ErrorSpec],
    classes: &Classes<'_>,
    problems: &mut Problems,
) -> Vec<ErrorCode> {
    let mut variants = Scope::new(&["Unknown"]);
    let codes = specs.iter().map(|spec| {
        let code = &spec.code;
        let ident = variant(spec);
        let what = quote(&code.value);
        check_variant(&ident, &what, spec.rust_name.is_some(), code.span, problems);
        variants.claim(ident.clone(), &what, code.span, problems);
        ErrorCode {
            code: code.value.clone(),
            ident,
            doc: spec.doc.clone(),
            remedy: spec.remedy.clone(),
            class: spec.class.or_else(|| classes.of(&code.value)),
        }
    });
    codes.collect()
}

/// Reports codes of an action that would get the variant of a different code of its service or
/// provider: they stand in one enumeration.
pub(crate) fn check_against_common(
    own: &[ErrorSpec],
    common: &[&[ErrorSpec]],
    problems: &mut Problems,
) {
    let mut variants = Scope::new(&[]);
    let mut seen = HashSet::new();
    for spec in common.iter().copied().flatten().chain(own) {
        let ident = variant(spec);
        if seen.insert(spec.code.value.as_str()) {
            variants.claim(ident, &quote(&spec.code.value), spec.code.span, problems);
        }
    }
}

fn variant(spec: &ErrorSpec) -> String {
    match &spec.rust_name {
        Some(name) => name.value.clone(),
        None => ident::variant_ident(&spec.code.value),
    }
}
