//! Text to [`Spec`]: every file on its own, without looking up names.
//!
//! What is missing or wrong is reported and replaced by a stand-in, so that the rest of the file,
//! and the other files, are still checked.

use std::{collections::BTreeMap, ffi::OsStr, path::Path, time::Duration};

use crate::{
    diagnostic::{Diagnostic, Diagnostics, Problems, Span},
    hostile::quote,
    language,
    model::{ArrayStyle, Authentication, Dispatch, Envelope, Method, RegionUse, Source},
    parse::{
        entries::Entries,
        field::{errors, fields, types},
        name::Name,
    },
    sources::{MAX_FILE_BYTES, Place, SourceFile, Sources, Unreadable, place},
    spec::{ActionSpec, Located, ProviderSpec, ServiceSpec, Spec},
    yaml::{self, Node},
};

pub(crate) use self::expression::foreign_word;

mod action;
mod entries;
mod expression;
mod field;
mod name;

/// Parses every file, and reports the problems of all of them.
pub fn parse(sources: &Sources) -> Result<Spec, Diagnostics> {
    let (spec, problems) = parse_all(sources);
    problems.into_result(sources, spec)
}

/// Parses what can be parsed.
pub(crate) fn parse_all(sources: &Sources) -> (Spec, Problems) {
    let mut problems = Problems::default();
    let mut folders = Folders::default();
    for (index, file) in sources.files().iter().enumerate() {
        let start = Span {
            file: index,
            start: 0,
            end: 0,
        };
        let text = match file.content() {
            Ok(text) => text,
            Err(reason) => {
                problems.add(unreadable(start, file, reason));
                folders.miss(file.path());
                continue;
            }
        };
        match yaml::read(index, text, &mut problems) {
            Some(node) => folders.read(file.path(), &node, start, &mut problems),
            None => folders.miss(file.path()),
        }
    }
    let providers = folders.assemble(&mut problems);
    let spec = Spec {
        sources: sources.clone(),
        providers,
    };
    (spec, problems)
}

/// The files by folder: a provider's and a service's own file are found before or after the files
/// that belong to them.
#[derive(Default)]
struct Folders<'a> {
    providers: BTreeMap<&'a str, Folder<'a, ProviderSpec>>,
}

struct Folder<'a, T> {
    own: Own<T>,
    /// A file of the folder, where a missing one is reported.
    witness: Option<Span>,
    services: BTreeMap<(&'a str, &'a str), ServiceFolder>,
}

#[derive(Default)]
struct ServiceFolder {
    own: Own<ServiceSpec>,
    witness: Option<Span>,
    actions: Vec<ActionSpec>,
}

/// The file that describes a folder.
#[derive(Default)]
enum Own<T> {
    #[default]
    Absent,
    /// It exists and has problems that have been reported.
    Broken,
    Read(T),
}

impl<T> Default for Folder<'_, T> {
    fn default() -> Self {
        Self {
            own: Own::Absent,
            witness: None,
            services: BTreeMap::new(),
        }
    }
}

impl<'a> Folders<'a> {
    fn read(&mut self, path: &'a str, node: &Node, start: Span, problems: &mut Problems) {
        match place(path) {
            Place::Provider { provider } => {
                let folder = self.providers.entry(provider).or_default();
                if let Some(spec) = provider_spec(node, start, provider, problems) {
                    folder.own = Own::Read(spec);
                } else {
                    folder.own = Own::Broken;
                }
            }
            Place::Service {
                provider,
                service,
                version,
            } => {
                let folder = self.service(provider, service, version, start);
                folder.own = match service_spec(node, start, service, version, problems) {
                    Some(spec) => Own::Read(spec),
                    None => Own::Broken,
                };
            }
            Place::Action {
                provider,
                service,
                version,
                action,
            } => {
                let folder = self.service(provider, service, version, start);
                folder
                    .actions
                    .extend(action::action(node, start, action, problems));
            }
            Place::Ignored | Place::Stray => {}
        }
    }

    /// Notes that a file exists whose text is of no use.
    fn miss(&mut self, path: &'a str) {
        match place(path) {
            Place::Provider { provider } => {
                self.providers.entry(provider).or_default().own = Own::Broken;
            }
            Place::Service {
                provider,
                service,
                version,
            } => {
                let folder = self.providers.entry(provider).or_default();
                folder.services.entry((service, version)).or_default().own = Own::Broken;
            }
            _ => {}
        }
    }

    fn service(
        &mut self,
        provider: &'a str,
        service: &'a str,
        version: &'a str,
        witness: Span,
    ) -> &mut ServiceFolder {
        let folder = self.providers.entry(provider).or_default();
        folder.witness.get_or_insert(witness);
        let service = folder.services.entry((service, version)).or_default();
        service.witness.get_or_insert(witness);
        service
    }

