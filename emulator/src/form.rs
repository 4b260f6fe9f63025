//! Percent-encoding and `name=value` pairs.

/// The decoded pairs of a query string or a form, in the order in which they stand.
pub(crate) fn pairs(encoded: &[u8]) -> Vec<(String, String)> {
    encoded
        .split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let middle = pair.iter().position(|byte| *byte == b'=');
            let (name, value) = match middle {
                Some(middle) => (&pair[..middle], &pair[middle + 1..]),
                None => (pair, &[][..]),
            };
            (decode(name, Plus::IsSpace), decode(value, Plus::IsSpace))
        })
        .collect()
}

/// The text of one segment of a path.
pub(crate) fn path_segment(encoded: &str) -> String {
    decode(encoded.as_bytes(), Plus::IsPlus)
}

/// The first value of a name.
pub(crate) fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs
        .iter()
        .find(|(candidate, _)| candidate == name)
        .map(|(_, value)| value.as_str())
}

#[derive(Clone, Copy, PartialEq)]
enum Plus {
    IsSpace,
    IsPlus,
}

/// Decodes leniently: a `%` that no two hexadecimal digits follow stands for itself.
fn decode(encoded: &[u8], plus: Plus) -> String {
    let mut decoded = Vec::with_capacity(encoded.len());
    let mut rest = encoded;
    while let Some((byte, tail)) = rest.split_first() {
        rest = tail;
        match byte {
            b'+' if plus == Plus::IsSpace => decoded.push(b' '),
            b'%' => match escaped(tail) {
                Some(value) => {
                    decoded.push(value);
                    rest = &tail[2..];
                }
                None => decoded.push(b'%'),
            },
            _ => decoded.push(*byte),
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

fn escaped(digits: &[u8]) -> Option<u8> {
    let high = char::from(*digits.first()?).to_digit(16)?;
    let low = char::from(*digits.get(1)?).to_digit(16)?;
    u8::try_from(high * 16 + low).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_decoded_and_malformed_escapes_kept() {
        let decoded = pairs(b"a=%E6%88%BF+1&UserId[]=u%26%3D1&&b&c=%zz%4");
        let expected = [
            ("a", "房 1"),
            ("UserId[]", "u&=1"),
            ("b", ""),
            ("c", "%zz%4"),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(decoded, expected);
        assert_eq!(path_segment("a+b%40c"), "a+b@c");
    }
}
