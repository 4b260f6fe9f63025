//! Whether a stream of events names inputs and outputs that can do what it wants of them.

use crate::{
    diagnostic::{Diagnostic, Problems},
    model::{EventStream, Location, TypeRef},
    resolve::names::{Names, steps},
    spec::{EventStreamSpec, Located},
};

pub(crate) fn resolve_stream(
    spec: &Located<EventStreamSpec<'_>>,
    names: &Names<'_>,
    problems: &mut Problems,
) -> EventStream {
    let EventStreamSpec { switch, error } = &spec.value;
    if let Some(switch) = switch
        && let Some(param) = names.param(switch, problems)
        && param.ty != TypeRef::Bool
    {
        problems.add(names.wrong_type(switch.span, &param.ty, "a bool"));
    }
    if let Some(error) = error
        && let Some(ty) = names.output(error, problems)
        && names.members(ty).is_none()
    {
        problems.add(names.wrong_type(error.span, ty, "an object"));
    }
    let mut outputs = names.output.iter();
    if outputs.any(|output| output.location == Location::WholeBody) {
        problems.add(
            Diagnostic::new(spec.span, "an event holds the outputs by name")
                .label("cannot be a value without names")
                .help("remove `stream`, or `in: whole_body` of the output"),
        );
    }
    EventStream {
        switch: switch.as_ref().map(|switch| switch.value.to_owned()),
        error: error.as_ref().map(steps),
    }
}
