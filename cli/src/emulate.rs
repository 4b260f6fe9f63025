//! `bindery emulate`: the vendors on a local port.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use bindery_emulator::{Emulator, Secrets};

use crate::{Failure, Spec};

/// Play the vendors on a local port
///
/// Signatures, parameters and rate limits are checked as the specification says. One line of JSON
/// on standard output tells the address and the names of the accounts; the server runs until it is
/// interrupted. Without further arguments, accounts and secrets are those of the demo.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    spec: Spec,
    /// The loopback address to listen on; port 0 takes a free one
    #[arg(long, value_name = "127.0.0.1:PORT", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Tencent Cloud: the SecretId to accept instead of the demo's
    #[arg(long, value_name = "ID", requires = "secret_env")]
    secret_id: Option<String>,
    /// Tencent Cloud: the environment variable that holds the SecretKey
    #[arg(long, value_name = "VARIABLE", requires = "secret_id")]
    secret_env: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  bindery emulate
  bindery emulate --listen 127.0.0.1:7878
  bindery emulate --secret-id AKIDexample --secret-env TENCENTCLOUD_SECRET_KEY";

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let model = arguments.spec.load()?;
    let mut secrets = Secrets::sample();
    if let (Some(id), Some(variable)) = (&arguments.secret_id, &arguments.secret_env) {
        let key = std::env::var(variable).map_err(|_| {
            format!("the environment variable {variable} holds no text: set it to the SecretKey")
        })?;
        secrets = secrets.with_tencent(id, &key);
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let server = Emulator::new(Arc::new(model), secrets)
            .listen(arguments.listen)
            .await?;
        println!(
            "{}",
            serde_json::json!({ "url": server.url(), "address": server.address() })
        );
        tokio::signal::ctrl_c().await?;
        server.stop().await;
        Ok(ExitCode::SUCCESS)
    })
}
