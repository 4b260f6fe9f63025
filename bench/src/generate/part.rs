//! The processes that Bindery is compared with: what is the least that has to be done, and what
//! others would do. Each is this program, run once more, so that its time and its memory are its own.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use bindery_model::{Specification, parallel};
use clap::{Args, Subcommand};
use granit_parser::Parser;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use crate::call::server;
use crate::listing::{Listing, below};
use crate::peer::{self, Derive};
use crate::rustfmt::unformatted;
use crate::{Failure, measure, vendor};

/// How many files of one folder a thread takes at a time.
const BATCH: usize = 64;

/// A part of a measurement, run as a process.
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    part: Part,
}

#[derive(Subcommand)]
enum Part {
    /// Run a command, and say what it took
    Observe {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
        command: Vec<OsString>,
    },
    /// Read JSON, read YAML and look at files, without keeping anything, and write files
    Floor(Floor),
    /// Turn the vendor's metadata into YAML of the same structure
    ImportPeer { catalogue: PathBuf, out: PathBuf },
    /// Write bindings by way of syntax trees
    GeneratePeer { spec: PathBuf, out: PathBuf },
    /// Format what has been formatted
    RustfmtPeer { sources: PathBuf },
    /// Answer calls until the input ends
    Serve,
}

/// The least that a step has to do.
#[derive(Args)]
struct Floor {
    /// A folder of JSON files that are parsed
    #[arg(long)]
    json: Option<PathBuf>,
    /// A folder of YAML files that are parsed
    #[arg(long)]
    yaml: Option<PathBuf>,
    /// A folder of files whose sizes and times are looked at
    #[arg(long)]
    look: Vec<PathBuf>,
    /// The files that are written, with their lengths
    #[arg(long)]
    write: PathBuf,
    /// Where they are written
    #[arg(long)]
    out: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    match &arguments.part {
        Part::Observe { command } => observe(command),
        Part::Floor(floor) => floor.run(),
        Part::ImportPeer { catalogue, out } => import_peer(catalogue, out),
        Part::GeneratePeer { spec, out } => generate_peer(spec, out),
        Part::RustfmtPeer { sources } => {
            unformatted(sources)?;
            Ok(())
        }
        Part::Serve => server::serve(),
    }
}

fn observe(command: &[OsString]) -> Result<(), Failure> {
    let [program, arguments @ ..] = command else {
        return Err("expected a command".into());
    };
    let observed = measure::observe_first(Command::new(program).args(arguments))?;
    let told = serde_json::to_string(&observed)?;
    Ok(writeln!(io::stdout(), "{told}")?)
}

impl Floor {
    fn run(&self) -> Result<(), Failure> {
        if let Some(folder) = &self.json {
            each(&below(folder, Some("json"))?, |path| {
                serde_json::from_slice::<IgnoredAny>(&fs::read(path)?)?;
                Ok(())
            })?;
        }
        if let Some(folder) = &self.yaml {
            each(&below(folder, Some("yaml"))?, |path| {
                for event in Parser::new_from_str(&fs::read_to_string(path)?) {
                    event?;
                }
                Ok(())
            })?;
        }
        for folder in &self.look {
            each(&below(folder, None)?, |path| {
                fs::metadata(path)?;
                Ok(())
            })?;
        }
        let listing = Listing::read(&self.write)?;
        let largest = listing.files.iter().map(|(_, length)| *length).max();
        let text = vec![b' '; largest.unwrap_or_default()];
        for folder in listing.folders() {
            fs::create_dir_all(self.out.join(folder))?;
        }
        each(&listing.files, |(path, length)| {
            Ok(fs::write(self.out.join(path), &text[..*length])?)
        })
    }
}

/// Does something with every item, on as many threads as Bindery does.
fn each<T: Sync>(
    items: &[T],
    work: impl Fn(&T) -> Result<(), Failure> + Sync,
) -> Result<(), Failure> {
    let batches: Vec<_> = items.chunks(BATCH).collect();
    let outcomes = parallel::map(parallel::available(), &batches, |batch| {
        let mut items = batch.iter();
        // What goes wrong is sent to another thread.
        items.try_for_each(|item| work(item).map_err(|error| error.to_string()))
    });
    Ok(outcomes.into_iter().collect::<Result<(), String>>()?)
}

/// The metadata as YAML, a file per action with its objects and examples, and one with the objects
/// that actions share. Nothing is renamed, checked or tidied.
fn import_peer(catalogue: &Path, out: &Path) -> Result<(), Failure> {
    let folders = vendor::folders(catalogue, &[])?;
    let outcomes = parallel::map(parallel::available(), &folders, |folder| {
        let mut names = folder.iter().rev();
        let version = names.next().unwrap_or_default();
        let place = out.join(names.next().unwrap_or_default()).join(version);
        convert(folder, &place).map_err(|error| format!("{}: {error}", folder.display()))
    });
    Ok(outcomes.into_iter().collect::<Result<(), String>>()?)
}

fn convert(folder: &Path, out: &Path) -> Result<(), Failure> {
    let read = |name| -> Result<Map<String, Value>, Failure> {
        Ok(serde_json::from_slice(&fs::read(folder.join(name))?)?)
    };
    let (mut api, mut examples) = (read("api.json")?, read("examples.json")?);
    let mut part = |name| match api.remove(name) {
        Some(Value::Object(part)) => Ok(part),
        _ => Err(format!("expected {name}")),
    };
    let (actions, mut objects) = (part("actions")?, part("objects")?);
    fs::create_dir_all(out)?;
    for (name, mut action) in actions {
        let mut file = BTreeMap::new();
        for side in ["input", "output"] {
            let object = action[side].as_str().and_then(|name| objects.remove(name));
            action[side] = object.unwrap_or_default();
        }
        file.insert("examples", examples["actions"][&name].take());
        file.insert("action", action);
        let text = serde_saphyr::to_string(&file)?;
        fs::write(out.join(format!("{name}.yaml")), text)?;
    }
    Ok(fs::write(
        out.join("service.yaml"),
        serde_saphyr::to_string(&(api, objects))?,
    )?)
}

/// Bindings that derive serde's traits, of the same services, read by Bindery.
fn generate_peer(spec: &Path, out: &Path) -> Result<(), Failure> {
    fs::create_dir_all(out)?;
    let specification = Specification::open(spec);
    let services: Vec<_> = specification.services().iter().collect();
    let read = specification.read(&services, |_, service| {
        let path = out.join(format!("{}_{}.rs", service.name, service.module));
        fs::write(path, peer::source(&service, Derive::Needed))
    });
    let read = read.map_err(|problems| problems.render(false))?;
    Ok(read.results.into_iter().collect::<io::Result<()>>()?)
}
