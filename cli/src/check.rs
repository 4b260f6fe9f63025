//! `bindery check`: is the specification right, and how much does it hold?

use std::process::ExitCode;

use bindery_model::{Model, Shape};

use crate::output::{count, note, say};
use crate::{FOUND, Spec};

/// Check the specification and say how much it holds
///
/// Every problem is shown with its place, its cause and a remedy.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    spec: Spec,
}

const EXAMPLES: &str = "\
Examples:
  bindery check
  bindery check --spec my-spec

Exit status:
  0    the specification is right
  1    there is no specification
  100  it has problems";

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    match arguments.spec.load() {
        Ok(model) => {
            say!("{}", census(&model));
            ExitCode::SUCCESS
        }
        Err(problems) => {
            note!("{problems}");
            if arguments.spec.spec.is_dir() {
                ExitCode::from(FOUND)
            } else {
                ExitCode::FAILURE
            }
        }
    }
}

/// How much a model holds.
pub(crate) fn census(model: &Model) -> String {
    let services = || {
        model
            .providers
            .iter()
            .flat_map(|provider| &provider.services)
    };
    let actions = || services().flat_map(|service| &service.actions);
    let types = services().flat_map(|service| &service.types);
    let objects = types
        .filter(|one| matches!(one.shape, Shape::Object(_)))
        .count();
    let enumerations = services().map(|service| service.types.len()).sum::<usize>() - objects;
    let errors = model
        .providers
        .iter()
        .map(|provider| provider.errors.len())
        .sum::<usize>()
        + services()
            .map(|service| service.errors.len())
            .sum::<usize>()
        + actions().map(|action| action.errors.len()).sum::<usize>();
    format!(
        "{}, {}, {}, {} ({}, {}), {}",
        count(model.providers.len(), "provider"),
        count(services().count(), "service"),
        count(actions().count(), "action"),
        count(objects + enumerations, "type"),
        count(objects, "object"),
        count(enumerations, "enumeration"),
        count(errors, "error code"),
    )
}
