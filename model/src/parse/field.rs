//! Fields, types and error codes.

use crate::{
    diagnostic::{Diagnostic, Problems},
    hostile::quote,
    language::{self, Mapping},
    parse::{
        entries::{Entries, expected, text},
        expression::{length, range, type_expression},
        name::Name,
    },
    spec::{Builtin, EnumValueSpec, ErrorSpec, FieldSpec, Located, ShapeSpec, TypeSpec},
    word::{EnumBase, Word},
    yaml::{Key, Node, NodeKind},
};

/// The fields behind a key: parameters, outputs or members.
pub(crate) fn fields<'a>(
    map: &Entries<'a>,
    key: &str,
    kind: &'static Mapping,
    problems: &mut Problems,
) -> Vec<FieldSpec<'a>> {
    let entries = map.map(key, problems).iter();
    entries
        .filter_map(|(key, node)| field(key, node, kind, problems))
        .collect()
}

fn field<'a>(
    key: &'a Key<'a>,
    node: &'a Node<'a>,
    kind: &'static Mapping,
    problems: &mut Problems,
) -> Option<FieldSpec<'a>> {
    let name = located(key);
    Name::Field.check(&name, problems);
    let map = Entries::open(node, kind, key.span, problems)?;
    // A key that this kind of field does not take has been reported as unknown.
    let takes = |key: &str| kind.key(key).is_some();
    Some(FieldSpec {
        name,
        rust_name: rust_name(&map, Name::RustField, problems),
        ty: type_expression(&map, problems),
        doc: map.plain_text("doc", problems).unwrap_or_default(),
        required: map.flag("required", problems),
        nullable: takes("nullable") && map.flag("nullable", problems),
        always: takes("always")
            .then(|| map.located_word("always", problems))
            .flatten(),
        set_by: takes("set_by")
            .then(|| map.word("set_by", problems))
            .flatten(),
        idempotency_token: takes("idempotency_token")
            .then(|| map.located_word("idempotency_token", problems))
            .flatten(),
        sensitive: map.flag("sensitive", problems),
        deprecated: map.plain_text("deprecated", problems),
        location: takes("in")
            .then(|| map.located_word("in", problems))
            .flatten(),
        arrays: takes("arrays")
            .then(|| map.located_word("arrays", problems))
            .flatten(),
        default: takes("default").then(|| map.get("default")).flatten(),
        range: range(&map, problems),
        length: length(&map, problems),
        pattern: pattern(&map, problems),
        example: map.get("example"),
    })
}

/// A regular expression that compiles.
fn pattern<'a>(map: &Entries<'a>, problems: &mut Problems) -> Option<Located<&'a str>> {
    let pattern = map.text("pattern", problems)?;
    if let Err(error) = regex_lite::Regex::new(pattern.value) {
        problems.add(
            Diagnostic::new(
                pattern.span,
                format!("the pattern is not a regular expression: {error}"),
            )
            .label("does not compile")
            .help("write `\\\\` for a backslash between double quotes, or use single quotes"),
        );
        return None;
    }
    Some(pattern)
}

/// An explicit Rust name.
pub(crate) fn rust_name<'a>(
    map: &Entries<'a>,
    kind: Name,
    problems: &mut Problems,
) -> Option<Located<&'a str>> {
    let name = map.text("name", problems)?;
    kind.check(&name, problems);
    Some(name)
}

pub(crate) fn located<'a>(key: &'a Key<'a>) -> Located<&'a str> {
    Located {
        value: &key.text,
        span: key.span,
    }
}

/// The types of a service or an action.
pub(crate) fn types<'a>(map: &Entries<'a>, problems: &mut Problems) -> Vec<TypeSpec<'a>> {
    let entries = map.map("types", problems).iter();
    entries
        .filter_map(|(key, node)| type_spec(key, node, problems))
        .collect()
}

fn type_spec<'a>(
    key: &'a Key<'a>,
    node: &'a Node<'a>,
    problems: &mut Problems,
) -> Option<TypeSpec<'a>> {
    let name = located(key);
    Name::Type.check(&name, problems);
    if Builtin::ALL.iter().any(|(word, ..)| *word == name.value) {
        problems.add(
            Diagnostic::new(
                key.span,
                format!("{} is a type of the language", quote(name.value)),
            )
            .label("this name is taken")
            .help("call the type differently"),
        );
    }
    let map = Entries::open(node, &language::TYPE, key.span, problems)?;
    Some(TypeSpec {
        name,
        rust_name: rust_name(&map, Name::RustType, problems),
        doc: map.plain_text("doc", problems).unwrap_or_default(),
        shape: shape(&map, problems),
    })
}

