//! Text to what was written: every file on its own, without looking up names.
//!
//! What is missing or wrong is reported and replaced by a stand-in, so that the rest of the file,
//! and the other files, are still checked.

use std::time::Duration;

use crate::{
    diagnostic::{Diagnostic, Problems, Span},
    hostile::quote,
    language,
    model::{ArrayStyle, Authentication, Dispatch, Envelope, Method, RegionUse, Source},
    parse::{
        entries::Entries,
        field::{errors, fields, types},
        name::Name,
    },
    spec::{Located, ProviderSpec, ServiceSpec, TypeSpec},
    yaml::Node,
};

pub(crate) use self::{
    action::action,
    expression::foreign_word,
    overlay::{apply as correct, orphan},
};

mod action;
mod entries;
mod expression;
mod field;
mod name;
mod overlay;

/// The file of a provider, which lies in a folder of its name.
pub(crate) fn provider<'a>(
    node: &'a Node<'a>,
    start: Span,
    folder: &'a str,
    problems: &mut Problems,
) -> Option<ProviderSpec<'a>> {
    let map = Entries::open(node, &language::PROVIDER, start, problems)?;
    let name = map
        .text("provider", problems)
        .unwrap_or_else(|| named_after(folder, start));
    same_as_folder("provider", &name, folder, problems);
    Name::Provider.check(&named_after(folder, name.span), problems);
    Some(ProviderSpec {
        name,
        title: map.plain_text("title", problems).unwrap_or_default(),
        telemetry_name: map.plain_text("telemetry_name", problems),
        doc: map.plain_text("doc", problems).unwrap_or_default(),
        sources: sources(&map, problems),
        dispatch: map.word("dispatch", problems).unwrap_or(Dispatch::Header),
        authentication: map
            .word("authentication", problems)
            .unwrap_or(Authentication::None),
        envelope: map.word("envelope", problems).unwrap_or(Envelope::Bare),
        arrays: map.word("arrays", problems).unwrap_or(ArrayStyle::Indexed),
        clock_window: map
            .written("clock_window", problems)
            .and_then(|text| expression::duration(&text, problems))
            .unwrap_or(Duration::ZERO),
        method: map.word("method", problems).unwrap_or(Method::Post),
        region: map.word("region", problems).unwrap_or(RegionUse::None),
        common_params: fields(&map, "common_params", &language::PARAM, problems),
        errors: errors(&map, problems),
    })
}

/// The file of a service, without its actions. It lies in a folder for the version, and that in
/// one for the service.
pub(crate) fn service<'a>(
    node: &'a Node<'a>,
    start: Span,
    (folder, module): (&'a str, &'a str),
    problems: &mut Problems,
) -> Option<ServiceSpec<'a>> {
    let map = Entries::open(node, &language::SERVICE, start, problems)?;
    let name = map
        .text("service", problems)
        .unwrap_or_else(|| named_after(folder, start));
    same_as_folder("service", &name, folder, problems);
    Name::Service.check(&named_after(folder, name.span), problems);
    let version = map
        .text("version", problems)
        .unwrap_or_else(|| named_after(module, start));
    Name::Version.check(&version, problems);
    version_folder(&version, module, problems);
    let host = map.text("host", problems);
    if let Some(host) = &host {
        Name::Host.check(host, problems);
    }
    Some(ServiceSpec {
        name,
        title: map.plain_text("title", problems).unwrap_or_default(),
        version: version.value,
        module,
        host: host.map(|host| host.value).unwrap_or_default(),
        doc: map.plain_text("doc", problems).unwrap_or_default(),
        sources: sources(&map, problems),
        types: types(&map, problems),
        errors: errors(&map, problems),
        actions: Vec::new(),
    })
}

/// The file of types beside that of a service.
pub(crate) fn shared_types<'a>(
    node: &'a Node<'a>,
    start: Span,
    problems: &mut Problems,
) -> Vec<TypeSpec<'a>> {
    let map = Entries::open(node, &language::SHARED_TYPES, start, problems);
    map.map_or_else(Vec::new, |map| types(&map, problems))
}

/// What a folder or file says its contents are called, where they do not say it or differ.
fn named_after(folder: &str, span: Span) -> Located<&str> {
    Located {
        value: folder,
        span,
    }
}

fn same_as_folder(key: &str, name: &Located<&str>, folder: &str, problems: &mut Problems) {
    if name.value != folder {
        problems.add(
            Diagnostic::new(
                name.span,
                format!(
                    "{} is in a folder called {}",
                    quote(name.value),
                    quote(folder)
                ),
            )
            .label(format!("this should be {}", quote(folder)))
            .help(format!(
                "rename the folder or change `{key}`: the two have to be the same"
            )),
        );
    }
}

/// A version's folder is a Rust module, and for dates their digits.
fn version_folder(version: &Located<&str>, folder: &str, problems: &mut Problems) {
    let legal = folder.starts_with('v')
        && folder
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    let date = version.value.len() == 10
        && version
            .value
            .chars()
            .all(|c| c.is_ascii_digit() || c == '-');
    let digits = version
        .value
        .trim_start_matches(['v', 'V'])
        .to_ascii_lowercase();
    let separator = if date { "" } else { "_" };
    let expected = format!("v{}", digits.replace(['.', '-'], separator));
    if !legal || (date && folder != expected) {
        problems.add(
            Diagnostic::new(
                version.span,
                format!("the folder {} does not fit this version", quote(folder)),
            )
            .label("the version")
            .help(format!("rename the folder to {}", quote(&expected))),
        );
    }
}

/// The pages that a file was taken from.
fn sources(map: &Entries<'_>, problems: &mut Problems) -> Vec<Source> {
    map.one_or_more("source", &language::SOURCE, problems)
        .iter()
        .map(|source| {
            let url = source.text("url", problems);
            if let Some(url) = &url {
                Name::Url.check(url, problems);
            }
            let updated = source.written("updated", problems);
            if let Some(updated) = &updated {
                Name::Date.check(updated, problems);
            }
            Source {
                url: url.map(|url| url.value.to_owned()).unwrap_or_default(),
                title: source.plain_text("title", problems).map(str::to_owned),
                updated: updated.map(|updated| updated.value.to_owned()),
            }
        })
        .collect()
}
