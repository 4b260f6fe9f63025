//! Enumerations: values that are allowed, with names and meanings where the document has them.

use std::collections::{BTreeMap, BTreeSet};

use bindery_model::ident;
use serde_json::Value;

use super::{documents::At, flat::Flat, remarks::Remarks, text, types::Type};
use crate::{
    error::ImportError,
    names,
    yaml::{Map, Node, Style, is_mark},
};

/// Where authors put the names of values. OpenAPI has no keyword for them.
const NAMES: &[&str] = &["x-enum-varnames", "x-enumNames", "x-enum-names"];

/// Where authors put the meanings of values.
const DOCS: &[&str] = &["x-enum-descriptions", "x-enumDescriptions"];

/// The values of an enumeration.
#[derive(Debug)]
pub(super) struct Enumeration {
    /// What stands on the wire.
    base: &'static str,
    values: Vec<EnumValue>,
}

#[derive(Debug)]
struct EnumValue {
    text: String,
    /// The variant, where the value itself does not make one.
    name: Option<String>,
    doc: String,
}

/// A value with what is said about it.
struct Stated {
    value: Value,
    name: Option<String>,
    doc: String,
}

/// Reads the values that a schema allows. `plain` is its type without them, and what is returned
/// where they make no enumeration.
pub(super) fn read(
    values: &[Value],
    plain: &Type,
    flat: &Flat<'_>,
    remarks: &Remarks,
) -> Result<Enumeration, Type> {
    let keyword = |keys: &[&str]| keys.iter().find_map(|key| flat.keyword(key));
    let (names, docs) = (keyword(NAMES), keyword(DOCS));
    let stated = values
        .iter()
        .enumerate()
        .filter(|(_, value)| !value.is_null());
    let stated = stated.map(|(index, value)| Stated {
        value: value.clone(),
        name: beside(names.as_ref(), index, value),
        doc: beside(docs.as_ref(), index, value).map_or_else(String::new, |doc| text::plain(&doc)),
    });
    let stated: Vec<_> = stated.collect();
    let at = flat.keyword("enum").or_else(|| flat.keyword("const"));
    let at = at.unwrap_or_else(|| flat.identity.clone());
    if let Some(enumeration) = Enumeration::new(&stated, plain) {
        return Ok(enumeration);
    }
    let is_all = |is: fn(&Value) -> bool| stated.iter().all(|value| is(&value.value));
    let (ty, reason) = if stated.is_empty() || is_all(Value::is_boolean) {
        return Err(if stated.is_empty() {
            plain.clone()
        } else {
            Type::Bool
        });
    } else if is_all(Value::is_i64) {
        let ty = if plain.is_number() {
            plain.clone()
        } else {
            Type::Int64
        };
        (
            ty,
            "have no names: it is a number, in their range if that has no gaps",
        )
    } else if is_all(Value::is_string) {
        (
            Type::String,
            "are not text of one visible line: it is a string",
        )
    } else {
        (plain.clone(), "are of several types, and left out")
    };
    let list: Vec<_> = stated.iter().map(|value| value.value.to_string()).collect();
    remarks.add(&at, format!("the values {} {reason}", list.join(", ")));
    Err(ty)
}

/// Reads a choice of constants, which is how OpenAPI 3.1 gives values names and meanings.
pub(super) fn of_choice(choice: &At<'_>) -> Result<Option<Enumeration>, ImportError> {
    let mut stated = Vec::new();
    for item in choice.items() {
        let flat = Flat::new(&item)?;
        let (Some(value), None) = (flat.keyword("const"), flat.choice()) else {
            return Ok(None);
        };
        let said = |key| {
            flat.keyword(key)
                .and_then(|at| Some(at.value.as_str()?.to_owned()))
        };
        stated.push(Stated {
            value: value.value.clone(),
            name: said("title"),
            doc: said("description").map_or_else(String::new, |doc| text::plain(&doc)),
        });
    }
    stated.retain(|value| !value.value.is_null());
    Ok(Enumeration::new(&stated, &Type::Json))
}

/// What a list beside the values, or a map from them, says about one.
fn beside(at: Option<&At<'_>>, index: usize, value: &Value) -> Option<String> {
    let said = match at?.value {
        Value::Array(items) => items.get(index)?,
        Value::Object(members) => members.get(&word(value))?,
        _ => return None,
    };
    Some(said.as_str()?.to_owned())
}

