//! A specification, read one service at a time.
//!
//! A version of a service is the unit of work: its files and its provider's are all that its
//! meaning depends on. Services are read side by side, and what has been read is dropped as soon as
//! the caller has made something of it, so that a whole catalogue needs little memory. The results,
//! and the problems, are those of reading one after the other.

use std::{
    borrow::Cow,
    cmp::Reverse,
    collections::BTreeMap,
    num::NonZero,
    path::Path,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
};

use crate::{
    diagnostic::{Diagnostics, Problems, Span},
    ident,
    model::{Model, Provider, Service},
    parallel, parse,
    resolve::{ProviderResolver, claim_modules},
    sources::{Place, Sources, corrected, place},
    spec::{ActionSpec, ServiceSpec},
    yaml::{self, Node},
};

mod places;

/// The files of a specification, by provider and service.
#[derive(Clone, Debug)]
pub struct Specification {
    sources: Sources,
    providers: Vec<ProviderFolder>,
    services: Vec<ServiceFolder>,
    /// The overlay of each file that has one, both as indices into the sources.
    overlays: BTreeMap<usize, usize>,
    threads: NonZero<usize>,
}

/// The folder of one version of a service.
#[derive(Clone, Debug)]
pub struct ServiceFolder {
    /// An index into the providers.
    provider: usize,
    name: String,
    version: String,
    files: ServiceFiles,
}

/// The files in a service's folder, as indices into the sources.
#[derive(Clone, Debug, Default)]
struct ServiceFiles {
    /// `service.yaml`
    service: Option<usize>,
    /// `types.yaml`
    types: Option<usize>,
    /// One for each action.
    actions: Vec<usize>,
}

/// What reading services has given.
#[derive(Clone, Debug)]
pub struct Reading<R> {
    /// All providers, in the order of their names and without services.
    pub providers: Vec<Provider>,
    /// What was made of each service.
    pub results: Vec<R>,
}

/// The folder of a provider.
#[derive(Clone, Debug)]
struct ProviderFolder {
    name: String,
    /// `provider.yaml`, an index into the sources.
    file: Option<usize>,
}

/// A file that has been read as YAML, if it could be.
struct Document<'a> {
    file: usize,
    node: Option<Node<'a>>,
}

impl Specification {
    /// Lists the files of a folder.
    pub fn open(directory: &Path) -> Self {
        Self::new(Sources::list(directory))
    }

    /// Puts files into order: by provider and service.
    pub fn new(sources: Sources) -> Self {
        let mut providers: BTreeMap<&str, Option<usize>> = BTreeMap::new();
        let mut services: BTreeMap<_, ServiceFiles> = BTreeMap::new();
        for (index, file) in sources.files().iter().enumerate() {
            match place(file.path()) {
                Place::Provider { provider } => {
                    providers.insert(provider, Some(index));
                }
                Place::Service {
                    provider,
                    service,
                    version,
                } => {
                    providers.entry(provider).or_default();
                    let files = services.entry((provider, service, version)).or_default();
                    files.service = Some(index);
                }
                Place::Types {
                    provider,
                    service,
                    version,
                } => {
                    providers.entry(provider).or_default();
                    let files = services.entry((provider, service, version)).or_default();
                    files.types = Some(index);
                }
                Place::Action {
                    provider,
                    service,
                    version,
                    ..
                } => {
                    providers.entry(provider).or_default();
                    let files = services.entry((provider, service, version)).or_default();
                    files.actions.push(index);
                }
                Place::Overlay | Place::Ignored | Place::Stray => {}
            }
        }
        let overlays = overlays(&sources);
        let names: Vec<&str> = providers.keys().copied().collect();
        let services = services.into_iter();
        let services = services.map(|((provider, name, version), files)| ServiceFolder {
            provider: names.partition_point(|name| *name < provider),
            name: name.to_owned(),
            version: version.to_owned(),
            files,
        });
        let services = services.collect();
        let providers = providers.into_iter().map(|(name, file)| ProviderFolder {
            name: name.to_owned(),
            file,
        });
        Self {
            providers: providers.collect(),
            services,
            overlays,
            threads: parallel::available(),
            sources,
        }
    }

    /// Reads on this many threads instead of as many as are available.
    #[must_use]
    pub fn threads(self, threads: NonZero<usize>) -> Self {
        Self { threads, ..self }
    }

    /// Every version of every service, ordered by folder.
    pub fn services(&self) -> &[ServiceFolder] {
        &self.services
    }

    /// The folder of a service below the specification's: `tencent/trtc/v20190722`.
    pub fn folder(&self, service: &ServiceFolder) -> String {
        let provider = self.provider(service);
        format!("{provider}/{}/{}", service.name, service.version)
    }

