//! `bindery import tencent`.

use std::path::PathBuf;
use std::process::ExitCode;

use bindery_import::ImportError;
use bindery_import::tencent::{self, Withheld};
use clap::ArgGroup;

use super::{left_alone, missing, renamed, types_of_a_person};
use crate::output::{self, count, note, say};
use crate::{FOUND, Failure};

/// Tencent Cloud, from the Python package `tccli`
#[derive(clap::Args)]
#[command(after_help = EXAMPLES, group = ArgGroup::new("services").required(true))]
pub(super) struct Arguments {
    /// The folder of the package, or of its services
    #[arg(value_name = "PATH_TO_TCCLI")]
    catalogue: PathBuf,
    /// A service, all its versions or one, as in `tke/v20220501`; may be repeated, or listed with
    /// commas
    #[arg(
        long,
        value_name = "SERVICE",
        value_delimiter = ',',
        group = "services"
    )]
    service: Vec<String>,
    /// Only this action; may be repeated, or listed with commas
    #[arg(
        long,
        value_name = "ACTION",
        value_delimiter = ',',
        requires = "service"
    )]
    action: Vec<String>,
    /// Every service
    #[arg(long, group = "services")]
    all: bool,
    /// Remove files of actions and versions that the metadata no longer has, unless they were edited
    #[arg(long)]
    prune: bool,
    /// The folder of the specification
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

const EXAMPLES: &str = "\
Examples:
  pip download --no-deps --dest tccli tccli && unzip -q tccli/*.whl -d tccli
  bindery import tencent tccli/tccli --service trtc --out catalogue
  bindery import tencent tccli/tccli --service cam --action GetUser,ListUsers --out catalogue
  bindery import tencent tccli/tccli --all --out catalogue
  bindery import tencent tccli/tccli --all --prune --out catalogue

Exit status:
  0    everything is imported
  1    the metadata or the request is wrong; services that could be imported are complete
  100  files were left alone, because they were edited after their import, or because what they
       describe is gone from the metadata; types are declared nowhere, because a person wrote the
       file for them; or a correction that comes with Bindery does not apply to the metadata";

/// Imports from the command line's metadata.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let request = tencent::Request {
        catalogue: arguments.catalogue.clone(),
        services: arguments.service.clone(),
        actions: arguments.action.clone(),
        out: arguments.out.clone(),
        prune: arguments.prune,
    };
    let report = tencent::import(&request, &|progress| {
        output::progress(format_args!(
            "{} of {}: {}",
            progress.done, progress.total, progress.service
        ));
    });
    output::progress("");
    let report = match report {
        Err(ImportError::Incomplete { errors, report }) => {
            summarize(&report);
            remark(&report);
            left_alone(&report.kept, &report.edited);
            return Err(ImportError::Incomplete { errors, report }.into());
        }
        report => report?,
    };
    summarize(&report);
    remark(&report);
    let status = left_alone(&report.kept, &report.edited);
    let mut withheld = report.withheld.values();
    let is_stale = withheld.any(|why| matches!(why, Withheld::Stale(_)));
    Ok(
        if report.gone.is_empty() && report.missing_types.is_empty() && !is_stale {
            status
        } else {
            ExitCode::from(FOUND)
        },
    )
}

/// Says on standard output what was written.
fn summarize(report: &tencent::Report) {
    say!(
        "{}, {}, {}, {}: {} written, {} unchanged, {} removed{}",
        count(report.services, "service"),
        count(report.actions, "action"),
        count(report.types, "type"),
        count(report.examples, "example"),
        count(report.written, "file"),
        report.unchanged,
        report.removed,
        match report.gone.len() {
            0 => String::new(),
            count => format!(", {count} gone from the metadata"),
        }
    );
    let pages: Vec<_> = report
        .pages
        .iter()
        .map(|(style, actions)| format!("{actions} by {style}"))
        .collect();
    say!(
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
        note!(
            "left out of the examples: {} requests that contradict the metadata, {} replies that \
             are no JSON",
            report.requests_left_out,
            report.replies_left_out
        );
    }
    for (file, types) in &report.overruling_types {
        types_of_a_person(file, types);
    }
    for types in report.renamed_types.values() {
        renamed(types);
    }
    for (file, types) in &report.missing_types {
        missing(file, types);
    }
    for path in &report.gone {
        note!("gone from the metadata, and left alone: {}", path.display());
    }
    if !report.gone.is_empty() {
        note!(
            "  with --prune, an import removes what nobody has edited; the rest is for a person to \
             remove,\n  or to keep by deleting a file's second line; until then, types that it shared \
             may be missing"
        );
    }
    for (path, why) in &report.withheld {
        note!(
            "a correction that comes with Bindery is not laid, {}: {why}",
            path.display()
        );
    }
}
