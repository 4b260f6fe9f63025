//! The one layout in which files of a specification are written.
//!
//! Lines hold at most 100 characters where the text can be broken. A mapping that is marked for
//! braces is written in them if it fits on its line, and otherwise takes a line for each key.
//! Prose of several lines is a literal block, prose that is too long for its line a folded one.
//! Data, such as the values of an example, always stays on its line, so that every character is
//! kept.
//!
//! [`format()`] gives this layout to a file that a person wrote; an import builds the tree itself.

use std::borrow::Cow;

use serde_json::Value;

pub use self::format::format;
pub use self::scalar::{is_mark, visible};

mod format;
mod scalar;
#[cfg(test)]
mod tests;

/// How many characters a line holds.
const WIDTH: usize = 100;

/// How much deeper each level is indented.
const INDENT: usize = 2;

/// A value of a file.
#[derive(Clone, Debug)]
pub enum Node<'a> {
    /// A word of the language or a number, which never needs quotes.
    Word(Cow<'a, str>),
    /// Text that is data.
    Data(Cow<'a, str>),
    /// Text for people, which may be broken into lines.
    Prose(Cow<'a, str>),
    /// Keys with their values.
    Map(Map<'a>),
    /// Values in a row.
    List(List<'a>),
    /// An item of a list with comments around it.
    Remarked(Box<Node<'a>>, Remarks<'a>),
}

/// The comments around a key or an item, without their number signs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remarks<'a> {
    before: Vec<Line<'a>>,
    beside: Option<Cow<'a, str>>,
    after: Vec<Line<'a>>,
}

/// A line of its own between keys or items.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Line<'a> {
    Blank,
    Comment(Cow<'a, str>),
}

/// Keys with their values.
#[derive(Clone, Debug, Default)]
pub struct Map<'a> {
    entries: Vec<Entry<'a>>,
    style: Style,
}

/// Values in a row.
#[derive(Clone, Debug, Default)]
pub struct List<'a> {
    /// The values.
    pub items: Vec<Node<'a>>,
    /// How the list is written.
    pub style: Style,
}

/// How a mapping or a list is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
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
    remarks: Remarks<'a>,
}

impl<'a> Map<'a> {
    /// A mapping without keys.
    #[must_use]
    pub fn new(style: Style) -> Self {
        Self {
            entries: Vec::new(),
            style,
        }
    }

    /// Whether there are no keys.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Adds a key with its value.
    pub fn add(&mut self, key: impl Into<Cow<'a, str>>, value: impl Into<Node<'a>>) {
        self.entries.push(Entry {
            key: key.into(),
            value: value.into(),
            remarks: Remarks::default(),
        });
    }

