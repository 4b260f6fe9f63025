//! Tencent Cloud, from the metadata that comes with its command line `tccli`.
//!
//! Each version of a service becomes a folder `tencent/<service>/<version>` with a `service.yaml`
//! and a file per action. The folder is called as the service is in its host and in signatures,
//! which the vendor's folder is not always: `autoscaling` becomes `as`.
//!
//! An object that only one action uses is declared in that action's file, the others in
//! `service.yaml`, or in `types.yaml` where `service.yaml` is a person's. What the metadata does not tell is left out, with four exceptions: the `kind`
//! of an action is guessed from its verb and marked as a guess, a region may always be sent, pages
//! are recognised by the usual names of their inputs, and secrets by the usual endings of theirs.
//! Where the vendor's own example contradicts the metadata, the part that does so is left out, and
//! a comment says why.
//!
//! What the metadata leaves out and the vendor's own SDK tells is not written into the files, but
//! stands beside them in overlays that come with this crate.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use bindery_model::suggest;
use serde::Deserialize;

pub use self::overlays::Withheld;
use self::{
    api::{Api, Examples},
    catalogue::Entry,
    service::Service,
};
pub use crate::pages::PageStyle;
use crate::{
    declared::{Declared, RenamedType, TYPES},
    error::ImportError,
    files::{self, Folder},
};

mod api;
mod catalogue;
mod check;
mod example;
mod field;
mod fit;
mod listed;
mod lost;
mod names;
mod overlays;
mod placement;
mod rename;
mod service;
mod stream;
pub mod verify;

/// What files say that they were imported from.
const ORIGIN: &str = "tccli";

/// What every imported service needs, written where there is nothing yet.
const PROVIDER: &str = include_str!("../data/tencent/provider.yaml");

/// What to import.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The folder of the package `tccli`, its folder `services`, or the folder of a service or of
    /// one of its versions.
    pub catalogue: PathBuf,
    /// The services: `tke` for all versions of one, `tke/v20220501` for a single version. Empty
    /// for all of them.
    pub services: Vec<String>,
    /// The actions. Empty for all of them. Actions that have been imported before are imported
    /// again, so that the types they share stay the same for all.
    pub actions: Vec<String>,
    /// The folder of the specification.
    pub out: PathBuf,
    /// Whether files of an earlier import are removed when the metadata has lost what they describe,
    /// unless a person has edited them.
    pub prune: bool,
}

/// How far an import has come.
#[derive(Clone, Debug)]
pub struct Progress {
    /// How many versions of services are done.
    pub done: usize,
    /// How many there are.
    pub total: usize,
    /// The one that was done last: `trtc/v20190722`.
    pub service: String,
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// How many versions of services were imported.
    pub services: usize,
    /// How many actions.
    pub actions: usize,
    /// How many objects that inputs and outputs consist of.
    pub types: usize,
    /// How many actions return their results in pages, by what tells the pages apart.
    pub pages: BTreeMap<PageStyle, usize>,
    /// How many actions may reply with a stream of events.
    pub streams: usize,
    /// How many examples.
    pub examples: usize,
    /// How many requests of examples contradict the metadata and were left out.
    pub requests_left_out: usize,
    /// How many replies of examples are not JSON or have no envelope, and were left out.
    pub replies_left_out: usize,
    /// How many files were written.
    pub written: usize,
    /// How many files were up to date.
    pub unchanged: usize,
    /// How many files were removed, because the metadata has lost what they describe.
    pub removed: usize,
    /// Types that a person's files declare for all actions, by the file. They count in the place of
    /// the metadata's.
    pub overruling_types: BTreeMap<PathBuf, Vec<String>>,
    /// Types that are called otherwise than in the metadata, by the folder.
    pub renamed_types: BTreeMap<PathBuf, Vec<RenamedType>>,
    /// Types that are declared nowhere, because a person has written or edited the file for them, by
    /// that file.
    pub missing_types: BTreeMap<PathBuf, Vec<String>>,
    /// Files that were left alone, because a person wrote them.
    pub kept: Vec<PathBuf>,
    /// Files that were left alone, because a person has edited them after an import. Such edits
    /// belong in overlays.
    pub edited: Vec<PathBuf>,
    /// Files of actions that the metadata has lost, and folders of versions, which were left alone.
    pub gone: Vec<PathBuf>,
    /// Corrections that come with this crate and were not laid beside the actions that they correct,
    /// by the file that they would be.
    pub withheld: BTreeMap<PathBuf, Withheld>,
}

