//! Inputs and outputs that another part of an action's description names.

use crate::{
    diagnostic::{Diagnostic, Problems, Span},
    hostile::quote,
    model::{Field, Shape, TypeDef, TypeRef},
    resolve::value,
    spec::Located,
    suggest,
};

/// The fields of an action, to look names up.
pub(crate) struct Names<'a> {
    pub(crate) params: &'a [Field],
    pub(crate) output: &'a [Field],
    pub(crate) types: &'a [TypeDef],
}

impl<'a> Names<'a> {
    pub(crate) fn param(&self, name: &Located<&str>, problems: &mut Problems) -> Option<&'a Field> {
        let param = self.params.iter().find(|param| param.name == name.value);
        if param.is_none() {
            problems.add(unknown(name.span, "parameter", name.value, self.params));
        }
        param
    }

    /// The type of an output that is written with dots between the steps.
    pub(crate) fn output(
        &self,
        path: &Located<&str>,
        problems: &mut Problems,
    ) -> Option<&'a TypeRef> {
        let mut fields = self.output;
        let mut found: Option<&'a TypeRef> = None;
        for step in path.value.split('.') {
            if let Some(ty) = found {
                let Some(members) = self.members(ty) else {
                    problems.add(self.wrong_type(path.span, ty, "an object"));
                    return None;
                };
                fields = members;
            }
            let Some(field) = fields.iter().find(|field| field.name == step) else {
                problems.add(unknown(path.span, "output", step, fields));
                return None;
            };
            found = Some(&field.ty);
        }
        found
    }

    /// The members of an object.
    pub(crate) fn members(&self, ty: &TypeRef) -> Option<&'a [Field]> {
        let TypeRef::Named(index) = ty else {
            return None;
        };
        match &self.types[*index].shape {
            Shape::Object(fields) => Some(fields),
            _ => None,
        }
    }

    pub(crate) fn wrong_type(&self, span: Span, ty: &TypeRef, expected: &str) -> Diagnostic {
        let found = match ty {
            TypeRef::Named(index) => quote(&self.types[*index].name),
            _ => value::describe(ty).to_owned(),
        };
        Diagnostic::new(span, format!("expected {expected}, but this is {found}"))
            .label("has the wrong type")
            .help("name another field, or correct its type")
    }
}

/// The steps of a path that is written with dots.
pub(crate) fn steps(path: &Located<&str>) -> Vec<String> {
    path.value.split('.').map(str::to_owned).collect()
}

fn unknown(span: Span, kind: &str, name: &str, fields: &[Field]) -> Diagnostic {
    let names = fields.iter().map(|field| field.name.as_str());
    let help = suggest::known_names(name, names, &format!("{kind}s"));
    Diagnostic::new(span, format!("there is no {kind} {}", quote(name)))
        .label("unknown name")
        .help(help)
}
