//! The little languages inside of values: types, bounds, durations and rate limits.

use std::{str::FromStr, time::Duration};

use serde_json::Number;

use crate::{
    diagnostic::{Diagnostic, Problems, Span},
    hostile::quote,
    parse::{entries::Entries, name::Name},
    spec::{Builtin, Located, Range, TypeExpression},
    word::Word,
    yaml::{Node, NodeKind},
};

/// How deep lists and maps may lie in one another.
const MAX_TYPE_DEPTH: usize = 8;

/// Names that people bring from other languages, and what they are called here.
const FOREIGN: &[(&str, &str)] = &[
    ("String", "string"),
    ("str", "string"),
    ("text", "string"),
    ("Integer", "int64"),
    ("integer", "int64"),
    ("int", "int64"),
    ("long", "int64"),
    ("uint", "uint64"),
    ("u32", "uint32"),
    ("u64", "uint64"),
    ("i32", "int32"),
    ("i64", "int64"),
    ("Boolean", "bool"),
    ("boolean", "bool"),
    ("Float", "float"),
    ("double", "float"),
    ("number", "float"),
    ("binary", "bytes"),
    ("timestamp", "timestamp(s)"),
    ("Timestamp", "timestamp(s)"),
    ("object", "json"),
    ("any", "json"),
    ("array", "[string]"),
    ("list", "[string]"),
    ("map", "{string}"),
];

/// The type of a field.
pub(crate) fn type_expression<'a>(
    map: &Entries<'a>,
    problems: &mut Problems,
) -> Option<Located<TypeExpression<'a>>> {
    let node = map.get("type")?;
    if let Some(text) = unquoted(node) {
        problems.add(
            Diagnostic::new(node.span, "this type needs quotes")
                .label("YAML takes this for a list or a mapping")
                .help(format!("write `type: \"{text}\"`")),
        );
        return None;
    }
    let text = map.written("type", problems)?;
    let inner = inside(node, &text);
    let value = parse_type(text.value, inner, 0, problems)?;
    Some(Located {
        value,
        span: text.span,
    })
}

/// What somebody meant who wrote `[T]` or `{T}` without quotes.
fn unquoted(node: &Node<'_>) -> Option<String> {
    let name = |node: &Node<'_>| match &node.kind {
        NodeKind::Scalar { text, .. } => Some(text.to_string()),
        _ => unquoted(node),
    };
    match &node.kind {
        NodeKind::Sequence(items) => match &items[..] {
            [item] => Some(format!("[{}]", name(item)?)),
            _ => None,
        },
        NodeKind::Mapping(entries) => match &entries[..] {
            [(key, value)] if value.is_empty() => Some(format!("{{{}}}", key.text)),
            _ => None,
        },
        _ => None,
    }
}

/// The place of a scalar's text, without its quotes.
fn inside(node: &Node<'_>, text: &Located<&str>) -> Span {
    let quotes = (node.span.end - node.span.start).saturating_sub(text.value.len());
    match quotes {
        2 => Span {
            start: node.span.start + 1,
            end: node.span.end - 1,
            ..node.span
        },
        _ => node.span,
    }
}

fn parse_type<'a>(
    text: &'a str,
    span: Span,
    depth: usize,
    problems: &mut Problems,
) -> Option<TypeExpression<'a>> {
    let precise = span.end - span.start == text.len();
    for (open, close) in [('[', ']'), ('{', '}')] {
        let Some(rest) = text.strip_prefix(open) else {
            continue;
        };
        let Some(item) = rest.strip_suffix(close) else {
            problems.add(
                Diagnostic::new(span, format!("the type {} is not closed", quote(text)))
                    .label(format!("`{close}` is missing at the end"))
                    .help("write `[T]` for a list and `{T}` for a map from strings"),
            );
            return None;
        };
        if depth == MAX_TYPE_DEPTH {
            problems.add(
                Diagnostic::new(span, "the type is nested too deeply")
                    .help("give the inner object a type of its own under `types`"),
            );
            return None;
        }
        let span = if precise {
            Span {
                start: span.start + 1,
                end: span.end - 1,
                ..span
            }
        } else {
            span
        };
        let item = Box::new(parse_type(item, span, depth + 1, problems)?);
        return Some(match open {
            '[' => TypeExpression::List(item),
            _ => TypeExpression::Map(item),
        });
    }
    if let Some((_, builtin, _)) = Builtin::ALL.iter().find(|(word, ..)| *word == text) {
        return Some(TypeExpression::Builtin(*builtin));
    }
    let name = Located { value: text, span };
    if let Some(problem) = not_a_name(&name) {
        problems.add(problem);
        return None;
    }
    Name::Type.check(&name, problems);
    Some(TypeExpression::Named(name))
}

/// The word of the language for one that comes from another.
pub(crate) fn foreign_word(name: &str) -> Option<&'static str> {
    FOREIGN
        .iter()
        .find(|(foreign, _)| *foreign == name)
        .map(|(_, own)| *own)
}

