//! The layout of files: what becomes of some that a person wrote, and laws that hold for all.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::{Path, PathBuf};

use bindery_model::layout::format;
use proptest::prelude::*;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn laid_out(text: &str) -> String {
    format("file.yaml", text).unwrap_or_else(|error| panic!("{}\n{text}", error.render(false)))
}

/// The files below a folder that are part of a specification.
fn files(path: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(path).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "yaml")
        {
            found.push(path);
        }
    }
}

#[test]
fn files_are_laid_out_as_expected() {
    for case in fs::read_dir(folder("tests/layout")).unwrap() {
        let case = case.unwrap().path();
        let before = fs::read_to_string(case.join("before.yaml")).unwrap();
        let after = laid_out(&before);
        assert_eq!(laid_out(&after), after, "{}", case.display());
        assert_eq!(laid_out(&before.replace('\n', "\r\n")), after);
        let expected = case.join("after.yaml");
        if std::env::var_os("BINDERY_BLESS").is_some() {
            fs::write(&expected, &after).unwrap();
        }
        let expected = fs::read_to_string(expected).unwrap();
        assert_eq!(after, expected, "{}", case.display());
    }
}

#[test]
fn what_a_specification_or_an_import_holds_is_laid_out_already() {
    let mut found = Vec::new();
    files(&folder("../spec"), &mut found);
    files(&folder("../import/tests/data/expected"), &mut found);
    assert!(found.len() > 30);
    for path in found {
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(laid_out(&text), text, "{}", path.display());
    }
}

#[test]
fn what_cannot_be_read_is_refused_with_its_place() {
    for (text, reason) in [
        ("a: 1\na: 2\n", "given twice"),
        ("a: [1\n", "file.yaml"),
        ("a: &x 1\nb: *x\n", "anchors are not allowed"),
        ("# only a comment\n", "empty"),
    ] {
        let error = format("file.yaml", text).unwrap_err().render(false);
        assert!(error.contains(reason), "{error}");
    }
}

/// A file of nested mappings and lists, in lines or between brackets, with comments and blank lines.
fn document() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        Just("plain".to_owned()),
        Just("\"quoted # text\"".to_owned()),
        Just("'it''s'".to_owned()),
        Just("[a, {b: c}, \"d\"]".to_owned()),
        Just("{ a: 1, b: [no, \"no\"] }".to_owned()),
        Just("10".to_owned()),
        Just(String::new()),
    ];
    let comment = prop_oneof![3 => Just(""), 1 => Just(" # beside")];
    let above = prop_oneof![4 => Just(""), 1 => Just("# above\n"), 1 => Just("\n"), 1 => Just("\n# apart\n\n")];
    let leaf =
        (scalar, comment.clone()).prop_map(|(value, comment)| format!(" {value}{comment}\n"));
    let nested = leaf.prop_recursive(4, 24, 4, move |inner| {
        let key = prop_oneof![
            Just("action"),
            Just("doc"),
            Just("params"),
            Just("type"),
            Just("a b"),
            Just("10"),
            Just("errors"),
            Just("examples"),
            Just("source"),
        ];
        let entries = prop::collection::btree_map(key, (above.clone(), inner.clone()), 1..4);
        let items = prop::collection::vec((above.clone(), inner), 1..4);
        prop_oneof![
            (entries, comment.clone()).prop_map(|(entries, comment)| {
                let lines = entries
                    .into_iter()
                    .map(|(key, (above, value))| format!("{above}{key}:{value}"));
                format!("{comment}\n{}", indented(&lines.collect::<String>()))
            }),
            (items, comment.clone()).prop_map(|(items, comment)| {
                let lines = items
                    .into_iter()
                    .map(|(above, value)| format!("{above}-{value}"));
                format!("{comment}\n{}", indented(&lines.collect::<String>()))
            }),
        ]
    });
    nested.prop_map(|value| format!("root:{value}"))
}

fn indented(text: &str) -> String {
    let lines = text.lines().map(|line| {
        if line.is_empty() {
            "\n".to_owned()
        } else {
            format!("  {line}\n")
        }
    });
    lines.collect()
}

proptest! {
    /// Laying out checks itself that nothing is lost, and refuses a file otherwise.
    #[test]
    fn nothing_is_lost_and_a_second_time_changes_nothing(text in document()) {
        let once = laid_out(&text);
        prop_assert_eq!(laid_out(&once), once);
    }
}
