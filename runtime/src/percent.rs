//! Percent-encoding as RFC 3986 defines it: unreserved characters stay, every other byte of the
//! UTF-8 text becomes `%` and two upper-case hexadecimal digits.
//!
//! Nothing else is left as it is, so that no URL library finds anything to change: the bytes that
//! are signed are the bytes that are sent.

const UPPER_HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Encodes pairs as the query string of a URL or as the body of an
/// `application/x-www-form-urlencoded` request, in the order given.
///
/// A space becomes `%20`, which receivers of forms read like `+`. Only unreserved characters of
/// [RFC 3986](https://www.rfc-editor.org/rfc/rfc3986#section-2.3) stay as they are.
///
/// ```
/// use bindery_runtime::signing::query_string;
///
/// let query = query_string(&[("RoomId", "room 1"), ("UserId[]", "a"), ("UserId[]", "b")]);
/// assert_eq!(query, "RoomId=room%201&UserId%5B%5D=a&UserId%5B%5D=b");
/// ```
pub fn query_string<N: AsRef<str>, V: AsRef<str>>(pairs: &[(N, V)]) -> String {
    let mut query = String::new();
    for (name, value) in pairs {
        if !query.is_empty() {
            query.push('&');
        }
        push(&mut query, name.as_ref());
        query.push('=');
        push(&mut query, value.as_ref());
    }
    query
}

/// Encodes one segment of a path, one name or one value.
pub(crate) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    push(&mut encoded, text);
    encoded
}

fn push(encoded: &mut String, text: &str) {
    for byte in text.bytes() {
        if is_unreserved(byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push(char::from(UPPER_HEX[usize::from(byte >> 4)]));
            encoded.push(char::from(UPPER_HEX[usize::from(byte & 0xf)]));
        }
    }
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keeps_only_unreserved_characters() {
        // The sets of RFC 3986, sections 2.2 and 2.3.
        let unreserved = "ABCXYZabcxyz0189-._~";
        assert_eq!(encode(unreserved), unreserved);
        assert_eq!(
            encode(":/?#[]@!$&'()*+,;="),
            "%3A%2F%3F%23%5B%5D%40%21%24%26%27%28%29%2A%2B%2C%3B%3D"
        );
        assert_eq!(encode("..\\\r\n%2e é"), "..%5C%0D%0A%252e%20%C3%A9");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        #[test]
        fn decodes_to_what_was_encoded(
            pairs in prop::collection::vec(("(?s).{0,16}", "(?s).{0,16}"), 0..4),
        ) {
            let query = query_string(&pairs);
            let decoded: Vec<(String, String)> =
                form_urlencoded::parse(query.as_bytes()).into_owned().collect();
            prop_assert_eq!(decoded, pairs);
        }

        #[test]
        fn writes_unreserved_characters_and_percent_signs_only(text in "(?s).{0,32}") {
            let encoded = encode(&text);
            prop_assert!(encoded.bytes().all(|byte| byte == b'%' || is_unreserved(byte)));
        }
    }
}
