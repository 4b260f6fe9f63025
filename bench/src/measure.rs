//! How time is taken: by the clock, and as processor time, which other work on the machine disturbs
//! less.

use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use serde::{Deserialize, Serialize};

use crate::Failure;

/// The subcommand of this program that runs a part of a measurement.
pub(crate) const PART: &str = "part";

/// What it took to run a command.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Cost {
    /// Time by the clock.
    pub(crate) wall: Duration,
    /// Time of all processors, in the command and in what it started.
    pub(crate) processor: Duration,
}

impl Cost {
    /// What is left without what another command took.
    pub(crate) fn without(self, other: Self) -> Self {
        Self {
            wall: self.wall.saturating_sub(other.wall),
            processor: self.processor.saturating_sub(other.processor),
        }
    }
}

/// What it took to run a command as a process of its own.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Observed {
    pub(crate) cost: Cost,
    /// What of the processor time was the system's.
    pub(crate) system: Duration,
    /// The memory of the largest process that it consisted of, in bytes.
    pub(crate) memory: u64,
}

/// A part of a measurement, as a process of its own.
pub(crate) fn part() -> Result<Command, Failure> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(PART);
    Ok(command)
}

/// Runs a command to its end, by way of a process that starts nothing else: the system tells the
/// memory only of the largest of all processes that one has started.
pub(crate) fn observe(command: &Command) -> Result<Observed, Failure> {
    let mut observer = part()?;
    observer.args(["observe", "--"]).arg(command.get_program());
    observer.args(command.get_args());
    let output = observer.stdin(Stdio::null()).output()?;
    check(&observer, &output)?;
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Runs a command to its end, in a process that has started nothing before.
pub(crate) fn observe_first(command: &mut Command) -> Result<Observed, Failure> {
    let cost = time(command)?;
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    Ok(Observed {
        cost,
        system: duration(usage.system_time())?,
        memory: largest_child()?,
    })
}

/// Runs a command to its end.
pub(crate) fn time(command: &mut Command) -> Result<Cost, Failure> {
    let before = children()?;
    let start = Instant::now();
    let output = command.stdin(Stdio::null()).output()?;
    let wall = start.elapsed();
    check(command, &output)?;
    Ok(Cost {
        wall,
        processor: children()?.saturating_sub(before),
    })
}

/// The memory of the largest process that has ended, in bytes.
pub(crate) fn largest_child() -> Result<u64, Failure> {
    let kibibytes = getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss();
    Ok(u64::try_from(kibibytes)? << 10)
}

/// The median of some costs, for each kind of time on its own.
pub(crate) fn median(costs: &[Cost]) -> Cost {
    Cost {
        wall: middle(costs.iter().map(|cost| cost.wall)),
        processor: middle(costs.iter().map(|cost| cost.processor)),
    }
}

/// The median of what was observed, for each kind on its own.
pub(crate) fn median_observed(observed: &[Observed]) -> Observed {
    let costs: Vec<Cost> = observed.iter().map(|one| one.cost).collect();
    Observed {
        cost: median(&costs),
        system: middle(observed.iter().map(|one| one.system)),
        memory: middle(observed.iter().map(|one| one.memory)),
    }
}

/// The median of some numbers, of which there may be none.
pub(crate) fn median_number(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let lower = values.get(values.len().saturating_sub(1) / 2)?;
    let upper = values.get(values.len() / 2)?;
    Some(f64::midpoint(*lower, *upper))
}

fn middle<T: Copy + Default + Ord>(values: impl Iterator<Item = T>) -> T {
    let mut values: Vec<T> = values.collect();
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// Fails with what a command has said if it has failed.
pub(crate) fn check(command: &Command, output: &Output) -> Result<(), Failure> {
    if output.status.success() {
        return Ok(());
    }
    let messages = String::from_utf8_lossy(&output.stderr);
    Err(format!("{command:?} failed, {}:\n{messages}", output.status).into())
}

/// The processor time of all commands that have ended.
fn children() -> Result<Duration, Failure> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    Ok(duration(usage.user_time())? + duration(usage.system_time())?)
}

fn duration(time: TimeVal) -> Result<Duration, Failure> {
    let microseconds = u32::try_from(time.tv_usec())?;
    Ok(Duration::from_secs(u64::try_from(time.tv_sec())?)
        + Duration::from_micros(microseconds.into()))
}
