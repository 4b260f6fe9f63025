//! Whether metadata can be imported at all: names that are names, types that exist.
//!
//! Names become parts of paths and of Rust, so they are checked before anything is written.

use std::{collections::HashSet, path::Path};

use super::api::{Api, Element};
use crate::error::ImportError;

/// Files beside those of actions.
const RESERVED: &[&str] = &["service", "types", "provider", "deviations"];

/// Checks the metadata of one version of a service, which comes from the file `path`.
pub(super) fn check(api: &Api<'_>, path: &Path) -> Result<(), ImportError> {
    problem(api).map_or(Ok(()), |reason| {
        Err(ImportError::Malformed {
            path: path.to_owned(),
            reason,
        })
    })
}

fn problem(api: &Api<'_>) -> Option<String> {
    let service = &api.metadata.service_short_name;
    let is_lower = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    if !service.starts_with(|c: char| c.is_ascii_lowercase())
        || !service
            .chars()
            .all(|c| is_lower(c) || matches!(c, '_' | '-'))
    {
        return Some(format!("expected the name of a service, found {service:?}"));
    }
    let version = &api.metadata.api_version;
    if !is_date(version) {
        return Some(format!(
            "expected a version such as 2019-07-22, found {version:?}"
        ));
    }
    for (name, action) in &api.actions {
        if !is_name(name, &['_']) || RESERVED.contains(&name.as_str()) {
            return Some(format!("expected the name of an action, found {name:?}"));
        }
        for object in [&action.input, &action.output] {
            if !api.objects.contains_key(object) {
                return Some(format!(
                    "the action {name} needs an object {object:?}, which is missing"
                ));
            }
        }
    }
    api.objects
        .keys()
        .find_map(|name| object_problem(api, name))
}

fn object_problem(api: &Api<'_>, name: &str) -> Option<String> {
    if !is_name(name, &['_']) {
        return Some(format!("expected the name of an object, found {name:?}"));
    }
    let mut seen = HashSet::new();
    for member in &api.objects[name].members {
        let field = &*member.name;
        if !is_name(field, &['_', '.', '-']) {
            return Some(format!(
                "expected the name of a member of {name}, found {field:?}"
            ));
        }
        if !seen.insert(field) {
            return Some(format!("{name} has two members {field}"));
        }
        if !member.is_known() {
            return Some(format!(
                "{name}.{field} has the unknown type {:?} of {:?}; expected list, object, string, int, \
                 float, bool or binary, and a member that goes with it",
                member.shape, member.element
            ));
        }
        if let Element::Object(ty) = member.ty().element
            && !api.objects.contains_key(ty)
        {
            return Some(format!(
                "{name}.{field} has the type {ty:?}, which is missing"
            ));
        }
    }
    None
}

fn is_name(text: &str, others: &[char]) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || others.contains(&c))
}

fn is_date(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}
