//! `bindery demo`: typed calls to three clouds, against the emulator, through the generated crate.

mod calls;
mod show;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use bindery_emulator::{Emulator, Secrets};

use crate::check::census;
use crate::generate::Stale;
use crate::output::say;
use crate::{Failure, Spec};

/// Show typed calls to three clouds, without an account or a network
///
/// Reads the specification, compares the generated crate with it, starts the emulator on a loopback
/// port and calls it through the generated crate. Nothing leaves this machine.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    spec: Spec,
    /// The folder of the generated crate
    #[arg(long, value_name = "DIR", default_value = "generated")]
    out: std::path::PathBuf,
}

const EXAMPLES: &str = "\
Examples:
  bindery demo
  bindery demo --spec spec

Exit status:
  0    all calls went as they should
  1    one did not";

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let start = Instant::now();
    let model = arguments.spec.load()?;
    say!(
        "spec       {}, read in {} ms",
        census(&model),
        start.elapsed().as_millis()
    );
    let start = Instant::now();
    let stale = Stale::of(&arguments.spec.spec, &arguments.out)?;
    let elapsed = start.elapsed().as_millis();
    let (files, count) = (stale.files(), stale.count());
    if count == 0 {
        say!("generated  {files} files are up to date ({elapsed} ms)");
    } else {
        say!("generated  {count} of {files} files differ: run `bindery generate`");
        for (folder, change) in stale.changes() {
            say!("           {}", folder.join(&change.path).display());
        }
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let secrets = Secrets::sample();
        let address = ([127, 0, 0, 1], 0).into();
        let server = Emulator::new(Arc::new(model), secrets.clone())
            .listen(address)
            .await?;
        say!("emulator   {}", server.url());
        let result = calls::all(&server.url(), &secrets).await;
        server.stop().await;
        result?;
        say!("\nAll calls went as they should.");
        Ok(ExitCode::SUCCESS)
    })
}
