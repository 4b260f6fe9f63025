//! The keys of one mapping, checked against the language.

use crate::{
    diagnostic::{Diagnostic, Problems, Span},
    hostile::{self, quote},
    json,
    language::{self, Key, Mapping},
    spec::Located,
    suggest,
    word::Word,
    yaml::{self, Node, NodeKind, hostile_character},
};

/// A mapping whose keys all exist in the language.
pub(crate) struct Entries<'a> {
    kind: &'static Mapping,
    pairs: &'a [(yaml::Key<'a>, Node<'a>)],
    /// Where missing keys are reported.
    pub(crate) span: Span,
}

impl<'a> Entries<'a> {
    /// Checks which keys a mapping has. `owner` is the key in front of it.
    pub(crate) fn open(
        node: &'a Node<'a>,
        kind: &'static Mapping,
        owner: Span,
        problems: &mut Problems,
    ) -> Option<Self> {
        let NodeKind::Mapping(entries) = &node.kind else {
            expected(
                node,
                owner,
                &format!("{} with keys", kind.name),
                problems,
                |problem| {
                    let key = &kind.keys[0];
                    problem.help(format!("start with `{}: {}`", key.name, key.example))
                },
            );
            return None;
        };
        for (key, _) in entries {
            if kind.key(&key.text).is_none() {
                problems.add_with(|| unknown_key(key, kind));
            }
        }
        let map = Self {
            kind,
            pairs: entries,
            span: owner,
        };
        let missing = kind
            .keys
            .iter()
            .filter(|key| key.required && map.get(key.name).is_none());
        map.report_missing(&missing.collect::<Vec<_>>(), problems);
        Some(map)
    }

    pub(crate) fn get(&self, key: &str) -> Option<&'a Node<'a>> {
        debug_assert!(self.kind.key(key).is_some(), "`{key}` is in the language");
        self.pairs
            .iter()
            .find(|(entry, _)| entry.text == key)
            .map(|(_, node)| node)
    }

    /// The place of a key.
    pub(crate) fn key_span(&self, key: &str) -> Span {
        let entry = self.pairs.iter().find(|(entry, _)| entry.text == key);
        entry.map_or(self.span, |(key, _)| key.span)
    }

