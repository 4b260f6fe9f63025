//! `bindery verify`: where the specification and a vendor's metadata disagree.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use bindery_import::tencent::verify::{self, Finding, Place, Rule};
use clap::CommandFactory;
use clap::error::ErrorKind;
use serde_json::{Value, json};

use crate::output::{note, say};
use crate::{Cli, FOUND, Failure, Spec, tccli};

/// Compare the specification with the vendor's metadata, field by field
///
/// Every Tencent Cloud action is compared with the metadata in the vendor's command line `tccli`:
/// parameters, outputs and members of types, their types, and whether they are required, nullable or
/// deprecated. Other vendors publish no such metadata.
///
/// A specification may be more precise than the metadata: an instant or an enumeration agrees with
/// a number. Intended differences are explained by an overlay's reason, or recorded in a file
/// `deviations.yaml` beside `service.yaml`:
///
///   deviations:
///     - at: DescribeUserInfo.output.UserList.nullable
///       metadata: false
///       reason: The page says that it may be null.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES, verbatim_doc_comment)]
pub(crate) struct Arguments {
    #[command(flatten)]
    spec: Spec,
    /// The folder of the Python package tccli, which holds the metadata [default: $BINDERY_TCCLI,
    /// tccli/tccli, or where the tccli or the python3 on the path has it]
    #[arg(long, value_name = "PATH_TO_TCCLI")]
    against: Option<PathBuf>,
    /// Only this service, all its versions or one, as in `tke/v20220501`; may be repeated, or listed
    /// with commas
    #[arg(long, value_name = "SERVICE", value_delimiter = ',')]
    service: Vec<String>,
    /// Write the disagreements as an array of JSON, explained ones included
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  bindery verify --against tccli/tccli
  bindery verify --against tccli/tccli --service trtc --json
  bindery verify                                   where tccli is installed

The metadata is a part of a Python package:
  pip download --no-deps --dest tccli tccli && unzip -q tccli/*.whl -d tccli

Exit status:
  0    every disagreement is explained
  1    nothing could be compared
  100  one is not explained, or a recorded one is none any more";

const NO_METADATA: &str = "\
the metadata to verify against is missing: it is a part of the Python package tccli

  pip download --no-deps --dest tccli tccli && unzip -q tccli/*.whl -d tccli
  bindery verify --against tccli/tccli

where it is installed already, BINDERY_TCCLI can name its folder
";

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let catalogue = arguments.against.clone().unwrap_or_else(|| {
        let found = tccli::find().unwrap_or_else(|| {
            let kind = ErrorKind::MissingRequiredArgument;
            Cli::command().error(kind, NO_METADATA).exit()
        });
        note!("verifying against {}", found.display());
        found
    });
    let model = arguments.spec.load()?;
    let request = verify::Request {
        spec: arguments.spec.spec.clone(),
        catalogue,
        services: arguments.service.clone(),
    };
    let verification = verify::verify(&model, &request)?;
    let unexplained = verification.unexplained().count();
    let found = verification.findings.len();
    let summary = format!(
        "compared: {} actions, {} services; disagreements: {found}, of which explained: {}",
        verification.actions,
        verification.services,
        found - unexplained,
    );
    if arguments.json {
        let findings: Vec<_> = verification.findings.iter().map(json).collect();
        say!("{:#}", Value::from(findings));
        note!("{summary}");
    } else {
        say!("{}{summary}", text(&verification.findings));
    }
    if unexplained == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    note!(
        "correct the specification, or record what is meant in deviations.yaml beside service.yaml"
    );
    Ok(ExitCode::from(FOUND))
}

/// The findings for people, one group for each file.
fn text(findings: &[Finding]) -> String {
    let mut text = String::new();
    let groups = findings
        .chunk_by(|left, right| (&left.service, &left.file) == (&right.service, &right.file));
    for group in groups {
        // Nothing can go wrong where text is written to text.
        let _ = writeln!(text, "{} {}", group[0].service, group[0].file);
        for finding in group {
            let _ = describe(&mut text, finding);
        }
        text.push('\n');
    }
    text
}

fn describe(text: &mut String, finding: &Finding) -> std::fmt::Result {
    let Finding {
        rule,
        file,
        at,
        place,
        specification,
        metadata,
        source,
        member,
        explanation,
        ..
    } = finding;
    let at = if at.is_empty() { file } else { at };
    writeln!(text, "  {}: {at} [{}]", shown(place), rule.as_str())?;
    if *rule == Rule::StaleDeviation {
        writeln!(
            text,
            "    recorded   the metadata says {specification}; it does not, or the specification agrees"
        )?;
    } else {
        writeln!(text, "    spec       {}", said(specification))?;
        let origin = format!("{source} {member}");
        writeln!(
            text,
            "    metadata   {} ({})",
            said(metadata),
            origin.trim()
        )?;
    }
    if let Some(explanation) = explanation {
        let place = shown(&explanation.place);
        let reason = explanation.reason.trim_end().replace('\n', " ");
        writeln!(text, "    explained  {reason} ({place})")?;
    }
    Ok(())
}

fn said(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

fn shown(place: &Place) -> String {
    format!("{}:{}:{}", place.file.display(), place.line, place.column)
}

fn json(finding: &Finding) -> Value {
    let place = |place: &Place| {
        json!({
            "file": place.file.display().to_string(),
            "line": place.line,
            "column": place.column,
        })
    };
    json!({
        "rule": finding.rule.as_str(),
        "service": finding.service,
        "action": (!matches!(finding.file.as_str(), "service" | "deviations"))
            .then_some(&finding.file),
        "at": finding.at,
        "place": place(&finding.place),
        "specification": finding.specification,
        "metadata": finding.metadata,
        "metadata_file": finding.source,
        "metadata_member": finding.member,
        "explanation": finding.explanation.as_ref().map(|explanation| json!({
            "place": place(&explanation.place),
            "reason": explanation.reason,
        })),
    })
}
