//! Limits on the rate of calls: what those of rooms are counted by.

use crate::{
    diagnostic::{Diagnostic, Problems},
    hostile::quote,
    model::{RateLimit, RateScope},
    resolve::{names::Names, value},
    spec::{Located, RateLimitSpec},
};

pub(crate) fn resolve_rate_limits(
    specs: &[RateLimitSpec<'_>],
    names: &Names<'_>,
    problems: &mut Problems,
) -> Vec<RateLimit> {
    let limits = specs.iter().map(|spec| {
        match (spec.scope, &spec.by) {
            (RateScope::Room, Some(by)) => check_room(by, names, problems),
            (RateScope::Room, None) => problems.add(
                Diagnostic::new(spec.span, "nothing says which room a call is about")
                    .label("each room has a limit of its own")
                    .help("add `by: RoomId`, with the name of the parameter that names the room"),
            ),
            (RateScope::Account | RateScope::Application, Some(by)) => problems.add(
                Diagnostic::new(by.span, "this limit is not counted by a parameter")
                    .label("only for the limit of a room")
                    .help("remove `by`, or add `scope: room`"),
            ),
            (RateScope::Account | RateScope::Application, None) => {}
        }
        RateLimit {
            count: spec.count,
            period: spec.period,
            scope: spec.scope,
            by: spec.by.as_ref().map(|by| by.value.to_owned()),
            doc: spec.doc.map(str::to_owned),
        }
    });
    limits.collect()
}

/// Checks that a room is named by one value that the caller gives.
fn check_room(by: &Located<&str>, names: &Names<'_>, problems: &mut Problems) {
    let Some(param) = names.param(by, problems) else {
        return;
    };
    if !value::is_single(&param.ty, names.types) {
        problems.add(names.wrong_type(by.span, &param.ty, "a single value"));
    } else if param.set_by_client {
        problems.add(
            Diagnostic::new(by.span, "the room has to be named by the caller")
                .label(format!("{} is set by the client", quote(&param.name)))
                .help("name another parameter"),
        );
    }
}
