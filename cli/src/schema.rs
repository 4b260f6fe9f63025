//! `bindery schema`: what editors and readers know of the specification's language.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use bindery_model::disk;

use crate::output::note;
use crate::{FOUND, Failure};

const BEGIN: &str = "<!-- keys:begin -->\n";
const END: &str = "<!-- keys:end -->\n";

/// Write the JSON Schema of the language and its reference
///
/// Editors complete and check specifications with DIR/schema.json, which a file names in its first
/// line; DIR/README.md explains every key between two marks.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The folder of the specification
    #[arg(long, value_name = "DIR", default_value = "spec")]
    spec: PathBuf,
    /// Write nothing; exit with 100 when something would change
    #[arg(long)]
    check: bool,
}

const EXAMPLES: &str = "\
Examples:
  bindery schema
  bindery schema --check

The first line of a file, for editors with a YAML language server:
  # yaml-language-server: $schema=../../../schema.json

Exit status:
  0    both are as the language is
  1    one could not be written
  100  with --check, one is stale";

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let schema = arguments.spec.join("schema.json");
    let readme = arguments.spec.join("README.md");
    let mut wanted = vec![(schema, format!("{:#}\n", bindery_model::json_schema()))];
    if readme.exists() {
        let text = fs::read_to_string(&readme)
            .map_err(|error| format!("{} cannot be read: {error}", readme.display()))?;
        let parts = text
            .split_once(BEGIN)
            .and_then(|(before, rest)| rest.split_once(END).map(|(_, after)| (before, after)));
        let Some((before, after)) = parts else {
            return Err(format!(
                "{} has no place for the reference: expected the lines\n{BEGIN}{END}",
                readme.display()
            )
            .into());
        };
        let reference = bindery_model::reference_markdown();
        wanted.push((readme, format!("{before}{BEGIN}{reference}{END}{after}")));
    }
    let mut stale = false;
    for (path, text) in wanted {
        if fs::read_to_string(&path).ok().as_ref() == Some(&text) {
            continue;
        }
        stale = true;
        if arguments.check {
            note!("{} is stale: run `bindery schema`", path.display());
        } else {
            let written = disk::replace(&path, &text);
            written.map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
            note!(" changed {}", path.display());
        }
    }
    Ok(if stale && arguments.check {
        ExitCode::from(FOUND)
    } else {
        ExitCode::SUCCESS
    })
}
