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
    /// The package with the bindings. Those of the programs are called after it.
    pub(crate) package: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    /// As Bindery generates them, with features.
    Bindery(&'static [&'static str]),
    Peer(Derive),
}

/// What is compared. The first is what the others are compared with.
pub(crate) const DESIGNS: [Design; 4] = [
    Design {
        title: "Bindery",
        package: "ours",
        kind: Kind::Bindery(&[]),
    },
    Design {
        title: "Bindery, feature `serde`",
        package: "ours-serde",
        kind: Kind::Bindery(&["serde"]),
    },
    Design {
        title: "derive, needed direction",
        package: "derive-needed",
        kind: Kind::Peer(Derive::Needed),
    },
    Design {
        title: "derive, both directions",
        package: "derive-both",
        kind: Kind::Peer(Derive::Both),
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
        let dependencies = format!("{REQWEST}{SERDE}");
        scratch.package("peer-runtime", &dependencies, "lib.rs", PEER_RUNTIME)?;
        for design in &DESIGNS {
            match design.kind {
                Kind::Bindery(features) => scratch.bindings(&model, design.package, features)?,
                Kind::Peer(derive) => scratch.peer(service, design.package, derive)?,
            }
            scratch.programs(provider, service, design)?;
        }
        let dependencies = format!(
            "ours-serde = {{ path = \"../ours-serde\" }}\n\
             derive-needed = {{ path = \"../derive-needed\" }}\n\
             allocation-counter = \"0.8\"\n{SERDE}"
        );
        scratch.package("decode", &dependencies, "main.rs", DECODE)?;
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

    fn bindings(&self, model: &Model, package: &str, features: &[&str]) -> Result<(), Failure> {
        let options = Options {
            layout: Layout::Crate,
            example_path: Some(package.replace('-', "_")),
        };
        let files = bindery_codegen::generate(model, &options);
        files.write(&self.folder.join(package).join("src"))?;
        self.write(&format!("{package}/README.md"), "What is measured.\n")?;
        let services = bindery_codegen::features(model);
        let default: Vec<&str> = services.iter().map(String::as_str).collect();
        let default = [default.as_slice(), features].concat();
        let services: Vec<String> = services
            .iter()
            .map(|name| format!("{name} = []\n"))
            .collect();
        let services = services.concat();
        let features = format!(
            "[features]\ndefault = {default:?}\n{services}serde = [\"bindery-runtime/serde\"]\n"
        );
        let manifest = manifest(package, &features, &runtime());
        self.write(&format!("{package}/Cargo.toml"), &manifest)
    }

    fn peer(&self, service: &Service, package: &str, derive: Derive) -> Result<(), Failure> {
        let dependencies = format!("peer-runtime = {{ path = \"../peer-runtime\" }}\n{SERDE}");
        let source = peer::source(service, derive);
        self.package(package, &dependencies, "lib.rs", &source)
    }

    /// A program that calls all actions, and one that calls only one, which tells what the others
    /// add to it.
    fn programs(
        &self,
        provider: &Provider,
        service: &Service,
        design: &Design,
    ) -> Result<(), Failure> {
        let package = design.package;
        let (client, runtime) = match design.kind {
            Kind::Bindery(_) => (Client::Bindery, runtime()),
            Kind::Peer(_) => (
                Client::Peer,
                "peer-runtime = { path = \"../peer-runtime\" }\n".to_owned(),
            ),
        };
        let dependencies = format!(
            "bindings = {{ package = {package:?}, path = \"../{package}\" }}\n\
             tokio = {{ version = \"1\", features = [\"rt\"] }}\n{runtime}"
        );
        let one: &[Action] = &service.actions[..1.min(service.actions.len())];
        for (suffix, actions) in [("all", service.actions.as_slice()), ("one", one)] {
            let name = format!("{package}-{suffix}");
            let source = program::source(provider, service, actions, client);
            self.package(&name, &dependencies, "main.rs", &source)?;
        }
        Ok(())
    }

    fn package(
        &self,
        name: &str,
        dependencies: &str,
        file: &str,
        source: &str,
    ) -> Result<(), Failure> {
        let manifest = manifest(name, "", dependencies);
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
