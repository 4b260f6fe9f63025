//! `call`: what one call costs its caller, beside others' clients.

mod contender;
mod report;
pub(crate) mod server;

use std::ffi::OsString;
use std::io::{self, Write};

use clap::Args;

use crate::{Failure, progress};
use contender::{Contender, Field, Idle, Series, Signing};
use server::Server;

/// How many calls are made at the same time.
const CONCURRENCIES: [u64; 2] = [1, 64];

/// How many idle clients are measured together.
const CLIENTS: u64 = 200;

/// Compare what one call costs its caller: processor time, allocations and memory.
///
/// Calls to a server on this machine are made by reqwest alone, by what users would write by hand, by
/// Bindery, by others' clients and by the vendor's for Python. Each is a process of its own on one
/// thread, and they take turns; medians are shown, and beside the targets those of each turn's ratio.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// How many calls each makes in a round; Python makes a twentieth
    #[arg(long, value_name = "NUMBER", default_value_t = 5_000,
          value_parser = clap::value_parser!(u64).range(1_000..))]
    calls: u64,
    /// How often all take turns
    #[arg(long, value_name = "NUMBER", default_value_t = 15,
          value_parser = clap::value_parser!(u64).range(1..))]
    rounds: u64,
    /// The Python that runs the vendor's SDK, which is left out without one
    #[arg(long, value_name = "PROGRAM", default_value = "python3")]
    python: OsString,
}

const EXAMPLES: &str = "\
Examples:
  cargo run --release -p bindery-bench -- call
  cargo run --release -p bindery-bench -- call --calls 2000 --rounds 1       a first look
  cargo run --release -p bindery-bench -- call --python /opt/python/bin/python3";

/// What the rounds have given.
#[derive(Default)]
struct Results {
    calls: Vec<(Contender, u64, Series)>,
    idle: Vec<(Contender, Idle)>,
    signing: Vec<Signing>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let field = Field::prepare(&arguments.python)?;
    let server = Server::start()?;
    let mut results = Results::default();
    for round in 1..=arguments.rounds {
        progress(&format!("round {round} of {}", arguments.rounds));
        for concurrency in CONCURRENCIES {
            for contender in field.contenders() {
                let calls = field.calls(contender, &server.url, concurrency, arguments.calls)?;
                results.calls.push((contender, concurrency, calls));
            }
        }
        for contender in Contender::RUST {
            let idle = field.idle(contender, &server.url, CLIENTS)?;
            results.idle.push((contender, idle));
        }
        results.signing.push(field.sign()?);
    }
    let text = report::text(&results, &field.contenders());
    Ok(writeln!(io::stdout(), "{text}")?)
}
