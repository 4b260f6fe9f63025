//! Whether a value is one of a type.

use std::ops::RangeInclusive;

use serde_json::{Number, Value};

use crate::{
    diagnostic::{Diagnostic, Problems, Span},
    hostile::quote,
    json,
    model::{Field, Shape, TypeDef, TypeRef},
    suggest,
    yaml::{Key, Node, NodeKind},
};

/// A type in words, with its article.
pub(crate) fn describe(ty: &TypeRef) -> &'static str {
    match ty {
        TypeRef::String => "a string",
        TypeRef::Bool => "a bool",
        TypeRef::Int32 => "an int32",
        TypeRef::Int64 => "an int64",
        TypeRef::Uint32 => "a uint32",
        TypeRef::Uint64 => "a uint64",
        TypeRef::Float => "a float",
        TypeRef::Bytes => "bytes",
        TypeRef::Seconds => "a timestamp in seconds",
        TypeRef::Milliseconds => "a timestamp in milliseconds",
        TypeRef::Date => "a date",
        TypeRef::DateTime => "a datetime",
        TypeRef::Json => "json",
        TypeRef::List(_) => "a list",
        TypeRef::Map(_) => "a map",
        TypeRef::Named(_) => "an object or enumeration",
    }
}

/// The smallest and the largest number of a type of whole numbers.
pub(crate) fn width(ty: &TypeRef) -> Option<RangeInclusive<i128>> {
    match ty {
        TypeRef::Int32 => Some(i32::MIN.into()..=i32::MAX.into()),
        TypeRef::Int64 | TypeRef::Seconds | TypeRef::Milliseconds => {
            Some(i64::MIN.into()..=i64::MAX.into())
        }
        TypeRef::Uint32 => Some(0..=u32::MAX.into()),
        TypeRef::Uint64 => Some(0..=u64::MAX.into()),
        _ => None,
    }
}

/// Whether a value of a type is a single word, as a path or a header needs it.
pub(crate) fn is_single(ty: &TypeRef, types: &[TypeDef]) -> bool {
    match ty {
        TypeRef::List(_) | TypeRef::Map(_) | TypeRef::Json => false,
        TypeRef::Named(index) => !matches!(types[*index].shape, Shape::Object(_)),
        _ => true,
    }
}

pub(crate) fn integer(number: &Number) -> Option<i128> {
    number
        .as_i64()
        .map(i128::from)
        .or_else(|| number.as_u64().map(i128::from))
}

/// Checks a value against the type and the limits of a field.
pub(crate) fn check_field(
    node: &Node<'_>,
    field: &Field,
    types: &[TypeDef],
    problems: &mut Problems,
) {
    if check(node, &field.ty, types, problems) {
        check_limits(node, field, problems);
    }
}

/// Checks the members of an object: that all are known, fit, and that none is missing. Common
/// fields may be there, even if they are required.
pub(crate) fn check_members(
    entries: &[(Key<'_>, Node<'_>)],
    (fields, common): (&[Field], &[Field]),
    owner: Span,
    types: &[TypeDef],
    problems: &mut Problems,
) -> bool {
    let mut fits = true;
    for (key, node) in entries {
        let mut known = fields.iter().chain(common);
        if let Some(field) = known.find(|field| field.name == key.text) {
            check_field(node, field, types, problems);
            continue;
        }
        fits = false;
        problems.add_with(|| {
            let names = fields.iter().map(|field| field.name.as_str());
            Diagnostic::new(key.span, format!("there is no input {}", quote(&key.text)))
                .label("unknown name")
                .help(suggest::known_names(&key.text, names, "inputs"))
        });
    }
    let given = |name: &str| entries.iter().any(|(key, _)| key.text == name);
    for field in fields
        .iter()
        .filter(|field| field.required && !field.set_by_client)
    {
        if !given(&field.name) {
            fits = false;
            problems.add(
                Diagnostic::new(
                    owner,
                    format!("the required input {} is missing", quote(&field.name)),
                )
                .label("in this value")
                .help("add it, or remove `required: true` from its description"),
            );
        }
    }
    fits
}

/// Checks a value against a type. Whether it fits is returned.
fn check(node: &Node<'_>, ty: &TypeRef, types: &[TypeDef], problems: &mut Problems) -> bool {
    match (ty, &node.kind) {
        (TypeRef::Json, _) | (_, NodeKind::Invalid) => true,
        (TypeRef::List(item), NodeKind::Sequence(items)) => {
            items.iter().all(|node| check(node, item, types, problems))
        }
        (TypeRef::Map(item), NodeKind::Mapping(entries)) => entries
            .iter()
            .all(|(_, node)| check(node, item, types, problems)),
        (TypeRef::Named(index), _) => check_named(node, &types[*index], types, problems),
        (_, NodeKind::Scalar { .. }) => match json::scalar(node) {
            // Ambiguous words have been reported where they were read.
            Err(_) => true,
            Ok(value) => is_of(&value, ty) || mismatch(node, describe(ty), problems),
        },
        _ => mismatch(node, describe(ty), problems),
    }
}

