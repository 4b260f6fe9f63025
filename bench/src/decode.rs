//! `decode`: how fast replies are read.

use std::process::Stdio;

use clap::Args;

use crate::scratch::Scratch;
use crate::{Failure, measure, progress};

/// Compare the time to read replies, and how often memory is allocated for it.
///
/// Replies of DescribeUserInfo with 2, 100 and 1,095 users are read through Bindery's bindings,
/// through structs that derive `Deserialize`, and as `serde_json::Value`. The ways take turns in one
/// process; medians are shown.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {}

const EXAMPLES: &str = "\
Example:
  cargo run --release -p bindery-bench -- decode";

pub(crate) fn run(_: &Arguments) -> Result<(), Failure> {
    let scratch = Scratch::prepare(None, "trtc")?;
    progress("building the program");
    let command = ["build", "--release", "--package", "decode"];
    measure::time(&mut scratch.cargo(&command))?;
    progress("reading replies");
    let mut program = scratch.cargo(&["run", "--release", "--quiet", "--package", "decode"]);
    let status = program.stdin(Stdio::null()).status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("the program failed, {status}").into())
    }
}
