//! YAML text as a tree of nodes with their places.
//!
//! The subset is small on purpose: one document, mappings with scalar keys, sequences and scalars.
//! Anchors, aliases, tags, merge keys and directives are refused, because they make a file mean
//! something other than what it shows.

use std::{borrow::Cow, collections::HashMap};

use granit_parser::{Event, Parser, ScalarStyle, options};

use crate::{
    diagnostic::{Diagnostic, Problems, Span},
    hostile::{self, quote},
};

/// How deep mappings and sequences may lie in one another.
pub(crate) const MAX_DEPTH: usize = 64;

/// A value and its place.
#[derive(Clone, Debug)]
pub(crate) struct Node<'a> {
    pub(crate) kind: NodeKind<'a>,
    pub(crate) span: Span,
}

/// What a node consists of.
#[derive(Clone, Debug)]
pub(crate) enum NodeKind<'a> {
    /// Text; `plain` when it stands without quotes.
    Scalar { text: Cow<'a, str>, plain: bool },
    /// A list.
    Sequence(Vec<Node<'a>>),
    /// Keys with their values, in the order of the file, each key once.
    Mapping(Vec<(Key<'a>, Node<'a>)>),
    /// Something that has been reported already.
    Invalid,
}

/// The key of a mapping.
#[derive(Clone, Debug)]
pub(crate) struct Key<'a> {
    pub(crate) text: Cow<'a, str>,
    pub(crate) span: Span,
}

impl Node<'_> {
    /// Whether nothing was written: `key:` without a value.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(&self.kind, NodeKind::Scalar { text, plain: true } if text.is_empty())
    }
}

/// Reads the only document of a file. Problems are reported; without a tree there is at least one.
pub(crate) fn read<'a>(file: usize, text: &'a str, problems: &mut Problems) -> Option<Node<'a>> {
    build(file, text, problems, false).map(|(root, _)| root)
}

/// Reads the only document of a file, and where its comments stand, each with its number sign.
pub(crate) fn read_with_comments<'a>(
    file: usize,
    text: &'a str,
    problems: &mut Problems,
) -> Option<(Node<'a>, Vec<Span>)> {
    build(file, text, problems, true)
}

fn build<'a>(
    file: usize,
    text: &'a str,
    problems: &mut Problems,
    keeps_comments: bool,
) -> Option<(Node<'a>, Vec<Span>)> {
    let options = options! {
        disallow_directives: true,
        emit_anchor_events: true,
        emit_comments: keeps_comments,
        max_buffered_comment_events: 1 << 16,
        emit_unresolved_aliases: true,
        simple_key_max_lookahead: 1 << 16,
        block_nesting_limit: 2 * MAX_DEPTH,
        flow_nesting_limit: 2 * MAX_DEPTH,
    };
    let mut builder = Builder {
        parser: Parser::new_from_str_with_options(text, options),
        file,
        text,
        problems,
        depth: 0,
        anchors_reported: false,
        comments: Vec::new(),
    };
    let root = builder.document().ok()?;
    Some((root, builder.comments))
}

/// Finds keys that a mapping has already: by looking, as long as there are few.
#[derive(Default)]
struct Index<'a> {
    places: HashMap<Cow<'a, str>, usize>,
}

impl<'a> Index<'a> {
    /// How many keys are looked through before they are worth an index.
    const FEW: usize = 24;

    /// The place of an earlier key with the same text. The key will be added if there is none.
    fn find(&mut self, key: &Key<'a>, entries: &[(Key<'a>, Node<'a>)]) -> Option<usize> {
        if entries.len() < Self::FEW {
            return entries.iter().position(|(other, _)| other.text == key.text);
        }
        for (place, (other, _)) in entries.iter().enumerate().skip(self.places.len()) {
            self.places.insert(other.text.clone(), place);
        }
        self.places.get(&key.text).copied()
    }
}

/// The file cannot be read any further; why has been reported.
struct Stop;

struct Builder<'a, 'p, P> {
    parser: P,
    file: usize,
    text: &'a str,
    problems: &'p mut Problems,
    depth: usize,
    anchors_reported: bool,
    comments: Vec<Span>,
}

type Parsed<'a> = Result<(Event<'a>, granit_parser::Span), granit_parser::ScanError>;

