//! What a call waits for before it is sent: its credential, its turn, and no longer than it may.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::tests::SERVICE;
use crate::client::ServiceClient;
use crate::config::ConfigBuilder;
use crate::credentials::{CredentialSource, ProvideCredential, Provided};
use crate::operation::{Action, Authentication, Envelope, Operation, RateLimit, RateScope};
use crate::testing::Double;
use crate::{
    Config, Credential, Error, ErrorKind, Exhausted, FinishedAttempt, Intercept, OutgoingAttempt,
    Pacing, Quota, RateLimiter, Waiting, record,
};

#[derive(Default)]
struct Paced {}

struct Output {
    total: Option<u64>,
}

record! { Paced {} }
record! { Output { 0 => total: "Total", } }

impl Action for Paced {
    type Output = Output;
    type ErrorCode = String;

    const OPERATION: Operation = Operation {
        authentication: Authentication::Tc3,
        envelope: Envelope::Response,
        rate_limits: &[RateLimit::per_second(20, RateScope::Account)],
        ..Operation::new(&SERVICE, "Paced")
    };
}

/// Provides a credential that takes long, as when a metadata service is slow.
#[derive(Debug)]
struct Slow(Duration);

impl ProvideCredential for Slow {
    fn provide(&self) -> Provided<'_> {
        Box::pin(async {
            tokio::time::sleep(self.0).await;
            Ok(Some(Credential::tencent("AKIDEXAMPLE", "the key")))
        })
    }

    fn place(&self) -> String {
        "a test".to_owned()
    }
}

/// Lets the first call begin, and no other.
#[derive(Debug, Default)]
struct Once(AtomicU32);

impl RateLimiter for Once {
    fn wait<'a>(&'a self, _: &'a [Quota], _: Duration) -> Waiting<'a> {
        let is_first = self.0.fetch_add(1, Ordering::Relaxed) == 0;
        Box::pin(async move {
            if !is_first {
                std::future::pending::<()>().await;
            }
            Ok(())
        })
    }
}

/// Lets each call begin when its time is over.
#[derive(Debug)]
struct Late;

impl RateLimiter for Late {
    fn wait<'a>(&'a self, _: &'a [Quota], patience: Duration) -> Waiting<'a> {
        Box::pin(async move {
            tokio::time::sleep(patience).await;
            Ok(())
        })
    }
}

/// When attempts were sent, and how long they took.
#[derive(Clone, Default)]
struct Watch(Arc<Mutex<(Vec<Instant>, Vec<Duration>)>>);

impl Intercept for Watch {
    fn before_send(&self, _: &mut OutgoingAttempt<'_>) -> Result<(), Error> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.0.push(Instant::now());
        Ok(())
    }

    fn after_reply(&self, attempt: &FinishedAttempt<'_>) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.1.push(attempt.elapsed());
    }
}

fn config(source: impl Into<CredentialSource>, double: &Double) -> ConfigBuilder {
    Config::builder(source).double(double)
}

fn client(config: ConfigBuilder) -> ServiceClient {
    let config = config.build().expect("the configuration is complete");
    ServiceClient::new(&config, &SERVICE).expect("the host is one")
}

fn key() -> Credential {
    Credential::tencent("AKIDEXAMPLE", "the key")
}

/// The turn is taken by who can use it: calls that wait for the same credential do not gather in
/// front of the vendor.
#[tokio::test(start_paused = true)]
async fn calls_that_waited_for_a_credential_keep_to_the_rate() {
    let (double, watch) = (Double::new(), Watch::default());
    let reply = double.on::<Paced>().after(Duration::from_secs(3));
    reply.output(|output| output.total = Some(7)).always();
    let slow = CredentialSource::new(Slow(Duration::from_secs(5)));
    let config = config(slow, &double).pacing(Pacing::documented());
    let client = client(config.intercept(watch.clone()));
    let calls: Vec<_> = (0..100)
        .map(|_| tokio::spawn(client.call(Paced {}).into_future()))
        .collect();
    for call in calls {
        call.await.expect("it does not panic").expect("it succeeds");
    }
    let (sent, took) = std::mem::take(&mut *watch.0.lock().expect("no call panics"));
    assert_eq!(sent.len(), 100);
    for second in sent.windows(21) {
        let passed = second[20] - second[0];
        assert!(passed >= Duration::from_secs(1), "21 calls in {passed:?}");
    }
    // Waiting for the credential and for the turn is not what an exchange takes.
    let longest = took.iter().max().expect("there are some");
    assert!(*longest < Duration::from_millis(3100), "{longest:?}");
    assert!(took.iter().all(|took| *took >= Duration::from_secs(3)));
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_time_is_over_before_it_is_sent_has_not_been_executed() {
    let double = Double::new();
    double
        .on::<Paced>()
        .after(Duration::from_secs(1))
        .lost()
        .always();
    let client = client(config(key(), &double).pacing(Pacing::shared(Late, "1250000000")));
    let error = client.call(Paced {}).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotSent, "{error}");
    assert!(error.is_timeout() && !error.may_have_executed());
    assert_eq!(error.exhausted(), Some(Exhausted::Deadline));
    assert!(double.requests::<Paced>().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_the_vendor_names_is_kept() {
    let double = Double::new();
    let answers = double.on::<Paced>().header("Retry-After", "4");
    answers.throttled().output(|_| {});
    let begun = Instant::now();
    let response = client(config(key(), &double)).call(Paced {}).await;
    assert_eq!(response.unwrap().attempts(), 2);
    assert_eq!(begun.elapsed().as_secs(), 4);

    double
        .on::<Paced>()
        .header("Retry After", "4")
        .output(|_| {});
    let error = client(config(key(), &double)).call(Paced {}).await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Build);
}

#[tokio::test(start_paused = true)]
async fn a_limiter_that_does_not_answer_holds_a_call_up_for_as_long_as_it_may_take() {
    let double = Double::new();
    double.on::<Paced>().error("Busy", "too many calls");
    let pacing = Pacing::shared(Once::default(), "1250000000");
    let client = client(config(key(), &double).pacing(pacing));
    let begun = Instant::now();

    // Its second attempt is not let begin.
    let error = client.call(Paced {}).await.unwrap_err();
    assert_eq!(error.code().as_deref(), Some("Busy"), "{error}");
    assert!(error.is_throttled() && error.request_id().is_some());
    assert_eq!(
        (error.attempts(), error.exhausted()),
        (1, Some(Exhausted::Deadline))
    );
    assert_eq!(begun.elapsed().as_secs(), 90);

    let error = client.call(Paced {}).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited, "{error}");
    assert!(!error.may_have_executed());
    assert_eq!(begun.elapsed().as_secs(), 180);
}
