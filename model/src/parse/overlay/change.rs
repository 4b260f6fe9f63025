//! One correction: what it changes, and how that is made.

use super::{
    path::steps,
    report::taken_name,
    tree::{child, child_mut, depth, owned, position, same},
};
use crate::{
    diagnostic::{Diagnostic, Problems},
    hostile::quote,
    parse::entries::{Entries, one_of},
    spec::Located,
    yaml::{self, Key, MAX_DEPTH, Node, NodeKind},
};

/// One correction.
pub(super) struct Change<'a> {
    pub(super) at: Located<&'a str>,
    pub(super) steps: Vec<Located<&'a str>>,
    pub(super) effect: Effect<'a>,
}

pub(super) enum Effect<'a> {
    Add(&'a Node<'a>),
    Replace {
        value: &'a Node<'a>,
        was: Option<&'a Node<'a>>,
    },
    Rename(Located<&'a str>),
    Remove {
        was: Option<&'a Node<'a>>,
    },
}

/// Why a correction cannot be made.
pub(super) type Refused = Box<Diagnostic>;

impl<'a> Change<'a> {
    pub(super) fn read(map: &Entries<'a>, problems: &mut Problems) -> Option<Self> {
        if let Some(reason) = map.text("reason", problems)
            && reason.value.trim().is_empty()
        {
            problems.add(
                Diagnostic::new(reason.span, "a change needs a reason")
                    .label("this says nothing")
                    .help("say how it is known that the file is wrong"),
            );
        }
        let effect = Effect::read(map, problems);
        let at = map.text("at", problems)?;
        let plain = map
            .get("at")
            .is_some_and(|node| matches!(node.kind, NodeKind::Scalar { plain: true, .. }));
        let steps = steps(&at, plain);
        if steps.is_none() {
            problems.add(
                Diagnostic::new(at.span, format!("{} is not a path of keys", quote(at.value)))
                    .help("write keys with dots between them, as in `output.UserList.nullable`")
                    .help("a key that holds a dot is written in quotes: `errors.\"InternalError.DBError\"`"),
            );
        }
        Some(Self {
            at,
            steps: steps?,
            effect: effect?,
        })
    }

    pub(super) fn apply(&self, root: &mut Node<'_>) -> Result<(), Refused> {
        let Some((last, parents)) = self.steps.split_last() else {
            return Ok(());
        };
        if let Effect::Add(value) | Effect::Replace { value, .. } = self.effect
            && self.steps.len() + depth(value) > MAX_DEPTH
        {
            return Err(Box::new(yaml::too_deep(value.span)));
        }
        let mut place = root;
        for (index, step) in parents.iter().enumerate() {
            let Some(found) = position(place, step.value) else {
                return self.nowhere(place, index);
            };
            let Some(below) = child_mut(place, found) else {
                return Ok(());
            };
            place = below;
        }
        match (&self.effect, position(place, last.value)) {
            (Effect::Add(value), None) => self.add(place, last, value),
            (Effect::Add(value), Some(found)) => Err(Box::new(self.present(place, found, value))),
            (Effect::Replace { value, was }, Some(found)) => {
                self.check(place, found, *was)?;
                let (now, key) = child(place, found);
                if same(now, value) {
                    return Err(Box::new(self.needless(key)));
                }
                if let Some(now) = child_mut(place, found) {
                    *now = owned(value);
                }
                Ok(())
            }
            (Effect::Remove { was }, Some(found)) => {
                self.check(place, found, *was)?;
                match &mut place.kind {
                    NodeKind::Mapping(entries) => drop(entries.remove(found)),
                    NodeKind::Sequence(items) => drop(items.remove(found)),
                    NodeKind::Scalar { .. } | NodeKind::Invalid => {}
                }
                Ok(())
            }
            (Effect::Rename(to), found) => self.rename(place, found, to),
            (Effect::Replace { .. } | Effect::Remove { .. }, None) => {
                self.nowhere(place, parents.len())
            }
        }
    }

