//! A load under faults: callers that read and write for a while through temporary keys that keep
//! expiring, and an audit of what their calls have done.
//!
//! What a caller is told is compared with what the emulator has executed: a call that succeeded was
//! executed once, one that failed without a doubt not at all, and none twice.

mod latencies;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bindery_emulator::{Emulator, Fault, Faults, Journal, Secrets};
use bindery_model::Model;
use bindery_sdk::credentials::AssumeRole;
use bindery_sdk::tencent::{cam::v20190116 as cam, trtc::v20190722 as trtc};
use bindery_sdk::{
    Config, ConfigBuilder, Credential, CredentialSource, Error, RetryPolicy, Timestamp,
};
use serde_json::{Value, json};

pub use latencies::Latencies;

/// How hard, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Soak {
    /// How many callers make one call after the other.
    pub callers: u64,
    /// For how long they do.
    pub duration: Duration,
    /// The share of requests that meet a fault.
    pub faults: f64,
    /// How long each temporary key is valid.
    pub token_lifetime: Duration,
    /// What the choice of faults depends on.
    pub seed: u64,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// How many calls were made.
    pub calls: u64,
    /// How many of them succeeded.
    pub successes: u64,
    /// How many requests were sent beyond the first of each call.
    pub retries: u64,
    /// The failures, by code or by kind.
    pub failures: BTreeMap<String, u64>,
    /// How many calls of the action that must not be done twice succeeded.
    pub done: u64,
    /// How many of them failed so that nobody could tell whether they were executed.
    pub doubtful: u64,
    /// How many the emulator has executed.
    pub executed: u64,
    /// Calls that succeeded and were not executed, or were executed although that was ruled out.
    pub wrong: Vec<String>,
    /// Calls that were executed more than once.
    pub doubled: Vec<String>,
    /// The faults that requests have met, by kind.
    pub faults: BTreeMap<String, u64>,
    /// How many temporary keys were handed out.
    pub keys: u64,
    /// How long calls took.
    pub latencies: Latencies,
    /// The memory of this process after a warm-up and at the end, where the system tells it.
    pub memory: Option<Memory>,
}

/// Memory that is in use, in KiB.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// After connections were made and buffers grown.
    pub warm: u64,
    /// At the end.
    pub end: u64,
}

impl Memory {
    /// Whether there is half as much again at the end, which no run should take.
    pub fn has_grown(self) -> bool {
        self.end > self.warm / 2 * 3
    }
}

/// No call takes longer.
pub const LONGEST_CALL: Duration = Duration::from_secs(15);

/// A request that is answered later is taken for one that never is.
const LONGEST_ATTEMPT: Duration = Duration::from_secs(2);

/// A run is warm after this time.
const WARM_UP: Duration = Duration::from_secs(10);

/// A user whom the emulator knows.
const USER: &str = "test124";

/// The action that must not be done twice.
const UNSAFE: &str = "cam:UpdateUser";

/// What one caller has seen.
#[derive(Default)]
struct Tally {
    report: Report,
    /// The remarks of calls that may still be executed.
    open: BTreeSet<String>,
}

#[derive(Clone)]
struct Clients {
    cam: cam::Client,
    trtc: trtc::Client,
}

/// Lets callers call, and counts.
pub async fn run(
    model: Arc<Model>,
    soak: Soak,
) -> Result<Report, Box<dyn std::error::Error + Send + Sync>> {
    let mut kinds = Fault::all();
    // Long enough to be seen in the latencies, and short enough for many calls.
    kinds.retain(|fault| !matches!(fault, Fault::Delay(_)));
    kinds.push(Fault::Delay(Duration::from_millis(50)));
    // As good as never.
    kinds.push(Fault::Delay(2 * LONGEST_ATTEMPT));
    let emulator = Emulator::new(model, Secrets::sample())
        .rate_limits(false)
        .token_lifetime(soak.token_lifetime)
        .faults(Faults::new().seed(soak.seed).rate(soak.faults, kinds))?;
    let journal = emulator.journal();
    let server = emulator
        .listen(SocketAddr::from(([127, 0, 0, 1], 0)))
        .await?;
    let clients = clients(&server.url())?;
    let until = Instant::now() + soak.duration;
    let warm = tokio::spawn(async move {
        tokio::time::sleep(soak.duration.min(WARM_UP)).await;
        resident_memory()
    });
    let callers: Vec<_> = (0..soak.callers)
        .map(|number| tokio::spawn(call_until(number, until, clients.clone(), journal.clone())))
        .collect();
    let mut tally = Tally::default();
    for caller in callers {
        tally.add(caller.await?);
    }
    let memory = warm.await?.zip(resident_memory());
    drop(clients);
    server.stop().await;
    let mut report = tally.audit(&journal);
    report.memory = memory.map(|(warm, end)| Memory { warm, end });
    Ok(report)
}

/// The memory of this process that is in use, in KiB. Linux tells it.
fn resident_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line?.trim().strip_suffix(" kB")?.trim().parse().ok()
}

