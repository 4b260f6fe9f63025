//! Which file declares a type: that of the only action which uses it, or the service's; and whether
//! requests hold it, or replies, or both.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    field::Field,
    operation::Operation,
    schema::{Definition, Shape},
};

/// Where the definitions of a service are declared. Those that no action uses are nowhere.
#[derive(Debug)]
pub(super) struct Placement {
    /// The definitions that each action reaches.
    pub(super) reached: Vec<BTreeSet<usize>>,
    /// How many actions reach a definition.
    pub(super) users: BTreeMap<usize, usize>,
    /// The definitions that requests hold.
    pub(super) sent: BTreeSet<usize>,
    /// The definitions that replies hold.
    pub(super) received: BTreeSet<usize>,
}

impl Placement {
    /// Actions that are not imported count too, so that importing them later moves nothing.
    pub(super) fn new(
        operations: &[(usize, Operation<'_>)],
        definitions: &[Definition<'_>],
    ) -> Self {
        let mut placement = Self {
            reached: Vec::new(),
            users: BTreeMap::new(),
            sent: BTreeSet::new(),
            received: BTreeSet::new(),
        };
        for (_, operation) in operations {
            let sent = reach(
                definitions,
                operation.params.iter().map(|param| &param.field),
            );
            let mut reached = reach(definitions, operation.reply.output.iter());
            placement.received.extend(&reached);
            reached.extend(&sent);
            placement.sent.extend(&sent);
            for index in &reached {
                *placement.users.entry(*index).or_default() += 1;
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
) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    let mut pending: Vec<_> = roots.filter_map(|field| field.ty.definition()).collect();
    while let Some(index) = pending.pop() {
        if reached.insert(index)
            && let Shape::Object(fields) = &definitions[index].shape
        {
            pending.extend(fields.iter().filter_map(|field| field.ty.definition()));
        }
    }
    reached
}
