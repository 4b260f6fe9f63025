//! Gives the layout to a file that is there already, and keeps its comments.
//!
//! Keys of the language are put into the order of its table. Members, values, codes and the like
//! are written between braces where that fits; elsewhere the choice between braces and lines is the
//! author's. Texts for people are broken into lines anew. A blank line between two keys stays, and
//! several become one.

use std::borrow::Cow;

use super::{Entry, Line, List, Map, Node, Remarks, Style, Writer, scalar};
use crate::diagnostic::{Diagnostic, Diagnostics, Problems, Span};
use crate::language::{self, Mapping, Value};
use crate::sources::Sources;
use crate::yaml::{self, Node as Read, NodeKind};

/// The text of a file in the one layout. What it says stays the same.
///
/// `name` is how the file is called where something is wrong in it.
///
/// # Errors
///
/// The file is not YAML, or holds what the language refuses anywhere, such as keys given twice.
pub fn format(name: &str, text: &str) -> Result<String, Diagnostics> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = text.replace("\r\n", "\n");
    let mut problems = Problems::default();
    let formatted = laid_out(&text, &mut problems).filter(|_| problems.is_empty());
    let sources = Sources::document(name, text);
    problems.into_result(&sources, formatted.unwrap_or_default())
}

fn laid_out(text: &str, problems: &mut Problems) -> Option<String> {
    let (root, comments) = yaml::read_with_comments(0, text, problems)?;
    if !problems.is_empty() {
        return None;
    }
    let mut formatter = Formatter {
        text,
        comments: &comments,
        next: 0,
    };
    let after = formatter.file(&root);
    if !is_same(text, &after) {
        let place = Span {
            file: 0,
            start: 0,
            end: 0,
        };
        problems.add(
            Diagnostic::new(
                place,
                "this file cannot be laid out without changing what it says",
            )
            .help("this is a defect of Bindery; please report it with the file"),
        );
    }
    Some(after)
}

/// What is known of a value by its place in the language.
#[derive(Clone, Copy)]
enum Place {
    /// A mapping with the keys of a table.
    Mapping(&'static Mapping),
    /// What stands behind a key of a table.
    Value(Value),
    /// A text, or a mapping with the keys of a table.
    TextOr(&'static Mapping),
    /// Data, or a file that is none of the language's.
    Data,
}

struct Formatter<'a> {
    text: &'a str,
    /// In the order of the file.
    comments: &'a [Span],
    /// The first comment that has not been taken.
    next: usize,
}

impl<'a> Formatter<'a> {
    fn file(&mut self, root: &Read<'a>) -> String {
        let place = match &root.kind {
            NodeKind::Mapping(entries) => {
                let mapping = language::of_file(entries.iter().map(|(key, _)| &*key.text));
                mapping.map_or(Place::Data, Place::Mapping)
            }
            _ => Place::Data,
        };
        let mut writer = Writer::default();
        // What stands above the first key is about the file.
        let header = self.remarks_before(root.span.start, true, Style::Block);
        writer.lines(&header.before, 0);
        match self.node(root, place, self.footer()) {
            Node::Map(map) if !map.is_empty() => writer.map(&map, 0, false),
            Node::List(list) if !list.items.is_empty() => writer.list(&list, 0, false),
            node => {
                writer.flow(&node, false);
                writer.end_line(None);
            }
        }
        let footer = self.lines(|_| true);
        writer.lines(&footer, 0);
        writer.out
    }

    /// Where the comments begin that end the file, and belong to none of its keys.
    fn footer(&self) -> usize {
        let mut footer = self.text.trim_end().len();
        for comment in self.comments[self.next..].iter().rev() {
            let is_last = self.text[comment.end..footer].trim().is_empty();
            if !is_last || self.column(comment.start) > 0 {
                break;
            }
            footer = comment.start;
        }
        footer
    }

