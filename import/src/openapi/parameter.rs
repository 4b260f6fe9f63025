//! Parameters: what travels in the path, the query string and headers.

use super::{
    documents::At,
    field::{self, Field},
    provider::Provider,
    remarks::{Remarks, Stop},
    schema::{Schemas, Shape, join},
    text,
    types::Type,
};
use crate::{error::ImportError, secret};

/// Headers that OpenAPI describes elsewhere, and the client sets.
const CLIENT_HEADERS: &[&str] = &["accept", "authorization", "content-type"];

/// What the header of a token is called, where `authentication` is `token`.
const TOKEN: &str = "X-Access-Token";

/// An input of an action.
#[derive(Clone, Debug)]
pub(super) struct Param<'d> {
    pub(super) field: Field<'d>,
    pub(super) location: Location,
    /// How the list is written, where that is not the provider's way.
    pub(super) arrays: Option<&'static str>,
    pub(super) set_by_client: bool,
}

/// Where an input travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Location {
    Path,
    Query,
    Header,
    Body,
    Part,
    WholeBody,
}

impl Location {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Body => "body",
            Self::Part => "part",
            Self::WholeBody => "whole_body",
        }
    }
}

/// The parameters of an operation and those of its path, which it may describe anew.
pub(super) fn list<'d>(path: &At<'d>, operation: &At<'d>) -> Result<Vec<At<'d>>, ImportError> {
    let mut list: Vec<At<'d>> = Vec::new();
    let key = |at: &At<'d>| (at.text("name"), at.text("in"));
    for owner in [path, operation] {
        for at in owner.follow("parameters")?.iter().flat_map(At::items) {
            let at = at.resolved()?;
            if at.text("name").is_none() || at.text("in").is_none() {
                return Err(at.error("expected a parameter with `name` and `in`"));
            }
            match list.iter_mut().find(|known| key(known) == key(&at)) {
                Some(known) => *known = at,
                None => list.push(at),
            }
        }
    }
    Ok(list)
}

/// The only value that a parameter may have.
pub(super) fn only_value<'d>(at: &At<'d>) -> Result<Option<&'d str>, ImportError> {
    let Some(schema) = at.child("schema") else {
        return Ok(None);
    };
    let (flat, _) = Schemas::settled(&schema)?;
    if let Some(only) = flat.keyword("const") {
        return Ok(only.value.as_str());
    }
    let values = flat.keyword("enum");
    Ok(match values.as_ref().and_then(|at| at.value.as_array()) {
        Some(values) if values.len() == 1 => values[0].as_str(),
        _ => None,
    })
}

/// Reads a parameter. Nothing, if the client takes care of it or the language has no place for it;
/// the latter is remarked.
pub(super) fn read<'d>(
    at: &At<'d>,
    action: &str,
    provider: &Provider,
    schemas: &mut Schemas<'d, '_>,
) -> Result<Option<Param<'d>>, Stop<'d>> {
    let remarks = schemas.remarks;
    let written = at.text("name").unwrap_or_default();
    let (name, has_brackets) = match written.strip_suffix("[]") {
        Some(name) => (name, true),
        None => (written, false),
    };
    if provider.common_params.contains(name) {
        return Ok(None);
    }
    let required = at.flag("required") || at.text("in") == Some("path");
    let location = match location(at, name) {
        Ok(Some(location)) => location,
        Ok(None) => {
            remarks.add(
                at,
                format!("the header {name:?} is left out: the client sets it"),
            );
            return Ok(None);
        }
        Err(reason) if required => {
            let text = format!("it requires the parameter {written:?}, but {reason}");
            return Err(Stop::inexpressible(at, text));
        }
        Err(reason) => {
            remarks.add(
                at,
                format!("the parameter {written:?} is left out: {reason}"),
            );
            return Ok(None);
        }
    };
    let mut field = match at.child("schema") {
        Some(schema) => {
            let schema = schemas.read(&schema, &join(action, name))?;
            Field::new(name, at.clone(), schema, required, remarks)
        }
        None => unstructured(name, at, required, remarks),
    };
    describe(&mut field, at);
    if field.ty.without_binary().is_some() {
        field::without_binary(std::slice::from_mut(&mut field), remarks);
    }
    let set_by_client = location == Location::Header
        && provider.authentication == "token"
        && name.eq_ignore_ascii_case(TOKEN);
    field.sensitive |= set_by_client;
    let mut param = Param {
        field,
        location,
        arrays: None,
        set_by_client,
    };
    param.encode(at, has_brackets, provider, schemas);
    Ok(Some(param))
}

