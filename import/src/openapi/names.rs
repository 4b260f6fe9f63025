//! The names of a service's types and actions.

use std::collections::BTreeSet;

use bindery_model::ident;

use super::{
    operation::Operation,
    placement::Placement,
    remarks::{Owner, Remarks},
    schema::Definition,
};
use crate::{
    declared::{Declared, RenamedType},
    names,
};

/// Words that are types of the language.
const BUILTINS: &[&str] = &[
    "string", "bool", "float", "bytes", "date", "datetime", "json",
];

/// The names of a service's types and actions.
#[derive(Debug)]
pub(super) struct Names {
    pub(super) types: Vec<String>,
    /// Explicit names in Rust, where those made from the others are taken.
    pub(super) rust_types: Vec<Option<String>>,
    pub(super) rust_actions: Vec<Option<String>>,
    /// Types that give way to those of a person's actions.
    pub(super) renamed: Vec<RenamedType>,
}

impl Names {
    /// What is there comes first, then actions: a type gives way to an action of the same name. Types of `components`
    /// keep their names before those that are named after their place.
    pub(super) fn new(
        operations: &[(usize, Operation<'_>)],
        definitions: &[Definition<'_>],
        placement: &Placement,
        declared: &Declared,
        remarks: &Remarks,
    ) -> Self {
        let mut taken = declared.taken();
        let rust_actions = operations
            .iter()
            .map(|(_, operation)| taken.action(&operation.name))
            .collect();
        let mut renamed = Vec::new();
        let names = definitions.iter();
        let mut types: Vec<_> = names.map(|one| type_name(&one.name)).collect();
        let mut rust_types = vec![None; definitions.len()];
        let mut used: BTreeSet<String> = BUILTINS.iter().map(|&name| name.to_owned()).collect();
        let mut order: Vec<_> = placement.users.keys().copied().collect();
        order.sort_by_key(|index| !definitions[*index].is_component);
        for index in order {
            let definition = &definitions[index];
            let wanted = types[index].clone();
            let free = names::candidates(&wanted, "Object").find(|name| !used.contains(name));
            let mut name = free.unwrap_or_default();
            let home = placement.owner(index);
            let home = home.map(|place| operations[place].1.name.as_str());
            if let Some(action) = declared.rival(&name, home)
                && let Some(to) = declared.rename(&name, |name| used.contains(name))
            {
                renamed.push(RenamedType {
                    from: name,
                    to: to.clone(),
                    action: action.to_owned(),
                });
                name = to;
            }
            remarks.about(Owner::Definition(index));
            if definition.is_component && name != definition.name {
                let text = format!("the type {:?} is called {name}", definition.name);
                remarks.add(&definition.at, text);
            }
            used.insert(name.clone());
            rust_types[index] = taken.object(&name);
            types[index] = name;
        }
        Self {
            types,
            rust_types,
            rust_actions,
            renamed,
        }
    }
}

/// A name for a type that the language takes.
pub(super) fn type_name(name: &str) -> String {
    let is_legal = name.len() <= 150
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_legal {
        return name.to_owned();
    }
    let words = name.replace(|c: char| !c.is_ascii_alphanumeric(), " ");
    let camel = ident::type_ident(&words);
    let short: String = camel.chars().take(150).collect();
    if short.starts_with(|c: char| c.is_ascii_alphabetic()) {
        short
    } else {
        format!("Type{short}")
    }
}
