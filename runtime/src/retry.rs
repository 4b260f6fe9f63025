//! Whether a failed call is sent again, and after what pause.
//!
//! What decides is how far the request came, what the vendor's code means, and what a second
//! execution would do. A request that cannot have been executed is sent again whatever it does;
//! one that may have been executed only where its action reads or can be repeated. All of it is
//! arithmetic on what it is given: the clock, the random number and the pause are the caller's.

use std::time::Duration;

use crate::budget::{Budget, Withdrawal};

/// How often, and after what pauses, a failed call is sent again.
///
/// Only failures that another attempt can mend count: a connection that could not be made, a
/// vendor that is busy or failing. A call that may have been executed is sent again only where its
/// action changes nothing or can be repeated.
///
/// The pause before retry *i*, counted from 0, is a random part of `base · 2^i`, and of 20 s at the
/// most; the base is 50 ms, or 1 s where the vendor has asked to slow down. A pause that the vendor
/// names is kept, within 5 s of the own one. Where it asks to slow down without naming one, the time
/// that the action's documented rate leaves between two calls comes first: within it, another
/// attempt would be in vain. Where that is as long as a pause may be, the call is not sent again.
///
/// ```
/// use std::time::Duration;
///
/// use bindery_runtime::RetryPolicy;
///
/// let patient = RetryPolicy::standard().max_attempts(6).max_pause(Duration::from_secs(60));
/// let never = RetryPolicy::never();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a policy does nothing until it is given to a configuration or a call"]
pub struct RetryPolicy {
    max_attempts: u32,
    max_pause: Duration,
}

/// Why a call is sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// Something on the way, or the vendor, has failed in a way that passes.
    Transient,
    /// The vendor has asked to slow down.
    Throttled,
    /// The clock was wrong and has been corrected since.
    Clock,
    /// The credential was no longer valid and has been replaced since.
    Credential,
}

/// Why a call is not sent again although its failure would allow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Exhausted {
    /// All attempts have been made.
    Attempts,
    /// The next pause would not have ended in time.
    Deadline,
    /// Too many calls to the host have failed of late.
    Budget,
    /// The vendor has asked to slow down, and the action's documented rate leaves more time between
    /// two calls than a pause may take.
    Spacing,
}

/// The attempts of one call.
#[derive(Debug)]
pub(crate) struct Attempts<'a> {
    policy: RetryPolicy,
    budget: &'a Budget,
    spacing: Duration,
    made: u32,
    withdrawal: Option<Withdrawal>,
    has_corrected_clock: bool,
    has_renewed_credential: bool,
}

/// The base of pauses after failures that pass.
const TRANSIENT_BASE: Duration = Duration::from_millis(50);

/// The base of pauses after the vendor has asked to slow down.
const THROTTLED_BASE: Duration = Duration::from_secs(1);

/// By how much a pause that the vendor names may be longer than the own one.
const HINT_ROOM: Duration = Duration::from_secs(5);

/// Nobody means to be left alone for longer.
const LONGEST_HINT: Duration = Duration::from_hours(24);

impl RetryPolicy {
    /// Three attempts, with pauses of up to 20 s.
    pub const fn standard() -> Self {
        Self {
            max_attempts: 3,
            max_pause: Duration::from_secs(20),
        }
    }

    /// One attempt.
    pub const fn never() -> Self {
        Self::standard().max_attempts(1)
    }

    /// How many attempts are made in all, 3 unless set. Zero counts as one.
    pub const fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// How long a pause may be that the vendor does not name, 20 s unless set. A call that the vendor
    /// throttles is sent again only where this is longer than the time that the action's documented
    /// rate leaves between two calls.
    pub const fn max_pause(mut self, pause: Duration) -> Self {
        self.max_pause = pause;
        self
    }

    /// The pause before a retry, where `random` is from 0 to 1, and the vendor throttles whoever
    /// comes back within the `spacing`. None where no pause is long enough.
    fn pause(
        self,
        cause: Cause,
        retry: u32,
        random: f64,
        hint: Option<Duration>,
        spacing: Duration,
    ) -> Option<Duration> {
        let (base, least) = match cause {
            Cause::Transient => (TRANSIENT_BASE, Duration::ZERO),
            Cause::Throttled => (THROTTLED_BASE, spacing),
            Cause::Clock | Cause::Credential => return Some(Duration::ZERO),
        };
        let factor = 2_u32.saturating_pow(retry);
        let own = |most: Duration| base.saturating_mul(factor).min(most).mul_f64(random);
        match hint {
            Some(hint) => {
                let own = own(self.max_pause);
                Some(hint.clamp(own, own + HINT_ROOM))
            }
            None if least.is_zero() => Some(own(self.max_pause)),
            None => {
                let left = self.max_pause.saturating_sub(least);
                // What comes after the spacing is random, so that not all come back at once.
                (!left.is_zero()).then(|| least + own(left))
            }
        }
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::standard()
    }
}

