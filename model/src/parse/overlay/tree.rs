//! The parts of a tree: how they are found, compared, copied and shown.

use crate::{
    diagnostic::Span,
    json,
    layout::{self, List, Map, Style},
    yaml::{Key, Node, NodeKind},
};

pub(super) fn position(node: &Node<'_>, step: &str) -> Option<usize> {
    match &node.kind {
        NodeKind::Mapping(entries) => entries.iter().position(|(key, _)| key.text == step),
        NodeKind::Sequence(items) => step.parse().ok().filter(|&index| index < items.len()),
        NodeKind::Scalar { .. } | NodeKind::Invalid => None,
    }
}

/// A value at a position that exists, and the place of its key.
pub(super) fn child<'n, 'a>(node: &'n Node<'a>, position: usize) -> (&'n Node<'a>, Span) {
    match &node.kind {
        NodeKind::Mapping(entries) => (&entries[position].1, entries[position].0.span),
        NodeKind::Sequence(items) => (&items[position], items[position].span),
        NodeKind::Scalar { .. } | NodeKind::Invalid => (node, node.span),
    }
}

pub(super) fn child_mut<'n, 'a>(
    node: &'n mut Node<'a>,
    position: usize,
) -> Option<&'n mut Node<'a>> {
    match &mut node.kind {
        NodeKind::Mapping(entries) => entries.get_mut(position).map(|(_, value)| value),
        NodeKind::Sequence(items) => items.get_mut(position),
        NodeKind::Scalar { .. } | NodeKind::Invalid => None,
    }
}

/// Whether two values mean the same: quotes count only where they change the meaning, and the order
/// of keys does not.
pub(super) fn same(left: &Node<'_>, right: &Node<'_>) -> bool {
    let quoted = |text: &str, plain: bool| !plain && json::other_meaning(text).is_some();
    match (&left.kind, &right.kind) {
        (
            NodeKind::Scalar { text, plain },
            NodeKind::Scalar {
                text: other,
                plain: other_plain,
            },
        ) => text == other && quoted(text, *plain) == quoted(other, *other_plain),
        (NodeKind::Sequence(left), NodeKind::Sequence(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|(left, right)| same(left, right))
        }
        (NodeKind::Mapping(left), NodeKind::Mapping(right)) => {
            let find = |name: &str| right.iter().find(|(key, _)| key.text == name);
            left.len() == right.len()
                && left
                    .iter()
                    .all(|(key, node)| find(&key.text).is_some_and(|(_, other)| same(node, other)))
        }
        _ => false,
    }
}

/// A value that no longer depends on the overlay's text.
pub(super) fn owned(node: &Node<'_>) -> Node<'static> {
    let kind = match &node.kind {
        NodeKind::Scalar { text, plain } => NodeKind::Scalar {
            text: text.clone().into_owned().into(),
            plain: *plain,
        },
        NodeKind::Sequence(items) => NodeKind::Sequence(items.iter().map(owned).collect()),
        NodeKind::Mapping(entries) => {
            let entries = entries.iter().map(|(key, value)| {
                let key = Key {
                    text: key.text.clone().into_owned().into(),
                    span: key.span,
                };
                (key, owned(value))
            });
            NodeKind::Mapping(entries.collect())
        }
        NodeKind::Invalid => NodeKind::Invalid,
    };
    Node {
        kind,
        span: node.span,
    }
}

/// A value as it would be written on one line.
pub(super) fn laid_out<'n>(node: &'n Node<'_>) -> layout::Node<'n> {
    let style = Style::Flow;
    match &node.kind {
        NodeKind::Scalar { text, plain: true } => layout::Node::word(&**text),
        NodeKind::Scalar { text, .. } => layout::Node::data(text),
        NodeKind::Sequence(items) => List {
            items: items.iter().map(laid_out).collect(),
            style,
        }
        .into(),
        NodeKind::Mapping(entries) => {
            let mut map = Map::new(style);
            for (key, value) in entries {
                map.add(&*key.text, laid_out(value));
            }
            map.into()
        }
        NodeKind::Invalid => layout::Node::word(""),
    }
}

/// How many levels a value has.
pub(super) fn depth(node: &Node<'_>) -> usize {
    let below = match &node.kind {
        NodeKind::Sequence(items) => items.iter().map(depth).max(),
        NodeKind::Mapping(entries) => entries.iter().map(|(_, node)| depth(node)).max(),
        NodeKind::Scalar { .. } | NodeKind::Invalid => None,
    };
    1 + below.unwrap_or(0)
}
