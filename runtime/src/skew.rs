//! By how much the clock of this machine differs from the vendor's, measured with every reply.
//!
//! Vendors refuse signatures that are a few minutes old or ahead of time. The `Date` of a reply
//! tells the vendor's time, halfway between sending and receiving as NTP assumes. All replies
//! count, successes as well, so that a wrong correction mends itself.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// The correction to this machine's clock, in milliseconds.
#[derive(Debug, Default)]
pub(crate) struct Skew(AtomicI64);

/// What a reply tells about the vendor's clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    /// The reply's `Date`, in seconds since 1970.
    pub(crate) date: i64,
    /// When the request was sent by this machine's clock, in milliseconds since 1970.
    pub(crate) sent: i64,
    /// How long the reply took.
    pub(crate) elapsed: Duration,
    /// Whether the vendor refused the signature for its age, which speaks for a large correction.
    pub(crate) is_refusal: bool,
}

/// A reply that took longer says too little about when its date was written.
const LONGEST_EXCHANGE: Duration = Duration::from_mins(15);

/// A larger correction has to be confirmed by the vendor's refusal: a broken proxy's date must not
/// move signatures to another day.
const LARGEST_UNCONFIRMED: i64 = 24 * 60 * 60 * 1000;

impl Skew {
    /// The vendor's time when it is `now` here, both in milliseconds since 1970.
    pub(crate) fn correct(&self, now: i64) -> i64 {
        now.saturating_add(self.0.load(Ordering::Relaxed))
    }

    /// Takes in what a reply tells.
    pub(crate) fn update(&self, reading: &Reading) {
        if let Some(skew) = reading.skew() {
            self.0.store(skew, Ordering::Relaxed);
        }
    }

    /// Whether a signature made with no correction, or an older one, was too far off to be accepted
    /// within the vendor's window, now that the clock has been measured. Four fifths of the window
    /// count as too far.
    pub(crate) fn explains_refusal(&self, signed: i64, now: i64, window: Duration) -> bool {
        let off_by = Duration::from_millis(self.correct(now).abs_diff(signed));
        off_by > window * 4 / 5
    }
}

impl Reading {
    /// The difference to the vendor's clock, where the reply tells it.
    fn skew(&self) -> Option<i64> {
        if self.elapsed > LONGEST_EXCHANGE {
            return None;
        }
        let halfway = i64::try_from(self.elapsed.as_millis() / 2).ok()?;
        let here = self.sent.checked_add(halfway)?;
        let skew = self.date.checked_mul(1000)?.checked_sub(here)?;
        let is_plausible = skew.abs() <= LARGEST_UNCONFIRMED || self.is_refusal;
        is_plausible.then_some(skew)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000_000;
    const WINDOW: Duration = Duration::from_mins(5);

    fn reading(skew_seconds: i64) -> Reading {
        Reading {
            date: NOW / 1000 + skew_seconds,
            sent: NOW,
            elapsed: Duration::ZERO,
            is_refusal: false,
        }
    }

    fn after(readings: &[Reading]) -> i64 {
        let skew = Skew::default();
        for reading in readings {
            skew.update(reading);
        }
        skew.correct(NOW) - NOW
    }

    #[test]
    fn every_reply_corrects_the_clock() {
        assert_eq!(after(&[reading(600)]), 600_000);
        assert_eq!(after(&[reading(-600)]), -600_000);
        assert_eq!(after(&[reading(600), reading(0)]), 0, "a stale one mends");
    }

    #[test]
    fn half_of_the_exchange_is_taken_off() {
        let slow = Reading {
            elapsed: Duration::from_secs(20),
            ..reading(10)
        };
        assert_eq!(after(&[slow]), 0);
    }

    #[test]
    fn dates_that_tell_nothing_are_passed_over() {
        let endless = Reading {
            elapsed: Duration::from_secs(901),
            ..reading(600)
        };
        let absurd = Reading {
            date: i64::MAX,
            ..reading(0)
        };
        assert_eq!(after(&[reading(5), endless, absurd]), 5_000);
    }

    #[test]
    fn another_day_has_to_be_confirmed() {
        let tomorrow = reading(90_000);
        assert_eq!(after(&[tomorrow]), 0);
        let refused = Reading {
            is_refusal: true,
            ..tomorrow
        };
        assert_eq!(after(&[refused]), 90_000_000);
    }

    #[test]
    fn only_a_measured_difference_explains_a_refusal() {
        let skew = Skew::default();
        assert!(!skew.explains_refusal(NOW, NOW, WINDOW));
        skew.update(&reading(200));
        assert!(
            !skew.explains_refusal(NOW, NOW, WINDOW),
            "below four fifths"
        );
        skew.update(&reading(300));
        assert!(skew.explains_refusal(NOW, NOW, WINDOW));
        assert!(
            !skew.explains_refusal(NOW + 300_000, NOW, WINDOW),
            "the signature was corrected already"
        );
    }
}
