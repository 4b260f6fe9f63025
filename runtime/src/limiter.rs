//! Keeps calls within the documented rates, so that the vendor has no reason to refuse them.
//!
//! In no stretch of a limit's period do more calls begin than the limit's count. Each call is given
//! the moment at which it may begin, in the order of asking, so that nobody is overtaken.

mod local;

use std::borrow::Cow;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tracing::debug;

use self::local::LocalLimiter;
use crate::encode;
use crate::error::{Error, ErrorKind};
use crate::operation::{Operation, RateLimit, RateScope};
use crate::percent;
use crate::record::Record;

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
    /// Waits until a call may begin within all of the rates, of which there is one at least. A call
    /// that may not begin, or whose future is dropped before, is to count in none of them.
    ///
    /// Patience is how long the call can wait. A future that takes longer is dropped, and the call
    /// fails with [`ErrorKind::RateLimited`].
    fn wait<'a>(&'a self, quotas: &'a [Quota], patience: Duration) -> Waiting<'a>;
}

/// What [`RateLimiter::wait`] returns.
pub type Waiting<'a> = Pin<Box<dyn Future<Output = Result<(), LimiterError>> + Send + 'a>>;

/// A documented rate that a call has to keep to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Quota {
    /// What shares the rate: the same text for the same account and action, and for the same room
    /// where each room has a rate of its own.
    pub key: String,
    /// How many calls may begin in a period.
    pub count: u32,
    /// The period.
    pub period: Duration,
}

/// Why a call may not begin.
#[derive(Debug)]
#[non_exhaustive]
pub enum LimiterError {
    /// Its turn would come after so long, which is longer than it can wait.
    TooLong(Duration),
    /// The limiter cannot tell. The call is paced by what this process knows. Whether that is worth a
    /// warning, which is not wanted for each call, is for the limiter to say.
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
    pub(crate) async fn wait(
        &self,
        operation: &Operation,
        request: &dyn Record,
        deadline: Instant,
    ) -> Result<(), Error> {
        let quotas = self.quotas(operation, request);
        if quotas.is_empty() {
            return Ok(());
        }
        let patience = || deadline.saturating_duration_since(Instant::now());
        if let Some(shared) = &self.shared {
            let waiting = shared.limiter.wait(&quotas, patience());
            match tokio::time::timeout_at(deadline, waiting).await {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(LimiterError::TooLong(wait))) => return Err(too_long(&quotas, wait)),
                Ok(Err(LimiterError::Unavailable(error))) => {
                    debug!(%error, "the shared rate limiter is not available");
                }
                Err(_) => {
                    let message = "the shared rate limiter has not let the call begin in its time";
                    return Err(Error::new(ErrorKind::RateLimited, message));
                }
            }
        }
        match self.own.reserve(&quotas, patience()) {
            Ok(reservation) => {
                reservation.wait().await;
                Ok(())
            }
            Err(wait) => Err(too_long(&quotas, wait)),
        }
    }

    /// The rates that a call of an action has to keep to.
    fn quotas(&self, operation: &Operation, request: &dyn Record) -> Vec<Quota> {
        let quotas = operation.rate_limits.iter().filter_map(|limit| {
            let sharing = sharing(limit.scope, request)?;
            Some(Quota {
                key: self.key(operation, limit, &sharing),
                count: limit.count,
                period: limit.period,
            })
        });
        quotas.collect()
    }

    /// The name of what shares a limit. Limits over different times are kept apart: a call counts
    /// once in each.
    fn key(&self, operation: &Operation, limit: &RateLimit, sharing: &str) -> String {
        let service = operation.service;
        let account = self.shared.as_ref().map(|shared| shared.account.as_str());
        format!(
            "{}/{}/{}/{}/{}/{}s/{sharing}",
            service.provider.name,
            service.name,
            service.version,
            operation.name,
            account.unwrap_or_default(),
            limit.period.as_secs(),
        )
    }
}

