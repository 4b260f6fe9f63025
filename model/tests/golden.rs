//! What a newcomer reads when a specification is wrong: a folder is a test.
//!
//! `golden/<case>/` holds the files that matter and `expected.err`, what is said about them. The
//! files of `golden/base/` are added where the case has none of the same path, so that a case shows
//! nothing but its problem. `BINDERY_BLESS=1 cargo test -p bindery-model` writes the expectations
//! anew; each of them is then to be read.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

use bindery_model::{Sources, load};

/// How many lines of YAML a case may have in each file.
const MAX_LINES: usize = 30;

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn files(folder: &Path, path: &str, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).expect("the folder exists") {
        let entry = entry.expect("the folder can be read").path();
        let name = entry
            .file_name()
            .expect("an entry has a name")
            .to_string_lossy()
            .into_owned();
        let below = if path.is_empty() {
            name
        } else {
            format!("{path}/{name}")
        };
        if entry.is_dir() {
            files(&entry, &below, found);
        } else if below != "expected.err" {
            found.insert(below, fs::read_to_string(&entry).expect("the file is text"));
        }
    }
}

/// The files of a case, with those of the base for what it does not mention. A case that has its
/// own folder for the service, or leaves the base's provider out, gets nothing added there.
fn case(name: &str) -> Sources {
    let mut own = BTreeMap::new();
    files(&golden().join(name), "", &mut own);
    for (path, text) in &own {
        assert!(
            text.lines().count() <= MAX_LINES,
            "{name}/{path} is too long"
        );
    }
    let mut all = BTreeMap::new();
    if own.keys().any(|path| path.starts_with("acme/")) {
        files(&golden().join("base"), "", &mut all);
    }
    let describes_actions =
        |path: &String| path.starts_with("acme/calls/") && !path.ends_with("/service.yaml");
    if own.keys().any(describes_actions) {
        all.remove("acme/calls/v1/GetUser.yaml");
    }
    if own
        .keys()
        .any(|path| path.starts_with("acme/calls/") && !path.starts_with("acme/calls/v1/"))
    {
        all.remove("acme/calls/v1/service.yaml");
    }
    all.extend(own);
    Sources::from_files(all)
}

#[test]
fn the_base_of_all_cases_is_sound() {
    load(&golden().join("base")).unwrap_or_else(|problems| panic!("{problems}"));
}

#[test]
fn every_problem_is_reported_with_its_place_and_remedy() {
    let mut names: Vec<_> = fs::read_dir(golden())
        .expect("there are cases")
        .map(|entry| {
            entry
                .expect("the case can be read")
                .file_name()
                .into_string()
                .expect("UTF-8")
        })
        .filter(|name| name != "base")
        .collect();
    names.sort();
    let mut wrong = Vec::new();
    for name in &names {
        let found = match bindery_model::check(&case(name)) {
            Ok(_) => "no problems found\n".to_owned(),
            Err(problems) => problems.to_string(),
        };
        let path = golden().join(name).join("expected.err");
        if env::var_os("BINDERY_BLESS").is_some() {
            fs::write(&path, &found).expect("the expectation can be written");
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        if found != expected {
            wrong.push(format!("{name}\nexpected:\n{expected}\nfound:\n{found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(names.len() >= 20, "there are cases of twenty kinds");
}
