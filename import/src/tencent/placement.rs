//! Which file declares an object: that of the only action which uses it, or the service's; and
//! whether requests hold it, or replies, or both. The metadata says that, too, but of nearly
//! half of the objects of which it says both, only one is true.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    api::{Api, Element},
    field::Side,
};

/// Where the objects of a service are declared. Objects that no action uses are nowhere.
pub(super) struct Placement<'a> {
    /// The objects that each action reaches, those of its input and output themselves excluded.
    reached: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// How many actions reach an object.
    users: BTreeMap<&'a str, usize>,
    /// The objects that requests hold.
    sent: BTreeSet<&'a str>,
    /// The objects that replies hold.
    received: BTreeSet<&'a str>,
}

impl<'a> Placement<'a> {
    /// Follows the members of all inputs and outputs. Actions that are not imported count too, so
    /// that importing them later moves nothing.
    pub(super) fn new(api: &'a Api<'_>) -> Self {
        let mut reached = BTreeMap::new();
        let mut users = BTreeMap::new();
        for (name, action) in &api.actions {
            let objects = reach(api, [&action.input, &action.output].into_iter());
            for &object in &objects {
                *users.entry(object).or_default() += 1;
            }
            reached.insert(name.as_str(), objects);
        }
        let actions = || api.actions.values();
        Self {
            reached,
            users,
            sent: reach(api, actions().map(|action| &action.input)),
            received: reach(api, actions().map(|action| &action.output)),
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
        objects.filter(|object| self.users[object] == 1)
    }

    /// The objects that these actions share with others.
    pub(super) fn shared(&self, actions: &[&str]) -> BTreeSet<&'a str> {
        let reached = actions.iter().filter_map(|action| self.reached.get(action));
        let objects = reached.flatten().copied();
        objects.filter(|object| self.users[object] > 1).collect()
    }

    /// Every object that some action reaches.
    pub(super) fn objects(&self) -> impl Iterator<Item = &'a str> {
        self.users.keys().copied()
    }
}

fn reach<'a>(api: &'a Api<'_>, roots: impl Iterator<Item = &'a String>) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut pending: Vec<&str> = roots.map(String::as_str).collect();
    while let Some(object) = pending.pop() {
        for member in &api.objects[object].members {
            if let Element::Object(name) = member.ty().element
                && reached.insert(name)
            {
                pending.push(name);
            }
        }
    }
    reached
}
