//! Bounds of numbers, lengths and patterns.

use serde_json::{Number, Value};

use super::{flat::Flat, remarks::Remarks, types::Type};

/// What a value has to keep to beside its type.
#[derive(Clone, Debug, Default)]
pub(super) struct Limits {
    pub(super) range: Option<(Option<Number>, Option<Number>)>,
    pub(super) length: Option<(Option<u64>, Option<u64>)>,
    pub(super) pattern: Option<String>,
}

impl Limits {
    /// The limits of a schema, as far as they say something about its type.
    pub(super) fn read(flat: &Flat<'_>, ty: &Type, remarks: &Remarks) -> Self {
        match ty {
            Type::String | Type::Bytes | Type::Binary => Self {
                length: length(flat, "minLength", "maxLength", remarks),
                pattern: pattern(flat, remarks).filter(|_| *ty == Type::String),
                ..Self::default()
            },
            Type::List(_) => Self {
                length: length(flat, "minItems", "maxItems", remarks),
                ..Self::default()
            },
            Type::Map(_) => Self {
                length: length(flat, "minProperties", "maxProperties", remarks),
                ..Self::default()
            },
            ty if ty.is_number() => Self {
                range: range(flat, ty, remarks),
                ..Self::default()
            },
            _ => Self::default(),
        }
    }

    /// Whether a value that is one of the type keeps to them.
    pub(super) fn accept(&self, value: &Value) -> bool {
        let in_range = match (&self.range, value) {
            (Some((min, max)), Value::Number(number)) => {
                let above = |min: &Number| compare(number, min).is_ge();
                let below = |max: &Number| compare(number, max).is_le();
                min.as_ref().is_none_or(above) && max.as_ref().is_none_or(below)
            }
            _ => true,
        };
        let length = match value {
            Value::String(text) => Some(text.chars().count()),
            Value::Array(items) => Some(items.len()),
            Value::Object(members) => Some(members.len()),
            _ => None,
        };
        let fits_length = match (self.length, length) {
            (Some((min, max)), Some(length)) => {
                let length = length as u64;
                min.is_none_or(|min| length >= min) && max.is_none_or(|max| length <= max)
            }
            _ => true,
        };
        let matches = match (&self.pattern, value) {
            (Some(pattern), Value::String(text)) => {
                regex_lite::Regex::new(&format!("^(?:{pattern})$"))
                    .is_ok_and(|regex| regex.is_match(text))
            }
            _ => true,
        };
        in_range && fits_length && matches
    }
}

/// Bounds as the language writes them.
pub(super) fn bounds<T: ToString>((min, max): &(Option<T>, Option<T>)) -> String {
    let text = |bound: &Option<T>| bound.as_ref().map(T::to_string).unwrap_or_default();
    format!("{}..{}", text(min), text(max))
}

fn length(
    flat: &Flat<'_>,
    min: &str,
    max: &str,
    remarks: &Remarks,
) -> Option<(Option<u64>, Option<u64>)> {
    let read = |key: &str| match flat.keyword(key)?.value {
        Value::String(text) => text.parse().ok(),
        // `10.0` is a whole number to JSON.
        value => value
            .as_u64()
            .or_else(|| whole(value.as_f64()?)?.try_into().ok()),
    };
    let bounds = (read(min).filter(|&min: &u64| min > 0), read(max));
    let is_ordered = bounds.0.zip(bounds.1).is_none_or(|(min, max)| min <= max);
    if !is_ordered && let Some(at) = flat.keyword(min) {
        remarks.add(&at, "the limits are left out: nothing is between them");
    }
    (is_ordered && bounds != (None, None)).then_some(bounds)
}

fn range(
    flat: &Flat<'_>,
    ty: &Type,
    remarks: &Remarks,
) -> Option<(Option<Number>, Option<Number>)> {
    let bound = |key: &str, exclusive: &str, step: i64| {
        let plain = flat.keyword(key).and_then(|at| number(at.value));
        let (number, is_exclusive) = match flat.keyword(exclusive).map(|at| at.value) {
            // OpenAPI 3.0 says with a flag what 3.1 says with the bound itself.
            Some(&Value::Bool(is_exclusive)) => (plain?, is_exclusive),
            Some(value) => (number(value)?, true),
            None => (plain?, false),
        };
        match (ty.width(), number.as_f64().and_then(whole)) {
            (Some(width), Some(whole)) => {
                let whole = whole.checked_add(if is_exclusive { step } else { 0 })?;
                let whole = width.contains(&i128::from(whole)).then(|| whole.into());
                whole.or_else(|| width.contains(&integer(&number)?).then_some(number))
            }
            (Some(_), None) => None,
            (None, _) => {
                if is_exclusive && let Some(at) = flat.keyword(key).or(flat.keyword(exclusive)) {
                    remarks.add(
                        &at,
                        "the bound itself is allowed, because bounds are inclusive",
                    );
                }
                Some(number)
            }
        }
    };
    let mut min = bound("minimum", "exclusiveMinimum", 1);
    let mut max = bound("maximum", "exclusiveMaximum", -1);
    if let Some((first, last)) = run(flat) {
        min = min.or(Some(first.into()));
        max = max.or(Some(last.into()));
    }
    let is_ordered = match (&min, &max) {
        (Some(min), Some(max)) => compare(min, max).is_le(),
        (None, None) => return None,
        _ => true,
    };
    if !is_ordered && let Some(at) = flat.keyword("minimum") {
        remarks.add(&at, "the limits are left out: nothing is between them");
    }
    is_ordered.then_some((min, max))
}

