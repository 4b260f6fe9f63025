//! The named types of a service.

use std::collections::HashMap;

use crate::{
    diagnostic::{Diagnostic, Problems},
    hostile::quote,
    ident::{self, RESERVED_SETTERS},
    model::{EnumValue, Field, Shape, TypeDef, TypeRef},
    parse::foreign_word,
    resolve::{
        field::{check_values, resolve_fields},
        scope::{Claimant, Scope, check_variant},
    },
    spec::{Builtin, EnumValueSpec, Located, ShapeSpec, TypeExpression, TypeSpec},
    suggest,
    word::Word,
};

/// The types that have been declared, in the order of the model.
#[derive(Default)]
pub(crate) struct Types<'a> {
    specs: Vec<&'a TypeSpec<'a>>,
    definitions: Vec<TypeDef>,
    names: HashMap<&'a str, usize>,
}

impl<'a> Types<'a> {
    /// Adds a type; its members are resolved when all types are known.
    pub(crate) fn declare(
        &mut self,
        spec: &'a TypeSpec<'a>,
        owner: Option<usize>,
        idents: &mut Scope<'a>,
        problems: &mut Problems,
    ) {
        if let Some(first) = self.names.get(spec.name.value) {
            let remedy = match (owner, self.definitions[*first].owner) {
                (None, None) => "remove one of them",
                _ => "move a type that several actions use to service.yaml, or rename one of them",
            };
            problems.add(
                Diagnostic::new(
                    spec.name.span,
                    format!("the type {} is declared twice", quote(spec.name.value)),
                )
                .label("here again")
                .related(self.specs[*first].name.span, "first declared here")
                .help(remedy),
            );
            return;
        }
        let ident = match &spec.rust_name {
            Some(name) => name.value.to_owned(),
            None => ident::type_ident(spec.name.value),
        };
        let what = Claimant::new("the type", spec.name.value);
        idents.claim(ident.clone(), what, spec.name.span, problems);
        self.names.insert(spec.name.value, self.definitions.len());
        self.specs.push(spec);
        self.definitions.push(TypeDef {
            name: spec.name.value.to_owned(),
            ident,
            doc: spec.doc.to_owned(),
            owner,
            input: false,
            output: false,
            shape: Shape::Object(Vec::new()),
        });
    }

    /// Resolves the members of all types, then their defaults and examples, which may be values of
    /// any type.
    pub(crate) fn resolve_shapes(&mut self, problems: &mut Problems) {
        let shapes: Vec<_> = self
            .specs
            .iter()
            .zip(&self.definitions)
            .map(|(spec, definition)| self.shape(spec, definition.owner, problems))
            .collect();
        for (definition, shape) in self.definitions.iter_mut().zip(shapes) {
            definition.shape = shape;
        }
        for (spec, definition) in self.specs.iter().zip(&self.definitions) {
            if let (ShapeSpec::Object(specs), Shape::Object(fields)) =
                (&spec.shape, &definition.shape)
            {
                for (spec, field) in specs.iter().zip(fields) {
                    check_values(spec, field, &self.definitions, problems);
                }
            }
        }
    }

    fn shape(&self, spec: &TypeSpec<'_>, owner: Option<usize>, problems: &mut Problems) -> Shape {
        match &spec.shape {
            ShapeSpec::Object(fields) => {
                Shape::Object(resolve_fields(fields, self, owner, problems))
            }
            ShapeSpec::IntegerEnum(values) => Shape::IntegerEnum(enum_values(values, problems)),
            ShapeSpec::StringEnum(values) => Shape::StringEnum(enum_values(values, problems)),
        }
    }

    pub(crate) fn definitions(&self) -> &[TypeDef] {
        &self.definitions
    }

    pub(crate) fn into_definitions(self) -> Vec<TypeDef> {
        self.definitions
    }

    /// Looks up the names of a type. `owner` is the action that mentions it.
    pub(crate) fn resolve(
        &self,
        expression: &TypeExpression<'_>,
        owner: Option<usize>,
        problems: &mut Problems,
    ) -> Option<TypeRef> {
        Some(match expression {
            TypeExpression::Builtin(builtin) => builtin_ref(*builtin),
            TypeExpression::List(item) => {
                TypeRef::List(Box::new(self.resolve(item, owner, problems)?))
            }
            TypeExpression::Map(item) => {
                TypeRef::Map(Box::new(self.resolve(item, owner, problems)?))
            }
            TypeExpression::Named(name) => TypeRef::Named(self.lookup(name, owner, problems)?),
        })
    }

