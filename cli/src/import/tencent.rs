//! `bindery import tencent`.

use std::path::PathBuf;
use std::process::ExitCode;

use bindery_import::tencent;

use super::left_alone;
use crate::Failure;
use crate::output::{self, note, say};

/// Tencent Cloud, from the Python package `tccli`
#[derive(clap::Args)]
#[command(after_help = super::EXAMPLES)]
pub(super) struct Arguments {
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

/// Imports from the command line's metadata.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let request = tencent::Request {
        catalogue: arguments.catalogue.clone(),
        services: arguments.service.clone(),
        actions: arguments.action.clone(),
        out: arguments.out.clone(),
    };
    let report = tencent::import(&request, &|progress| {
        output::progress(format_args!(
            "{} of {}: {}",
            progress.done, progress.total, progress.service
        ));
    });
    output::progress("");
    let report = report?;
    summarize(&report);
    remark(&report);
    Ok(left_alone(&report.kept, &report.edited))
}

/// Says on standard output what was written.
fn summarize(report: &tencent::Report) {
    say!(
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
    for action in &report.needless_corrections {
        note!("the metadata has no action {action} any more, which the import corrects");
    }
}
