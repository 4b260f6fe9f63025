//! Finds the metadata of services below a folder.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use super::api::{Identity, Metadata};
use crate::{
    error::{self, ImportError},
    files,
};

/// What the metadata of a service's version is called.
const METADATA: &str = "api.json";

/// A folder with the metadata of one version of a service.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    /// `trtc`
    service: String,
    /// `v20190722`
    version: String,
    folder: PathBuf,
}

impl Entry {
    /// The metadata's file.
    pub(super) fn metadata(&self) -> PathBuf {
        self.folder.join(METADATA)
    }

    /// The file with examples, which may be missing.
    pub(super) fn examples(&self) -> PathBuf {
        self.folder.join("examples.json")
    }

    /// The folder below the vendor's folder of services: `trtc/v20190722`.
    pub(super) fn name(&self) -> String {
        format!("{}/{}", self.service, self.version)
    }

    /// The vendor's folder of the service, which need not be called as the service is.
    pub(super) fn service(&self) -> &str {
        &self.service
    }

    /// What a folder holds the whole of, as far as this tells.
    fn extent(&self, start: &Path) -> Extent {
        let depth = self.folder.ancestors().position(|folder| folder == start);
        match depth {
            Some(0) => Extent::Version,
            Some(1) => Extent::Service,
            _ => Extent::Vendor,
        }
    }

    fn is_called(&self, name: &str, service: &str) -> bool {
        match name.split_once('/') {
            None => name == service,
            Some((wanted, version)) => wanted == service && version == self.version,
        }
    }
}

/// What was found below a path.
#[derive(Debug)]
pub(super) struct Found {
    /// In the order of their names.
    pub(super) entries: Vec<Entry>,
    pub(super) extent: Extent,
}

/// What a path holds the whole of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Extent {
    Version,
    Service,
    Vendor,
}

/// Finds the metadata of some services, or of all when none is named.
///
/// The path is the vendor's package, its folder of services, the folder of a service or that of a
/// version.
pub(super) fn find(path: &Path, services: &[String]) -> Result<Found, ImportError> {
    // The names of services are those of folders, which a path such as `.` does not tell.
    let root = fs::canonicalize(path).map_err(|error| files::read_error(path, error))?;
    let mut entries = Vec::new();
    let mut extent = Extent::Version;
    for start in [
        root.join("services"),
        root.join("tccli/services"),
        root.clone(),
    ] {
        if entries.is_empty() && start.is_dir() {
            collect(&start, 0, &mut entries)?;
            let extents = entries.iter().map(|entry| entry.extent(&start));
            extent = extents.max().unwrap_or(extent);
        }
    }
    if entries.is_empty() {
        return Err(ImportError::NoCatalogue {
            path: path.to_owned(),
        });
    }
    entries.sort_unstable();
    if !services.is_empty() {
        entries = choose(&entries, services)?;
    }
    Ok(Found { entries, extent })
}

fn collect(folder: &Path, depth: usize, entries: &mut Vec<Entry>) -> Result<(), ImportError> {
    if folder.join(METADATA).is_file() {
        let name = |folder: Option<&Path>| {
            let name = folder.and_then(Path::file_name).unwrap_or_default();
            name.to_string_lossy().into_owned()
        };
        let entry = Entry {
            service: name(folder.parent()),
            version: name(Some(folder)),
            folder: folder.to_owned(),
        };
        if is_word(&entry.service) && is_word(&entry.version) {
            entries.push(entry);
        }
        return Ok(());
    }
    if depth == 2 {
        return Ok(());
    }
    let below = fs::read_dir(folder)
        .and_then(Iterator::collect::<io::Result<Vec<_>>>)
        .map_err(|error| files::read_error(folder, error))?;
    for entry in below {
        if entry.path().is_dir() {
            collect(&entry.path(), depth + 1, entries)?;
        }
    }
    Ok(())
}

/// Whether a folder may hold metadata: its name becomes a part of an address.
fn is_word(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}

/// The entries with the given names: those of folders, or those that stand in the metadata.
fn choose(entries: &[Entry], services: &[String]) -> Result<Vec<Entry>, ImportError> {
    let mut chosen = Vec::new();
    let mut short_names = BTreeMap::new();
    for name in services {
        let before = chosen.len();
        chosen.extend(
            entries
                .iter()
                .filter(|entry| entry.is_called(name, &entry.service))
                .cloned(),
        );
        if chosen.len() > before {
            continue;
        }
        if short_names.is_empty() {
            for entry in entries {
                short_names.insert(entry, identity(entry)?.service_short_name);
            }
        }
        let called = short_names
            .iter()
            .filter(|(entry, service)| entry.is_called(name, service));
        chosen.extend(called.map(|(entry, _)| Entry::clone(entry)));
        if chosen.len() == before {
            let short = short_names.iter();
            let short = short.map(|(entry, name)| format!("{name}/{}", entry.version));
            let mut known: Vec<_> = entries.iter().map(Entry::name).chain(short).collect();
            known.sort();
            known.dedup();
            return Err(ImportError::UnknownService {
                name: name.clone(),
                help: error::help_with_service(name, &known),
            });
        }
    }
    chosen.sort_unstable();
    chosen.dedup();
    Ok(chosen)
}

/// What the metadata itself calls its service and the version.
pub(super) fn identity(entry: &Entry) -> Result<Metadata, ImportError> {
    let path = entry.metadata();
    let text = files::read(&path)?;
    let identity: Identity = super::parse(&path, &text)?;
    Ok(identity.metadata)
}
