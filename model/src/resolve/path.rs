//! Path templates: `/v1/members/{account}`.

use crate::{
    diagnostic::{Diagnostic, Problems, Span},
    hostile::quote,
    model::{Dispatch, Field, Location, TypeDef},
    resolve::value,
    spec::{ActionSpec, FieldSpec},
    suggest,
};

/// The path of an action, checked against its parameters.
pub(crate) fn resolve_path(
    action: &ActionSpec<'_>,
    dispatch: Dispatch,
    (params, types): (&[Field], &[TypeDef]),
    problems: &mut Problems,
) -> String {
    let Some(path) = &action.path else {
        if dispatch == Dispatch::Path {
            problems.add(
                Diagnostic::new(action.name.span, "this action needs `path`")
                    .label("the provider tells actions apart by path")
                    .help("add `path: /v1/…`"),
            );
        }
        check_params(action, (params, types), &[], None, problems);
        return "/".to_owned();
    };
    let names = match placeholders(path.value) {
        Ok(names) => names,
        Err(message) => {
            problems.add(
                Diagnostic::new(path.span, message)
                    .label("not a path")
                    .help("write it as in `/v1/members/{account}`"),
            );
            return path.value.to_owned();
        }
    };
    check_params(action, (params, types), &names, Some(path.span), problems);
    path.value.to_owned()
}

/// The names in braces of a template.
fn placeholders(path: &str) -> Result<Vec<&str>, String> {
    if !path.starts_with('/') {
        return Err(format!("the path {} does not start with `/`", quote(path)));
    }
    let mut names = Vec::new();
    let segments: Vec<&str> = path[1..].split('/').collect();
    for (index, segment) in segments.iter().copied().enumerate() {
        let name = segment
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        let text = name.unwrap_or(segment);
        let legal = |c: char| c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@".contains(c);
        if let Some(c) = text.chars().find(|&c| !legal(c)) {
            let c = quote(&c.to_string());
            return Err(format!(
                "{c} cannot stand in the path's part {}",
                quote(segment)
            ));
        }
        let is_last = index + 1 == segments.len();
        if matches!(segment, "." | ".." | "{}") || (segment.is_empty() && !is_last) {
            return Err(format!(
                "the path has the part {}, which means nothing",
                quote(segment)
            ));
        }
        if let Some(name) = name {
            if names.contains(&name) {
                return Err(format!("the path holds {} twice", quote(segment)));
            }
            names.push(name);
        }
    }
    Ok(names)
}

/// Checks that the names in the path are those of the parameters in the path.
fn check_params(
    action: &ActionSpec<'_>,
    (params, types): (&[Field], &[TypeDef]),
    names: &[&str],
    path: Option<Span>,
    problems: &mut Problems,
) {
    for (spec, param) in action.params.iter().zip(params) {
        let in_path = names.contains(&param.name.as_str());
        match (param.location == Location::Path, in_path) {
            (true, true) => check_path_param(spec, param, types, problems),
            (true, false) => problems.add(not_in_path(action, spec, path)),
            (false, true) => problems.add(not_marked(spec, path)),
            (false, false) => {}
        }
    }
    let Some(path) = path else { return };
    for name in names
        .iter()
        .filter(|name| params.iter().all(|param| param.name != **name))
    {
        let known = params.iter().map(|param| param.name.as_str());
        let problem = Diagnostic::new(
            path,
            format!(
                "the path names a parameter {} that does not exist",
                quote(name)
            ),
        )
        .label("in this path");
        problems.add(
            problem.help(suggest::did_you_mean(name, known).unwrap_or_else(|| {
                format!("add {name} to `params`, with `in: path` and `required: true`")
            })),
        );
    }
}

fn check_path_param(
    spec: &FieldSpec<'_>,
    param: &Field,
    types: &[TypeDef],
    problems: &mut Problems,
) {
    if !param.required {
        problems.add(
            Diagnostic::new(spec.name.span, "a parameter in the path is always required")
                .label("needs `required: true`")
                .help("add `required: true`"),
        );
    }
    if !value::is_single(&param.ty, types) {
        let span = spec.ty.as_ref().map_or(spec.name.span, |ty| ty.span);
        problems.add(
            Diagnostic::new(
                span,
                format!("{} cannot stand in a path", value::describe(&param.ty)),
            )
            .label("expected a single value")
            .help("use a string, a number or an enumeration"),
        );
    }
}

fn not_in_path(action: &ActionSpec<'_>, spec: &FieldSpec<'_>, path: Option<Span>) -> Diagnostic {
    let name = spec.name.value;
    let span = spec
        .location
        .as_ref()
        .map_or(spec.name.span, |location| location.span);
    let problem = Diagnostic::new(span, format!("the path does not hold {}", quote(name)))
        .label("should stand in the path")
        .help(format!(
            "add `{{{name}}}` to the path, or remove `in: path`"
        ));
    match path {
        Some(path) => problem.related(path, "the path"),
        None => problem.related(action.name.span, "this action has no `path`"),
    }
}

fn not_marked(spec: &FieldSpec<'_>, path: Option<Span>) -> Diagnostic {
    let name = quote(spec.name.value);
    let problem = Diagnostic::new(
        spec.name.span,
        format!("{name} stands in the path without `in: path`"),
    )
    .label("needs `in: path`")
    .help("add `in: path` and `required: true`");
    match path {
        Some(path) => problem.related(path, "named here"),
        None => problem,
    }
}
