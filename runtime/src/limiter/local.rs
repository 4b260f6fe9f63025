//! The limits of one process: which calls may begin when.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::Quota;

/// The windows by key.
#[derive(Debug, Default)]
pub(super) struct LocalLimiter(Mutex<Windows>);

#[derive(Debug, Default)]
struct Windows {
    by_key: HashMap<String, Window>,
    /// At how many windows those that are over are looked for next.
    sweep_at: usize,
}

/// The moments that were given out for one key: those of the last period, and those to come, in
/// order.
#[derive(Debug)]
struct Window {
    period: Duration,
    moments: VecDeque<Instant>,
}

/// So many windows are kept without looking whether they are over. Rooms come and go.
const LEAST_SWEEP: usize = 1024;

/// A moment that a call was given. It is given back where the call is not made.
#[derive(Debug)]
#[must_use = "a moment that is not used is given back"]
pub(super) struct Reservation<'a> {
    limiter: &'a LocalLimiter,
    key: &'a str,
    moment: Instant,
    is_used: bool,
}

impl LocalLimiter {
    fn windows(&self) -> MutexGuard<'_, Windows> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives out the next moment, unless that is further away than a call can wait; then returns how
    /// far.
    pub(super) fn reserve<'a>(&'a self, quota: &'a Quota) -> Result<Reservation<'a>, Duration> {
        let now = Instant::now();
        let mut windows = self.windows();
        windows.sweep(now);
        let window = windows.by_key.entry(quota.key.clone());
        let Window { moments, .. } = window.or_insert_with(|| Window {
            period: quota.period,
            moments: VecDeque::new(),
        });
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

impl Windows {
    /// Forgets windows in which nothing counts any more, once there are many.
    fn sweep(&mut self, now: Instant) {
        if self.by_key.len() < self.sweep_at.max(LEAST_SWEEP) {
            return;
        }
        self.by_key.retain(|_, window| {
            let last = window.moments.back();
            last.is_some_and(|last| *last + window.period > now)
        });
        self.sweep_at = self.by_key.len() * 2;
    }
}

impl Reservation<'_> {
    /// Waits for the moment.
    pub(super) async fn wait(mut self) {
        tokio::time::sleep_until(self.moment).await;
        self.is_used = true;
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        if self.is_used {
            return;
        }
        let mut windows = self.limiter.windows();
        let Some(Window { moments, .. }) = windows.by_key.get_mut(self.key) else {
            return;
        };
        if let Some(index) = moments.iter().rposition(|moment| *moment == self.moment) {
            moments.remove(index);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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
    async fn windows_that_are_over_are_forgotten() {
        let limiter = LocalLimiter::default();
        for room in 0..10 * LEAST_SWEEP {
            let quota = quota(&room.to_string(), 1, HOUR);
            limiter.reserve(&quota).unwrap().wait().await;
            tokio::time::advance(SECOND / 100).await;
        }
        let kept = limiter.windows().by_key.len();
        assert!((100..=LEAST_SWEEP).contains(&kept), "{kept} are kept");
    }

    #[tokio::test(start_paused = true)]
    async fn keys_do_not_share() {
        let limiter = LocalLimiter::default();
        let (one, other) = (quota("a", 1, HOUR), quota("b", 1, Duration::ZERO));
        limiter.reserve(&one).unwrap().wait().await;
        assert!(limiter.reserve(&other).is_ok());
    }

    proptest! {
        /// Whenever calls come, however long they can wait, and whichever are given up: no stretch
        /// of a period holds more than the count, nobody is overtaken, and nobody waits for longer
        /// than it can. A call that is told how long it would have to wait is not told too much.
        #[test]
        fn no_stretch_of_a_period_holds_more_than_the_count(
            count in 0_u32..5,
            // Pauses and patience in milliseconds, and whether the call is made, or given up at
            // once, or before the call after the next asks.
            calls in prop::collection::vec((0_u64..700, 0_u64..3000, 0_u8..4), 1..60),
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .start_paused(true)
                .build()
                .unwrap();
            runtime.block_on(async {
                let limiter = LocalLimiter::default();
                let patiences = calls.iter().map(|(_, patience, _)| *patience);
                let quotas: Vec<Quota> = patiences
                    .map(|patience| quota("key", count, Duration::from_millis(patience)))
                    .collect();
                let mut made: Vec<Instant> = Vec::new();
                let mut undecided = VecDeque::new();
                for ((pause, patience, fate), quota) in calls.into_iter().zip(&quotas) {
                    tokio::time::advance(Duration::from_millis(pause)).await;
                    let now = Instant::now();
                    let patience = Duration::from_millis(patience);
                    match limiter.reserve(quota) {
                        Err(wait) => {
                            prop_assert!(wait > patience);
                            let ahead = made.len() + undecided.len();
                            prop_assert!(ahead >= count.max(1) as usize, "nobody is ahead");
                        }
                        Ok(mut reservation) => {
                            let moment = reservation.moment;
                            prop_assert!((now..=now + patience).contains(&moment));
                            prop_assert!(made.last().is_none_or(|last| *last <= moment));
                            match fate {
                                0 => drop(reservation),
                                1 => undecided.push_back(reservation),
                                _ => {
                                    reservation.is_used = true;
                                    made.push(moment);
                                }
                            }
                        }
                    }
                    if undecided.len() > 2 {
                        undecided.pop_front();
                    }
                }
                for stretch in made.windows(count.max(1) as usize + 1) {
                    prop_assert!(stretch[stretch.len() - 1] - stretch[0] >= SECOND);
                }
                Ok(())
            })?;
        }
    }
}
