//! The `bindery` command: a thin shell over the crates, one file per subcommand.
//!
//! Data goes to standard output, everything else to standard error. The exit status is 0 when what
//! was asked for is done, 1 when it could not be done, 2 when the command line is wrong, and 100
//! when a check has found something.

mod check;
#[cfg(feature = "demo")]
mod demo;
mod emulate;
mod fmt;
mod generate;
mod import;
mod output;
mod package;
mod schema;
mod tccli;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

use bindery_model::Specification;
use clap::{Args, Parser, Subcommand};
use mimalloc::MiMalloc;

use crate::output::note;

/// A specification is a million small values, made and let go of on all processors at once. The
/// system's allocator takes a quarter of the time to do it, this one half as much.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// What a subcommand returns when it fails: a message for the user.
type Failure = Box<dyn std::error::Error>;

/// The exit status of a check that has found something.
const FOUND: u8 = 100;

/// Typed clients from descriptions of cloud-API actions.
#[derive(Parser)]
#[command(name = "bindery", version, arg_required_else_help = true, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  bindery demo                                     see typed calls to three clouds, offline
  bindery check                                    is the specification right?
  bindery fmt                                      give spec/ its one layout
  bindery generate                                 write generated/ from spec/
  bindery generate --check                         fail when generated/ is stale
  bindery generate --only trtc:DescribeUserInfo --out client
                                                   a slice: one action and its types
  bindery generate --crate my-client               a crate of one's own
  bindery emulate --listen 127.0.0.1:7878          play the vendors on a local port
  bindery import tencent tccli/tccli --service trtc --out catalogue
                                                   the vendor's metadata as a specification
  bindery verify --against tccli/tccli             where the vendor's metadata say something else
  bindery schema                                   what editors know of the language

Exit status:
  0    what was asked for is done
  1    it could not be done
  2    the command line is wrong
  100  something was found that a person has to decide on";

#[derive(Subcommand)]
enum Command {
    Check(check::Arguments),
    Fmt(fmt::Arguments),
    Generate(generate::Arguments),
    Import(import::Arguments),
    Emulate(emulate::Arguments),
    Schema(schema::Arguments),
    Verify(verify::Arguments),
    #[cfg(feature = "demo")]
    Demo(demo::Arguments),
}

/// Where the specification is.
#[derive(Args)]
struct Spec {
    /// The folder of the specification
    #[arg(long, value_name = "DIR", default_value = "spec")]
    spec: PathBuf,
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Check(arguments) => Ok(check::run(&arguments)),
        Command::Fmt(arguments) => fmt::run(&arguments),
        Command::Generate(arguments) => generate::run(&arguments),
        Command::Import(arguments) => import::run(&arguments),
        Command::Emulate(arguments) => emulate::run(&arguments),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        #[cfg(feature = "demo")]
        Command::Demo(arguments) => demo::run(&arguments),
    };
    output::finish(result.unwrap_or_else(|failure| {
        note!("{failure}");
        ExitCode::FAILURE
    }))
}

impl Spec {
    /// Reads and checks the specification.
    fn load(&self) -> Result<bindery_model::Model, Failure> {
        let specification = Specification::open(&self.spec);
        let model = specification.model_with_progress(&output::services);
        output::progress("");
        // The rendering carries colours; what prints it removes them where nobody sees colours.
        model.map_err(|problems| problems.render(true).into())
    }
}