impl<'a> Attempts<'a> {
    pub(crate) fn new(policy: RetryPolicy, budget: &'a Budget) -> Self {
        Self {
            policy,
            budget,
            spacing: Duration::ZERO,
            made: 0,
            withdrawal: None,
            has_corrected_clock: false,
            has_renewed_credential: false,
        }
    }

    /// For an action whose documented rate leaves so much time between two calls.
    pub(crate) fn spaced(self, spacing: Duration) -> Self {
        Self { spacing, ..self }
    }

    /// Counts an attempt that is about to be made, and returns its number, from 1.
    pub(crate) fn begin(&mut self) -> u32 {
        self.made += 1;
        self.made
    }

    /// Whether the clock may still be corrected for this call.
    pub(crate) fn can_correct_clock(&self) -> bool {
        !self.has_corrected_clock
    }

    /// Whether the credential may still be renewed for this call.
    pub(crate) fn can_renew_credential(&self) -> bool {
        !self.has_renewed_credential
    }

    /// Takes in a success.
    pub(crate) fn succeed(&self) {
        self.budget.deposit(self.withdrawal);
    }

    /// Takes in a failure that another attempt may mend. Returns how long to wait before it, or why
    /// there is none.
    pub(crate) fn fail(
        &mut self,
        cause: Cause,
        hint: Option<Duration>,
        time_left: Duration,
        random: f64,
    ) -> Result<Duration, Exhausted> {
        if self.made >= self.policy.max_attempts {
            return Err(Exhausted::Attempts);
        }
        let retry = self.made.saturating_sub(1);
        let pause = self.policy.pause(cause, retry, random, hint, self.spacing);
        let pause = pause.ok_or(Exhausted::Spacing)?;
        // A vendor that names a pause means it: coming back earlier would be in vain.
        let is_in_vain = hint.is_some_and(|hint| hint >= time_left && hint <= LONGEST_HINT);
        if pause >= time_left || is_in_vain {
            return Err(Exhausted::Deadline);
        }
        let withdrawal = self.budget.withdraw(cause == Cause::Throttled);
        self.withdrawal = Some(withdrawal.ok_or(Exhausted::Budget)?);
        match cause {
            Cause::Clock => self.has_corrected_clock = true,
            Cause::Credential => self.has_renewed_credential = true,
            Cause::Transient | Cause::Throttled => {}
        }
        Ok(pause)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    #[test]
    fn pauses_grow_up_to_the_longest() {
        let pauses = |cause| {
            (0..12)
                .map(|retry| RetryPolicy::standard().pause(cause, retry, 1.0, None, Duration::ZERO))
                .map(|pause| pause.unwrap().as_millis())
                .collect::<Vec<_>>()
        };
        let transient = [
            50, 100, 200, 400, 800, 1600, 3200, 6400, 12_800, 20_000, 20_000, 20_000,
        ];
        assert_eq!(pauses(Cause::Transient), transient);
        let throttled = [
            1000, 2000, 4000, 8000, 16_000, 20_000, 20_000, 20_000, 20_000, 20_000, 20_000, 20_000,
        ];
        assert_eq!(pauses(Cause::Throttled), throttled);
    }

    #[test]
    fn a_throttled_call_stays_away_for_the_documented_spacing() {
        let spacing = Duration::from_secs(6);
        let pause = |cause, retry, hint| {
            let pause = RetryPolicy::standard().pause(cause, retry, 0.5, hint, spacing);
            pause.unwrap().as_millis()
        };
        assert_eq!(pause(Cause::Throttled, 0, None), 6500);
        assert_eq!(pause(Cause::Throttled, 2, None), 8000);
        assert_eq!(
            pause(Cause::Throttled, 4, None),
            13_000,
            "half of what is left"
        );
        assert_eq!(pause(Cause::Throttled, 5, None), 13_000);
        let hint = Some(Duration::from_secs(1));
        assert_eq!(pause(Cause::Throttled, 0, hint), 1000, "the vendor knows");
        assert_eq!(pause(Cause::Transient, 0, None), 25);
    }

    #[test]
    fn callers_who_are_throttled_come_back_apart_or_not_at_all() {
        let pause = |spacing, random| {
            let spacing = Duration::from_millis(spacing);
            RetryPolicy::standard().pause(Cause::Throttled, 5, random, None, spacing)
        };
        assert_eq!(pause(19_000, 0.0), Some(Duration::from_secs(19)));
        assert_eq!(pause(19_000, 0.5), Some(Duration::from_millis(19_500)));
        assert_eq!(pause(19_000, 1.0), Some(Duration::from_secs(20)));
        assert_eq!(pause(20_000, 0.5), None);

        let budget = Budget::default();
        let mut attempts = Attempts::new(RetryPolicy::standard(), &budget).spaced(HOUR);
        attempts.begin();
        let outcome = attempts.fail(Cause::Throttled, None, HOUR * 2, 0.5);
        assert_eq!(outcome, Err(Exhausted::Spacing));
        assert!(attempts.fail(Cause::Transient, None, HOUR, 0.5).is_ok());
    }

    #[test]
    fn a_hint_is_kept_within_bounds() {
        let pause = |hint| {
            let hint = Some(Duration::from_millis(hint));
            let policy = RetryPolicy::standard();
            policy
                .pause(Cause::Throttled, 0, 0.5, hint, Duration::ZERO)
                .unwrap()
        };
        assert_eq!(pause(0), Duration::from_millis(500));
        assert_eq!(pause(2000), Duration::from_secs(2));
        assert_eq!(pause(1_000_000_000), Duration::from_millis(5500));
    }

    #[test]
    fn a_hint_beyond_the_deadline_ends_the_call() {
        let budget = Budget::default();
        let mut attempts = Attempts::new(RetryPolicy::standard(), &budget);
        attempts.begin();
        let left = Duration::from_secs(10);
        let hint = Some(Duration::from_mins(1));
        let outcome = attempts.fail(Cause::Throttled, hint, left, 0.0);
        assert_eq!(outcome, Err(Exhausted::Deadline));
    }

    fn cause() -> impl Strategy<Value = Cause> {
        prop_oneof![
            Just(Cause::Transient),
            Just(Cause::Throttled),
            Just(Cause::Clock),
            Just(Cause::Credential),
        ]
    }

    proptest! {
        /// Whatever fails, there are no more attempts than allowed, and no pause is longer than the
        /// time that is left or than the policy and the hint allow.
        #[test]
        fn attempts_and_pauses_are_bounded(
            max_attempts in 0_u32..8,
            failures in prop::collection::vec(
                (cause(), prop::option::of(0_u64..100), 0.0..=1.0_f64, 0_u64..200),
                1..12,
            ),
            spacing in 0_u64..100,
        ) {
            let budget = Budget::default();
            let policy = RetryPolicy::standard().max_attempts(max_attempts);
            let spacing = Duration::from_secs(spacing);
            let mut attempts = Attempts::new(policy, &budget).spaced(spacing);
            for (cause, hint, random, left) in failures {
                let number = attempts.begin();
                prop_assert!(number <= max_attempts.max(1));
                let hint = hint.map(Duration::from_secs);
                let left = Duration::from_secs(left);
                match attempts.fail(cause, hint, left, random) {
                    Ok(pause) => {
                        prop_assert!(pause < left);
                        prop_assert!(pause <= Duration::from_secs(25));
                        prop_assert!(hint.is_some() || pause <= Duration::from_secs(20));
                    }
                    Err(_) => return Ok(()),
                }
            }
        }

        /// However many calls fail at once, the retries of a host that is down are few.
        #[test]
        fn a_budget_bounds_the_retries_of_all_calls(calls in 1_usize..200) {
            let budget = Budget::default();
            let mut retries = 0;
            for _ in 0..calls {
                let mut attempts = Attempts::new(RetryPolicy::standard(), &budget);
                attempts.begin();
                while attempts.fail(Cause::Transient, None, HOUR, 0.5).is_ok() {
                    attempts.begin();
                    retries += 1;
                }
            }
            prop_assert!(retries <= 35);
        }
    }
}
