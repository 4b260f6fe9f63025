//! Flattened parameters back into the JSON that they stand for.
//!
//! Query strings and forms carry text under names such as `UserIds.0` or `UserId[]`. What the text
//! means depends on the declared types, which is why this module needs the model.

use std::collections::BTreeMap;

use bindery_model::{ArrayStyle, Field, Service, Shape, TypeRef};
use serde_json::{Map, Number, Value};

use crate::check::{Fault, Violation};

/// Names with more parts than this are not looked into: no type is nested as deeply.
const MAX_DEPTH: usize = 64;

/// Reads the pairs as the fields say.
pub(crate) fn from_pairs(
    service: &Service,
    fields: &[&Field],
    arrays: ArrayStyle,
    pairs: &[(String, String)],
) -> Result<Map<String, Value>, Violation> {
    let mut root = Node::default();
    for (name, value) in pairs {
        for (path, text) in unfold(fields, arrays, &root, name, value)? {
            root.insert(&path, text).map_err(|fault| fault.at(name))?;
        }
    }
    let mut arguments = Map::new();
    for (name, node) in &root.children {
        let Some(field) = fields.iter().find(|field| field.name == *name) else {
            return Err(Violation::new(Fault::Unknown, name, "is not known"));
        };
        arguments.insert(name.clone(), node.to_value(service, &field.ty, name)?);
    }
    Ok(arguments)
}

/// Reads a scalar that stands alone, as in a header or a path.
pub(crate) fn from_text(service: &Service, field: &Field, text: &str) -> Result<Value, Violation> {
    scalar(service, &field.ty, text)
        .ok_or_else(|| Violation::new(Fault::Type, &field.name, "is not of the declared type"))
}

/// A part of a name, with the text or the parts that follow it.
#[derive(Default)]
struct Node {
    text: Option<String>,
    children: BTreeMap<String, Node>,
}

struct Clash;

impl Clash {
    fn at(self, name: &str) -> Violation {
        let Self = self;
        Violation::new(Fault::Value, name, "is given more than once")
    }
}

impl Node {
    fn insert(&mut self, path: &[String], text: String) -> Result<(), Clash> {
        let mut node = self;
        for part in path {
            if node.text.is_some() {
                return Err(Clash);
            }
            node = node.children.entry(part.clone()).or_default();
        }
        if node.text.is_some() || !node.children.is_empty() {
            return Err(Clash);
        }
        node.text = Some(text);
        Ok(())
    }

    fn to_value(&self, service: &Service, ty: &TypeRef, path: &str) -> Result<Value, Violation> {
        let mistyped = || Violation::new(Fault::Type, path, "is not of the declared type");
        match ty {
            TypeRef::List(item) if self.text.is_none() => {
                let mut items = Vec::with_capacity(self.children.len());
                for index in 0..self.children.len() {
                    let name = index.to_string();
                    let child = self.children.get(&name).ok_or_else(|| {
                        Violation::new(Fault::Type, path, "has indexes with gaps between them")
                    })?;
                    items.push(child.to_value(service, item, &format!("{path}.{name}"))?);
                }
                Ok(Value::Array(items))
            }
            TypeRef::Map(item) if self.text.is_none() => {
                self.members(|name, child| child.to_value(service, item, &format!("{path}.{name}")))
            }
            TypeRef::Named(index) if self.text.is_none() => {
                let Shape::Object(fields) = &service.type_def(*index).shape else {
                    return Err(mistyped());
                };
                self.members(|name, child| {
                    let path = format!("{path}.{name}");
                    let field = fields
                        .iter()
                        .find(|field| field.name == name)
                        .ok_or_else(|| Violation::new(Fault::Unknown, &path, "is not known"))?;
                    child.to_value(service, &field.ty, &path)
                })
            }
            _ => {
                let text = self.text.as_deref().ok_or_else(mistyped)?;
                scalar(service, ty, text).ok_or_else(mistyped)
            }
        }
    }

    fn members(
        &self,
        mut value: impl FnMut(&str, &Node) -> Result<Value, Violation>,
    ) -> Result<Value, Violation> {
        let mut members = Map::new();
        for (name, child) in &self.children {
            members.insert(name.clone(), value(name, child)?);
        }
        Ok(Value::Object(members))
    }
}

/// The paths that one pair stands for: several where a list is written with commas.
fn unfold(
    fields: &[&Field],
    arrays: ArrayStyle,
    root: &Node,
    name: &str,
    value: &str,
) -> Result<Vec<(Vec<String>, String)>, Violation> {
    let list = |name: &str| {
        fields
            .iter()
            .find(|field| field.name == name && is_scalar_list(&field.ty))
    };
    let style = |field: &Field| field.arrays.unwrap_or(arrays);
    let next = |name: &str| {
        root.children
            .get(name)
            .map_or(0, |node| node.children.len())
    };
    let item = |name: &str, index: usize| vec![name.to_owned(), index.to_string()];
    if let Some(bare) = name.strip_suffix("[]")
        && list(bare).is_some_and(|field| style(field) == ArrayStyle::Brackets)
    {
        return Ok(vec![(item(bare, next(bare)), value.to_owned())]);
    }
    match list(name).map(|field| style(field)) {
        Some(ArrayStyle::Repeated) => {
            return Ok(vec![(item(name, next(name)), value.to_owned())]);
        }
        Some(ArrayStyle::Comma) => {
            let items = value.split(',').enumerate();
            return Ok(items
                .map(|(index, text)| (item(name, index), text.to_owned()))
                .collect());
        }
        _ => {}
    }
    let path: Vec<_> = name.split('.').map(str::to_owned).collect();
    if path.len() > MAX_DEPTH {
        return Err(Violation::new(Fault::Unknown, name, "is not known"));
    }
    Ok(vec![(path, value.to_owned())])
}

fn is_scalar_list(ty: &TypeRef) -> bool {
    matches!(ty, TypeRef::List(item) if !matches!(**item, TypeRef::List(_) | TypeRef::Map(_)))
}

fn scalar(service: &Service, ty: &TypeRef, text: &str) -> Option<Value> {
    match ty {
        TypeRef::String | TypeRef::Bytes | TypeRef::Date | TypeRef::DateTime => Some(text.into()),
        // Python's SDK writes `True` and `False`.
        TypeRef::Bool => text
            .to_ascii_lowercase()
            .parse::<bool>()
            .ok()
            .map(Value::Bool),
        TypeRef::Int32
        | TypeRef::Int64
        | TypeRef::Uint32
        | TypeRef::Uint64
        | TypeRef::Seconds
        | TypeRef::Milliseconds => integer(text),
        TypeRef::Float => Number::from_f64(text.parse().ok()?).map(Value::Number),
        TypeRef::Json => Some(serde_json::from_str(text).unwrap_or_else(|_| text.into())),
        TypeRef::List(_) | TypeRef::Map(_) => None,
        TypeRef::Named(index) => match service.type_def(*index).shape {
            Shape::IntegerEnum(_) => integer(text),
            Shape::StringEnum(_) => Some(text.into()),
            Shape::Object(_) => None,
        },
    }
}

fn integer(text: &str) -> Option<Value> {
    // Rust takes a plus sign, the vendors do not write one.
    if text.starts_with('+') {
        return None;
    }
    let signed = text.parse::<i64>().map(Value::from);
    signed
        .or_else(|_| text.parse::<u64>().map(Value::from))
        .ok()
}
