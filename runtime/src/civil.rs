//! Dates and times of day as people write them, always in UTC.
//!
//! The wire needs three notations and no time zones, which a page of code settles. Days are
//! converted with Howard Hinnant's [algorithms], in which a year begins in March and the calendar
//! repeats every 400 years.
//!
//! [algorithms]: https://howardhinnant.github.io/date_algorithms.html

const SECONDS_PER_DAY: i64 = 86_400;
const DAYS_PER_ERA: i64 = 146_097;

/// Days from the first of March of the year 0 to the first of January 1970.
const DAYS_BEFORE_1970: i64 = 719_468;

const DIGITS: &[u8; 10] = b"0123456789";
const WEEKDAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// The date of an instant in seconds since 1970: `YYYY-MM-DD`.
pub(crate) fn date(second: i64) -> String {
    let Date { year, month, day } = Date::from_day(day(second));
    format!("{year:04}-{month:02}-{day:02}")
}

/// The number of the day that an instant in seconds since 1970 falls on, where 0 is the first day
/// of 1970.
pub(crate) fn day(second: i64) -> i64 {
    second.div_euclid(SECONDS_PER_DAY)
}

/// An instant in milliseconds since 1970 in the notation of RFC 3339, without a fraction where
/// there is none: `2020-05-21T12:56:17Z`.
pub(crate) fn rfc3339(millisecond: i64) -> String {
    let second = millisecond.div_euclid(1000);
    let date = date(second);
    let [hour, minute, second] = time_of_day(second);
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    match millisecond.rem_euclid(1000) {
        0 => format!("{date}T{time}Z"),
        fraction => format!("{date}T{time}.{fraction:03}Z"),
    }
}

/// Reads an IMF-fixdate as seconds since 1970.
///
/// The two obsolete notations of HTTP are not read, and neither is a date that contradicts itself,
/// such as one whose weekday is wrong: a clock is not to be set by either.
pub(crate) fn parse_http_date(text: &str) -> Option<i64> {
    let month = text.get(8..11)?;
    let month = MONTHS.iter().position(|name| *name == month)?;
    let date = Date {
        year: number(text, 12, 16)?,
        month: i64::try_from(month).ok()? + 1,
        day: number(text, 5, 7)?,
    };
    let time = number(text, 17, 19)? * 3600 + number(text, 20, 22)? * 60 + number(text, 23, 25)?;
    let second = date.to_day() * SECONDS_PER_DAY + time;
    (http_date(second) == text.as_bytes()).then_some(second)
}

/// An instant in seconds since 1970 as HTTP writes it, the IMF-fixdate of RFC 9110, section
/// 5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`. Of the year, four digits are written.
///
/// Every reply has a date that is checked against this, so that it is written in place.
fn http_date(second: i64) -> [u8; 29] {
    let days = day(second);
    let Date { year, month, day } = Date::from_day(days);
    let [hour, minute, second] = time_of_day(second);
    let mut text = *b"Thu, 01 Jan 1970 00:00:00 GMT";
    // The first day of 1970 was a Thursday.
    let weekday = name(&WEEKDAYS, (days + 4).rem_euclid(7));
    text[..3].copy_from_slice(weekday.as_bytes());
    write_digits(&mut text[5..7], day);
    text[8..11].copy_from_slice(name(&MONTHS, month - 1).as_bytes());
    write_digits(&mut text[12..16], year);
    write_digits(&mut text[17..19], hour);
    write_digits(&mut text[20..22], minute);
    write_digits(&mut text[23..25], second);
    text
}

/// Writes the last digits of a number, with zeros before them where there are fewer.
fn write_digits(place: &mut [u8], number: i64) {
    let mut rest = number.unsigned_abs();
    for digit in place.iter_mut().rev() {
        *digit = DIGITS[(rest % 10) as usize];
        rest /= 10;
    }
}

/// A day of the Gregorian calendar, extended to all years.
struct Date {
    year: i64,
    month: i64,
    day: i64,
}

impl Date {
    fn from_day(day: i64) -> Self {
        let day = day + DAYS_BEFORE_1970;
        let era = day.div_euclid(DAYS_PER_ERA);
        let day_of_era = day.rem_euclid(DAYS_PER_ERA);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let month = (month_from_march + 2) % 12 + 1;
        Self {
            year: era * 400 + year_of_era + i64::from(month <= 2),
            month,
            day: day_of_year - (153 * month_from_march + 2) / 5 + 1,
        }
    }

    fn to_day(&self) -> i64 {
        let year = self.year - i64::from(self.month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let month_from_march = (self.month + 9) % 12;
        let day_of_year = (153 * month_from_march + 2) / 5 + self.day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * DAYS_PER_ERA + day_of_era - DAYS_BEFORE_1970
    }
}

/// The hour, the minute and the second.
fn time_of_day(second: i64) -> [i64; 3] {
    let second = second.rem_euclid(SECONDS_PER_DAY);
    [second / 3600, second / 60 % 60, second % 60]
}

fn name(names: &[&'static str], index: i64) -> &'static str {
    usize::try_from(index)
        .ok()
        .and_then(|index| names.get(index))
        .expect("weekdays and months are counted modulo their number")
}

fn number(text: &str, start: usize, end: usize) -> Option<i64> {
    text.get(start..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::fmt::rfc2822::DateTimePrinter;
    use proptest::prelude::*;

    use super::*;

    /// The years 1 to 9999.
    const SECONDS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_200_000;

    proptest! {
        #[test]
        fn agrees_with_jiff(second in SECONDS, millisecond in 0_i64..1000) {
            let instant = Timestamp::from_second(second).unwrap();
            prop_assert_eq!(date(second), instant.strftime("%Y-%m-%d").to_string());

            let fine = Timestamp::from_millisecond(second * 1000 + millisecond).unwrap();
            let written = rfc3339(second * 1000 + millisecond);
            prop_assert_eq!(written.parse::<Timestamp>().unwrap(), fine);

            let http = DateTimePrinter::new().timestamp_to_rfc9110_string(&instant).unwrap();
            prop_assert_eq!(&http_date(second)[..], http.as_bytes());
            prop_assert_eq!(parse_http_date(&http), Some(second));
        }

        #[test]
        fn refuses_what_is_no_date_without_panicking(text in "(?s).{0,40}") {
            prop_assert_eq!(parse_http_date(&text), None);
        }
    }

    #[test]
    fn writes_the_instants_of_the_specifications() {
        // RFC 9110, section 5.6.7.
        assert_eq!(&http_date(784_111_777), b"Sun, 06 Nov 1994 08:49:37 GMT");
        // RFC 3339, section 5.8, first example.
        assert_eq!(rfc3339(482_196_050_520), "1985-04-12T23:20:50.520Z");
        assert_eq!(rfc3339(-1), "1969-12-31T23:59:59.999Z");
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00Z");
    }

    #[test]
    fn refuses_dates_that_no_clock_shows() {
        for text in [
            "",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Mon, 06 Nov 1994 08:49:37 GMT",
            "Wed, 30 Feb 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:60 GMT",
            "Sun, 06 Nov 1994 08:49:37 +0000",
            "Sun, 06 Nov 1994 08:+9:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 GMT ",
        ] {
            assert_eq!(parse_http_date(text), None, "{text}");
        }
    }
}
