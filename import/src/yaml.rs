//! The one layout in which files of a specification are written.
//!
//! Lines hold at most 100 characters where the text can be broken. A mapping that is marked for
//! braces is written in them if it fits on its line, and otherwise takes a line for each key.
//! Prose of several lines is a literal block, prose that is too long for its line a folded one.
//! Data, such as the values of an example, always stays on its line, so that every character is
//! kept.

use std::borrow::Cow;

use serde_json::Value;

pub(crate) use self::scalar::is_mark;

mod scalar;
#[cfg(test)]
mod tests;

/// How many characters a line holds.
const WIDTH: usize = 100;

/// How much deeper each level is indented.
const INDENT: usize = 2;

/// A value of a file.
#[derive(Clone, Debug)]
pub(crate) enum Node<'a> {
    /// A word of the language or a number, which never needs quotes.
    Word(Cow<'a, str>),
    /// Text that is data.
    Data(Cow<'a, str>),
    /// Text for people, which may be broken into lines.
    Prose(Cow<'a, str>),
    Map(Map<'a>),
    List(List<'a>),
}

/// Keys with their values.
#[derive(Clone, Debug, Default)]
pub(crate) struct Map<'a> {
    entries: Vec<Entry<'a>>,
    style: Style,
}

/// Values in a row.
#[derive(Clone, Debug, Default)]
pub(crate) struct List<'a> {
    pub(crate) items: Vec<Node<'a>>,
    pub(crate) style: Style,
}

/// How a mapping or a list is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Style {
    /// One line or more for each of its parts.
    #[default]
    Block,
    /// Between braces or brackets, if that fits on the line.
    Flow,
}

#[derive(Clone, Debug)]
struct Entry<'a> {
    key: Cow<'a, str>,
    value: Node<'a>,
    comment: Option<Cow<'a, str>>,
}

impl<'a> Map<'a> {
    pub(crate) fn new(style: Style) -> Self {
        Self {
            entries: Vec::new(),
            style,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(crate) fn add(&mut self, key: impl Into<Cow<'a, str>>, value: impl Into<Node<'a>>) {
        self.entries.push(Entry {
            key: key.into(),
            value: value.into(),
            comment: None,
        });
    }

    /// Adds a key unless there is nothing to stand behind it.
    pub(crate) fn add_some<T: Into<Node<'a>>>(
        &mut self,
        key: impl Into<Cow<'a, str>>,
        value: Option<T>,
    ) {
        if let Some(value) = value {
            self.add(key, value);
        }
    }

    /// Adds a key unless its mapping is empty.
    pub(crate) fn add_unless_empty(&mut self, key: impl Into<Cow<'a, str>>, map: Map<'a>) {
        if !map.is_empty() {
            self.add(key, map);
        }
    }

    /// Writes a comment at the end of the line of the last key.
    pub(crate) fn comment(&mut self, comment: impl Into<Cow<'a, str>>) {
        if let Some(entry) = self.entries.last_mut() {
            entry.comment = Some(comment.into());
        }
    }

    /// The text of a file that holds this mapping, without leading comments.
    pub(crate) fn to_text(&self) -> String {
        let mut writer = Writer::default();
        writer.map(self, 0);
        writer.out
    }
}

impl<'a> From<Map<'a>> for Node<'a> {
    fn from(map: Map<'a>) -> Self {
        Self::Map(map)
    }
}

impl<'a> From<List<'a>> for Node<'a> {
    fn from(list: List<'a>) -> Self {
        Self::List(list)
    }
}

impl<'a> Node<'a> {
    pub(crate) fn word(word: impl Into<Cow<'a, str>>) -> Self {
        Self::Word(word.into())
    }

    /// Text that is data. Marks that change the direction of text are left out, because the
    /// language refuses them.
    pub(crate) fn data(text: &'a str) -> Self {
        Self::Data(scalar::visible(text, true))
    }

    pub(crate) fn prose(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Prose(text.into())
    }

    /// A value of JSON.
    pub(crate) fn json(value: Value, style: Style) -> Self {
        match value {
            Value::Null => Self::word("null"),
            Value::Bool(true) => Self::word("true"),
            Value::Bool(false) => Self::word("false"),
            Value::Number(number) => Self::word(number.to_string()),
            Value::String(text) => {
                Self::Data(Cow::Owned(scalar::visible(&text, true).into_owned()))
            }
            Value::Array(items) => {
                let items = items.into_iter().map(|item| Self::json(item, style));
                Self::List(List {
                    items: items.collect(),
                    style,
                })
            }
            Value::Object(members) => {
                let mut map = Map::new(style);
                for (key, value) in members {
                    let key = scalar::visible(&key, false).into_owned();
                    map.add(key, Self::json(value, style));
                }
                Self::Map(map)
            }
        }
    }
}

#[derive(Default)]
struct Writer {
    out: String,
    /// Where the current line starts.
    line: usize,
}

