//! The comments of a file that is laid out: which of them belongs to which part.

use std::borrow::Cow;

use crate::diagnostic::Span;
use crate::layout::{Line, Remarks, Style};
use crate::yaml::{Node as Read, NodeKind};

/// The comments of a file, which are taken one after the other, and where they stand.
pub(super) struct Comments<'a> {
    text: &'a str,
    /// In the order of the file.
    spans: &'a [Span],
    /// The first comment that has not been taken.
    next: usize,
}

/// Where a comment stands.
#[derive(Clone, Copy)]
pub(super) struct Comment {
    pub(super) start: usize,
    column: usize,
    is_alone: bool,
}

impl<'a> Comments<'a> {
    /// `spans` are the comments of `text`, in its order.
    pub(super) fn new(text: &'a str, spans: &'a [Span]) -> Self {
        let next = 0;
        Self { text, spans, next }
    }

    /// Where the comments begin that end the file, and belong to none of its keys.
    pub(super) fn footer(&self) -> usize {
        let mut footer = self.text.trim_end().len();
        for comment in self.spans[self.next..].iter().rev() {
            let is_last = self.text[comment.end..footer].trim().is_empty();
            if !is_last || self.column(comment.start) > 0 {
                break;
            }
            footer = comment.start;
        }
        footer
    }

    /// Takes a comment that stands on the line where the last part has ended, such as behind the comma
    /// after it.
    pub(super) fn finish_line(&mut self, last: &mut Remarks<'a>, end: usize) {
        let is_behind = |comment: Span| comment.start < end && !self.is_alone(comment);
        if last.beside.is_none() && self.peek().is_some_and(is_behind) {
            last.beside = Some(self.take());
        }
    }

    /// Takes what stands before a key or an item.
    pub(super) fn remarks_before(
        &mut self,
        start: usize,
        is_first: bool,
        written: Style,
    ) -> Remarks<'a> {
        let mut before = self.lines(|comment| comment.start < start);
        if self.is_after_blank(start) {
            before.push(Line::Blank);
        }
        if written == Style::Flow {
            before.retain(|line| *line != Line::Blank);
        }
        if is_first && before.first() == Some(&Line::Blank) {
            before.remove(0);
        }
        Remarks {
            before,
            ..Remarks::default()
        }
    }

    /// Where a comment stands behind the dash of an item that begins below it.
    pub(super) fn beside_dash(&self, item: usize) -> Option<usize> {
        let comments = self.spans[self.next..].iter();
        let mut starts = comments
            .map(|comment| comment.start)
            .take_while(|&start| start < item);
        starts.find(|&start| {
            let line = &self.text[self.line_start(start)..start];
            line.trim_end().ends_with('-')
        })
    }

    /// Takes a comment that stands behind a place, on the same line, with nothing between them but
    /// some signs.
    pub(super) fn beside(&mut self, place: usize, signs: &[char]) -> Option<Cow<'a, str>> {
        let comment = self.peek()?;
        let gap = self.text.get(place..comment.start)?;
        let is_beside = gap.chars().all(|c| c == ' ' || signs.contains(&c));
        (is_beside && !self.is_alone(comment)).then(|| self.take())
    }

    /// Takes a comment that stands behind a value, on its last line.
    pub(super) fn behind(&mut self, value: &Read<'_>) -> Option<Cow<'a, str>> {
        let end = value.span.end;
        let is_scalar = matches!(value.kind, NodeKind::Scalar { .. });
        let ends_on_a_line = is_scalar || self.style(value) == Style::Flow;
        // A block of text ends where the next line begins.
        (ends_on_a_line && self.line_start(end) != end)
            .then(|| self.beside(end, &[',']))
            .flatten()
    }

    /// Takes what stands below the last part of a collection, as far in as its parts.
    pub(super) fn after(&mut self, column: usize, limit: usize, written: Style) -> Vec<Line<'a>> {
        self.lines(|comment| {
            let is_below = comment.is_alone && comment.column >= column;
            comment.start < limit && (written == Style::Flow || is_below)
        })
    }

    /// Takes comments as long as they belong here, and the blank lines before them.
    pub(super) fn lines(&mut self, belongs: impl Fn(Comment) -> bool) -> Vec<Line<'a>> {
        let mut lines = Vec::new();
        while let Some(span) = self.peek() {
            let comment = Comment {
                start: span.start,
                column: self.column(span.start),
                is_alone: self.is_alone(span),
            };
            if !belongs(comment) {
                break;
            }
            if comment.is_alone && self.is_after_blank(span.start) {
                lines.push(Line::Blank);
            }
            lines.push(Line::Comment(self.take()));
        }
        lines
    }

    fn peek(&self) -> Option<Span> {
        self.spans.get(self.next).copied()
    }

    /// The text of the next comment, without the number sign.
    pub(super) fn take(&mut self) -> Cow<'a, str> {
        let span = self.spans[self.next];
        self.next += 1;
        Cow::Borrowed(
            self.text[span.start..span.end]
                .trim_start_matches('#')
                .trim_end(),
        )
    }

    /// How a collection is written in the file.
    pub(super) fn style(&self, node: &Read<'_>) -> Style {
        match self.text.as_bytes().get(node.span.start) {
            Some(b'{' | b'[') => Style::Flow,
            _ => Style::Block,
        }
    }

    fn line_start(&self, place: usize) -> usize {
        self.text[..place].rfind('\n').map_or(0, |end| end + 1)
    }

    pub(super) fn column(&self, place: usize) -> usize {
        place - self.line_start(place)
    }

    /// How far in a comment has to stand to belong to a list: as its dashes, but further than the key
    /// above where the dashes stand below its first letter.
    pub(super) fn item_column(&self, item: usize) -> usize {
        let before = self.text[..item].trim_end();
        let Some(list) = before.strip_suffix('-') else {
            return self.column(item);
        };
        let dash = self.column(list.len());
        let above = list.trim_end();
        let line = &above[self.line_start(above.len())..];
        let indent = line.len() - line.trim_start().len();
        if above.ends_with(':') && indent == dash {
            dash + 1
        } else {
            dash
        }
    }

    /// Whether nothing stands before a comment on its line.
    fn is_alone(&self, comment: Span) -> bool {
        self.text[self.line_start(comment.start)..comment.start]
            .trim_start()
            .is_empty()
    }

    /// Whether there is a blank line above the line of a place.
    fn is_after_blank(&self, place: usize) -> bool {
        let above = self.text[..self.line_start(place)].strip_suffix('\n');
        above.is_some_and(|above| above[self.line_start(above.len())..].trim().is_empty())
    }
}
