//! Where inputs and outputs travel, and what cannot travel there.

use crate::{
    diagnostic::{Diagnostic, Problems},
    ident::RESERVED_SETTERS,
    model::{Envelope, Field, Location, Method, TypeDef},
    resolve::{
        scope::{Claimant, Scope},
        value,
    },
    spec::{ActionSpec, FieldSpec, Located},
};

/// Checks where parameters travel, and that their setters have names of their own.
pub(crate) fn check_params(
    spec: &ActionSpec<'_>,
    params: &[Field],
    method: Method,
    types: &[TypeDef],
    problems: &mut Problems,
) {
    let mut setters = Scope::new(RESERVED_SETTERS);
    for (field, param) in spec.params.iter().zip(params) {
        if RESERVED_SETTERS.contains(&param.ident.as_str()) && !param.set_by_client {
            setters.claim(
                param.ident.clone(),
                Claimant::new("", field.name.value),
                field.name.span,
                problems,
            );
        }
        check_location(field, param, method, types, problems);
        check_header(field, problems);
    }
    check_body(spec, params, method, problems);
}

/// Checks parameters that every action takes: what a body consists of is for an action to say.
pub(crate) fn check_common_params(specs: &[FieldSpec<'_>], problems: &mut Problems) {
    for spec in specs {
        check_header(spec, problems);
        if let Some(location) = &spec.location
            && matches!(location.value, Location::Part | Location::WholeBody)
        {
            problems.add(
                Diagnostic::new(location.span, "not every action has such a body")
                    .label("only for parameters of one action")
                    .help("remove `in`, or describe the parameter with its action"),
            );
        }
    }
}

/// Checks that an output is the whole body only where nothing stands beside it.
pub(crate) fn check_output(spec: &ActionSpec<'_>, envelope: Envelope, problems: &mut Problems) {
    for field in &spec.output {
        let Some(location) = &field.location else {
            continue;
        };
        if location.value != Location::WholeBody {
            problems.add(
                Diagnostic::new(location.span, "outputs travel in the body")
                    .label("expected `whole_body`")
                    .help("remove `in`, or write `in: whole_body` where the reply is this value itself"),
            );
        } else if matches!(envelope, Envelope::Response | Envelope::CodeFlat) {
            problems.add(
                Diagnostic::new(location.span, "this envelope keeps more beside the outputs")
                    .label("can never be the whole body")
                    .help("remove `in: whole_body`, or add `envelope: bare`"),
            );
        } else if let Some(other) = spec
            .output
            .iter()
            .find(|other| !std::ptr::eq(*other, field))
        {
            problems.add(
                Diagnostic::new(
                    location.span,
                    "the body cannot be one output and hold another",
                )
                .label("this is the whole body")
                .related(other.name.span, "but this is an output as well")
                .help("remove one of the two"),
            );
        }
    }
}

fn check_location(
    spec: &FieldSpec<'_>,
    param: &Field,
    method: Method,
    types: &[TypeDef],
    problems: &mut Problems,
) {
    let Some(location) = &spec.location else {
        return;
    };
    let is_in_body = matches!(
        location.value,
        Location::Body | Location::Part | Location::WholeBody
    );
    if is_in_body && method == Method::Get {
        problems.add(
            Diagnostic::new(location.span, "this request has no body")
                .label("cannot travel in the body")
                .help("remove `in`, or add `method: POST`"),
        );
    } else if location.value == Location::Header && !value::is_single(&param.ty, types) {
        problems.add(
            Diagnostic::new(
                location.span,
                format!("{} cannot travel in a header", value::describe(&param.ty)),
            )
            .label("expected a single value")
            .help("use a string, a number or an enumeration"),
        );
    }
}

/// The headers that say where a message goes, where it ends, and who carries it.
const OWNED_BY_HTTP: [&str; 13] = [
    "Accept-Encoding",
    "Connection",
    "Content-Encoding",
    "Content-Length",
    "Expect",
    "Host",
    "Keep-Alive",
    "Proxy-Authorization",
    "Proxy-Connection",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
];

/// Checks that callers cannot write a header that would change what the request is.
fn check_header(spec: &FieldSpec<'_>, problems: &mut Problems) {
    let name = spec.name.value;
    let is_header = matches!(&spec.location, Some(location) if location.value == Location::Header);
    let is_owned = OWNED_BY_HTTP
        .iter()
        .any(|owned| owned.eq_ignore_ascii_case(name));
    if is_header && is_owned && spec.set_by.is_none() {
        problems.add(
            Diagnostic::new(
                spec.name.span,
                format!("the header `{name}` belongs to HTTP, not to an action"),
            )
            .label("a caller could change with it where the request goes, or where it ends")
            .help("remove the parameter, or add `set_by: client`"),
        );
    }
}

/// A body is an object, a form, or one value by itself.
fn check_body(spec: &ActionSpec<'_>, params: &[Field], method: Method, problems: &mut Problems) {
    let in_object = |param: &Field| match param.location {
        Location::Body => true,
        Location::Payload => matches!(method, Method::Post | Method::Put) && !param.set_by_client,
        _ => false,
    };
    let mut object = None;
    let mut form = None;
    let mut whole: Option<&Located<Location>> = None;
    for (field, param) in spec.params.iter().zip(params) {
        match (&field.location, param.location) {
            (Some(location), Location::Part) => form = form.or(Some(location)),
            (Some(location), Location::WholeBody) => {
                if let Some(first) = whole {
                    problems.add(
                        Diagnostic::new(location.span, "a body can be only one value")
                            .label("this is the whole body")
                            .related(first.span, "but this is as well")
                            .help("remove one of the two"),
                    );
                }
                whole = whole.or(Some(location));
            }
            _ if in_object(param) => object = object.or(Some(&field.name)),
            _ => {}
        }
    }
    let mut contradiction = |span, label: &str, other, help: &str| {
        problems.add(
            Diagnostic::new(span, "a body cannot be two things at once")
                .label(label)
                .related(other, "this parameter makes it another thing")
                .help(help),
        );
    };
    if let (Some(whole), Some(other)) = (
        whole,
        form.map(|form| form.span).or(object.map(|name| name.span)),
    ) {
        let help = "let the other parameters travel in the path, the query string or headers";
        contradiction(whole.span, "this is the whole body", other, help);
    } else if let (Some(form), Some(object)) = (form, object) {
        let help = "give all parameters of the body `in: part`, or none";
        contradiction(form.span, "this is a part of a form", object.span, help);
    }
}
