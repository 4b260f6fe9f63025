//! Text from a specification that must not reach a terminal, a name or a comment as it is.
//!
//! A specification may have been written by somebody who wants it to look like something else:
//! control characters drive a terminal, and bidirectional marks make source code read differently
//! from what it says.

use std::borrow::Cow;

/// How many characters of a name are quoted in a message.
const QUOTED: usize = 60;

/// The first character of a text that is refused, if any. Line breaks and tabs are accepted.
pub(crate) fn find(text: &str) -> Option<char> {
    // Bytes are looked through faster than characters.
    let is_harmless = |byte| matches!(byte, b' '..=b'~' | b'\n' | b'\t');
    if text.bytes().all(is_harmless) {
        return None;
    }
    text.chars()
        .find(|&c| is_bidi(c) || (c.is_control() && !matches!(c, '\n' | '\t')))
}

/// The first character of a text that changes its direction, if any.
pub(crate) fn find_bidi(text: &str) -> Option<char> {
    if text.is_ascii() {
        return None;
    }
    text.chars().find(|&c| is_bidi(c))
}

/// Whether a character changes the direction of text, or breaks lines where editors show none.
pub(crate) fn is_bidi(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Writes every refused character as an escape.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        if is_bidi(c) || c.is_control() {
            escaped.extend(c.escape_default());
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// Source text with every deceiving mark replaced by something visible of as many bytes, so that
/// places in it stay what they are. The control characters of ASCII are left to the renderer, which
/// does not know of those beyond.
pub(crate) fn mask(text: &str) -> Cow<'_, str> {
    let is_masked = |c: char| is_bidi(c) || (c.is_control() && !c.is_ascii());
    if !text.contains(is_masked) {
        return Cow::Borrowed(text);
    }
    let visible = |c: char| match c.len_utf8() {
        _ if !is_masked(c) => c.to_string(),
        3 => '\u{fffd}'.to_string(),
        length => "?".repeat(length),
    };
    Cow::Owned(text.chars().map(visible).collect())
}

/// A name between backticks, escaped and cut to a readable length.
pub(crate) fn quote(name: &str) -> String {
    let mut short: String = name.chars().take(QUOTED).collect();
    if short.len() < name.len() {
        short.push('…');
    }
    format!("`{}`", escape(&short))
}
