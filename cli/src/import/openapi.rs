//! `bindery import openapi`.

use std::path::PathBuf;
use std::process::ExitCode;

use bindery_import::openapi::{self, Report, Request};

use super::{left_alone, missing, renamed, types_of_a_person};
use crate::output::{count, note, say};
use crate::{FOUND, Failure};

/// Any vendor, from documents of OpenAPI 3.0 or 3.1
///
/// Operations become actions, schemas become types. What the language of specifications cannot say
/// is left out or written as something simpler; each such place is named on standard error.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Documents of one service, in YAML or JSON; what they refer to is read from the files beside
    /// them. Those that are imported together declare the types that they share once
    #[arg(value_name = "FILE", required = true)]
    documents: Vec<PathBuf>,
    /// Only this operation, by the name of its action or its operationId; may be repeated, or listed
    /// with commas
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    operation: Vec<String>,
    /// The provider; unless the specification has a service with the documents' host
    #[arg(long, value_name = "NAME")]
    provider: Option<String>,
    /// The service, and its version unless the documents say it, as in `rtc/v2`
    #[arg(long, value_name = "SERVICE")]
    service: Option<String>,
    /// The host, unless the documents say it
    #[arg(long)]
    host: Option<String>,
    /// Where the documents were published, unless they say it; without it, the server is cited
    #[arg(long, value_name = "URL")]
    source: Option<String>,
    /// Remove files of actions that none of the documents has, unless they were edited
    #[arg(long)]
    prune: bool,
    /// The folder of the specification
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

const EXAMPLES: &str = "\
Examples:
  bindery import openapi room/*.yaml --provider zego --service rtc/v2 --out spec
  bindery import openapi room/kickout-user.yaml --provider zego --service rtc/v2 --out spec
  bindery import openapi api.json --operation ListUsers,AddUser --out spec

Exit status:
  0    everything is imported, apart from what the remarks say
  1    a document or the request is wrong
  100  files were left alone, because they were edited after their import, or types are declared
       nowhere, because a person wrote the file for them";

/// Imports from documents.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let request = Request {
        documents: arguments.documents.clone(),
        operations: arguments.operation.clone(),
        provider: arguments.provider.clone(),
        service: arguments.service.clone(),
        host: arguments.host.clone(),
        source: arguments.source.clone(),
        out: arguments.out.clone(),
        prune: arguments.prune,
    };
    let report = openapi::import(&request)?;
    say!(
        "{}: {}, {}, {}: {} written, {} unchanged, {} removed",
        report.folder.display(),
        count(report.actions, "action"),
        count(report.types, "type"),
        count(report.examples, "example"),
        count(report.written, "file"),
        report.unchanged,
        report.removed
    );
    remark(&report);
    let status = left_alone(&report.kept, &report.edited);
    Ok(if report.missing_types.is_empty() {
        status
    } else {
        ExitCode::from(FOUND)
    })
}

/// Says on standard error what needs a person.
fn remark(report: &Report) {
    for remark in &report.remarks {
        note!("{remark}");
    }
    if report.new_provider {
        note!(
            "the provider is new: say in its provider.yaml how requests are signed, which OpenAPI \
             cannot say"
        );
    }
    for path in &report.gone {
        note!(
            "in none of these documents, and left as it is: {}",
            path.display()
        );
    }
    for (file, types) in &report.overruling_types {
        types_of_a_person(file, types);
    }
    renamed(&report.renamed_types);
    if !report.missing_types.is_empty() {
        missing(&report.folder.join("types.yaml"), &report.missing_types);
    }
}
