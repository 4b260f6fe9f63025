//! Files that are written to do harm, and files that are no specification at all.

use std::{fs, path::PathBuf};

use bindery_model::{Diagnostics, Sources, TypeRef, check, load};
use proptest::prelude::*;

const PROVIDER: &str = include_str!("golden/base/acme/provider.yaml");
const SERVICE: &str = include_str!("golden/base/acme/calls/v1/service.yaml");
const ACTION: &str = include_str!("golden/base/acme/calls/v1/GetUser.yaml");

/// A specification with one action, which everything is added to.
fn with_action(text: &str) -> Sources {
    Sources::from_files([
        ("acme/provider.yaml", PROVIDER),
        ("acme/calls/v1/service.yaml", SERVICE),
        ("acme/calls/v1/GetUser.yaml", text),
    ])
}

fn problems(text: &str) -> Diagnostics {
    check(&with_action(text)).expect_err("the specification has problems")
}

fn messages(problems: &Diagnostics) -> Vec<&str> {
    problems
        .iter()
        .map(|problem| problem.message.as_str())
        .collect()
}

/// A folder of this test run, which is removed in the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(path.join("acme/calls/v1")).expect("the folder can be created");
        let folder = Self(path);
        folder.write("acme/provider.yaml", PROVIDER);
        folder.write("acme/calls/v1/service.yaml", SERVICE);
        folder.write("acme/calls/v1/GetUser.yaml", ACTION);
        folder
    }

    fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.0.join(path), bytes).expect("the file can be written");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn objects_may_hold_themselves() {
    let model = check(&with_action(&format!(
        "{ACTION}output: {{ Tree: {{ type: Tree, doc: A tree. }} }}\ntypes:\n  \
         Tree: {{ doc: A tree., fields: {{ Left: {{ type: Tree, doc: A. }}, Others: {{ type: \"[Leaf]\", doc: B. }} }} }}\n  \
         Leaf: {{ doc: A leaf., fields: {{ Tree: {{ type: \"{{Tree}}\", doc: C. }} }} }}\n"
    )))
    .unwrap_or_else(|problems| panic!("{problems}"));
    let service = &model.providers[0].services[0];
    assert_eq!(service.actions[0].output[0].ty, TypeRef::Named(0));
    assert!(service.types.iter().all(|ty| ty.output && !ty.input));
}

#[test]
fn names_of_ten_thousand_characters_are_refused_in_few_words() {
    let name = "A".repeat(10_000);
    let found = problems(&format!(
        "{ACTION}params:\n  {name}: {{ type: {name}, doc: Long. }}\n"
    ));
    let text = found.to_string();
    assert_eq!(found.iter().len(), 3, "{text}");
    assert!(messages(&found)[0].ends_with("` is too long"), "{text}");
    assert!(text.len() < 4_000, "{text}");
}

#[test]
fn messages_never_carry_control_characters() {
    for name in [
        "\u{202e}evil",
        "\u{1b}[31mred",
        "a\u{7f}",
        "\u{feff}",
        "a\r\nb",
        "a\u{2028}b",
    ] {
        let key = serde_json::json!(name);
        let found = problems(&format!(
            "{ACTION}params:\n  {key}: {{ type: string, doc: No. }}\n"
        ));
        let text = found.to_string();
        let hostile =
            |c: char| (c.is_control() && c != '\n') || "\u{202e}\u{2028}\u{feff}".contains(c);
        assert!(!text.contains(hostile), "{text:?}");
    }
}

#[test]
fn nesting_is_limited() {
    for (open, close) in [("[", "]"), ("{a: ", "}"), ("- ", "")] {
        let value = format!("{}1{}", open.repeat(5_000), close.repeat(5_000));
        let found = problems(&format!(
            "{ACTION}examples:\n  - title: Deep\n    response:\n      {value}\n"
        ));
        assert_eq!(
            messages(&found),
            ["values are nested more than 64 levels deep"],
            "{open}"
        );
    }
}

#[test]
fn a_thousand_problems_are_counted_and_not_all_shown() {
    let keys: Vec<_> = (0..1_000).map(|index| format!("key{index}: 1")).collect();
    let keys = keys.join(
        "
",
    );
    let found = problems(&format!("{ACTION}{keys}"));
    let text = found.to_string();
    assert_eq!(found.iter().len(), 1_000);
    assert_eq!(text.matches("unknown key").count(), 50);
    assert!(
        text.ends_with("950 more problems in acme/calls/v1/GetUser.yaml\n\n1000 problems found\n")
    );
}

/// Places far apart, and places in endless lines, are named without showing what lies between.
#[test]
fn endless_lines_are_not_shown() {
    let line = format!("\"{}\"", "x".repeat(100_000));
    let text = format!("{ACTION}title: {line}\nnotes: [{line}, no]\nkind: write\n");
    let text = problems(&text).to_string();
    assert!(text.len() < 1_000, "{text}");
    assert!(
        text.contains("acme/calls/v1/GetUser.yaml:6:100013"),
        "{text}"
    );
    assert!(text.contains("4 | kind: read"), "{text}");
}

