//! Actions: what they inherit, and whether their parts fit together.

use std::collections::HashMap;

use crate::{
    diagnostic::{Diagnostic, Problems},
    hostile::quote,
    ident,
    model::{Action, Field, RegionUse},
    resolve::{
        error_code::{Classes, CommonCodes, error_codes},
        example::resolve_example,
        field::{check_values, resolve_fields},
        idempotency::check_idempotency_token,
        names::Names,
        pagination::Pages,
        path::resolve_path,
        placement::{check_output, check_params},
        rate_limit::resolve_rate_limits,
        scope::{Claimant, Scope},
        stream::resolve_stream,
        types::Types,
    },
    spec::{ActionSpec, ProviderSpec},
};

/// What all actions of a service have in common.
pub(crate) struct ActionResolver<'a> {
    pub(crate) provider: &'a ProviderSpec<'a>,
    pub(crate) common_params: &'a [Field],
    pub(crate) classes: &'a Classes<'a>,
    pub(crate) common_codes: &'a CommonCodes<'a>,
}

/// Takes the Rust names of an action: its types, and its module, which is also a method.
pub(crate) fn claim_idents<'a>(
    action: &ActionSpec<'a>,
    types: &mut Scope<'a>,
    modules: &mut Scope<'a>,
    problems: &mut Problems,
) {
    let ident = type_name(action);
    let module = ident::module_ident(&ident);
    let span = action.name.span;
    let named = |kind| Claimant::new(kind, action.name.value);
    for (ident, what) in [
        (format!("{ident}Output"), "the output of"),
        (format!("{ident}ErrorCode"), "the error codes of"),
        (ident, "the action"),
    ] {
        types.claim(ident, named(what), span, problems);
    }
    modules.claim(module, named("the action"), span, problems);
}

fn type_name(action: &ActionSpec<'_>) -> String {
    match &action.rust_name {
        Some(name) => name.value.to_owned(),
        None => ident::type_ident(action.name.value),
    }
}

impl ActionResolver<'_> {
    /// Resolves an action; `index` is its place among the actions of the service.
    pub(crate) fn resolve(
        &self,
        spec: &ActionSpec<'_>,
        index: usize,
        types: &mut Types<'_>,
        problems: &mut Problems,
    ) -> Action {
        let (params, output) = Self::fields(spec, index, types, problems);
        let definitions = types.definitions();
        let method = spec.method.unwrap_or(self.provider.method);
        check_params(spec, &params, method, definitions, problems);
        self.common_codes.check(&spec.errors, problems);
        let envelope = spec.envelope.unwrap_or(self.provider.envelope);
        check_output(spec, envelope, problems);
        let region = self.region(spec, problems);
        let names = Names {
            params: &params,
            output: &output,
            types: definitions,
        };
        check_idempotency_token(spec, &params, problems);
        let rate_limits = resolve_rate_limits(&spec.rate_limits, &names, problems);
        let pagination = spec.pagination.as_ref();
        let pagination = pagination.and_then(|spec| Pages(&names).resolve(spec, problems));
        let stream = spec.stream.as_ref();
        let stream = stream.map(|spec| resolve_stream(spec, &names, problems));
        let inputs = (params.as_slice(), self.common_params);
        let examples = spec
            .examples
            .iter()
            .map(|example| resolve_example(example, inputs, envelope, definitions, problems));
        let examples = examples.collect();
        let ident = type_name(spec);
        Action {
            name: spec.name.value.to_owned(),
            module: ident::module_ident(&ident),
            ident,
            title: spec.title.map(str::to_owned),
            doc: spec.doc.to_owned(),
            notes: spec.notes.iter().copied().map(str::to_owned).collect(),
            formerly: spec.formerly.map(str::to_owned),
            sources: spec.sources.clone(),
            kind: spec.kind,
            method,
            host: spec.host.map(str::to_owned),
            path: resolve_path(
                spec,
                self.provider.dispatch,
                (&params, definitions),
                problems,
            ),
            authentication: spec.authentication.unwrap_or(self.provider.authentication),
            envelope,
            region,
            regions: spec
                .regions
                .iter()
                .map(|region| region.value.to_owned())
                .collect(),
            rate_limits,
            deprecated: spec.deprecated.map(str::to_owned),
            params,
            output,
            errors: error_codes(&spec.errors, self.classes, problems),
            status_codes: spec
                .status_codes
                .iter()
                .map(|(code, meaning)| (*code, (*meaning).to_owned()))
                .collect(),
            pagination,
            stream,
            examples,
        }
    }

    /// The inputs and outputs; the types that they reach are marked.
    fn fields(
        spec: &ActionSpec<'_>,
        index: usize,
        types: &mut Types<'_>,
        problems: &mut Problems,
    ) -> (Vec<Field>, Vec<Field>) {
        let params = resolve_fields(&spec.params, types, Some(index), problems);
        let output = resolve_fields(&spec.output, types, Some(index), problems);
        types.reach(&params, |definition| &mut definition.input);
        types.reach(&output, |definition| &mut definition.output);
        let specs = spec.params.iter().chain(&spec.output);
        for (spec, field) in specs.zip(params.iter().chain(&output)) {
            check_values(spec, field, types.definitions(), problems);
        }
        (params, output)
    }

    fn region(&self, spec: &ActionSpec<'_>, problems: &mut Problems) -> RegionUse {
        let region = spec.region.unwrap_or(self.provider.region);
        let mut seen = HashMap::new();
        for name in &spec.regions {
            if let Some(first) = seen.insert(name.value, name.span) {
                problems.add(
                    Diagnostic::new(
                        name.span,
                        format!("the region {} is listed twice", quote(name.value)),
                    )
                    .label("here again")
                    .related(first, "first listed here")
                    .help("remove one of the two"),
                );
            }
        }
        if let (RegionUse::None, Some(first)) = (region, spec.regions.first()) {
            problems.add(
                Diagnostic::new(first.span, "regions are listed, but the action takes none")
                    .label("can never be sent")
                    .help("add `region: required`, or remove `regions`"),
            );
        }
        region
    }
}
