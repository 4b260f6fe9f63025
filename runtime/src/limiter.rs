//! Keeps calls within the documented rates, so that the vendor has no reason to refuse them.
//!
//! In no stretch of a limit's period do more calls begin than the limit's count. Each call is given
//! the moment at which it may begin, in the order of asking, so that nobody is overtaken.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use tracing::warn;

use crate::error::{Error, ErrorKind};
use crate::operation::{Operation, RateScope};

/// Lets calls wait until they are within the rates that the vendor documents.
///
/// Waiting counts as a part of the call: one that would wait for longer than the call may take
/// fails at once with [`ErrorKind::RateLimited`].
///
/// ```
/// use bindery_runtime::{Config, Credential, Pacing};
///
/// let credential = Credential::tencent("AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "the secret key");
/// let config = Config::builder(credential).pacing(Pacing::documented()).build()?;
/// # Ok::<(), bindery_runtime::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Pacing {
    own: Arc<LocalLimiter>,
    shared: Option<Shared>,
}

#[derive(Clone, Debug)]
struct Shared {
    limiter: Arc<dyn RateLimiter>,
    account: String,
}

/// Something that knows who else uses the same account, such as a database that all processes of a
/// fleet ask.
pub trait RateLimiter: fmt::Debug + Send + Sync + 'static {
    /// Waits until a call may begin.
    fn wait<'a>(&'a self, quota: &'a Quota) -> Waiting<'a>;
}

/// What [`RateLimiter::wait`] returns.
pub type Waiting<'a> = Pin<Box<dyn Future<Output = Result<(), LimiterError>> + Send + 'a>>;

/// A documented rate that a call has to keep to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Quota {
    /// What shares the rate: the same text for the same account and action.
    pub key: String,
    /// How many calls may begin in a period.
    pub count: u32,
    /// The period.
    pub period: Duration,
    /// How long the call can wait.
    pub patience: Duration,
}

/// Why a call may not begin.
#[derive(Debug)]
#[non_exhaustive]
pub enum LimiterError {
    /// Its turn would come after so long, which is longer than it can wait.
    TooLong(Duration),
    /// The limiter cannot tell. The call is paced by what this process knows.
    Unavailable(Box<dyn std::error::Error + Send + Sync>),
}

impl Pacing {
    /// Keeps the calls of this configuration, and of its clones, within the documented rates. What
    /// other processes call is not known.
    pub fn documented() -> Self {
        Self {
            own: Arc::default(),
            shared: None,
        }
    }

    /// Keeps all calls that ask the same limiter under the name of the same account within the
    /// documented rates.
    pub fn shared(limiter: impl RateLimiter, account: impl Into<String>) -> Self {
        Self {
            own: Arc::default(),
            shared: Some(Shared {
                limiter: Arc::new(limiter),
                account: account.into(),
            }),
        }
    }

    /// Waits until a call of an action may begin.
    pub(crate) async fn wait(&self, operation: &Operation, deadline: Instant) -> Result<(), Error> {
        for limit in operation.rate_limits {
            // What shares the limit of a room is known to the vendor only.
            if limit.scope == RateScope::Room {
                continue;
            }
            let service = operation.service;
            let account = self.shared.as_ref().map(|shared| shared.account.as_str());
            let quota = Quota {
                key: format!(
                    "{}/{}/{}/{}/{}",
                    service.provider.name,
                    service.name,
                    service.version,
                    operation.name,
                    account.unwrap_or_default()
                ),
                count: limit.count,
                period: limit.period,
                patience: deadline.saturating_duration_since(Instant::now()),
            };
            self.wait_for(&quota).await?;
        }
        Ok(())
    }

    async fn wait_for(&self, quota: &Quota) -> Result<(), Error> {
        if let Some(shared) = &self.shared {
            match shared.limiter.wait(quota).await {
                Ok(()) => return Ok(()),
                Err(LimiterError::TooLong(wait)) => return Err(too_long(quota, wait)),
                Err(LimiterError::Unavailable(error)) => {
                    warn!(%error, "the shared rate limiter is not available");
                }
            }
        }
        match self.own.reserve(quota) {
            Ok(reservation) => {
                reservation.wait().await;
                Ok(())
            }
            Err(wait) => Err(too_long(quota, wait)),
        }
    }
}

fn too_long(quota: &Quota, wait: Duration) -> Error {
    Error::new(
        ErrorKind::RateLimited,
        format!(
            "keeping to {} calls in {:?} would take another {wait:?}, longer than the call may take",
            quota.count, quota.period
        ),
    )
}

