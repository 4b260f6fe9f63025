//! How instants are written: seconds, days and HTTP dates, all in UTC.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

const SECONDS_PER_DAY: i64 = 86_400;
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Whole seconds since 1970.
pub(crate) fn seconds(instant: SystemTime) -> i64 {
    i64::try_from(since_epoch(instant).as_secs()).unwrap_or(i64::MAX)
}

/// Whole milliseconds since 1970.
pub(crate) fn milliseconds(instant: SystemTime) -> i64 {
    i64::try_from(since_epoch(instant).as_millis()).unwrap_or(i64::MAX)
}

/// The day as `2023-11-14`.
pub(crate) fn utc_day(seconds: i64) -> String {
    let (year, month, day) = civil(seconds.div_euclid(SECONDS_PER_DAY));
    format!("{year:04}-{month:02}-{day:02}")
}

/// The instant as `Tue, 14 Nov 2023 22:13:20 GMT`.
pub(crate) fn http_date(instant: SystemTime) -> String {
    let seconds = seconds(instant);
    let days = seconds.div_euclid(SECONDS_PER_DAY);
    let second = seconds.rem_euclid(SECONDS_PER_DAY);
    let (year, month, day) = civil(days);
    let weekday = WEEKDAYS[usize::try_from(days.rem_euclid(7)).unwrap_or_default()];
    let month = MONTHS[usize::try_from(month - 1).unwrap_or_default()];
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
}

/// The instant as `2023-11-14T22:13:20Z`.
pub(crate) fn iso_date(instant: SystemTime) -> String {
    let seconds = seconds(instant);
    let second = seconds.rem_euclid(SECONDS_PER_DAY);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{}T{hour:02}:{minute:02}:{second:02}Z", utc_day(seconds))
}

fn since_epoch(instant: SystemTime) -> Duration {
    instant.duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Year, month and day of a day counted from 1970 in the Gregorian calendar.
///
/// Years are counted from March, so that the leap day is the last of its year, in eras of 400.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days.clamp(-700_000, 2_900_000) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_follow_the_calendar() {
        assert_eq!(utc_day(0), "1970-01-01");
        assert_eq!(utc_day(951_782_400), "2000-02-29");
        assert_eq!(utc_day(1_551_113_065), "2019-02-25");
        assert_eq!(utc_day(1_700_000_000), "2023-11-14");
        let instant = UNIX_EPOCH + Duration::from_secs(784_111_777);
        assert_eq!(http_date(instant), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(iso_date(instant), "1994-11-06T08:49:37Z");
    }

    #[test]
    fn absurd_instants_do_not_overflow() {
        assert_eq!(utc_day(i64::MAX).len(), 10);
        assert!(!utc_day(i64::MIN).is_empty());
    }
}