impl Report {
    fn add(&mut self, other: Self) {
        self.services += other.services;
        self.actions += other.actions;
        self.types += other.types;
        for (style, actions) in other.pages {
            *self.pages.entry(style).or_default() += actions;
        }
        self.streams += other.streams;
        self.examples += other.examples;
        self.requests_left_out += other.requests_left_out;
        self.replies_left_out += other.replies_left_out;
        self.written += other.written;
        self.unchanged += other.unchanged;
        self.removed += other.removed;
        self.overruling_types.extend(other.overruling_types);
        self.renamed_types.extend(other.renamed_types);
        self.missing_types.extend(other.missing_types);
        self.kept.extend(other.kept);
        self.edited.extend(other.edited);
        self.gone.extend(other.gone);
        self.withheld.extend(other.withheld);
    }
}

/// Imports services into a specification.
///
/// `progress` is called from several threads, after each version of a service. A service that cannot
/// be imported does not keep the others from being: [`ImportError::Incomplete`] tells of both.
pub fn import(
    request: &Request,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Report, ImportError> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    import_on(threads, request, progress)
}

fn import_on(
    threads: usize,
    request: &Request,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Report, ImportError> {
    let found = catalogue::find(&request.catalogue, &request.services)?;
    check_actions(&request.actions, &found.entries)?;
    let folder = request.out.join("tencent");
    files::create(&folder.join("provider.yaml"), PROVIDER)?;
    let import = Import {
        request,
        folder: &folder,
        claimed: Mutex::default(),
    };
    let results = import.all(&found.entries, threads, progress);
    let is_alone = results.len() == 1;
    let mut report = Report::default();
    let mut errors = Vec::new();
    for result in results {
        match result {
            Ok(one) => report.add(one),
            Err(error) if is_alone => return Err(error),
            Err(error) => errors.push(error),
        }
    }
    // Nobody knows which versions those would have been that could not be read.
    if errors.is_empty() {
        report.add(import.lost_versions(&found)?);
        return Ok(report);
    }
    let report = Box::new(report);
    Err(ImportError::Incomplete { errors, report })
}

/// Refuses actions that none of the services has, before anything is written.
fn check_actions(actions: &[String], entries: &[Entry]) -> Result<(), ImportError> {
    if actions.is_empty() {
        return Ok(());
    }
    let mut known = BTreeSet::new();
    for entry in entries {
        let path = entry.metadata();
        let text = files::read(&path)?;
        let api: Api<'_> = parse(&path, &text)?;
        known.extend(api.actions.into_keys());
    }
    match actions.iter().find(|name| !known.contains(*name)) {
        Some(name) => Err(ImportError::UnknownAction {
            name: name.clone(),
            closest: suggest::closest(name, known.iter().map(String::as_str)).map(str::to_owned),
        }),
        None => Ok(()),
    }
}

struct Import<'a> {
    request: &'a Request,
    folder: &'a Path,
    /// The folders of versions that this import describes, each with the vendor's name of the service.
    claimed: Mutex<BTreeMap<PathBuf, String>>,
}

