//! Corrections to a file, kept in a file beside it: they change the tree before anything is read
//! from it.
//!
//! What a correction adds keeps its place in the overlay, so that whatever is wrong with it later
//! is shown there. A correction that does not fit the file it was made for is a problem: the file
//! has changed, and somebody has to look at it.

use self::{
    path::{join, steps},
    tree::{child, child_mut, depth, laid_out, owned, position, same},
};
use crate::{
    diagnostic::{Diagnostic, Problems, Span},
    hostile::{self, quote},
    language,
    layout::{Map, Style},
    parse::entries::{Entries, one_of},
    spec::Located,
    suggest,
    yaml::{self, Key, MAX_DEPTH, Node, NodeKind},
};

mod path;
mod tree;

/// How many corrections an overlay holds. Each of them walks through the file, which may be large.
const MAX_CHANGES: usize = 1_000;

/// How many keys are listed where a path leads nowhere.
const MAX_LISTED: usize = 20;

/// The key for the pages that something was taken from.
const SOURCE: &str = "source";

/// Corrects the tree of a file, which describes what is called `name`. `start` is the beginning of
/// the overlay.
pub(crate) fn apply(
    root: &mut Node<'_>,
    overlay: &Node<'_>,
    start: Span,
    name: &str,
    problems: &mut Problems,
) {
    let Some(map) = Entries::open(overlay, &language::OVERLAY, start, problems) else {
        return;
    };
    if let Some(corrected) = map.text("overlay", problems)
        && corrected.value != name
    {
        problems.add(
            Diagnostic::new(
                corrected.span,
                format!(
                    "this corrects {}, and stands beside {}",
                    quote(corrected.value),
                    quote(name)
                ),
            )
            .label(format!("this should be {}", quote(name)))
            .help("rename the file, or change `overlay`: the two have to be the same"),
        );
    }
    let changes = map.list("changes", &language::CHANGE, problems);
    if changes.len() > MAX_CHANGES {
        let message = format!("an overlay holds at most {MAX_CHANGES} changes");
        let problem = Diagnostic::new(map.key_span("changes"), message);
        problems.add(problem.help("write the file itself anew, without an overlay"));
        return;
    }
    if let Some(NodeKind::Sequence(items)) = map.get("changes").map(|node| &node.kind)
        && items.is_empty()
    {
        let problem = Diagnostic::new(map.key_span("changes"), "this overlay changes nothing");
        problems.add(problem.label("nothing follows").help("remove the file"));
    }
    for change in &changes {
        if let Some(change) = Change::read(change, problems)
            && let Err(problem) = change.apply(root)
        {
            problems.add(*problem);
        }
    }
    if let Some(source) = map.get(SOURCE) {
        cite(root, source, map.key_span(SOURCE));
    }
}

/// Adds the pages that corrections were taken from to those of the file, which checks them all.
fn cite(root: &mut Node<'_>, source: &Node<'_>, span: Span) {
    let NodeKind::Mapping(entries) = &mut root.kind else {
        return;
    };
    let added = many(owned(source));
    if let Some((_, cited)) = entries.iter_mut().find(|(key, _)| key.text == SOURCE) {
        let invalid = NodeKind::Invalid;
        let before = std::mem::replace(&mut cited.kind, invalid);
        let mut items = many(Node {
            kind: before,
            span: cited.span,
        });
        items.extend(added);
        cited.kind = NodeKind::Sequence(items);
    } else {
        let text = SOURCE.into();
        let kind = NodeKind::Sequence(added);
        entries.push((Key { text, span }, Node { kind, span }));
    }
}

/// One or more values as a list.
fn many(node: Node<'_>) -> Vec<Node<'_>> {
    match node.kind {
        NodeKind::Sequence(items) => items,
        _ => vec![node],
    }
}

/// The report of an overlay that has no file to correct.
pub(crate) fn orphan(span: Span, corrected: &str) -> Diagnostic {
    Diagnostic::new(
        span,
        format!("there is no file {} to correct", quote(corrected)),
    )
    .label("corrects nothing")
    .help("rename this file after the one that it corrects, or remove it if that one is gone")
}

/// One correction.
struct Change<'a> {
    at: Located<&'a str>,
    steps: Vec<Located<&'a str>>,
    effect: Effect<'a>,
}

enum Effect<'a> {
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
type Refused = Box<Diagnostic>;

impl<'a> Change<'a> {
    fn read(map: &Entries<'a>, problems: &mut Problems) -> Option<Self> {
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

    fn apply(&self, root: &mut Node<'_>) -> Result<(), Refused> {
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
            let message = format!("{} is an item of a list", quote(self.at.value));
            let problem = Diagnostic::new(self.at.span, message).label("has no name");
            return Err(Box::new(
                problem.help("rename a key, or move an item with `remove` and `add`"),
            ));
        }
        let taken = position(place, to.value).map(|taken| child(place, taken).1);
        match (found, taken) {
            (Some(found), Some(key)) if child(place, found).1 != key => {
                let problem =
                    Diagnostic::new(to.span, format!("{} is there already", quote(to.value)));
                let problem = problem.label("would be there twice");
                Err(Box::new(
                    problem
                        .related(key, "stands here")
                        .help("use another name, or remove that one first"),
                ))
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
        let problem = Diagnostic::new(
            was.span,
            format!("{} is no longer what it was", quote(self.at.value)),
        );
        let problem = problem
            .label("it was this when it was corrected")
            .related(key, "it is something else now")
            .help("find out which is right; then change `was`, or remove the correction");
        Err(Box::new(problem))
    }

    /// The report of a path whose step `index` does not exist.
    fn nowhere(&self, place: &Node<'_>, index: usize) -> Result<(), Refused> {
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
    fn present(&self, place: &Node<'_>, found: usize, value: &Node<'_>) -> Diagnostic {
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
    fn unwitnessed(&self, now: &Node<'_>, key: Span) -> Diagnostic {
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
    fn needless(&self, key: Span) -> Diagnostic {
        Diagnostic::new(self.at.span, "this change is no longer needed")
            .label("the file says so itself")
            .related(key, "stands here")
            .help("remove the change, and the overlay with its last one")
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
