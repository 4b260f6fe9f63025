//! Gives the layout to a file that is there already, and keeps its comments.
//!
//! Keys of the language are put into the order of its table. Members, values, codes and the like
//! are written between braces where that fits; elsewhere the choice between braces and lines is the
//! author's. Texts for people are broken into lines anew. A blank line between two keys stays, and
//! several become one.

use std::borrow::Cow;

use self::comments::Comments;
use self::place::{Place, rank};
use self::unchanged::is_same;
use super::{Entry, Line, List, Map, Node, Remarks, Style, Writer, scalar};
use crate::diagnostic::{Diagnostic, Diagnostics, Problems, Span};
use crate::language;
use crate::sources::Sources;
use crate::yaml::{self, Node as Read, NodeKind};

mod comments;
mod place;
mod unchanged;

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
        comments: Comments::new(text, &comments),
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

/// Lays out the parts of a file, and takes the comments of each.
struct Formatter<'a> {
    comments: Comments<'a>,
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
        let header = self
            .comments
            .remarks_before(root.span.start, true, Style::Block);
        writer.lines(&header.before, 0);
        match self.node(root, place, self.comments.footer()) {
            Node::Map(map) if !map.is_empty() => writer.map(&map, 0, false),
            Node::List(list) if !list.items.is_empty() => writer.list(&list, 0, false),
            node => {
                writer.flow(&node, false);
                writer.end_line(None);
            }
        }
        let footer = self.comments.lines(|_| true);
        writer.lines(&footer, 0);
        writer.out
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
        let written = self.comments.style(node);
        let limit = if written == Style::Flow {
            node.span.end
        } else {
            limit
        };
        let mut map = Map::new(place.style().unwrap_or(written));
        for (index, (key, value)) in entries.iter().enumerate() {
            if let Some(last) = map.entries.last_mut() {
                self.comments.finish_line(&mut last.remarks, key.span.start);
            }
            let mut remarks = self
                .comments
                .remarks_before(key.span.start, index == 0, written);
            let next = entries.get(index + 1);
            let end = next.map_or(limit, |(next, _)| next.span.start);
            // A colon, and what begins a block of text.
            let signs = [':', '>', '|', '-', '+'];
            remarks.beside = self.comments.beside(key.span.end, &signs);
            let value_node = self.node(value, place.of_key(&key.text), end);
            remarks.beside = remarks.beside.or_else(|| self.comments.behind(value));
            map.entries.push(Entry {
                key: key.text.clone(),
                value: value_node,
                remarks,
            });
        }
        if let (Some((first, _)), Some(last)) = (entries.first(), map.entries.last_mut()) {
            if written == Style::Flow {
                self.comments.finish_line(&mut last.remarks, limit);
            }
            last.remarks.after =
                self.comments
                    .after(self.comments.column(first.span.start), limit, written);
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
        let style = self.comments.style(node);
        let limit = if style == Style::Flow {
            node.span.end
        } else {
            limit
        };
        let mut list: Vec<(Node<'a>, Remarks<'a>)> = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let (start, beside) = (item.span.start, self.comments.beside_dash(item.span.start));
            let dash = beside.unwrap_or(start);
            if let Some((_, last)) = list.last_mut() {
                self.comments.finish_line(last, dash);
            }
            let mut remarks = self.comments.remarks_before(dash, index == 0, style);
            if beside.is_some() {
                remarks.beside = Some(self.comments.take());
                // They stand above the item from now on, where there is no gap.
                let below = self
                    .comments
                    .lines(|comment| comment.start < start)
                    .into_iter();
                let below = below.filter(|line| *line != Line::Blank);
                remarks.before.extend(below);
            }
            let end = items.get(index + 1).map_or(limit, |next| next.span.start);
            let mut item_node = self.node(item, place.of_item(), end);
            remarks.before.extend(take_first(&mut item_node));
            remarks.beside = remarks.beside.or_else(|| self.comments.behind(item));
            list.push((item_node, remarks));
        }
        if let (Some(first), Some((_, last))) = (items.first(), list.last_mut()) {
            if style == Style::Flow {
                self.comments.finish_line(last, limit);
            }
            last.after =
                self.comments
                    .after(self.comments.item_column(first.span.start), limit, style);
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
