//! The members of inputs and outputs, as those look at them who recognise pages.

use super::api::{Action, Api, Element, Member, Object};
use crate::{
    pages::{self, Kind, PageStyle},
    yaml::Map,
};

/// The pagination of an action, if it can be told.
pub(super) fn pagination(api: &Api<'_>, action: &Action<'_>) -> Option<(PageStyle, Map<'static>)> {
    let output = &api.objects[&action.output];
    let objects = output.members.iter().filter_map(|member| {
        let Element::Object(name) = member.ty().element else {
            return None;
        };
        Some(object(Some(&member.name), &api.objects[name]))
    });
    pages::pagination(
        &object(None, &api.objects[&action.input]).members,
        &object(None, output),
        &objects.collect::<Vec<_>>(),
    )
}

fn object<'a>(step: Option<&'a str>, object: &'a Object<'_>) -> pages::Object<'a> {
    let members = object.members.iter();
    pages::Object {
        step,
        members: members
            .map(|member| pages::Member {
                name: &member.name,
                kind: kind(member),
                doc: &member.document,
                default: None,
            })
            .collect(),
    }
}

fn kind(member: &Member<'_>) -> Kind {
    let ty = member.ty();
    match ty.element {
        Element::Object(_) if ty.list => Kind::ListOfObjects,
        _ if ty.list => Kind::List,
        Element::Object(_) => Kind::Object,
        Element::Int64 | Element::Uint64 => Kind::Integer,
        Element::String => Kind::Text,
        _ => Kind::Other,
    }
}
