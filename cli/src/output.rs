//! What the command says: data on standard output, everything else on standard error.
//!
//! A reader may close either when he has seen enough, as `head` does. That is no failure: what was
//! begun is finished, and the exit status is that of the work. All that the command prints goes
//! through here, because the macros of the standard library panic instead.

use std::fmt;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::OnceLock;

/// Why standard output could not be written to, if its reader was still there.
static FAILURE: OnceLock<io::Error> = OnceLock::new();

/// How many services take long enough to be counted before one's eyes.
const MANY: usize = 20;

/// Prints a line of data.
macro_rules! say {
    ($($arguments:tt)*) => {
        $crate::output::write(format_args!("{}\n", format_args!($($arguments)*)))
    };
}

/// Prints a line for the person who has typed the command.
macro_rules! note {
    ($($arguments:tt)*) => {
        $crate::output::remark(format_args!("{}\n", format_args!($($arguments)*)))
    };
}

pub(crate) use {note, say};

/// A number of things: `1 file`, `2 files`.
pub(crate) fn count(number: usize, thing: &str) -> String {
    match number {
        1 => format!("1 {thing}"),
        _ => format!("{number} {thing}s"),
    }
}

/// Writes data.
pub(crate) fn write(text: impl fmt::Display) {
    remember(write!(io::stdout().lock(), "{text}"));
}

/// Writes to standard error, where colours are seen on a terminal only.
pub(crate) fn remark(text: impl fmt::Display) {
    // There is no third place to complain in.
    let _ = write!(anstream::stderr().lock(), "{text}");
}

/// Replaces what a person at a terminal sees of the progress.
pub(crate) fn progress(text: impl fmt::Display) {
    if io::stderr().is_terminal() {
        remark(format_args!("\r\x1b[K{text}"));
    }
}

/// Says how many services are done, where there are so many that it takes a while.
pub(crate) fn services(done: usize, all: usize) {
    if all > MANY {
        progress(format_args!("{done} of {all} services"));
    }
}

/// The exit status, after data that could not be written has turned a success into a failure.
pub(crate) fn finish(status: ExitCode) -> ExitCode {
    remember(io::stdout().flush());
    match FAILURE.get() {
        None => status,
        Some(error) => {
            note!("cannot write to standard output: {error}");
            ExitCode::FAILURE
        }
    }
}

fn remember(result: io::Result<()>) {
    match result {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            // The first failure explains the others.
            let _ = FAILURE.set(error);
        }
        _ => {}
    }
}
