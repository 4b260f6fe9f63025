//! What was written becomes what is meant.
//!
//! Names are looked up, defaults are inherited, Rust names are made, and everything that one file
//! alone cannot tell is checked: after this step nothing fails because of the specification.

use crate::{
    diagnostic::Problems,
    ident,
    model::{Field, Provider, Service},
    resolve::{
        action::ActionResolver,
        error_code::{Classes, CommonCodes, error_codes},
        field::resolve_fields,
        idempotency::check_common_tokens,
        placement::check_common_params,
        scope::{Claimant, Scope},
        types::Types,
    },
    spec::{Located, ProviderSpec, ServiceSpec},
};

mod action;
mod error_code;
mod example;
mod field;
mod idempotency;
mod names;
mod pagination;
mod path;
mod placement;
mod rate_limit;
mod scope;
mod stream;
mod types;
mod value;

/// Reports providers, or services of one provider, that cannot be modules in Rust beside each other.
pub(crate) fn claim_modules<'a>(
    kind: &'static str,
    reserved: &'static [&'static str],
    names: impl Iterator<Item = Located<&'a str>>,
    problems: &mut Problems,
) {
    let mut modules = Scope::folders(reserved);
    for name in names {
        let what = Claimant::new(kind, name.value);
        modules.claim(ident::module_ident(name.value), what, name.span, problems);
    }
}

/// What the services of a provider need of it.
pub(crate) struct ProviderResolver<'a> {
    spec: &'a ProviderSpec<'a>,
    common_params: Vec<Field>,
}

impl<'a> ProviderResolver<'a> {
    pub(crate) fn new(spec: &'a ProviderSpec<'a>, problems: &mut Problems) -> Self {
        let no_types = Types::default();
        let common_params = resolve_fields(&spec.common_params, &no_types, None, problems);
        for (spec, field) in spec.common_params.iter().zip(&common_params) {
            field::check_values(spec, field, &[], problems);
        }
        check_common_params(&spec.common_params, problems);
        check_common_tokens(&spec.common_params, problems);
        Self {
            spec,
            common_params,
        }
    }

    /// The provider, without services.
    pub(crate) fn provider(&self, problems: &mut Problems) -> Provider {
        let spec = self.spec;
        let classes = Classes::new(&[], &spec.errors);
        Provider {
            name: spec.name.value.to_owned(),
            title: spec.title.to_owned(),
            telemetry_name: spec.telemetry_name.unwrap_or(spec.name.value).to_owned(),
            doc: spec.doc.to_owned(),
            sources: spec.sources.clone(),
            dispatch: spec.dispatch,
            authentication: spec.authentication,
            envelope: spec.envelope,
            arrays: spec.arrays,
            clock_window: spec.clock_window,
            common_params: self.common_params.clone(),
            errors: error_codes(&spec.errors, &classes, problems),
            services: Vec::new(),
        }
    }

    /// One version of one service.
    pub(crate) fn service(&self, spec: &ServiceSpec<'_>, problems: &mut Problems) -> Service {
        let mut actions: Vec<_> = spec.actions.iter().collect();
        actions.sort_by_key(|action| action.name.value);

        let mut idents = Scope::new(ident::RESERVED_TYPES);
        let mut types = Types::default();
        for shared in &spec.types {
            types.declare(shared, None, &mut idents, problems);
        }
        let mut modules = Scope::new(ident::RESERVED_ACTIONS);
        for action in &actions {
            action::claim_idents(action, &mut idents, &mut modules, problems);
        }
        for (owner, action) in actions.iter().enumerate() {
            for own in &action.types {
                types.declare(own, Some(owner), &mut idents, problems);
            }
        }
        types.resolve_shapes(problems);

        let classes = Classes::new(&spec.errors, &self.spec.errors);
        let errors = error_codes(&spec.errors, &classes, problems);
        let resolver = ActionResolver {
            provider: self.spec,
            common_params: &self.common_params,
            classes: &classes,
            common_codes: &CommonCodes::new(&self.spec.errors, &spec.errors, problems),
        };
        let actions = actions.iter().enumerate();
        let actions = actions
            .map(|(index, action)| resolver.resolve(action, index, &mut types, problems))
            .collect();
        types.check_inputs(problems);
        Service {
            name: spec.name.value.to_owned(),
            title: spec.title.to_owned(),
            version: spec.version.to_owned(),
            module: spec.module.to_owned(),
            host: spec.host.to_owned(),
            doc: spec.doc.to_owned(),
            sources: spec.sources.clone(),
            types: types.into_definitions(),
            errors,
            actions,
        }
    }
}
