//! Keeps a folder of generated code up to date, one service at a time.
//!
//! Each version of a service is read, lowered, rendered and compared with the disk on its own; only
//! what differs is kept. Nothing is written before everything has been made without a problem. What
//! the [fingerprints](crate::fingerprints) show to be as it was is not even read.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::fs;
use std::io;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::SystemTime;

use bindery_model::{
    Diagnostics, Provider, Reading, Service, ServiceFolder, Specification, parallel,
};

use crate::files::{Change, Effect, Present};
use crate::fingerprints::{self, Fingerprints, Record, State, Version, state};
use crate::plan::Outline;
use crate::{
    Contents, Example, Layout, Options, Selection, SelectionError, contents, generate, lower,
    render,
};

/// How many files a thread writes or looks at before it asks for more. Files of one folder are best
/// left to one thread, since they wait for each other.
const BATCH: usize = 64;

/// Keeps a folder of generated code up to date with a specification.
pub struct Generator<'a> {
    specification: &'a Path,
    folder: &'a Path,
    options: Options,
    selection: Option<Selection>,
    threads: NonZero<usize>,
    progress: &'a (dyn Fn(usize, usize) + Sync),
}

/// What is generated, as far as it differs from the disk.
#[derive(Debug)]
pub struct Generated {
    /// How many files there are in all.
    pub files: usize,
    /// What they contain.
    pub contents: Contents,
    /// The files that differ, in order.
    pub changes: Vec<Change>,
    /// The folder of the files.
    pub sources: PathBuf,
    threads: NonZero<usize>,
    /// What a run has left behind that was interrupted.
    unfinished: Vec<String>,
    /// What the next run should know, where that is news.
    fingerprints: Option<Fingerprints>,
}

/// Why nothing is generated.
#[derive(Debug)]
pub enum GenerateError {
    /// The specification is wrong.
    Specification(Diagnostics),
    /// The selection does not fit the specification.
    Selection(SelectionError),
    /// A file cannot be read or written.
    Files(io::Error),
}

/// What has been made of one version of a service.
struct Made {
    version: Version,
    outputs: Vec<String>,
    changes: Vec<Change>,
}

/// What a run knows before it makes anything.
struct Run<'a> {
    generator: &'a Generator<'a>,
    specification: Specification,
    /// The state of each service's files, by the service's folder.
    inputs: BTreeMap<String, Vec<(String, State)>>,
    present: Present,
    /// The state of the files that are present.
    outputs: HashMap<String, State>,
    remembered: Fingerprints,
}

impl<'a> Generator<'a> {
    /// Generates from the specification in one folder into another.
    pub fn new(specification: &'a Path, folder: &'a Path, options: Options) -> Self {
        Self {
            specification,
            folder,
            options,
            selection: None,
            threads: parallel::available(),
            progress: &|_, _| {},
        }
    }

    /// Keeps only what is selected. Services that are not selected are not read.
    #[must_use]
    pub fn only(mut self, selection: Selection) -> Self {
        self.selection = Some(selection);
        self
    }

    /// Works on this many threads instead of as many as are available.
    #[must_use]
    pub fn threads(mut self, threads: NonZero<usize>) -> Self {
        self.threads = threads;
        self
    }

    /// Is told how many services have been made, and of how many.
    #[must_use]
    pub fn progress(mut self, progress: &'a (dyn Fn(usize, usize) + Sync)) -> Self {
        self.progress = progress;
        self
    }

    /// Makes everything and compares it with the disk, whatever an earlier run has remembered.
    pub fn check(&self) -> Result<Generated, GenerateError> {
        match &self.selection {
            Some(selection) => self.select(selection),
            None => Run::new(self, Fingerprints::none(self.folder, self.identity()))?.make(),
        }
    }

    /// Makes what has changed since an earlier run, and compares it with the disk.
    pub fn update(&self) -> Result<Generated, GenerateError> {
        match &self.selection {
            // A slice is made quickly, and is not remembered.
            Some(selection) => self.select(selection),
            None => Run::new(self, Fingerprints::read(self.folder, self.identity()))?.make(),
        }
    }

    /// A call to be shown to the crate's users: the shortest one of the first service.
    pub fn example(&self) -> Result<Option<Example>, GenerateError> {
        let specification = self.open();
        let is_wanted = |service: &&ServiceFolder| {
            self.selection
                .as_ref()
                .is_none_or(|selection| selection.wants(names(&specification, service)))
        };
        let Some(first) = specification.services().iter().find(is_wanted) else {
            return Ok(None);
        };
        let folder = specification.folder(first);
        let mut model = specification.select(|one| specification.folder(one) == folder)?;
        if let Some(selection) = &self.selection {
            model = selection.restrict(model);
        }
        Ok(lower::example(&model, &self.options))
    }

