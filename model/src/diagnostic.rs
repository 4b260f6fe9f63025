//! What is wrong with a specification, where, and what to do about it.

use std::{error::Error, fmt, ops::Range};

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};

use crate::{hostile, sources::Sources};

/// How many problems of one file are shown; a hostile file could have a million.
const SHOWN_PER_FILE: usize = 50;

/// How many problems are kept; nobody reads more, and describing them takes time.
const MAX_PROBLEMS: usize = 1_000;

/// The longest piece of a file that is shown, in bytes.
const MAX_EXCERPT: usize = 1 << 16;

/// A piece of one of the [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The file, an index into [`Sources::files`].
    pub file: usize,
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

/// One problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Where it is.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What stands at the place, in few words; may be empty.
    pub label: String,
    /// What can be done about it.
    pub help: Vec<String>,
    /// Other places that have to do with it.
    pub related: Vec<(Span, String)>,
}

/// The problems of a specification, ordered by file and place. There is at least one; of very many,
/// the first thousand are kept and the others counted.
#[derive(Clone, Debug)]
pub struct Diagnostics {
    sources: Sources,
    list: Vec<Diagnostic>,
    /// How many problems there are beyond those of the list.
    dropped: usize,
}

/// Collects problems while a specification is read.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    list: Vec<Diagnostic>,
    /// How many problems there are beyond those of the list.
    dropped: usize,
}

impl Diagnostics {
    /// The problems, ordered by file and place.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Diagnostic> {
        self.list.iter()
    }

    /// The path of the file that a span lies in.
    pub fn path(&self, span: Span) -> &str {
        self.sources.files()[span.file].shown()
    }

    /// The line and the column where a span starts, both counted from 1.
    pub fn position(&self, span: Span) -> (usize, usize) {
        let before = &self.sources.files()[span.file].text()[..span.start];
        let line = before.rsplit('\n').next().unwrap_or_default();
        (before.matches('\n').count() + 1, line.chars().count() + 1)
    }

    /// The problems as text for people: each with its line, its cause and its remedy.
    pub fn render(&self, color: bool) -> String {
        let renderer = if color {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        let mut text = String::new();
        for file in self
            .list
            .chunk_by(|left, right| left.span.file == right.span.file)
        {
            for diagnostic in file.iter().take(SHOWN_PER_FILE) {
                text += &renderer.render(&[self.group(diagnostic)]);
                text += "\n\n";
            }
            if file.len() > SHOWN_PER_FILE {
                let more = file.len() - SHOWN_PER_FILE;
                let path = self.path(file[0].span);
                let path = hostile::escape(path);
                text.extend([
                    more.to_string().as_str(),
                    " more problems in ",
                    &path,
                    "\n\n",
                ]);
            }
        }
        let count = self.list.len() + self.dropped;
        let noun = if count == 1 { "problem" } else { "problems" };
        text + &format!("{count} {noun} found\n")
    }

    fn group<'a>(&'a self, diagnostic: &'a Diagnostic) -> Group<'a> {
        let mut spans = vec![(
            diagnostic.span,
            diagnostic.label.as_str(),
            AnnotationKind::Primary,
        )];
        for (span, label) in &diagnostic.related {
            spans.push((*span, label, AnnotationKind::Context));
        }
        let mut group = Group::with_title(Level::ERROR.primary_title(&diagnostic.message));
        for file in spans.chunk_by(|left, right| left.0.file == right.0.file) {
            group = group.elements(self.excerpts(file));
        }
        group.elements(diagnostic.help.iter().map(|help| Level::HELP.message(help)))
    }

    /// The lines that some places of one file lie on. Only these are handed to the renderer,
    /// which would otherwise look through the whole file for each problem.
    fn excerpts<'a>(&'a self, spans: &[(Span, &'a str, AnnotationKind)]) -> Vec<Element<'a>> {
        let file = &self.sources.files()[spans[0].0.file];
        let (path, text) = (hostile::escape(file.shown()), file.text());
        let ranges = spans
            .iter()
            .map(|(span, ..)| first_line(text, span.start..span.end));
        let first = ranges.clone().map(|range| range.start).min().unwrap_or(0);
        let last = ranges.clone().map(|range| range.end).max().unwrap_or(0);
        let start = text[..first].rfind('\n').map_or(0, |at| at + 1);
        let end = text[last..].find('\n').map_or(text.len(), |at| last + at);
        if end - start > MAX_EXCERPT && spans.len() > 1 {
            let alone = spans
                .iter()
                .flat_map(|span| self.excerpts(std::slice::from_ref(span)));
            return alone.collect();
        }
        if text.is_empty() {
            return vec![Origin::path(path).into()];
        }
        if end - start > MAX_EXCERPT {
            let (line, column) = self.position(spans[0].0);
            return vec![Origin::path(path).line(line).char_column(column).into()];
        }
        let annotations = spans.iter().zip(ranges).map(|((_, label, kind), range)| {
            let annotation = kind.span(range.start - start..range.end - start);
            annotation.label((!label.is_empty()).then_some(*label))
        });
        let snippet = Snippet::source(hostile::mask(&text[start..end]))
            .line_start(text[..start].matches('\n').count() + 1)
            .path(path)
            .annotations(annotations);
        vec![snippet.into()]
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl Error for Diagnostics {}

impl Diagnostic {
    pub(crate) fn new(span: Span, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            label: String::new(),
            help: Vec::new(),
            related: Vec::new(),
        }
    }

    pub(crate) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    pub(crate) fn related(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related.push((span, label.into()));
        self
    }
}

impl Problems {
    pub(crate) fn add(&mut self, diagnostic: Diagnostic) {
        self.add_with(|| diagnostic);
    }

    /// Adds a problem that takes long to describe: it is not described if there are too many.
    pub(crate) fn add_with(&mut self, describe: impl FnOnce() -> Diagnostic) {
        if self.list.len() < MAX_PROBLEMS {
            self.list.push(describe());
        } else {
            self.dropped += 1;
        }
    }

    /// Adds the problems of something that was read on its own.
    pub(crate) fn append(&mut self, others: Self) {
        let room = MAX_PROBLEMS - self.list.len();
        self.dropped += others.dropped + others.list.len().saturating_sub(room);
        self.list.extend(others.list.into_iter().take(room));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(crate) fn into_result<T>(mut self, sources: &Sources, value: T) -> Result<T, Diagnostics> {
        if self.list.is_empty() {
            return Ok(value);
        }
        self.list
            .sort_by(|left, right| (left.span, &left.message).cmp(&(right.span, &right.message)));
        self.list.dedup();
        Err(Diagnostics {
            sources: sources.clone(),
            list: self.list,
            dropped: self.dropped,
        })
    }
}

/// Cuts a range at the end of its first line: an underline over a whole mapping helps nobody.
fn first_line(text: &str, range: Range<usize>) -> Range<usize> {
    let length = text[range.clone()].find('\n').unwrap_or(range.len());
    range.start..range.start + length
}
