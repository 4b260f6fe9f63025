//! What can be told from the places of a specification's files, before any of them is understood.

use std::collections::BTreeSet;

use super::{ServiceFolder, Specification, start};
use crate::{
    diagnostic::{Diagnostic, Problems, Span},
    hostile::quote,
    ident, parse,
    resolve::claim_modules,
    sources::{Place, corrected, place},
    spec::Located,
    yaml::{self, NodeKind},
};

impl Specification {
    /// Reports what can be told from the places of the files: some are not where they mean
    /// anything, others are missing, and folders may be the same module in Rust.
    pub(super) fn check_places(&self, problems: &mut Problems) {
        let overlays: BTreeSet<_> = self.overlays.values().collect();
        for (index, file) in self.sources.files().iter().enumerate() {
            match place(file.path()) {
                Place::Stray => {
                    if let Err(reason) = file.read() {
                        problems.add(reason.describe(start(index), file));
                    }
                }
                Place::Overlay if !overlays.contains(&index) => {
                    let corrected = corrected(file.path()).unwrap_or_default();
                    problems.add(parse::orphan(start(index), &corrected));
                    self.keep(self.texts([index].into_iter(), problems));
                }
                _ => {}
            }
        }
        for (index, provider) in self.providers.iter().enumerate() {
            let services = self.services.iter();
            let services: Vec<_> = services
                .filter(|service| service.provider == index)
                .collect();
            let witness = services.first().and_then(|service| service.files().next());
            if let (None, Some(witness)) = (provider.file, witness) {
                let path = format!("{}/provider.yaml", provider.name);
                problems.add(missing(&path, witness));
            }
            for service in &services {
                if let (None, Some(witness)) = (service.files.service, service.files().next()) {
                    let path = format!("{}/service.yaml", self.folder(service));
                    problems.add(missing(&path, witness));
                }
            }
            self.check_modules(&services, problems);
        }
    }

    /// Reports services of one provider that cannot be modules in Rust beside each other.
    fn check_modules(&self, services: &[&ServiceFolder], problems: &mut Problems) {
        let names: BTreeSet<&str> = services.iter().map(|one| one.name.as_str()).collect();
        let modules: BTreeSet<_> = names.iter().map(|name| ident::module_ident(name)).collect();
        let mut reserved = ident::RESERVED_SERVICES.iter();
        if modules.len() == names.len() && !reserved.any(|name| modules.contains(*name)) {
            return;
        }
        let places = names.into_iter().filter_map(|name| {
            let mut versions = services.iter().filter(|service| service.name == name);
            let span = self.name_span(versions.find_map(|service| service.files.service)?);
            Some(Located { value: name, span })
        });
        claim_modules("the service", ident::RESERVED_SERVICES, places, problems);
    }

    /// Where a service's file states its name.
    fn name_span(&self, index: usize) -> Span {
        let file = &self.sources.files()[index];
        let Ok(text) = file.read() else {
            return start(index);
        };
        let node = yaml::read(index, &text, &mut Problems::default());
        let span = match node.as_ref().map(|node| &node.kind) {
            Some(NodeKind::Mapping(entries)) => {
                let name = entries.iter().find(|(key, _)| key.text == "service");
                name.map_or(start(index), |(_, name)| name.span)
            }
            _ => start(index),
        };
        drop(node);
        file.keep(text);
        span
    }
}

fn missing(path: &str, witness: usize) -> Diagnostic {
    let message = format!("the file {} is missing", quote(path));
    Diagnostic::new(start(witness), message)
        .help("create it: it holds what the files of this folder have in common")
}
