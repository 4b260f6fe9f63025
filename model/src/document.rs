//! YAML and JSON that is not a specification: a vendor's description that is to be imported.
//!
//! Words without quotes mean what YAML 1.2 says, so `no` is text and `2019-07-22` is no date. A
//! number that starts with zeros is text, too: it is somebody's code and would lose them. What makes
//! a file mean something other than what it shows is refused here as well: keys given twice,
//! anchors, tags.

use std::{collections::HashMap, fmt::Write as _};

use serde_json::{Map, Number, Value};

use crate::{
    diagnostic::{Diagnostics, Problems, Span},
    sources::Sources,
    yaml::{self, Node, NodeKind},
};

/// A value that was read from a file, and where its parts stand there.
#[derive(Clone, Debug)]
pub struct Document {
    value: Value,
    /// The line and the column of each part, by its JSON pointer.
    places: HashMap<String, (usize, usize)>,
}

impl Document {
    /// Reads a file's text. `name` is how the file is called where something is wrong in it; one
    /// that ends in `.json` may be indented with tabs.
    pub fn read(name: &str, text: &str) -> Result<Self, Diagnostics> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        // The strings of JSON hold no tabs, so that all tabs stand between values.
        let text = if is_json(name) {
            text.replace('\t', " ")
        } else {
            text.to_owned()
        };
        let mut problems = Problems::default();
        let node = yaml::read(0, &text, &mut problems);
        let node = node.filter(|_| problems.is_empty());
        let Some(node) = node else {
            let sources = Sources::document(name, text);
            return problems.into_result(&sources, Self::nothing());
        };
        let mut reader = Reader {
            lines: Lines::new(&text),
            places: HashMap::new(),
            pointer: String::new(),
        };
        let value = reader.value(&node);
        Ok(Self {
            value,
            places: reader.places,
        })
    }

    /// What the file says. The keys of objects are in the order of the file.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The line and the column where the part with a JSON pointer stands, both counted from 1.
    pub fn place(&self, pointer: &str) -> Option<(usize, usize)> {
        self.places.get(pointer).copied()
    }

    fn nothing() -> Self {
        Self {
            value: Value::Null,
            places: HashMap::new(),
        }
    }
}

/// Adds a step to a JSON pointer.
pub fn push_pointer(pointer: &mut String, step: &str) {
    pointer.push('/');
    pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
}

fn is_json(name: &str) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    extension.is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}

/// Turns nodes into values, and notes their places.
struct Reader<'a> {
    lines: Lines<'a>,
    places: HashMap<String, (usize, usize)>,
    pointer: String,
}

impl Reader<'_> {
    fn value(&mut self, node: &Node<'_>) -> Value {
        let place = self.lines.place(node.span);
        self.places.insert(self.pointer.clone(), place);
        match &node.kind {
            NodeKind::Scalar { text, plain: true } => plain(text),
            NodeKind::Scalar { text, .. } => Value::String(text.to_string()),
            NodeKind::Sequence(items) => {
                let items = items.iter().enumerate();
                let items = items.map(|(index, item)| {
                    let length = self.pointer.len();
                    let _ = write!(self.pointer, "/{index}");
                    let item = self.value(item);
                    self.pointer.truncate(length);
                    item
                });
                Value::Array(items.collect())
            }
            NodeKind::Mapping(entries) => {
                let entries = entries.iter().map(|(key, node)| {
                    let length = self.pointer.len();
                    push_pointer(&mut self.pointer, &key.text);
                    let value = self.value(node);
                    // The key says better where a part is than its value, which may be far below.
                    let place = self.lines.place(key.span);
                    self.places.insert(self.pointer.clone(), place);
                    self.pointer.truncate(length);
                    (key.text.to_string(), value)
                });
                Value::Object(entries.collect::<Map<_, _>>())
            }
            NodeKind::Invalid => Value::Null,
        }
    }
}

