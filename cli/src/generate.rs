//! `bindery generate`: from the specification to Rust.

use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bindery_codegen::{
    Change, Effect, GenerateError, Generated, Generator, Layout, Options, Selection,
};

use crate::manifest;
use crate::{FOUND, Failure, Spec};

/// Write typed Rust for the actions that the specification describes
///
/// Only files that change are written; files that no longer belong are removed. Services that are
/// described and generated as they were are not read again.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    spec: Spec,
    /// The folder of the generated crate; its sources go to DIR/src
    #[arg(long, value_name = "DIR", default_value = "generated")]
    out: PathBuf,
    /// Keep only these services or actions and the types they reach; may be repeated. Other services
    /// are not read
    #[arg(long, value_name = "SERVICE[:ACTION,…]")]
    only: Vec<Selection>,
    /// Write nothing; exit with 100 and a diff when something would change. Everything is read
    #[arg(long)]
    check: bool,
}

const EXAMPLES: &str = "\
Examples:
  bindery generate
  bindery generate --check
  bindery generate --spec spec --out client --only trtc:DescribeUserInfo,DescribeRoomInfo
  bindery generate --out client --only tencent/cam:GetUser --only zego/rtc";

/// The file that lists a crate's features.
const MANIFEST: &str = "Cargo.toml";

/// How many changes are named.
const NAMED: usize = 20;

/// How many services take long enough to be counted before one's eyes.
const MANY: usize = 20;

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let progress = std::io::stderr().is_terminal();
    let progress = |done: usize, all: usize| {
        if progress && all > MANY {
            let end = if done == all { "\r\x1b[K" } else { "" };
            eprint!("\r{done} of {all} services{end}");
        }
    };
    let mut generator =
        Generator::new(&arguments.spec.spec, &arguments.out, options()).progress(&progress);
    if !arguments.only.is_empty() {
        generator = generator.only(Selection::union(arguments.only.iter().cloned()));
    }
    if arguments.check {
        return Ok(check(&Stale::new(generator.check(), &arguments.out)?));
    }
    let stale = Stale::new(generator.update(), &arguments.out)?;
    let (files, count) = (stale.files(), stale.count());
    stale.report();
    stale.write()?;
    eprintln!("{files} files, {count} written or removed");
    Ok(ExitCode::SUCCESS)
}

fn options() -> Options {
    Options {
        layout: Layout::Crate,
        example_path: Some("bindery_sdk".to_owned()),
    }
}

fn check(stale: &Stale) -> ExitCode {
    let (files, count) = (stale.files(), stale.count());
    if count == 0 {
        eprintln!("{files} files are up to date");
        return ExitCode::SUCCESS;
    }
    for (folder, change) in stale.changes() {
        print!("{}", change.diff(folder));
    }
    eprintln!(
        "{count} of {files} files are stale: run `bindery generate` (here: `cargo run --release -- generate`)"
    );
    ExitCode::from(FOUND)
}

/// What generation would change in a crate's folder.
pub(crate) struct Stale {
    generated: Generated,
    manifest: Option<Change>,
    folder: PathBuf,
}

impl Stale {
    /// Compares a crate's folder with its specification.
    #[cfg(feature = "demo")]
    pub(crate) fn of(spec: &Path, folder: &Path) -> Result<Self, Failure> {
        Self::new(Generator::new(spec, folder, options()).check(), folder)
    }

    fn new(generated: Result<Generated, GenerateError>, folder: &Path) -> Result<Self, Failure> {
        let generated = generated.map_err(|error| match error {
            // The rendering carries colours; what prints it removes them where nobody sees colours.
            GenerateError::Specification(problems) => Failure::from(problems.render(true)),
            error => error.into(),
        })?;
        let manifest = match fs::read_to_string(folder.join(MANIFEST)) {
            Ok(before) => {
                let after = manifest::with_features(&before, &generated.features)?;
                Change::between(folder, Path::new(MANIFEST), after)?
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(error.into()),
        };
        Ok(Self {
            generated,
            manifest,
            folder: folder.to_owned(),
        })
    }

    /// The number of source files.
    pub(crate) fn files(&self) -> usize {
        self.generated.files
    }

    /// The number of changes.
    pub(crate) fn count(&self) -> usize {
        self.changes().count()
    }

    /// What differs on disk, each with the folder that its path starts in.
    pub(crate) fn changes(&self) -> impl Iterator<Item = (&Path, &Change)> {
        let sources = self.generated.changes.iter();
        let sources = sources.map(|change| (self.generated.sources.as_path(), change));
        let manifest = self.manifest.iter();
        sources.chain(manifest.map(|change| (self.folder.as_path(), change)))
    }

    fn report(&self) {
        for (folder, change) in self.changes().take(NAMED) {
            let verb = match change.effect {
                Effect::Added => "added",
                Effect::Changed => "changed",
                Effect::Removed => "removed",
            };
            eprintln!("{verb:>8} {}", folder.join(&change.path).display());
        }
        if self.count() > NAMED {
            eprintln!("         and {} more", self.count() - NAMED);
        }
    }

    fn write(self) -> Result<(), Failure> {
        self.generated.write()?;
        if let Some(change) = self.manifest {
            change.apply(&self.folder)?;
        }
        Ok(())
    }
}