#[test]
fn what_cannot_be_read_is_reported_with_the_rest() {
    let folder = Folder::new("unreadable");
    folder.write("acme/calls/v1/Large.yaml", vec![b'#'; (4 << 20) + 1]);
    folder.write("acme/calls/v1/Latin.yaml", b"doc: caf\xe9\n");
    folder.write("acme/calls/v1/GetRoom.yaml", "action: GetRoom\n");
    let found = load(&folder.0).expect_err("three files are wrong");
    let files: Vec<_> = found
        .iter()
        .map(|problem| {
            (
                found
                    .path(problem.span)
                    .rsplit('/')
                    .next()
                    .unwrap_or_default(),
                &problem.message,
            )
        })
        .collect();
    assert_eq!(files[0].0, "GetRoom.yaml");
    assert_eq!(
        files[1].1,
        "`acme/calls/v1/Large.yaml` is larger than 4 MiB"
    );
    assert_eq!(files[2].1, "`acme/calls/v1/Latin.yaml` is not UTF-8 text");
}

#[test]
fn a_file_of_100_megabytes_is_not_read() {
    let folder = Folder::new("sparse");
    let file = fs::File::create(folder.0.join("acme/calls/v1/Huge.yaml")).expect("a file");
    file.set_len(100 << 20).expect("a sparse file");
    let found = load(&folder.0).expect_err("the file is refused");
    assert_eq!(
        messages(&found),
        ["`acme/calls/v1/Huge.yaml` is larger than 4 MiB"]
    );
}

#[cfg(unix)]
#[test]
fn links_cannot_lead_in_a_circle() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new("links");
    symlink("..", folder.0.join("acme/loop")).expect("a link");
    symlink("Self.yaml", folder.0.join("acme/calls/v1/Self.yaml")).expect("a link");
    symlink("/dev/zero", folder.0.join("acme/calls/v1/Zero.yaml")).expect("a link");
    let found = load(&folder.0).expect_err("the links are refused");
    let found = messages(&found);
    assert!(
        found[0].starts_with("`acme/calls/v1/Self.yaml` cannot be read"),
        "{found:?}"
    );
    assert_eq!(found[1], "`acme/calls/v1/Zero.yaml` is not a regular file");
    assert_eq!(found[2], "`acme/loop` is a link to a folder");
}

#[test]
fn a_folder_that_does_not_exist_is_a_problem() {
    let found = load(&PathBuf::from("no/such/folder")).expect_err("there is nothing");
    assert!(
        found
            .to_string()
            .starts_with("error: the folder cannot be read")
    );
}

/// An action that uses every corner of the language.
const RICH: &str = r#"action: GetUser
doc: Finds a user.
notes: [One., "1.10"]
source: [{ url: "https://acme.example/a", updated: 2024-03-11 }]
kind: read
path: /users/{id}
rate_limit: [20/s, { limit: 5/m, scope: room, by: id, doc: Slow. }]
region: required
regions: [north-1]
params:
  id: { type: string, in: path, required: true, length: 1..5, pattern: "[a-z]+", example: abc, doc: A. }
  Page: { type: uint32, range: 1..100, default: 6, doc: B. }
  Filter: { type: "[Filter]", doc: C. }
output:
  Data: { type: "{[State]}", nullable: true, doc: D. }
  Users: { type: "[Filter]", doc: E. }
types:
  Filter: { doc: F., fields: { Since: { type: timestamp(ms), doc: G. }, Again: { type: Filter, doc: H. } } }
  State: { doc: I., enum: int32, values: { -1: { name: Off, doc: J. }, 1: { name: Idle, doc: K. } } }
errors:
  Invalid.Name: { doc: L., class: invalid, remedy: M. }
  50001: { name: Busy }
status_codes: { 200: Success. }
pagination: { page: Page, size: Page, items: Users }
examples:
  - title: One
    request: { id: abc, Filter: [{ Since: 15 }] }
    response: { Response: { Users: [null, 1.5, "x"] } }
"#;

fn mutated() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<String>(),
        "[\\[\\]{}:,&*!|>'\"%@`#~ \\n\\t-]{1,4}",
        Just("\u{0}".to_owned()),
        Just("<<: ".to_owned()),
        Just("é\u{202e}".to_owned()),
        Just(String::new()),
    ];
    (0..RICH.len(), 0..40_usize, piece).prop_map(|(start, length, piece)| {
        let end = (start + length).min(RICH.len());
        format!("{}{piece}{}", &RICH[..start], &RICH[end..])
    })
}

proptest! {
    #[test]
    fn no_mutation_of_a_good_action_panics(text in mutated()) {
        if let Err(problems) = check(&with_action(&text)) {
            prop_assert!(problems.iter().len() > 0);
            prop_assert!(!problems.render(true).is_empty());
        }
    }

    #[test]
    fn no_bytes_panic(text in any::<String>(), path in "[a-z./]{0,20}") {
        let sources = Sources::from_files([(path, text.clone()), ("acme/provider.yaml".to_owned(), text)]);
        if let Err(problems) = check(&sources) {
            prop_assert!(!problems.to_string().is_empty());
        }
    }
}
