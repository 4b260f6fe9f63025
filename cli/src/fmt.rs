//! `bindery fmt`: one layout for all files of a specification.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};

use bindery_model::{disk, layout, parallel};
use similar::TextDiff;

use crate::output::{self, note, say};
use crate::{FOUND, Failure};

/// Format specification files
///
/// Only the layout changes: comments and meaning stay. Keys are put into the order of the language,
/// short members between braces, and long texts into lines of at most 100 characters. Files that
/// cannot be read are named and left as they are; the exit status is then 1.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Files and folders; `-` lays out standard input [default: the folder of the specification]
    #[arg(value_name = "PATH", conflicts_with = "spec")]
    paths: Vec<PathBuf>,
    /// The folder of the specification
    #[arg(long, value_name = "DIR", default_value = "spec")]
    spec: PathBuf,
    /// Write nothing; name the files that would change, show how, and exit with 100
    #[arg(long)]
    check: bool,
}

const EXAMPLES: &str = "\
Examples:
  bindery fmt
  bindery fmt --check
  bindery fmt spec/tencent/cam/v20190116/GetUser.yaml
  bindery fmt - < GetUser.yaml

Exit status:
  0    all files have the layout
  1    a file could not be read or written
  100  with --check, a file has another layout";

/// After how many files it is said how many are done.
const STEP: usize = 500;

/// What became of a file.
enum Outcome {
    Unchanged,
    Changed { before: String, after: String },
    Refused(String),
}

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    if arguments.paths == [Path::new("-")] {
        return standard_input(arguments.check);
    }
    let spec = std::slice::from_ref(&arguments.spec);
    let paths = if arguments.paths.is_empty() {
        spec
    } else {
        &arguments.paths
    };
    let mut files = Vec::new();
    for path in paths {
        collect(path, true, &mut files)
            .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    }
    let done = AtomicUsize::new(0);
    let outcomes = parallel::map(parallel::available(), &files, |path| {
        let outcome = format(path, !arguments.check);
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        if done.is_multiple_of(STEP) {
            output::progress(format_args!("{done} of {} files", files.len()));
        }
        outcome
    });
    output::progress("");
    let (mut changed, mut refused) = (0_usize, 0_usize);
    for (path, outcome) in files.iter().zip(outcomes) {
        match outcome {
            Outcome::Unchanged => {}
            Outcome::Changed { before, after } => {
                changed += 1;
                say!("{}", path.display());
                if arguments.check {
                    output::remark(difference(path, &before, &after));
                }
            }
            Outcome::Refused(reason) => {
                refused += 1;
                note!("{reason}");
            }
        }
    }
    let verb = if arguments.check {
        "would change"
    } else {
        "changed"
    };
    note!(
        "{}: {changed} {verb}, {refused} cannot be laid out",
        output::count(files.len(), "file")
    );
    Ok(if refused > 0 {
        ExitCode::FAILURE
    } else if changed > 0 && arguments.check {
        ExitCode::from(FOUND)
    } else {
        ExitCode::SUCCESS
    })
}

fn standard_input(only_checks: bool) -> Result<ExitCode, Failure> {
    let mut before = String::new();
    io::stdin().read_to_string(&mut before)?;
    let after = layout::format("standard input", &before).map_err(|error| error.render(true))?;
    let after = bindery_import::with_layout(&before, after);
    if !only_checks {
        output::write(&after);
    } else if before != after {
        output::remark(difference(Path::new("standard input"), &before, &after));
        return Ok(ExitCode::from(FOUND));
    }
    Ok(ExitCode::SUCCESS)
}

/// The YAML files below a path, in their order. A file that is named counts whatever its name.
fn collect(path: &Path, is_named: bool, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if path.is_dir() {
        let entries = fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path()));
        let mut entries = entries.collect::<io::Result<Vec<_>>>()?;
        entries.sort();
        for entry in entries {
            collect(&entry, false, files)?;
        }
    } else if is_named
        || path
            .extension()
            .is_some_and(|extension| extension == "yaml")
    {
        files.push(path.to_owned());
    }
    Ok(())
}

/// Lays one file out, and writes it if it changes.
fn format(path: &Path, writes: bool) -> Outcome {
    let name = path.display().to_string();
    let before = match fs::read_to_string(path) {
        Ok(before) => before,
        Err(error) => return Outcome::Refused(format!("{name} cannot be read: {error}")),
    };
    let after = layout::format(&name, &before);
    match after.map(|after| bindery_import::with_layout(&before, after)) {
        Err(problems) => Outcome::Refused(problems.render(true)),
        Ok(after) if after == before => Outcome::Unchanged,
        Ok(after) => match writes.then(|| disk::replace(path, &after)) {
            Some(Err(error)) => Outcome::Refused(format!("{name} cannot be written: {error}")),
            Some(Ok(())) | None => Outcome::Changed { before, after },
        },
    }
}

fn difference(path: &Path, before: &str, after: &str) -> String {
    let name = path.display().to_string();
    TextDiff::from_lines(before, after)
        .unified_diff()
        .header(&name, &format!("{name} (laid out)"))
        .to_string()
}
