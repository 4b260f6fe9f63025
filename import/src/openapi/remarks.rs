//! What an import could not express.

use std::{cell::Cell, cell::RefCell, collections::BTreeSet, fmt};

use super::documents::At;
use crate::error::ImportError;

/// Something of a document that the specification does not say, or says differently.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Remark {
    /// Where it stands in the document: `room/close.yaml:12:9`.
    pub place: String,
    /// What became of it, and why.
    pub text: String,
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.text)
    }
}

/// What a remark is about. Those about operations and types that are not imported are of no
/// interest to anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Owner {
    Document,
    Operation(usize),
    /// An operation that the language cannot express.
    LeftOut(usize),
    Definition(usize),
}

/// Why an operation, or a part of one, is left out; or why there is no import at all.
pub(super) enum Stop<'d> {
    Error(ImportError),
    Inexpressible { at: At<'d>, reason: String },
}

impl From<ImportError> for Stop<'_> {
    fn from(error: ImportError) -> Self {
        Self::Error(error)
    }
}

impl<'d> Stop<'d> {
    pub(super) fn inexpressible(at: &At<'d>, reason: impl Into<String>) -> Self {
        Self::Inexpressible {
            at: at.clone(),
            reason: reason.into(),
        }
    }
}

/// A remark, behind what decides its place among the others: the document, and line and column.
type Entry = (usize, (usize, usize), Owner, Remark);

/// Collects remarks.
#[derive(Debug)]
pub(super) struct Remarks {
    list: RefCell<BTreeSet<Entry>>,
    owner: Cell<Owner>,
}

impl Remarks {
    pub(super) fn new() -> Self {
        Self {
            list: RefCell::default(),
            owner: Cell::new(Owner::Document),
        }
    }

    /// Says what the following remarks are about, and returns what those before were about.
    pub(super) fn about(&self, owner: Owner) -> Owner {
        self.owner.replace(owner)
    }

    pub(super) fn add(&self, at: &At<'_>, text: impl Into<String>) {
        let remark = Remark {
            place: at.place(),
            text: text.into(),
        };
        let entry = (at.document(), at.position(), self.owner.get(), remark);
        self.list.borrow_mut().insert(entry);
    }

    /// The remarks about what is imported, in the order of the documents.
    pub(super) fn into_list(self, is_imported: impl Fn(Owner) -> bool) -> Vec<Remark> {
        let list = self.list.into_inner().into_iter();
        let list = list.filter(|(.., owner, _)| is_imported(*owner));
        let mut remarks: Vec<_> = list.map(|(.., remark)| remark).collect();
        remarks.dedup();
        remarks
    }
}