/// The first and the last of the values that a schema allows, if there is none missing between them.
fn run(flat: &Flat<'_>) -> Option<(i64, i64)> {
    let values = flat.values()?;
    let mut values = values
        .iter()
        .map(Value::as_i64)
        .collect::<Option<Vec<_>>>()?;
    values.sort_unstable();
    values.dedup();
    let (first, last) = (*values.first()?, *values.last()?);
    let is_run = last.checked_sub(first)? == i64::try_from(values.len()).ok()? - 1;
    is_run.then_some((first, last))
}

fn number(value: &Value) -> Option<Number> {
    match value {
        Value::Number(number) => Some(number.clone()),
        Value::String(text) => serde_json::from_str(text).ok(),
        _ => None,
    }
}

/// The whole number that a fraction is, if it is one that is exact.
fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the fraction is zero and the size checked"
    )]
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}

fn integer(number: &Number) -> Option<i128> {
    number
        .as_i64()
        .map(i128::from)
        .or_else(|| number.as_u64().map(i128::from))
}

fn compare(left: &Number, right: &Number) -> std::cmp::Ordering {
    match (integer(left), integer(right)) {
        (Some(left), Some(right)) => left.cmp(&right),
        _ => left
            .as_f64()
            .partial_cmp(&right.as_f64())
            .unwrap_or(std::cmp::Ordering::Equal),
    }
}

/// The pattern that a text matches as a whole. OpenAPI's patterns match somewhere in a text, unless
/// they say that they match at its ends.
fn pattern(flat: &Flat<'_>, remarks: &Remarks) -> Option<String> {
    let at = flat.keyword("pattern")?;
    let text = at.value.as_str()?;
    let pattern = whole_pattern(text);
    if regex_lite::Regex::new(&format!("^(?:{pattern})$")).is_err() {
        remarks.add(
            &at,
            format!("the pattern {text:?} is left out: it uses what Rust's regular expressions do not have"),
        );
        return None;
    }
    Some(pattern)
}

fn whole_pattern(text: &str) -> String {
    // Some authors write the slashes of JavaScript.
    let text = match text
        .strip_prefix('/')
        .and_then(|text| text.strip_suffix('/'))
    {
        Some(inner) if inner.starts_with('^') => inner,
        _ => text,
    };
    let has_choice = text.contains('|');
    let inner = text
        .strip_prefix('^')
        .and_then(|text| text.strip_suffix('$'));
    match inner.filter(|inner| !inner.ends_with('\\')) {
        Some(inner) if !has_choice => inner.to_owned(),
        Some(inner) if is_one_group(inner) => inner.to_owned(),
        _ => format!("(?s:.*)(?:{text})(?s:.*)"),
    }
}

/// Whether parentheses stand around all of a pattern.
fn is_one_group(pattern: &str) -> bool {
    let Some(inner) = pattern
        .strip_prefix('(')
        .and_then(|pattern| pattern.strip_suffix(')'))
    else {
        return false;
    };
    !inner.contains(['(', ')', '\\', '['])
        || inner.starts_with("?:") && !inner[2..].contains(['(', ')', '\\', '['])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_a_whole() {
        let table = [
            ("^[a-z]+$", "[a-z]+"),
            ("^(a|b)$", "(a|b)"),
            ("[a-z]", "(?s:.*)(?:[a-z])(?s:.*)"),
            ("^a|b$", "(?s:.*)(?:^a|b$)(?s:.*)"),
            ("^a\\$", "(?s:.*)(?:^a\\$)(?s:.*)"),
            ("/^x$/", "x"),
        ];
        for (openapi, ours) in table {
            assert_eq!(whole_pattern(openapi), ours, "{openapi}");
        }
    }
}