    /// Puts actions into services and services into providers. A folder whose own file is missing
    /// is reported and left out: too little is known to check the rest.
    fn assemble(self, problems: &mut Problems) -> Vec<ProviderSpec> {
        let mut providers = Vec::new();
        for (name, folder) in self.providers {
            let mut services = Vec::new();
            for ((service, version), folder) in folder.services {
                let path = format!("{name}/{service}/{version}/service.yaml");
                if let Some(mut spec) = present(folder.own, folder.witness, &path, problems) {
                    spec.actions = folder.actions;
                    services.push(spec);
                }
            }
            let path = format!("{name}/provider.yaml");
            if let Some(mut spec) = present(folder.own, folder.witness, &path, problems) {
                spec.services = services;
                providers.push(spec);
            }
        }
        providers
    }
}

/// The contents of a folder's own file, or a report that it is missing.
fn present<T>(
    own: Own<T>,
    witness: Option<Span>,
    path: &str,
    problems: &mut Problems,
) -> Option<T> {
    match (own, witness) {
        (Own::Read(spec), _) => Some(spec),
        (Own::Absent, Some(witness)) => {
            problems.add(
                Diagnostic::new(witness, format!("the file {} is missing", quote(path)))
                    .help("create it: it holds what the files of this folder have in common"),
            );
            None
        }
        (Own::Absent | Own::Broken, _) => None,
    }
}

fn unreadable(span: Span, file: &SourceFile, reason: &Unreadable) -> Diagnostic {
    let path = quote(file.path());
    let layout = "a specification consists of <provider>/provider.yaml, \
                  <provider>/<service>/<version>/service.yaml and \
                  <provider>/<service>/<version>/<Action>.yaml";
    match reason {
        Unreadable::Stray => {
            let problem = Diagnostic::new(span, format!("{path} is not a part of a specification"));
            if Path::new(file.path()).extension() == Some(OsStr::new("yml")) {
                problem.help("rename it: the extension is .yaml")
            } else {
                problem.help(format!("move or remove it: {layout}"))
            }
        }
        Unreadable::LinkedFolder => Diagnostic::new(span, format!("{path} is a link to a folder"))
            .help("put a real folder there: links could lead in a circle"),
        Unreadable::TooLarge => {
            let limit = MAX_FILE_BYTES >> 20;
            Diagnostic::new(span, format!("{path} is larger than {limit} MiB"))
                .help("describe one action in each file, and leave out long examples")
        }
        Unreadable::NotText => {
            Diagnostic::new(span, format!("{path} is not UTF-8 text")).help("save it as UTF-8")
        }
        Unreadable::Special => Diagnostic::new(span, format!("{path} is not a regular file"))
            .help(format!("remove it: {layout}")),
        Unreadable::Failed(error) => {
            let path = if file.path().is_empty() {
                "the folder".to_owned()
            } else {
                path
            };
            Diagnostic::new(span, format!("{path} cannot be read: {error}"))
                .help("check that it exists and that you may read it")
        }
    }
}

fn provider_spec(
    node: &Node,
    start: Span,
    folder: &str,
    problems: &mut Problems,
) -> Option<ProviderSpec> {
    let map = Entries::open(node, &language::PROVIDER, start, problems)?;
    let name = map
        .text("provider", problems)
        .unwrap_or_else(|| named_after(folder, start));
    same_as_folder("provider", &name, folder, problems);
    Name::Provider.check(&named_after(folder, name.span), problems);
    Some(ProviderSpec {
        name,
        title: map.plain_text("title", problems).unwrap_or_default(),
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
        services: Vec::new(),
    })
}

fn service_spec(
    node: &Node,
    start: Span,
    folder: &str,
    module: &str,
    problems: &mut Problems,
) -> Option<ServiceSpec> {
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
        module: module.to_owned(),
        host: host.map(|host| host.value).unwrap_or_default(),
        doc: map.plain_text("doc", problems).unwrap_or_default(),
        sources: sources(&map, problems),
        types: types(&map, problems),
        errors: errors(&map, problems),
        actions: Vec::new(),
    })
}

/// What a folder or file says its contents are called, where they do not say it or differ.
fn named_after(folder: &str, span: Span) -> Located<String> {
    Located {
        value: folder.to_owned(),
        span,
    }
}

fn same_as_folder(key: &str, name: &Located<String>, folder: &str, problems: &mut Problems) {
    if name.value != folder {
        problems.add(
            Diagnostic::new(
                name.span,
                format!(
                    "{} is in a folder called {}",
                    quote(&name.value),
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
fn version_folder(version: &Located<String>, folder: &str, problems: &mut Problems) {
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
                url: url.map(|url| url.value).unwrap_or_default(),
                title: source.plain_text("title", problems),
                updated: updated.map(|updated| updated.value),
            }
        })
        .collect()
}
