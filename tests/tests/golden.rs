//! What the generator writes for small specifications, file by file.
//!
//! `BINDERY_BLESS=1 cargo test -p bindery-tests --test golden` accepts what it writes now; the
//! difference is then reviewed like any other change.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::path::{Path, PathBuf};

use bindery_codegen::{Layout, Options, Selection, generate};

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden")
}

fn cases() -> Vec<String> {
    let entries = std::fs::read_dir(golden()).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().unwrap().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn the_generator_writes_what_is_expected() {
    let options = Options {
        layout: Layout::Module,
        example_path: None,
    };
    let mut differences = String::new();
    for case in cases() {
        let folder = golden().join(&case);
        let model = bindery_model::load(&folder.join("spec"))
            .unwrap_or_else(|problems| panic!("{case}: {problems}"));
        let files = generate(&model, &options);
        let expected = folder.join("expected");
        if std::env::var_os("BINDERY_BLESS").is_some() {
            files.write(&expected).unwrap();
        }
        for change in files.changes(&expected).unwrap() {
            differences.push_str(&change.diff(&expected));
        }
    }
    assert!(
        differences.is_empty(),
        "{differences}\naccept with BINDERY_BLESS=1"
    );
}

#[test]
fn versions_of_a_service_can_be_selected() {
    let both = ["v20240101", "v20250101"];
    for (text, expected) in [
        ("as", &both[..]),
        ("as/v20240101,as/v20250101", &both),
        ("as/v20250101", &both[1..]),
        ("sample/as/v20240101", &both[..1]),
        ("sample/as/v20240101:GetGroup", &both[..1]),
    ] {
        let selection: Selection = text.parse().unwrap();
        assert_eq!(selection.to_string(), text);
        let model = bindery_model::load(&golden().join("versions/spec")).unwrap();
        let model = selection.apply(model).unwrap();
        let services = model.providers.iter().flat_map(|one| &one.services);
        let versions: Vec<_> = services.map(|one| one.module.as_str()).collect();
        assert_eq!(versions, expected, "{text}");
    }
}

#[test]
fn generation_does_not_depend_on_the_run() {
    let options = Options {
        layout: Layout::Crate,
        example_path: Some("bindery_sdk".to_owned()),
    };
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec");
    let once = || generate(&bindery_model::load(&spec).unwrap(), &options);
    assert_eq!(once(), once());
}
