//! `bindery verify`: what is found where a specification and the vendor's metadata disagree.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The folder with a specification, metadata that contradict it, and what is to be said of that.
fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verify")
}

fn verify(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bindery"));
    command.arg("verify").args(arguments).current_dir(folder);
    // What is installed here is none of the tests' business.
    command.env_remove("BINDERY_TCCLI").env("PATH", "");
    command.output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).unwrap()
}

/// A copy of the data for a test that changes it.
fn copy(name: &str) -> PathBuf {
    fn copy_folder(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let to = to.join(entry.file_name());
            if entry.path().is_dir() {
                copy_folder(&entry.path(), &to);
            } else {
                fs::copy(entry.path(), to).unwrap();
            }
        }
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    copy_folder(&data(), &folder);
    folder
}

/// Each expected line was written from the two descriptions in the folder.
#[test]
fn every_kind_of_disagreement_is_named() {
    for (file, arguments) in [("expected.txt", &[][..]), ("expected.json", &["--json"])] {
        let arguments = [&["--against", "catalogue"], arguments].concat();
        let output = verify(&data(), &arguments);
        assert_eq!(output.status.code(), Some(100));
        let found = text(&output.stdout);
        let expected = data().join(file);
        if std::env::var_os("BINDERY_BLESS").is_some() {
            fs::write(&expected, found).unwrap();
        }
        assert_eq!(found, fs::read_to_string(&expected).unwrap(), "{file}");
    }
}

#[test]
fn a_chosen_version_is_compared_alone() {
    let output = verify(
        &data(),
        &["--against", "catalogue", "--service", "demo/v20190101"],
    );
    assert_eq!(output.status.code(), Some(100));
    let summary = "compared: 0 actions, 1 services; disagreements: 1, of which explained: 0";
    assert!(text(&output.stdout).ends_with(&format!("{summary}\n")));

    let output = verify(&data(), &["--against", "catalogue", "--service", "dema"]);
    assert_eq!(output.status.code(), Some(1));
    let message = text(&output.stderr);
    assert!(message.contains("has no service \"dema\" of this vendor; did you mean `demo`?"));
}

