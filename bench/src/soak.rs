//! `soak`: calls for minutes while things go wrong, and what memory and time they take.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bindery_tests::soak::{LONGEST_CALL, Memory, Report, Soak, run as soak};
use clap::Args;

use crate::{Failure, progress};

/// Call the emulator for minutes while requests go wrong and keys expire.
///
/// Each caller makes one call after the other: half of them read a list, three of ten an object, and
/// two of ten change something that must not be changed twice. What callers were told is compared
/// with what was executed; a call that was lost or done twice is a failure, and so are a caller that
/// is stuck and memory that grows by half. Client and emulator are one process, whose memory is
/// measured after a warm-up and at the end.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// For how many minutes; a part of one will do
    #[arg(long, value_name = "MINUTES", default_value_t = 10.0)]
    minutes: f64,
    /// How many callers there are
    #[arg(long, value_name = "NUMBER", default_value_t = 64)]
    callers: u64,
    /// How many of a hundred requests meet a fault
    #[arg(long, value_name = "PERCENT", default_value_t = 10.0)]
    faults: f64,
    /// For how many seconds each temporary key is valid
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    token_lifetime: u64,
    /// What the choice of faults depends on
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    seed: u64,
    /// The folder of the specification
    #[arg(long, value_name = "FOLDER", default_value = "spec")]
    spec: PathBuf,
}

const EXAMPLES: &str = "\
Examples:
  cargo run --release -p bindery-bench -- soak
  cargo run --release -p bindery-bench -- soak --minutes 0.5 --callers 256 --faults 30";

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let model = bindery_model::load(&arguments.spec).map_err(|problems| problems.render(false))?;
    let duration = Duration::try_from_secs_f64(60.0 * arguments.minutes)?;
    let settings = Soak {
        callers: arguments.callers,
        duration,
        faults: arguments.faults / 100.0,
        token_lifetime: Duration::from_secs(arguments.token_lifetime),
        seed: arguments.seed,
    };
    progress(&format!("{} callers for {duration:?}", arguments.callers));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let report = runtime.block_on(async {
        let running = tokio::spawn(soak(Arc::new(model), settings));
        let patience = duration + 2 * LONGEST_CALL;
        let ended = tokio::time::timeout(patience, running).await;
        let ended = ended.map_err(|_| format!("a caller is stuck after {patience:?}"))?;
        ended?.map_err(|error| Failure::from(error.to_string()))
    })?;
    print(&report, duration)?;
    if !report.wrong.is_empty() || !report.doubled.is_empty() {
        let found = report.wrong.iter().chain(&report.doubled);
        let found: Vec<_> = found.map(String::as_str).collect();
        return Err(format!("lost or doubled: {}", found.join(", ")).into());
    }
    if report.memory.is_some_and(Memory::has_grown) {
        return Err("memory has grown by more than half since the warm-up".into());
    }
    Ok(())
}

fn print(report: &Report, duration: Duration) -> io::Result<()> {
    let mut out = io::stdout().lock();
    #[expect(clippy::cast_precision_loss, reason = "no run makes 2^53 calls")]
    let rate = report.calls as f64 / duration.as_secs_f64();
    writeln!(out, "calls        {}, {rate:.0}/s", report.calls)?;
    writeln!(out, "succeeded    {}", report.successes)?;
    writeln!(out, "retries      {}", report.retries)?;
    let faults: u64 = report.faults.values().sum();
    writeln!(
        out,
        "faults       {faults}: {}",
        counts(report.faults.iter())
    )?;
    let failures: u64 = report.failures.values().sum();
    let mut causes: Vec<_> = report.failures.iter().collect();
    causes.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    causes.truncate(10);
    writeln!(
        out,
        "failures     {failures}: {}",
        counts(causes.into_iter())
    )?;
    writeln!(
        out,
        "unsafe calls {} succeeded, {} in doubt, {} executed, {} lost, {} doubled",
        report.done,
        report.doubtful,
        report.executed,
        report.wrong.len(),
        report.doubled.len()
    )?;
    writeln!(out, "keys         {}", report.keys)?;
    let quantile = |thousandths| report.latencies.quantile(thousandths);
    writeln!(
        out,
        "latency      p50 {:?}, p90 {:?}, p99 {:?}, p99.9 {:?}, longest {:?}",
        quantile(500),
        quantile(900),
        quantile(990),
        quantile(999),
        quantile(1000)
    )?;
    match report.memory {
        Some(Memory { warm, end }) => writeln!(
            out,
            "memory       {warm} KiB after the warm-up, {end} KiB at the end"
        ),
        None => writeln!(out, "memory       not measured"),
    }
}

/// Counts with their names.
fn counts<'a>(counts: impl Iterator<Item = (&'a String, &'a u64)>) -> String {
    let counts: Vec<_> = counts
        .map(|(name, count)| format!("{name} {count}"))
        .collect();
    counts.join(", ")
}
