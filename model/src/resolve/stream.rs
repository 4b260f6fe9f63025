//! Whether a stream of events names inputs and outputs that can do what it wants of them.

use crate::{
    diagnostic::{Diagnostic, Problems},
    model::{EventStream, Location, Shape, StreamError, TypeRef},
    resolve::names::{Names, steps},
    spec::{EventStreamSpec, Located},
};

pub(crate) fn resolve_stream(
    spec: &Located<EventStreamSpec<'_>>,
    names: &Names<'_>,
    problems: &mut Problems,
) -> EventStream {
    let switch = &spec.value.switch;
    if let Some(switch) = switch
        && let Some(param) = names.param(switch, problems)
        && param.ty != TypeRef::Bool
    {
        problems.add(names.wrong_type(switch.span, &param.ty, "a bool"));
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
        error: resolve_error(&spec.value, names, problems),
    }
}

fn resolve_error(
    spec: &EventStreamSpec<'_>,
    names: &Names<'_>,
    problems: &mut Problems,
) -> Option<StreamError> {
    let EventStreamSpec {
        error,
        error_code,
        error_message,
        ..
    } = spec;
    let mut check = |path: &Option<Located<&str>>, fits: Fits, expected: &str| {
        if let Some(path) = path
            && let Some(ty) = names.output(path, problems)
            && !fits(names, ty)
        {
            problems.add(names.wrong_type(path.span, ty, expected));
        }
    };
    check(error, |names, ty| names.members(ty).is_some(), "an object");
    check(error_code, is_code, "a string or a whole number");
    check(error_message, |_, ty| *ty == TypeRef::String, "a string");
    match (error, error_code, error_message) {
        (Some(error), Some(other), _) | (Some(error), None, Some(other)) => {
            let problem = Diagnostic::new(other.span, "an error stands in one place");
            problems.add(
                problem
                    .label("a second place")
                    .related(error.span, "the first")
                    .help("name an object in `error`, or single outputs in the other keys"),
            );
            None
        }
        (Some(error), None, None) => Some(StreamError::Object(steps(error))),
        (None, Some(code), message) => Some(StreamError::Members {
            code: steps(code),
            message: message.as_ref().map(steps),
        }),
        (None, None, Some(message)) => {
            let problem = Diagnostic::new(message.span, "a message alone tells of no error");
            problems.add(
                problem.label("needs a code").help(
                    "add `error_code`: the output that is there where an event holds an error",
                ),
            );
            None
        }
        (None, None, None) => None,
    }
}

/// Whether an output has the wanted type.
type Fits = fn(&Names<'_>, &TypeRef) -> bool;

fn is_code(names: &Names<'_>, ty: &TypeRef) -> bool {
    match ty {
        TypeRef::String | TypeRef::Int32 | TypeRef::Int64 | TypeRef::Uint32 | TypeRef::Uint64 => {
            true
        }
        TypeRef::Named(index) => !matches!(names.types[*index].shape, Shape::Object(_)),
        _ => false,
    }
}
