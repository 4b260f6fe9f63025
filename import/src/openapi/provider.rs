//! The provider and the service that documents belong to, as far as the specification has them.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use super::{Request, documents::Documents, server::Server};
use crate::{
    declared::{keys, read},
    error::ImportError,
    yaml::{Map, Node, Style},
};

/// The first line of a provider's file.
const SCHEMA: &str = "# yaml-language-server: $schema=../schema.json\n";

/// What all actions of a vendor have in common.
#[derive(Debug)]
pub(super) struct Provider {
    pub(super) name: String,
    pub(super) dispatch: String,
    pub(super) authentication: String,
    pub(super) envelope: String,
    pub(super) arrays: String,
    pub(super) method: String,
    /// The names of the parameters that every action takes.
    pub(super) common_params: BTreeSet<String>,
    /// The error codes that any action may answer with.
    pub(super) errors: BTreeSet<String>,
    /// The text of its file, where there is none yet.
    pub(super) new: Option<String>,
}

/// Where a service stands in the specification.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Home {
    pub(super) provider: String,
    pub(super) service: String,
    pub(super) version: String,
}

impl Home {
    /// The service that the request names, or else the only one of the specification that has the
    /// documents' host.
    pub(super) fn find(
        request: &Request,
        documents: &Documents,
        server: &Server,
    ) -> Result<Self, ImportError> {
        let (service, version) = match request.service.as_deref().map(|name| name.split_once('/')) {
            Some(Some((service, version))) => (Some(service.to_owned()), Some(version.to_owned())),
            Some(None) => (request.service.clone(), None),
            None => (None, None),
        };
        let (provider, service) = match (&request.provider, service) {
            (Some(provider), Some(service)) => (provider.clone(), service),
            (provider, service) => {
                let mut known = services(&request.out)?;
                known.retain(|(home, host)| {
                    *host == server.host
                        && provider.as_ref().is_none_or(|name| *name == home.provider)
                        && service.as_ref().is_none_or(|name| *name == home.service)
                });
                let [(home, _)] = &known[..] else {
                    return Err(ImportError::Undecided {
                        host: server.host.clone(),
                        found: known.len(),
                    });
                };
                let version = version.unwrap_or_else(|| home.version.clone());
                return Self {
                    version,
                    ..home.clone()
                }
                .checked();
            }
        };
        let version = match version {
            Some(version) => version,
            None => stated_version(documents)?,
        };
        let home = Self {
            provider,
            service,
            version,
        };
        home.checked()
    }

    fn checked(self) -> Result<Self, ImportError> {
        let is_lower = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let is_name = |name: &str, others: &[char]| {
            name.starts_with(|c: char| c.is_ascii_lowercase())
                && name.chars().all(|c| is_lower(c) || others.contains(&c))
        };
        let illegal = |what, name: &str| {
            let name = name.to_owned();
            Err(ImportError::IllegalName { what, name })
        };
        if !is_name(&self.provider, &['_']) {
            return illegal("provider", &self.provider);
        }
        if !is_name(&self.service, &['_', '-']) {
            return illegal("service", &self.service);
        }
        if !is_version(&self.version) {
            return illegal("version", &self.version);
        }
        Ok(self)
    }

    /// The folder of the version below that of the specification.
    pub(super) fn folder(&self) -> PathBuf {
        let version = self.version.to_ascii_lowercase();
        let digits = version.strip_prefix('v').unwrap_or(&version);
        let module = digits.replace('.', "_").replace('-', "");
        Path::new(&self.provider)
            .join(&self.service)
            .join(format!("v{module}"))
    }
}

/// What the first document says of its version.
fn stated_version(documents: &Documents) -> Result<String, ImportError> {
    let root = documents.root(0);
    let version = root.child("info").and_then(|info| info.child("version"));
    let version = version.as_ref().map(|at| match at.value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    });
    version
        .filter(|version| is_version(version))
        .ok_or_else(|| {
            root.error(
                "expected `info.version` of letters, digits, `.` and `-`; correct it, or say the \
             version, as in `--service rtc/v2`",
            )
        })
}

fn is_version(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
}

/// The services of a specification and their hosts.
fn services(out: &Path) -> Result<Vec<(Home, String)>, ImportError> {
    let mut services = Vec::new();
    for provider in folders(out) {
        for service in folders(&provider) {
            for version in folders(&service) {
                let path = version.join("service.yaml");
                let Some(file) = read(&path)? else { continue };
                let text = |key: &str| file.value()[key].as_str().map(str::to_owned);
                let (Some(host), Some(version)) = (text("host"), text("version")) else {
                    continue;
                };
                let name = |path: &Path| {
                    let name = path.file_name().unwrap_or_default();
                    name.to_string_lossy().into_owned()
                };
                let home = Home {
                    provider: name(&provider),
                    service: name(&service),
                    version,
                };
                services.push((home, host));
            }
        }
    }
    services.sort();
    Ok(services)
}

fn folders(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    paths.filter(|path| path.is_dir()).collect()
}

/// The error codes that a service's file lists.
pub(super) fn errors_of_service(folder: &Path) -> Result<BTreeSet<String>, ImportError> {
    let file = read(&folder.join("service.yaml"))?;
    Ok(file.map_or_else(BTreeSet::new, |file| keys(&file, "errors")))
}

impl Provider {
    /// The provider as its file describes it.
    pub(super) fn read(out: &Path, name: &str) -> Result<Option<Self>, ImportError> {
        let path = out.join(name).join("provider.yaml");
        let Some(file) = read(&path)? else {
            return Ok(None);
        };
        let word = |key: &str, default: &str| {
            let word = file.value()[key].as_str();
            word.unwrap_or(default).to_owned()
        };
        Ok(Some(Self {
            name: name.to_owned(),
            dispatch: word("dispatch", "path"),
            authentication: word("authentication", "none"),
            envelope: word("envelope", "bare"),
            arrays: word("arrays", "repeated"),
            method: word("method", "POST"),
            common_params: keys(&file, "common_params"),
            errors: keys(&file, "errors"),
            new: None,
        }))
    }

    /// A provider of which nothing is known but documents. `dispatch` is how requests name an action.
    pub(super) fn new(name: &str, source: &str, dispatch: &str) -> Self {
        let mut page = Map::new(Style::Flow);
        page.add("url", Node::word(source));
        let mut map = Map::new(Style::Block);
        map.add("provider", Node::data(name));
        map.add("title", Node::data(name));
        map.add(
            "doc",
            Node::prose("Services that are described by OpenAPI documents."),
        );
        map.add("source", page);
        map.add("dispatch", Node::word(dispatch));
        map.add("authentication", Node::word("none"));
        map.comment("OpenAPI cannot say how requests are signed");
        map.add("envelope", Node::word("bare"));
        map.add("arrays", Node::word("repeated"));
        map.add("clock_window", Node::word("300s"));
        map.comment("a guess that nothing depends on while there is no authentication");
        let text = format!("{SCHEMA}{}", map.to_text());
        Self {
            name: name.to_owned(),
            dispatch: dispatch.to_owned(),
            authentication: "none".to_owned(),
            envelope: "bare".to_owned(),
            arrays: "repeated".to_owned(),
            method: "POST".to_owned(),
            common_params: BTreeSet::new(),
            errors: BTreeSet::new(),
            new: Some(text),
        }
    }
}
