//! The workspace in which everything is built: the bindings of one service three ways, programs
//! that use them, and what they depend on.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use bindery_codegen::{Layout, Options};
use bindery_import::tencent;
use bindery_model::{Action, Model, Provider, Service, Shape};

use crate::peer::{self, Derive};
use crate::program::{self, Client};
use crate::{Failure, progress};

/// This crate's folder.
const HERE: &str = env!("CARGO_MANIFEST_DIR");

const PEER_RUNTIME: &str = include_str!("../scratch/peer_runtime.rs");

const DECODE: &str = include_str!("../scratch/decode.rs");

/// Debug builds are cargo's own; release builds are stripped, so that files have the size of what
/// is in them.
const WORKSPACE: &str = "\
[workspace]
resolver = \"3\"
members = [\"*\"]
exclude = [\"spec\", \"target\"]

[profile.release]
strip = true
";

/// What the runtimes are built on, which is the same for all.
const REQWEST: &str = "reqwest = { version = \"0.13\", default-features = false, \
     features = [\"rustls\", \"http2\", \"gzip\", \"system-proxy\"] }\n";

const SERDE: &str = "serde = { version = \"1\", features = [\"derive\"] }\nserde_json = \"1\"\n";

/// A way to bind a service.
pub(crate) struct Design {
    pub(crate) title: &'static str,
    /// The package with the bindings.
    pub(crate) package: &'static str,
    /// The features that they are built with.
    pub(crate) features: &'static [&'static str],
    /// What the names of the packages with programs begin with.
    pub(crate) programs: &'static str,
    client: Client,
}

/// What is compared. The first is what the others are compared with.
pub(crate) const DESIGNS: [Design; 4] = [
    Design {
        title: "Bindery",
        package: "ours",
        features: &[],
        programs: "ours",
        client: Client::Bindery,
    },
    Design {
        title: "Bindery, feature `serde`",
        package: "ours",
        features: &["serde"],
        programs: "ours-serde",
        client: Client::Bindery,
    },
    Design {
        title: "derive, needed direction",
        package: "derive-needed",
        features: &[],
        programs: "derive-needed",
        client: Client::Peer,
    },
    Design {
        title: "derive, both directions",
        package: "derive-both",
        features: &[],
        programs: "derive-both",
        client: Client::Peer,
    },
];

/// A workspace that is ready to be built.
pub(crate) struct Scratch {
    folder: PathBuf,
    /// The service, and how much there is of it.
    pub(crate) summary: String,
}

impl Scratch {
    /// Writes the workspace of a service whose metadata is among this crate's data. What is there
    /// already, dependencies above all, is kept.
    pub(crate) fn prepare(service: &str) -> Result<Self, Failure> {
        let folder = root().join("target/bench").join(service);
        let model = import(service, &folder.join("spec"))?;
        let [provider] = model.providers.as_slice() else {
            return Err("expected one vendor".into());
        };
        let [service] = provider.services.as_slice() else {
            return Err("expected one version of the service".into());
        };
        let scratch = Self {
            folder,
            summary: summary(service),
        };
        scratch.write("Cargo.toml", WORKSPACE)?;
        if !scratch.folder.join("Cargo.lock").exists() {
            let lock = fs::read_to_string(root().join("Cargo.lock"))?;
            scratch.write("Cargo.lock", &lock)?;
        }
        scratch.bindings(&model, provider, service)?;
        scratch.peers(service)?;
        for design in &DESIGNS {
            scratch.programs(provider, service, design)?;
        }
        let dependencies = format!(
            "ours = {{ path = \"../ours\", features = [\"serde\"] }}\n\
             derive-needed = {{ path = \"../derive-needed\" }}\n\
             allocation-counter = \"0.8\"\n{SERDE}"
        );
        scratch.package("decode", "", &dependencies, "main.rs", DECODE)?;
        Ok(scratch)
    }

    /// Cargo, to be run in the workspace.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("cargo");
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_TARGET_DIR", self.folder.join("target"));
        command
    }

    /// Makes cargo believe that a package has changed.
    pub(crate) fn touch(&self, package: &str) -> Result<(), Failure> {
        let sources = self.folder.join(package).join("src");
        let file = ["lib.rs", "main.rs"].map(|name| sources.join(name));
        let file = file.iter().find(|path| path.exists());
        let file = file.ok_or_else(|| format!("there is no package {package}"))?;
        File::options()
            .append(true)
            .open(file)?
            .set_modified(SystemTime::now())?;
        Ok(())
    }

    /// The compiler that builds the workspace.
    pub(crate) fn rustc(&self) -> Result<String, Failure> {
        let mut command = Command::new("rustc");
        let output = command
            .arg("--version")
            .current_dir(&self.folder)
            .output()?;
        let version = String::from_utf8_lossy(&output.stdout);
        let words: Vec<&str> = version.split_whitespace().take(2).collect();
        Ok(words.join(" "))
    }

    /// The size of a package's sources.
    pub(crate) fn source_size(&self, package: &str) -> Result<u64, Failure> {
        Ok(size(&self.folder.join(package).join("src"))?)
    }

    /// The size of a file that a release build has made.
    pub(crate) fn release_size(&self, name: &str) -> Result<u64, Failure> {
        Ok(size(&self.folder.join("target/release").join(name))?)
    }

    fn bindings(
        &self,
        model: &Model,
        provider: &Provider,
        service: &Service,
    ) -> Result<(), Failure> {
        let options = Options {
            layout: Layout::Crate,
            example_path: Some("ours".to_owned()),
        };
        let files = bindery_codegen::generate(model, &options);
        files.write(&self.folder.join("ours/src"))?;
        self.write("ours/README.md", &format!("{}\n", service.title))?;
        let feature = format!("{}-{}", provider.name, service.name);
        let features = format!(
            "[features]\ndefault = [{feature:?}]\n{feature} = []\n\
             serde = [\"bindery-runtime/serde\"]\n"
        );
        self.write("ours/Cargo.toml", &manifest("ours", &features, &runtime()))
    }

    fn peers(&self, service: &Service) -> Result<(), Failure> {
        let dependencies = format!("{REQWEST}{SERDE}");
        self.package("peer-runtime", "", &dependencies, "lib.rs", PEER_RUNTIME)?;
        let dependencies = format!("peer-runtime = {{ path = \"../peer-runtime\" }}\n{SERDE}");
        let peers = [
            ("derive-needed", Derive::Needed),
            ("derive-both", Derive::Both),
        ];
        for (name, derive) in peers {
            let source = peer::source(service, derive);
            self.package(name, "", &dependencies, "lib.rs", &source)?;
        }
        Ok(())
    }

    /// A program that calls all actions, and one that calls only one, which tells what the others
    /// add to it.
    fn programs(
        &self,
        provider: &Provider,
        service: &Service,
        design: &Design,
    ) -> Result<(), Failure> {
        let runtime = match design.client {
            Client::Bindery => runtime(),
            Client::Peer => "peer-runtime = { path = \"../peer-runtime\" }\n".to_owned(),
        };
        let dependencies = format!(
            "bindings = {{ package = {0:?}, path = \"../{0}\", features = {1:?} }}\n\
             tokio = {{ version = \"1\", features = [\"rt\"] }}\n{runtime}",
            design.package, design.features
        );
        let one: &[Action] = &service.actions[..1.min(service.actions.len())];
        for (suffix, actions) in [("all", service.actions.as_slice()), ("one", one)] {
            let name = format!("{}-{suffix}", design.programs);
            let source = program::source(provider, service, actions, design.client);
            self.package(&name, "", &dependencies, "main.rs", &source)?;
        }
        Ok(())
    }

    fn package(
        &self,
        name: &str,
        features: &str,
        dependencies: &str,
        file: &str,
        source: &str,
    ) -> Result<(), Failure> {
        let manifest = manifest(name, features, dependencies);
        self.write(&format!("{name}/Cargo.toml"), &manifest)?;
        self.write(&format!("{name}/src/{file}"), source)
    }

    /// Writes a file unless it is there already, so that nothing is built without need.
    fn write(&self, path: &str, text: &str) -> Result<(), Failure> {
        let path = self.folder.join(path);
        if fs::read_to_string(&path).is_ok_and(|before| before == text) {
            return Ok(());
        }
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        Ok(fs::write(path, text)?)
    }
}