fn word(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

impl Enumeration {
    fn new(stated: &[Stated], plain: &Type) -> Option<Self> {
        let base = base(stated, plain)?;
        let mut taken = BTreeSet::from(["Unknown".to_owned()]);
        let mut known = BTreeSet::new();
        let mut values = Vec::new();
        for Stated { value, name, doc } in stated {
            let text = word(value);
            if !known.insert(text.clone()) {
                continue;
            }
            let made = ident::variant_ident(&text);
            let named = name.as_deref().map(ident::variant_ident);
            let name = named.filter(|name| is_variant(name));
            let is_taken = taken.contains(&made);
            let name = match name {
                None if base == "string" && is_legal(&made) && !is_taken => None,
                None if base == "string" => Some(spell(&text)),
                name => Some(name?),
            };
            let name = name.and_then(|name| {
                names::candidates(&name, "Value").find(|name| !taken.contains(name))
            });
            taken.insert(name.clone().unwrap_or(made));
            let doc = doc.clone();
            values.push(EnumValue { text, name, doc });
        }
        Some(Self { base, values })
    }

    /// Whether a value is one of these.
    pub(super) fn accepts(&self, value: &Value) -> bool {
        let is_of_base = value.is_string() == (self.base == "string");
        let text = word(value);
        is_of_base && self.values.iter().any(|known| known.text == text)
    }

    /// Describes what is special to an enumeration.
    pub(super) fn describe(&self, map: &mut Map<'_>) {
        map.add("enum", Node::word(self.base));
        let mut values = Map::new(Style::Block);
        for value in &self.values {
            let mut entry = Map::new(Style::Flow);
            entry.add_some("name", value.name.clone().map(Node::word));
            entry.add("doc", Node::prose(value.doc.clone()));
            values.add(value.text.clone(), entry);
        }
        map.add("values", values);
    }
}

/// What stands on the wire for some values, if they can be an enumeration. Numbers need names.
fn base(stated: &[Stated], plain: &Type) -> Option<&'static str> {
    if stated.is_empty() {
        return None;
    }
    let is_visible = |text: &str| !text.contains(|c: char| c.is_control() || is_mark(c));
    let is_text = |value: &Value| match value {
        Value::String(text) => is_visible(text),
        // What has no quotes is a number to YAML, and text to an author who says so.
        Value::Number(_) | Value::Bool(_) => *plain == Type::String,
        _ => false,
    };
    if stated.iter().all(|stated| is_text(&stated.value)) {
        return Some("string");
    }
    let width = plain.width().unwrap_or(i64::MIN.into()..=i64::MAX.into());
    let fits = |stated: &Stated| {
        let has_name = stated
            .name
            .as_deref()
            .is_some_and(|name| is_variant(&ident::variant_ident(name)));
        let value = stated.value.as_i64().map(i128::from);
        has_name && value.is_some_and(|value| width.contains(&value))
    };
    let base = match plain {
        Type::Int32 => "int32",
        Type::Uint32 => "uint32",
        Type::Uint64 => "uint64",
        _ => "int64",
    };
    stated.iter().all(fits).then_some(base)
}

/// Whether a variant can have this as its explicit name.
fn is_variant(name: &str) -> bool {
    name != "Self"
        && name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric())
}

fn is_legal(ident: &str) -> bool {
    ident != "Self"
        && ident.starts_with(|c: char| c.is_ascii_alphabetic())
        && ident.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A variant for a text that does not make one.
pub(super) fn spell(text: &str) -> String {
    let spelled: BTreeMap<char, &str> = [
        ('-', " minus "),
        ('+', " plus "),
        ('*', " any "),
        ('.', " dot "),
        ('<', " less "),
        ('>', " greater "),
        ('=', " equal "),
        ('!', " not "),
    ]
    .into();
    let mut words = String::new();
    for c in text.chars() {
        match spelled.get(&c) {
            Some(word) => words.push_str(word),
            None if c.is_ascii_alphanumeric() => words.push(c),
            None => words.push(' '),
        }
    }
    let name: String = ident::variant_ident(&words)
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    match name.chars().next() {
        None => "Empty".to_owned(),
        Some(c) if c.is_ascii_digit() => format!("Value{name}"),
        Some(_) if name == "Self" => "SelfValue".to_owned(),
        Some(_) => name,
    }
}