impl<'a, P: Iterator<Item = Parsed<'a>>> Builder<'a, '_, P> {
    fn document(&mut self) -> Result<Node<'a>, Stop> {
        let mut root = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamStart | Event::DocumentEnd => {}
                Event::DocumentStart(..) if root.is_some() => {
                    let problem = Diagnostic::new(span, "a file holds one document only")
                        .label("a second document starts here")
                        .help("move it to a file of its own, or remove the line `---`");
                    return Err(self.stop(problem));
                }
                Event::DocumentStart(..) => {
                    let (event, span) = self.next()?;
                    root = Some(self.node(event, span)?);
                }
                Event::StreamEnd => break,
                _ => return Err(self.stop(Diagnostic::new(span, "unexpected YAML"))),
            }
        }
        root.ok_or_else(|| {
            let place = self.span(0..0);
            self.stop(
                Diagnostic::new(place, "the file is empty")
                    .help("describe an action, a service or a provider, or remove the file"),
            )
        })
    }

    fn node(&mut self, event: Event<'a>, span: Span) -> Result<Node<'a>, Stop> {
        let tagged = event.tag().is_some();
        let mut node = match event {
            Event::Scalar(text, style, ..) => {
                let plain = style == ScalarStyle::Plain;
                // The parser invents a word where nothing is written.
                let absent = plain && span.start == span.end;
                let text = if absent { Cow::default() } else { text };
                Node {
                    kind: NodeKind::Scalar { text, plain },
                    span,
                }
            }
            Event::SequenceStart(..) => self.nested(span, Self::sequence)?,
            Event::MappingStart(..) => self.nested(span, Self::mapping)?,
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                self.report_anchor(
                    span,
                    "aliases are not allowed",
                    "this repeats another value",
                );
                Node {
                    kind: NodeKind::Invalid,
                    span,
                }
            }
            _ => return Err(self.stop(Diagnostic::new(span, "a value was expected"))),
        };
        if tagged {
            self.problems.add(
                Diagnostic::new(node.span, "tags are not allowed")
                    .label("this value has a tag")
                    .help("remove the word that starts with `!`; quotes make a value text"),
            );
            node.kind = NodeKind::Invalid;
        }
        Ok(node)
    }

    /// Reads what stands between the start and the end of a collection.
    fn nested(
        &mut self,
        start: Span,
        read: fn(&mut Self) -> Result<(NodeKind<'a>, Span), Stop>,
    ) -> Result<Node<'a>, Stop> {
        if self.depth == MAX_DEPTH {
            return Err(self.stop(too_deep(start)));
        }
        self.depth += 1;
        let (kind, end) = read(self)?;
        self.depth -= 1;
        let end = end.end.max(start.start);
        Ok(Node {
            kind,
            span: Span { end, ..start },
        })
    }

    fn sequence(&mut self) -> Result<(NodeKind<'a>, Span), Stop> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, span) => return Ok((NodeKind::Sequence(items), span)),
                (event, span) => items.push(self.node(event, span)?),
            }
        }
    }

    fn mapping(&mut self) -> Result<(NodeKind<'a>, Span), Stop> {
        let mut entries: Vec<(Key<'a>, Node<'a>)> = Vec::new();
        let mut index = Index::default();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                return Ok((NodeKind::Mapping(entries), span));
            }
            let key = self.node(event, span)?;
            let (event, span) = self.next()?;
            let value = self.node(event, span)?;
            let Some(key) = self.key(key) else { continue };
            if let Some(first) = index.find(&key, &entries) {
                self.problems.add(
                    Diagnostic::new(key.span, format!("{} is given twice", quote(&key.text)))
                        .label("here again")
                        .related(entries[first].0.span, "first given here")
                        .help("keep one of the two"),
                );
                continue;
            }
            entries.push((key, value));
        }
    }

    fn key(&mut self, node: Node<'a>) -> Option<Key<'a>> {
        let span = node.span;
        let problem = match node.kind {
            NodeKind::Scalar { text, plain: true } if text == "<<" => {
                Diagnostic::new(span, "merge keys are not allowed").help(
                    "write the keys out; a type that several actions share goes to service.yaml",
                )
            }
            NodeKind::Scalar { text, .. } => match hostile::find(&text) {
                None => return Some(Key { text, span }),
                Some(c) => hostile_character(span, c),
            },
            NodeKind::Invalid => return None,
            NodeKind::Sequence(_) | NodeKind::Mapping(_) => {
                Diagnostic::new(span, "a key is a single word")
                    .label("this is a list or a mapping")
                    .help("text that starts with `[` or `{` needs quotes")
            }
        };
        self.problems.add(problem);
        None
    }

    /// The next event that stands for something; anchors are reported on the way, and comments noted.
    fn next(&mut self) -> Result<(Event<'a>, Span), Stop> {
        loop {
            match self.parser.next() {
                Some(Ok((event, span))) => {
                    let span = self.span(span.byte_range().unwrap_or_default());
                    match event {
                        Event::Anchor(..) => {
                            let label = "this names a value";
                            self.report_anchor(span, "anchors are not allowed", label);
                        }
                        Event::Comment(..) => self.comments.push(span),
                        event => return Ok((event, span)),
                    }
                }
                Some(Err(error)) => {
                    let at = error.marker().byte_offset().unwrap_or_default();
                    let problem = syntax(self.span(at..at), &error);
                    return Err(self.stop(problem));
                }
                None => {
                    let at = self.text.len();
                    let problem = Diagnostic::new(self.span(at..at), "the file ends too early");
                    return Err(self.stop(problem));
                }
            }
        }
    }

    /// Reports the first anchor or alias of a file; the others need the same remedy.
    fn report_anchor(&mut self, span: Span, message: &str, label: &str) {
        if !self.anchors_reported {
            self.anchors_reported = true;
            self.problems.add(Diagnostic::new(span, message).label(label).help(
                "write the value out wherever it is needed; text that starts with `*` or `&` needs quotes",
            ));
        }
    }

    fn stop(&mut self, problem: Diagnostic) -> Stop {
        self.problems.add(problem);
        Stop
    }

    /// A place in this file that certainly lies within its text.
    fn span(&self, range: std::ops::Range<usize>) -> Span {
        let start = self.text.floor_char_boundary(range.start);
        let end = self.text.ceil_char_boundary(range.end).max(start);
        Span {
            file: self.file,
            start,
            end,
        }
    }
}