    fn select(&self, selection: &Selection) -> Result<Generated, GenerateError> {
        let specification = self.open();
        let services = specification.services().iter();
        let known: Vec<_> = services.map(|one| names(&specification, one)).collect();
        selection.check_services(&known)?;
        let model =
            specification.select(|service| selection.wants(names(&specification, service)))?;
        let model = selection.apply(model)?;
        let files = generate(&model, &self.options);
        Ok(Generated {
            files: files.len(),
            contents: contents(&model),
            changes: files.changes(&self.sources())?,
            sources: self.sources(),
            threads: self.threads,
            unfinished: Present::below(&self.sources())?.unfinished,
            fingerprints: None,
        })
    }

    fn open(&self) -> Specification {
        Specification::open(self.specification).threads(self.threads)
    }

    /// The folder of the Rust files.
    fn sources(&self) -> PathBuf {
        match self.options.layout {
            Layout::Crate => self.folder.join("src"),
            Layout::Module => self.folder.to_owned(),
        }
    }

    /// What decides the result beside the specification's files: the options, and the program.
    fn identity(&self) -> String {
        let program = std::env::current_exe().ok();
        let program = program.and_then(|program| state(&program));
        let specification = fs::canonicalize(self.specification).ok();
        // A program that has just been built is none that was there before.
        let now = program.is_none().then(SystemTime::now);
        let options = &self.options;
        format!("{program:?} {now:?} {options:?} {specification:?}")
    }
}

impl<'a> Run<'a> {
    fn new(generator: &'a Generator<'a>, remembered: Fingerprints) -> io::Result<Self> {
        let specification = generator.open();
        let sources = generator.sources();
        let present = Present::below(&sources)?;
        // A file's state is looked at before the file is read: if it changes in between, the next
        // run notices.
        let inputs = parallel::map(generator.threads, specification.services(), |service| {
            let files = specification.files(service);
            let files =
                files.map(|path| (path.to_owned(), state(&generator.specification.join(path))));
            (specification.folder(service), files.collect())
        });
        let outputs = states(generator.threads, &sources, &present.generated);
        Ok(Self {
            inputs: inputs.into_iter().collect(),
            outputs: present.generated.iter().cloned().zip(outputs).collect(),
            generator,
            specification,
            present,
            remembered,
        })
    }

    fn make(mut self) -> Result<Generated, GenerateError> {
        let (fresh, stale): (Vec<_>, Vec<_>) = self
            .specification
            .services()
            .iter()
            .partition(|folder| self.is_fresh(&self.specification.folder(folder)));
        let count = AtomicUsize::new(0);
        let Reading { providers, results } =
            self.specification.read(&stale, |provider, service| {
                let made = self.make_service(provider, &service);
                let count = count.fetch_add(1, Ordering::Relaxed) + 1;
                (self.generator.progress)(count, stale.len());
                made
            })?;
        let mut records = BTreeMap::new();
        let mut changes = Vec::new();
        for (folder, made) in stale.iter().zip(results) {
            let made = made?;
            let folder = self.specification.folder(folder);
            let inputs = self.inputs.remove(&folder).unwrap_or_default();
            let outputs = made.outputs.into_iter().map(|path| {
                let known = self.outputs.get(&path).copied().flatten();
                (path, known)
            });
            let outputs = outputs.collect();
            changes.extend(made.changes);
            let version = made.version;
            records.insert(
                folder,
                Record {
                    version,
                    inputs,
                    outputs,
                },
            );
        }
        let mut remembered = std::mem::take(&mut self.remembered.records);
        for folder in fresh {
            records.extend(remembered.remove_entry(&self.specification.folder(folder)));
        }
        let is_news = !(stale.is_empty() && remembered.is_empty());
        let outline = self.outline(&providers, &records);
        self.finish(&providers, &outline, records, changes, is_news)
    }

    /// Whether a service is described and generated as it was.
    fn is_fresh(&self, folder: &str) -> bool {
        let inputs = self.inputs.get(folder);
        let same = |now: State, then: State| now.is_some() && now == then;
        self.remembered.records.get(folder).is_some_and(|record| {
            inputs.is_some_and(|inputs| {
                inputs.len() == record.inputs.len()
                    && inputs
                        .iter()
                        .zip(&record.inputs)
                        .all(|((path, now), (old_path, then))| {
                            path == old_path && same(*now, *then)
                        })
            }) && record.outputs.iter().all(|(path, then)| {
                let now = self.outputs.get(path).copied().flatten();
                same(now, *then)
            })
        })
    }

    fn make_service(&self, provider: &Provider, service: &Service) -> io::Result<Made> {
        let plan = lower::service(provider, service, &self.generator.options);
        let mut made = Made {
            version: Version {
                order: (service.name.clone(), service.version.clone()),
                family: lower::family(provider, service),
            },
            outputs: Vec::new(),
            changes: Vec::new(),
        };
        let sources = self.generator.sources();
        for (path, text) in render::service(&plan) {
            made.changes
                .extend(Change::between(&sources, Path::new(&path), text)?);
            made.outputs.push(path);
        }
        Ok(made)
    }

