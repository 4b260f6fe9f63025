//! Examples: requests fit their action, replies have the action's envelope.
//!
//! What is inside of a reply is not checked: vendors contradict their own descriptions there, and
//! the examples are kept because they show it.

use serde_json::Value;

use crate::{
    diagnostic::{Diagnostic, Problems, Span},
    json,
    model::{Envelope, Example, Field, TypeDef},
    resolve::value,
    spec::ExampleSpec,
    yaml::{Node, NodeKind},
};

pub(crate) fn resolve_example(
    spec: &ExampleSpec<'_>,
    fields: (&[Field], &[Field]),
    envelope: Envelope,
    types: &[TypeDef],
    problems: &mut Problems,
) -> Example {
    if let Some(request) = spec.request {
        check_request(request, fields, types, problems);
    }
    if let Some(response) = spec.response {
        check_response(response, envelope, problems);
    }
    Example {
        title: spec.title.to_owned(),
        method: spec.method,
        request: match spec.request.and_then(|node| json::value(node, problems)) {
            Some(Value::Object(members)) => members,
            // Anything else has been reported.
            _ => serde_json::Map::new(),
        },
        status: spec.status,
        response: spec.response.and_then(|node| json::value(node, problems)),
    }
}

/// Common parameters may be shown, and may be left out even if they are required.
fn check_request(
    request: &Node<'_>,
    (params, common): (&[Field], &[Field]),
    types: &[TypeDef],
    problems: &mut Problems,
) {
    let NodeKind::Mapping(entries) = &request.kind else {
        return;
    };
    value::check_members(entries, (params, common), request.span, types, problems);
}

fn check_response(response: &Node<'_>, envelope: Envelope, problems: &mut Problems) {
    let expected = match envelope {
        Envelope::Bare => return,
        Envelope::Response => "Response",
        Envelope::CodeData | Envelope::CodeFlat => "Code",
    };
    let entries = match &response.kind {
        NodeKind::Mapping(entries) => entries.as_slice(),
        NodeKind::Invalid => return,
        _ => &[],
    };
    let fits = match entries.iter().find(|(key, _)| key.text == expected) {
        None => false,
        Some((_, node)) => {
            envelope != Envelope::Response || matches!(node.kind, NodeKind::Mapping(_))
        }
    };
    if !fits {
        let span = entries.first().map_or(response.span, |(key, _)| key.span);
        problems.add(no_envelope(span, envelope));
    }
}

fn no_envelope(span: Span, envelope: Envelope) -> Diagnostic {
    let problem = Diagnostic::new(span, "the reply has another envelope than the action");
    match envelope {
        Envelope::Response => problem
            .label("expected `Response` with the outputs inside")
            .help("write the whole reply: `response: { Response: {…} }`"),
        _ => problem
            .label("expected `Code` next to the outputs")
            .help("write the whole reply: `response: { Code: 0, … }`"),
    }
    .help("or change `envelope`")
}