#[test]
fn a_deviation_says_what_and_why() {
    let folder = copy("deviations");
    let path = folder.join("spec/tencent/demo/v20200102/deviations.yaml");
    let place = "deviations.yaml: line 2, column 5: expected";
    for (deviations, expected) in [
        (
            "deviations: []\nothers: []\n",
            "deviations.yaml: line 1, column 1: expected",
        ),
        ("deviations:\n  - { at: GetOld, metadata: null }\n", place),
        (
            "deviations:\n  - { at: GetOld., metadata: null, reason: Because. }\n",
            place,
        ),
        (
            "deviations:\n  - { at: GetOld, metadata: null, reason: \" \" }\n",
            place,
        ),
        ("deviations: [\n", "expected YAML"),
    ] {
        fs::write(&path, deviations).unwrap();
        let output = verify(&folder, &["--against", "catalogue"]);
        assert_eq!(output.status.code(), Some(1), "{deviations}");
        assert!(output.stdout.is_empty());
        let message = text(&output.stderr);
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn a_correction_of_something_else_explains_nothing() {
    let folder = copy("was");
    let path = folder.join("spec/tencent/demo/v20200102/GetThing.overlay.yaml");
    let overlay = |was: &str| {
        let change =
            format!("{{ at: params.Size.type, reason: So it is., was: {was}, replace: int64 }}");
        format!("overlay: GetThing\nchanges: [{change}]\n")
    };
    let action = folder.join("spec/tencent/demo/v20200102/GetThing.yaml");
    let metadata = folder.join("catalogue/services/demo/v20200102/api.json");
    let replace = |path: &Path, from: &str, to: &str| {
        let text = fs::read_to_string(path).unwrap();
        assert!(text.contains(from));
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    };
    // The metadata said `uint64`, which the overlay corrects, and then says `float`.
    replace(&action, "type: int32", "type: uint64");
    replace(
        &metadata,
        r#""Size", "type": "int", "member": "int64""#,
        r#""Size", "type": "int", "member": "uint64""#,
    );
    fs::write(&path, overlay("uint64")).unwrap();
    let output = verify(&folder, &["--against", "catalogue"]);
    assert!(
        text(&output.stdout).contains("explained  So it is."),
        "{}",
        text(&output.stdout)
    );
    replace(
        &metadata,
        r#""Size", "type": "int", "member": "uint64""#,
        r#""Size", "type": "float", "member": "float""#,
    );
    let output = verify(&folder, &["--against", "catalogue"]);
    assert!(text(&output.stdout).contains("    metadata   float ("));
    assert!(!text(&output.stdout).contains("explained  So it is."));
}

#[test]
fn a_field_that_an_overlay_renames_is_compared_with_the_member_of_its_former_name() {
    let folder = copy("renamed");
    let overlay = "\
overlay: GetThing
changes:
  - { at: params.Size.doc, reason: It is small., was: Narrower., replace: Small. }
  - { at: params.Size, reason: It is a header., rename: X-Size }
  - { at: params.X-Size.in, reason: It is a header., add: header }
  - { at: params.Filter, reason: It is a header., rename: X-Filter }
  - { at: params.X-Filter.in, reason: It is a header., add: header }
  - { at: params.X-Filter.required, reason: It is not., was: true, remove: true }
  - at: params.Body
    reason: The metadata forgets it.
    add: { type: bytes, doc: The body., in: whole_body }
";
    let service = "spec/tencent/demo/v20200102";
    fs::write(folder.join(service).join("GetThing.overlay.yaml"), overlay).unwrap();
    let action = folder.join(service).join("GetThing.yaml");
    let described = fs::read_to_string(&action).unwrap();
    let others = ["  Name:", "  When:", "  Tags:", "  Old:", "  Extra:"];
    let lines = described.lines();
    let lines = lines.filter(|line| !others.iter().any(|other| line.starts_with(other)));
    fs::write(&action, lines.collect::<Vec<_>>().join("\n")).unwrap();

    let arguments = ["--against", "catalogue", "--service", "demo/v20200102"];
    let output = verify(&folder, &arguments);
    let found = text(&output.stdout);
    let type_differs = format!(
        "  {service}/GetThing.yaml:6:11: params.X-Size.type [type]\n    spec       int32\n"
    );
    assert!(found.contains(&type_differs), "{found}");
    assert!(found.contains("members.Size.member"), "{found}");
    assert!(
        found.contains("explained  The metadata forgets it."),
        "{found}"
    );
    for unchanged in [
        "[missing-member]\n    spec       nothing\n    metadata   int64",
        "X-Filter",
    ] {
        assert!(!found.contains(unchanged), "{found}");
    }
}

#[test]
fn a_reader_may_stop_reading() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bindery"));
    command.args(["verify", "--against", "catalogue"]);
    command.current_dir(data()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::null()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(100));
}

#[test]
fn without_metadata_there_is_nothing_to_verify() {
    let output = verify(&data(), &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("pip download --no-deps --dest tccli tccli"));

    let output = verify(&data(), &["--against", "nowhere"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("cannot read nowhere"));

    let output = verify(&data(), &["--against", "spec"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("expected <service>/v<version>/api.json below spec"));
}

#[test]
fn an_installed_tccli_is_found() {
    let folder = copy("installed");
    let run = |variable: &str, path: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bindery"));
        command.arg("verify").current_dir(&folder);
        command.env("BINDERY_TCCLI", variable).env("PATH", path);
        let output = command.output().unwrap();
        (output.status.code(), text(&output.stderr).to_owned())
    };
    let (status, message) = run("", "");
    assert_eq!(status, Some(2));
    assert!(
        message.contains("pip download") && message.contains("BINDERY_TCCLI"),
        "{message}"
    );

    let (status, message) = run("catalogue", "");
    assert_eq!(status, Some(100));
    assert!(
        message.starts_with("verifying against catalogue\n"),
        "{message}"
    );

    let package = folder.join("venv/lib/python3.12/site-packages/tccli");
    fs::create_dir_all(package.parent().unwrap()).unwrap();
    fs::rename(folder.join("catalogue"), &package).unwrap();
    fs::create_dir(folder.join("venv/bin")).unwrap();
    fs::write(folder.join("venv/bin/python3"), "").unwrap();
    let (status, message) = run("", folder.join("venv/bin").to_str().unwrap());
    assert_eq!(status, Some(100), "{message}");
    assert!(message.starts_with(&format!("verifying against {}\n", package.display())));

    fs::create_dir(folder.join("tccli")).unwrap();
    fs::rename(&package, folder.join("tccli/tccli")).unwrap();
    let (status, message) = run("", "");
    assert_eq!(status, Some(100), "{message}");
    assert!(
        message.starts_with("verifying against tccli/tccli\n"),
        "{message}"
    );
}
