//! How a single text is written: as it is where every reader of YAML agrees on it, in quotes
//! otherwise.

use std::borrow::Cow;

use crate::hostile;

/// Writes a text on the current line. `nested` says that braces or brackets stand around it.
pub(super) fn write(text: &str, nested: bool, out: &mut String) {
    if is_plain(text, nested) && !has_other_meaning(text) {
        out.push_str(text);
    } else {
        quote(text, out);
    }
}

/// Writes the key of a mapping. What a number or a date could be is text in this place.
pub(super) fn write_key(key: &str, out: &mut String) {
    if is_plain(key, true) && !matches!(key, "<<" | "=" | "~") {
        out.push_str(key);
    } else {
        quote(key, out);
    }
}

/// Text without the marks that change its direction, and, unless `controls` is set, without
/// control characters.
#[must_use]
pub fn visible(text: &str, controls: bool) -> Cow<'_, str> {
    let is_hidden = |c: char| is_mark(c) || (!controls && c.is_control());
    if text.contains(is_hidden) {
        Cow::Owned(text.replace(is_hidden, ""))
    } else {
        Cow::Borrowed(text)
    }
}

/// Whether a character changes the direction of text, or breaks lines where editors show none.
#[must_use]
pub fn is_mark(c: char) -> bool {
    hostile::is_bidi(c)
}

/// Breaks a text into lines of at most `width` characters, at single spaces.
pub(super) fn fold(text: &str, width: usize) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut start = 0;
    let mut candidate = None;
    let mut count = 0;
    let bytes = text.as_bytes();
    for (index, c) in text.char_indices() {
        count += 1;
        let single = c == ' '
            && index > start
            && bytes[index - 1] != b' '
            && bytes.get(index + 1).is_some_and(|&next| next != b' ');
        if single {
            candidate = Some((index, count));
        }
        if count > width
            && let Some((space, counted)) = candidate.take()
        {
            lines.push(&text[start..space]);
            start = space + 1;
            count -= counted;
        }
    }
    lines.push(&text[start..]);
    lines
}

/// Whether a text keeps its characters when it is written without quotes.
pub(super) fn is_plain(text: &str, nested: bool) -> bool {
    let mut chars = text.chars();
    let Some(first) = chars.next() else {
        return false;
    };
    let starts = match first {
        '-' => chars.next().is_some_and(char::is_alphanumeric),
        _ => !matches!(
            first,
            ' ' | '?'
                | ':'
                | ','
                | '['
                | ']'
                | '{'
                | '}'
                | '#'
                | '&'
                | '*'
                | '!'
                | '|'
                | '>'
                | '\''
                | '"'
                | '%'
                | '@'
                | '`'
        ),
    };
    if !starts || text.ends_with([' ', ':']) {
        return false;
    }
    let mut previous = ' ';
    for c in text.chars() {
        let breaks = match c {
            ' ' => previous == ':',
            '#' => previous == ' ',
            ',' | '[' | ']' | '{' | '}' => nested,
            _ => !is_printable(c),
        };
        if breaks {
            return false;
        }
        previous = c;
    }
    true
}

/// Whether YAML allows a character outside of quotes, and readers can see it.
fn is_printable(c: char) -> bool {
    !(c.is_control() || is_mark(c) || matches!(c, '\u{fffe}' | '\u{ffff}'))
}

fn quote(text: &str, out: &mut String) {
    let single = text.contains(['"', '\\']) && text.chars().all(is_printable);
    if single {
        out.push('\'');
        out.push_str(&text.replace('\'', "''"));
        out.push('\'');
        return;
    }
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_printable(c) => out.push(c),
            c => out.extend(['\\', 'u'].into_iter().chain(hex(c))),
        }
    }
    out.push('"');
}

/// The number of a character in four digits, which is enough for those that are not printed.
fn hex(c: char) -> impl Iterator<Item = char> {
    [12, 8, 4, 0]
        .into_iter()
        .filter_map(move |shift| char::from_digit((u32::from(c) >> shift) & 0xF, 16))
}

/// Whether some reader of YAML takes plain text for something else: a number, a date, a truth
/// value or nothing. YAML 1.1 counts as well as 1.2.
pub(super) fn has_other_meaning(text: &str) -> bool {
    match text.as_bytes().first() {
        Some(b'0'..=b'9' | b'+' | b'-' | b'.') => {
            let lower = text.to_ascii_lowercase();
            is_number(&lower) || is_date(text)
        }
        Some(_) if text.len() <= 5 => matches!(
            text.to_ascii_lowercase().as_str(),
            "~" | "<<" | "=" | "null" | "true" | "false" | "yes" | "no" | "on" | "off" | "y" | "n"
        ),
        _ => false,
    }
}

/// Whether lower-case text is a number, to whatever base.
fn is_number(text: &str) -> bool {
    if text == ".nan" {
        return true;
    }
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let digits = |digits: &str, radix| {
        digits.contains(|c: char| c.is_digit(radix))
            && digits.chars().all(|c| c.is_digit(radix) || c == '_')
    };
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(rest) = text.strip_prefix(prefix) {
            return digits(rest, radix);
        }
    }
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let is_decimal = mantissa.matches('.').count() <= 1
        && digits(&mantissa.replace('.', ""), 10)
        && digits(exponent, 10);
    is_decimal || text == ".inf" || is_sexagesimal(text)
}

/// Whether text is a number to the base of sixty, with or without fractions: `12:30`.
fn is_sexagesimal(text: &str) -> bool {
    text.contains(':')
        && text.split(':').enumerate().all(|(index, part)| {
            let part = part.split('.').next().unwrap_or(part);
            !part.is_empty()
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || byte == b'_')
                && (index == 0 || (part.len() <= 2 && part < "6"))
        })
}

/// Whether text starts with a day: `2019-07-22`, with or without a time behind it.
fn is_date(text: &str) -> bool {
    let day = text.split(['T', 't', ' ']).next().unwrap_or(text);
    let mut parts = day.split('-');
    let mut number = |longest: usize| {
        parts.next().is_some_and(|part| {
            (1..=longest).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    number(4) && number(2) && number(2) && parts.next().is_none()
}