    /// Adds a key unless there is nothing to stand behind it.
    pub fn add_some<T: Into<Node<'a>>>(&mut self, key: impl Into<Cow<'a, str>>, value: Option<T>) {
        if let Some(value) = value {
            self.add(key, value);
        }
    }

    /// Adds a key unless its mapping is empty.
    pub fn add_unless_empty(&mut self, key: impl Into<Cow<'a, str>>, map: Map<'a>) {
        if !map.is_empty() {
            self.add(key, map);
        }
    }

    /// Writes a comment at the end of the line of the last key.
    pub fn comment(&mut self, comment: impl Into<Cow<'a, str>>) {
        if let Some(entry) = self.entries.last_mut() {
            entry.remarks.beside = Some(comment.into());
        }
    }

    /// The text of a file that holds this mapping, without leading comments.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut writer = Writer::default();
        writer.map(self, 0, false);
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
    /// A word of the language or a number.
    pub fn word(word: impl Into<Cow<'a, str>>) -> Self {
        Self::Word(word.into())
    }

    /// Text that is data. Marks that change the direction of text are left out, because the
    /// language refuses them.
    #[must_use]
    pub fn data(text: &'a str) -> Self {
        Self::Data(scalar::visible(text, true))
    }

    /// Text for people.
    pub fn prose(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Prose(text.into())
    }

    /// A value of JSON.
    #[must_use]
    pub fn json(value: Value, style: Style) -> Self {
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
    /// Writes the entries of a mapping. `continues` says that the first one stands behind the dash of
    /// an item.
    fn map(&mut self, map: &Map<'_>, indent: usize, continues: bool) {
        for (index, entry) in map.entries.iter().enumerate() {
            if index > 0 || !continues {
                self.lines(&entry.remarks.before, indent);
                self.indent(indent);
            }
            scalar::write_key(&entry.key, &mut self.out);
            self.out.push(':');
            self.value(&entry.value, indent, entry.remarks.beside.as_deref());
            self.lines(&entry.remarks.after, indent);
        }
    }

    /// Writes the items of a list, as the entries of a mapping are written.
    fn list(&mut self, list: &List<'_>, indent: usize, continues: bool) {
        let nothing = Remarks::default();
        for (index, item) in list.items.iter().enumerate() {
            let (item, remarks) = match item {
                Node::Remarked(item, remarks) => (&**item, remarks),
                item => (item, &nothing),
            };
            if index > 0 || !continues {
                self.lines(&remarks.before, indent);
                self.indent(indent);
            }
            self.out.push('-');
            let beside = remarks.beside.as_deref();
            match item {
                Node::Map(map) if !map.is_empty() && beside.is_none() && !self.fits(item) => {
                    self.out.push(' ');
                    self.map(map, indent + INDENT, true);
                }
                Node::List(list)
                    if !list.items.is_empty() && beside.is_none() && !self.fits(item) =>
                {
                    self.out.push(' ');
                    self.list(list, indent + INDENT, true);
                }
                _ => self.value(item, indent, beside),
            }
            self.lines(&remarks.after, indent);
        }
    }

    /// Writes lines that stand for themselves.
    fn lines(&mut self, lines: &[Line<'_>], indent: usize) {
        for line in lines {
            if let Line::Comment(comment) = line {
                self.indent(indent);
                self.comment(comment);
            }
            self.end_line(None);
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
                self.map(map, indent + INDENT, false);
            }
            Node::List(list) => {
                self.end_line(comment);
                self.list(list, indent + INDENT, false);
            }
            Node::Word(_) | Node::Data(_) | Node::Remarked(..) => self.flow_line(node, comment),
        }
    }

    fn flow_line(&mut self, node: &Node<'_>, comment: Option<&str>) {
        let start = self.out.len();
        self.out.push(' ');
        self.flow(node, false);
        if self.out.len() == start + 1 {
            // Nothing stands behind the colon.
            self.out.truncate(start);
        }
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
            Node::Word(word) if word.is_empty() && nested => return false,
            Node::Word(word) => self.out.push_str(word),
            Node::Data(text) => scalar::write(text, nested, &mut self.out),
            Node::Prose(text) => {
                if text.contains('\n') {
                    return false;
                }
                scalar::write(text, nested, &mut self.out);
            }
            Node::Remarked(..) => return false,
            Node::Map(map) if map.is_empty() => self.out.push_str("{}"),
            Node::Map(map) => {
                self.out.push_str("{ ");
                for (index, entry) in map.entries.iter().enumerate() {
                    if index > 0 {
                        self.out.push_str(", ");
                    }
                    scalar::write_key(&entry.key, &mut self.out);
                    self.out.push_str(": ");
                    if entry.remarks != Remarks::default()
                        || !self.flow(&entry.value, true)
                        || self.is_over()
                    {
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
            self.out.push(' ');
            self.comment(comment);
        }
        self.out.push('\n');
        self.line = self.out.len();
    }

    fn comment(&mut self, comment: &str) {
        self.out.push('#');
        if !comment.is_empty() && !comment.starts_with([' ', '!', '#']) {
            self.out.push(' ');
        }
        self.out.push_str(comment);
    }
}