    fn rename(
        &self,
        place: &mut Node<'_>,
        found: Option<usize>,
        to: &Located<&str>,
    ) -> Result<(), Refused> {
        if let NodeKind::Sequence(_) = place.kind {
            return Err(Box::new(self.nameless()));
        }
        let taken = position(place, to.value).map(|taken| child(place, taken).1);
        match (found, taken) {
            (Some(found), Some(key)) if child(place, found).1 != key => {
                Err(Box::new(taken_name(to, key)))
            }
            (_, Some(key)) => Err(Box::new(self.needless(key))),
            (Some(found), None) => {
                if let NodeKind::Mapping(entries) = &mut place.kind {
                    let key = &mut entries[found].0;
                    key.text = to.value.to_owned().into();
                    key.span = to.span;
                }
                Ok(())
            }
            (None, None) => self.nowhere(place, self.steps.len() - 1),
        }
    }

    fn add(
        &self,
        place: &mut Node<'_>,
        key: &Located<&str>,
        value: &Node<'_>,
    ) -> Result<(), Refused> {
        match &mut place.kind {
            NodeKind::Mapping(entries) => {
                let key = Key {
                    text: key.value.to_owned().into(),
                    span: key.span,
                };
                entries.push((key, owned(value)));
            }
            NodeKind::Sequence(items) if key.value == items.len().to_string() => {
                items.push(owned(value));
            }
            _ => return self.nowhere(place, self.steps.len() - 1),
        }
        Ok(())
    }

    /// Whether a value is still what it was when the correction was made.
    fn check(&self, place: &Node<'_>, found: usize, was: Option<&Node<'_>>) -> Result<(), Refused> {
        let (now, key) = child(place, found);
        if was.is_some_and(|was| same(was, now)) {
            return Ok(());
        }
        if let Effect::Replace { value, .. } = self.effect
            && same(value, now)
        {
            return Err(Box::new(self.needless(key)));
        }
        let Some(was) = was else {
            return Err(Box::new(self.unwitnessed(now, key)));
        };
        Err(Box::new(self.outdated(was, key)))
    }
}

impl<'a> Effect<'a> {
    fn read(map: &Entries<'a>, problems: &mut Problems) -> Option<Self> {
        let keys = ["add", "replace", "rename", "remove"].map(|key| (key, map.get(key)));
        let given: Vec<_> = keys
            .iter()
            .filter_map(|&(key, node)| Some((key, node?)))
            .collect();
        let [(key, value)] = given[..] else {
            let message = "a change needs one of `add`, `replace`, `rename` and `remove`";
            let problem = match given.get(1) {
                None => Diagnostic::new(map.span, message).label("does nothing"),
                Some((second, _)) => Diagnostic::new(map.key_span(second), message)
                    .label("one too many")
                    .related(map.key_span(given[0].0), "because of this"),
            };
            problems.add(problem.help(
                "write `add: value` for a new key, `replace: value` for another value, `rename: name` for \
                 another key, or `remove: true`",
            ));
            return None;
        };
        let was = map.get("was");
        if was.is_some() && ["add", "rename"].contains(&key) {
            let message = format!("`was` does not go with {}", quote(key));
            let problem = Diagnostic::new(map.key_span("was"), message);
            let with = one_of(&["replace", "remove"].map(quote));
            problems.add(
                problem
                    .label("does not belong here")
                    .help(format!("remove it; it goes with {with}")),
            );
        }
        match key {
            "add" => Some(Self::Add(value)),
            "rename" => map.text("rename", problems).map(Self::Rename),
            "replace" => Some(Self::Replace { value, was }),
            _ if map.flag("remove", problems) => Some(Self::Remove { was }),
            _ => {
                problems.add(
                    Diagnostic::new(value.span, "`remove` can only be `true`")
                        .label("does nothing")
                        .help("remove the change if nothing is to be removed"),
                );
                None
            }
        }
    }
}