/// The problem of text that holds a character which could deceive a reader.
pub(crate) fn hostile_character(span: Span, c: char) -> Diagnostic {
    let kind = if hostile::is_bidi(c) {
        "an invisible mark"
    } else {
        "a control character"
    };
    Diagnostic::new(
        span,
        format!("the text holds {kind}, U+{:04X}", u32::from(c)),
    )
    .label("in here")
    .help("remove it: it would make text look different from what it says")
}

/// The problem of values that lie too deep in one another.
pub(crate) fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::new(
        span,
        format!("values are nested more than {MAX_DEPTH} levels deep"),
    )
    .label("one level too many")
    .help("give the inner object a type of its own under `types`")
}

/// A breach of YAML's own rules, with the remedy for the frequent ones.
fn syntax(span: Span, error: &granit_parser::ScanError) -> Diagnostic {
    use granit_parser::ErrorKind as Kind;
    let problem = Diagnostic::new(span, format!("this is not YAML: {}", error.info()));
    match error.kind() {
        Kind::RecursionLimitExceeded => too_deep(span),
        Kind::DirectiveDisallowed => Diagnostic::new(span, "directives are not allowed")
            .help("remove the line; text that starts with `%` needs quotes"),
        Kind::TabNotAllowed | Kind::TabInBlockIndentation | Kind::TabInIndentation => {
            problem.help("indent with spaces instead of tabs")
        }
        Kind::UnclosedQuotedScalar
        | Kind::InvalidQuotedScalarIndent
        | Kind::DocumentIndicatorInQuotedScalar => problem.help("close the quotes"),
        Kind::UnknownQuotedScalarEscape => {
            problem.help("write `\\\\` for a backslash, or use single quotes")
        }
        Kind::UnclosedFlowCollection { .. } | Kind::MismatchedFlowCollectionEnd { .. } => {
            problem.help("every `[` needs its `]` and every `{` its `}`")
        }
        Kind::UnexpectedCharacter { character } => problem.help(format!(
            "put the text between quotes: {} has a meaning of its own in YAML",
            quote(&character.to_string())
        )),
        Kind::MappingValueNotAllowed | Kind::InvalidColonPlacement => problem
            .help("put text that holds `: ` between quotes")
            .help("close the `[` or `{` above, if one is open"),
        _ => problem
            .help("check the indentation, and put text with special characters between quotes"),
    }
}
