//! What the files of a specification declare already, and how an import gets along with it.
//!
//! Files that an import leaves alone may declare types that the metadata has as well, and names are
//! unique in a service. A type that `service.yaml` or `types.yaml` declares counts, and the import
//! declares none of that name. One that an action declares for itself cannot be used by others, so
//! that the import calls its own otherwise.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use bindery_model::{document::Document, ident};
use serde_json::Value;

use crate::{
    error::ImportError,
    files::{self, Folder},
    names::{self, Taken},
    yaml::{Map, Style},
};

/// Where an import declares shared types, unless a person wrote it.
pub(crate) const SERVICE: &str = "service";

/// Where an import declares shared types beside a person's `service.yaml`.
pub(crate) const TYPES: &str = "types";

/// What is declared by the files that an import leaves alone.
#[derive(Debug, Default)]
pub(crate) struct Declared {
    /// The files, without `.yaml`.
    files: BTreeSet<String>,
    /// The types that all actions can use, each with its file.
    shared: BTreeMap<String, String>,
    /// The types that one action has for itself, each with the files that declare one of the name.
    own: BTreeMap<String, BTreeSet<String>>,
    /// The names of the types that fields have, each with a file that mentions it and does not declare
    /// it.
    mentioned: BTreeMap<String, String>,
    /// The types for all actions that are declared by files which are written anew.
    before: BTreeSet<String>,
    /// What types and actions are called in Rust.
    types: BTreeSet<String>,
    actions: BTreeSet<String>,
}

/// A type that is called otherwise than in the metadata, because an action of a person has one of its
/// name for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RenamedType {
    /// The name in the metadata.
    pub from: String,
    /// The name in the specification.
    pub to: String,
    /// The action that has a type of the first name.
    pub action: String,
}

impl Declared {
    /// Reads the files of a folder that stay when these are written.
    pub(crate) fn read(
        folder: &Folder,
        files: &BTreeMap<String, String>,
        prunes: bool,
    ) -> Result<Self, ImportError> {
        let mut declared = Self::default();
        for stem in folder.staying(files, prunes) {
            if let Some(file) = read(&folder.file(stem))? {
                declared.add(stem, file.value());
            }
        }
        for stem in [SERVICE, TYPES] {
            if let Some(file) = read(&folder.file(stem))?
                && !declared.keeps(stem)
            {
                declared.before.extend(keys(&file, "types"));
            }
        }
        Ok(declared)
    }

    fn add(&mut self, stem: &str, file: &Value) {
        let is_shared = [SERVICE, TYPES].contains(&stem);
        self.files.insert(stem.to_owned());
        if let Some(action) = file["action"].as_str() {
            let name = file["name"].as_str().map(str::to_owned);
            let ident = name.unwrap_or_else(|| ident::type_ident(action));
            self.actions.insert(ident);
        }
        for (name, ty) in file["types"].as_object().into_iter().flatten() {
            let explicit = ty["name"].as_str().map(str::to_owned);
            let ident = explicit.unwrap_or_else(|| ident::type_ident(name));
            self.types.insert(ident);
            if is_shared {
                self.shared.insert(name.clone(), stem.to_owned());
            } else {
                let owners = self.own.entry(name.clone()).or_default();
                owners.insert(stem.to_owned());
            }
        }
        let mut mentioned = BTreeSet::new();
        mention(file, &mut mentioned);
        let mentioned = mentioned
            .into_iter()
            .filter(|name| file["types"].get(name.as_str()).is_none());
        self.mentioned
            .extend(mentioned.map(|name| (name, stem.to_owned())));
    }

    /// Whether nothing stays that could be in the way.
    pub(crate) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Whether a file is left alone, which is named without `.yaml`.
    pub(crate) fn keeps(&self, stem: &str) -> bool {
        self.files.contains(stem)
    }