    /// Lays a value out whose comments end at `limit`.
    fn node(&mut self, node: &Read<'a>, place: Place, limit: usize) -> Node<'a> {
        match &node.kind {
            NodeKind::Scalar { text, plain } => scalar_node(text, *plain, place),
            NodeKind::Mapping(entries) => self.mapping(node, entries, place.of_mapping(), limit),
            NodeKind::Sequence(items) => self.sequence(node, items, place, limit),
            NodeKind::Invalid => Node::Word(Cow::default()),
        }
    }

    fn mapping(
        &mut self,
        node: &Read<'a>,
        entries: &[(yaml::Key<'a>, Read<'a>)],
        place: Place,
        limit: usize,
    ) -> Node<'a> {
        let written = self.style(node);
        let limit = if written == Style::Flow {
            node.span.end
        } else {
            limit
        };
        let mut map = Map::new(place.style().unwrap_or(written));
        for (index, (key, value)) in entries.iter().enumerate() {
            if let Some(last) = map.entries.last_mut() {
                self.finish_line(&mut last.remarks, key.span.start);
            }
            let mut remarks = self.remarks_before(key.span.start, index == 0, written);
            let next = entries.get(index + 1);
            let end = next.map_or(limit, |(next, _)| next.span.start);
            // A colon, and what begins a block of text.
            let signs = [':', '>', '|', '-', '+'];
            remarks.beside = self.beside(key.span.end, &signs);
            let value_node = self.node(value, place.of_key(&key.text), end);
            remarks.beside = remarks.beside.or_else(|| self.behind(value));
            map.entries.push(Entry {
                key: key.text.clone(),
                value: value_node,
                remarks,
            });
        }
        if let (Some((first, _)), Some(last)) = (entries.first(), map.entries.last_mut()) {
            if written == Style::Flow {
                self.finish_line(&mut last.remarks, limit);
            }
            last.remarks.after = self.after(self.column(first.span.start), limit, written);
        }
        if let Place::Mapping(mapping) = place {
            map.entries.sort_by_key(|entry| rank(mapping, &entry.key));
        }
        Node::Map(map)
    }

    fn sequence(
        &mut self,
        node: &Read<'a>,
        items: &[Read<'a>],
        place: Place,
        limit: usize,
    ) -> Node<'a> {
        let style = self.style(node);
        let limit = if style == Style::Flow {
            node.span.end
        } else {
            limit
        };
        let mut list: Vec<(Node<'a>, Remarks<'a>)> = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let (start, beside) = (item.span.start, self.beside_dash(item.span.start));
            let dash = beside.unwrap_or(start);
            if let Some((_, last)) = list.last_mut() {
                self.finish_line(last, dash);
            }
            let mut remarks = self.remarks_before(dash, index == 0, style);
            if beside.is_some() {
                remarks.beside = Some(self.take());
                // They stand above the item from now on, where there is no gap.
                let below = self.lines(|comment| comment.start < start).into_iter();
                let below = below.filter(|line| *line != Line::Blank);
                remarks.before.extend(below);
            }
            let end = items.get(index + 1).map_or(limit, |next| next.span.start);
            let mut item_node = self.node(item, place.of_item(), end);
            remarks.before.extend(take_first(&mut item_node));
            remarks.beside = remarks.beside.or_else(|| self.behind(item));
            list.push((item_node, remarks));
        }
        if let (Some(first), Some((_, last))) = (items.first(), list.last_mut()) {
            if style == Style::Flow {
                self.finish_line(last, limit);
            }
            last.after = self.after(self.item_column(first.span.start), limit, style);
        }
        let items = list.into_iter().map(|(item, remarks)| {
            if remarks == Remarks::default() {
                item
            } else {
                Node::Remarked(Box::new(item), remarks)
            }
        });
        Node::List(List {
            items: items.collect(),
            style,
        })
    }

    /// Takes a comment that stands on the line where the last part has ended, such as behind the comma
    /// after it.
    fn finish_line(&mut self, last: &mut Remarks<'a>, end: usize) {
        let is_behind = |comment: Span| comment.start < end && !self.is_alone(comment);
        if last.beside.is_none() && self.peek().is_some_and(is_behind) {
            last.beside = Some(self.take());
        }
    }

    /// Takes what stands before a key or an item.
    fn remarks_before(&mut self, start: usize, is_first: bool, written: Style) -> Remarks<'a> {
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
    fn beside_dash(&self, item: usize) -> Option<usize> {
        let comments = self.comments[self.next..].iter();
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
    fn beside(&mut self, place: usize, signs: &[char]) -> Option<Cow<'a, str>> {
        let comment = self.peek()?;
        let gap = self.text.get(place..comment.start)?;
        let is_beside = gap.chars().all(|c| c == ' ' || signs.contains(&c));
        (is_beside && !self.is_alone(comment)).then(|| self.take())
    }

