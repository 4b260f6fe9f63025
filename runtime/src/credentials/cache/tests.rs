//! What is kept, what is renewed when, and who waits for it.

use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use super::*;
use crate::Timestamp;
use crate::credentials::Provided;
use crate::error::ErrorKind;
use crate::logged::Logged;
use crate::operation::{Dispatch, Operation, Provider, Service};
use crate::record::ArrayStyle;

static PROVIDER: Provider = Provider {
    name: "tencent",
    telemetry_name: "tencent",
    dispatch: Dispatch::Header,
    arrays: ArrayStyle::Indexed,
    clock_window: MINUTE,
    errors: &[],
};
static SERVICE: Service = Service {
    provider: &PROVIDER,
    name: "sts",
    version: "2018-08-13",
    host: "sts.tencentcloudapi.com",
    errors: &[],
};
static LOGIN: Operation = Operation::new(&SERVICE, "Login");

const MINUTE: Duration = Duration::from_mins(1);

/// Provides keys that live an hour, after a delay, and fails where its script says so.
#[derive(Debug)]
struct Scripted {
    clock: Clock,
    delay: Duration,
    fails: fn(usize) -> bool,
    asked: AtomicUsize,
}

impl ProvideCredential for Scripted {
    fn provide(&self) -> Provided<'_> {
        Box::pin(async {
            let number = self.asked.fetch_add(1, Ordering::Relaxed) + 1;
            tokio::time::sleep(self.delay).await;
            if (self.fails)(number) {
                return Err(Error::new(ErrorKind::NotSent, format!("failure {number}")));
            }
            let expiry = self.clock.now() + 60 * 60 * 1000;
            let credential = Credential::tencent(format!("key{number}"), "secret")
                .with_expiry(Timestamp::from_millisecond(expiry).unwrap());
            Ok(Some(credential))
        })
    }

    fn place(&self) -> String {
        "a script".to_owned()
    }
}

struct Fixture {
    cache: Arc<Cache>,
    provider: Arc<Scripted>,
}

impl Fixture {
    fn new(fails: fn(usize) -> bool) -> Self {
        Self::slow(Duration::from_secs(1), fails)
    }

    fn slow(delay: Duration, fails: fn(usize) -> bool) -> Self {
        let clock = Clock::manual(Timestamp::from_second(1_700_000_000).unwrap());
        let provider = Arc::new(Scripted {
            clock: clock.clone(),
            delay,
            fails,
            asked: AtomicUsize::new(0),
        });
        Self {
            cache: Arc::new(Cache::new(provider.clone(), clock)),
            provider,
        }
    }

    async fn get(&self) -> Result<Credential, String> {
        let got = self.cache.get().await;
        got.map_err(|error| error.message().to_owned())
    }

    fn asked(&self) -> usize {
        self.provider.asked.load(Ordering::Relaxed)
    }
}