impl Writer {
    /// Writes the entries of a mapping. The first one stands where the writer is, which is the
    /// start of a line or behind the dash of an item.
    fn map(&mut self, map: &Map<'_>, indent: usize) {
        for (index, entry) in map.entries.iter().enumerate() {
            if index > 0 {
                self.indent(indent);
            }
            scalar::write_key(&entry.key, &mut self.out);
            self.out.push(':');
            self.value(&entry.value, indent, entry.comment.as_deref());
        }
    }

    fn list(&mut self, list: &List<'_>, indent: usize) {
        for (index, item) in list.items.iter().enumerate() {
            if index > 0 {
                self.indent(indent);
            }
            self.out.push('-');
            match item {
                Node::Map(map) if !map.is_empty() && !self.fits(item) => {
                    self.out.push(' ');
                    self.map(map, indent + INDENT);
                }
                Node::List(list) if !list.items.is_empty() && !self.fits(item) => {
                    self.out.push(' ');
                    self.list(list, indent + INDENT);
                }
                _ => self.value(item, indent, None),
            }
        }
    }

    /// Writes what stands behind a colon or a dash, up to and including the end of its last line.
    fn value(&mut self, node: &Node<'_>, indent: usize, comment: Option<&str>) {
        if let Node::Prose(text) = node
            && text.contains('\n')
        {
            return self.block(" |-", text.split('\n'), indent, comment);
        }
        if self.fits(node) {
            return self.flow_line(node, comment);
        }
        match node {
            Node::Prose(text) => {
                let lines = scalar::fold(text, WIDTH - indent - INDENT);
                self.block(" >-", lines.into_iter(), indent, comment);
            }
            Node::Map(map) => {
                self.end_line(comment);
                self.indent(indent + INDENT);
                self.map(map, indent + INDENT);
            }
            Node::List(list) => {
                self.end_line(comment);
                self.indent(indent + INDENT);
                self.list(list, indent + INDENT);
            }
            Node::Word(_) | Node::Data(_) => self.flow_line(node, comment),
        }
    }

    fn flow_line(&mut self, node: &Node<'_>, comment: Option<&str>) {
        self.out.push(' ');
        self.flow(node, false);
        self.end_line(comment);
    }

    fn block<'t>(
        &mut self,
        header: &str,
        lines: impl Iterator<Item = &'t str>,
        indent: usize,
        comment: Option<&str>,
    ) {
        self.out.push_str(header);
        self.end_line(comment);
        for line in lines {
            if !line.is_empty() {
                self.indent(indent + INDENT);
                self.out.push_str(line);
            }
            self.end_line(None);
        }
    }

    /// Whether a value may stand on the current line, and fits there.
    fn fits(&mut self, node: &Node<'_>) -> bool {
        match node {
            Node::Word(_) | Node::Data(_) => return true,
            Node::Map(map) if map.is_empty() => return true,
            Node::List(list) if list.items.is_empty() => return true,
            Node::Map(map) if map.style == Style::Block => return false,
            Node::List(list) if list.style == Style::Block => return false,
            _ => {}
        }
        let start = self.out.len();
        self.out.push(' ');
        let fits = self.flow(node, false) && !self.is_over();
        self.out.truncate(start);
        fits
    }

    /// Whether the current line is longer than allowed.
    fn is_over(&self) -> bool {
        let line = &self.out[self.line..];
        line.len() > WIDTH && line.chars().count() > WIDTH
    }

    /// Writes a value on the current line. Returns early, and false, if that is impossible.
    fn flow(&mut self, node: &Node<'_>, nested: bool) -> bool {
        match node {
            Node::Word(word) => self.out.push_str(word),
            Node::Data(text) => scalar::write(text, nested, &mut self.out),
            Node::Prose(text) => {
                if text.contains('\n') {
                    return false;
                }
                scalar::write(text, nested, &mut self.out);
            }
            Node::Map(map) if map.is_empty() => self.out.push_str("{}"),
            Node::Map(map) => {
                self.out.push_str("{ ");
                for (index, entry) in map.entries.iter().enumerate() {
                    if index > 0 {
                        self.out.push_str(", ");
                    }
                    scalar::write_key(&entry.key, &mut self.out);
                    self.out.push_str(": ");
                    if entry.comment.is_some() || !self.flow(&entry.value, true) || self.is_over() {
                        return false;
                    }
                }
                self.out.push_str(" }");
            }
            Node::List(list) => {
                self.out.push('[');
                for (index, item) in list.items.iter().enumerate() {
                    if index > 0 {
                        self.out.push_str(", ");
                    }
                    if !self.flow(item, true) || self.is_over() {
                        return false;
                    }
                }
                self.out.push(']');
            }
        }
        true
    }

    fn indent(&mut self, indent: usize) {
        self.out.extend(std::iter::repeat_n(' ', indent));
    }

    fn end_line(&mut self, comment: Option<&str>) {
        if let Some(comment) = comment {
            self.out.push_str(" # ");
            self.out.push_str(comment);
        }
        self.out.push('\n');
        self.line = self.out.len();
    }
}
