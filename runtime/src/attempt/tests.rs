//! Whatever fails, in whatever order: the loop keeps to its rules, which are written down here once
//! more, as a table of faults.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use proptest::prelude::*;
use tokio::time::Instant;

use crate::client::ServiceClient;
use crate::credentials::{CredentialSource, ProvideCredential, Provided};
use crate::operation::{
    Action, Authentication, Dispatch, Envelope, ErrorClass, Kind, Operation, Provider, RateLimit,
    RateScope, Service,
};
use crate::record::{ArrayStyle, Record};
use crate::testing::Double;
use crate::testing::answer::{Answer, Reply};
use crate::testing::recording::Recorded;
use crate::{
    Clock, Config, Credential, Error, ErrorKind, Exhausted, FinishedAttempt, Intercept,
    OutgoingAttempt, RetryPolicy, Timestamp, record,
};

static PROVIDER: Provider = Provider {
    name: "tencent",
    telemetry_name: "tencentcloud",
    dispatch: Dispatch::Header,
    arrays: ArrayStyle::Indexed,
    clock_window: Duration::from_mins(5),
    errors: &[
        ("Invalid", ErrorClass::Invalid),
        ("Busy", ErrorClass::Throttled),
        ("Failing", ErrorClass::Server),
        ("Late", ErrorClass::ClockSkew),
        ("Expired", ErrorClass::Credential),
        ("Quota", ErrorClass::Quota),
    ],
};

pub(super) static SERVICE: Service = Service {
    provider: &PROVIDER,
    name: "service",
    version: "v1",
    host: "service.example.com",
    errors: &[],
};

macro_rules! actions {
    ($($action:ident: $kind:ident $limits:expr, { $($member:tt)* })*) => {
        $(
            #[derive(Default)]
            struct $action {
                token: Option<String>,
            }

            record! { $action { 0 => token: "Token" $($member)*, } }

            impl Action for $action {
                type Output = Output;
                type ErrorCode = String;

                const OPERATION: Operation = Operation {
                    kind: Kind::$kind,
                    rate_limits: $limits,
                    authentication: Authentication::Tc3,
                    envelope: Envelope::Response,
                    ..Operation::new(&SERVICE, stringify!($action))
                };
            }
        )*
    };
}

actions! {
    Reads: Read &[], {}
    ReadsSeldom: Read &[RateLimit::per_minute(6, RateScope::Account)], {}
    Repeats: Idempotent &[], {}
    Writes: Write &[], {}
    WritesOnce: Write &[], { idempotency_token }
}

struct Output {
    total: Option<u64>,
}

record! { Output { 0 => total: "Total", } }

/// What one attempt comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    None,
    /// A failure without a reply.
    Lost(ErrorKind),
    /// No reply in the time of an attempt.
    Silence,
    /// An error with a code, and with the seconds after which to come back.
    Code(&'static str, u16, Option<u64>),
    /// The vendor finds the signature too old, by a clock that is off by so many minutes.
    Late(Option<i64>),
    /// A reply that cannot be read.
    Page,
}

/// What the rules make of a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    /// The call ends.
    End,
    /// The request was not executed, and is sent again.
    Again,
    Throttled,
    /// Only a request that does no harm is sent again.
    Unclear,
    /// It is sent again once, where the clock explains it.
    Clock,
    /// It is sent again once, with another credential.
    Credential,
}

const START: i64 = 1_700_000_000;
const ATTEMPT: Duration = Duration::from_secs(30);
const TOTAL: Duration = Duration::from_secs(90);
const CAPACITY: u32 = 500;

impl Fault {
    fn rule(self) -> Rule {
        match self {
            Self::Code("Busy", ..) | Self::Code(_, 429, _) => Rule::Throttled,
            Self::Code("Failing", 503, Some(_)) | Self::Lost(ErrorKind::NotSent) => Rule::Again,
            Self::Code("Failing", ..)
            | Self::Lost(ErrorKind::MaybeSent | ErrorKind::ReplyCut)
            | Self::Silence => Rule::Unclear,
            Self::Code("Expired", ..) => Rule::Credential,
            Self::Late(_) => Rule::Clock,
            Self::None | Self::Lost(_) | Self::Code(..) | Self::Page => Rule::End,
        }
    }

    /// Whether the vendor may have executed the action, or says nothing of it.
    fn may_have_run(self) -> bool {
        match self {
            Self::None | Self::Late(_) => false,
            Self::Lost(kind) => {
                !matches!(kind, ErrorKind::NotSent | ErrorKind::Tls | ErrorKind::Proxy)
            }
            Self::Code(code, ..) => code == "Failing",
            Self::Silence | Self::Page => true,
        }
    }

