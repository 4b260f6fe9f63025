//! Decides the Rust: which modules there are, what each contains, and what its documentation says.

mod action;
mod doc;
mod example;
mod types;

use bindery_model as model;

use crate::plan::{Family, Plan, Provider, Service};
use crate::text;
use crate::Options;

pub(crate) use doc::variants_of_codes;

/// Makes the plan of a model.
pub(crate) fn lower(model: &model::Model, options: &Options) -> Plan {
    Plan { providers: model.providers.iter().map(|one| provider(one, options)).collect() }
}

fn provider(provider: &model::Provider, options: &Options) -> Provider {
    let mut families: Vec<Family> = Vec::new();
    for service in &provider.services {
        let lowered = lower_service(provider, service, options);
        match families.iter_mut().find(|family| family.module == module_ident(&service.name)) {
            Some(family) => family.services.push(lowered),
            None => families.push(Family {
                module: module_ident(&service.name),
                feature: feature(provider, service),
                doc: vec![format!("{}.", text::inline(&service.title))],
                services: vec![lowered],
            }),
        }
    }
    let mut description = vec![
        format!("name: {}", text::string(&provider.name)),
        format!("dispatch: Dispatch::{:?}", provider.dispatch),
        format!("arrays: ArrayStyle::{:?}", provider.arrays),
        format!("clock_window: Duration::from_secs({})", provider.clock_window.as_secs()),
    ];
    description.push(format!("errors: &{}", classes(&provider.errors)));
    let mut support = vec!["ArrayStyle".to_owned(), "Dispatch".to_owned(), "Provider".to_owned()];
    if provider.errors.iter().any(|error| error.class.is_some()) {
        support.push("ErrorClass".to_owned());
    }
    Provider {
        module: module_ident(&provider.name),
        doc: doc::provider(provider),
        description,
        support,
        codes: doc::codes(
            "CommonErrorCode",
            &format!("A code that any action of {} may answer with.", provider.title),
            &provider.errors,
        ),
        families,
    }
}

fn lower_service(
    provider: &model::Provider,
    service: &model::Service,
    options: &Options,
) -> Service {
    let mut support: Vec<String> =
        ["Call", "Config", "Error", "Service", "ServiceClient"].map(str::to_owned).into();
    if service.errors.iter().any(|error| error.class.is_some()) {
        support.push("ErrorClass".to_owned());
    }
    let context = types::Context::new(service);
    Service {
        module: service.module.clone(),
        doc: doc::service(service),
        description: vec![
            "provider: &PROVIDER".to_owned(),
            format!("name: {}", text::string(&service.name)),
            format!("version: {}", text::string(&service.version)),
            format!("host: {}", text::string(&service.host)),
            format!("errors: &{}", classes(&service.errors)),
        ],
        support,
        codes: doc::codes(
            "CommonErrorCode",
            &format!("A code that any action of {} may answer with.", service.title),
            &service.errors,
        ),
        client_doc: doc::client(provider, service),
        types: context.module(None),
        actions: service
            .actions
            .iter()
            .enumerate()
            .map(|(index, _)| action::lower(provider, service, index, &context, options))
            .collect(),
    }
}

/// The cargo feature that a service is compiled with.
fn feature(provider: &model::Provider, service: &model::Service) -> String {
    format!("{}-{}", provider.name, service.name)
}

fn module_ident(name: &str) -> String {
    bindery_model::ident::module_ident(name)
}

/// The table that says what kind of failure each code stands for.
fn classes(errors: &[model::ErrorCode]) -> String {
    let rows: Vec<String> = errors
        .iter()
        .filter_map(|error| {
            let class = error.class?;
            Some(format!("({}, ErrorClass::{class:?})", text::string(&error.code)))
        })
        .collect();
    text::array(&rows)
}
