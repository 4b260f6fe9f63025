//! Which file declares an object: that of the only action which uses it, or the service's; and
//! whether requests hold it, or replies, or both. The metadata says that, too, but of nearly
//! half of the objects of which it says both, only one is true.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    api::{Api, Element},
    field::Side,
};
use crate::declared::Declared;

/// Where the objects of a service are declared. Objects that no action uses are nowhere.
pub(super) struct Placement<'a> {
    /// The objects that each action reaches, those of its input and output themselves excluded.
    reached: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// The actions that reach an object.
    users: BTreeMap<&'a str, Vec<&'a str>>,
    /// The objects that requests hold.
    sent: BTreeSet<&'a str>,
    /// The objects that replies hold.
    received: BTreeSet<&'a str>,
}

impl<'a> Placement<'a> {
    /// Follows the members of all inputs and outputs. Actions that are not imported count too, so
    /// that importing them later moves nothing. What all actions can use already is left out, with
    /// what only that leads to.
    pub(super) fn new(api: &'a Api<'_>, declared: &Declared) -> Self {
        let is_wanted = |name: &str| !declared.is_shared(name);
        let mut reached = BTreeMap::new();
        let mut users: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (name, action) in &api.actions {
            let roots = [&action.input, &action.output];
            let objects = reach(api, roots.map(String::as_str), is_wanted);
            for &object in &objects {
                users.entry(object).or_default().push(name.as_str());
            }
            reached.insert(name.as_str(), objects);
        }
        let actions = || api.actions.values();
        Self {
            reached,
            users,
            sent: reach(api, actions().map(|action| &*action.input), |_| true),
            received: reach(api, actions().map(|action| &*action.output), |_| true),
        }
    }

    /// On which side of calls an object stands.
    pub(super) fn side(&self, object: &str) -> Side {
        match (self.sent.contains(object), self.received.contains(object)) {
            (true, false) => Side::Input,
            (true, true) => Side::Both,
            (false, _) => Side::Output,
        }
    }

    /// The objects that only this action uses.
    pub(super) fn own(&self, action: &str) -> impl Iterator<Item = &'a str> {
        let objects = self.reached.get(action).into_iter().flatten().copied();
        objects.filter(|object| self.users[object].len() == 1)
    }

    /// The objects that actions reach whose files are not left alone.
    pub(super) fn reached(
        &self,
        actions: &[String],
        declared: &Declared,
    ) -> impl Iterator<Item = &'a str> {
        let imported = actions.iter().filter(|action| !declared.keeps(action));
        let reached = imported.filter_map(|action| self.reached.get(action.as_str()));
        reached.flatten().copied()
    }

    /// The only action that uses an object.
    pub(super) fn owner(&self, object: &str) -> Option<&'a str> {
        match self.users.get(object).map(Vec::as_slice) {
            Some(&[action]) => Some(action),
            _ => None,
        }
    }

    /// The objects that actions share with others: these actions, and those whose files are left
    /// alone, as far as they mention them.
    pub(super) fn shared(
        &self,
        api: &'a Api<'_>,
        actions: &[String],
        declared: &Declared,
    ) -> BTreeSet<&'a str> {
        let mentioned = self.objects().filter(|object| declared.mentions(object));
        let below = reach(api, mentioned.clone(), |name| !declared.is_shared(name));
        let reached = self.reached(actions, declared);
        let objects = reached.chain(mentioned).chain(below);
        objects
            .filter(|object| self.users.get(object).is_some_and(|users| users.len() > 1))
            .collect()
    }

    /// Every object that some action reaches.
    pub(super) fn objects(&self) -> impl Iterator<Item = &'a str> + Clone {
        self.users.keys().copied()
    }
}

fn reach<'a>(
    api: &'a Api<'_>,
    roots: impl IntoIterator<Item = &'a str>,
    is_wanted: impl Fn(&str) -> bool,
) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut pending: Vec<&str> = roots.into_iter().collect();
    while let Some(object) = pending.pop() {
        for member in &api.objects[object].members {
            if let Element::Object(name) = member.ty().element
                && is_wanted(name)
                && reached.insert(name)
            {
                pending.push(name);
            }
        }
    }
    reached
}
