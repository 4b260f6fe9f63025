//! Which file declares a type: that of the only action which uses it, or the service's; and whether
//! requests hold it, or replies, or both.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    field::Field,
    names::type_name,
    operation::Operation,
    schema::{Definition, Shape},
};
use crate::declared::Declared;

/// Where the definitions of a service are declared. Those that no action uses are nowhere.
#[derive(Debug)]
pub(super) struct Placement {
    /// The definitions that each action reaches.
    pub(super) reached: Vec<BTreeSet<usize>>,
    /// The definitions that all actions can use because files need them which are left alone.
    pub(super) needed: BTreeSet<usize>,
    /// The actions that reach a definition, by their places.
    pub(super) users: BTreeMap<usize, Vec<usize>>,
    /// The definitions that requests hold.
    pub(super) sent: BTreeSet<usize>,
    /// The definitions that replies hold.
    pub(super) received: BTreeSet<usize>,
}

impl Placement {
    /// The only action that uses a definition, by its place.
    pub(super) fn owner(&self, index: usize) -> Option<usize> {
        match self.users.get(&index).map(Vec::as_slice) {
            Some(&[place]) if !self.needed.contains(&index) => Some(place),
            _ => None,
        }
    }
}

impl Placement {
    /// Actions that are not imported count too, so that importing them later moves nothing. What all
    /// actions can use already is left out, with what only that leads to.
    pub(super) fn new(
        operations: &[(usize, Operation<'_>)],
        definitions: &[Definition<'_>],
        declared: &Declared,
    ) -> Self {
        let is_wanted = |index: usize| !declared.is_shared(&type_name(&definitions[index].name));
        let indices = 0..definitions.len();
        let needed = indices.filter(|index| declared.needs(&type_name(&definitions[*index].name)));
        let mut needed: BTreeSet<_> = needed.collect();
        for index in needed.clone() {
            if let Shape::Object(fields) = &definitions[index].shape {
                needed.extend(reach(definitions, fields.iter(), is_wanted));
            }
        }
        let mut placement = Self {
            needed,
            reached: Vec::new(),
            users: BTreeMap::new(),
            sent: BTreeSet::new(),
            received: BTreeSet::new(),
        };
        for (place, (_, operation)) in operations.iter().enumerate() {
            let params = operation.params.iter().map(|param| &param.field);
            let output = operation.reply.output.iter();
            placement
                .sent
                .extend(reach(definitions, params.clone(), |_| true));
            placement
                .received
                .extend(reach(definitions, output.clone(), |_| true));
            let reached = reach(definitions, params.chain(output), is_wanted);
            for index in &reached {
                placement.users.entry(*index).or_default().push(place);
            }
            placement.reached.push(reached);
        }
        placement
    }
}

/// The definitions that fields lead to.
fn reach<'f, 'd: 'f>(
    definitions: &[Definition<'_>],
    roots: impl Iterator<Item = &'f Field<'d>>,
    is_wanted: impl Fn(usize) -> bool,
) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    let mut pending: Vec<_> = roots.filter_map(|field| field.ty.definition()).collect();
    while let Some(index) = pending.pop() {
        if is_wanted(index)
            && reached.insert(index)
            && let Shape::Object(fields) = &definitions[index].shape
        {
            pending.extend(fields.iter().filter_map(|field| field.ty.definition()));
        }
    }
    reached
}
