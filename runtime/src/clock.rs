//! The one place where the time is read: the system's clock, or one that tests set.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

use crate::Timestamp;

/// What time it is, for signatures and for the ages of credentials.
///
/// Pauses and timeouts follow Tokio's time, and so does a manual clock: where a test stops it with
/// `tokio::time::pause`, hours pass in no time.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<Manual>>);

#[derive(Debug)]
struct Manual {
    /// Milliseconds since 1970 when the clock was made.
    start: i64,
    made: Instant,
    /// By how many milliseconds it was moved since.
    moved: AtomicI64,
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that shows an instant, and goes on as Tokio's time does.
    pub fn manual(now: Timestamp) -> Self {
        Self(Some(Arc::new(Manual {
            start: now.as_millisecond(),
            made: Instant::now(),
            moved: AtomicI64::new(0),
        })))
    }

    /// Moves a manual clock forward, or back where `milliseconds` is negative, as when somebody sets
    /// it. Pauses under way do not notice. The system's clock is not moved.
    pub fn shift(&self, milliseconds: i64) {
        if let Some(manual) = &self.0 {
            manual.moved.fetch_add(milliseconds, Ordering::Relaxed);
        }
    }

    pub(crate) fn is_system(&self) -> bool {
        self.0.is_none()
    }

    /// Milliseconds since 1970, negative before it.
    pub(crate) fn now(&self) -> i64 {
        match &self.0 {
            Some(manual) => {
                let moved = manual.moved.load(Ordering::Relaxed);
                manual.start + milliseconds(manual.made.elapsed()) + moved
            }
            None => match SystemTime::now().duration_since(UNIX_EPOCH) {
                Ok(elapsed) => milliseconds(elapsed),
                Err(error) => -milliseconds(error.duration()),
            },
        }
    }
}

/// The moment after so long by Tokio's time. What cannot be told is taken for a life of waiting.
pub(crate) fn after(duration: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(duration).unwrap_or_else(|| now + A_LIFE)
}

const A_LIFE: Duration = Duration::from_hours(24 * 365 * 100);

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
