//! The arguments in a body: members of an object, one value by itself, bytes, or parts of a form.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bindery_model::{Field, Location, Method, Service, TypeRef};
use serde_json::{Map, Value};

use crate::check::{Fault, Violation};
use crate::request::Request;
use crate::{arguments, multipart};

/// Why a body cannot be read.
#[derive(Debug)]
pub(super) enum Unreadable {
    /// It is not of the form that its media type says, or not of that of the action.
    Malformed(&'static str),
    /// It is, but what it says is wrong.
    Violation(Violation),
}

/// What an action's bodies consist of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Content<'f> {
    /// An object of JSON, or nothing.
    Object,
    /// A value by itself, as JSON.
    Json(&'f Field),
    /// Bytes as they are.
    Bytes(&'f Field),
    /// A form of several parts.
    Form,
}

impl<'f> Content<'f> {
    /// What the bodies of an action with these inputs consist of.
    pub(super) fn of(fields: &[&'f Field]) -> Self {
        let whole = fields
            .iter()
            .find(|field| field.location == Location::WholeBody);
        match whole {
            Some(field) if field.ty == TypeRef::Bytes => Self::Bytes(field),
            Some(field) => Self::Json(field),
            None if fields.iter().any(|field| field.location == Location::Part) => Self::Form,
            None => Self::Object,
        }
    }

    /// The media type of the action's requests.
    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Object | Self::Json(_) => "application/json",
            Self::Bytes(_) => "application/octet-stream",
            Self::Form => "multipart/form-data",
        }
    }
}

/// Whether any of the inputs travels in the body of a request with this method.
pub(super) fn has_arguments(fields: &[&Field], method: Method) -> bool {
    fields.iter().any(|field| {
        let location = field.location;
        is_member(field, method) || matches!(location, Location::Part | Location::WholeBody)
    })
}

/// Adds the arguments in a body to those from elsewhere, which they must not replace.
pub(super) fn read(
    arguments: &mut Map<String, Value>,
    request: &Request,
    service: &Service,
    fields: &[&Field],
    method: Method,
) -> Result<(), Unreadable> {
    match Content::of(fields) {
        Content::Object => add_members(arguments, &request.body, fields, method),
        Content::Json(_) | Content::Bytes(_) if request.body.is_empty() => Ok(()),
        Content::Json(field) => {
            let value = serde_json::from_slice(&request.body)
                .map_err(|_| Unreadable::Malformed("the body is not JSON"))?;
            arguments.insert(field.name.clone(), value);
            Ok(())
        }
        Content::Bytes(field) => {
            let bytes = STANDARD.encode(&request.body);
            arguments.insert(field.name.clone(), bytes.into());
            Ok(())
        }
        Content::Form => add_parts(arguments, request, service, fields),
    }
}

/// Whether an input is a member of the object in the body of a request with this method.
fn is_member(field: &Field, method: Method) -> bool {
    match field.location {
        Location::Body => true,
        Location::Payload => matches!(method, Method::Post | Method::Put),
        _ => false,
    }
}

fn add_members(
    arguments: &mut Map<String, Value>,
    body: &[u8],
    fields: &[&Field],
    method: Method,
) -> Result<(), Unreadable> {
    if body.is_empty() {
        return Ok(());
    }
    let Ok(Value::Object(members)) = serde_json::from_slice(body) else {
        return Err(Unreadable::Malformed("the body is not a JSON object"));
    };
    for (name, value) in members {
        let is_known = fields
            .iter()
            .any(|field| field.name == name && is_member(field, method));
        if !is_known {
            let violation = Violation::new(Fault::Unknown, &name, "is not known in the body");
            return Err(Unreadable::Violation(violation));
        }
        arguments.insert(name, value);
    }
    Ok(())
}

fn add_parts(
    arguments: &mut Map<String, Value>,
    request: &Request,
    service: &Service,
    fields: &[&Field],
) -> Result<(), Unreadable> {
    let content_type = request.header("content-type").unwrap_or_default();
    let boundary = multipart::boundary(content_type)
        .ok_or(Unreadable::Malformed("the content type has no boundary"))?;
    let parts = multipart::parse(&request.body, boundary).ok_or(Unreadable::Malformed(
        "the body is not the form of its boundary",
    ))?;
    for part in parts {
        let name = &part.name;
        let wrong = |fault, message| Unreadable::Violation(Violation::new(fault, name, message));
        let field = fields
            .iter()
            .find(|field| field.name == *name && field.location == Location::Part)
            .ok_or_else(|| wrong(Fault::Unknown, "is not known in the form"))?;
        let value = if field.ty == TypeRef::Bytes {
            STANDARD.encode(part.content).into()
        } else {
            let text = str::from_utf8(part.content)
                .map_err(|_| wrong(Fault::Type, "is not text in UTF-8"))?;
            arguments::from_text(service, field, text).or_else(|violation| {
                match serde_json::from_str(text) {
                    Ok(value @ (Value::Array(_) | Value::Object(_))) => Ok(value),
                    _ => Err(Unreadable::Violation(violation)),
                }
            })?
        };
        if arguments.insert(name.clone(), value).is_some() {
            return Err(wrong(Fault::Value, "is given more than once"));
        }
    }
    Ok(())
}
