//! Examples: requests fit their action, replies have the action's envelope.
//!
//! What is inside of a reply is not checked: vendors contradict their own descriptions there, and
//! the examples are kept because they show it.

use crate::{
    diagnostic::{Diagnostic, Problems, Span},
    model::{Envelope, Example, Field, TypeDef},
    resolve::value,
    spec::ExampleSpec,
    yaml::{Node, NodeKind},
};

pub(crate) fn resolve_example(
    spec: &ExampleSpec,
    fields: (&[Field], &[Field]),
    envelope: Envelope,
    types: &[TypeDef],
    problems: &mut Problems,
) -> Example {
    if let Some(request) = &spec.request {
        check_request(request, fields, types, problems);
    }
    if let Some(response) = &spec.response {
        check_response(response, envelope, problems);
    }
    Example {
        title: spec.title.clone(),
        method: spec.method,
        request: spec.request_value.clone(),
        status: spec.status,
        response: spec.response_value.clone(),
    }
}

/// Common parameters may be shown, and may be left out even if they are required.
fn check_request(
    request: &Node,
    (params, common): (&[Field], &[Field]),
    types: &[TypeDef],
    problems: &mut Problems,
) {
    let NodeKind::Mapping(entries) = &request.kind else {
        return;
    };
    let is_common = |name: &str| {
        params.iter().all(|param| param.name != name)
            && common.iter().any(|param| param.name == name)
    };
    let (shared, own): (Vec<_>, Vec<_>) = entries
        .iter()
        .cloned()
        .partition(|(key, _)| is_common(&key.text));
    let params: Vec<_> = params.iter().collect();
    value::check_members(&own, &params, request.span, types, problems);
    for (key, node) in &shared {
        for field in common.iter().filter(|field| field.name == key.text) {
            value::check_field(node, field, types, problems);
        }
    }
}

fn check_response(response: &Node, envelope: Envelope, problems: &mut Problems) {
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
