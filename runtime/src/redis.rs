//! Rates that many processes keep to together, through a Redis or Valkey server.
//!
//! The server holds, for each account and action, the moments that were given out in the last period
//! and those to come, and its clock is everybody's. A script gives out the next moment in one step,
//! in the same way as a single process does for itself: in no stretch of the period do more calls
//! begin than the limit's count.

#[cfg(test)]
mod tests;

use std::error::Error as StdError;
use std::fmt;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ::redis::aio::{ConnectionManager, ConnectionManagerConfig};
use ::redis::{Client, Script};
use tokio::runtime::Handle;
use tokio::time::Instant;
use tracing::warn;

use crate::error::Error;
use crate::limiter::{LimiterError, Quota, RateLimiter, Waiting};
use crate::random;

/// Lets processes share the rates of an account, see [`Pacing::shared`](crate::Pacing::shared).
///
/// Where the server does not answer, each process keeps to the rates by itself, so that a fleet may
/// exceed them for the time being, and calls are not held up by more than the limiter's
/// [`patience`](Self::patience), a quarter of a second; the server is asked again after a second. One
/// warning is logged when the server is gone, and one when it is back. It needs Redis 5 or later, and
/// one key for each account and action, which expires by itself.
///
/// ```no_run
/// use bindery_runtime::redis::RedisLimiter;
/// use bindery_runtime::{Config, Credential, Pacing};
///
/// let limiter = RedisLimiter::new("redis://localhost:6379")?;
/// let config = Config::builder(Credential::tencent("id", "key"))
///     .pacing(Pacing::shared(limiter, "1250000000"))
///     .build()?;
/// # Ok::<(), bindery_runtime::Error>(())
/// ```
pub struct RedisLimiter {
    client: Client,
    patience: Duration,
    server: Mutex<Server>,
    reserve: Script,
}

/// What is known of the server.
#[derive(Default)]
struct Server {
    connection: Option<ConnectionManager>,
    /// Until when it is left alone.
    absent_until: Option<Instant>,
    /// Whether it has not answered since it was last said to be gone.
    is_gone: bool,
}

/// How long the server may take unless it is set.
const PATIENCE: Duration = Duration::from_millis(250);

/// How long a server that does not answer is left alone.
const PAUSE: Duration = Duration::from_secs(1);

/// All of this limiter's keys begin with this.
const PREFIX: &str = "bindery:rate:";

/// Takes the count, the period and how long the call can wait, both in microseconds, and a name for
/// the moment. Returns whether one was given, and how far away it is or would be.
const RESERVE: &str = r"
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local count, period, patience = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - period)
local moment = now
local given = redis.call('ZCARD', KEYS[1])
if given >= count then
  local before = redis.call('ZRANGE', KEYS[1], -count, -count, 'WITHSCORES')
  moment = math.max(moment, before[2] + period)
end
if given > 0 then
  local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
  moment = math.max(moment, tonumber(last[2]))
end
local wait = moment - now
if wait > patience then
  return {0, wait}
end
redis.call('ZADD', KEYS[1], string.format('%.0f', moment), ARGV[4])
redis.call('PEXPIRE', KEYS[1], math.ceil((wait + period) / 1000) + 1)
return {1, wait}
";

/// Why the server could not be asked.
type Unavailable = Box<dyn StdError + Send + Sync>;

/// A moment that the server has given out. It is given back where the call is not made.
struct Reservation<'a> {
    connection: ConnectionManager,
    key: &'a str,
    name: &'a str,
    is_used: bool,
}

impl RedisLimiter {
    /// A limiter that asks a server, given as `redis://[user:password@]host[:port][/database]`. It
    /// is connected to when the first call is made.
    ///
    /// # Errors
    ///
    /// The error is of kind [`Build`](crate::ErrorKind::Build) where this is no such URL.
    pub fn new(url: &str) -> Result<Self, Error> {
        // What the library says may quote the URL, and the password in it.
        let client = Client::open(url).map_err(|_| {
            Error::build(
                "the address of the rate limiter's server is not one, expected \
                 redis://[user:password@]host[:port][/database]",
            )
        })?;
        Ok(Self {
            client,
            patience: PATIENCE,
            server: Mutex::default(),
            reserve: Script::new(RESERVE),
        })
    }

