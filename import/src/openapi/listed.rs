//! How the results of an operation are listed: in pages, or as a stream of events.

use super::{
    field::Field,
    operation::Operation,
    parameter::Location,
    schema::{Definition, Shape},
    types::Type,
};
use crate::{
    pages::{self, Kind, Member, Object},
    yaml::{Map, Node, Style},
};

/// Inputs that ask for events.
const SWITCHES: &[&str] = &["Stream", "Streaming"];

/// The pagination of an operation, if it can be told.
pub(super) fn pagination(
    operation: &Operation<'_>,
    definitions: &[Definition<'_>],
) -> Option<Map<'static>> {
    let params = operation.params.iter();
    let params = params.filter(|param| matches!(param.location, Location::Query | Location::Body));
    let inputs: Vec<_> = params
        .map(|param| member(&param.field, definitions))
        .collect();
    let output = &operation.reply.output;
    let root = object(None, output, definitions);
    let objects = output.iter().filter_map(|field| {
        let Type::Named(index) = field.ty else {
            return None;
        };
        match &definitions[index].shape {
            Shape::Object(fields) => Some(object(Some(&field.name), fields, definitions)),
            Shape::Enumeration(_) => None,
        }
    });
    let objects: Vec<_> = objects.collect();
    pages::pagination(&inputs, &root, &objects).map(|(_, map)| map)
}

/// The stream of events of an operation that has one.
pub(super) fn stream(operation: &Operation<'_>) -> Map<'static> {
    let mut params = operation.params.iter().map(|param| &param.field);
    let switch =
        params.find(|field| field.ty == Type::Bool && pages::is_called(&field.name, SWITCHES));
    let mut map = Map::new(Style::Flow);
    map.add_some(
        "switch",
        switch.map(|field| Node::Data(field.name.clone().into())),
    );
    map
}

fn object<'a>(
    step: Option<&'a str>,
    fields: &'a [Field<'_>],
    definitions: &[Definition<'_>],
) -> Object<'a> {
    let members = fields.iter().map(|field| member(field, definitions));
    Object {
        step,
        members: members.collect(),
    }
}

fn member<'a>(field: &'a Field<'_>, definitions: &[Definition<'_>]) -> Member<'a> {
    let default = field.default.as_ref().and_then(|at| at.value.as_u64());
    let default = default.and_then(|number| u8::try_from(number).ok());
    Member {
        name: &field.name,
        kind: kind(&field.ty, definitions),
        doc: &field.doc,
        default: default.filter(|number| *number < 2),
    }
}

fn kind(ty: &Type, definitions: &[Definition<'_>]) -> Kind {
    let is_object = |ty: &Type| match ty {
        Type::Named(index) => matches!(definitions[*index].shape, Shape::Object(_)),
        _ => false,
    };
    match ty {
        Type::List(item) if is_object(item) => Kind::ListOfObjects,
        Type::List(_) => Kind::List,
        Type::String => Kind::Text,
        ty if is_object(ty) => Kind::Object,
        ty if ty.width().is_some() => Kind::Integer,
        _ => Kind::Other,
    }
}
