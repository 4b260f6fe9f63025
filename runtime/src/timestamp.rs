//! Instants, as vendors write them: whole seconds or milliseconds since 1970, UTC.

use std::fmt::{self, Debug, Display, Formatter};
use std::time::{Duration, SystemTime};

/// An instant between the years 1 and 9999, with a precision of a millisecond.
///
/// ```
/// use bindery_runtime::Timestamp;
///
/// let joined = Timestamp::from_second(1_590_065_777)?;
/// assert_eq!(joined.to_string(), "2020-05-21T12:56:17Z");
/// # Ok::<(), bindery_runtime::TimestampError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    milliseconds: i64,
}

/// A number does not stand for an instant between the years 1 and 9999.
///
/// Milliseconds where seconds are expected are the usual cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimestampError(());

impl Timestamp {
    /// The start of 1970.
    pub const UNIX_EPOCH: Self = Self { milliseconds: 0 };

    /// The start of the year 1, in seconds.
    const FIRST_SECOND: i64 = -62_135_596_800;

    /// The end of the year 9999, in seconds.
    const LAST_SECOND: i64 = 253_402_300_799;

    /// The instant so many seconds after the start of 1970.
    pub const fn from_second(second: i64) -> Result<Self, TimestampError> {
        if second < Self::FIRST_SECOND || second > Self::LAST_SECOND {
            return Err(TimestampError(()));
        }
        Ok(Self {
            milliseconds: second * 1000,
        })
    }

    /// The instant so many milliseconds after the start of 1970.
    pub const fn from_millisecond(millisecond: i64) -> Result<Self, TimestampError> {
        if millisecond < Self::FIRST_SECOND * 1000 || millisecond > Self::LAST_SECOND * 1000 + 999 {
            return Err(TimestampError(()));
        }
        Ok(Self {
            milliseconds: millisecond,
        })
    }

    /// Seconds since the start of 1970, rounded down.
    pub const fn as_second(self) -> i64 {
        self.milliseconds.div_euclid(1000)
    }

    /// Milliseconds since the start of 1970.
    pub const fn as_millisecond(self) -> i64 {
        self.milliseconds
    }
}

impl TryFrom<SystemTime> for Timestamp {
    type Error = TimestampError;

    /// Rounds down to a millisecond.
    fn try_from(time: SystemTime) -> Result<Self, TimestampError> {
        let milliseconds = match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_millis()),
            Err(before) => {
                let nanoseconds = before.duration().as_nanos();
                i64::try_from(nanoseconds.div_ceil(1_000_000)).map(|value| -value)
            }
        };
        Self::from_millisecond(milliseconds.map_err(|_| TimestampError(()))?)
    }
}

impl From<Timestamp> for SystemTime {
    fn from(timestamp: Timestamp) -> Self {
        let distance = Duration::from_millis(timestamp.milliseconds.unsigned_abs());
        if timestamp.milliseconds < 0 {
            Self::UNIX_EPOCH - distance
        } else {
            Self::UNIX_EPOCH + distance
        }
    }
}

impl Display for TimestampError {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("expected an instant between the years 1 and 9999")
    }
}

impl std::error::Error for TimestampError {}

impl Display for Timestamp {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.pad(&crate::civil::rfc3339(self.milliseconds))
    }
}

impl Debug for Timestamp {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn converts_from_and_to_the_system_time_on_both_sides_of_1970() {
        let half = Duration::from_micros(500);
        for millisecond in [-62_135_596_800_000, -1, 0, 1, 253_402_300_799_999] {
            let timestamp = Timestamp::from_millisecond(millisecond).unwrap();
            let time = SystemTime::from(timestamp);
            assert_eq!(Timestamp::try_from(time), Ok(timestamp));
            assert_eq!(
                Timestamp::try_from(time + half),
                Ok(timestamp),
                "rounds down"
            );
        }
    }

    #[test]
    fn refuses_what_is_beyond_the_years_1_to_9999() {
        let error = Err(TimestampError(()));
        assert_eq!(Timestamp::from_second(253_402_300_800), error);
        assert_eq!(Timestamp::from_second(-62_135_596_801), error);
        assert_eq!(Timestamp::from_second(i64::MAX), error);
        assert_eq!(Timestamp::from_millisecond(i64::MIN), error);
        assert_eq!(
            Timestamp::from_millisecond(-1).map(Timestamp::as_second),
            Ok(-1)
        );
    }
}