    fn outline(&self, providers: &[Provider], records: &BTreeMap<String, Record>) -> Outline {
        let providers = providers.iter().map(|provider| {
            let services = self.specification.services().iter();
            let services = services.filter(|one| self.specification.provider(one) == provider.name);
            let mut versions: Vec<&Version> = services
                .filter_map(|one| records.get(&self.specification.folder(one)))
                .map(|record| &record.version)
                .collect();
            versions.sort_by_key(|version| &version.order);
            lower::provider(
                provider,
                versions.into_iter().map(|version| version.family.clone()),
            )
        });
        Outline {
            providers: providers.collect(),
        }
    }

    fn finish(
        self,
        providers: &[Provider],
        outline: &Outline,
        records: BTreeMap<String, Record>,
        mut changes: Vec<Change>,
        is_news: bool,
    ) -> Result<Generated, GenerateError> {
        let sources = self.generator.sources();
        let mut files = BTreeSet::new();
        for (path, text) in render::outline(outline, &self.generator.options) {
            changes.extend(Change::between(&sources, Path::new(&path), text)?);
            files.insert(path);
        }
        let outputs = records.values().flat_map(|record| &record.outputs);
        files.extend(outputs.map(|(path, _)| path.clone()));
        let mut remembered = self.remembered;
        remembered.records = records;
        for path in self.present.generated {
            if !files.contains(&path) {
                changes.extend(Change::removal(&sources, path)?);
            }
        }
        changes.sort_by(|left, right| left.path.cmp(&right.path));
        Ok(Generated {
            files: files.len(),
            contents: Contents::new(providers, outline),
            sources,
            threads: self.generator.threads,
            unfinished: self.present.unfinished,
            fingerprints: is_news.then_some(remembered),
            changes,
        })
    }
}

impl Generated {
    /// Makes the folder hold what is generated.
    pub fn write(mut self) -> Result<Vec<Change>, GenerateError> {
        let is_removal = |change: &&Change| change.effect == Effect::Removed;
        let (removed, written): (Vec<_>, Vec<_>) = self.changes.iter().partition(is_removal);
        let batches: Vec<_> = written.chunks(BATCH).collect();
        let outcomes = parallel::map(self.threads, &batches, |batch| {
            let mut batch = batch.iter();
            batch.try_for_each(|change| change.apply(&self.sources))
        });
        outcomes.into_iter().collect::<io::Result<()>>()?;
        for change in removed {
            change.apply(&self.sources)?;
        }
        for path in &self.unfinished {
            // What cannot be removed does no harm.
            let _ = fs::remove_file(self.sources.join(path));
        }
        if let Some(mut fingerprints) = self.fingerprints.take() {
            self.complete(&mut fingerprints);
            fingerprints.write()?;
        }
        Ok(self.changes)
    }

    /// Adds the states of the files that have been written.
    fn complete(&self, fingerprints: &mut Fingerprints) {
        let written = self.changes.iter();
        let written = written.filter(|change| change.effect != Effect::Removed);
        let written = written.filter_map(|change| change.path.to_str());
        let written: Vec<_> = written.map(str::to_owned).collect();
        if !written.is_empty() {
            // From then on, a change to one of these files gives it another time.
            thread::sleep(2 * fingerprints::FINE_STEP);
        }
        let states = states(self.threads, &self.sources, &written);
        let states: HashMap<_, _> = written.into_iter().zip(states).collect();
        let records = fingerprints.records.values_mut();
        for (path, state) in records.flat_map(|record| &mut record.outputs) {
            if let Some(new) = states.get(path) {
                *state = *new;
            }
        }
    }
}

/// The names of a service's folders: the provider's, its own, the version's.
fn names<'a>(specification: &'a Specification, service: &'a ServiceFolder) -> [&'a str; 3] {
    let provider = specification.provider(service);
    [provider, service.name(), service.version()]
}

fn states(threads: NonZero<usize>, folder: &Path, files: &[String]) -> Vec<State> {
    let batches: Vec<_> = files.chunks(BATCH).collect();
    let states = parallel::map(threads, &batches, |batch| {
        let states = batch.iter().map(|path| state(&folder.join(path)));
        states.collect::<Vec<_>>()
    });
    states.into_iter().flatten().collect()
}

impl fmt::Debug for Generator<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Generator")
            .field("specification", &self.specification)
            .field("folder", &self.folder)
            .field("options", &self.options)
            .field("selection", &self.selection)
            .field("threads", &self.threads)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for GenerateError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Specification(problems) => problems.fmt(formatter),
            Self::Selection(error) => error.fmt(formatter),
            Self::Files(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for GenerateError {}

impl From<Diagnostics> for GenerateError {
    fn from(problems: Diagnostics) -> Self {
        Self::Specification(problems)
    }
}

impl From<SelectionError> for GenerateError {
    fn from(error: SelectionError) -> Self {
        Self::Selection(error)
    }
}

impl From<io::Error> for GenerateError {
    fn from(error: io::Error) -> Self {
        Self::Files(error)
    }
}