fn not_a_name(name: &Located<&str>) -> Option<Diagnostic> {
    let text = name.value.trim();
    let legal = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if text == name.value && !text.is_empty() && text.chars().all(legal) {
        return None;
    }
    let problem = Diagnostic::new(name.span, format!("{} is not a type", quote(name.value)))
        .label("not a type");
    let remedy = match text.split_once(['<', '(', '[']) {
        Some(("timestamp", _)) => "write `timestamp(s)` for seconds or `timestamp(ms)` for milliseconds".to_owned(),
        Some(("Array" | "array" | "List" | "list" | "Vec", item)) => {
            let item = item.trim_end_matches(['>', ')', ']']);
            let item = item.trim();
            format!("write \"[{}]\" for a list", foreign_word(item).unwrap_or(item))
        }
        _ if text.ends_with("[]") => {
            format!("write \"[{}]\" for a list", text.trim_end_matches("[]"))
        }
        _ => "write a type of the language, the name of a type, \"[T]\" for a list or \"{T}\" for a map from strings".to_owned(),
    };
    Some(problem.help(remedy))
}

/// Bounds of numbers.
pub(crate) fn range(map: &Entries<'_>, problems: &mut Problems) -> Option<Located<Range<Number>>> {
    let bounds = bounds::<Number>(map, "range", problems)?;
    let float = |number: &Option<Number>| number.as_ref().and_then(Number::as_f64);
    let (min, max) = &bounds.value;
    ordered(&bounds, float(min), float(max), problems);
    Some(bounds)
}

/// Bounds of a length.
pub(crate) fn length(map: &Entries<'_>, problems: &mut Problems) -> Option<Located<Range<u64>>> {
    let bounds = bounds::<u64>(map, "length", problems)?;
    let (min, max) = bounds.value;
    ordered(&bounds, min, max, problems);
    Some(bounds)
}

fn ordered<T, N: PartialOrd>(
    bounds: &Located<T>,
    min: Option<N>,
    max: Option<N>,
    problems: &mut Problems,
) {
    if let (Some(min), Some(max)) = (min, max)
        && min > max
    {
        problems.add(
            Diagnostic::new(bounds.span, "no value lies between these bounds")
                .label("the smallest is larger than the largest")
                .help("write the smallest first"),
        );
    }
}

fn bounds<T: FromStr>(
    map: &Entries<'_>,
    key: &str,
    problems: &mut Problems,
) -> Option<Located<Range<T>>> {
    let Located { value: text, span } = map.written(key, problems)?;
    let bound = |text: &str| match text.trim() {
        "" => Some(None),
        text => text.parse().ok().map(Some),
    };
    if let Some((min, max)) = text.split_once("..")
        && let (Some(min), Some(max)) = (bound(min), bound(max))
        && (min.is_some() || max.is_some())
    {
        return Some(Located {
            value: (min, max),
            span,
        });
    }
    problems.add(
        Diagnostic::new(span, format!("{} is not a pair of bounds", quote(text)))
            .label("expected two numbers with `..` between them")
            .help(format!(
                "write `{key}: 1..100`; leave one out if there is no such bound, as in `1..` or `..100`"
            )),
    );
    None
}

/// A time: `90s`, `5m`, `1h`.
pub(crate) fn duration(text: &Located<&str>, problems: &mut Problems) -> Option<Duration> {
    let value = text.value;
    let count = value
        .get(..value.len().saturating_sub(1))
        .and_then(|count| count.parse::<u32>().ok());
    let seconds = match (count, value.chars().last().and_then(unit)) {
        (Some(count), Some(unit)) => Some(u64::from(count) * unit),
        _ => None,
    };
    if seconds.is_none() {
        problems.add(
            Diagnostic::new(text.span, format!("{} is not a duration", quote(value)))
                .label("expected a number and a unit")
                .help("write `90s`, `5m` or `1h`"),
        );
    }
    seconds.map(Duration::from_secs)
}

/// A rate: `20/s` as the number of calls and the time.
pub(crate) fn rate(text: &Located<&str>, problems: &mut Problems) -> Option<(u32, Duration)> {
    let parsed = text.value.split_once('/').and_then(|(count, period)| {
        let mut letters = period.chars();
        let unit = unit(letters.next()?)?;
        let count = count.parse().ok().filter(|count| *count > 0)?;
        letters
            .next()
            .is_none()
            .then_some((count, Duration::from_secs(unit)))
    });
    if parsed.is_none() {
        problems.add(
            Diagnostic::new(
                text.span,
                format!("{} is not a rate limit", quote(text.value)),
            )
            .label("expected a number of calls, `/` and a unit")
            .help("write `20/s`, `100/m` or `1000/h`"),
        );
    }
    parsed
}

/// The seconds of a unit of time.
fn unit(letter: char) -> Option<u64> {
    match letter {
        's' => Some(1),
        'm' => Some(60),
        'h' => Some(3600),
        _ => None,
    }
}
