//! The documents of an API, and the ways from one of their parts to another.
//!
//! A part may stand in another file: whatever a `$ref` names is read as well. Addresses are not
//! fetched.

use std::{
    collections::HashMap,
    fmt, fs,
    path::{Component, Path, PathBuf},
};

use bindery_model::document::{Document, push_pointer};
use serde_json::Value;

use crate::{error::ImportError, files};

/// The largest document that is read, in bytes.
const MAX_BYTES: usize = 64 << 20;

/// How many references may follow one another.
const MAX_REFERENCES: usize = 64;

/// Documents that refer to one another.
#[derive(Debug)]
pub(super) struct Documents {
    list: Vec<Loaded>,
    by_path: HashMap<PathBuf, usize>,
}

#[derive(Debug)]
struct Loaded {
    /// The path as it is shown to people.
    shown: PathBuf,
    document: Document,
}

/// A part of a document.
#[derive(Clone)]
pub(super) struct At<'d> {
    documents: &'d Documents,
    document: usize,
    pointer: String,
    pub(super) value: &'d Value,
}

/// What tells a part from all others.
pub(super) type Node = (usize, String);

impl Documents {
    /// Reads documents and whatever they refer to. The given ones come first, in their order.
    pub(super) fn read(paths: &[PathBuf]) -> Result<Self, ImportError> {
        let mut documents = Self {
            list: Vec::new(),
            by_path: HashMap::new(),
        };
        for path in paths {
            documents.load(path)?;
        }
        let mut next = 0;
        while let Some(loaded) = documents.list.get(next) {
            let mut references = Vec::new();
            collect(loaded.document.value(), &mut references);
            let shown = loaded.shown.clone();
            for file in references {
                // What cannot be read is reported where it turns out to be needed.
                if let Some(path) = beside(&shown, &file) {
                    let _ = documents.load(&path);
                }
            }
            next += 1;
        }
        Ok(documents)
    }

    fn load(&mut self, path: &Path) -> Result<(), ImportError> {
        let place = normal(path);
        if !self.by_path.contains_key(&place) {
            let document = parse(path)?;
            self.by_path.insert(place, self.list.len());
            self.list.push(Loaded {
                shown: path.to_owned(),
                document,
            });
        }
        Ok(())
    }

    /// The whole of a document.
    pub(super) fn root(&self, document: usize) -> At<'_> {
        At {
            documents: self,
            document,
            pointer: String::new(),
            value: self.list[document].document.value(),
        }
    }

    /// The path of a document as it is shown to people.
    pub(super) fn path(&self, document: usize) -> &Path {
        &self.list[document].shown
    }
}

fn parse(path: &Path) -> Result<Document, ImportError> {
    let bytes = files::read(path)?;
    let malformed = |reason: &str| ImportError::Malformed {
        path: path.to_owned(),
        reason: reason.to_owned(),
    };
    if bytes.len() > MAX_BYTES {
        return Err(malformed("the file is too large"));
    }
    let text = String::from_utf8(bytes).map_err(|_| malformed("expected text in UTF-8"))?;
    Document::read(&path.display().to_string(), &text)
        .map_err(|problems| ImportError::Document(Box::new(problems)))
}

/// The files that a value refers to.
fn collect(value: &Value, files: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, files)),
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("$ref") {
                let file = reference.split('#').next().unwrap_or_default();
                if !file.is_empty() && !files.iter().any(|known| known == file) {
                    files.push(file.to_owned());
                }
            }
            members.values().for_each(|member| collect(member, files));
        }
        _ => {}
    }
}

/// The file that a reference in another one names. Only documents are read, and only those that are
/// named by the way to them.
fn beside(path: &Path, file: &str) -> Option<PathBuf> {
    let file = decode(file);
    let file = Path::new(&file);
    let extension = file.extension()?.to_str()?.to_ascii_lowercase();
    let is_document = matches!(extension.as_str(), "yaml" | "yml" | "json");
    if !is_document || !file.is_relative() || file.to_str()?.contains("://") {
        return None;
    }
    let mut beside = path.with_file_name("");
    for part in file.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(beside.components().next_back(), Some(Component::Normal(_))) =>
            {
                beside.pop();
            }
            part => beside.push(part),
        }
    }
    Some(beside)
}

