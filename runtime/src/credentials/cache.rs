//! Keeps a credential until it expires, and renews it once for all who wait.
//!
//! A renewal is a task of its own: a caller who gives up stops waiting, and nothing else. An old
//! credential that is still valid is served, whether or not the renewal succeeds. Where there is
//! none, a provider that keeps failing is not asked as fast as calls come in.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::ProvideCredential;
use crate::clock::Clock;
use crate::error::{Error, ErrorKind};
use crate::{Credential, random};

/// How long before its end a credential is renewed at the latest, and at the earliest as a part of
/// its life, in milliseconds.
const RENEWED_BEFORE: i64 = 5 * 60 * 1000;
const RENEWED_IN_LAST_PART: i64 = 10;

/// How long before its end a credential is no longer used, in milliseconds: it has to last until
/// the request has arrived.
const UNUSED_BEFORE: i64 = 10 * 1000;

/// How long after a failed renewal in the background the next one is tried, in milliseconds.
const PAUSE_AFTER_FAILURE: i64 = 10 * 1000;

/// How long after the second of two failures in a row the next renewal begins that callers wait for.
const PAUSE_AFTER_FAILURES: Duration = Duration::from_secs(1);

/// A provider with what it has last provided.
pub(crate) struct Cache {
    provider: Arc<dyn ProvideCredential>,
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    current: Option<Kept>,
    /// The renewal that is under way.
    renewal: Option<Renewal>,
    /// When the next renewal in the background may begin.
    not_before: i64,
    /// How many renewals in a row have failed, and when the last of them did.
    failures: u32,
    failed: Option<Instant>,
}

/// A credential with the times, in milliseconds since 1970, at which it is to be renewed and no
/// longer to be used.
struct Kept {
    credential: Credential,
    due: i64,
    end: i64,
}

/// Tells all who wait how a renewal has ended.
type Renewal = watch::Receiver<Option<Result<Credential, Arc<Error>>>>;

impl Cache {
    pub(crate) fn new(provider: Arc<dyn ProvideCredential>, clock: Clock) -> Self {
        Self {
            provider,
            clock,
            state: Mutex::default(),
        }
    }

    /// The credential that is kept, or a new one where that has expired.
    pub(crate) async fn get(self: &Arc<Self>) -> Result<Credential, Error> {
        let mut renewal = {
            let now = self.clock.now();
            let mut state = self.state();
            if let Some(kept) = state.current.as_ref().filter(|kept| now < kept.end) {
                let credential = kept.credential.clone();
                if now >= kept.due && now >= state.not_before && state.renewal.is_none() {
                    self.renew(&mut state);
                }
                return Ok(credential);
            }
            match &state.renewal {
                Some(renewal) => renewal.clone(),
                None => self.renew(&mut state),
            }
        };
        let ended = renewal.wait_for(Option::is_some).await;
        match ended.as_deref() {
            Ok(Some(Ok(credential))) => Ok(credential.clone()),
            Ok(Some(Err(error))) => Err(shared(error)),
            // The task has panicked, or its runtime is shutting down.
            Ok(None) | Err(_) => Err(Error::new(
                ErrorKind::Credential,
                "the renewal of the credential was broken off",
            )),
        }
    }

    /// Forgets a credential that the vendor has refused, unless it has been replaced already.
    pub(crate) fn refuse(&self, credential: &Credential) {
        let mut state = self.state();
        if let Some(kept) = &state.current
            && kept.credential.is_same(credential)
        {
            state.current = None;
        }
    }

    fn renew(self: &Arc<Self>, state: &mut State) -> Renewal {
        let (sender, receiver) = watch::channel(None);
        state.renewal = Some(receiver.clone());
        let pause = state.pause();
        let running = Running(self.clone());
        tokio::spawn(async move {
            tokio::time::sleep(pause).await;
            let outcome = running.0.provide().await.map_err(Arc::new);
            running.0.keep(&outcome);
            drop(running);
            sender.send_replace(Some(outcome));
        });
        receiver
    }

    /// Takes in how a renewal has ended.
    fn keep(&self, outcome: &Result<Credential, Arc<Error>>) {
        let now = self.clock.now();
        let mut state = self.state();
        if let Ok(credential) = outcome {
            state.current = Some(Kept::new(credential.clone(), now));
            state.failures = 0;
        } else {
            state.not_before = now + PAUSE_AFTER_FAILURE;
            state.failures = state.failures.saturating_add(1);
            state.failed = Some(Instant::now());
        }
    }

    async fn provide(&self) -> Result<Credential, Error> {
        let Some(credential) = self.provider.provide().await? else {
            let place = self.provider.place();
            return Err(Error::new(
                ErrorKind::Credential,
                format!("no credential was found in {place}"),
            ));
        };
        credential.check()?;
        Ok(credential)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// How long the next renewal has to wait.
    fn pause(&self) -> Duration {
        match self.failed {
            Some(failed) if self.failures > 1 => {
                (failed + PAUSE_AFTER_FAILURES).saturating_duration_since(Instant::now())
            }
            _ => Duration::ZERO,
        }
    }
}

/// A renewal under way: however its task ends, another can begin.
struct Running(Arc<Cache>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.state().renewal = None;
    }
}

impl Kept {
    fn new(credential: Credential, now: i64) -> Self {
        let Some(expiry) = credential.expiry() else {
            return Self {
                credential,
                due: i64::MAX,
                end: i64::MAX,
            };
        };
        let expiry = expiry.as_millisecond();
        let life = expiry.saturating_sub(now).max(0);
        let ahead = (life / RENEWED_IN_LAST_PART).min(RENEWED_BEFORE);
        // Clients that were started together are not to renew together.
        let ahead = Duration::from_millis(ahead.cast_unsigned());
        let ahead = ahead.mul_f64(1.0 + random::fraction() / 2.0);
        let ahead = i64::try_from(ahead.as_millis()).unwrap_or(i64::MAX);
        Self {
            credential,
            due: expiry.saturating_sub(ahead),
            end: expiry.saturating_sub(UNUSED_BEFORE.min(life / 2)),
        }
    }
}

/// An error that others have received as well.
fn shared(error: &Arc<Error>) -> Error {
    Error::new(ErrorKind::Credential, error.message()).with_source(error.clone())
}

impl fmt::Debug for Cache {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.provider.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;
    use crate::Timestamp;
    use crate::credentials::Provided;

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
            let clock = Clock::manual(Timestamp::from_second(1_700_000_000).unwrap());
            let provider = Arc::new(Scripted {
                clock: clock.clone(),
                delay: Duration::from_secs(1),
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
        assert!(fixture.get().await.unwrap_err().starts_with("failure"));
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
}
