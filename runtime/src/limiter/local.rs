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
    count: usize,
    period: Duration,
    moments: VecDeque<Instant>,
}

/// So many windows are kept without looking whether they are over. Rooms come and go.
const LEAST_SWEEP: usize = 1024;

/// A moment that a call was given in all of its windows. It is given back where the call is not made.
#[derive(Debug)]
#[must_use = "a moment that is not used is given back"]
pub(super) struct Reservation<'a> {
    limiter: &'a LocalLimiter,
    quotas: &'a [Quota],
    moment: Instant,
    is_used: bool,
}

impl LocalLimiter {
    fn windows(&self) -> MutexGuard<'_, Windows> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives out the next moment that fits into all windows, unless that is further away than a call
    /// can wait; then returns how far, and takes nothing.
    ///
    /// Calls with the same quotas begin in the order of asking. One with others may go before: it
    /// need not wait for those whose room is busy.
    pub(super) fn reserve<'a>(
        &'a self,
        quotas: &'a [Quota],
        patience: Duration,
    ) -> Result<Reservation<'a>, Duration> {
        let now = Instant::now();
        let mut windows = self.windows();
        windows.sweep(now);
        for quota in quotas {
            windows.open(quota, now);
        }
        let chosen = || quotas.iter().map(|quota| &windows.by_key[&quota.key]);
        // Who has asked with the same quotas stands in all windows, and so before the last moment of
        // each.
        let after_equals = chosen().map(|window| window.moments.back()).min().flatten();
        let mut moment = after_equals.map_or(now, |last| now.max(*last));
        loop {
            let fitting = chosen().map(|window| window.fit(moment)).max();
            match fitting {
                Some(later) if later > moment => moment = later,
                _ => break,
            }
        }
        let wait = moment.duration_since(now);
        if wait > patience {
            return Err(wait);
        }
        for quota in quotas {
            if let Some(window) = windows.by_key.get_mut(&quota.key) {
                window.insert(moment);
            }
        }
        Ok(Reservation {
            limiter: self,
            quotas,
            moment,
            is_used: false,
        })
    }
}

impl Window {
    /// The first moment, from one on, which leaves no stretch of the period with more than the
    /// count.
    fn fit(&self, mut moment: Instant) -> Instant {
        loop {
            // Only those that are less than a period away can be in a stretch with it.
            let before = |given: &Instant| *given + self.period <= moment;
            let first = self.moments.partition_point(before);
            let end = self
                .moments
                .partition_point(|given| *given < moment + self.period);
            let full = (first + self.count..=end).rev().find(|&after_last| {
                let (first, last) = (
                    self.moments[after_last - self.count],
                    self.moments[after_last - 1],
                );
                last.max(moment) - first.min(moment) < self.period
            });
            match full {
                Some(after_last) => moment = self.moments[after_last - self.count] + self.period,
                None => return moment,
            }
        }
    }

    fn insert(&mut self, moment: Instant) {
        let index = self.moments.partition_point(|given| *given <= moment);
        self.moments.insert(index, moment);
    }
}

