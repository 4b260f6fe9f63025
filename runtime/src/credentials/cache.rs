//! Keeps a credential until it expires, and renews it once for all who wait.
//!
//! A renewal is a task of its own: a caller who gives up stops waiting, and nothing else. An old
//! credential that is still valid is served, whether or not the renewal succeeds. Where there is
//! none, a provider that keeps failing is not asked as fast as calls come in, and neither is one
//! whose credentials are refused as soon as they are used.

#[cfg(test)]
mod tests;

use std::error::Error as StdError;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;
use tracing::{debug, warn};

use super::ProvideCredential;
use crate::clock::Clock;
use crate::error::Error;
use crate::{Credential, random};

/// How long before its end a credential is renewed at the latest, and at the earliest as a part of
/// its life, in milliseconds.
const RENEWED_BEFORE: i64 = 5 * 60 * 1000;
const RENEWED_IN_LAST_PART: i64 = 10;

/// How long before its end a credential is no longer used, in milliseconds: it has to last until
/// the request has arrived.
const UNUSED_BEFORE: i64 = 10 * 1000;

/// How long a credential is used, in milliseconds, that has expired when it comes. Then most likely
/// this machine's clock is wrong, which another would not mend; the vendor has the last word.
const USED_THOUGH_EXPIRED: i64 = 10 * 1000;

/// How long after a failed renewal in the background the next one is tried, in milliseconds.
const PAUSE_AFTER_FAILURE: i64 = 10 * 1000;

/// How long after the second of two failures in a row the next renewal begins that callers wait for.
const PAUSE_AFTER_FAILURES: Duration = Duration::from_secs(1);

/// How long a provider may take. Whoever waits for it would wait for longer than most calls may take.
const LONGEST_RENEWAL: Duration = Duration::from_mins(2);

/// How long a credential is kept that has replaced a refused one, although it is refused as well. It
/// is twice as long with each that is, up to the longest: another would hardly be accepted, and some
/// vendors end an older one for each that they issue.
const KEPT_THOUGH_REFUSED: Duration = Duration::from_secs(10);
const LONGEST_KEPT_THOUGH_REFUSED: Duration = Duration::from_mins(5);

/// For how long a credential has been accepted, most likely, that is refused after it.
const ACCEPTED: Duration = Duration::from_mins(10);

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
    /// How many credentials in a row were refused soon after they were made.
    refusals: u32,
}

/// A credential with the times, in milliseconds since 1970, at which it is to be renewed and no
/// longer to be used.
struct Kept {
    credential: Credential,
    made: Instant,
    due: i64,
    end: i64,
}

/// Tells all who wait how a renewal has ended.
type Renewal = watch::Receiver<Option<Outcome>>;
type Outcome = Result<Credential, Arc<Error>>;

/// A renewal whose task is not started yet.
struct Beginning {
    sender: watch::Sender<Option<Outcome>>,
    pause: Duration,
}

