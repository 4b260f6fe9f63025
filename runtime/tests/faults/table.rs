//! The tables of faults, and whether the tests that they name are run.

use std::path::Path;

/// The rows of the table in a file's documentation: what stands first, and the tests.
fn rows(code: &str) -> impl Iterator<Item = (&str, Vec<&str>)> {
    let rows = code.lines().filter_map(|line| line.strip_prefix("//! | "));
    // After the titles and the line below them.
    rows.skip(1).map(|row| {
        let (first, tests) = row.split_once(" | ").expect("a row has two columns");
        (first, tests.split('`').skip(1).step_by(2).collect())
    })
}

/// The code of the module that a path stands for: of this folder, of the others beside it, of the
/// sources, or of another package.
fn module(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = path.replace("::", "/");
    let inline = file.strip_suffix("/tests").unwrap_or(&file);
    let places = ["tests/faults/", "tests/", "src/", "../"];
    let files = places.map(|place| root.join(format!("{place}{file}.rs")));
    let files = files
        .into_iter()
        .chain([root.join(format!("src/{inline}.rs"))]);
    files
        .filter_map(|file| std::fs::read_to_string(file).ok())
        .collect()
}

/// Whether code holds a test of a name that is not left out.
fn is_run(code: &str, name: &str) -> bool {
    let lines: Vec<&str> = code.lines().map(str::trim).collect();
    let head = format!("fn {name}(");
    let is_it = |line: &str| {
        line.strip_prefix("async ")
            .unwrap_or(line)
            .starts_with(&head)
    };
    let Some(place) = lines.iter().position(|line| is_it(line)) else {
        return false;
    };
    let above = lines[..place].iter().rev();
    let above: Vec<_> = above
        .take_while(|line| line.starts_with("#[") || line.starts_with("///"))
        .collect();
    let is_test = |line: &&&str| line.starts_with("#[test]") || line.starts_with("#[tokio::test");
    above.iter().any(is_test) && !above.iter().any(|line| line.starts_with("#[ignore"))
}

/// Fails for rows that name a test that is not run, or none, and returns what stands first in each.
fn check(code: &str) -> Vec<&str> {
    let check = |(first, tests): (_, Vec<&str>)| {
        assert!(!tests.is_empty(), "{first} has no test");
        for test in tests {
            let (path, name) = test.rsplit_once("::").expect("a test is in a module");
            assert!(is_run(&module(path), name), "{first}: {test} is not run");
        }
        first
    };
    rows(code).map(check).collect()
}

#[test]
fn every_case_has_a_test() {
    let cases = check(include_str!("main.rs"));
    let numbers: Vec<String> = (1..=78).map(|number: u32| number.to_string()).collect();
    assert_eq!(cases, numbers);
}

#[test]
fn every_fault_of_the_vendors_sdks_has_a_test() {
    let faults = check(include_str!("rivals.rs"));
    assert!(faults.len() > 20, "{faults:?}");
}

#[test]
fn a_test_that_is_not_run_does_not_count() {
    let code = "#[test]\nfn run() {}\n\n#[test]\n#[ignore]\nfn ignored() {}\n\nfn helper() {}\n";
    let names = ["run", "ignored", "helper", "missing"];
    assert_eq!(
        names.map(|name| is_run(code, name)),
        [true, false, false, false]
    );
}