impl Windows {
    /// Makes sure that there is a window, and forgets what does not count in it any more.
    fn open(&mut self, quota: &Quota, now: Instant) {
        let window = self.by_key.entry(quota.key.clone());
        let window = window.or_insert_with(|| Window {
            count: quota.count.max(1) as usize,
            period: quota.period,
            moments: VecDeque::new(),
        });
        let is_over = |first: &Instant| *first + window.period <= now;
        while window.moments.front().is_some_and(is_over) {
            window.moments.pop_front();
        }
    }

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
        for quota in self.quotas {
            let Some(Window { moments, .. }) = windows.by_key.get_mut(&quota.key) else {
                continue;
            };
            if let Some(index) = moments.iter().rposition(|moment| *moment == self.moment) {
                moments.remove(index);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const HOUR: Duration = Duration::from_hours(1);

    fn quota(key: &str, count: u32) -> [Quota; 1] {
        [Quota {
            key: key.to_owned(),
            count,
            period: SECOND,
        }]
    }

    #[tokio::test(start_paused = true)]
    async fn a_hundred_calls_at_twenty_a_second_take_four_seconds() {
        let limiter = LocalLimiter::default();
        let quota = quota("key", 20);
        let begun = Instant::now();
        let reservations: Vec<_> = (0..100)
            .map(|_| limiter.reserve(&quota, HOUR).unwrap())
            .collect();
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
        let quota = quota("key", 1);
        let first = limiter.reserve(&quota, SECOND).unwrap();
        assert_eq!(limiter.reserve(&quota, SECOND / 2).unwrap_err(), SECOND);
        let second = limiter.reserve(&quota, SECOND).unwrap();
        let begun = Instant::now();
        first.wait().await;
        second.wait().await;
        assert_eq!(begun.elapsed(), SECOND);
    }

    /// Calls at half-second steps, one of which is given up: the next takes its place and no other.
    #[tokio::test(start_paused = true)]
    async fn a_moment_that_is_given_back_is_given_out_again() {
        let limiter = LocalLimiter::default();
        let quota = quota("key", 2);
        let take = || limiter.reserve(&quota, HOUR).unwrap();
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
            let quota = quota(&room.to_string(), 1);
            limiter.reserve(&quota, HOUR).unwrap().wait().await;
            tokio::time::advance(SECOND / 100).await;
        }
        let kept = limiter.windows().by_key.len();
        assert!((100..=LEAST_SWEEP).contains(&kept), "{kept} are kept");
    }

    #[tokio::test(start_paused = true)]
    async fn keys_do_not_share() {
        let limiter = LocalLimiter::default();
        let (one, other) = (quota("a", 1), quota("b", 1));
        limiter.reserve(&one, HOUR).unwrap().wait().await;
        assert!(limiter.reserve(&other, Duration::ZERO).is_ok());
    }

    fn in_paused_time<F: Future>(test: F) -> F::Output {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build();
        runtime.unwrap().block_on(test)
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
            in_paused_time(async {
                let limiter = LocalLimiter::default();
                let quota = quota("key", count);
                let mut made: Vec<Instant> = Vec::new();
                let mut undecided = VecDeque::new();
                for (pause, patience, fate) in calls {
                    tokio::time::advance(Duration::from_millis(pause)).await;
                    let now = Instant::now();
                    let patience = Duration::from_millis(patience);
                    match limiter.reserve(&quota, patience) {
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

        /// Whichever rooms ask and give up: neither the application nor a room begins more calls in
        /// a period than its count, nobody is overtaken by the own room, and a call begins at the
        /// first moment at which both have place for it.
        #[test]
        fn a_moment_fits_into_all_windows(
            (application, room) in (1_u32..5, 1_u32..3),
            calls in prop::collection::vec((0_u64..700, 0..3_usize, prop::bool::ANY), 1..40),
        ) {
            in_paused_time(async {
                let limiter = LocalLimiter::default();
                let quotas = ["a", "b", "c"].map(|name| {
                    let ([all], [own]) = (quota("all", application), quota(name, room));
                    [all, own]
                });
                let mut made: Vec<(usize, Instant)> = Vec::new();
                for (pause, name, is_made) in calls {
                    tokio::time::advance(Duration::from_millis(pause)).await;
                    let now = Instant::now();
                    let mut reservation = limiter.reserve(&quotas[name], HOUR).unwrap();
                    let moment = reservation.moment;
                    let own = made.iter().filter(|call| call.0 == name);
                    let last_own = own.map(|call| call.1).max();
                    prop_assert!(last_own.is_none_or(|last| last <= moment));
                    let has_place = |moment: Instant| {
                        let fits = |room: Option<usize>, count: u32| {
                            let calls = made.iter().filter(|call| room.is_none_or(|room| call.0 == room));
                            let mut moments: Vec<_> = calls.map(|call| call.1).collect();
                            moments.push(moment);
                            moments.sort();
                            let mut stretches = moments.windows(count as usize + 1);
                            stretches.all(|stretch| stretch[count as usize] - stretch[0] >= SECOND)
                        };
                        fits(None, application) && fits(Some(name), room)
                    };
                    prop_assert!(has_place(moment));
                    // Places appear where moments that were given out end to count.
                    let ends = made.iter().map(|call| call.1 + SECOND).chain([now]);
                    let earlier = ends.filter(|end| {
                        (now..moment).contains(end) && last_own.is_none_or(|last| last <= *end)
                    });
                    for end in earlier {
                        prop_assert!(!has_place(end), "{:?} earlier", moment - end);
                    }
                    if is_made {
                        reservation.is_used = true;
                        made.push((name, moment));
                    }
                }
                Ok(())
            })?;
        }
    }
}
