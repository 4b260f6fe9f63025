//! `bindery generate`: from the specification to Rust.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bindery_codegen::{
    Change, Effect, GenerateError, Generated, Generator, Layout, Options, Package, PackageName,
    Selection,
};
use clap::CommandFactory;
use clap::error::ErrorKind;

use crate::output::{self, note};
use crate::package;
use crate::{Cli, FOUND, Failure, Spec};

/// Write typed Rust for the actions that the specification describes
///
/// Only files that change are written; files that no longer belong are removed. Services that are
/// described and generated as they were are not read again.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    spec: Spec,
    /// The folder of the generated crate; its sources go to DIR/src [default: generated, or NAME]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write a whole crate of this name: manifest, README, notice, licences. What is there already
    /// and belongs to a person is left alone
    #[arg(long = "crate", value_name = "NAME")]
    package: Option<PackageName>,
    /// Path to the `bindery-runtime` crate, for the new crate's manifest [default: searched for beside
    /// the crate's folder and above]
    #[arg(long, value_name = "DIR", requires = "package")]
    runtime: Option<PathBuf>,
    /// Generate only these services, versions of services or actions, and the types they reach; may
    /// be repeated, or listed with commas. Other services are not read, and the folder that --out or
    /// --crate names holds nothing else afterwards
    #[arg(long, value_name = "SERVICE[/VERSION][:ACTION,…]")]
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
  bindery generate --out client --only tencent/trtc:DescribeUserInfo,cam:GetUser --only zego/rtc
  bindery generate --out client --only trtc/v20190722:DescribeUserInfo
  bindery generate --crate my-client --only tencent/trtc

Exit status:
  0    the code is as the specification says
  1    it could not be made: the specification or the selection is wrong
  2    the command line is wrong; --only, for instance, needs --out or --crate
  100  with --check, the code is stale";

/// Where the repository keeps its crate.
const OUT: &str = "generated";

/// The library that is imported where no manifest names another.
const LIBRARY: &str = "bindery_sdk";

/// How many changes are named.
const NAMED: usize = 20;

const NO_PLACE: &str = "\
a part of the specification needs a folder of its own: everything else in the folder is removed

  bindery generate --only trtc:DescribeUserInfo --out DIR
  bindery generate --only trtc:DescribeUserInfo --crate NAME
";

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    if !arguments.only.is_empty() && arguments.out.is_none() && arguments.package.is_none() {
        let kind = ErrorKind::MissingRequiredArgument;
        Cli::command().error(kind, NO_PLACE).exit();
    }
    let package = arguments.package()?;
    let out = arguments.out();
    let options = options(package.as_ref());
    let mut generator =
        Generator::new(&arguments.spec.spec, &out, options).progress(&output::services);
    if !arguments.only.is_empty() {
        generator = generator.only(Selection::union(arguments.only.iter().cloned()));
    }
    let generated = if arguments.check {
        generator.check()
    } else {
        generator.update()
    };
    output::progress("");
    let stale = Stale::new(&generator, generated, package, &arguments.spec.spec)?;
    if arguments.check {
        return Ok(check(&stale));
    }
    let summary = stale.summary();
    stale.report();
    output::progress(format_args!("writing to {}", out.display()));
    let written = stale.write();
    output::progress("");
    written?;
    note!("{summary}");
    Ok(ExitCode::SUCCESS)
}

impl Arguments {
    fn out(&self) -> PathBuf {
        let name = self.package.as_ref().map(ToString::to_string);
        self.out
            .clone()
            .unwrap_or_else(|| name.unwrap_or_else(|| OUT.to_owned()).into())
    }

    /// The crate around the sources, if there is to be one or there is one already.
    fn package(&self) -> Result<Option<Package>, Failure> {
        let out = self.out();
        let package = match &self.package {
            Some(name) => {
                let package = Package::create(&out, name.clone())?;
                let runtime = package::runtime(self.runtime.as_deref(), &out)?;
                if runtime.is_none() && !out.join("Cargo.toml").exists() {
                    note!(
                        "no folder of bindery-runtime is beside {} or above: the manifest asks the \
                         registry for it; name a folder with --runtime",
                        out.display()
                    );
                }
                Some(package.runtime(runtime))
            }
            None => Package::find(&out)?,
        };
        let mut only = String::new();
        for selection in &self.only {
            let _ = write!(only, " --only {selection}");
        }
        Ok(package.map(|package| package.arguments(only)))
    }
}

