//! Where a change is to be made: keys with dots between them.

use crate::{diagnostic::Span, spec::Located, yaml::MAX_DEPTH};

/// The keys of a path. `plain` says that each character stands at its place in the file.
pub(super) fn steps<'a>(at: &Located<&'a str>, plain: bool) -> Option<Vec<Located<&'a str>>> {
    let exact = plain && at.span.end - at.span.start == at.value.len();
    let mut steps = Vec::new();
    let mut rest = at.value;
    loop {
        let start = at.value.len() - rest.len();
        let (key, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => rest.split_at(rest.find('.').unwrap_or(rest.len())),
        };
        if key.is_empty() || steps.len() == MAX_DEPTH {
            return None;
        }
        let end = at.value.len() - after.len();
        let span = Span {
            start: at.span.start + start,
            end: at.span.start + end,
            ..at.span
        };
        steps.push(Located {
            value: key,
            span: if exact { span } else { at.span },
        });
        match after.strip_prefix('.') {
            Some(after) => rest = after,
            None => return after.is_empty().then_some(steps),
        }
    }
}

/// A path as it is written.
pub(super) fn join(steps: &[Located<&str>]) -> String {
    let steps = steps.iter().map(|step| match step.value {
        key if key.contains('.') => format!("\"{key}\""),
        key => key.to_owned(),
    });
    steps.collect::<Vec<_>>().join(".")
}
