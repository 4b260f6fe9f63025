//! `bindery import`: from a vendor's metadata to the specification.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use bindery_import::tencent;
use clap::Subcommand;

use crate::{FOUND, Failure};

/// Write a specification from a vendor's metadata
///
/// What is written is meant for review: kinds are guessed from verbs and marked so, texts stay in the
/// vendor's language. Importing again, after the vendor has changed something, writes the files that
/// this concerns and removes those of actions that are gone.
///
/// Files that a person wrote are left alone. So are imported files that a person has edited, which
/// their third line shows; they are named, and the exit status is then 100. Corrections belong in a
/// file beside the imported one, `<Action>.overlay.yaml`, which no import touches.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    vendor: Vendor,
}

const EXAMPLES: &str = "\
Examples:
  pip download --no-deps --dest tccli tccli && unzip -q tccli/*.whl -d tccli
  bindery import tencent tccli/tccli --service trtc --out spec
  bindery import tencent tccli/tccli --service cam --action GetUser --action ListUsers --out spec
  bindery import tencent tccli/tccli --all --out catalogue";

#[derive(Subcommand)]
enum Vendor {
    Tencent(Tencent),
}

/// Tencent Cloud, from the Python package `tccli`
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
struct Tencent {
    /// The folder of the package, or of its services
    #[arg(value_name = "PATH_TO_TCCLI")]
    catalogue: PathBuf,
    /// A service, all its versions or one, as in `tke/v20220501`; may be repeated
    #[arg(
        long,
        value_name = "SERVICE",
        required_unless_present = "all",
        conflicts_with = "all"
    )]
    service: Vec<String>,
    /// Only this action; may be repeated
    #[arg(long, value_name = "ACTION", requires = "service")]
    action: Vec<String>,
    /// Every service
    #[arg(long)]
    all: bool,
    /// The folder of the specification
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let Vendor::Tencent(arguments) = &arguments.vendor;
    let request = tencent::Request {
        catalogue: arguments.catalogue.clone(),
        services: arguments.service.clone(),
        actions: arguments.action.clone(),
        out: arguments.out.clone(),
    };
    let shows_progress = std::io::stderr().is_terminal();
    let report = tencent::import(&request, &|progress| {
        if shows_progress {
            let mut line = std::io::stderr().lock();
            // Progress that nobody can see is no reason to stop.
            let _ = write!(
                line,
                "\r\u{1b}[K{} of {}: {}",
                progress.done, progress.total, progress.service
            );
        }
    });
    if shows_progress {
        eprint!("\r\u{1b}[K");
    }
    let report = report?;
    summarize(&report);
    remark(&report);
    Ok(if report.edited.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(FOUND)
    })
}

/// Says on standard output what was written.
fn summarize(report: &tencent::Report) {
    println!(
        "{} services, {} actions, {} types, {} examples: {} files written, {} unchanged, {} removed",
        report.services,
        report.actions,
        report.types,
        report.examples,
        report.written,
        report.unchanged,
        report.removed
    );
    let pages: Vec<_> = report
        .pages
        .iter()
        .map(|(style, actions)| format!("{actions} by {style}"))
        .collect();
    println!(
        "pages: {}; streams of events: {}",
        if pages.is_empty() {
            "none".to_owned()
        } else {
            pages.join(", ")
        },
        report.streams
    );
}

/// Says on standard error what was left out or left alone.
fn remark(report: &tencent::Report) {
    if report.requests_left_out + report.replies_left_out > 0 {
        eprintln!(
            "left out of the examples: {} requests that contradict the metadata, {} replies that \
             are no JSON",
            report.requests_left_out, report.replies_left_out
        );
    }
    for action in &report.needless_corrections {
        eprintln!("the metadata has no action {action} any more, which the import corrects");
    }
    for path in &report.kept {
        eprintln!("left alone, because a person wrote it: {}", path.display());
    }
    for path in &report.edited {
        eprintln!(
            "left alone, because it was edited after its import: {}\n  move the edits to {}, remove \
             the file, and import again",
            path.display(),
            path.with_extension("overlay.yaml").display()
        );
    }
}