/// Clients that sign with the temporary keys of a role.
fn clients(url: &str) -> Result<Clients, Error> {
    let configure = |credentials: CredentialSource| -> ConfigBuilder {
        Config::builder(credentials)
            .endpoint(url)
            .region("ap-singapore")
            .attempt_timeout(LONGEST_ATTEMPT)
            .total_timeout(LONGEST_CALL)
            .retry(RetryPolicy::standard().max_pause(Duration::from_millis(20)))
    };
    let secrets = Secrets::sample();
    let own = Credential::tencent(secrets.tencent_secret_id(), secrets.tencent_secret_key());
    let own = configure(own.into()).build()?;
    let role = AssumeRole::new(&own, "qcs::cam::uin/100001234567:roleName/soak", "soak");
    let config = configure(CredentialSource::new(role)).build()?;
    Ok(Clients {
        cam: cam::Client::new(&config)?,
        trtc: trtc::Client::new(&config)?,
    })
}

async fn call_until(caller: u64, until: Instant, clients: Clients, journal: Journal) -> Tally {
    let mut tally = Tally::default();
    let mut number = 0;
    while Instant::now() < until {
        match (caller + number) % 10 {
            0 | 1 => {
                let remark = format!("{caller}-{number}");
                let request = cam::UpdateUser::new(USER).remark(remark.as_str());
                let begun = Instant::now();
                let result = clients.cam.update_user(request).await;
                let result = result.map(|reply| reply.attempts()).map_err(Error::from);
                tally.count(begun.elapsed(), &result);
                tally.check(remark, &result, &journal);
            }
            2..=4 => {
                let begun = Instant::now();
                let result = clients.cam.get_user(cam::GetUser::new(USER)).await;
                let result = result.map(|reply| reply.attempts()).map_err(Error::from);
                tally.count(begun.elapsed(), &result);
            }
            _ => {
                let begun = Instant::now();
                let result = clients.trtc.describe_user_info(documented_call()).await;
                let result = result.map(|reply| reply.attempts()).map_err(Error::from);
                tally.count(begun.elapsed(), &result);
            }
        }
        number += 1;
    }
    tally
}

/// The inputs of a call that must not be executed twice.
fn inputs(remark: &str) -> Value {
    json!({ "Name": USER, "Remark": remark })
}

/// The request of the page's example.
fn documented_call() -> trtc::DescribeUserInfo {
    let second = |second| Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH);
    trtc::DescribeUserInfo::new(trtc::describe_user_info::Required {
        comm_id: "1400188366_218695_1590065777".to_owned(),
        start_time: second(1_590_065_777),
        end_time: second(1_590_065_877),
        sdk_app_id: 1_400_188_366,
    })
}

impl Tally {
    fn count(&mut self, elapsed: Duration, result: &Result<u32, Error>) {
        let report = &mut self.report;
        report.calls += 1;
        report.latencies.add(elapsed);
        let attempts = match result {
            Ok(attempts) => {
                report.successes += 1;
                *attempts
            }
            Err(error) => {
                let code = error.code().map(str::to_owned);
                let cause = code.unwrap_or_else(|| format!("{:?}", error.kind()));
                *report.failures.entry(cause).or_default() += 1;
                error.attempts()
            }
        };
        report.retries += u64::from(attempts.saturating_sub(1));
    }

    /// Compares what a caller was told with what was executed.
    fn check(&mut self, remark: String, result: &Result<u32, Error>, journal: &Journal) {
        let executed = journal.take_effect(UNSAFE, &inputs(&remark));
        let report = &mut self.report;
        report.executed += executed;
        if executed > 1 {
            report.doubled.push(remark);
            return;
        }
        match result {
            Ok(_) => {
                report.done += 1;
                if executed == 0 {
                    report.wrong.push(format!("{remark} has succeeded"));
                }
            }
            Err(error) if error.may_have_executed() => {
                report.doubtful += 1;
                if executed == 0 {
                    self.open.insert(remark);
                }
            }
            Err(error) if executed == 1 => report.wrong.push(format!("{remark}: {error}")),
            Err(_) => {}
        }
    }

    fn add(&mut self, other: Self) {
        let (mine, others) = (&mut self.report, other.report);
        mine.calls += others.calls;
        mine.successes += others.successes;
        mine.retries += others.retries;
        for (cause, count) in others.failures {
            *mine.failures.entry(cause).or_default() += count;
        }
        mine.done += others.done;
        mine.doubtful += others.doubtful;
        mine.executed += others.executed;
        mine.wrong.extend(others.wrong);
        mine.doubled.extend(others.doubled);
        mine.latencies.merge(&others.latencies);
        self.open.extend(other.open);
    }

    /// What was executed after its caller had given up may only be what was in doubt, and only once.
    fn audit(mut self, journal: &Journal) -> Report {
        let report = &mut self.report;
        let open: BTreeSet<_> = self
            .open
            .iter()
            .map(|remark| inputs(remark).to_string())
            .collect();
        for (inputs, count) in journal.effects(UNSAFE) {
            report.executed += count;
            if count > 1 || !open.contains(&inputs) {
                report.doubled.push(inputs);
            }
        }
        let executed = journal.executed();
        let total = executed.get(UNSAFE).copied().unwrap_or_default();
        if total != report.executed {
            let message = format!("{total} executed, {} accounted for", report.executed);
            report.wrong.push(message);
        }
        report.keys = executed.get("sts:AssumeRole").copied().unwrap_or_default();
        report.faults = journal.faults();
        self.report
    }
}