    fn example(&self, key: &str) -> &'static str {
        self.kind.key(key).map_or("", |key| key.example)
    }

    /// Reports that a key should be there.
    pub(crate) fn missing(&self, key: &str, problems: &mut Problems) {
        self.report_missing(self.kind.key(key).as_slice(), problems);
    }

    fn report_missing(&self, keys: &[&Key], problems: &mut Problems) {
        if keys.is_empty() {
            return;
        }
        // A whole file has no key in front of it; its first key stands for it.
        let at = match self.pairs.first() {
            Some((first, _)) if self.span.start == self.span.end => first.span,
            _ => self.span,
        };
        let names: Vec<_> = keys.iter().map(|key| quote(key.name)).collect();
        let names = names.join(", ");
        let label = match keys {
            [_] => format!("{names} is missing"),
            _ => "these keys are missing".to_owned(),
        };
        let message = format!("{} needs {names}", self.kind.name);
        let mut problem = Diagnostic::new(at, message).label(label);
        for key in keys {
            let doc = lower_first(key.doc);
            problem = problem.help(format!("add `{}: {}`: {doc}", key.name, key.example));
        }
        problems.add(problem);
    }

    /// A scalar as it is written, whatever it could mean.
    pub(crate) fn written(&self, key: &str, problems: &mut Problems) -> Option<Located<&'a str>> {
        let node = self.get(key)?;
        match &node.kind {
            NodeKind::Scalar { text, .. } if !node.is_empty() => Some(Located {
                value: &**text,
                span: node.span,
            }),
            _ => {
                let what = format!("a value behind `{key}`");
                expected(node, self.key_span(key), &what, problems, |problem| {
                    problem.help(format!("write it as in `{key}: {}`", self.example(key)))
                });
                None
            }
        }
    }

    /// A text.
    pub(crate) fn text(&self, key: &str, problems: &mut Problems) -> Option<Located<&'a str>> {
        text(self.get(key)?, self.key_span(key), key, problems)
    }

    /// A text whose place does not matter.
    pub(crate) fn plain_text(&self, key: &str, problems: &mut Problems) -> Option<&'a str> {
        self.text(key, problems).map(|text| text.value)
    }

    /// A list of texts.
    pub(crate) fn texts(&self, key: &str, problems: &mut Problems) -> Vec<Located<&'a str>> {
        let Some(node) = self.get(key) else {
            return Vec::new();
        };
        let NodeKind::Sequence(items) = &node.kind else {
            expected(node, self.key_span(key), "a list", problems, |problem| {
                problem.help(format!(
                    "write `{key}: [one, two]`, or one item per line with `- `"
                ))
            });
            return Vec::new();
        };
        let items = items.iter();
        items
            .filter_map(|item| text(item, item.span, key, problems))
            .collect()
    }

    /// One of a few words.
    pub(crate) fn located_word<T: Word>(
        &self,
        key: &str,
        problems: &mut Problems,
    ) -> Option<Located<T>> {
        let Located { value: text, span } = self.written(key, problems)?;
        if let Some((_, value, _)) = T::ALL.iter().find(|(word, ..)| *word == text) {
            return Some(Located {
                value: *value,
                span,
            });
        }
        let words = || T::ALL.iter().map(|(word, ..)| *word);
        let list: Vec<_> = words().map(quote).collect();
        let mut problem = Diagnostic::new(span, format!("`{key}` cannot be {}", quote(text)))
            .label("unknown word");
        problem.help.extend(suggest::did_you_mean(text, words()));
        problems.add(problem.help(format!("expected {}", one_of(&list))));
        None
    }

    /// One of a few words, whose place does not matter.
    pub(crate) fn word<T: Word>(&self, key: &str, problems: &mut Problems) -> Option<T> {
        self.located_word(key, problems).map(|word| word.value)
    }

    /// `true` or `false`; absent is `false`.
    pub(crate) fn flag(&self, key: &str, problems: &mut Problems) -> bool {
        self.word(key, problems).unwrap_or(false)
    }

    /// A number from 0.
    pub(crate) fn count(&self, key: &str, problems: &mut Problems) -> Option<Located<u64>> {
        let Located { value: text, span } = self.written(key, problems)?;
        let value = text.parse().ok();
        if value.is_none() {
            problems.add(
                Diagnostic::new(span, format!("`{key}` is a number, not {}", quote(text)))
                    .label("not a number from 0")
                    .help(format!("write it as in `{key}: {}`", self.example(key))),
            );
        }
        Some(Located {
            value: value?,
            span,
        })
    }

    /// A map from names to anything: its keys and values.
    pub(crate) fn map(
        &self,
        key: &str,
        problems: &mut Problems,
    ) -> &'a [(yaml::Key<'a>, Node<'a>)] {
        let Some(node) = self.get(key) else {
            return &[];
        };
        if let NodeKind::Mapping(entries) = &node.kind {
            return entries;
        }
        expected(node, self.key_span(key), "a mapping", problems, |problem| {
            problem.help(format!(
                "write one `name: …` per line below `{key}:`, or leave `{key}` out"
            ))
        });
        &[]
    }

    /// A mapping or a list of mappings.
    pub(crate) fn one_or_more(
        &self,
        key: &str,
        kind: &'static Mapping,
        problems: &mut Problems,
    ) -> Vec<Entries<'a>> {
        match self.get(key) {
            None => Vec::new(),
            Some(Node {
                kind: NodeKind::Sequence(_),
                ..
            }) => self.list(key, kind, problems),
            Some(node) => Entries::open(node, kind, self.key_span(key), problems)
                .into_iter()
                .collect(),
        }
    }

    /// A list of mappings.
    pub(crate) fn list(
        &self,
        key: &str,
        kind: &'static Mapping,
        problems: &mut Problems,
    ) -> Vec<Entries<'a>> {
        let Some(node) = self.get(key) else {
            return Vec::new();
        };
        let NodeKind::Sequence(items) = &node.kind else {
            expected(node, self.key_span(key), "a list", problems, |problem| {
                problem.help(format!(
                    "start each item with `- ` on a line of its own below `{key}:`"
                ))
            });
            return Vec::new();
        };
        let items = items.iter();
        items
            .filter_map(|item| Entries::open(item, kind, item.span, problems))
            .collect()
    }
}