    fn lookup(
        &self,
        name: &Located<&str>,
        owner: Option<usize>,
        problems: &mut Problems,
    ) -> Option<usize> {
        let visible = |index: usize| {
            let declared = self.definitions[index].owner;
            declared.is_none() || declared == owner
        };
        match self.names.get(name.value) {
            Some(&index) if visible(index) => Some(index),
            Some(&index) => {
                problems.add(
                    Diagnostic::new(
                        name.span,
                        format!("the type {} belongs to another action", quote(name.value)),
                    )
                    .label("used here")
                    .related(self.specs[index].name.span, "declared for one action only")
                    .help("move the type to service.yaml, where all actions can use it"),
                );
                None
            }
            None => {
                problems.add_with(|| {
                    let known = self.names.iter().filter(|(_, index)| visible(**index));
                    let mut names: Vec<&str> = known.map(|(name, _)| *name).collect();
                    names.sort_unstable();
                    unknown_type(name, &names)
                });
                None
            }
        }
    }

    /// Marks the types that fields reach as used in requests or replies.
    pub(crate) fn reach(&mut self, fields: &[Field], flag: fn(&mut TypeDef) -> &mut bool) {
        let mut pending: Vec<usize> = fields.iter().filter_map(|field| named(&field.ty)).collect();
        while let Some(index) = pending.pop() {
            let reached = flag(&mut self.definitions[index]);
            if !std::mem::replace(reached, true)
                && let Shape::Object(fields) = &self.definitions[index].shape
            {
                pending.extend(fields.iter().filter_map(|field| named(&field.ty)));
            }
        }
    }

    /// Types of requests get a setter per member next to their constructor.
    pub(crate) fn check_inputs(&self, problems: &mut Problems) {
        for (spec, definition) in self.specs.iter().zip(&self.definitions) {
            if let (ShapeSpec::Object(specs), Shape::Object(fields)) =
                (&spec.shape, &definition.shape)
                && definition.input
            {
                let mut setters = Scope::new(RESERVED_SETTERS);
                for (spec, field) in specs
                    .iter()
                    .zip(fields)
                    .filter(|(_, field)| RESERVED_SETTERS.contains(&field.ident.as_str()))
                {
                    setters.claim(
                        field.ident.clone(),
                        Claimant::new("", spec.name.value),
                        spec.name.span,
                        problems,
                    );
                }
            }
        }
    }
}

/// The named type inside of lists and maps.
fn named(ty: &TypeRef) -> Option<usize> {
    match ty {
        TypeRef::List(item) | TypeRef::Map(item) => named(item),
        TypeRef::Named(index) => Some(*index),
        _ => None,
    }
}

fn builtin_ref(builtin: Builtin) -> TypeRef {
    match builtin {
        Builtin::String => TypeRef::String,
        Builtin::Bool => TypeRef::Bool,
        Builtin::Int32 => TypeRef::Int32,
        Builtin::Int64 => TypeRef::Int64,
        Builtin::Uint32 => TypeRef::Uint32,
        Builtin::Uint64 => TypeRef::Uint64,
        Builtin::Float => TypeRef::Float,
        Builtin::Bytes => TypeRef::Bytes,
        Builtin::Seconds => TypeRef::Seconds,
        Builtin::Milliseconds => TypeRef::Milliseconds,
        Builtin::Date => TypeRef::Date,
        Builtin::DateTime => TypeRef::DateTime,
        Builtin::Json => TypeRef::Json,
    }
}

fn unknown_type(name: &Located<&str>, names: &[&str]) -> Diagnostic {
    let problem = Diagnostic::new(name.span, format!("unknown type {}", quote(name.value)))
        .label("neither a type of the language nor declared");
    if let Some(own) = foreign_word(name.value) {
        return problem.help(format!("did you mean `{own}`?"));
    }
    let builtins = Builtin::ALL.iter().map(|(word, ..)| *word);
    let known = builtins.clone().chain(names.iter().copied());
    match suggest::did_you_mean(name.value, known) {
        Some(question) => problem.help(question),
        None => problem
            .help("declare it under `types`, here or in service.yaml")
            .help(format!(
                "the types of the language are {}",
                builtins.collect::<Vec<_>>().join(", ")
            )),
    }
}

fn enum_values<T: Copy + ToString, V: From<T>>(
    specs: &[EnumValueSpec<'_, T>],
    problems: &mut Problems,
) -> Vec<EnumValue<V>> {
    let mut variants = Scope::new(&["Unknown"]);
    let values = specs.iter().map(|spec| {
        let text = spec.value.value.to_string();
        let ident = match &spec.rust_name {
            Some(name) => name.value.to_owned(),
            None => ident::variant_ident(&text),
        };
        let (what, span) = (Claimant::new("", text), spec.value.span);
        check_variant(&ident, &what, spec.rust_name.is_some(), span, problems);
        variants.claim(ident.clone(), what, span, problems);
        EnumValue {
            value: spec.value.value.into(),
            ident,
            doc: spec.doc.to_owned(),
        }
    });
    values.collect()
}