impl Import<'_> {
    /// Imports every entry. The results are in the order of the entries.
    fn all(
        &self,
        entries: &[Entry],
        threads: usize,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Vec<Result<Report, ImportError>> {
        let next = AtomicUsize::new(0);
        let done = AtomicUsize::new(0);
        let work = || {
            let mut results = Vec::new();
            while let Some((index, entry)) = take(&next, entries) {
                results.push((index, self.one(entry)));
                progress(Progress {
                    done: done.fetch_add(1, Ordering::Relaxed) + 1,
                    total: entries.len(),
                    service: entry.name(),
                });
            }
            results
        };
        let mut results: Vec<_> = thread::scope(|scope| {
            let workers: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let mut results = work();
            for worker in workers {
                match worker.join() {
                    Ok(more) => results.extend(more),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            results
        });
        results.sort_unstable_by_key(|(index, _)| *index);
        results.into_iter().map(|(_, result)| result).collect()
    }

    fn one(&self, entry: &Entry) -> Result<Report, ImportError> {
        let path = entry.metadata();
        let text = files::read(&path)?;
        let mut api: Api<'_> = parse(&path, &text)?;
        check::check(&api, &path)?;
        let name = name(&api);
        let folder = Folder::read(self.claim(&name, entry)?)?;
        let (path, text) = match entry.examples() {
            path if path.is_file() => (path.clone(), files::read(&path)?),
            path => (path, br#"{"actions":{}}"#.to_vec()),
        };
        let examples: Examples<'_> = parse(&path, &text)?;

        let actions = self.choose(&api, &folder);
        if actions.is_empty() {
            return Ok(Report::default());
        }
        let vendors_name = entry.name();
        let prunes = self.request.prune;
        let nothing = Declared::default();
        let description = Service::new(&api, &examples, &nothing, &vendors_name).describe(&actions);
        let declared = Declared::read(&folder, &description.files, prunes)?;
        let overruling = declared.overruling(api.objects.keys().map(String::as_str));
        let mut renamed = Vec::new();
        let mut description = if declared.is_empty() {
            description
        } else {
            renamed = rename::rename(&mut api, &actions, &declared);
            Service::new(&api, &examples, &declared, &vendors_name).describe(&actions)
        };
        let withheld = overlays::lay(&name, &api, (&folder, prunes), &mut description);
        let outcome = folder.write(ORIGIN, &description.files, prunes)?;
        let withheld = withheld.into_iter();
        let in_folder = |(stem, types): (String, Vec<String>)| (folder.file(&stem), types);
        let missing = declared.keeps(TYPES) && !description.shared.is_empty();
        Ok(Report {
            services: 1,
            actions: actions.len(),
            types: description.types,
            pages: description.pages,
            streams: description.streams.len(),
            examples: description.tally.examples,
            requests_left_out: description.tally.requests_left_out,
            replies_left_out: description.tally.replies_left_out,
            written: outcome.written,
            unchanged: outcome.unchanged,
            removed: outcome.removed,
            overruling_types: overruling.into_iter().map(in_folder).collect(),
            renamed_types: match renamed[..] {
                [] => BTreeMap::new(),
                [..] => BTreeMap::from([(folder.path().to_owned(), renamed)]),
            },
            missing_types: missing
                .then(|| (folder.file(TYPES), description.shared))
                .into_iter()
                .collect(),
            kept: outcome.kept,
            edited: outcome.edited,
            gone: outcome.gone,
            withheld: withheld
                .map(|(name, why)| (folder.file(&name), why))
                .collect(),
        })
    }

    /// The folder of a service's version, which no other metadata may describe.
    fn claim(&self, name: &str, entry: &Entry) -> Result<PathBuf, ImportError> {
        let folder = self.folder.join(name);
        let mut claimed = self.claimed.lock().unwrap_or_else(PoisonError::into_inner);
        let before = claimed.insert(folder.clone(), entry.service().to_owned());
        match before {
            None => Ok(folder),
            Some(_) => Err(ImportError::DuplicateService {
                name: name.to_owned(),
            }),
        }
    }

    /// The actions to import.
    fn choose(&self, api: &Api<'_>, folder: &Folder) -> Vec<String> {
        let wanted = &self.request.actions;
        let names = api.actions.keys();
        if wanted.is_empty() {
            return names.cloned().collect();
        }
        if !names.clone().any(|name| wanted.contains(name)) {
            return Vec::new();
        }
        let is_present = |name: &str| folder.has_imported(&format!("{name}.yaml"));
        names
            .filter(|name| wanted.contains(name) || is_present(name))
            .cloned()
            .collect()
    }
}

/// The folder of a service's version below that of the provider: `as/v20180419`.
fn name(api: &Api<'_>) -> String {
    let version = api.metadata.api_version.replace('-', "");
    format!("{}/v{version}", api.metadata.service_short_name)
}

fn take<'e>(next: &AtomicUsize, entries: &'e [Entry]) -> Option<(usize, &'e Entry)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    Some((index, entries.get(index)?))
}

/// Reads JSON from a file's text.
fn parse<'t, T: Deserialize<'t>>(path: &Path, text: &'t [u8]) -> Result<T, ImportError> {
    serde_json::from_slice(text).map_err(|error| ImportError::Malformed {
        path: path.to_owned(),
        reason: format!("expected the metadata of a service: {error}"),
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files.extend(self::files(&path));
            } else {
                files.push((path.clone(), fs::read(&path).unwrap()));
            }
        }
        files.sort();
        files
    }

    #[test]
    fn the_number_of_threads_changes_nothing_but_the_order_of_progress() {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        let out = std::env::temp_dir().join(format!("bindery-import-{}", std::process::id()));
        let import = |threads: usize| {
            let _ = fs::remove_dir_all(&out);
            let request = Request {
                catalogue: manifest.join("tests/data/catalogue"),
                out: out.clone(),
                ..Request::default()
            };
            let progress = Mutex::new(Vec::new());
            let report = import_on(threads, &request, &|step| {
                progress.lock().unwrap().push((step.done, step.total));
            });
            let mut progress = progress.into_inner().unwrap();
            progress.sort_unstable();
            assert_eq!(progress, [(1, 2), (2, 2)]);
            (report.unwrap(), files(&out))
        };
        let one = import(1);
        let three = import(3);
        fs::remove_dir_all(&out).unwrap();
        assert_eq!(one, three);
    }
}