fn options(package: Option<&Package>) -> Options {
    Options {
        layout: Layout::Crate,
        example_path: Some(package.map_or_else(|| LIBRARY.to_owned(), Package::library)),
    }
}

fn check(stale: &Stale) -> ExitCode {
    let (files, count) = (stale.files(), stale.count());
    if count == 0 {
        note!("{files} files are up to date");
        return ExitCode::SUCCESS;
    }
    for (folder, change) in stale.changes() {
        output::write(change.diff(folder));
    }
    note!(
        "{count} of {files} files are stale: run `bindery generate` (here: `cargo run --release -- generate`)"
    );
    ExitCode::from(FOUND)
}

/// What generation would change in a crate's folder.
pub(crate) struct Stale {
    generated: Generated,
    around: Option<Around>,
}

/// The files of a crate around its sources.
struct Around {
    folder: PathBuf,
    /// How many files there are in all.
    files: usize,
    /// The files that differ.
    changes: Vec<Change>,
}

impl Stale {
    /// Compares a crate's folder with its specification.
    #[cfg(feature = "demo")]
    pub(crate) fn of(spec: &Path, folder: &Path) -> Result<Self, Failure> {
        let package = Package::find(folder)?;
        let generator = Generator::new(spec, folder, options(package.as_ref()));
        Self::new(&generator, generator.check(), package, spec)
    }

    fn new(
        generator: &Generator<'_>,
        generated: Result<Generated, GenerateError>,
        package: Option<Package>,
        spec: &Path,
    ) -> Result<Self, Failure> {
        let generated = generated.map_err(|error| match error {
            // The rendering carries colours; what prints it removes them where nobody sees colours.
            GenerateError::Specification(problems) => Failure::from(problems.render(true)),
            error => error.into(),
        })?;
        let around = match package {
            Some(package) => {
                let contents = &generated.contents;
                let package = package.origins(package::origins(spec, contents));
                let files = package.files(contents, generator.example()?.as_ref())?;
                Some(Around {
                    files: files.len(),
                    changes: files.differences(package.folder())?,
                    folder: package.folder().to_owned(),
                })
            }
            None => None,
        };
        Ok(Self { generated, around })
    }

    /// The number of files.
    pub(crate) fn files(&self) -> usize {
        let around = self.around.as_ref();
        self.generated.files + around.map_or(0, |around| around.files)
    }

    /// The number of changes.
    pub(crate) fn count(&self) -> usize {
        self.changes().count()
    }

    /// What differs on disk, each with the folder that its path starts in.
    pub(crate) fn changes(&self) -> impl Iterator<Item = (&Path, &Change)> {
        let sources = self.generated.changes.iter();
        let sources = sources.map(|change| (self.generated.sources.as_path(), change));
        let around = self.around.iter().flat_map(|around| {
            let changes = around.changes.iter();
            changes.map(|change| (around.folder.as_path(), change))
        });
        sources.chain(around)
    }

    /// What is done, in one line.
    fn summary(&self) -> String {
        let removed = self
            .changes()
            .filter(|(_, change)| change.effect == Effect::Removed)
            .count();
        let written = self.count() - removed;
        let unchanged = self.files() - written;
        format!(
            "{}: {written} written, {unchanged} unchanged, {removed} removed",
            output::count(self.files(), "file")
        )
    }

    fn report(&self) {
        for (folder, change) in self.changes().take(NAMED) {
            let verb = match change.effect {
                Effect::Added => "added",
                Effect::Changed => "changed",
                Effect::Removed => "removed",
            };
            note!("{verb:>8} {}", folder.join(&change.path).display());
        }
        if self.count() > NAMED {
            note!("         and {} more", self.count() - NAMED);
        }
    }

    fn write(self) -> Result<(), Failure> {
        // First what tells the folder to be a generated crate, so that a run that was interrupted
        // can be repeated.
        if let Some(around) = &self.around {
            for change in &around.changes {
                change.apply(&around.folder)?;
            }
        }
        self.generated.write()?;
        Ok(())
    }
}
