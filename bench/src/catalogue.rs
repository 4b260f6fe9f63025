//! `catalogue`: whether the bindings of all services are what they should be.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use clap::Args;

use crate::bindings::Bindings;
use crate::listing::below;
use crate::rustfmt::unformatted;
use crate::table::Table;
use crate::tool::on_one_processor;
use crate::{Failure, measure, progress};

/// How many failures are shown.
const SHOWN: usize = 40;

/// Import, generate, format and check the bindings of every service.
///
/// The catalogue is imported and generated twice, the second time on one processor, and has to give
/// the same bytes; rustfmt must have nothing to change; and every service must pass `cargo check`,
/// which takes batches of them.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The folder of the Python package `tccli`, or of its services
    #[arg(long, value_name = "PATH")]
    catalogue: PathBuf,

    /// Only this service, or one version of it, as in `tke/v20220501`; may be repeated, or
    /// listed with commas
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    service: Vec<String>,
}

const EXAMPLES: &str = "\
Examples:
  pip download --no-deps --dest tccli tccli && unzip -q tccli/*.whl -d tccli
  cargo run --release -p bindery-bench -- catalogue --catalogue tccli/tccli
  cargo run --release -p bindery-bench -- catalogue --catalogue tccli/tccli --service autoscaling";

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (catalogue, services) = (&arguments.catalogue, &arguments.service);
    let bindings = Bindings::prepare(catalogue, services)?;
    let (specification, sources) = on_one_processor(|| Bindings::again(catalogue, services))??;
    let mut failures = differences(&bindings.specification(), &specification)?;
    failures.extend(differences(&bindings.sources(), &sources)?);
    let same = failures.is_empty();
    progress("formatting");
    let unformatted = unformatted(&bindings.sources())?;
    let lines = unformatted.iter();
    failures.extend(lines.map(|file| format!("{file} is not what rustfmt would write")));
    let broken = check(&bindings)?;
    failures.extend(broken.values().flatten().cloned());

    let mut table = Table::new(vec![String::new(), String::new()]);
    let mut row = |title: &str, value: String| table.row(vec![title.to_owned(), value]);
    let services = bindings.services().count();
    row("versions of services", services.to_string());
    row("actions", bindings.actions().to_string());
    row("files", files(&bindings.sources())?.len().to_string());
    row("same bytes on two processors and on one", same.to_string());
    row(
        "files that rustfmt would change",
        unformatted.len().to_string(),
    );
    row("services that do not compile", broken.len().to_string());
    let memory = measure::largest_child()? >> 20;
    row("memory of the largest process, MiB", memory.to_string());
    let mut output = io::stdout().lock();
    writeln!(output, "{}", table.text())?;
    for failure in failures.iter().take(SHOWN) {
        writeln!(output, "{failure}")?;
    }
    match failures.len() {
        0 => Ok(()),
        count => Err(format!("{count} problems").into()),
    }
}

/// The files of which two folders do not have the same.
fn differences(one: &Path, other: &Path) -> Result<Vec<String>, Failure> {
    let names: BTreeSet<PathBuf> = [files(one)?, files(other)?].concat().into_iter().collect();
    let differ = |name: &PathBuf| match (fs::read(one.join(name)), fs::read(other.join(name))) {
        (Ok(one), Ok(other)) => one != other,
        _ => true,
    };
    let names = names.into_iter().filter(differ);
    Ok(names
        .map(|name| format!("{} differs between two runs", name.display()))
        .collect())
}

/// The paths of the files below a folder.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let below = below(folder, None)?.into_iter();
    let below = below.map(|path| Ok(path.strip_prefix(folder)?.to_owned()));
    let mut files: Vec<PathBuf> = below.collect::<Result<_, Failure>>()?;
    files.sort_unstable();
    Ok(files)
}

/// The first errors of the services that do not compile.
fn check(bindings: &Bindings) -> Result<BTreeMap<String, Vec<String>>, Failure> {
    let mut broken: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let batches = bindings.batches();
    for (index, batch) in batches.iter().enumerate() {
        let title = batch.title();
        progress(&format!(
            "batch {} of {}: {title}",
            index + 1,
            batches.len()
        ));
        let mut cargo = bindings
            .workspace
            .cargo(&["check", "--package", "bindings"]);
        cargo.args(["--quiet", "--message-format", "short"]);
        cargo.args(["--features", &batch.features.join(",")]);
        let output = cargo.stdin(Stdio::null()).output()?;
        let messages = String::from_utf8_lossy(&output.stderr);
        let is_problem = |line: &&str| line.contains(": error") || line.contains(": warning");
        for line in messages.lines().filter(is_problem) {
            // bindings/src/tencent/as_/v20180419/…
            let service: Vec<&str> = line.split('/').skip(3).take(2).collect();
            let lines = broken.entry(service.join("/")).or_default();
            lines.push(line.to_owned());
        }
        if !output.status.success() && !messages.lines().any(|line| is_problem(&line)) {
            return Err(format!("cargo failed, {}:\n{messages}", output.status).into());
        }
    }
    Ok(broken)
}
