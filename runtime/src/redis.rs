//! Rates that many processes keep to together, through a Redis or Valkey server.
//!
//! The server holds, for each account and action, the moments that were given out in the last period
//! and those to come, and its clock is everybody's. A script gives out the next moment in one step,
//! in the same way as a single process does for itself: in no stretch of the period do more calls
//! begin than the limit's count. Where an action has several limits, the moment fits all of them.

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

/// Takes how long the call can wait and a name for the moment, and then the count and the period of
/// each key's rate; times are in microseconds. Returns whether a moment was given that fits all
/// rates, and how far away it is or would be.
const RESERVE: &str = r"
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local patience, name = tonumber(ARGV[1]), ARGV[2]

local function text(moment)
  return string.format('%.0f', moment)
end

local function last_of(key)
  local last = redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')
  return tonumber(last[2])
end

-- The first moment, from one on, which leaves no stretch of the period with more than the count.
local function fit(key, count, period, moment)
  while true do
    local from, to = '(' .. text(moment - period), '(' .. text(moment + period)
    if redis.call('ZCOUNT', key, from, to) < count then
      return moment
    end
    local near = redis.call('ZRANGEBYSCORE', key, from, to, 'WITHSCORES')
    local later = nil
    for first = 2, #near - 2 * (count - 1), 2 do
      local begins, ends = tonumber(near[first]), tonumber(near[first + 2 * (count - 1)])
      if math.max(ends, moment) - math.min(begins, moment) < period then
        later = begins + period
      end
    end
    if not later then
      return moment
    end
    moment = later
  end
end

local counts, periods, after_equals = {}, {}, nil
for index, key in ipairs(KEYS) do
  counts[index], periods[index] = tonumber(ARGV[2 * index + 1]), tonumber(ARGV[2 * index + 2])
  redis.call('ZREMRANGEBYSCORE', key, '-inf', text(now - periods[index]))
  local last = last_of(key) or now
  after_equals = math.min(after_equals or last, last)
end
local moment, asked = math.max(now, after_equals), nil
while moment ~= asked do
  asked = moment
  for index, key in ipairs(KEYS) do
    moment = fit(key, counts[index], periods[index], moment)
  end
end

local wait = moment - now
if wait > patience then
  return {0, wait}
end
for index, key in ipairs(KEYS) do
  redis.call('ZADD', key, text(moment), name)
  local life = last_of(key) - now + periods[index]
  redis.call('PEXPIRE', key, math.ceil(life / 1000) + 1)
end
return {1, wait}
";

/// Why the server could not be asked.
type Unavailable = Box<dyn StdError + Send + Sync>;

/// A moment that the server has given out. It is given back where the call is not made.
struct Reservation<'a> {
    connection: ConnectionManager,
    keys: &'a [String],
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

    async fn reserve(&self, quotas: &[Quota], patience: Duration) -> Result<(), LimiterError> {
        let mut connection = self.connection()?;
        let keys = quotas.iter().map(|quota| format!("{PREFIX}{}", quota.key));
        let keys: Vec<String> = keys.collect();
        let name = random::nonce().map_err(|error| LimiterError::Unavailable(error.into()))?;
        let name = format!("{name:032x}");
        let mut reserve = self.reserve.arg(microseconds(patience));
        reserve.arg(&name);
        for (key, quota) in keys.iter().zip(quotas) {
            reserve
                .key(key)
                .arg(quota.count.max(1))
                .arg(microseconds(quota.period));
        }
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
            keys: &keys,
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
    fn wait<'a>(&'a self, quotas: &'a [Quota], patience: Duration) -> Waiting<'a> {
        Box::pin(self.reserve(quotas, patience))
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
        let mut remove = ::redis::pipe();
        for key in self.keys {
            remove.zrem(key, self.name);
        }
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