    /// How long a call waits for the server to answer, with all that this takes, such as a
    /// connection: 250 ms unless set. Waiting for the call's turn comes on top.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    async fn reserve(&self, quota: &Quota) -> Result<(), LimiterError> {
        let mut connection = self.connection()?;
        let key = format!("{PREFIX}{}", quota.key);
        let name = random::nonce().map_err(|error| LimiterError::Unavailable(error.into()))?;
        let name = format!("{name:032x}");
        let mut reserve = self.reserve.key(&key);
        reserve
            .arg(quota.count.max(1))
            .arg(microseconds(quota.period))
            .arg(microseconds(quota.patience))
            .arg(&name);
        // The script may take a connection, a first try, its text and a second try.
        let asking = reserve.invoke_async(&mut connection);
        let answer: Result<(bool, u64), Unavailable> =
            match tokio::time::timeout(self.patience, asking).await {
                Ok(answer) => answer.map_err(Into::into),
                Err(_) => Err(format!("no answer within {:?}", self.patience).into()),
            };
        let (is_given, wait) = answer.map_err(|error| self.fail(error))?;
        self.succeed();
        let wait = Duration::from_micros(wait);
        if !is_given {
            return Err(LimiterError::TooLong(wait));
        }
        let mut reservation = Reservation {
            connection,
            key: &key,
            name: &name,
            is_used: false,
        };
        tokio::time::sleep(wait).await;
        reservation.is_used = true;
        Ok(())
    }

    /// A connection, which is made when it is used, unless the server is left alone.
    fn connection(&self) -> Result<ConnectionManager, LimiterError> {
        let mut server = self.server();
        if server.absent_until.is_some_and(|end| Instant::now() < end) {
            let reason = "the server has not answered lately";
            return Err(LimiterError::Unavailable(reason.into()));
        }
        if let Some(connection) = &server.connection {
            return Ok(connection.clone());
        }
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(self.patience))
            .set_response_timeout(Some(self.patience))
            .set_number_of_retries(0);
        let connection = ConnectionManager::new_lazy_with_config(self.client.clone(), config)
            .map_err(|error| LimiterError::Unavailable(error.into()))?;
        Ok(server.connection.insert(connection).clone())
    }

    /// Leaves the server alone for a while, and then begins with a new connection: the old one would
    /// first report that it was lost.
    fn fail(&self, error: Unavailable) -> LimiterError {
        let gone = Server {
            connection: None,
            absent_until: Some(Instant::now() + PAUSE),
            is_gone: true,
        };
        let before = mem::replace(&mut *self.server(), gone);
        if !before.is_gone {
            warn!(
                %error,
                "the server that rates are shared through is gone, this process keeps to them by \
                 itself"
            );
        }
        LimiterError::Unavailable(error)
    }

    fn succeed(&self) {
        let was_gone = mem::take(&mut self.server().is_gone);
        if was_gone {
            warn!("the server that rates are shared through is back");
        }
    }

    fn server(&self) -> MutexGuard<'_, Server> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RateLimiter for RedisLimiter {
    fn wait<'a>(&'a self, quota: &'a Quota) -> Waiting<'a> {
        Box::pin(self.reserve(quota))
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        if self.is_used {
            return;
        }
        let mut connection = self.connection.clone();
        let mut remove = ::redis::cmd("ZREM");
        remove.arg(self.key).arg(self.name);
        runtime.spawn(async move {
            // Where the server is gone, so is what it holds.
            let _ = remove.exec_async(&mut connection).await;
        });
    }
}

impl fmt::Debug for RedisLimiter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = self.client.get_connection_info().addr().to_string();
        formatter
            .debug_struct("RedisLimiter")
            .field("address", &address)
            .finish_non_exhaustive()
    }
}

fn microseconds(duration: Duration) -> u64 {
    // Lua's numbers are exact up to this many microseconds, which are 285 years.
    const MAX: u64 = 1 << 53;
    u64::try_from(duration.as_micros()).map_or(MAX, |micros| micros.min(MAX))
}