/// One path for all ways of writing it.
fn normal(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// Replaces `%20` and the like by what they stand for.
fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let code = match (first, tail) {
            (b'%', [high, low, ..]) => std::str::from_utf8(&[*high, *low])
                .ok()
                .and_then(|digits| u8::from_str_radix(digits, 16).ok()),
            _ => None,
        };
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

impl<'d> At<'d> {
    /// What tells this part from all others.
    pub(super) fn node(&self) -> Node {
        (self.document, self.pointer.clone())
    }

    pub(super) fn pointer(&self) -> &str {
        &self.pointer
    }

    /// The index of the document.
    pub(super) fn document(&self) -> usize {
        self.document
    }

    /// The whole of the document.
    pub(super) fn root(&self) -> Self {
        self.documents.root(self.document)
    }

    /// The part behind a key, as it is written.
    pub(super) fn child(&self, key: &str) -> Option<Self> {
        let value = self.value.as_object()?.get(key)?;
        Some(self.step(key, value))
    }

    /// The part behind a key; where it is a reference, what that refers to.
    pub(super) fn follow(&self, key: &str) -> Result<Option<Self>, ImportError> {
        self.child(key).map(Self::resolved).transpose()
    }

    /// The text behind a key.
    pub(super) fn text(&self, key: &str) -> Option<&'d str> {
        self.value.as_object()?.get(key)?.as_str()
    }

    /// Whether a key says `true`.
    pub(super) fn flag(&self, key: &str) -> bool {
        matches!(self.value.get(key), Some(Value::Bool(true)))
    }

    /// The parts behind all keys, as they are written.
    pub(super) fn members(&self) -> impl Iterator<Item = (&'d str, Self)> {
        let members = self.value.as_object().into_iter().flatten();
        members.map(|(key, value)| (key.as_str(), self.step(key, value)))
    }

    /// The items of a list, as they are written.
    pub(super) fn items(&self) -> impl Iterator<Item = Self> {
        let items = self.value.as_array().into_iter().flatten().enumerate();
        items.map(|(index, value)| self.step(&index.to_string(), value))
    }

    fn step(&self, key: &str, value: &'d Value) -> Self {
        let mut pointer = self.pointer.clone();
        push_pointer(&mut pointer, key);
        Self {
            pointer,
            value,
            ..*self
        }
    }

    /// What a reference refers to; the part itself, if it is none.
    pub(super) fn resolved(self) -> Result<Self, ImportError> {
        self.resolved_within(MAX_REFERENCES)
    }

    /// The same, as long as no more than some references lie on the way.
    fn resolved_within(self, references: usize) -> Result<Self, ImportError> {
        let start = self.clone();
        let mut at = self;
        for left in (0..references).rev() {
            match at.target_within(left)? {
                None => return Ok(at),
                Some(target) => at = target,
            }
        }
        Err(start.error("the reference leads back to itself"))
    }

    /// What a reference refers to, which may be a reference itself. Nothing, if this is none.
    pub(super) fn target(&self) -> Result<Option<Self>, ImportError> {
        self.target_within(MAX_REFERENCES)
    }

    fn target_within(&self, references: usize) -> Result<Option<Self>, ImportError> {
        let Some(reference) = self.text("$ref") else {
            return Ok(None);
        };
        let (file, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let document = match file {
            "" => self.document,
            file => self.other(file)?,
        };
        let pointer = decode(fragment);
        if !pointer.is_empty() && !pointer.starts_with('/') {
            return Err(self.error(&format!(
                "expected `#/` with the way to a part, found {reference:?}"
            )));
        }
        let root = self.documents.root(document);
        let missing = || {
            let path = self.documents.path(document).display();
            self.error(&format!(
                "{reference:?} refers to {pointer:?}, which {path} does not have"
            ))
        };
        let mut at = root;
        for step in pointer.split('/').skip(1) {
            // On the way there may be references, too, as in `servers: { $ref: … }`.
            let step = step.replace("~1", "/").replace("~0", "~");
            let here = at.resolved_within(references)?;
            let next = match here.value {
                Value::Array(items) => step.parse().ok().and_then(|index: usize| items.get(index)),
                value => value.get(&step),
            };
            at = here.step(&step, next.ok_or_else(missing)?);
        }
        Ok(Some(at))
    }

    /// The document that a reference names.
    fn other(&self, file: &str) -> Result<usize, ImportError> {
        let path = beside(self.documents.path(self.document), file).ok_or_else(|| {
            self.error(&format!(
                "expected a reference to a file .yaml, .yml or .json beside this one, found \
                 {file:?}; save what it refers to, since addresses are not fetched"
            ))
        })?;
        if let Some(document) = self.documents.by_path.get(&normal(&path)) {
            return Ok(*document);
        }
        Err(match parse(&path) {
            Err(ImportError::Read { source, .. }) => self.error(&format!(
                "the reference to {} leads nowhere: {source}",
                path.display()
            )),
            Err(error) => error,
            Ok(_) => self.error("the file has changed while it was read"),
        })
    }

    /// Where it stands: `room/close.yaml:12:9`.
    pub(super) fn place(&self) -> String {
        let path = self.documents.path(self.document).display();
        let (line, column) = self.position();
        format!("{path}:{line}:{column}")
    }

    /// The line and the column, counted from 1.
    pub(super) fn position(&self) -> (usize, usize) {
        let document = &self.documents.list[self.document].document;
        document.place(&self.pointer).unwrap_or((1, 1))
    }

    /// The document is wrong here.
    pub(super) fn error(&self, reason: &str) -> ImportError {
        let (line, column) = self.position();
        ImportError::Malformed {
            path: self.documents.path(self.document).to_owned(),
            reason: format!("line {line}, column {column}: {reason}"),
        }
    }
}

impl fmt::Debug for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place())
    }
}
