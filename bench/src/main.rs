//! Measures what Bindery and its bindings cost, beside others' ways, and tries them on a catalogue.
//!
//! Results go to standard output, progress to standard error. Everything is built in a workspace of
//! its own below `target/bench`, so that neither the measured crates nor their dependencies are
//! part of this one.

mod aws;
mod bindings;
mod call;
mod catalogue;
mod compile;
mod corpus;
mod decode;
mod generate;
mod listing;
mod measure;
mod peer;
mod program;
mod rustfmt;
mod scratch;
mod soak;
mod table;
mod tool;
mod vendor;
mod workspace;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What a subcommand returns when it fails: a message for the user.
type Failure = Box<dyn std::error::Error>;

/// Measures what Bindery and its bindings cost, beside others' ways, and tries them on a catalogue.
#[derive(Parser)]
#[command(name = "bindery-bench", arg_required_else_help = true, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  cargo run --release -p bindery-bench -- compile                   all that is measured, five times
  cargo run --release -p bindery-bench -- compile --runs 1          a first look
  cargo run --release -p bindery-bench -- decode                    reading replies
  cargo run --release -p bindery-bench -- call                      making calls, beside other clients
  cargo run --release -p bindery-bench -- generate --catalogue tccli/tccli
  cargo run --release -p bindery-bench -- decode > decode.txt       progress stays on the terminal";

#[derive(Subcommand)]
enum Command {
    Call(call::Arguments),
    Catalogue(catalogue::Arguments),
    Compile(compile::Arguments),
    Corpus(corpus::Arguments),
    Decode(decode::Arguments),
    Generate(generate::Arguments),
    #[command(hide = true)]
    Part(generate::part::Arguments),
    Soak(soak::Arguments),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Call(arguments) => call::run(&arguments),
        Command::Catalogue(arguments) => catalogue::run(&arguments),
        Command::Compile(arguments) => compile::run(&arguments),
        Command::Corpus(arguments) => corpus::run(&arguments),
        Command::Decode(arguments) => decode::run(&arguments),
        Command::Generate(arguments) => generate::run(&arguments),
        Command::Part(arguments) => generate::part::run(&arguments),
        Command::Soak(arguments) => soak::run(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            progress(&failure.to_string());
            ExitCode::FAILURE
        }
    }
}

/// Tells the user how far the work has come. A terminal that has gone away stops nothing.
fn progress(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}