    /// Takes a comment that stands behind a value, on its last line.
    fn behind(&mut self, value: &Read<'_>) -> Option<Cow<'a, str>> {
        let end = value.span.end;
        let is_scalar = matches!(value.kind, NodeKind::Scalar { .. });
        let ends_on_a_line = is_scalar || self.style(value) == Style::Flow;
        // A block of text ends where the next line begins.
        (ends_on_a_line && self.line_start(end) != end)
            .then(|| self.beside(end, &[',']))
            .flatten()
    }

    /// Takes what stands below the last part of a collection, as far in as its parts.
    fn after(&mut self, column: usize, limit: usize, written: Style) -> Vec<Line<'a>> {
        self.lines(|comment| {
            let is_below = comment.is_alone && comment.column >= column;
            comment.start < limit && (written == Style::Flow || is_below)
        })
    }

    /// Takes comments as long as they belong here, and the blank lines before them.
    fn lines(&mut self, belongs: impl Fn(Comment) -> bool) -> Vec<Line<'a>> {
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
        self.comments.get(self.next).copied()
    }

    /// The text of the next comment, without the number sign.
    fn take(&mut self) -> Cow<'a, str> {
        let span = self.comments[self.next];
        self.next += 1;
        Cow::Borrowed(
            self.text[span.start..span.end]
                .trim_start_matches('#')
                .trim_end(),
        )
    }

    /// How a collection is written in the file.
    fn style(&self, node: &Read<'_>) -> Style {
        match self.text.as_bytes().get(node.span.start) {
            Some(b'{' | b'[') => Style::Flow,
            _ => Style::Block,
        }
    }

    fn line_start(&self, place: usize) -> usize {
        self.text[..place].rfind('\n').map_or(0, |end| end + 1)
    }

    fn column(&self, place: usize) -> usize {
        place - self.line_start(place)
    }

    /// How far in a comment has to stand to belong to a list: as its dashes, but further than the key
    /// above where the dashes stand below its first letter.
    fn item_column(&self, item: usize) -> usize {
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

/// Takes the comments above the first part of an item, which begins on the line of its dash.
fn take_first<'a>(item: &mut Node<'a>) -> Vec<Line<'a>> {
    let remarks = match item {
        Node::Map(map) => map.entries.first_mut().map(|entry| &mut entry.remarks),
        Node::List(list) => match list.items.first_mut() {
            Some(Node::Remarked(_, remarks)) => Some(remarks),
            _ => None,
        },
        _ => None,
    };
    let before = remarks.map(|remarks| std::mem::take(&mut remarks.before));
    let mut before = before.unwrap_or_default();
    before.retain(|line| *line != Line::Blank);
    before
}

/// Where a comment stands.
#[derive(Clone, Copy)]
struct Comment {
    start: usize,
    column: usize,
    is_alone: bool,
}

/// Mappings that stand between braces where they fit.
const SHORT: [&Mapping; 8] = [
    &language::PARAM,
    &language::OUTPUT,
    &language::MEMBER,
    &language::ENUM_VALUE,
    &language::ERROR,
    &language::RATE_LIMIT,
    &language::PAGINATION,
    &language::EVENT_STREAM,
];

/// Mappings that stand between braces where their author wants it.
const FREE: [&Mapping; 1] = [&language::SOURCE];

impl Place {
    /// The place of a mapping that stands here.
    fn of_mapping(self) -> Self {
        match self {
            Self::TextOr(mapping)
            | Self::Value(Value::One(mapping) | Value::Many(mapping) | Value::Items(mapping)) => {
                Self::Mapping(mapping)
            }
            Self::Value(Value::RateLimits) => Self::Mapping(&language::RATE_LIMIT),
            place => place,
        }
    }

    /// The place of the value of a key.
    fn of_key(self, key: &str) -> Self {
        match self {
            Self::Mapping(mapping) => mapping
                .key(key)
                .map_or(Self::Data, |key| Self::Value(key.value)),
            Self::Value(Value::Map(mapping)) => Self::TextOr(mapping),
            Self::Value(Value::Errors) => Self::TextOr(&language::ERROR),
            Self::Value(Value::StatusCodes) => Self::Value(Value::Text),
            _ => Self::Data,
        }
    }

