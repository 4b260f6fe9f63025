//! `bindery emulate`: the vendors on a local port.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use bindery_emulator::{Emulator, Faults, Secrets};
use serde_json::json;

use crate::output::say;
use crate::{Failure, Spec};

/// Play the vendors on a local port
///
/// Signatures, parameters and rate limits are checked as the specification says. One line of JSON on
/// standard output tells the URL and the address, and which SecretId, apps and account are accepted;
/// the server runs until it is interrupted. The secrets are those of the demo, unless others are
/// given.
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
    /// Inject faults, scripted per action or at a rate; may be repeated
    ///
    /// `cam:AddUser=reset-after,ok,html-502` says what becomes of the first requests of an action,
    /// `all@10%` or `cam:AddUser=InternalError@5%` lets a share of the requests meet one of the
    /// faults. These are `ok` (none), `code` (any code of the action), `throttle`, `html-502`,
    /// `json-503`, `delay-200ms`, `reset-before`, `reset-after`, `truncate`, `all` (one of each
    /// kind), and codes of the vendor.
    #[arg(long = "fault", value_name = "RULE")]
    faults: Vec<String>,
    /// Seed for fault rates; the same seed fails the same requests
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    seed: u64,
    /// For how many seconds access tokens and temporary keys are valid at most
    #[arg(long, value_name = "SECONDS", default_value_t = 43_200)]
    token_lifetime: u64,
    /// Answer calls beyond the documented rates as well
    #[arg(long)]
    no_rate_limits: bool,
}

const EXAMPLES: &str = "\
Examples:
  bindery emulate
  bindery emulate --listen 127.0.0.1:7878
  bindery emulate --fault all@10% --seed 7 --token-lifetime 5
  bindery emulate --fault cam:AddUser=reset-after,InternalError
  bindery emulate --secret-id AKIDexample --secret-env TENCENTCLOUD_SECRET_KEY

Exit status:
  0    it was interrupted
  1    it could not start: the specification, a rule or the address is wrong";

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
    let mut faults = Faults::new().seed(arguments.seed);
    for rule in &arguments.faults {
        faults = faults.rule(rule)?;
    }
    let accepted = json!({
        "tencent": { "secret_id": secrets.tencent_secret_id() },
        "huawei": { "app_id": secrets.huawei_app_id(), "account": secrets.huawei_account() },
        "zego": { "app_id": secrets.zego_app_id() },
    });
    let emulator = Emulator::new(Arc::new(model), secrets)
        .token_lifetime(Duration::from_secs(arguments.token_lifetime))
        .rate_limits(!arguments.no_rate_limits)
        .faults(faults)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let server = emulator.listen(arguments.listen).await?;
        // An interrupt counts from the moment on at which the address is known.
        let interrupted = tokio::spawn(tokio::signal::ctrl_c());
        tokio::task::yield_now().await;
        say!(
            "{}",
            json!({ "url": server.url(), "address": server.address(), "accepts": accepted })
        );
        interrupted.await??;
        server.stop().await;
        Ok(ExitCode::SUCCESS)
    })
}