#[tokio::test(start_paused = true)]
async fn two_hundred_callers_share_one_renewal_and_its_failure() {
    let fixture = Fixture::new(|number| number == 1);
    for outcome in [Err("failure 1"), Ok(())] {
        let callers: Vec<_> = (0..200)
            .map(|_| {
                let cache = fixture.cache.clone();
                tokio::spawn(async move { cache.get().await })
            })
            .collect();
        for caller in callers {
            let got = caller.await.unwrap().map(drop);
            assert_eq!(
                got.as_ref().map_err(Error::message),
                outcome.as_ref().map_err(|text| *text)
            );
        }
    }
    assert_eq!(fixture.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn who_gives_up_does_not_stop_the_renewal() {
    let fixture = Fixture::new(|_| false);
    let impatient = tokio::time::timeout(Duration::from_millis(1), fixture.get());
    assert!(impatient.await.is_err());
    assert!(fixture.get().await.is_ok());
    assert_eq!(fixture.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_old_key_is_served_while_it_is_renewed() {
    let fixture = Fixture::new(|_| false);
    let first = fixture.get().await.unwrap();
    tokio::time::advance(52 * MINUTE).await;
    assert!(fixture.get().await.unwrap().is_same(&first));
    assert_eq!(
        fixture.asked(),
        1,
        "it is renewed five to seven and a half minutes before its end"
    );

    tokio::time::advance(3 * MINUTE).await;
    let begun = tokio::time::Instant::now();
    assert!(fixture.get().await.unwrap().is_same(&first));
    assert_eq!(begun.elapsed(), Duration::ZERO);
    tokio::time::sleep(2 * Duration::from_secs(1)).await;
    assert!(!fixture.get().await.unwrap().is_same(&first));
    assert_eq!(fixture.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_old_key_is_served_until_its_end_while_renewals_fail() {
    let logged = Logged::start();
    let fixture = Fixture::new(|number| number > 1);
    let first = fixture.get().await.unwrap();
    tokio::time::advance(55 * MINUTE).await;
    let mut served = Duration::ZERO;
    while fixture.get().await.is_ok_and(|key| key.is_same(&first)) {
        tokio::time::sleep(Duration::from_secs(1)).await;
        served += Duration::from_secs(1);
    }
    assert!(
        (288..=290).contains(&served.as_secs()),
        "{served:?}: until 10 s before the end"
    );
    assert!(
        fixture.asked() <= 30,
        "a failing provider is left alone for 10 s at a time"
    );
    // Somebody has waited for the first one, and for the last one.
    let failures = fixture.asked() - 2;
    let warnings = logged.take();
    assert_eq!(warnings.len(), failures, "{warnings:?}");
    assert!(warnings[0].contains("failure 2"), "{warnings:?}");

    assert!(fixture.get().await.unwrap_err().starts_with("failure"));
    assert_eq!(logged.take(), [""; 0]);
}

/// The provider takes a second for each failure.
#[tokio::test(start_paused = true)]
async fn a_provider_that_keeps_failing_is_left_alone_for_a_second_at_a_time() {
    let fixture = Fixture::new(|number| number <= 10);
    let begun = Instant::now();
    for number in 1..=10 {
        let error = fixture.get().await.unwrap_err();
        assert_eq!(error, format!("failure {number}"));
        let pauses = u64::saturating_sub(number, 2);
        assert_eq!(begun.elapsed().as_secs(), number + pauses);
    }
    fixture.get().await.unwrap();
    assert_eq!(fixture.asked(), 11);
}

#[tokio::test(start_paused = true)]
async fn only_the_refused_key_is_replaced() {
    let fixture = Fixture::new(|_| false);
    let first = fixture.get().await.unwrap();
    fixture.cache.refuse(&first);
    let second = fixture.get().await.unwrap();
    fixture.cache.refuse(&first);
    assert!(fixture.get().await.unwrap().is_same(&second));
    assert_eq!(fixture.asked(), 2);
}

/// A clock that is wrong, or a key without permission: another key changes nothing.
#[tokio::test(start_paused = true)]
async fn keys_that_are_all_refused_are_asked_for_less_and_less_often() {
    let fixture = Fixture::new(|_| false);
    let hour = 60 * MINUTE;
    let begun = Instant::now();
    let mut renewed = Vec::new();
    while begun.elapsed() < hour {
        let key = fixture.get().await.unwrap();
        if fixture.cache.refuse(&key) {
            renewed.push(begun.elapsed().as_secs());
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    // Each renewal takes a second, and each call comes a second after the last one.
    assert_eq!(renewed[..6], [1, 13, 35, 77, 159, 321]);
    assert!(fixture.asked() <= 18, "{}", fixture.asked());
}

#[tokio::test(start_paused = true)]
async fn a_key_that_was_accepted_for_a_while_is_replaced_at_once() {
    let fixture = Fixture::new(|_| false);
    for _ in 0..3 {
        let key = fixture.get().await.unwrap();
        tokio::time::sleep(11 * MINUTE).await;
        assert!(fixture.cache.refuse(&key));
        let next = fixture.get().await.unwrap();
        assert!(!next.is_same(&key));
        assert!(!fixture.cache.refuse(&next), "it has just replaced another");
        assert!(fixture.get().await.unwrap().is_same(&next));
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_that_was_renewed_in_time_is_replaced_at_once() {
    let fixture = Fixture::new(|_| false);
    let first = fixture.get().await.unwrap();
    assert!(fixture.cache.refuse(&first));
    let second = fixture.get().await.unwrap();
    tokio::time::advance(55 * MINUTE).await;
    assert!(fixture.get().await.unwrap().is_same(&second));
    tokio::time::sleep(2 * Duration::from_secs(1)).await;
    let third = fixture.get().await.unwrap();
    assert!(!third.is_same(&second));
    assert!(fixture.cache.refuse(&third));
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_does_not_answer_is_broken_off_and_asked_again() {
    let fixture = Fixture::slow(60 * MINUTE, |_| false);
    for number in 1..=2 {
        let begun = Instant::now();
        let error = fixture.get().await.unwrap_err();
        assert_eq!(
            error,
            "no credential was found in a script within 2 minutes"
        );
        assert_eq!(begun.elapsed(), 2 * MINUTE);
        assert_eq!(fixture.asked(), number);
    }
}

/// The provider's clock is the vendor's, and the cache's is ahead of it by more than a key's life.
#[tokio::test(start_paused = true)]
async fn a_clock_far_ahead_does_not_ask_for_a_key_for_each_call() {
    let fixture = Fixture::new(|_| false);
    let ahead = Clock::manual(Timestamp::from_second(1_700_000_000 + 2 * 60 * 60).unwrap());
    let cache = Arc::new(Cache::new(fixture.provider.clone(), ahead));
    for _ in 0..59 {
        cache.get().await.unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    // Each is kept for ten seconds, and got in one.
    assert_eq!(fixture.asked(), 6);
}

/// As when the last calls are made while a program ends.
#[test]
fn a_runtime_that_has_ended_holds_nobody_up() {
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let runtime = runtime.unwrap();
        let handle = runtime.handle().clone();
        let fixture = runtime.block_on(async { Fixture::new(|_| false) });
        drop(runtime);
        let _entered = handle.enter();
        for _ in 0..2 {
            let mut getting = pin!(fixture.get());
            let mut context = Context::from_waker(Waker::noop());
            let Poll::Ready(got) = getting.as_mut().poll(&mut context) else {
                panic!("nothing will wake who waits");
            };
            sender.send(got.map(drop)).unwrap();
        }
    });
    for _ in 0..2 {
        let got = receiver.recv_timeout(Duration::from_secs(10));
        let error = got.expect("nobody is stuck").unwrap_err();
        assert!(error.contains("broken off"), "{error}");
    }
}

#[test]
fn a_failure_for_many_still_tells_the_vendors_code_and_request_id() {
    let error = Error::new(ErrorKind::Service, "no such key")
        .with_code("AuthFailure.SecretIdNotFound".to_owned())
        .with_request_id(Some("5e6f".to_owned()))
        .with_operation(&LOGIN);
    let shared = shared(&Arc::new(error));
    assert_eq!(shared.kind(), ErrorKind::Credential);
    assert_eq!(shared.code(), Some("AuthFailure.SecretIdNotFound"));
    assert_eq!(shared.request_id(), Some("5e6f"));
    assert!(
        !shared.is_authentication(),
        "the call itself is not refused"
    );
    assert_eq!(
        shared.to_string(),
        "AuthFailure.SecretIdNotFound: Login: no such key (request id 5e6f)"
    );
}