/// Where a parameter travels; nothing, if the client sets it. The error says why it cannot travel.
fn location(at: &At<'_>, name: &str) -> Result<Option<Location>, String> {
    let location = match at.text("in").unwrap_or_default() {
        "path" => Location::Path,
        "query" => Location::Query,
        "header" => Location::Header,
        other => return Err(format!("nothing travels in {other:?}")),
    };
    let is_clients = CLIENT_HEADERS.contains(&name.to_ascii_lowercase().as_str());
    if location == Location::Header && is_clients {
        return Ok(None);
    }
    if field::is_name(name) {
        Ok(Some(location))
    } else {
        Err(field::NAME_RULE.to_owned())
    }
}

/// A parameter whose value is a document of its own, such as JSON in a query string.
fn unstructured<'d>(name: &str, at: &At<'d>, required: bool, remarks: &Remarks) -> Field<'d> {
    let what = match at
        .child("content")
        .and_then(|content| Some(content.members().next()?.0))
    {
        Some(content) => format!("a document of the type {content}"),
        None => "not described".to_owned(),
    };
    let text = format!("the parameter {name:?} is {what}: it is a string, which the caller writes");
    remarks.add(at, text);
    Field {
        name: name.to_owned(),
        at: at.clone(),
        ty: Type::String,
        required,
        nullable: false,
        doc: String::new(),
        limits: super::limits::Limits::default(),
        default: None,
        example: None,
        sensitive: secret::is_secret(name),
        deprecated: false,
        read_only: false,
        write_only: false,
    }
}

/// What a parameter says of itself counts more than what its schema says.
fn describe<'d>(field: &mut Field<'d>, at: &At<'d>) {
    if let Some(doc) = at.text("description") {
        field.doc = text::plain(doc);
    }
    field.deprecated |= at.flag("deprecated");
    let first = |examples: At<'d>| {
        let example = examples.members().next()?.1.resolved().ok()?;
        example.child("value")
    };
    let example = at.child("example");
    let example = example.or_else(|| at.child("examples").and_then(first));
    field.example = example.or_else(|| field.example.take());
}

impl<'d> Param<'d> {
    /// Decides how the value is written.
    fn encode(
        &mut self,
        at: &At<'d>,
        has_brackets: bool,
        provider: &Provider,
        schemas: &Schemas<'d, '_>,
    ) {
        let remarks = schemas.remarks;
        let is_object = match &self.field.ty {
            Type::Named(index) => matches!(schemas.definitions[*index].shape, Shape::Object(_)),
            ty => matches!(ty, Type::Map(_) | Type::Json),
        };
        let is_list = matches!(self.field.ty, Type::List(_));
        if self.location != Location::Query {
            if is_list || is_object {
                let name = &self.field.name;
                let how = if is_list {
                    "with commas between the items"
                } else {
                    "as the caller has it"
                };
                remarks.add(
                    at,
                    format!("{name:?} is not a single value: it is a string, {how}"),
                );
                self.field.ty = Type::String;
                self.field.limits = super::limits::Limits::default();
            }
            return;
        }
        if at.flag("allowReserved") {
            remarks.add(
                at,
                "`allowReserved` is left out: the client escapes what has to be escaped",
            );
        }
        if is_object && at.text("style").is_some_and(|style| style == "deepObject") {
            let name = &self.field.name;
            remarks.add(
                at,
                format!("{name:?} is not written with the names of members in brackets"),
            );
        }
        if is_list {
            self.arrays = arrays(at, &self.field.name, has_brackets, provider, remarks);
        }
    }
}

/// How a list is written in the query string, where that is not the provider's way.
fn arrays(
    at: &At<'_>,
    name: &str,
    has_brackets: bool,
    provider: &Provider,
    remarks: &Remarks,
) -> Option<&'static str> {
    let own = provider.arrays.as_str();
    if has_brackets {
        return (own != "brackets").then_some("brackets");
    }
    let style = at.text("style").unwrap_or("form");
    if style != "form" {
        remarks.add(
            at,
            format!("the items of {name:?} have commas between them, not the style {style:?}"),
        );
    }
    let is_exploded = style == "form" && at.value.get("explode").is_none_or(|value| value != false);
    match (is_exploded, own) {
        // A vendor's way of decorating the names of repeated parameters is more than OpenAPI can
        // say.
        (true, "brackets" | "indexed") => {
            let other = if own == "brackets" { "[]" } else { ".0" };
            remarks.add(
                at,
                format!(
                    "on the wire {name:?} is {name}{other}, as for all of the provider's lists"
                ),
            );
            None
        }
        (true, "repeated") | (false, "comma") => None,
        (true, _) => Some("repeated"),
        (false, _) => Some("comma"),
    }
}
