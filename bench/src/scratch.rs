//! The workspace in which everything is built: the bindings of one service three ways, programs
//! that use them, and what they depend on.

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use bindery_codegen::{Layout, Options, Selection};
use bindery_import::tencent;
use bindery_model::{Action, Model, Provider, Service, Shape};

use crate::peer::{self, Derive};
use crate::program::{self, Client};
use crate::workspace::{Workspace, root, runtime};
use crate::{Failure, progress};

const PEER_RUNTIME: &str = include_str!("../scratch/peer_runtime.rs");

const DECODE: &str = include_str!("../scratch/decode.rs");

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
    /// As Bindery generates the first three actions.
    Slice,
    Peer(Derive),
}

/// What is compared. The first is what the others are compared with.
pub(crate) const DESIGNS: [Design; 5] = [
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
        title: "Bindery, three actions",
        package: "ours-slice",
        kind: Kind::Slice,
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
    workspace: Workspace,
    /// The service, and how much there is of it.
    pub(crate) summary: String,
    pub(crate) service: String,
    pub(crate) actions: usize,
}

impl Scratch {
    /// Writes the workspace of a service, whose metadata is in a catalogue or among this crate's
    /// data. What is there already, dependencies above all, is kept: all services take turns in the
    /// same workspace.
    pub(crate) fn prepare(catalogue: Option<&Path>, service: &str) -> Result<Self, Failure> {
        let workspace = Workspace::prepare("service")?;
        let model = import(catalogue, service, &workspace.folder().join("spec"))?;
        let [provider] = model.providers.as_slice() else {
            return Err("expected one vendor".into());
        };
        let [service] = provider.services.as_slice() else {
            return Err("expected one version of the service".into());
        };
        let scratch = Self {
            workspace,
            summary: summary(service),
            service: service.name.clone(),
            actions: service.actions.len(),
        };
        let dependencies = format!("{REQWEST}{SERDE}");
        scratch
            .workspace
            .package("peer-runtime", &dependencies, "lib.rs", PEER_RUNTIME)?;
        for design in &DESIGNS {
            match design.kind {
                Kind::Bindery(features) => scratch.bindings(&model, design.package, features)?,
                Kind::Slice => {
                    let slice = slice(provider, service)?.apply(model.clone())?;
                    scratch.bindings(&slice, design.package, &[])?;
                }
                Kind::Peer(derive) => scratch.peer(service, design.package, derive)?,
            }
            scratch.programs(provider, service, design)?;
        }
        let dependencies = format!(
            "ours-serde = {{ path = \"../ours-serde\" }}\n\
             derive-needed = {{ path = \"../derive-needed\" }}\n\
             allocation-counter = \"0.8\"\n{SERDE}"
        );
        scratch
            .workspace
            .package("decode", &dependencies, "main.rs", DECODE)?;
        Ok(scratch)
    }

    /// Cargo, to be run in the workspace.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        self.workspace.cargo(arguments)
    }

    /// Makes cargo believe that a package has changed.
    pub(crate) fn touch(&self, package: &str) -> Result<(), Failure> {
        let sources = self.workspace.folder().join(package).join("src");
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
        self.workspace.rustc()
    }

    /// The size of a package's sources.
    pub(crate) fn source_size(&self, package: &str) -> Result<u64, Failure> {
        self.workspace.size(&format!("{package}/src"))
    }

    /// The size of a file that a release build has made.
    pub(crate) fn release_size(&self, name: &str) -> Result<u64, Failure> {
        self.workspace.size(&format!("target/release/{name}"))
    }

    fn bindings(&self, model: &Model, package: &str, features: &[&str]) -> Result<(), Failure> {
        let options = Options {
            layout: Layout::Crate,
            example_path: Some(package.replace('-', "_")),
        };
        let files = bindery_codegen::generate(model, &options);
        files.write(&self.workspace.folder().join(package).join("src"))?;
        self.workspace
            .write(&format!("{package}/README.md"), "What is measured.\n")?;
        let services = bindery_codegen::features(model);
        let default: Vec<&str> = services.iter().map(String::as_str).collect();
        let default = [default.as_slice(), features].concat();
        let services: Vec<String> = services
            .iter()
            .map(|name| format!("{name} = []\n"))
            .collect();
        let services = services.concat();
        let features = format!(
            "[features]\ndefault = {default:?}\n{services}serde = [\"bindery-runtime/serde\"]\n\
             blocking = [\"bindery-runtime/blocking\"]\n"
        );
        self.workspace.manifest(package, &features, &runtime())
    }

    fn peer(&self, service: &Service, package: &str, derive: Derive) -> Result<(), Failure> {
        let dependencies = format!("peer-runtime = {{ path = \"../peer-runtime\" }}\n{SERDE}");
        let source = peer::source(service, derive);
        self.workspace
            .package(package, &dependencies, "lib.rs", &source)
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
            Kind::Bindery(_) | Kind::Slice => (Client::Bindery, runtime()),
            Kind::Peer(_) => (
                Client::Peer,
                "peer-runtime = { path = \"../peer-runtime\" }\n".to_owned(),
            ),
        };
        let dependencies = format!(
            "bindings = {{ package = {package:?}, path = \"../{package}\" }}\n\
             tokio = {{ version = \"1\", features = [\"rt\"] }}\n{runtime}"
        );
        let all: &[Action] = match design.kind {
            Kind::Slice => first(service, SLICE),
            Kind::Bindery(_) | Kind::Peer(_) => &service.actions,
        };
        for (suffix, actions) in [("all", all), ("one", first(service, 1))] {
            let name = format!("{package}-{suffix}");
            let source = program::source(provider, service, actions, client);
            self.workspace
                .package(&name, &dependencies, "main.rs", &source)?;
        }
        Ok(())
    }
}

/// How many actions a slice has.
const SLICE: usize = 3;

fn first(service: &Service, count: usize) -> &[Action] {
    &service.actions[..count.min(service.actions.len())]
}

fn slice(provider: &Provider, service: &Service) -> Result<Selection, Failure> {
    let actions = first(service, SLICE).iter();
    let actions: Vec<&str> = actions.map(|action| action.name.as_str()).collect();
    let text = format!("{}/{}:{}", provider.name, service.name, actions.join(","));
    Ok(text.parse()?)
}

fn import(catalogue: Option<&Path>, service: &str, spec: &Path) -> Result<Model, Failure> {
    if spec.is_dir() {
        fs::remove_dir_all(spec)?;
    }
    let own = root().join("bench/data");
    let request = tencent::Request {
        catalogue: catalogue.unwrap_or(&own).to_owned(),
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