    fn kind(self) -> ErrorKind {
        match self {
            Self::Lost(kind) => kind,
            Self::Silence => ErrorKind::Timeout,
            Self::Page => ErrorKind::BadReply,
            Self::None | Self::Code(..) | Self::Late(_) => ErrorKind::Service,
        }
    }

    fn hint(self) -> Option<Duration> {
        match self {
            Self::Code(.., hint) => hint.map(Duration::from_secs),
            _ => None,
        }
    }

    fn answer(self, now: i64) -> Answer {
        let refusal = |status, code, name: &str, value: Option<String>| {
            let headers = value.map(|value| (name.to_owned(), value));
            let error = format!(r#"{{"Code": "{code}", "Message": "m"}}"#);
            Reply::Recorded(Recorded {
                status,
                headers: headers.into_iter().collect(),
                body: format!(r#"{{"Response": {{"Error": {error}, "RequestId": "id"}}}}"#),
            })
        };
        let reply = match self {
            Self::None | Self::Silence => Reply::Output(serde_json::json!({ "Total": 7 })),
            Self::Lost(kind) => Reply::Failure(kind),
            Self::Code(code, status, hint) => {
                let hint = hint.map(|seconds| seconds.to_string());
                refusal(status, code, "retry-after", hint)
            }
            Self::Late(off) => {
                let date = off.map(|minutes| http_date(now + minutes * 60_000));
                refusal(200, "Late", "date", date)
            }
            Self::Page => Reply::Recorded(Recorded {
                status: 200,
                headers: BTreeMap::new(),
                body: "<html>".to_owned(),
            }),
        };
        let delay = match self {
            Self::Silence => ATTEMPT * 2,
            _ => Duration::ZERO,
        };
        Answer {
            delay,
            headers: Vec::new(),
            reply,
        }
    }
}

fn http_date(millisecond: i64) -> String {
    let instant = jiff::Timestamp::from_millisecond(millisecond).expect("it is in range");
    instant.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Notes when attempts begin and end.
#[derive(Clone, Default)]
struct Times(Arc<Mutex<Vec<Time>>>);

#[derive(Clone, Copy)]
struct Time {
    begun: Instant,
    ended: Option<Instant>,
}

impl Times {
    fn take(&self) -> Vec<Time> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Intercept for Times {
    fn before_send(&self, _: &mut OutgoingAttempt<'_>) -> Result<(), Error> {
        let mut times = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        times.push(Time {
            begun: Instant::now(),
            ended: None,
        });
        Ok(())
    }

    fn after_reply(&self, _: &FinishedAttempt<'_>) {
        let mut times = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(time) = times.last_mut() {
            time.ended = Some(Instant::now());
        }
    }
}

/// Provides another key whenever it is asked.
#[derive(Debug)]
struct Keys;

impl ProvideCredential for Keys {
    fn provide(&self) -> Provided<'_> {
        Box::pin(async { Ok(Some(Credential::tencent("AKIDEXAMPLE", "the key"))) })
    }

    fn place(&self) -> String {
        "a test".to_owned()
    }
}

/// A configuration that is answered by a double, which takes long to make.
struct Bench {
    config: Config,
    clock: Clock,
    double: Double,
    times: Times,
    renews: bool,
}

impl Bench {
    fn new(source: impl Into<CredentialSource>, renews: bool) -> Self {
        let (double, times) = (Double::new(), Times::default());
        let start = Timestamp::from_second(START).expect("it is in range");
        let clock = Clock::manual(start);
        let config = Config::builder(source)
            .clock(clock.clone())
            .attempt_timeout(ATTEMPT)
            .total_timeout(TOTAL)
            .intercept(times.clone())
            .double(&double)
            .build();
        Self {
            config: config.expect("the configuration is complete"),
            clock,
            double,
            times,
            renews,
        }
    }
}

/// What came of a call.
struct Seen {
    result: Result<u32, Error>,
    elapsed: Duration,
    times: Vec<Time>,
    kind: Kind,
    is_repeatable: bool,
    /// The time that the documented rate leaves between two calls.
    spacing: Duration,
}

/// What the rules know of a client.
struct Ledger {
    tokens: u32,
    /// The vendor's clock less this one, in minutes, as the client knows it.
    corrected: Cell<i64>,
}

async fn call<A: Action + Default>(
    bench: &Bench,
    client: &ServiceClient,
    policy: RetryPolicy,
    faults: &[Fault],
) -> Seen {
    let now = bench.clock.now();
    let answers = faults.iter().map(|fault| fault.answer(now)).collect();
    bench.double.set(const { &A::OPERATION }, answers);
    let begun = Instant::now();
    let result = client.call(A::default()).retry(policy).await;
    let request: &dyn Record = &A::default();
    let is_token = request.members()[0].is_idempotency_token();
    Seen {
        result: result
            .map(|response| response.attempts())
            .map_err(Error::from),
        elapsed: begun.elapsed(),
        times: bench.times.take(),
        kind: A::OPERATION.kind,
        is_repeatable: A::OPERATION.kind != Kind::Write || is_token,
        spacing: match A::OPERATION.rate_limits {
            [] => Duration::ZERO,
            _ => Duration::from_secs(10),
        },
    }
}

/// Compares a call with the rules.
fn check(
    bench: &Bench,
    ledger: &mut Ledger,
    (max_attempts, max_pause): (u32, Duration),
    faults: &[Fault],
    seen: &Seen,
) -> Result<(), TestCaseError> {
    let sends = seen.times.len();
    prop_assert!((1..=max_attempts.max(1) as usize).contains(&sends));
    prop_assert!(seen.elapsed <= TOTAL, "{:?}", seen.elapsed);
    let (last, before) = faults[..sends].split_last().expect("one was sent");
    let (mut was_clock, mut was_credential, mut withdrawn) = (false, false, None);
    for (index, fault) in before.iter().enumerate() {
        // Whatever was sent again was allowed to be.
        let is_allowed = is_mendable(bench, ledger, *fault, seen, (was_clock, was_credential));
        prop_assert!(is_allowed, "{fault:?} was followed by another attempt");
        was_clock |= fault.rule() == Rule::Clock;
        was_credential |= fault.rule() == Rule::Credential;
        let cost = if fault.rule() == Rule::Throttled {
            5
        } else {
            14
        };
        prop_assert!(ledger.tokens >= cost, "the budget was empty");
        ledger.tokens -= cost;
        withdrawn = Some(cost);
        let (begun, ended) = (seen.times[index + 1].begun, seen.times[index].ended);
        let pause = begun - ended.expect("the attempt has ended");
        let bounds = pause_bounds(*fault, index, max_pause, seen.spacing);
        let (shortest, longest) = bounds.expect("a pause is long enough");
        // Tokio's timers have milliseconds.
        let longest = longest + Duration::from_millis(2);
        prop_assert!(
            (shortest..=longest).contains(&pause),
            "{pause:?} after {fault:?}"
        );
    }
    let may_have_run = faults[..sends].iter().any(|fault| fault.may_have_run());
    match &seen.result {
        Ok(attempts) => {
            prop_assert_eq!(*attempts as usize, sends);
            prop_assert_eq!(*last, Fault::None);
            ledger.tokens = (ledger.tokens + withdrawn.unwrap_or(1)).min(CAPACITY);
        }
        Err(error) => {
            prop_assert_eq!(error.kind(), last.kind(), "{}", error);
            prop_assert_eq!(error.attempts() as usize, sends);
            let changes = seen.kind != Kind::Read;
            prop_assert_eq!(
                error.may_have_executed(),
                changes && may_have_run,
                "{:?}",
                error
            );
            let is_mendable = is_mendable(bench, ledger, *last, seen, (was_clock, was_credential));
            prop_assert_eq!(error.exhausted().is_some(), is_mendable, "{:?}", error);
            let cost = if last.rule() == Rule::Throttled {
                5
            } else {
                14
            };
            let bounds = pause_bounds(*last, sends - 1, max_pause, seen.spacing);
            let most = bounds.map(|(_, most)| most).unwrap_or_default();
            let wait = most.max(last.hint().unwrap_or_default());
            match error.exhausted() {
                None => {}
                Some(Exhausted::Attempts) => {
                    prop_assert_eq!(sends, max_attempts.max(1) as usize);
                }
                Some(Exhausted::Deadline) => prop_assert!(seen.elapsed + wait >= TOTAL),
                Some(Exhausted::Budget) => prop_assert!(ledger.tokens < cost),
                Some(Exhausted::Spacing) => prop_assert_eq!(bounds, None),
            }
        }
    }
    Ok(())
}

/// Whether the rules let another attempt follow a fault, apart from how many there may be.
fn is_mendable(
    bench: &Bench,
    ledger: &Ledger,
    fault: Fault,
    seen: &Seen,
    (was_clock, was_credential): (bool, bool),
) -> bool {
    match fault.rule() {
        Rule::End => false,
        Rule::Again | Rule::Throttled => true,
        Rule::Unclear => seen.is_repeatable,
        Rule::Credential => bench.renews && !was_credential,
        Rule::Clock => {
            let Fault::Late(Some(off)) = fault else {
                return false;
            };
            let error = off - ledger.corrected.replace(off);
            // Four fifths of the vendor's window, which is five minutes.
            error.abs() > 4 && !was_clock
        }
    }
}

/// Between what the pause after a fault is, if there is one.
fn pause_bounds(
    fault: Fault,
    retry: usize,
    max_pause: Duration,
    spacing: Duration,
) -> Option<(Duration, Duration)> {
    let (base, spacing) = match fault.rule() {
        Rule::Clock | Rule::Credential => return Some((Duration::ZERO, Duration::ZERO)),
        Rule::Throttled => (1000, spacing),
        _ => (50, Duration::ZERO),
    };
    let own = Duration::from_millis(base << retry);
    match fault.hint() {
        None if spacing == Duration::ZERO => Some((Duration::ZERO, own.min(max_pause))),
        None => {
            let longest = (spacing + own).min(max_pause);
            (spacing < max_pause).then_some((spacing, longest))
        }
        Some(hint) => {
            let (own, room) = (own.min(max_pause), Duration::from_secs(5));
            Some((hint.min(room), hint.max(own).min(own + room)))
        }
    }
}

fn fault() -> impl Strategy<Value = Fault> {
    let hint = || {
        prop_oneof![
            4 => Just(None),
            4 => (0_u64..40).prop_map(Some),
            1 => (80_u64..100).prop_map(Some),
            1 => Just(Some(1_000_000_000)),
        ]
    };
    let code = |code| {
        (prop::sample::select(vec![200_u16, 400, 500, 503]), hint())
            .prop_map(move |(status, hint)| Fault::Code(code, status, hint))
    };
    let lost = [
        ErrorKind::NotSent,
        ErrorKind::MaybeSent,
        ErrorKind::ReplyCut,
        ErrorKind::Tls,
        ErrorKind::Proxy,
        ErrorKind::TooLarge,
        ErrorKind::Redirect,
    ];
    prop_oneof![
        2 => Just(Fault::None),
        4 => prop::sample::select(lost.to_vec()).prop_map(Fault::Lost),
        4 => Just(Fault::Lost(ErrorKind::NotSent)),
        2 => Just(Fault::Silence),
        4 => code("Busy"),
        4 => code("Failing"),
        1 => code("Invalid"),
        1 => code("Quota"),
        2 => code("Expired"),
        // Calls take minutes, which must not be taken for the difference of the clocks.
        2 => prop::option::of((-2_i64..=2).prop_map(|off| off * 10)).prop_map(Fault::Late),
        1 => Just(Fault::Page),
    ]
}

/// The calls of a client, one after the other: which action, how many attempts, how long pauses
/// may be, and what happens.
fn calls() -> impl Strategy<Value = Vec<(u8, u32, Duration, Vec<Fault>)>> {
    let pauses = [0, 20, 1000, 20_000, 60_000].map(Duration::from_millis);
    let call = (
        0_u8..5,
        0_u32..8,
        prop::sample::select(pauses.to_vec()),
        prop::collection::vec(fault(), 8),
    );
    prop::collection::vec(call, 1..25)
}

#[test]
fn whatever_fails_the_rules_are_kept() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .expect("there are threads");
    let _entered = runtime.enter();
    let benches = [
        Bench::new(Credential::tencent("AKIDEXAMPLE", "the key"), false),
        Bench::new(CredentialSource::new(Keys), true),
    ];
    let config = ProptestConfig::with_cases(200);
    proptest!(config, |(bench in 0..benches.len(), spent in 0_u32..=35, calls in calls())| {
        let bench = &benches[bench];
        let client = ServiceClient::new(&bench.config, &SERVICE).expect("the host is one");
        let peer = client.shared().peers.get(SERVICE.host);
        // Other calls have spent a part of the budget, or nearly all of it.
        for _ in 0..spent {
            prop_assert!(peer.budget.withdraw(false).is_some());
        }
        let mut ledger = Ledger { tokens: CAPACITY - 14 * spent, corrected: Cell::new(0) };
        for (action, max_attempts, max_pause, faults) in calls {
            let policy = RetryPolicy::standard().max_attempts(max_attempts).max_pause(max_pause);
            let seen = runtime.block_on(async {
                // A key that has just replaced a refused one would be kept, however it is refused.
                let key = bench.config.credentials().get().await;
                key.expect("there is always one");
                tokio::time::advance(Duration::from_mins(11)).await;
                match action {
                    0 => call::<Reads>(bench, &client, policy, &faults).await,
                    1 => call::<Repeats>(bench, &client, policy, &faults).await,
                    2 => call::<ReadsSeldom>(bench, &client, policy, &faults).await,
                    3 => call::<Writes>(bench, &client, policy, &faults).await,
                    _ => call::<WritesOnce>(bench, &client, policy, &faults).await,
                }
            });
            check(bench, &mut ledger, (max_attempts, max_pause), &faults, &seen)?;
            prop_assert_eq!(peer.budget.left(), ledger.tokens);
        }
    });
}
