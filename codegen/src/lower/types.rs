//! Decides the structs and enumerations: field types, what is required, what is boxed.

use std::collections::{BTreeMap, BTreeSet};

use bindery_model::{
    ArrayStyle, EnumValue, Field as Input, Location, Service, Shape, TypeDef, TypeRef,
};

use super::doc;
use crate::plan::{Argument, Constructor, Field, IntegerEnum, Item, Module, StringEnum, Struct};
use crate::text;

/// What the types of one service have to do with each other.
pub(super) struct Context<'a> {
    pub(super) service: &'a Service,
    /// Members that would contain their own type by value: (type, index of the member).
    boxed: BTreeSet<(usize, usize)>,
}

/// What a struct is for, which decides what its fields promise.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Callers make it: what is required must be given.
    Input,
    /// Replies contain it: lists are never absent, everything else may be.
    Output,
    /// Both: everything may be absent.
    Both,
}

impl Role {
    pub(super) fn of(definition: &TypeDef) -> Self {
        match (definition.input, definition.output) {
            (true, false) => Self::Input,
            (true, true) => Self::Both,
            (false, _) => Self::Output,
        }
    }
}

impl<'a> Context<'a> {
    pub(super) fn new(service: &'a Service) -> Self {
        Self {
            service,
            boxed: recursive_members(service),
        }
    }

    /// Adds the types that an action owns, or those that are shared.
    pub(super) fn add_types(&self, owner: Option<usize>, module: &mut Module) {
        for (index, definition) in self.service.types.iter().enumerate() {
            if definition.owner == owner {
                let item = self.item(index, definition, module);
                module.items.push(item);
            }
        }
    }

    /// The struct of a request or a reply, or of an object that they contain.
    pub(super) fn structure(
        &self,
        ident: &str,
        role: Role,
        fields: &[Input],
        index: Option<usize>,
        module: &mut Module,
    ) -> Struct {
        let fields: Vec<Field> = fields
            .iter()
            .enumerate()
            .filter(|(_, field)| !field.set_by_client)
            .map(|(position, field)| {
                let boxed = index.is_some_and(|index| self.boxed.contains(&(index, position)));
                self.field(field, role, boxed, module)
            })
            .collect();
        let is_only_sent = role == Role::Input;
        need(module, if is_only_sent { "input" } else { "record" });
        Struct {
            ident: ident.to_owned(),
            doc: Vec::new(),
            constructor: None,
            fields,
            is_request: is_only_sent && index.is_none(),
            is_only_sent,
        }
    }

    fn item(&self, index: usize, definition: &TypeDef, module: &mut Module) -> Item {
        let doc = text::prose(&definition.doc);
        match &definition.shape {
            Shape::Object(fields) => {
                let role = Role::of(definition);
                let mut structure =
                    self.structure(&definition.ident, role, fields, Some(index), module);
                structure.doc = doc;
                structure.constructor = match role {
                    Role::Output => None,
                    Role::Input | Role::Both => Some(constructor(
                        &structure.fields,
                        &format!("{}Required", definition.ident),
                    )),
                };
                Item::Struct(structure)
            }
            Shape::IntegerEnum(values) => {
                need(module, "integer_enum");
                need(module, "UnknownValue");
                Item::IntegerEnum(IntegerEnum {
                    ident: definition.ident.clone(),
                    doc,
                    variants: variants(values, |value| text::number(&value.to_string())),
                })
            }
            Shape::StringEnum(values) => {
                need(module, "string_enum");
                need(module, "UnknownValue");
                Item::StringEnum(StringEnum {
                    ident: definition.ident.clone(),
                    doc,
                    variants: variants(values, |value| text::string(value)),
                })
            }
        }
    }

    fn field(&self, field: &Input, role: Role, boxed: bool, module: &mut Module) -> Field {
        let mut ty = self.rust_type(&field.ty, module);
        if boxed {
            ty = format!("Box<{ty}>");
        }
        let optional = is_optional(field, role);
        let required = role == Role::Input && !optional && field.required;
        Field {
            ident: field.ident.clone(),
            wire: field.name.clone(),
            doc: doc::field(field, role),
            deprecated: field.deprecated.clone(),
            argument: self.argument(&field.ty, boxed, optional, module),
            ty: if optional {
                format!("Option<{ty}>")
            } else {
                ty
            },
            modifiers: modifiers(field, role),
            required,
        }
    }

    /// The Rust type, with what it needs noted in the module.
    pub(super) fn rust_type(&self, ty: &TypeRef, module: &mut Module) -> String {
        match ty {
            TypeRef::String | TypeRef::Date | TypeRef::DateTime => "String".to_owned(),
            TypeRef::Bool => "bool".to_owned(),
            TypeRef::Int32 | TypeRef::Int64 => "i64".to_owned(),
            TypeRef::Uint32 | TypeRef::Uint64 => "u64".to_owned(),
            TypeRef::Float => "f64".to_owned(),
            TypeRef::Bytes => "Vec<u8>".to_owned(),
            TypeRef::Seconds | TypeRef::Milliseconds => {
                need(module, "Timestamp");
                "Timestamp".to_owned()
            }
            TypeRef::Json => {
                need(module, "Json");
                "Json".to_owned()
            }
            TypeRef::List(item) => format!("Vec<{}>", self.rust_type(item, module)),
            TypeRef::Map(value) => {
                module.map = true;
                format!("BTreeMap<String, {}>", self.rust_type(value, module))
            }
            TypeRef::Named(index) => {
                let definition = self.service.type_def(*index);
                if definition.owner.is_none() && !module.shared.contains(&definition.ident) {
                    module.shared.push(definition.ident.clone());
                }
                definition.ident.clone()
            }
        }
    }

