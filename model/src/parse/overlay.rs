//! Corrections to a file, kept in a file beside it: they change the tree before anything is read
//! from it.
//!
//! What a correction adds keeps its place in the overlay, so that whatever is wrong with it later
//! is shown there. A correction that does not fit the file it was made for is a problem: the file
//! has changed, and somebody has to look at it.

use std::mem;

use self::{change::Change, tree::owned};
use crate::{
    diagnostic::{Diagnostic, Problems, Span},
    hostile::quote,
    language,
    parse::entries::Entries,
    yaml::{Key, Node, NodeKind},
};

mod change;
mod path;
mod report;
mod tree;

/// How many corrections an overlay holds. Each of them walks through the file, which may be large.
const MAX_CHANGES: usize = 1_000;

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
        let before = mem::replace(&mut cited.kind, NodeKind::Invalid);
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
