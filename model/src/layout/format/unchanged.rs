//! Whether a file says what it said before.

use crate::diagnostic::{Problems, Span};
use crate::layout::scalar;
use crate::yaml::{self, Node as Read, NodeKind};

/// Whether two files say the same, comments included.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    let mut problems = Problems::default();
    let mut read = |text| yaml::read_with_comments(0, text, &mut problems);
    let (Some((one_root, one_comments)), Some((other_root, other_comments))) =
        (read(one), read(other))
    else {
        return false;
    };
    is_same_value(&one_root, &other_root)
        && sorted(one, &one_comments) == sorted(other, &other_comments)
}

fn is_same_value(one: &Read<'_>, other: &Read<'_>) -> bool {
    match (&one.kind, &other.kind) {
        (
            NodeKind::Scalar { text, plain },
            NodeKind::Scalar {
                text: other_text,
                plain: other_plain,
            },
        ) => {
            let is_free = !text.is_empty() && !scalar::has_other_meaning(text);
            text == other_text && (is_free || plain == other_plain)
        }
        (NodeKind::Sequence(items), NodeKind::Sequence(others)) => {
            let mut pairs = items.iter().zip(others);
            items.len() == others.len() && pairs.all(|(one, other)| is_same_value(one, other))
        }
        (NodeKind::Mapping(entries), NodeKind::Mapping(others)) => {
            let mut entries: Vec<_> = entries.iter().collect();
            let mut others: Vec<_> = others.iter().collect();
            entries.sort_by_key(|(key, _)| &key.text);
            others.sort_by_key(|(key, _)| &key.text);
            let mut pairs = entries.iter().zip(&others);
            entries.len() == others.len()
                && pairs.all(|((key, value), (other_key, other_value))| {
                    key.text == other_key.text && is_same_value(value, other_value)
                })
        }
        _ => false,
    }
}

/// The comments' texts, which may have been moved.
fn sorted<'t>(text: &'t str, comments: &[Span]) -> Vec<&'t str> {
    let texts = comments.iter().map(|span| &text[span.start..span.end]);
    let mut texts: Vec<_> = texts.map(|text| text.trim_matches(['#', ' '])).collect();
    texts.sort_unstable();
    texts
}