fn shape<'a>(map: &Entries<'a>, problems: &mut Problems) -> ShapeSpec<'a> {
    let nothing = ShapeSpec::Object(Vec::new());
    let is_object = map.get("fields").is_some();
    let is_enum = map.get("enum").is_some() || map.get("values").is_some();
    match (is_object, is_enum) {
        (true, false) => ShapeSpec::Object(fields(map, "fields", &language::MEMBER, problems)),
        (false, true) => {
            for key in ["enum", "values"] {
                if map.get(key).is_none() {
                    map.missing(key, problems);
                }
            }
            match map.word::<EnumBase>("enum", problems) {
                Some(EnumBase::Integer { min, max }) => {
                    ShapeSpec::IntegerEnum(enum_values(map, problems, |key, problems| {
                        integer(key, min, max, problems)
                    }))
                }
                Some(EnumBase::String) => {
                    ShapeSpec::StringEnum(enum_values(map, problems, |key, problems| {
                        Name::EnumValue.check(&located(key), problems);
                        Some(&*key.text)
                    }))
                }
                None => nothing,
            }
        }
        (true, true) => {
            problems.add(
                Diagnostic::new(
                    map.key_span("fields"),
                    "a type is an object or an enumeration, not both",
                )
                .label("the members of an object")
                .help("remove `fields`, or remove `enum` and `values`"),
            );
            nothing
        }
        (false, false) => {
            problems.add(
                Diagnostic::new(map.span, "a type needs `fields` or `enum`")
                    .label("neither an object nor an enumeration")
                    .help("add `fields: {…}` for an object (`{}` if it has no members)")
                    .help("add `enum: string` and `values: {…}` for an enumeration"),
            );
            nothing
        }
    }
}

fn enum_values<'a, T>(
    map: &Entries<'a>,
    problems: &mut Problems,
    read: impl Fn(&'a Key<'a>, &mut Problems) -> Option<T>,
) -> Vec<EnumValueSpec<'a, T>> {
    let mut values = Vec::new();
    for (key, node) in map.map("values", problems) {
        let value = read(key, problems);
        let entries = Entries::open(node, &language::ENUM_VALUE, key.span, problems);
        if let (Some(value), Some(entries)) = (value, entries) {
            values.push(EnumValueSpec {
                value: Located {
                    value,
                    span: key.span,
                },
                rust_name: rust_name(&entries, Name::RustType, problems),
                doc: entries.plain_text("doc", problems).unwrap_or_default(),
            });
        }
    }
    values
}

fn integer(key: &Key<'_>, min: i64, max: i64, problems: &mut Problems) -> Option<i64> {
    // Only one way of writing each number, so that equal values have equal keys.
    let value = key
        .text
        .parse::<i64>()
        .ok()
        .filter(|value| value.to_string() == key.text);
    let fits = value.filter(|value| (min..=max).contains(value));
    if fits.is_none() {
        problems.add(
            Diagnostic::new(
                key.span,
                format!("{} does not fit the enumeration", quote(&key.text)),
            )
            .label(match value {
                None => "not a whole number".to_owned(),
                Some(_) => format!("not between {min} and {max}"),
            })
            .help("change the value, or what stands behind `enum`"),
        );
    }
    fits
}

/// The error codes of a provider, a service or an action.
pub(crate) fn errors<'a>(map: &Entries<'a>, problems: &mut Problems) -> Vec<ErrorSpec<'a>> {
    let entries = map.map("errors", problems).iter();
    entries
        .filter_map(|(key, node)| error(key, node, problems))
        .collect()
}

fn error<'a>(
    key: &'a Key<'a>,
    node: &'a Node<'a>,
    problems: &mut Problems,
) -> Option<ErrorSpec<'a>> {
    let code = located(key);
    Name::ErrorCode.check(&code, problems);
    if node.is_empty() {
        expected(
            node,
            key.span,
            "a text or a mapping behind the code",
            problems,
            |problem| problem.help("write what the code means, or `{}` if the page does not say"),
        );
        return None;
    }
    if let NodeKind::Scalar { .. } = node.kind {
        let doc = text(node, key.span, &key.text, problems)?.value;
        return Some(ErrorSpec {
            code,
            rust_name: None,
            doc,
            remedy: None,
            class: None,
        });
    }
    let map = Entries::open(node, &language::ERROR, key.span, problems)?;
    Some(ErrorSpec {
        code,
        rust_name: rust_name(&map, Name::RustType, problems),
        doc: map.plain_text("doc", problems).unwrap_or_default(),
        remedy: map.plain_text("remedy", problems),
        class: map.word("class", problems),
    })
}
