//! Values as they would stand in JSON: examples and defaults.

use serde_json::{Map, Number, Value};

use crate::{
    diagnostic::{Diagnostic, Problems},
    hostile::{self, quote},
    yaml::{Node, NodeKind, hostile_character},
};

/// How many bytes the longest word has that is not text to all, `false` or `+.inf`.
const LONGEST_WORD: usize = 5;

/// What plain text would mean to some reader of YAML, where that is not text.
///
/// Both YAML 1.1 and 1.2 count, since editors and other tools differ: `no`, `1.10`, `0x1F`,
/// `12:30` and `2019-07-22` are not text to all of them.
pub(crate) fn other_meaning(text: &str) -> Option<&'static str> {
    // Nearly all text is told by its first letter: the words are short.
    let is_numeric = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.');
    if text.len() > LONGEST_WORD && !text.starts_with(is_numeric) {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    match lower.as_str() {
        "" | "~" | "null" => return Some("nothing"),
        "true" | "false" | "yes" | "no" | "on" | "off" | "y" | "n" => {
            return Some("true or false");
        }
        ".inf" | "+.inf" | "-.inf" | ".nan" => return Some("a number"),
        _ => {}
    }
    if is_number(&lower) {
        return Some("a number");
    }
    is_date(text).then_some("a date")
}

/// The value of a node. Text that readers of YAML disagree about is reported.
pub(crate) fn value(node: &Node<'_>, problems: &mut Problems) -> Option<Value> {
    match &node.kind {
        NodeKind::Scalar { .. } => match scalar(node) {
            Ok(value) => Some(value),
            Err(problem) => {
                problems.add(*problem);
                None
            }
        },
        NodeKind::Sequence(items) => {
            let items: Vec<_> = items.iter().map(|item| value(item, problems)).collect();
            items
                .into_iter()
                .collect::<Option<Vec<_>>>()
                .map(Value::Array)
        }
        NodeKind::Mapping(entries) => {
            let entries: Vec<_> = entries
                .iter()
                .map(|(key, node)| Some((key.text.to_string(), value(node, problems)?)))
                .collect();
            entries
                .into_iter()
                .collect::<Option<Map<_, _>>>()
                .map(Value::Object)
        }
        NodeKind::Invalid => None,
    }
}

/// The value of a single word: what JSON would say, and text for everything else.
pub(crate) fn scalar(node: &Node<'_>) -> Result<Value, Box<Diagnostic>> {
    let NodeKind::Scalar { text, plain } = &node.kind else {
        return Ok(Value::Null);
    };
    if let Some(c) = hostile::find_bidi(text) {
        return Err(Box::new(hostile_character(node.span, c)));
    }
    if !plain {
        return Ok(Value::String(text.to_string()));
    }
    match &**text {
        "null" => return Ok(Value::Null),
        "true" => return Ok(Value::Bool(true)),
        "false" => return Ok(Value::Bool(false)),
        _ => {}
    }
    if let Some(number) = number(text) {
        return Ok(Value::Number(number));
    }
    match other_meaning(text) {
        None => Ok(Value::String(text.to_string())),
        Some(meaning) => {
            let message = match &**text {
                "" => "a value is missing".to_owned(),
                _ => format!("{} is ambiguous", quote(text)),
            };
            Err(Box::new(
                Diagnostic::new(node.span, message)
                    .label(format!("some readers of YAML take this for {meaning}"))
                    .help(format!(
                        "write `{}` if it is text, or the value as JSON writes it",
                        serde_json::json!(text)
                    )),
            ))
        }
    }
}

/// A number as JSON writes it, if it can be kept exactly or is a fraction.
fn number(text: &str) -> Option<Number> {
    let number: Number = serde_json::from_str(text).ok()?;
    let exact = number.is_i64() || number.is_u64();
    (exact || text.contains(['.', 'e', 'E'])).then_some(number)
}

/// Whether lower-case text is a number in YAML 1.1 or 1.2.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let of = |digits: &str, radix: u32| {
        digits.chars().any(|c| c.is_digit(radix))
            && digits.chars().all(|c| c.is_digit(radix) || c == '_')
    };
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(rest) = digits.strip_prefix(prefix) {
            return of(rest, radix);
        }
    }
    let (mantissa, exponent) = digits.split_once('e').unwrap_or((digits, "0"));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let mantissa_is_number = mantissa.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && mantissa.matches('.').count() <= 1
        && of(&mantissa.replace('.', ""), 10);
    (mantissa_is_number && of(exponent, 10)) || is_sexagesimal(digits)
}

/// Whether text is a number to the base of sixty, as in `12:30`.
fn is_sexagesimal(text: &str) -> bool {
    text.contains(':')
        && text.split(':').enumerate().all(|(index, part)| {
            let part = part.split('.').next().unwrap_or(part);
            !part.is_empty()
                && part.chars().all(|c| c.is_ascii_digit())
                && (index == 0 || (part.len() <= 2 && part < "6"))
        })
}

/// Whether text starts like a date: `2019-07-22`, with or without a time.
fn is_date(text: &str) -> bool {
    let day = text.split(['T', 't', ' ']).next().unwrap_or(text);
    let parts: Vec<&str> = day.split('-').collect();
    let digits = |part: &str, max| {
        part.len() <= max && !part.is_empty() && part.chars().all(|c| c.is_ascii_digit())
    };
    matches!(parts[..], [year, month, day]
        if year.len() == 4 && digits(year, 4) && digits(month, 2) && digits(day, 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_told_from_what_some_reader_takes_it_for() {
        let others = [
            "",
            "~",
            "Null",
            "FALSE",
            "off",
            "+.INF",
            ".nan",
            "1.10",
            "0x1F0000",
            "+1_000_000",
            ".123456",
            "1e1000",
            "-12:30:45",
            "2019-07-22",
            "2019-07-22T10:00:00Z",
        ];
        for text in others {
            assert!(other_meaning(text).is_some(), "{text:?}");
        }
        let texts = [
            "falsely",
            "nobody",
            "v1.2.3",
            "1.2.3",
            "10.0.0.1",
            "ap-beijing",
            "-inf-",
            "+86 10",
            "2019-07",
            "12:30 o'clock",
            "0xyz",
            "名称",
        ];
        for text in texts {
            assert_eq!(other_meaning(text), None, "{text:?}");
        }
    }
}