    /// The paths of all files that the meaning of a service depends on.
    pub fn files(&self, service: &ServiceFolder) -> impl Iterator<Item = &str> {
        let provider = self.providers[service.provider].file;
        let files = self.with_overlays(provider.into_iter().chain(service.files()));
        files.map(|file| self.sources.files()[file].path())
    }

    /// The name of the provider's folder.
    pub fn provider(&self, service: &ServiceFolder) -> &str {
        &self.providers[service.provider].name
    }

    /// Reads everything.
    pub fn model(&self) -> Result<Model, Diagnostics> {
        self.select(|_| true)
    }

    /// Reads everything, and says after each service how many are done, and of how many. That is
    /// said on several threads.
    pub fn model_with_progress(
        &self,
        progress: &(dyn Fn(usize, usize) + Sync),
    ) -> Result<Model, Diagnostics> {
        self.gather(&self.services.iter().collect::<Vec<_>>(), progress)
    }

    /// Reads some services. All providers are there.
    pub fn select(&self, wanted: impl Fn(&ServiceFolder) -> bool) -> Result<Model, Diagnostics> {
        let wanted: Vec<_> = self.services.iter().filter(|one| wanted(one)).collect();
        self.gather(&wanted, &|_, _| ())
    }

    fn gather(
        &self,
        wanted: &[&ServiceFolder],
        progress: &(dyn Fn(usize, usize) + Sync),
    ) -> Result<Model, Diagnostics> {
        let done = AtomicUsize::new(0);
        let Reading {
            mut providers,
            results,
        } = self.read(wanted, |_, service| {
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, wanted.len());
            service
        })?;
        for (folder, service) in wanted.iter().zip(results) {
            providers[folder.provider].services.push(service);
        }
        for provider in &mut providers {
            let services = &mut provider.services;
            services.sort_by(|left, right| {
                (&left.name, &left.version).cmp(&(&right.name, &right.version))
            });
        }
        Ok(Model { providers })
    }

    /// Reads some services, and hands each of them to `each`, on several threads. If anything is
    /// wrong with the providers or these services, all of that is reported.
    pub fn read<R: Send>(
        &self,
        services: &[&ServiceFolder],
        each: impl Fn(&Provider, Service) -> R + Sync,
    ) -> Result<Reading<R>, Diagnostics> {
        let mut problems = Problems::default();
        self.check_places(&mut problems);
        let files: Vec<_> = self.providers.iter().map(|folder| folder.file).collect();
        let texts = self.texts(files.iter().flatten().copied(), &mut problems);
        let documents = self.documents(&texts, &mut problems);
        let specs: Vec<_> = self
            .providers
            .iter()
            .map(|folder| {
                let own = documents.iter().find(|own| Some(own.file) == folder.file)?;
                let start = start(own.file);
                parse::provider(own.node.as_ref()?, start, &folder.name, &mut problems)
            })
            .collect();
        let names = specs.iter().flatten().map(|spec| spec.name);
        claim_modules(
            "the provider",
            ident::RESERVED_PROVIDERS,
            names,
            &mut problems,
        );
        let resolvers: Vec<_> = specs
            .iter()
            .map(|spec| {
                let resolver = ProviderResolver::new(spec.as_ref()?, &mut problems);
                let provider = resolver.provider(&mut problems);
                Some((resolver, provider))
            })
            .collect();

        let failed = AtomicBool::new(!problems.is_empty());
        let mut order: Vec<usize> = (0..services.len()).collect();
        // The largest come first, so that no thread is left alone with one at the end.
        order.sort_by_key(|index| Reverse(services[*index].files.actions.len()));
        let outcomes = parallel::map(self.threads, &order, |index| {
            let folder = services[*index];
            let provider = resolvers[folder.provider].as_ref();
            let mut problems = Problems::default();
            let resolver = provider.map(|(resolver, _)| resolver);
            let service = self.service(folder, resolver, &mut problems);
            if !problems.is_empty() {
                failed.store(true, Ordering::Relaxed);
            }
            // What is made of a service is of use only if all goes well.
            let result = match (provider, service) {
                (Some((_, provider)), Some(service)) if !failed.load(Ordering::Relaxed) => {
                    Some(each(provider, service))
                }
                _ => None,
            };
            (result, problems)
        });
        let mut ordered: Vec<_> = order.into_iter().zip(outcomes).collect();
        ordered.sort_unstable_by_key(|(index, _)| *index);
        let mut results = Vec::new();
        for (_, (result, found)) in ordered {
            results.extend(result);
            problems.append(found);
        }
        let providers = resolvers.into_iter().flatten();
        let providers = providers.map(|(_, provider)| provider).collect();
        drop(specs);
        drop(documents);
        self.keep(texts);
        problems.into_result(&self.sources, Reading { providers, results })
    }

    /// Reads one service. Without its provider it is parsed only.
    fn service(
        &self,
        folder: &ServiceFolder,
        provider: Option<&ProviderResolver<'_>>,
        problems: &mut Problems,
    ) -> Option<Service> {
        let texts = self.texts(folder.files(), problems);
        let documents = self.documents(&texts, problems);
        let service = self
            .parse(folder, &documents, problems)
            .zip(provider)
            .map(|(spec, provider)| provider.service(&spec, problems));
        drop(documents);
        if !problems.is_empty() {
            self.keep(texts);
        }
        service
    }

    fn parse<'a>(
        &'a self,
        folder: &'a ServiceFolder,
        documents: &'a [Document<'a>],
        problems: &mut Problems,
    ) -> Option<ServiceSpec<'a>> {
        let mut service = None;
        let mut shared = Vec::new();
        let mut actions: Vec<ActionSpec<'a>> = Vec::new();
        for Document { file, node } in documents {
            let (Some(node), start) = (node, start(*file)) else {
                continue;
            };
            match place(self.sources.files()[*file].path()) {
                Place::Service { .. } => {
                    let folders = (folder.name.as_str(), folder.version.as_str());
                    service = parse::service(node, start, folders, problems);
                }
                Place::Types { .. } => shared = parse::shared_types(node, start, problems),
                Place::Action { action, .. } => {
                    actions.extend(parse::action(node, start, action, problems));
                }
                Place::Provider { .. } | Place::Overlay | Place::Ignored | Place::Stray => {}
            }
        }
        let mut service = service?;
        service.types.extend(shared);
        service.actions = actions;
        Some(service)
    }

    /// Each file behind its overlay, if it has one.
    fn with_overlays(&self, files: impl Iterator<Item = usize>) -> impl Iterator<Item = usize> {
        files.flat_map(|file| self.overlays.get(&file).copied().into_iter().chain([file]))
    }

    /// The texts of files and of their overlays. What cannot be read is reported.
    fn texts(
        &self,
        files: impl Iterator<Item = usize>,
        problems: &mut Problems,
    ) -> Vec<(usize, Cow<'_, str>)> {
        let mut texts = Vec::new();
        for index in self.with_overlays(files) {
            let file = &self.sources.files()[index];
            match file.read() {
                Ok(text) => texts.push((index, text)),
                Err(reason) => problems.add(reason.describe(start(index), file)),
            }
        }
        texts
    }

    /// The contents of files, corrected by their overlays.
    fn documents<'a>(
        &self,
        texts: &'a [(usize, Cow<'a, str>)],
        problems: &mut Problems,
    ) -> Vec<Document<'a>> {
        let mut documents = Vec::new();
        let mut overlay = None;
        for (file, text) in texts {
            let mut node = yaml::read(*file, text, problems);
            let place = place(self.sources.files()[*file].path());
            if place == Place::Overlay {
                overlay = node.map(|node| (*file, node));
                continue;
            }
            if let (Some(node), Some((own, overlay))) = (&mut node, overlay.take())
                && self.overlays.get(file) == Some(&own)
            {
                parse::correct(node, &overlay, start(own), place.name(), problems);
            }
            documents.push(Document { file: *file, node });
        }
        documents
    }

    /// Keeps texts for messages about them.
    fn keep(&self, texts: Vec<(usize, Cow<'_, str>)>) {
        for (file, text) in texts {
            self.sources.files()[file].keep(text);
        }
    }
}

impl ServiceFolder {
    /// The name of the service's folder.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name of the version's folder.
    pub fn version(&self) -> &str {
        &self.version
    }

    fn files(&self) -> impl Iterator<Item = usize> {
        let ServiceFiles {
            service,
            types,
            actions,
        } = &self.files;
        let common = [*service, *types].into_iter().flatten();
        common.chain(actions.iter().copied())
    }
}

/// The overlays by the file that they correct.
fn overlays(sources: &Sources) -> BTreeMap<usize, usize> {
    let files = sources.files();
    let overlays = files.iter().enumerate().filter_map(|(index, file)| {
        let corrected = corrected(file.path()).filter(|_| place(file.path()) == Place::Overlay)?;
        let own = files.binary_search_by(|file| file.path().cmp(&corrected));
        Some((own.ok()?, index))
    });
    overlays.collect()
}

fn start(file: usize) -> Span {
    Span {
        file,
        start: 0,
        end: 0,
    }
}