fn check_named(node: &Node<'_>, ty: &TypeDef, types: &[TypeDef], problems: &mut Problems) -> bool {
    match (&ty.shape, &node.kind) {
        (Shape::Object(fields), NodeKind::Mapping(entries)) => {
            check_members(entries, (fields, &[]), node.span, types, problems)
        }
        (Shape::Object(_), _) => {
            mismatch(node, &format!("an object of type `{}`", ty.name), problems)
        }
        (Shape::IntegerEnum(values), _) => {
            let known: Vec<_> = values
                .iter()
                .map(|value| Value::from(value.value))
                .collect();
            check_known(node, ty, &known, Value::is_i64, problems)
        }
        (Shape::StringEnum(values), _) => {
            let known: Vec<_> = values
                .iter()
                .map(|value| Value::from(value.value.as_str()))
                .collect();
            check_known(node, ty, &known, Value::is_string, problems)
        }
    }
}

/// Checks that a value is one of those that an enumeration lists.
fn check_known(
    node: &Node<'_>,
    ty: &TypeDef,
    known: &[Value],
    is_base: fn(&Value) -> bool,
    problems: &mut Problems,
) -> bool {
    let value = match (&node.kind, json::scalar(node)) {
        (NodeKind::Scalar { .. }, Ok(value)) if is_base(&value) => value,
        (NodeKind::Scalar { .. }, Err(_)) => return true,
        _ => return mismatch(node, &format!("a value of `{}`", ty.name), problems),
    };
    if known.contains(&value) {
        return true;
    }
    let known: Vec<_> = known.iter().map(Value::to_string).collect();
    let mut problem = Diagnostic::new(node.span, format!("`{}` does not list this value", ty.name))
        .label("unknown value");
    let text = value.to_string();
    problem.help.extend(suggest::did_you_mean(
        &text,
        known.iter().map(String::as_str),
    ));
    problems.add(problem.help(format!(
        "add it to the values of `{}`, or use a known one",
        ty.name
    )));
    false
}

fn is_of(value: &Value, ty: &TypeRef) -> bool {
    match (ty, value) {
        (
            TypeRef::String | TypeRef::Bytes | TypeRef::Date | TypeRef::DateTime,
            Value::String(_),
        )
        | (TypeRef::Bool, Value::Bool(_))
        | (TypeRef::Float, Value::Number(_)) => true,
        (ty, Value::Number(number)) => width(ty)
            .zip(integer(number))
            .is_some_and(|(width, number)| width.contains(&number)),
        _ => false,
    }
}

/// Reports a value of the wrong type.
fn mismatch(node: &Node<'_>, expected: &str, problems: &mut Problems) -> bool {
    let found = match &node.kind {
        NodeKind::Invalid => return true,
        NodeKind::Sequence(_) => "a list".to_owned(),
        NodeKind::Mapping(_) => "a mapping".to_owned(),
        NodeKind::Scalar { .. } => match json::scalar(node) {
            Ok(Value::String(text)) => format!("the text {}", quote(&text)),
            Ok(value) => quote(&value.to_string()),
            Err(_) => return true,
        },
    };
    let mut problem = Diagnostic::new(node.span, format!("expected {expected}, found {found}"))
        .label("wrong type");
    if let NodeKind::Scalar { text, plain } = &node.kind {
        if *plain && matches!(expected, "a string" | "a date" | "a datetime" | "bytes") {
            problem = problem.help(format!("write \"{text}\""));
        } else if !plain && text.parse::<f64>().is_ok() {
            problem = problem.help("remove the quotes: they make text of a number");
        }
    }
    if problem.help.is_empty() {
        problem = problem.help("change the value, or the type that it has to fit");
    }
    problems.add(problem);
    false
}

/// Checks a value that has the right type against a field's limits.
fn check_limits(node: &Node<'_>, field: &Field, problems: &mut Problems) {
    let mut report = |message: String, limit: &str| {
        problems.add(
            Diagnostic::new(node.span, message)
                .label(format!("`{limit}` of {} forbids it", quote(&field.name)))
                .help(format!("change the value, or `{limit}`")),
        );
    };
    let value = json::scalar(node).ok();
    if let (Some((min, max)), Some(Value::Number(number))) = (&field.range, &value)
        && !is_between(number, min.as_ref(), max.as_ref())
    {
        report(format!("{number} is out of range"), "range");
    }
    if let Some((min, max)) = field.length {
        let length = match (&node.kind, &value) {
            (NodeKind::Sequence(items), _) => items.len(),
            (NodeKind::Mapping(entries), _) => entries.len(),
            (_, Some(Value::String(text))) => text.chars().count(),
            _ => return,
        };
        let length = length as u64;
        if min.is_some_and(|min| length < min) || max.is_some_and(|max| length > max) {
            report(format!("a length of {length} is not allowed"), "length");
        }
    }
    if let (Some(pattern), Some(Value::String(text))) = (&field.pattern, &value)
        && regex_lite::Regex::new(&format!("^(?:{pattern})$"))
            .is_ok_and(|regex| !regex.is_match(text))
    {
        report(
            format!("{} does not match the pattern", quote(text)),
            "pattern",
        );
    }
}

fn is_between(number: &Number, min: Option<&Value>, max: Option<&Value>) -> bool {
    let compare = |bound: &Value| -> Option<std::cmp::Ordering> {
        let Value::Number(bound) = bound else {
            return None;
        };
        match (integer(number), integer(bound)) {
            (Some(number), Some(bound)) => Some(number.cmp(&bound)),
            _ => number.as_f64()?.partial_cmp(&bound.as_f64()?),
        }
    };
    min.and_then(compare).is_none_or(std::cmp::Ordering::is_ge)
        && max.and_then(compare).is_none_or(std::cmp::Ordering::is_le)
}