/// What shares a limit beside the account. None where the request names no room: which one is meant
/// is then for the vendor to say.
fn sharing(scope: RateScope, request: &dyn Record) -> Option<Cow<'static, str>> {
    match scope {
        RateScope::Account => Some("account".into()),
        RateScope::Application => Some("application".into()),
        RateScope::Room(member) => {
            let room = encode::member_text(request, member)?;
            Some(format!("room/{}", percent::encode(&room)).into())
        }
    }
}

fn too_long(quotas: &[Quota], wait: Duration) -> Error {
    let rates: Vec<_> = quotas
        .iter()
        .map(|quota| format!("{} calls in {:?}", quota.count, quota.period))
        .collect();
    let rates = rates.join(" and to ");
    Error::new(
        ErrorKind::RateLimited,
        format!("keeping to {rates} would take another {wait:?}, longer than the call may take"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::{Dispatch, Provider, Service};
    use crate::record;
    use crate::record::ArrayStyle;

    const HOUR: Duration = Duration::from_hours(1);

    static PROVIDER: Provider = Provider {
        name: "zego",
        telemetry_name: "zegocloud",
        dispatch: Dispatch::Query,
        arrays: ArrayStyle::Brackets,
        clock_window: Duration::from_mins(10),
        errors: &[],
    };
    static SERVICE: Service = Service {
        provider: &PROVIDER,
        name: "rtc",
        version: "v2",
        host: "rtc-api.zego.im",
        errors: &[],
    };
    static LISTING: Operation = Operation {
        rate_limits: &[
            RateLimit::per_second(3, RateScope::Application),
            RateLimit::per_second(1, RateScope::Room("RoomId")),
        ],
        ..Operation::new(&SERVICE, "List")
    };

    struct Listing {
        room: Option<u64>,
    }

    record! {
        Listing {
            0 => room: "RoomId",
        }
    }

    /// The seconds at which calls for these rooms begin, if they are made at once.
    async fn begins(rooms: &[Option<u64>]) -> Vec<u64> {
        let pacing = Pacing::documented();
        let begun = Instant::now();
        let calls = rooms.iter().map(|room| {
            let pacing = pacing.clone();
            let request = Listing { room: *room };
            tokio::spawn(async move {
                let waited = pacing.wait(&LISTING, &request, begun + HOUR).await;
                waited.expect("an hour is enough");
                begun.elapsed().as_secs()
            })
        });
        let calls: Vec<_> = calls.collect();
        let mut moments = Vec::new();
        for call in calls {
            moments.push(call.await.expect("the call is paced"));
        }
        moments
    }

    #[tokio::test(start_paused = true)]
    async fn each_room_has_a_rate_of_its_own_within_that_of_the_application() {
        assert_eq!(begins(&[Some(1), Some(1), Some(2)]).await, [0, 1, 0]);
        assert_eq!(
            begins(&[Some(1), Some(2), Some(3), Some(4)]).await,
            [0, 0, 0, 1]
        );
        assert_eq!(begins(&[None, None, None]).await, [0, 0, 0]);
    }

    /// The application's rate is for those who can use it: a room's queue takes none of it before
    /// its calls begin, nor does who gives up.
    #[tokio::test(start_paused = true)]
    async fn a_room_that_has_to_wait_takes_nothing_from_the_others() {
        let rooms = [1, 1, 1, 1, 2, 3, 4].map(Some);
        assert_eq!(begins(&rooms).await, [0, 1, 2, 3, 0, 0, 1]);

        let pacing = Pacing::documented();
        let (begun, patience) = (Instant::now(), Duration::from_millis(500));
        let call = async |room| {
            let request = Listing { room: Some(room) };
            let waited = pacing.wait(&LISTING, &request, begun + patience).await;
            waited.map_err(|error| error.to_string())
        };
        call(1).await.unwrap();
        let refused = call(1).await.unwrap_err();
        assert_eq!(
            refused,
            "keeping to 3 calls in 1s and to 1 calls in 1s would take another 1s, longer than the \
             call may take"
        );
        call(2).await.unwrap();
        call(3).await.unwrap();
        assert_eq!(begun.elapsed(), Duration::ZERO);
    }
}
