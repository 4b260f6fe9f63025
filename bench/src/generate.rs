//! `generate`: what it takes to import a whole catalogue and to generate its bindings.

pub(crate) mod part;
mod steps;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use clap::Args;

use self::steps::{CHANGED, STEPS};
use crate::listing::Listing;
use crate::measure::{self, Observed};
use crate::table::Table;
use crate::tool::Tool;
use crate::vendor::{self, Version};
use crate::workspace::root;
use crate::{Failure, progress};

/// How long it takes until a file's time tells whether it has changed.
const SETTLED: Duration = Duration::from_millis(50);

/// Compare the time and the memory to import and to generate with what is needed in any case.
///
/// The whole catalogue is imported, and generated from nothing, with nothing changed and with one
/// file changed; and so is the repository's own specification. Beside each step stands its floor:
/// a program that reads the same files, runs the same parser over them without keeping anything,
/// and writes as many files of the same lengths, on as many threads. Beside some stand others' ways
/// to do as much. All take turns, each in a process of its own; medians are shown.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The folder of the Python package `tccli`, or of its services
    #[arg(long, value_name = "PATH")]
    catalogue: PathBuf,

    /// Where files are read and written, in a folder `bindery-bench` that is replaced; a file system
    /// in memory shows what the disk's takes [default: target/bench]
    #[arg(long, value_name = "DIR")]
    scratch: Option<PathBuf>,

    /// How often everything is done; medians are shown
    #[arg(long, value_name = "COUNT", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
}