/// Where the lines of a text start.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        let breaks = text.match_indices('\n').map(|(index, _)| index + 1);
        Self {
            text,
            starts: std::iter::once(0).chain(breaks).collect(),
        }
    }

    fn place(&self, span: Span) -> (usize, usize) {
        let line = self.starts.partition_point(|&start| start <= span.start);
        let start = self.starts[line - 1];
        (line, self.text[start..span.start].chars().count() + 1)
    }
}

/// What a word without quotes means to YAML 1.2.
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    number(text).map_or_else(|| Value::String(text.to_owned()), Value::Number)
}

fn number(text: &str) -> Option<Number> {
    for (prefix, radix) in [("0x", 16), ("0o", 8)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            return u64::from_str_radix(digits, radix).ok().map(Number::from);
        }
    }
    let unsigned = text.strip_prefix('+').unwrap_or(text);
    let digits = unsigned.strip_prefix('-').unwrap_or(unsigned);
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        || (digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0."))
        || digits.contains(|c: char| !c.is_ascii_digit() && !".eE+-".contains(c))
    {
        return None;
    }
    if let Ok(number) = unsigned.parse::<i64>() {
        return Some(number.into());
    }
    if let Ok(number) = unsigned.parse::<u64>() {
        return Some(number.into());
    }
    Number::from_f64(unsigned.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> Document {
        Document::read("api.yaml", text).unwrap_or_else(|problems| panic!("{problems}"))
    }

    /// The examples of YAML 1.2's core schema, and what tools that follow 1.1 make of others.
    #[test]
    fn words_mean_what_yaml_says() {
        let text = "[~, null, True, no, 12, -3, +4, 0x1F, 0o17, 1.5, .5, 1e3, 007, 0, 1.2.3, \
                    2019-07-22, '1', 18446744073709551615, .nan, .inf, 12:30, -x, 0.0]";
        let expected = r#"[null, null, true, "no", 12, -3, 4, 31, 15, 1.5, 0.5, 1000.0, "007", 0, "1.2.3",
            "2019-07-22", "1", 18446744073709551615, ".nan", ".inf", "12:30", "-x", 0.0]"#;
        let expected: Value = serde_json::from_str(expected).unwrap();
        let values = read(&format!("a: {text}")).value()["a"].clone();
        assert_eq!(values, expected);
    }

    #[test]
    fn every_part_has_its_place() {
        let document = read("a:\n  b/c~:\n    - 1\n    - é: 2\n      x: { y: 3 }\n");
        let places = [
            ("", (1, 1)),
            ("/a", (1, 1)),
            ("/a/b~1c~0", (2, 3)),
            ("/a/b~1c~0/1", (4, 7)),
            ("/a/b~1c~0/1/x/y", (5, 12)),
        ];
        for (pointer, place) in places {
            assert_eq!(document.place(pointer), Some(place), "{pointer}");
            assert!(document.value().pointer(pointer).is_some(), "{pointer}");
        }
    }

    #[test]
    fn json_may_have_tabs_and_escapes() {
        let text = "{\n\t\"a\": \"\\/\\ud83d\\ude00\",\n\t\"b\":[1,{\"c\":-2.5e1}],\"d\":null}";
        let document = Document::read("api.JSON", text).unwrap();
        let expected = json!({ "a": "/\u{1f600}", "b": [1, { "c": -25.0 }], "d": null });
        assert_eq!(document.value(), &expected);
        assert_eq!(document.place("/b/1/c"), Some((3, 10)));
    }

    #[test]
    fn what_is_wrong_is_shown_with_its_place() {
        let cases = [
            ("a: 1\na: 2\n", "--> api.yaml:2:1"),
            ("a:\n\tb: 1\n", "indent with spaces instead of tabs"),
            ("a: &x 1\nb: *x\n", "anchors are not allowed"),
            ("", "the file is empty"),
        ];
        for (text, expected) in cases {
            let problems = Document::read("api.yaml", text).unwrap_err().to_string();
            assert!(problems.contains(expected), "{problems}");
        }
    }
}
