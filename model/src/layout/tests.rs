use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{Model, Sources};

/// Reads a specification with one action as the model does.
fn read(action: &str) -> Model {
    let provider = "\
provider: demo
title: Demo
doc: A vendor.
source: { url: https://example.com }
dispatch: header
authentication: none
envelope: response
arrays: indexed
clock_window: 1s
";
    let service = "\
service: demo
title: Demo
version: \"1\"
host: demo.example.com
doc: A service.
source: { url: https://example.com }
";
    let sources = Sources::from_files([
        ("demo/provider.yaml", provider),
        ("demo/demo/v1/service.yaml", service),
        ("demo/demo/v1/Act.yaml", action),
    ]);
    crate::check(&sources).unwrap_or_else(|problems| panic!("{}\n{action}", problems.render(false)))
}

/// An action that holds a text in every place where texts stand.
fn write(text: &str, value: &Value) -> String {
    let mut source = Map::new(Style::Block);
    source.add("url", Node::word("https://example.com"));
    let mut field = Map::new(Style::Flow);
    field.add("type", Node::data("[string]"));
    field.add("doc", Node::prose(text));
    field.add("example", Node::json(json!([text]), Style::Flow));
    let mut fields = Map::new(Style::Block);
    fields.add("Field", field);
    let mut example = Map::new(Style::Block);
    example.add("title", Node::prose("An example."));
    example.comment("a comment");
    let response = json!({ "Response": value });
    example.add("response", Node::json(response, Style::Block));
    let mut action = Map::new(Style::Block);
    action.add("action", Node::data("Act"));
    action.add("doc", Node::prose(text));
    action.add("source", source);
    action.add("kind", Node::word("read"));
    action.comment("guessed");
    action.add("params", fields);
    let items = vec![example.into()];
    let style = Style::Block;
    action.add("examples", List { items, style });
    action.to_text()
}

fn round_trip(text: &str, value: &Value) {
    let model = read(&write(text, value));
    let action = &model.providers[0].services[0].actions[0];
    let field = &action.params[0];
    assert_eq!((&*action.doc, &*field.doc), (text, text));
    assert_eq!(field.example, Some(json!([text])));
    let response = json!({ "Response": value });
    assert_eq!(action.examples[0].response, Some(response));
}

/// Texts that consist of what YAML gives a meaning to.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just(" ".to_owned()),
        Just("\n".to_owned()),
        Just("中文，".to_owned()),
        "[-?:,#&*!|>'\"%@`~=<{}\\[\\]\\\\._+]{1,2}",
        "[0-9]{1,4}",
        "(null|true|no|0x1F|1e5|12:30|2019-07-22|\\.inf|a long run of words that fills a line)",
        "\\PC{0,6}",
    ];
    prop::collection::vec(piece, 1..20).prop_map(|pieces| pieces.concat())
}

/// A text as it can stand in a block: no blanks at the ends of its lines, nothing invisible.
fn tidy(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(|line| visible(line, false)).collect();
    let lines: Vec<_> = lines.iter().map(|line| line.trim_end()).collect();
    let text = lines.join("\n").trim().to_owned();
    if text.is_empty() {
        "text".to_owned()
    } else {
        text
    }
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e9..1e9).prop_map(Value::from),
        text().prop_map(|text| Value::from(scalar::visible(&text, true))),
        Just(json!("a\u{0}b\tc\r\n")),
    ];
    leaf.prop_recursive(4, 20, 4, |inner| {
        let key = text().prop_map(|text| scalar::visible(&text, false).into_owned());
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec((key, inner), 0..4)
                .prop_map(|members| members.into_iter().collect::<Value>()),
        ]
    })
    .prop_map(|value| json!({ "Value": value }))
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(text in text(), value in value()) {
        round_trip(&tidy(&text), &value);
    }
}

#[test]
fn long_values_take_lines_and_short_ones_braces() {
    let field = |doc: &'static str| {
        let mut field = Map::new(Style::Flow);
        field.add("type", Node::data("[string]"));
        field.add("doc", Node::prose(doc));
        field
    };
    let mut map = Map::new(Style::Block);
    map.add("Short", field("Counted, from 0."));
    map.add("Lines", field("One.\n\nTwo."));
    map.add(
        "Long",
        field("These words need more than a hundred characters, and they are broken at a blank between two words."),
    );
    map.add("Nothing", Map::new(Style::Block));
    let expected = "\
Short: { type: \"[string]\", doc: \"Counted, from 0.\" }
Lines:
  type: \"[string]\"
  doc: |-
    One.

    Two.
Long:
  type: \"[string]\"
  doc: >-
    These words need more than a hundred characters, and they are broken at a blank between two
    words.
Nothing: {}
";
    assert_eq!(map.to_text(), expected);
}
