//! A schema with everything that it refers to, so that a keyword can be asked for wherever it
//! stands: in the schema itself, behind its reference, or in what `allOf` lists.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    documents::{At, Node},
    text,
};
use crate::error::ImportError;

/// Keywords that decide what a value is. The others say something about it.
const SHAPING: &[&str] = &[
    "additionalProperties",
    "anyOf",
    "const",
    "enum",
    "format",
    "items",
    "oneOf",
    "properties",
    "required",
    "type",
];

/// How many schemas one may consist of.
const MAX_PARTS: usize = 10_000;

/// A schema with everything that it refers to.
#[derive(Clone, Debug)]
pub(super) struct Flat<'d> {
    /// The part that stands for the type: what is referred to, where nothing is added to it.
    pub(super) identity: At<'d>,
    /// The parts that say something, those that count more first.
    parts: Vec<Part<'d>>,
}

#[derive(Clone, Debug)]
struct Part<'d> {
    at: At<'d>,
    /// Whether the choice that it offers has been made, because only one was left.
    is_chosen: bool,
}

impl<'d> Flat<'d> {
    /// Follows references and `allOf` from a schema.
    pub(super) fn new(at: &At<'d>) -> Result<Self, ImportError> {
        Self::follow(at, &mut Vec::new())
    }

    /// `open` holds what is being followed.
    fn follow(at: &At<'d>, open: &mut Vec<Node>) -> Result<Self, ImportError> {
        if open.contains(&at.node()) {
            return Err(at.error("the schema consists of itself"));
        }
        open.push(at.node());
        let mut bases = Vec::new();
        if let Some(target) = at.target()? {
            bases.push(Self::follow(&target, open)?);
        }
        for item in at.child("allOf").iter().flat_map(At::items) {
            bases.push(Self::follow(&item, open)?);
        }
        open.pop();
        // `type: object` beside a single base adds nothing.
        let says = |key: &str| at.value.get(key).is_some() && (bases.len() != 1 || key != "type");
        let adds = SHAPING.iter().any(|key| says(key));
        let mut shaping = bases.iter().filter(|base| base.is_shaping());
        let identity = match (shaping.next(), shaping.next()) {
            (Some(base), None) if !adds => base.identity.clone(),
            _ => at.clone(),
        };
        let own = Part {
            at: at.clone(),
            is_chosen: false,
        };
        let parts = std::iter::once(own).chain(bases.into_iter().flat_map(|base| base.parts));
        let parts: Vec<_> = parts.collect();
        if parts.len() > MAX_PARTS {
            return Err(at.error("the schema consists of too many others"));
        }
        Ok(Self { identity, parts })
    }

    /// The only choice that is left, with what is said around it.
    pub(super) fn over(self, around: Self) -> Self {
        let identity = if around.properties().is_empty() {
            self.identity
        } else {
            around.identity
        };
        let around = around.parts.into_iter().map(|part| Part {
            is_chosen: true,
            ..part
        });
        Self {
            identity,
            parts: around.chain(self.parts).collect(),
        }
    }

    /// Whether it says what a value is.
    fn is_shaping(&self) -> bool {
        let mut parts = self.parts.iter();
        parts.any(|part| SHAPING.iter().any(|key| part.at.value.get(key).is_some()))
    }

    /// What stands behind a keyword, as it is written.
    pub(super) fn keyword(&self, key: &str) -> Option<At<'d>> {
        let is_choice = matches!(key, "anyOf" | "oneOf");
        let mut parts = self.parts.iter();
        parts.find_map(|part| {
            part.at
                .child(key)
                .filter(|_| !(is_choice && part.is_chosen))
        })
    }

    /// Whether a keyword has a value.
    pub(super) fn says(&self, key: &str, text: &str) -> bool {
        self.keyword(key).is_some_and(|at| at.value == text)
    }

    /// Whether a keyword says `true`.
    pub(super) fn flag(&self, key: &str) -> bool {
        self.keyword(key)
            .is_some_and(|at| at.value == &Value::Bool(true))
    }

    /// What it says for people.
    pub(super) fn doc(&self) -> String {
        let texts = |key: &'static str| self.parts.iter().filter_map(move |part| part.at.text(key));
        let text = texts("description").chain(texts("title")).next();
        text.map(text::plain).unwrap_or_default()
    }

    /// What the part that stands for the type says for people.
    pub(super) fn doc_of_identity(&self) -> String {
        let own = ["description", "title"]
            .iter()
            .find_map(|key| self.identity.text(key));
        own.map_or_else(|| self.doc(), text::plain)
    }

    /// The members of an object. Those of what `allOf` lists stand first, as their author has them.
    pub(super) fn properties(&self) -> Vec<(&'d str, At<'d>)> {
        let mut properties: Vec<(&'d str, At<'d>)> = Vec::new();
        let own = self.parts.iter().take(1).map(|part| (part, true));
        let bases = self.parts.iter().skip(1).map(|part| (part, false));
        for (part, is_own) in bases.chain(own) {
            for (name, at) in part.at.child("properties").iter().flat_map(At::members) {
                match properties.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, known)) if is_own => *known = at,
                    Some(_) => {}
                    None => properties.push((name, at)),
                }
            }
        }
        properties
    }

    /// The members that have to be there.
    pub(super) fn required(&self) -> BTreeSet<&'d str> {
        let parts = self.parts.iter();
        let lists = parts.filter_map(|part| part.at.value.get("required")?.as_array());
        lists.flatten().filter_map(Value::as_str).collect()
    }

    /// The types that a value may have, null included.
    pub(super) fn types_with_null(&self) -> Vec<&'d str> {
        match self.keyword("type").map(|at| at.value) {
            Some(Value::String(ty)) => vec![ty],
            Some(Value::Array(types)) => types.iter().filter_map(Value::as_str).collect(),
            // A null without quotes is what YAML makes of `type: null`.
            Some(Value::Null) => vec!["null"],
            _ => Vec::new(),
        }
    }

    /// The types that a value may have beside null.
    pub(super) fn types(&self) -> Vec<&'d str> {
        let mut types = self.types_with_null();
        types.retain(|ty| *ty != "null");
        types
    }

    pub(super) fn is_nullable(&self) -> bool {
        self.flag("nullable")
            || self.types_with_null().contains(&"null")
            || self
                .values()
                .is_some_and(|values| values.contains(&Value::Null))
    }

    /// The only values that are allowed.
    pub(super) fn values(&self) -> Option<Vec<Value>> {
        match self.keyword("const") {
            Some(at) => Some(vec![at.value.clone()]),
            None => self.keyword("enum")?.value.as_array().cloned(),
        }
    }

    /// The types from which a value has one or some.
    pub(super) fn choice(&self) -> Option<At<'d>> {
        self.any_choice().filter(|at| {
            let is_condition = |item: At<'_>| {
                let keys = item.value.as_object().into_iter().flatten();
                let mut keys = keys.map(|(key, _)| key.as_str());
                keys.all(|key| key == "required" || !(SHAPING.contains(&key) || key == "$ref"))
            };
            self.properties().is_empty() || !at.items().all(is_condition)
        })
    }

    /// The same, also where it only says which members go together.
    pub(super) fn any_choice(&self) -> Option<At<'d>> {
        let choice = self.keyword("oneOf").or_else(|| self.keyword("anyOf"));
        choice.filter(|at| at.value.as_array().is_some_and(|items| !items.is_empty()))
    }
}
