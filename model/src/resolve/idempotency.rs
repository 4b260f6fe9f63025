//! Tokens by which a vendor recognises a request that it has executed already.

use crate::{
    diagnostic::{Diagnostic, Problems, Span},
    hostile::quote,
    model::{Field, Location, TypeRef},
    resolve::value,
    spec::{ActionSpec, FieldSpec, Located},
};

/// What a client makes up: a UUID.
const SAMPLE: &str = "550e8400-e29b-41d4-a716-446655440000";

/// Checks that an action has one token at most, and that a client can make it up.
pub(crate) fn check_idempotency_token(
    spec: &ActionSpec<'_>,
    params: &[Field],
    problems: &mut Problems,
) {
    let mut first: Option<&Located<bool>> = None;
    for (field, param) in spec.params.iter().zip(params) {
        let Some(token) = field.idempotency_token.as_ref().filter(|token| token.value) else {
            continue;
        };
        if let Some(first) = first {
            problems.add(
                Diagnostic::new(token.span, "an action has one idempotency token at most")
                    .label("this is another one")
                    .related(first.span, "the first one")
                    .help("remove one of the two"),
            );
        }
        first = first.or(Some(token));
        check_token(token, field, param, problems);
    }
}

/// Checks parameters that every action takes: what makes a request its own is for an action to say.
pub(crate) fn check_common_tokens(specs: &[FieldSpec<'_>], problems: &mut Problems) {
    for token in specs
        .iter()
        .filter_map(|spec| spec.idempotency_token.as_ref())
    {
        problems.add(
            Diagnostic::new(token.span, "not every action takes an idempotency token")
                .label("only for parameters of one action")
                .help("remove it, or describe the parameter with its action"),
        );
    }
}

fn check_token(
    token: &Located<bool>,
    spec: &FieldSpec<'_>,
    param: &Field,
    problems: &mut Problems,
) {
    let problem = if param.ty != TypeRef::String {
        let message = format!(
            "an idempotency token is a string, not {}",
            value::describe(&param.ty)
        );
        Diagnostic::new(token.span, message)
            .label("has the wrong type")
            .help("change the type, or remove `idempotency_token`")
    } else if param.set_by_client {
        Diagnostic::new(token.span, "the caller may choose an idempotency token")
            .label("hidden from the caller by `set_by: client`")
            .help("remove `set_by`")
    } else if matches!(param.location, Location::Path | Location::WholeBody) {
        Diagnostic::new(
            token.span,
            "an idempotency token stands beside other inputs",
        )
        .label("cannot be made up by the client at this place")
        .help("correct `in`, or remove `idempotency_token`")
    } else if let Some(span) = refuses_sample(spec, param) {
        Diagnostic::new(token.span, "the client cannot make up such a token")
            .label("a token of the client is a UUID of 36 characters")
            .related(span, "which this does not allow")
            .help(format!("allow for {}", quote(SAMPLE)))
    } else {
        return;
    };
    problems.add(problem);
}

/// The place of what a client's token does not satisfy.
fn refuses_sample(spec: &FieldSpec<'_>, param: &Field) -> Option<Span> {
    let length = SAMPLE.len() as u64;
    let (least, most) = param.length.unwrap_or_default();
    if least.is_some_and(|least| least > length) || most.is_some_and(|most| most < length) {
        return spec.length.as_ref().map(|length| length.span);
    }
    let pattern = spec.pattern.as_ref()?;
    let regex = regex_lite::Regex::new(&format!("^(?:{})$", pattern.value)).ok()?;
    (!regex.is_match(SAMPLE)).then_some(pattern.span)
}
