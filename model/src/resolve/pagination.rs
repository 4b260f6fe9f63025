//! Whether a pagination names inputs and outputs that can do what it wants of them.

use crate::{
    diagnostic::{Diagnostic, Problems, Span},
    hostile::quote,
    model::{Field, PageStyle, Pagination, Shape, TypeDef, TypeRef},
    resolve::value,
    spec::{Located, PageStyleSpec, PaginationSpec},
    suggest,
};

/// The fields of the action that is walked through.
pub(crate) struct Pages<'a> {
    pub(crate) params: &'a [Field],
    pub(crate) output: &'a [Field],
    pub(crate) types: &'a [TypeDef],
}

impl Pages<'_> {
    pub(crate) fn resolve(
        &self,
        spec: &Located<PaginationSpec>,
        problems: &mut Problems,
    ) -> Option<Pagination> {
        let PaginationSpec {
            style,
            items,
            total,
        } = &spec.value;
        let style = match style {
            PageStyleSpec::Number { page, first, size } => PageStyle::Number {
                page: self.number(page.as_ref(), problems),
                first: *first,
                size: self.number(size.as_ref(), problems),
            },
            PageStyleSpec::Offset { offset, limit } => PageStyle::Offset {
                offset: self.number(offset.as_ref(), problems),
                limit: self.number(limit.as_ref(), problems),
            },
            PageStyleSpec::Token { token, next, limit } => {
                let param = token.as_ref().and_then(|token| self.param(token, problems));
                let next = next
                    .as_ref()
                    .and_then(|next| Some((next, self.output(next, problems)?)));
                if let (Some(param), Some((next, ty))) = (param, &next)
                    && param.ty != **ty
                {
                    problems.add(self.wrong_type(next.span, ty, value::describe(&param.ty)));
                }
                PageStyle::Token {
                    token: param.map(|param| param.name.clone()).unwrap_or_default(),
                    next: next.map(|(next, _)| steps(next)).unwrap_or_default(),
                    limit: limit
                        .as_ref()
                        .map(|limit| self.number(Some(limit), problems)),
                }
            }
        };
        let items = items.as_ref()?;
        let ty = self.output(items, problems)?;
        if !matches!(ty, TypeRef::List(_)) {
            problems.add(self.wrong_type(items.span, ty, "a list"));
        }
        if let Some(total) = total
            && let Some(ty) = self.output(total, problems)
            && !is_integer(ty)
        {
            problems.add(self.wrong_type(total.span, ty, "a whole number"));
        }
        Some(Pagination {
            style,
            items: steps(items),
            total: total.as_ref().map(steps),
        })
    }

    /// The name of an input that holds a whole number.
    fn number(&self, name: Option<&Located<String>>, problems: &mut Problems) -> String {
        let Some(name) = name else {
            return String::new();
        };
        if let Some(param) = self.param(name, problems)
            && !is_integer(&param.ty)
        {
            problems.add(self.wrong_type(name.span, &param.ty, "a whole number"));
        }
        name.value.clone()
    }

    fn param(&self, name: &Located<String>, problems: &mut Problems) -> Option<&Field> {
        let param = self.params.iter().find(|param| param.name == name.value);
        if param.is_none() {
            problems.add(unknown(name.span, "parameter", &name.value, self.params));
        }
        param
    }

    /// The type of an output that is written with dots between the steps.
    fn output(&self, path: &Located<String>, problems: &mut Problems) -> Option<&TypeRef> {
        let mut fields = self.output;
        let mut found: Option<&TypeRef> = None;
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

    fn members(&self, ty: &TypeRef) -> Option<&[Field]> {
        let TypeRef::Named(index) = ty else {
            return None;
        };
        match &self.types[*index].shape {
            Shape::Object(fields) => Some(fields),
            _ => None,
        }
    }

    fn wrong_type(&self, span: Span, ty: &TypeRef, expected: &str) -> Diagnostic {
        let found = match ty {
            TypeRef::Named(index) => quote(&self.types[*index].name),
            _ => value::describe(ty).to_owned(),
        };
        Diagnostic::new(span, format!("expected {expected}, but this is {found}"))
            .label("has the wrong type")
            .help("name another field, or correct its type")
    }
}

fn steps(path: &Located<String>) -> Vec<String> {
    path.value.split('.').map(str::to_owned).collect()
}

fn is_integer(ty: &TypeRef) -> bool {
    matches!(
        ty,
        TypeRef::Int32 | TypeRef::Int64 | TypeRef::Uint32 | TypeRef::Uint64
    )
}

fn unknown(span: Span, kind: &str, name: &str, fields: &[Field]) -> Diagnostic {
    let names = fields.iter().map(|field| field.name.as_str());
    let help = suggest::known_names(name, names, &format!("{kind}s"));
    Diagnostic::new(span, format!("there is no {kind} {}", quote(name)))
        .label("unknown name")
        .help(help)
}
