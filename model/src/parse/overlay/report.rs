//! What is said of a correction that does not fit its file.

use super::{
    change::{Change, Effect, Refused},
    path::join,
    tree::{child, laid_out, same},
};
use crate::{
    diagnostic::{Diagnostic, Span},
    hostile::{self, quote},
    layout::{Map, Style},
    spec::Located,
    suggest,
    yaml::{Node, NodeKind},
};

/// How many keys are listed where a path leads nowhere.
const MAX_LISTED: usize = 20;

impl Change<'_> {
    /// The report of a path whose step `index` does not exist.
    pub(super) fn nowhere(&self, place: &Node<'_>, index: usize) -> Result<(), Refused> {
        let step = &self.steps[index];
        let owner = match index {
            0 => "the file".to_owned(),
            _ => quote(&join(&self.steps[..index])),
        };
        let (message, help) = match &place.kind {
            NodeKind::Invalid => return Ok(()),
            NodeKind::Scalar { .. } => (
                format!("{owner} holds a single word or text"),
                "replace it as a whole, or correct the path".to_owned(),
            ),
            NodeKind::Sequence(items) => (
                format!(
                    "{owner} is a list of {}, without {}",
                    items.len(),
                    quote(step.value)
                ),
                format!(
                    "items are counted from 0; `add` takes the next number, {}",
                    items.len()
                ),
            ),
            NodeKind::Mapping(entries) => {
                let keys = entries.iter().map(|(key, _)| &*key.text);
                let help = if entries.len() > MAX_LISTED {
                    suggest::did_you_mean(step.value, keys)
                        .unwrap_or_else(|| format!("it has {} others", entries.len()))
                } else {
                    suggest::known_names(step.value, keys, "keys")
                };
                (format!("{owner} has no key {}", quote(step.value)), help)
            }
        };
        let problem = Diagnostic::new(step.span, message).label("leads nowhere");
        let last = index + 1 == self.steps.len();
        let remedy = match self.effect {
            Effect::Rename(_) | Effect::Remove { .. } if last => {
                "if it is gone from the file, remove the correction"
            }
            Effect::Replace { .. } if last => "use `add` where there is nothing yet",
            _ => return Err(Box::new(problem.help(help))),
        };
        Err(Box::new(problem.help(help).help(remedy)))
    }

    /// The report of something to add that is there.
    pub(super) fn present(&self, place: &Node<'_>, found: usize, value: &Node<'_>) -> Diagnostic {
        let (now, key) = child(place, found);
        if same(now, value) {
            return self.needless(key);
        }
        let message = format!("{} is there already", quote(self.at.value));
        Diagnostic::new(self.at.span, message)
            .label("cannot be added")
            .related(key, "stands here")
            .help("use `replace` to change it")
    }

    /// The report of a correction that does not say what it corrects.
    pub(super) fn unwitnessed(&self, now: &Node<'_>, key: Span) -> Diagnostic {
        let verb = match self.effect {
            Effect::Remove { .. } => "removed",
            Effect::Add(_) | Effect::Replace { .. } | Effect::Rename(_) => "replaced",
        };
        let message = format!("{} is {verb} without `was`", quote(self.at.value));
        let mut was = Map::new(Style::Block);
        was.add("was", laid_out(now));
        let was = was.to_text();
        let remedy = match was.trim_end() {
            line if line.contains('\n') => "with the whole value that stands there".to_owned(),
            line => format!("as in `{}`", hostile::escape(line)),
        };
        Diagnostic::new(self.at.span, message)
            .label("would be corrected whatever it becomes")
            .related(key, "stands here")
            .help(format!(
                "say what it is now, so that a change of it is noticed: add `was`, {remedy}"
            ))
    }

    /// The report of a correction that changes nothing.
    pub(super) fn needless(&self, key: Span) -> Diagnostic {
        Diagnostic::new(self.at.span, "this change is no longer needed")
            .label("the file says so itself")
            .related(key, "stands here")
            .help("remove the change, and the overlay with its last one")
    }

    /// The report of a value that has become another than was corrected.
    pub(super) fn outdated(&self, was: &Node<'_>, key: Span) -> Diagnostic {
        let message = format!("{} is no longer what it was", quote(self.at.value));
        Diagnostic::new(was.span, message)
            .label("it was this when it was corrected")
            .related(key, "it is something else now")
            .help("find out which is right; then change `was`, or remove the correction")
    }

    /// The report of a new name for what has none.
    pub(super) fn nameless(&self) -> Diagnostic {
        let message = format!("{} is an item of a list", quote(self.at.value));
        Diagnostic::new(self.at.span, message)
            .label("has no name")
            .help("rename a key, or move an item with `remove` and `add`")
    }
}

/// The report of a new name that another key has.
pub(super) fn taken_name(name: &Located<&str>, key: Span) -> Diagnostic {
    Diagnostic::new(name.span, format!("{} is there already", quote(name.value)))
        .label("would be there twice")
        .related(key, "stands here")
        .help("use another name, or remove that one first")
}
