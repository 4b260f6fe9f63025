//! The explicit Rust names of a service's actions and objects, and of an object's members.

use std::collections::BTreeMap;

use super::{
    api::{Api, Member},
    placement::Placement,
};
use crate::{declared::Declared, names};

/// The explicit names of a service's actions and objects.
#[derive(Debug, Default)]
pub(super) struct Names<'a> {
    actions: BTreeMap<&'a str, String>,
    objects: BTreeMap<&'a str, String>,
}

impl<'a> Names<'a> {
    /// What is there comes first, then actions: an object gives way to an action of the same name.
    pub(super) fn new(api: &'a Api<'_>, placement: &Placement<'a>, declared: &Declared) -> Self {
        let mut taken = declared.taken();
        let actions = api.actions.keys().map(String::as_str);
        let actions = actions.filter_map(|name| Some((name, taken.action(name)?)));
        let actions = actions.collect();
        let objects = placement.objects();
        let objects = objects.filter_map(|name| Some((name, taken.object(name)?)));
        Self {
            actions,
            objects: objects.collect(),
        }
    }

    pub(super) fn action(&self, name: &str) -> Option<&str> {
        self.actions.get(name).map(String::as_str)
    }

    pub(super) fn object(&self, name: &str) -> Option<&str> {
        self.objects.get(name).map(String::as_str)
    }
}

/// The explicit names of an object's members, by the place of the member. `input` says that the
/// members get setters.
pub(super) fn members(members: &[&Member<'_>], input: bool) -> Vec<Option<String>> {
    let members: Vec<_> = members.iter().map(|member| &*member.name).collect();
    names::members(&members, input)
}
