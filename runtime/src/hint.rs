//! What a reply's headers say about time: the vendor's, and when to come back.

use std::time::Duration;

use reqwest::header::{AGE, DATE, HeaderMap, HeaderValue, RETRY_AFTER};

use crate::civil;

/// The vendor's time in seconds since 1970, where the reply was made when it was asked for.
///
/// A reply with an `Age` comes from a cache, and so does its date.
pub(crate) fn date(headers: &HeaderMap) -> Option<i64> {
    if headers.contains_key(AGE) {
        return None;
    }
    civil::parse_http_date(text(headers.get(DATE))?)
}

/// How long the vendor asks to wait, by `Retry-After` of RFC 9110, section 10.2.3: a number of
/// seconds, or an instant, which is compared with `now`, in milliseconds since 1970.
pub(crate) fn retry_after(headers: &HeaderMap, now: i64) -> Option<Duration> {
    let value = text(headers.get(RETRY_AFTER))?.trim();
    if value.bytes().all(|byte| byte.is_ascii_digit()) && !value.is_empty() {
        let seconds = value.parse().unwrap_or(u64::MAX);
        return Some(Duration::from_secs(seconds));
    }
    let instant = civil::parse_http_date(value)?.saturating_mul(1000);
    let wait = instant.saturating_sub(now).max(0);
    Some(Duration::from_millis(wait.cast_unsigned()))
}

fn text(value: Option<&HeaderValue>) -> Option<&str> {
    value?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(value: &str) -> Option<u64> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_str(value).unwrap());
        // Sun, 06 Nov 1994 08:49:37 GMT
        let wait = retry_after(&headers, 784_111_777_000)?;
        Some(wait.as_secs())
    }

    #[test]
    fn reads_seconds_and_instants() {
        assert_eq!(wait("2"), Some(2));
        assert_eq!(wait("Sun, 06 Nov 1994 08:50:07 GMT"), Some(30));
        assert_eq!(
            wait("Sun, 06 Nov 1994 08:49:07 GMT"),
            Some(0),
            "in the past"
        );
        assert_eq!(wait("99999999999999999999"), Some(u64::MAX));
    }

    #[test]
    fn passes_over_what_is_neither() {
        for value in ["-1", "", "soon", "1.5", "Sunday, 06-Nov-94 08:49:37 GMT"] {
            assert_eq!(wait(value), None, "{value:?}");
        }
    }
}
