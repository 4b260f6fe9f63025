//! The bindings of the catalogue as one crate, of which a batch of services is built at a time: all
//! of them at once would take more memory than most machines have.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use bindery_model::{Model, Provider, Service};

use crate::tool::Tool;
use crate::workspace::{Workspace, runtime};
use crate::{Failure, measure, progress};

/// How many actions are built together. rustc then needs about two gigabytes.
const ACTIONS: usize = 800;

/// How the packages of programs that use the bindings are called.
pub(crate) const PROGRAM: &str = "program-";

/// A workspace with the crate `bindings`, and with what uses it.
pub(crate) struct Bindings {
    pub(crate) workspace: Workspace,
    model: Model,
}

/// Services that are built together.
#[derive(Default)]
pub(crate) struct Batch<'a> {
    pub(crate) features: Vec<String>,
    pub(crate) services: Vec<&'a Service>,
}

impl Bindings {
    /// Imports services, all if none is named, and generates their bindings.
    pub(crate) fn prepare(catalogue: &Path, services: &[String]) -> Result<Self, Failure> {
        let name = if services.is_empty() { "all" } else { "some" };
        let workspace = Workspace::prepare(&format!("catalogue/{name}"))?;
        if !services.is_empty() {
            forget_programs(workspace.folder())?;
        }
        let spec = workspace.folder().join("spec");
        import_and_generate(
            catalogue,
            services,
            &spec,
            &workspace.folder().join("bindings"),
        )?;
        workspace.write("bindings/README.md", "What is measured.\n")?;
        let model = bindery_model::load(&spec).map_err(|problems| problems.render(false))?;
        let features = bindery_codegen::features(&model);
        let features: Vec<String> = features.iter().map(|one| format!("{one} = []\n")).collect();
        let features = format!(
            "[features]\n{}serde = [\"bindery-runtime/serde\"]\n\
             blocking = [\"bindery-runtime/blocking\"]\n",
            features.concat()
        );
        workspace.manifest("bindings", &features, &runtime())?;
        Ok(Self { workspace, model })
    }

    /// Does the same once more, and returns the folders of the specification and of the sources.
    pub(crate) fn again(
        catalogue: &Path,
        services: &[String],
    ) -> Result<(PathBuf, PathBuf), Failure> {
        let workspace = Workspace::prepare("catalogue/again")?;
        let (spec, out) = (
            workspace.folder().join("spec"),
            workspace.folder().join("out"),
        );
        import_and_generate(catalogue, services, &spec, &out)?;
        Ok((spec, out.join("src")))
    }

    /// The folder of the specification.
    pub(crate) fn specification(&self) -> PathBuf {
        self.workspace.folder().join("spec")
    }

    /// The folder of the sources.
    pub(crate) fn sources(&self) -> PathBuf {
        self.workspace.folder().join("bindings/src")
    }

    /// All versions of all services.
    pub(crate) fn services(&self) -> impl Iterator<Item = &Service> {
        self.model.providers.iter().flat_map(|one| &one.services)
    }

    /// How many actions there are.
    pub(crate) fn actions(&self) -> usize {
        count(self.services())
    }

    /// The versions of all services, those of one service together.
    pub(crate) fn batches(&self) -> Vec<Batch<'_>> {
        let mut batches: Vec<Batch<'_>> = Vec::new();
        for provider in &self.model.providers {
            for versions in provider
                .services
                .chunk_by(|one, next| one.name == next.name)
            {
                let actions = count(versions.iter());
                let is_full =
                    |batch: &Batch<'_>| count(batch.services.iter().copied()) + actions > ACTIONS;
                if batches.last().is_none_or(is_full) {
                    batches.push(Batch::default());
                }
                let batch = batches.last_mut().expect("one was pushed");
                batch.features.push(feature(provider, &versions[0]));
                batch.services.extend(versions);
            }
        }
        batches
    }
}

impl Batch<'_> {
    /// The services, for people.
    pub(crate) fn title(&self) -> String {
        let names = |service: &&Service| service.name.clone();
        let (first, last) = (self.services.first(), self.services.last());
        let (first, last) = (first.map(names), last.map(names));
        let actions = count(self.services.iter().copied());
        match (first, last) {
            (Some(first), Some(last)) if first != last => {
                format!("{first} to {last}, {actions} actions")
            }
            (first, _) => format!("{}, {actions} actions", first.unwrap_or_default()),
        }
    }
}

/// Removes the programs of an earlier run, which need services that may not be there this time.
fn forget_programs(workspace: &Path) -> Result<(), Failure> {
    for entry in fs::read_dir(workspace)? {
        let path = entry?.path();
        let is_program = |name: &OsStr| name.to_string_lossy().starts_with(PROGRAM);
        if path.file_name().is_some_and(is_program) {
            fs::remove_dir_all(path)?;
        }
    }
    Ok(())
}

/// Imports and generates where no services of an earlier run lie. The manifest is this program's.
fn import_and_generate(
    catalogue: &Path,
    services: &[String],
    spec: &Path,
    out: &Path,
) -> Result<(), Failure> {
    if spec.is_dir() {
        fs::remove_dir_all(spec)?;
    }
    let manifest = out.join("Cargo.toml");
    if manifest.exists() {
        fs::remove_file(manifest)?;
    }
    let tool = Tool::build()?;
    progress("importing");
    measure::time(&mut tool.import(catalogue, services, spec))?;
    progress("generating");
    measure::time(&mut tool.generate(spec, out))?;
    Ok(())
}

fn count<'a>(services: impl Iterator<Item = &'a Service>) -> usize {
    services.map(|service| service.actions.len()).sum()
}

fn feature(provider: &Provider, service: &Service) -> String {
    format!("{}-{}", provider.name, service.name)
}