/// The moments that were given out, by key: those of the last period, and those to come, in order.
#[derive(Debug, Default)]
struct LocalLimiter(Mutex<HashMap<String, VecDeque<Instant>>>);

/// A moment that a call was given. It is given back where the call is not made.
#[derive(Debug)]
#[must_use = "a moment that is not used is given back"]
struct Reservation<'a> {
    limiter: &'a LocalLimiter,
    key: &'a str,
    moment: Instant,
    is_used: bool,
}

impl LocalLimiter {
    /// Gives out the next moment, unless that is further away than a call can wait; then returns how
    /// far.
    fn reserve<'a>(&'a self, quota: &'a Quota) -> Result<Reservation<'a>, Duration> {
        let now = Instant::now();
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let moments = keys.entry(quota.key.clone()).or_default();
        while moments
            .front()
            .is_some_and(|first| *first + quota.period <= now)
        {
            moments.pop_front();
        }
        let before = moments.len().checked_sub(quota.count.max(1) as usize);
        let after_period = before.map(|index| moments[index] + quota.period);
        let after_last = moments.back().copied();
        let moment = [after_period, after_last]
            .into_iter()
            .flatten()
            .fold(now, Instant::max);
        let wait = moment.duration_since(now);
        if wait > quota.patience {
            return Err(wait);
        }
        moments.push_back(moment);
        Ok(Reservation {
            limiter: self,
            key: &quota.key,
            moment,
            is_used: false,
        })
    }
}

impl Reservation<'_> {
    /// Waits for the moment.
    async fn wait(mut self) {
        tokio::time::sleep_until(self.moment).await;
        self.is_used = true;
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        if self.is_used {
            return;
        }
        let mut keys = self
            .limiter
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let Some(moments) = keys.get_mut(self.key) else {
            return;
        };
        if let Some(index) = moments.iter().rposition(|moment| *moment == self.moment) {
            moments.remove(index);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const HOUR: Duration = Duration::from_hours(1);

    fn quota(key: &str, count: u32, patience: Duration) -> Quota {
        Quota {
            key: key.to_owned(),
            count,
            period: SECOND,
            patience,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_hundred_calls_at_twenty_a_second_take_four_seconds() {
        let limiter = LocalLimiter::default();
        let quota = quota("key", 20, HOUR);
        let begun = Instant::now();
        let reservations: Vec<_> = (0..100).map(|_| limiter.reserve(&quota).unwrap()).collect();
        let mut moments = Vec::new();
        for reservation in reservations {
            reservation.wait().await;
            moments.push(begun.elapsed().as_millis());
        }
        let expected: Vec<_> = (0..100).map(|call| call / 20 * 1000).collect();
        assert_eq!(moments, expected);
    }

    #[tokio::test(start_paused = true)]
    async fn who_cannot_wait_is_told_at_once_and_takes_nothing() {
        let limiter = LocalLimiter::default();
        let (patient, impatient) = (quota("key", 1, SECOND), quota("key", 1, SECOND / 2));
        let first = limiter.reserve(&patient).unwrap();
        assert_eq!(limiter.reserve(&impatient).unwrap_err(), SECOND);
        let second = limiter.reserve(&patient).unwrap();
        let begun = Instant::now();
        first.wait().await;
        second.wait().await;
        assert_eq!(begun.elapsed(), SECOND);
    }

    /// Calls at half-second steps, one of which is given up: the next takes its place and no other.
    #[tokio::test(start_paused = true)]
    async fn a_moment_that_is_given_back_is_given_out_again() {
        let limiter = LocalLimiter::default();
        let quota = quota("key", 2, HOUR);
        let take = || limiter.reserve(&quota).unwrap();
        take().wait().await;
        tokio::time::advance(SECOND / 2).await;
        take().wait().await;
        let (third, fourth) = (take(), take());
        let moment = fourth.moment;
        drop(fourth);
        assert_eq!(take().moment, moment);
        third.wait().await;
    }

    #[tokio::test(start_paused = true)]
    async fn keys_do_not_share() {
        let limiter = LocalLimiter::default();
        let (one, other) = (quota("a", 1, HOUR), quota("b", 1, Duration::ZERO));
        limiter.reserve(&one).unwrap().wait().await;
        assert!(limiter.reserve(&other).is_ok());
    }
}