    fn argument(&self, ty: &TypeRef, boxed: bool, optional: bool, module: &mut Module) -> Argument {
        let (name, ty, plain, wrapped) = match ty {
            TypeRef::String | TypeRef::Date | TypeRef::DateTime => (
                "value",
                "impl Into<String>".to_owned(),
                "value.into()",
                "Some(value.into())",
            ),
            TypeRef::List(item) => {
                let text = matches!(**item, TypeRef::String | TypeRef::Date | TypeRef::DateTime);
                let item = self.rust_type(item, module);
                if text {
                    (
                        "values",
                        format!("impl IntoIterator<Item = impl Into<{item}>>"),
                        "values.into_iter().map(Into::into).collect()",
                        "Some(values.into_iter().map(Into::into).collect())",
                    )
                } else {
                    (
                        "values",
                        format!("impl IntoIterator<Item = {item}>"),
                        "values.into_iter().collect()",
                        "Some(values.into_iter().collect())",
                    )
                }
            }
            other => {
                let ty = self.rust_type(other, module);
                if boxed {
                    ("value", ty, "Box::new(value)", "Some(Box::new(value))")
                } else {
                    ("value", ty, "value", "Some(value)")
                }
            }
        };
        Argument {
            name,
            ty,
            value: if optional { wrapped } else { plain },
        }
    }
}

/// Whether a field may be empty.
pub(super) fn is_optional(field: &Input, role: Role) -> bool {
    match role {
        // What the runtime makes up, callers need not give.
        Role::Input => !field.required || field.idempotency_token,
        Role::Output => !field.always && !matches!(field.ty, TypeRef::List(_)),
        Role::Both => true,
    }
}

/// How callers make a struct with these fields.
pub(super) fn constructor(fields: &[Field], named: &str) -> Constructor {
    match fields.iter().filter(|field| field.required).count() {
        0 => Constructor::Empty,
        1 => Constructor::Single,
        _ => Constructor::Named(named.to_owned()),
    }
}

/// Notes that a module needs a name of the support module.
pub(super) fn need(module: &mut Module, name: &str) {
    if !module.support.iter().any(|known| known == name) {
        module.support.push(name.to_owned());
    }
}

fn variants<T>(
    values: &[EnumValue<T>],
    literal: impl Fn(&T) -> String,
) -> Vec<(Vec<String>, String, String)> {
    values
        .iter()
        .map(|value| {
            let literal = literal(&value.value);
            let mut doc = text::member_prose(&value.doc);
            if doc.is_empty() {
                doc = vec![format!("`{literal}`")];
            }
            (doc, literal, value.ident.clone())
        })
        .collect()
}

fn modifiers(field: &Input, role: Role) -> Vec<&'static str> {
    let mut modifiers = Vec::new();
    match element(&field.ty) {
        TypeRef::Int32 => modifiers.push("int32"),
        TypeRef::Uint32 => modifiers.push("uint32"),
        TypeRef::Seconds => modifiers.push("seconds"),
        TypeRef::Milliseconds => modifiers.push("milliseconds"),
        _ => {}
    }
    match field.location {
        Location::Payload => {}
        Location::Path => modifiers.push("path"),
        Location::Query => modifiers.push("query"),
        Location::Header => modifiers.push("header"),
        Location::Body => modifiers.push("body"),
        Location::Part => modifiers.push("part"),
        Location::WholeBody => modifiers.push("whole_body"),
    }
    match field.arrays {
        None => {}
        Some(ArrayStyle::Indexed) => modifiers.push("indexed"),
        Some(ArrayStyle::Brackets) => modifiers.push("brackets"),
        Some(ArrayStyle::Repeated) => modifiers.push("repeated"),
        Some(ArrayStyle::Comma) => modifiers.push("comma"),
    }
    if field.required && role == Role::Output {
        modifiers.push("required");
    }
    if field.nullable || role == Role::Both {
        modifiers.push("nullable");
    }
    if field.idempotency_token {
        modifiers.push("idempotency_token");
    }
    if field.sensitive {
        modifiers.push("sensitive");
    }
    modifiers
}

/// The type of the values in a list or map, however deep.
fn element(ty: &TypeRef) -> &TypeRef {
    match ty {
        TypeRef::List(inner) | TypeRef::Map(inner) => element(inner),
        other => other,
    }
}

/// Finds the members through which an object would contain itself by value.
fn recursive_members(service: &Service) -> BTreeSet<(usize, usize)> {
    let mut edges: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
    for (index, definition) in service.types.iter().enumerate() {
        if let Shape::Object(fields) = &definition.shape {
            for (position, field) in fields.iter().enumerate() {
                if let TypeRef::Named(target) = field.ty {
                    edges.entry(index).or_default().push((position, target));
                }
            }
        }
    }
    let mut boxed = BTreeSet::new();
    for (from, members) in &edges {
        for (position, target) in members {
            if reaches(&edges, *target, *from) {
                boxed.insert((*from, *position));
            }
        }
    }
    boxed
}

fn reaches(edges: &BTreeMap<usize, Vec<(usize, usize)>>, from: usize, to: usize) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(index) = open.pop() {
        if index == to {
            return true;
        }
        if seen.insert(index) {
            open.extend(
                edges
                    .get(&index)
                    .into_iter()
                    .flatten()
                    .map(|(_, target)| *target),
            );
        }
    }
    false
}