    /// Adds the file that declares shared types beside a person's `service.yaml`. What is returned are
    /// those that `service.yaml` itself declares: all, where that is not a person's.
    pub(crate) fn set_apart<'a>(
        &self,
        types: Map<'a>,
        files: &mut BTreeMap<String, String>,
    ) -> Map<'a> {
        if !self.keeps(SERVICE) || types.is_empty() {
            return types;
        }
        let mut file = Map::new(Style::Block);
        file.add("types", types);
        files.insert(format!("{TYPES}.yaml"), file.to_text());
        Map::new(Style::Block)
    }

    /// Whether all actions can use a type of this name.
    pub(crate) fn is_shared(&self, name: &str) -> bool {
        self.shared.contains_key(name)
    }

    /// Whether a field of the files has a type of this name that its own file does not declare.
    pub(crate) fn mentions(&self, name: &str) -> bool {
        self.mentioned.contains_key(name)
    }

    /// Whether the files need a type that is declared for all actions by one which is written anew.
    pub(crate) fn needs(&self, name: &str) -> bool {
        self.mentions(name) && self.before.contains(name)
    }

    /// A type that the files need and that would be declared no longer, with the file.
    pub(crate) fn stranded(&self, shared: &[String]) -> Option<(&str, &str)> {
        let mut mentioned = self.mentioned.iter();
        let (ty, file) = mentioned
            .find(|(ty, _)| self.needs(ty) && !self.is_shared(ty) && !shared.contains(ty))?;
        Some((ty, file))
    }

    /// Whether a type is declared at all.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.is_shared(name) || self.own.contains_key(name)
    }

    /// The action that has a type of this name for itself, other than the one that `home` is the file
    /// of: the file in which an import declares its own.
    pub(crate) fn rival(&self, name: &str, home: Option<&str>) -> Option<&str> {
        let owners = self.own.get(name)?;
        let mut owners = owners.iter().map(String::as_str);
        owners.find(|owner| Some(*owner) != home)
    }

    /// A name for a type that has a rival, and that `is_taken` has no other use for.
    pub(crate) fn rename(&self, name: &str, is_taken: impl Fn(&str) -> bool) -> Option<String> {
        let mut names = names::candidates(name, "Object").skip(1);
        names.find(|name| !self.has(name) && !is_taken(name))
    }

    /// The identifiers that are taken before an import takes any.
    pub(crate) fn taken(&self) -> Taken {
        let mut taken = Taken::new();
        for ident in &self.types {
            taken.claim_type(ident);
        }
        for ident in &self.actions {
            taken.claim_action(ident);
        }
        taken
    }

    /// The types among these that count in the place of the metadata's, by their file.
    pub(crate) fn overruling<'n>(
        &self,
        names: impl Iterator<Item = &'n str>,
    ) -> BTreeMap<String, Vec<String>> {
        let mut overruling: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for name in names {
            if let Some(file) = self.shared.get(name) {
                let types = overruling.entry(file.clone()).or_default();
                types.push(name.to_owned());
            }
        }
        overruling
    }
}

/// Collects the names of the types that fields have.
fn mention(value: &Value, mentioned: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| mention(item, mentioned)),
        Value::Object(members) => {
            for (key, value) in members {
                match value {
                    Value::String(ty) if key == "type" => {
                        let name = ty.trim_matches(['[', ']', '{', '}']);
                        mentioned.insert(name.to_owned());
                    }
                    value => mention(value, mentioned),
                }
            }
        }
        _ => {}
    }
}

/// Reads a file of the specification, if there is one.
pub(crate) fn read(path: &Path) -> Result<Option<Document>, ImportError> {
    if !path.is_file() {
        return Ok(None);
    }
    let bytes = files::read(path)?;
    let text = String::from_utf8_lossy(&bytes);
    Document::read(&path.display().to_string(), &text)
        .map(Some)
        .map_err(|problems| ImportError::Document(Box::new(problems)))
}

/// The keys of a mapping at the top of a file.
pub(crate) fn keys(file: &Document, key: &str) -> BTreeSet<String> {
    let members = file.value()[key].as_object().into_iter().flatten();
    members.map(|(name, _)| name.clone()).collect()
}