const EXAMPLES: &str = "\
Examples:
  pip download --no-deps --dest tccli tccli && unzip -q tccli/*.whl -d tccli
  cargo run --release -p bindery-bench -- generate --catalogue tccli/tccli
  cargo run --release -p bindery-bench -- generate --catalogue tccli/tccli --scratch /dev/shm";

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let bench = Bench::prepare(arguments)?;
    let mut rounds: Vec<Vec<Observed>> = Vec::new();
    for round in 1..=arguments.runs {
        progress(&format!("round {round} of {}", arguments.runs));
        let mut observed = Vec::new();
        for way in STEPS.iter().copied().flatten() {
            (way.prepare)(&bench)?;
            observed.push(measure::observe(&(way.command)(&bench)?)?);
        }
        rounds.push(observed);
    }
    Ok(writeln!(io::stdout(), "{}", bench.report(&rounds)?)?)
}

/// A folder with an imported and generated catalogue.
struct Bench {
    folder: PathBuf,
    catalogue: PathBuf,
    tool: Tool,
}

impl Bench {
    fn prepare(arguments: &Arguments) -> Result<Self, Failure> {
        let catalogue = &arguments.catalogue;
        let inner = catalogue.join("services");
        let folder = match &arguments.scratch {
            Some(scratch) => scratch.join("bindery-bench"),
            None => root().join("target/bench/generate"),
        };
        fs::create_dir_all(&folder)?;
        let bench = Self {
            folder,
            catalogue: if inner.is_dir() {
                inner
            } else {
                catalogue.to_owned()
            },
            tool: Tool::build()?,
        };
        for folder in ["spec", "out", "own", "new"] {
            bench.empty(folder)?;
        }
        progress("importing and generating for the first time");
        let spec = bench.path("spec");
        measure::time(&mut bench.tool.import(&bench.catalogue, &[], &spec))?;
        bench.settle(&spec, "out")?;
        bench.settle(&root().join("spec"), "own")?;
        for folder in ["spec", "out", "own"] {
            let listing = Listing::of(&bench.path(folder))?;
            listing.write(&bench.path(&format!("{folder}.txt")))?;
        }
        Listing { files: Vec::new() }.write(&bench.path("none.txt"))?;
        bench.one()?.write(&bench.path("one.txt"))?;
        Ok(bench)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Removes a folder with all that is in it.
    fn empty(&self, name: &str) -> Result<(), Failure> {
        let folder = self.path(name);
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        Ok(())
    }

    /// Generates, and waits until the next run can tell that nothing has changed since.
    fn settle(&self, spec: &Path, out: &str) -> Result<(), Failure> {
        for _ in 0..2 {
            measure::time(&mut self.tool.generate(spec, &self.path(out)))?;
            thread::sleep(SETTLED);
        }
        Ok(())
    }

    /// Changes what an action's text begins with, or changes it back.
    fn change(&self) -> Result<(), Failure> {
        const BEGIN: &str = "\ndoc: |-\n  ";
        let path = self.path("spec").join(CHANGED);
        let text = fs::read_to_string(&path);
        let text = text.map_err(|error| format!("{}: {error}", path.display()))?;
        let (before, rest) = text.split_once(BEGIN).ok_or("expected a text")?;
        let changed = match rest.strip_prefix("又") {
            Some(rest) => format!("{before}{BEGIN}{rest}"),
            None => format!("{before}{BEGIN}又{rest}"),
        };
        fs::write(path, changed)?;
        thread::sleep(SETTLED);
        Ok(())
    }

    /// What is written if one file changes.
    fn one(&self) -> Result<Listing, Failure> {
        let out = self.path("out");
        let files = Listing::of(&out)?.files.into_iter();
        let before = files.map(|(path, length)| Ok((fs::read(out.join(&path))?, path, length)));
        let before = before.collect::<io::Result<Vec<_>>>()?;
        self.change()?;
        self.settle(&self.path("spec"), "out")?;
        let mut files = Vec::new();
        for (text, path, length) in before {
            // What is remembered for the next run is not asked for.
            let is_source = path.extension().is_some_and(|extension| extension == "rs");
            if is_source && fs::read(out.join(&path))? != text {
                files.push((path, length));
            }
        }
        if files.is_empty() {
            return Err(format!("{CHANGED} has changed, and nothing that is generated has").into());
        }
        Ok(Listing { files })
    }

    fn report(&self, rounds: &[Vec<Observed>]) -> Result<String, Failure> {
        let titles = [
            "",
            "wall, s",
            "target",
            "processor, s",
            "× floor",
            "system, s",
            "memory, MiB",
        ];
        let mut table = Table::new(titles.map(str::to_owned).to_vec());
        let mut first = 0;
        for step in STEPS {
            let medians: Vec<Observed> = (first..first + step.len())
                .map(|index| {
                    let observed: Vec<Observed> = rounds.iter().map(|round| round[index]).collect();
                    measure::median_observed(&observed)
                })
                .collect();
            first += step.len();
            let floor = medians[1].cost.processor;
            for (way, median) in step.iter().zip(&medians) {
                let ratio = median.cost.processor.div_duration_f64(floor);
                table.row(vec![
                    way.title.to_owned(),
                    format!("{:.3}", median.cost.wall.as_secs_f64()),
                    way.target.unwrap_or_default().to_owned(),
                    format!("{:.3}", median.cost.processor.as_secs_f64()),
                    format!("{ratio:.1}"),
                    format!("{:.3}", median.system.as_secs_f64()),
                    (median.memory >> 20).to_string(),
                ]);
            }
        }
        let processors = thread::available_parallelism().map_or(1, usize::from);
        Ok(format!(
            "{}; {processors} processors, medians of {}\n\n{}",
            self.summary()?,
            rounds.len(),
            table.text()
        ))
    }

    /// How much there is to do.
    fn summary(&self) -> Result<String, Failure> {
        let folders = vendor::folders(&self.catalogue, &[])?;
        let (mut actions, mut members) = (0, 0);
        for folder in &folders {
            let api = Version::read(folder)?.api;
            actions += api.actions.len();
            members += api
                .objects
                .values()
                .map(|one| one.members.len())
                .sum::<usize>();
        }
        let mut texts = Vec::new();
        for (name, title) in [("spec", "specification"), ("out", "bindings")] {
            let listing = Listing::read(&self.path(&format!("{name}.txt")))?;
            let (files, length) = (listing.files.len(), listing.length() >> 20);
            texts.push(format!("{title}: {files} files, {length} MiB"));
        }
        Ok(format!(
            "{} versions of services, {actions} actions, {members} members; {}",
            folders.len(),
            texts.join("; ")
        ))
    }

    /// The floor of a step, by what it reads and what it writes.
    fn floor(&self, reads: &[(&str, &Path)], writes: &str) -> Result<Command, Failure> {
        let mut command = measure::part()?;
        command.arg("floor");
        for (option, path) in reads {
            command.arg(option).arg(path);
        }
        command.arg("--write").arg(self.path(writes));
        command.arg("--out").arg(self.path("new"));
        Ok(command)
    }
}
