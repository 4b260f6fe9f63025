//! Decides the Rust: which modules there are, what each contains, and what its documentation says.

mod action;
mod doc;
mod example;
mod types;

use bindery_model as model;

use crate::plan::{Family, Module, Provider, Service, StringEnum};
use crate::text;
use crate::{Example, Options};

/// The module of a vendor, with the modules of its services: one for each version, in order.
pub(crate) fn provider(
    provider: &model::Provider,
    versions: impl IntoIterator<Item = Family>,
) -> Provider {
    let mut families: Vec<Family> = Vec::new();
    for version in versions {
        match families.last_mut() {
            Some(family) if family.module == version.module => {
                family.versions.extend(version.versions);
            }
            _ => families.push(version),
        }
    }
    let mut description = vec![
        format!("name: {}", text::string(&provider.name)),
        format!("telemetry_name: {}", text::string(&provider.telemetry_name)),
        format!("dispatch: Dispatch::{:?}", provider.dispatch),
        format!("arrays: ArrayStyle::{:?}", provider.arrays),
        format!(
            "clock_window: {}",
            duration(provider.clock_window.as_secs())
        ),
    ];
    let classes = classes(&provider.errors, &[], "");
    description.push(format!("errors: &{}", text::array_of_calls(&classes)));
    let mut support = vec![
        "ArrayStyle".to_owned(),
        "Dispatch".to_owned(),
        "Provider".to_owned(),
    ];
    if !classes.is_empty() {
        support.push("ErrorClass".to_owned());
    }
    Provider {
        module: module_ident(&provider.name),
        doc: doc::provider(provider),
        description,
        support,
        codes: common_codes(&provider.title, &provider.errors),
        families,
    }
}

/// The shortest call of an action in a model, one that only reads if there is any.
pub(crate) fn example(model: &model::Model, options: &Options) -> Option<Example> {
    let path = options.example_path.as_deref()?;
    let calls = model.providers.iter().flat_map(|provider| {
        let services = provider.services.iter();
        services.flat_map(move |service| {
            let actions = service.actions.iter();
            let actions = actions.filter(|action| action.deprecated.is_none());
            actions.map(move |action| (provider, service, action))
        })
    });
    let calls = calls.map(|(provider, service, action)| {
        let lines = example::lines(provider, service, action, path);
        let acts = action.kind != model::Kind::Read;
        (acts, lines.len(), feature(provider, service), lines)
    });
    let (_, _, feature, lines) = calls.min()?;
    Some(Example { feature, lines })
}

/// The module of a service with one version in it.
pub(crate) fn family(provider: &model::Provider, service: &model::Service) -> Family {
    Family {
        module: module_ident(&service.name),
        feature: feature(provider, service),
        doc: vec![format!("{}.", text::inline(&service.title))],
        versions: vec![service.module.clone()],
    }
}

/// The module of one version of a service.
pub(crate) fn service(
    provider: &model::Provider,
    service: &model::Service,
    options: &Options,
) -> Service {
    let classes = classes(&service.errors, &[&provider.errors], "support::");
    let context = types::Context::new(service);
    let mut types = Module::default();
    context.add_types(None, &mut types);
    Service {
        path: [
            module_ident(&provider.name),
            module_ident(&service.name),
            service.module.clone(),
        ],
        doc: doc::service(service),
        description: vec![
            "provider: &PROVIDER".to_owned(),
            format!("name: {}", text::string(&service.name)),
            format!("version: {}", text::string(&service.version)),
            format!("host: {}", text::string(&service.host)),
            format!("errors: &{}", text::array_of_calls(&classes)),
        ],
        codes: common_codes(&service.title, &service.errors),
        client_doc: doc::client(provider, service),
        types,
        actions: service
            .actions
            .iter()
            .enumerate()
            .map(|(index, _)| action::lower(provider, service, index, &context, options))
            .collect(),
    }
}

/// The enumeration of the codes that a vendor's or a service's actions share.
fn common_codes(title: &str, errors: &[model::ErrorCode]) -> Option<StringEnum> {
    let summary = format!("A code that any action of {title} may answer with.");
    (!errors.is_empty()).then(|| doc::codes("CommonErrorCode", &summary, errors))
}

/// The cargo feature that a service is compiled with.
pub(crate) fn feature(provider: &model::Provider, service: &model::Service) -> String {
    format!("{}-{}", provider.name, service.name)
}

/// A duration in the largest unit that fits, as clippy wants it.
fn duration(seconds: u64) -> String {
    if seconds.is_multiple_of(3600) {
        format!("Duration::from_hours({})", seconds / 3600)
    } else if seconds.is_multiple_of(60) {
        format!("Duration::from_mins({})", seconds / 60)
    } else {
        format!("Duration::from_secs({seconds})")
    }
}

fn module_ident(name: &str) -> String {
    bindery_model::ident::module_ident(name)
}

/// The table that says what kind of failure each code stands for, as far as more general codes do
/// not say so already. `path` leads to the runtime's enumeration of kinds.
fn classes(
    errors: &[model::ErrorCode],
    common: &[&[model::ErrorCode]],
    path: &str,
) -> Vec<(String, Vec<String>)> {
    errors
        .iter()
        .filter_map(|error| {
            let class = error.class?;
            let (parent, _) = error.code.rsplit_once('.').unwrap_or_default();
            let known = class_of(parent, errors)
                .or_else(|| common.iter().find_map(|codes| class_of(&error.code, codes)));
            let parts = vec![
                text::string(&error.code),
                format!("{path}ErrorClass::{class:?}"),
            ];
            (known != Some(class)).then(|| (String::new(), parts))
        })
        .collect()
}

/// The class of the longest code that stands for a given one.
fn class_of(code: &str, codes: &[model::ErrorCode]) -> Option<model::ErrorClass> {
    codes
        .iter()
        .filter(|known| {
            code.strip_prefix(&known.code)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
        .max_by_key(|known| known.code.len())
        .and_then(|known| known.class)
}