enum Found {
    Valid(Credential),
    Awaited(Renewal),
}

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
        let (found, beginning) = self.find();
        if let Some(beginning) = beginning {
            self.renew(beginning);
        }
        let mut renewal = match found {
            Found::Valid(credential) => return Ok(credential),
            Found::Awaited(renewal) => renewal,
        };
        let ended = renewal.wait_for(Option::is_some).await;
        match ended.as_deref() {
            Ok(Some(Ok(credential))) => Ok(credential.clone()),
            Ok(Some(Err(error))) => Err(shared(error)),
            // The task has panicked, or its runtime is shutting down.
            Ok(None) | Err(_) => Err(Error::credential(
                "the renewal of the credential was broken off",
            )),
        }
    }

    /// What there is, and the renewal that is to begin. It is begun when the state is no longer
    /// locked: a runtime that is shutting down ends the task at once.
    fn find(&self) -> (Found, Option<Beginning>) {
        let now = self.clock.now();
        let mut state = self.state();
        if let Some(kept) = state.current.as_ref().filter(|kept| now < kept.end) {
            let found = Found::Valid(kept.credential.clone());
            let is_due = now >= kept.due && now >= state.not_before && state.renewal.is_none();
            return (found, is_due.then(|| state.begin()));
        }
        if let Some(renewal) = &state.renewal {
            return (Found::Awaited(renewal.clone()), None);
        }
        let beginning = state.begin();
        (
            Found::Awaited(beginning.sender.subscribe()),
            Some(beginning),
        )
    }

    /// Forgets a credential that the vendor has refused, unless it has been replaced already. Returns
    /// whether another may be had, which is not so where this one has just replaced a refused one.
    pub(crate) fn refuse(&self, credential: &Credential) -> bool {
        let mut state = self.state();
        let Some(kept) = &state.current else {
            return true;
        };
        if !kept.credential.is_same(credential) {
            return true;
        }
        let age = kept.made.elapsed();
        if age < state.kept_though_refused() {
            return false;
        }
        state.refusals = if age < ACCEPTED {
            state.refusals.saturating_add(1)
        } else {
            1
        };
        state.current = None;
        true
    }

    fn renew(self: &Arc<Self>, beginning: Beginning) {
        let running = Running(self.clone());
        tokio::spawn(async move {
            tokio::time::sleep(beginning.pause).await;
            let outcome = running.0.provide().await.map_err(Arc::new);
            running.0.keep(&outcome);
            drop(running);
            beginning.sender.send_replace(Some(outcome));
        });
    }

    /// Takes in how a renewal has ended, and logs it: where an old credential goes on being used,
    /// nobody else is told of a failure.
    fn keep(&self, outcome: &Outcome) {
        let now = self.clock.now();
        let mut state = self.state();
        let is_served = state.current.as_ref().is_some_and(|kept| now < kept.end);
        if let Ok(credential) = outcome {
            if state.current.is_some() {
                // It does not take the place of one that was refused.
                state.refusals = 0;
            }
            state.current = Some(Kept::new(credential.clone(), now));
            state.failures = 0;
        } else {
            state.not_before = now + PAUSE_AFTER_FAILURE;
            state.failures = state.failures.saturating_add(1);
            state.failed = Some(Instant::now());
        }
        drop(state);
        match outcome {
            Ok(credential) => debug!(
                place = self.provider.place(),
                expiry = credential.expiry().map(tracing::field::display),
                "a credential was obtained"
            ),
            Err(error) if is_served => warn!(
                error = error.as_ref() as &dyn StdError,
                "a credential cannot be renewed, the old one is used until it expires"
            ),
            Err(error) => debug!(
                error = error.as_ref() as &dyn StdError,
                "no credential could be obtained"
            ),
        }
    }

    async fn provide(&self) -> Result<Credential, Error> {
        let providing = tokio::time::timeout(LONGEST_RENEWAL, self.provider.provide());
        let Ok(provided) = providing.await else {
            let place = self.provider.place();
            return Err(Error::credential(format!(
                "no credential was found in {place} within 2 minutes"
            )));
        };
        let Some(credential) = provided? else {
            let place = self.provider.place();
            return Err(Error::credential(format!(
                "no credential was found in {place}"
            )));
        };
        credential.check()?;
        Ok(credential)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn begin(&mut self) -> Beginning {
        let (sender, receiver) = watch::channel(None);
        self.renewal = Some(receiver);
        Beginning {
            sender,
            pause: self.pause(),
        }
    }

    /// How long the next renewal has to wait.
    fn pause(&self) -> Duration {
        match self.failed {
            Some(failed) if self.failures > 1 => {
                (failed + PAUSE_AFTER_FAILURES).saturating_duration_since(Instant::now())
            }
            _ => Duration::ZERO,
        }
    }

    /// How long the current credential is kept, should it be refused.
    fn kept_though_refused(&self) -> Duration {
        match self.refusals {
            0 => Duration::ZERO,
            refusals => {
                let factor = 2_u32.saturating_pow(refusals - 1);
                let kept = KEPT_THOUGH_REFUSED.saturating_mul(factor);
                kept.min(LONGEST_KEPT_THOUGH_REFUSED)
            }
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
        let made = Instant::now();
        let Some(expiry) = credential.expiry() else {
            return Self {
                credential,
                made,
                due: i64::MAX,
                end: i64::MAX,
            };
        };
        let expiry = expiry.as_millisecond();
        let life = expiry.saturating_sub(now);
        if life <= 0 {
            let end = now.saturating_add(USED_THOUGH_EXPIRED);
            return Self {
                credential,
                made,
                due: end,
                end,
            };
        }
        let ahead = (life / RENEWED_IN_LAST_PART).min(RENEWED_BEFORE);
        // Clients that were started together are not to renew together.
        let ahead = Duration::from_millis(ahead.cast_unsigned());
        let ahead = ahead.mul_f64(1.0 + random::fraction() / 2.0);
        let ahead = i64::try_from(ahead.as_millis()).unwrap_or(i64::MAX);
        Self {
            credential,
            made,
            due: expiry.saturating_sub(ahead),
            end: expiry.saturating_sub(UNUSED_BEFORE.min(life / 2)),
        }
    }
}

/// An error that others have received as well. Its code and its request id are those of the call for
/// the credential, whose action the message names.
fn shared(error: &Arc<Error>) -> Error {
    let message = match error.action() {
        Some(action) => format!("{action}: {}", error.message()),
        None => error.message().to_owned(),
    };
    let shared = Error::credential(message)
        .with_request_id(error.request_id().map(str::to_owned))
        .with_source(error.clone());
    match error.code() {
        Some(code) => shared.with_code(code.to_owned()),
        None => shared,
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.provider.fmt(formatter)
    }
}