/// A node that has to be text. Text without quotes that could be read as something else is
/// reported; its stand-in is the text itself.
pub(crate) fn text<'a>(
    node: &'a Node<'a>,
    owner: Span,
    key: &str,
    problems: &mut Problems,
) -> Option<Located<&'a str>> {
    let NodeKind::Scalar { text, plain } = &node.kind else {
        expected(
            node,
            owner,
            &format!("text behind {}", quote(key)),
            problems,
            |problem| problem.help("text that starts with `[` or `{` needs quotes"),
        );
        return None;
    };
    if node.is_empty() {
        problems.add(
            Diagnostic::new(owner, format!("{} has no value", quote(key)))
                .label("nothing follows")
                .help("write a text, or remove the key"),
        );
    } else if let (true, Some(meaning)) = (plain, json::other_meaning(text)) {
        problems.add(
            Diagnostic::new(node.span, format!("{} needs quotes here", quote(text)))
                .label(format!("YAML takes this for {meaning}"))
                .help(format!("write \"{}\"", hostile::escape(text))),
        );
    } else if let Some(c) = hostile::find(text) {
        problems.add(hostile_character(node.span, c));
    }
    Some(Located {
        value: &**text,
        span: node.span,
    })
}

/// Reports that a node is of the wrong kind, unless it has been reported as invalid.
pub(crate) fn expected(
    node: &Node<'_>,
    owner: Span,
    what: &str,
    problems: &mut Problems,
    remedy: impl FnOnce(Diagnostic) -> Diagnostic,
) {
    let found = match &node.kind {
        NodeKind::Invalid => return,
        NodeKind::Scalar { .. } if node.is_empty() => "nothing follows",
        NodeKind::Scalar { .. } => "this is a single word or text",
        NodeKind::Sequence(_) => "this is a list",
        NodeKind::Mapping(_) => "this is a mapping",
    };
    let span = if node.is_empty() { owner } else { node.span };
    let problem = Diagnostic::new(span, format!("expected {what}")).label(found);
    problems.add(remedy(problem));
}

/// The words of a list, joined for a sentence.
pub(crate) fn one_of(words: &[String]) -> String {
    match words {
        [rest @ .., last] if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => words.join(""),
    }
}

fn unknown_key(key: &yaml::Key<'_>, kind: &Mapping) -> Diagnostic {
    let name = quote(&key.text);
    let mut problem =
        Diagnostic::new(key.span, format!("{} has no key {name}", kind.name)).label("unknown key");
    if let Some(known) = suggest::closest(&key.text, kind.keys.iter().map(|key| key.name)) {
        return problem.help(format!("did you mean `{known}`?"));
    }
    let others: Vec<_> = language::MAPPINGS
        .iter()
        .filter(|other| other.key(&key.text).is_some())
        .map(|other| other.name.to_owned())
        .collect();
    if !others.is_empty() {
        problem = problem.help(format!("{name} is a key of {}", one_of(&others)));
    }
    let known: Vec<_> = kind.keys.iter().map(|key| quote(key.name)).collect();
    problem.help(format!(
        "the keys of {} are {}",
        kind.name,
        known.join(", ")
    ))
}

fn lower_first(text: &str) -> String {
    let mut chars = text.trim_end_matches('.').chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(chars).collect()
    })
}