    fn of_item(self) -> Self {
        match self {
            Self::Value(Value::Many(mapping) | Value::Items(mapping)) => Self::Mapping(mapping),
            Self::Value(Value::Texts) => Self::Value(Value::Text),
            Self::Value(Value::RateLimits) => self,
            _ => Self::Data,
        }
    }

    /// How a mapping is written here, unless that is up to its author.
    fn style(self) -> Option<Style> {
        let is_in = |list: &[&Mapping], mapping: &Mapping| {
            list.iter().any(|listed| std::ptr::eq(*listed, mapping))
        };
        match self {
            Self::Mapping(mapping) if is_in(&SHORT, mapping) => Some(Style::Flow),
            Self::Mapping(mapping) if is_in(&FREE, mapping) => None,
            Self::Mapping(_) | Self::Value(_) => Some(Style::Block),
            Self::TextOr(_) | Self::Data => None,
        }
    }

    fn is_for_people(self) -> bool {
        matches!(self, Self::TextOr(_) | Self::Value(Value::Text))
    }
}

/// The place of a key in the order of its mapping. Keys that the language does not know come last.
fn rank(mapping: &Mapping, key: &str) -> usize {
    let mut keys = mapping.keys.iter();
    keys.position(|known| known.name == key)
        .unwrap_or(mapping.keys.len())
}

fn scalar_node<'a>(text: &Cow<'a, str>, plain: bool, place: Place) -> Node<'a> {
    if plain && (text.is_empty() || scalar::has_other_meaning(text)) {
        Node::Word(text.clone())
    } else if place.is_for_people() && is_tidy(text) {
        Node::Prose(text.clone())
    } else {
        Node::Data(text.clone())
    }
}

/// Whether a text keeps its characters when it is broken into lines.
fn is_tidy(text: &str) -> bool {
    let is_printable = |c: char| c == '\n' || !c.is_control() && !scalar::is_mark(c);
    !text.is_empty()
        && text.chars().all(is_printable)
        && text.lines().all(|line| !line.ends_with(' '))
        && !text.starts_with([' ', '\n'])
        && !text.ends_with('\n')
}

/// Whether two files say the same, comments included.
fn is_same(one: &str, other: &str) -> bool {
    let mut problems = Problems::default();
    let mut read = |text| yaml::read_with_comments(0, text, &mut problems);
    let (Some((one_root, one_comments)), Some((other_root, other_comments))) =
        (read(one), read(other))
    else {
        return false;
    };
    is_same_value(&one_root, &other_root)
        && sorted(one, &one_comments) == sorted(other, &other_comments)
}

fn is_same_value(one: &Read<'_>, other: &Read<'_>) -> bool {
    match (&one.kind, &other.kind) {
        (
            NodeKind::Scalar { text, plain },
            NodeKind::Scalar {
                text: other_text,
                plain: other_plain,
            },
        ) => {
            let is_free = !text.is_empty() && !scalar::has_other_meaning(text);
            text == other_text && (is_free || plain == other_plain)
        }
        (NodeKind::Sequence(items), NodeKind::Sequence(others)) => {
            let mut pairs = items.iter().zip(others);
            items.len() == others.len() && pairs.all(|(one, other)| is_same_value(one, other))
        }
        (NodeKind::Mapping(entries), NodeKind::Mapping(others)) => {
            let mut entries: Vec<_> = entries.iter().collect();
            let mut others: Vec<_> = others.iter().collect();
            entries.sort_by_key(|(key, _)| &key.text);
            others.sort_by_key(|(key, _)| &key.text);
            let mut pairs = entries.iter().zip(&others);
            entries.len() == others.len()
                && pairs.all(|((key, value), (other_key, other_value))| {
                    key.text == other_key.text && is_same_value(value, other_value)
                })
        }
        _ => false,
    }
}

/// The comments' texts, which may have been moved.
fn sorted<'t>(text: &'t str, comments: &[Span]) -> Vec<&'t str> {
    let texts = comments.iter().map(|span| &text[span.start..span.end]);
    let mut texts: Vec<_> = texts.map(|text| text.trim_matches(['#', ' '])).collect();
    texts.sort_unstable();
    texts
}
