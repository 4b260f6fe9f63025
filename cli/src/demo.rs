//! `bindery demo`.
use std::process::ExitCode;

/// Demo
#[derive(clap::Args)]
pub(crate) struct Arguments {}

pub(crate) fn run(_: &Arguments) -> Result<ExitCode, crate::Failure> {
    Ok(ExitCode::SUCCESS)
}
