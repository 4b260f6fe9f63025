//! What is checked in is what the specification gives.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::path::{Path, PathBuf};
use std::process::Command;

use bindery_codegen::{Layout, Options, features, generate};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

#[test]
fn generated_code_is_up_to_date() {
    let model = bindery_model::load(&root().join("spec")).unwrap();
    let options = Options {
        layout: Layout::Crate,
        example_path: Some("bindery_sdk".to_owned()),
    };
    let folder = root().join("generated/src");
    let changes = generate(&model, &options).changes(&folder).unwrap();
    let differences: String = changes.iter().map(|change| change.diff(&folder)).collect();
    assert!(
        differences.is_empty(),
        "{differences}\ngenerated/ is stale: run `cargo run --release -- generate`"
    );
    let manifest = std::fs::read_to_string(root().join("generated/Cargo.toml")).unwrap();
    for feature in features(&model) {
        assert!(
            manifest.contains(&format!("\n{feature} = []\n")),
            "{feature} is no feature: run `cargo run --release -- generate`"
        );
    }
}

#[test]
fn the_languages_schema_and_reference_are_up_to_date() {
    let schema = std::fs::read_to_string(root().join("spec/schema.json")).unwrap();
    let readme = std::fs::read_to_string(root().join("spec/README.md")).unwrap();
    assert!(
        schema == format!("{:#}\n", bindery_model::json_schema())
            && readme.contains(&bindery_model::reference_markdown()),
        "spec/ describes an older language: run `cargo run --release -- schema`"
    );
}

#[test]
fn generated_code_is_formatted_as_rustfmt_would() {
    let mut files = Vec::new();
    for folder in ["generated/src", "tests/golden"] {
        rust_files(&root().join(folder), &mut files);
    }
    assert!(
        files.len() > 30,
        "expected generated files, found {}",
        files.len()
    );
    let status = Command::new("rustfmt")
        .args([
            "--check",
            "--edition",
            "2024",
            "--config",
            "style_edition=2024",
        ])
        .args(files)
        .status()
        .unwrap();
    assert!(
        status.success(),
        "rustfmt would change what the generator wrote"
    );
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}
