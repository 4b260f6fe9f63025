//! `decode`: how fast replies are read.

use std::process::Stdio;

use clap::Args;

use crate::scratch::Scratch;
use crate::{Failure, measure, progress};

/// Compare the time to read replies, and how often memory is allocated for it.
///
/// Replies of DescribeUserInfo with 2, 11, 100 and 1,095 users are read through Bindery's bindings,
/// through structs that derive `Deserialize`, and as `serde_json::Value`. The ways take turns in one
/// process; medians are shown, those of ratios of what was measured one after the other.
///
/// The allocator of glibc is told to keep freed memory. It would otherwise hand it back to the
/// system after each large reply and ask for it again, which no service does whose memory is in use,
/// and it is the system that would be measured.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {}

/// How many bytes the allocator keeps.
const KEPT: &str = "67108864";

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
    program
        .env("MALLOC_TRIM_THRESHOLD_", KEPT)
        .env("MALLOC_TOP_PAD_", KEPT);
    let status = program.stdin(Stdio::null()).status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("the program failed, {status}").into())
    }
}
