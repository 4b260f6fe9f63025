//! [`Spec`] to [`Model`]: what was written becomes what is meant.
//!
//! Names are looked up, defaults are inherited, Rust names are made, and everything that one file
//! alone cannot tell is checked: after this step nothing fails because of the specification.

use crate::{
    diagnostic::{Diagnostics, Problems},
    hostile::quote,
    ident,
    model::{Field, Model, Provider, Service},
    resolve::{
        action::ActionResolver,
        error_code::{Classes, error_codes},
        field::resolve_fields,
        placement::check_common_params,
        scope::Scope,
        types::Types,
    },
    spec::{ProviderSpec, ServiceSpec, Spec},
};

mod action;
mod error_code;
mod example;
mod field;
mod names;
mod pagination;
mod path;
mod placement;
mod scope;
mod stream;
mod types;
mod value;

/// Resolves a parsed specification, and reports everything that is wrong with it.
pub fn resolve(spec: &Spec) -> Result<Model, Diagnostics> {
    let mut problems = Problems::default();
    let model = resolve_all(spec, &mut problems);
    problems.into_result(&spec.sources, model)
}

/// Resolves what can be resolved. The model is of use only if there are no problems.
pub(crate) fn resolve_all(spec: &Spec, problems: &mut Problems) -> Model {
    let mut providers: Vec<_> = spec
        .providers
        .iter()
        .map(|provider| resolve_provider(provider, problems))
        .collect();
    providers.sort_by(|left, right| left.name.cmp(&right.name));
    Model { providers }
}

fn resolve_provider(spec: &ProviderSpec, problems: &mut Problems) -> Provider {
    let no_types = Types::default();
    let common_params = resolve_fields(&spec.common_params, &no_types, None, problems);
    for (spec, field) in spec.common_params.iter().zip(&common_params) {
        field::check_values(spec, field, &[], problems);
    }
    check_common_params(&spec.common_params, problems);
    let classes = Classes::new(&[], &spec.errors);
    let errors = error_codes(&spec.errors, &classes, problems);
    let mut modules = Scope::new(&[]);
    for (index, service) in spec.services.iter().enumerate() {
        let seen = spec.services[..index]
            .iter()
            .any(|other| other.name.value == service.name.value);
        if !seen {
            let what = format!("the service {}", quote(&service.name.value));
            let ident = ident::module_ident(&service.name.value);
            modules.claim(ident, &what, service.name.span, problems);
        }
    }
    let mut services: Vec<_> = spec
        .services
        .iter()
        .map(|service| resolve_service(spec, service, &common_params, problems))
        .collect();
    services.sort_by(|left, right| (&left.name, &left.version).cmp(&(&right.name, &right.version)));
    Provider {
        name: spec.name.value.clone(),
        title: spec.title.clone(),
        doc: spec.doc.clone(),
        sources: spec.sources.clone(),
        dispatch: spec.dispatch,
        authentication: spec.authentication,
        envelope: spec.envelope,
        arrays: spec.arrays,
        clock_window: spec.clock_window,
        common_params,
        errors,
        services,
    }
}

fn resolve_service(
    provider: &ProviderSpec,
    spec: &ServiceSpec,
    common_params: &[Field],
    problems: &mut Problems,
) -> Service {
    let mut actions: Vec<_> = spec.actions.iter().collect();
    actions.sort_by(|left, right| left.name.value.cmp(&right.name.value));

    let mut idents = Scope::types();
    let mut types = Types::default();
    for shared in &spec.types {
        types.declare(shared, None, &mut idents, problems);
    }
    let mut modules = Scope::new(&["client", "new", "support", "types"]);
    for action in &actions {
        action::claim_idents(action, &mut idents, &mut modules, problems);
    }
    for (owner, action) in actions.iter().enumerate() {
        for own in &action.types {
            types.declare(own, Some(owner), &mut idents, problems);
        }
    }
    types.resolve_shapes(problems);

    let classes = Classes::new(&spec.errors, &provider.errors);
    let errors = error_codes(&spec.errors, &classes, problems);
    let resolver = ActionResolver {
        provider,
        service: spec,
        common_params,
        classes: &classes,
    };
    let actions = actions
        .iter()
        .enumerate()
        .map(|(index, action)| resolver.resolve(action, index, &mut types, problems))
        .collect();
    types.check_inputs(problems);
    Service {
        name: spec.name.value.clone(),
        title: spec.title.clone(),
        version: spec.version.clone(),
        module: spec.module.clone(),
        host: spec.host.clone(),
        doc: spec.doc.clone(),
        sources: spec.sources.clone(),
        types: types.into_definitions(),
        errors,
        actions,
    }
}