/// The folder of the repository.
fn root() -> &'static Path {
    Path::new(HERE).parent().unwrap_or(Path::new(HERE))
}

fn import(service: &str, spec: &Path) -> Result<Model, Failure> {
    let request = tencent::Request {
        catalogue: Path::new(HERE).join("data"),
        services: vec![service.to_owned()],
        out: spec.to_owned(),
        ..tencent::Request::default()
    };
    tencent::import(&request, &|done| {
        progress(&format!("imported {}", done.service));
    })?;
    bindery_model::load(spec).map_err(|problems| problems.render(false).into())
}

fn summary(service: &Service) -> String {
    let mut objects = 0;
    let mut members = 0;
    let mut count = |fields: usize| {
        objects += 1;
        members += fields;
    };
    for action in &service.actions {
        count(action.params.len());
        count(action.output.len());
    }
    for ty in &service.types {
        if let Shape::Object(fields) = &ty.shape {
            count(fields.len());
        }
    }
    let actions = service.actions.len();
    format!(
        "{} {}: {actions} actions, {objects} structs, {members} fields",
        service.name, service.version
    )
}

fn manifest(name: &str, features: &str, dependencies: &str) -> String {
    format!(
        "[package]\nname = {name:?}\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         {features}\n[dependencies]\n{dependencies}"
    )
}

fn runtime() -> String {
    let path = root().join("runtime").display().to_string();
    format!("bindery-runtime = {{ path = {path:?} }}\n")
}

/// The size of a file, or of all files in a folder.
fn size(path: &Path) -> io::Result<u64> {
    let metadata = fs::metadata(path)?;
    if metadata.is_file() {
        return Ok(metadata.len());
    }
    let mut total = 0;
    for entry in fs::read_dir(path)? {
        total += size(&entry?.path())?;
    }
    Ok(total)
}
