//! Explicit Rust names, where those made from the vendor's names are taken.
//!
//! A name depends on the names around it and on nothing else, so that it does not change when the
//! vendor reorders its metadata.

use std::collections::{BTreeMap, BTreeSet};

use bindery_model::ident;

/// The identifiers of a service that are taken.
#[derive(Debug)]
pub(crate) struct Taken {
    types: BTreeSet<String>,
    modules: BTreeSet<String>,
}

impl Taken {
    /// Only what generated code takes itself.
    pub(crate) fn new() -> Self {
        let owned = |names: &[&str]| names.iter().copied().map(String::from).collect();
        Self {
            types: owned(ident::RESERVED_TYPES),
            modules: owned(ident::RESERVED_ACTIONS),
        }
    }

    /// Takes the identifiers of an action. What is returned is its explicit name, if it needs one.
    pub(crate) fn action(&mut self, name: &str) -> Option<String> {
        let plain = ident::type_ident(name);
        let free = candidates(&plain, "Action").find(|ident| {
            !self.modules.contains(&ident::module_ident(ident))
                && claims(ident)
                    .iter()
                    .all(|claim| !self.types.contains(claim))
        })?;
        self.claim_action(&free);
        (free != plain).then_some(free)
    }

    /// Takes the identifiers of an action that has its name already.
    pub(crate) fn claim_action(&mut self, ident: &str) {
        self.modules.insert(ident::module_ident(ident));
        self.types.extend(claims(ident));
    }

    /// Takes the identifier of an object or an enumeration. What is returned is its explicit name,
    /// if it needs one.
    pub(crate) fn object(&mut self, name: &str) -> Option<String> {
        let plain = ident::type_ident(name);
        let free = candidates(&plain, "Object").find(|ident| !self.types.contains(ident))?;
        self.claim_type(&free);
        (free != plain).then_some(free)
    }

    /// Takes the identifier of a type that has its name already.
    pub(crate) fn claim_type(&mut self, ident: &str) {
        self.types.insert(ident.to_owned());
    }
}

/// The explicit names of an object's members, by the place of the member. `input` says that the
/// members get setters.
pub(crate) fn members(members: &[&str], input: bool) -> Vec<Option<String>> {
    let mut names = vec![None; members.len()];
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, member) in members.iter().enumerate() {
        let ident = ident::field_ident(member);
        groups.entry(ident).or_default().push(index);
    }
    let mut taken: BTreeSet<String> = groups.keys().cloned().collect();
    for (ident, mut group) in groups {
        let is_setter = input && ident::RESERVED_SETTERS.contains(&ident.as_str());
        if group.len() == 1 && !is_setter {
            continue;
        }
        // The one with the fewest capitals keeps the name, the others show theirs.
        let capitals = |index: usize| {
            let name = members[index];
            (name.chars().filter(|c| c.is_uppercase()).count(), name)
        };
        group.sort_by_key(|&index| capitals(index));
        for index in group.into_iter().skip(usize::from(!is_setter)) {
            let spelled = spell(members[index]);
            let free = std::iter::once(spelled.clone())
                .chain(candidates(&format!("{spelled}_"), "value").skip(1))
                .find(|name| !taken.contains(&ident::field_ident(name)));
            if let Some(free) = free {
                taken.insert(ident::field_ident(&free));
                names[index] = Some(free);
            }
        }
    }
    names
}

/// A name, then the name with a suffix, then with a suffix and a number.
pub(crate) fn candidates(name: &str, suffix: &str) -> impl Iterator<Item = String> {
    let numbered = (2..).map(move |number: u32| format!("{name}{suffix}{number}"));
    [name.to_owned(), format!("{name}{suffix}")]
        .into_iter()
        .chain(numbered)
}

/// The types that an action brings along.
fn claims(ident: &str) -> [String; 3] {
    [
        ident.to_owned(),
        format!("{ident}Output"),
        format!("{ident}ErrorCode"),
    ]
}

/// A name in which every capital starts a word: `VASList` → `v_a_s_list`.
fn spell(name: &str) -> String {
    let mut spelled = String::new();
    for c in name.chars() {
        if (c.is_uppercase() || !c.is_alphanumeric()) && !spelled.is_empty() {
            spelled.push('_');
        }
        if c.is_alphanumeric() {
            spelled.extend(c.to_lowercase());
        }
    }
    spelled
}
