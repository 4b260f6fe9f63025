//! Whether a pagination names inputs and outputs that can do what it wants of them.

use crate::{
    diagnostic::Problems,
    model::{PageStyle, Pagination, TypeRef},
    resolve::{
        names::{Names, steps},
        value,
    },
    spec::{Located, PageStyleSpec, PaginationSpec},
};

/// Resolves a pagination among the fields of its action.
pub(crate) struct Pages<'a>(pub(crate) &'a Names<'a>);

impl Pages<'_> {
    pub(crate) fn resolve(
        &self,
        spec: &Located<PaginationSpec<'_>>,
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
                let param = token
                    .as_ref()
                    .and_then(|token| self.0.param(token, problems));
                let next = next
                    .as_ref()
                    .and_then(|next| Some((next, self.0.output(next, problems)?)));
                if let (Some(param), Some((next, ty))) = (param, &next)
                    && param.ty != **ty
                {
                    problems.add(self.0.wrong_type(next.span, ty, value::describe(&param.ty)));
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
        let ty = self.0.output(items, problems)?;
        if !matches!(ty, TypeRef::List(_)) {
            problems.add(self.0.wrong_type(items.span, ty, "a list"));
        }
        if let Some(total) = total
            && let Some(ty) = self.0.output(total, problems)
            && !is_integer(ty)
        {
            problems.add(self.0.wrong_type(total.span, ty, "a whole number"));
        }
        Some(Pagination {
            style,
            items: steps(items),
            total: total.as_ref().map(steps),
        })
    }

    /// The name of an input that holds a whole number, which some vendors take as a string.
    fn number(&self, name: Option<&Located<&str>>, problems: &mut Problems) -> String {
        let Some(name) = name else {
            return String::new();
        };
        if let Some(param) = self.0.param(name, problems)
            && !is_integer(&param.ty)
            && param.ty != TypeRef::String
        {
            problems.add(self.0.wrong_type(name.span, &param.ty, "a whole number"));
        }
        name.value.to_owned()
    }
}

fn is_integer(ty: &TypeRef) -> bool {
    matches!(
        ty,
        TypeRef::Int32 | TypeRef::Int64 | TypeRef::Uint32 | TypeRef::Uint64
    )
}
