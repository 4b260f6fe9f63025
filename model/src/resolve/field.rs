//! Parameters, outputs and members.

use serde_json::{Number, Value};

use crate::{
    diagnostic::{Diagnostic, Problems},
    hostile::quote,
    ident, json,
    model::{Field, Location, Shape, TypeDef, TypeRef},
    resolve::{
        scope::{Claimant, Scope},
        types::Types,
        value,
    },
    spec::FieldSpec,
};

/// Resolves the fields of one object. `owner` is the action that they belong to.
pub(crate) fn resolve_fields(
    specs: &[FieldSpec<'_>],
    types: &Types<'_>,
    owner: Option<usize>,
    problems: &mut Problems,
) -> Vec<Field> {
    let mut idents = Scope::new(&[]);
    let fields = specs.iter().map(|spec| {
        let field = resolve_field(spec, types, owner, problems);
        if !field.set_by_client {
            idents.claim(
                field.ident.clone(),
                Claimant::new("", spec.name.value),
                spec.name.span,
                problems,
            );
        }
        field
    });
    fields.collect()
}

fn resolve_field(
    spec: &FieldSpec<'_>,
    types: &Types<'_>,
    owner: Option<usize>,
    problems: &mut Problems,
) -> Field {
    let ty = spec
        .ty
        .as_ref()
        .and_then(|ty| types.resolve(&ty.value, owner, problems));
    let known = ty.is_some();
    let name = spec.rust_name.as_ref().unwrap_or(&spec.name);
    let field = Field {
        name: spec.name.value.to_owned(),
        ident: ident::field_ident(name.value),
        ty: ty.unwrap_or(TypeRef::Json),
        doc: spec.doc.to_owned(),
        required: spec.required,
        nullable: spec.nullable,
        always: spec.always.as_ref().is_some_and(|always| always.value),
        set_by_client: spec.set_by.is_some(),
        idempotency_token: spec
            .idempotency_token
            .as_ref()
            .is_some_and(|token| token.value),
        sensitive: spec.sensitive,
        deprecated: spec.deprecated.map(str::to_owned),
        location: spec
            .location
            .as_ref()
            .map_or(Location::Payload, |location| location.value),
        arrays: spec.arrays.as_ref().map(|arrays| arrays.value),
        default: spec.default.and_then(|node| json::value(node, problems)),
        range: spec.range.as_ref().map(|range| {
            let (min, max) = &range.value;
            (
                min.clone().map(Value::Number),
                max.clone().map(Value::Number),
            )
        }),
        length: spec.length.as_ref().map(|length| length.value),
        pattern: spec.pattern.map(|pattern| pattern.value.to_owned()),
        example: spec.example.and_then(|node| json::value(node, problems)),
    };
    if known {
        check_attributes(spec, &field, problems);
    }
    field
}

/// Reports attributes that say nothing about the type.
fn check_attributes(spec: &FieldSpec<'_>, field: &Field, problems: &mut Problems) {
    let ty = &field.ty;
    let mut misplaced = |key: &str, span, accepts: &str| {
        problems.add(
            Diagnostic::new(
                span,
                format!("`{key}` says nothing about {}", value::describe(ty)),
            )
            .label(format!("only for {accepts}"))
            .help(format!(
                "remove it, or change the type of {}",
                quote(&field.name)
            )),
        );
    };
    if let Some(range) = &spec.range
        && !is_number(ty)
    {
        misplaced("range", range.span, "numbers");
    }
    if let Some(length) = &spec.length
        && !matches!(
            ty,
            TypeRef::String | TypeRef::Bytes | TypeRef::List(_) | TypeRef::Map(_)
        )
    {
        misplaced("length", length.span, "strings, lists and maps");
    }
    if let Some(pattern) = &spec.pattern
        && *ty != TypeRef::String
    {
        misplaced("pattern", pattern.span, "strings");
    }
    if let Some(arrays) = &spec.arrays
        && !matches!(ty, TypeRef::List(_))
    {
        misplaced("arrays", arrays.span, "lists");
    }
    if let Some(range) = &spec.range
        && is_number(ty)
    {
        let (min, max) = &range.value;
        for bound in [min, max]
            .into_iter()
            .flatten()
            .filter(|bound| !fits_width(bound, ty))
        {
            problems.add(
                Diagnostic::new(
                    range.span,
                    format!("{bound} is not {}", value::describe(ty)),
                )
                .label("this bound can never be reached")
                .help(format!(
                    "change the bound, or the type of {}",
                    quote(&field.name)
                )),
            );
        }
    }
}

fn is_number(ty: &TypeRef) -> bool {
    ty == &TypeRef::Float || value::width(ty).is_some()
}

fn fits_width(bound: &Number, ty: &TypeRef) -> bool {
    match value::width(ty) {
        None => true,
        Some(width) => value::integer(bound).is_some_and(|bound| width.contains(&bound)),
    }
}

/// Checks what can only be checked when all types are known: `always`, `default` and `example`.
pub(crate) fn check_values(
    spec: &FieldSpec<'_>,
    field: &Field,
    types: &[TypeDef],
    problems: &mut Problems,
) {
    if let (Some(always), TypeRef::Named(index)) = (&spec.always, &field.ty)
        && always.value
        && !matches!(types[*index].shape, Shape::Object(_))
    {
        problems.add(
            Diagnostic::new(always.span, "an enumeration cannot be guaranteed")
                .label("there is no value to assume if the vendor leaves it out")
                .help("remove `always`; the Rust field is an `Option`"),
        );
    }
    for node in [&spec.default, &spec.example].into_iter().flatten() {
        value::check_field(node, field, types, problems);
    }
}
