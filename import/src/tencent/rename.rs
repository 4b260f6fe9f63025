//! Objects that cannot be called as in the metadata, because an action of a person has a type of that
//! name for itself.

use std::collections::BTreeSet;

use super::{
    api::{Api, Element},
    placement::Placement,
};
use crate::declared::{Declared, RenamedType};

/// Gives such objects other names, if these actions need them.
pub(super) fn rename(
    api: &mut Api<'_>,
    actions: &[String],
    declared: &Declared,
) -> Vec<RenamedType> {
    let renamed = find(api, actions, declared);
    for RenamedType { from, to, .. } in &renamed {
        for member in api
            .objects
            .values_mut()
            .flat_map(|object| &mut object.members)
        {
            if member.ty().element == Element::Object(from) {
                member.element = to.clone().into();
            }
        }
        if let Some(object) = api.objects.remove(from) {
            api.objects.insert(to.clone(), object);
        }
    }
    renamed
}

fn find(api: &Api<'_>, actions: &[String], declared: &Declared) -> Vec<RenamedType> {
    let placement = Placement::new(api, declared);
    let reached: BTreeSet<_> = placement.reached(actions, declared).collect();
    let rivals = reached.into_iter().filter_map(|object| {
        let rival = declared.rival(object, placement.owner(object))?;
        let to = declared.rename(object, |name| api.objects.contains_key(name))?;
        Some(RenamedType {
            from: object.to_owned(),
            to,
            action: rival.to_owned(),
        })
    });
    rivals.collect()
}
