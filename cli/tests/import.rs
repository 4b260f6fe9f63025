//! `bindery import`, release after release: what it touches, and what an interruption leaves.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::iter;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use serde_json::{Value, json};

/// A fresh folder for a test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn bindery(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bindery"));
    command.args(arguments).current_dir(folder);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn import(folder: &Path, catalogue: &str, out: &str) -> Output {
    let arguments = ["import", "tencent", catalogue, "--all", "--out", out];
    bindery(folder, &arguments).output().unwrap()
}

/// Imports, and removes what is gone.
fn prune(folder: &Path) -> Output {
    let arguments = ["import", "tencent", "services", "--all", "--prune"];
    let mut command = bindery(folder, &arguments);
    command.args(["--out", "spec"]).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).unwrap()
}

/// All files below a folder, by their path in it.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(root, &path, files);
            } else {
                let below = path.strip_prefix(root).unwrap().to_owned();
                files.insert(below, fs::read(&path).unwrap());
            }
        }
    }
    let mut all = BTreeMap::new();
    collect(folder, folder, &mut all);
    all
}

/// The names of a folder's files that were changed after `time`.
fn touched(folder: &Path, time: SystemTime) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let touched = entries.filter(|entry| entry.metadata().unwrap().modified().unwrap() != time);
    let mut names: Vec<_> = touched
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn member(name: &str, ty: &str, element: &str) -> Value {
    json!({ "name": name, "type": ty, "member": element, "document": "A member." })
}

/// Metadata in which every action has an object of its own and shares another.
fn metadata(service: &str, actions: &[String]) -> Value {
    let mut api = json!({
        "metadata": { "apiVersion": "2020-01-02", "serviceShortName": service },
        "actions": {},
        "objects": { "Shared": { "document": "", "members": [member("Id", "int", "int64")] } },
    });
    for name in actions {
        let (input, output) = (format!("{name}Request"), format!("{name}Response"));
        let own = format!("{name}Detail");
        api["actions"][name] = json!({
            "name": name, "document": "Does something.", "status": "online",
            "input": input, "output": output,
        });
        let members = [
            member("Shared", "object", "Shared"),
            member("Own", "object", &own),
        ];
        api["objects"][own] =
            json!({ "document": "", "members": [member("Size", "int", "int64")] });
        api["objects"][input] =
            json!({ "document": "", "members": [member("Name", "string", "string")] });
        api["objects"][output] = json!({ "document": "", "members": members });
    }
    api
}

fn release(folder: &Path, service: &str, api: &Value) {
    let folder = folder.join("services").join(service).join("v20200102");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("api.json"), api.to_string()).unwrap();
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().copied().map(str::to_owned).collect()
}

const DEMO: &str = "spec/tencent/demo/v20200102";

#[test]
fn a_release_touches_what_it_changes_and_nothing_else() {
    let folder = folder("release");
    let mut api = metadata(
        "demo",
        &names(&["GetMore", "GetGone", "GetType", "GetSame"]),
    );
    let other = metadata("other", &names(&["GetOther"]));
    release(&folder, "demo", &api);
    release(&folder, "other", &other);
    assert_eq!(import(&folder, "services", "spec").status.code(), Some(0));
    let spec = folder.join("spec");
    fs::write(
        folder.join(DEMO).join("GetMore.overlay.yaml"),
        "overlay: GetMore\nchanges: [{ at: doc, reason: It is vague., was: Does something., replace: Gets more. }]\n",
    )
    .unwrap();
    let before = files(&spec);
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    for path in before.keys() {
        let file = File::options().append(true).open(spec.join(path)).unwrap();
        file.set_modified(time).unwrap();
    }

    // One member is new, one action is gone, one type is another.
    let members = &mut api["objects"]["GetMoreRequest"]["members"];
    let added = member("Added", "string", "string");
    members.as_array_mut().unwrap().push(added);
    api["objects"]["GetTypeDetail"]["members"][0] = member("Size", "float", "float");
    api["actions"].as_object_mut().unwrap().remove("GetGone");
    release(&folder, "demo", &api);
    let output = prune(&folder);
    assert_eq!(output.status.code(), Some(0));
    let summary = text(&output.stdout);
    assert!(
        summary.contains("2 files written, 4 unchanged, 1 removed\n"),
        "{summary}"
    );

    assert_eq!(
        touched(&folder.join(DEMO), time),
        ["GetMore.yaml", "GetType.yaml"]
    );
    assert!(touched(&spec.join("tencent/other/v20200102"), time).is_empty());
    let mut after = files(&spec);
    let path = |name: &str| Path::new("tencent/demo/v20200102").join(name);
    let mut expected = before;
    expected.remove(&path("GetGone.yaml")).unwrap();
    let differences: Vec<_> = [("GetMore.yaml", "  Added:"), ("GetType.yaml", "float")]
        .map(|(name, part)| {
            let (old, new) = (
                expected.remove(&path(name)).unwrap(),
                after.remove(&path(name)).unwrap(),
            );
            assert!(text(&new).contains(part) && !text(&old).contains(part));
            let old: Vec<_> = text(&old).lines().collect();
            text(&new)
                .lines()
                .filter(|line| !old.contains(line))
                .count()
        })
        .into();
    assert_eq!(differences, [2, 2], "the digest and one line in each");
    assert_eq!(after, expected);

    // What was imported and corrected is right.
    let output = bindery(&folder, &["check"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}

#[test]
fn an_action_that_no_service_has_is_refused_before_anything_is_written() {
    let folder = folder("unknown");
    release(&folder, "shop", &metadata("shop", &names(&["GetItem"])));
    let arguments = ["import", "tencent", "services", "--service", "shop"];
    let mut command = bindery(&folder, &arguments);
    command.args(["--action", "GetItem,GetItems", "--out", "spec"]);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let message = text(&output.stderr);
    assert!(message.contains("did you mean `GetItem`?"), "{message}");
    assert!(!folder.join("spec").exists());
}

#[test]
fn what_is_gone_is_named_and_stays() {
    let folder = folder("gone");
    release(
        &folder,
        "demo",
        &metadata("demo", &names(&["GetOne", "GetGone"])),
    );
    release(&folder, "gone", &metadata("gone", &names(&["GetOther"])));
    import(&folder, "services", "spec");
    release(&folder, "demo", &metadata("demo", &names(&["GetOne"])));
    fs::remove_dir_all(folder.join("services/gone")).unwrap();

    let output = import(&folder, "services", "spec");
    assert_eq!(output.status.code(), Some(100));
    let (summary, remarks) = (text(&output.stdout), text(&output.stderr));
    assert!(
        summary.contains("0 removed, 2 gone from the metadata\n"),
        "{summary}"
    );
    for part in ["v20200102/GetGone.yaml\n", "gone/v20200102\n", "--prune"] {
        assert!(remarks.contains(part), "{remarks}");
    }
    assert!(folder.join(DEMO).join("GetGone.yaml").exists());

    fs::write(folder.join(DEMO).join("service.yaml"), "service: demo\n").unwrap();
    let output = prune(&folder);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(!folder.join(DEMO).join("GetGone.yaml").exists());
    assert!(!folder.join("spec/tencent/gone").exists());
}

/// Imports actions for which corrections come with the command.
fn with_own_corrections(folder: &Path) -> Value {
    let mut api = metadata("es", &names(&["ChatCompletions", "ParseDocument"]));
    api["metadata"]["apiVersion"] = "2025-01-01".into();
    release(folder, "es", &api);
    let output = import(folder, "services", "spec");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    api
}

#[test]
fn a_correction_of_its_own_that_does_not_apply_is_named_with_the_reason() {
    let folder = folder("own-correction");
    let mut api = with_own_corrections(&folder);
    let switch = member("Stream", "bool", "bool");
    let members = &mut api["objects"]["ParseDocumentRequest"]["members"];
    members.as_array_mut().unwrap().push(switch);
    release(&folder, "es", &api);
    let output = import(&folder, "services", "spec");
    assert_eq!(output.status.code(), Some(100));
    let remarks = text(&output.stderr);
    let file = Path::new("spec/tencent/es/v20250101/ParseDocument.overlay.yaml");
    for part in [
        &*format!("is not laid, {}: it does not apply", file.display()),
        "`stream` is there already",
        "ParseDocument.overlay.yaml:12:9",
    ] {
        assert!(remarks.contains(part), "{remarks}");
    }
    assert!(!folder.join(file).exists());
    let output = bindery(&folder, &["check"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}

#[test]
fn descriptions_come_from_the_metadata_also_where_a_correction_is_read_first() {
    let folder = folder("own-origin");
    with_own_corrections(&folder);
    let service = folder.join("spec/tencent/es/v20250101/service.yaml");
    let text = fs::read_to_string(&service).unwrap();
    let own = text.lines().filter(|line| !line.starts_with('#'));
    fs::write(&service, own.collect::<Vec<_>>().join("\n")).unwrap();
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime");
    let mut command = bindery(&folder, &["generate", "--crate", "client", "--runtime"]);
    let output = command.arg(runtime).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let notice = fs::read_to_string(folder.join("client/NOTICE")).unwrap();
    assert!(notice.contains("vendor's metadata, tccli."), "{notice}");
}

/// An import beside what people have written leaves a specification.
#[test]
fn an_import_beside_a_persons_files_passes_the_check() {
    let folder = folder("person");
    let service = folder.join(DEMO);
    fs::create_dir_all(&service).unwrap();
    release(
        &folder,
        "demo",
        &metadata("demo", &names(&["GetOne", "GetTwo", "GetThree", "GetFour"])),
    );
    let head = "service: demo\ntitle: Demo\nversion: \"2020-01-02\"\nhost: demo.example.com\n\
                doc: Shows something.\nsource: { url: \"https://example.com/\" }\n";
    // A person's action has the shared type for itself, and another the name of an imported one.
    let own = "action: GetOne\ndoc: Gets.\nsource: { url: \"https://example.com/\" }\nkind: read\n\
               output:\n  Shared: { type: Shared, doc: It. }\n  More: { type: GetTwoDetail, doc: It. }\n\
               types:\n  Shared: { doc: It., fields: {} }\n  GetTwoDetail: { doc: It., fields: {} }\n";
    let declared = format!("{head}types:\n  GetThreeDetail: {{ doc: It., fields: {{}} }}\n");
    fs::write(service.join("service.yaml"), &declared).unwrap();
    fs::write(service.join("GetOne.yaml"), own).unwrap();
    let run = |arguments: &[&str]| {
        let all = [
            &["import", "tencent", "services"],
            arguments,
            &["--out", "spec"],
        ]
        .concat();
        let output = bindery(&folder, &all).output().unwrap();
        let remarks = text(&output.stderr).to_owned();
        let check = bindery(&folder, &["check"]).output().unwrap();
        assert_eq!(check.status.code(), Some(0), "{}", text(&check.stderr));
        (output.status.code(), remarks)
    };

    // An action that stays a person's brings no types along.
    let (status, _) = run(&["--service", "demo", "--action", "GetOne"]);
    assert_eq!(status, Some(0));
    assert!(!service.join("types.yaml").exists());
    let (status, _) = run(&["--service", "demo", "--action", "GetFour"]);
    assert_eq!(status, Some(0));
    let (status, remarks) = run(&["--all"]);
    assert_eq!(status, Some(0), "{remarks}");
    for remark in [
        "service.yaml declares these types, which count in the place of the vendor's: GetThreeDetail",
        "GetOne has a type Shared for itself: the vendor's, which other actions use, is called SharedObject",
        "GetOne has a type GetTwoDetail for itself: the vendor's, which other actions use, is called \
         GetTwoDetailObject",
    ] {
        assert!(remarks.contains(remark), "{remark}\n{remarks}");
    }
    let types = fs::read_to_string(service.join("types.yaml")).unwrap();
    assert!(types.contains("\ntypes:\n  SharedObject:\n"), "{types}");
    for (name, text) in [("service", &*declared), ("GetOne", own)] {
        let file = service.join(format!("{name}.yaml"));
        assert_eq!(fs::read_to_string(file).unwrap(), text);
    }
    let before = files(&folder.join("spec"));
    let (status, _) = run(&["--all"]);
    assert_eq!(status, Some(0));
    assert!(files(&folder.join("spec")) == before);

    // Whoever edits the file of shared types has to declare the rest.
    let edited = types.replace("SharedObject", "SharedThing");
    fs::write(service.join("types.yaml"), &edited).unwrap();
    let output = import(&folder, "services", "spec");
    let remarks = text(&output.stderr);
    assert!(
        remarks.contains("types.yaml\n  it has to declare SharedObject;"),
        "{remarks}"
    );
    assert_eq!(output.status.code(), Some(100));

    // Without the person's files, all is as if they had never been there.
    for name in ["service", "GetOne"] {
        fs::remove_file(service.join(format!("{name}.yaml"))).unwrap();
    }
    fs::write(service.join("types.yaml"), &types).unwrap();
    assert_eq!(run(&["--all"]).0, Some(0));
    import(&folder, "services", "fresh");
    assert!(files(&folder.join("spec")) == files(&folder.join("fresh")));
}

#[test]
fn an_overlay_that_no_longer_applies_is_an_error_with_its_place() {
    let folder = folder("overlay");
    let mut api = metadata("demo", &names(&["GetOne", "GetGone"]));
    release(&folder, "demo", &api);
    import(&folder, "services", "spec");
    let overlay = |action: &str, was: &str| {
        format!(
            "overlay: {action}\nchanges:\n  - at: types.{action}Detail.fields.Size.type\n    \
             reason: The page shows a fraction.\n    was: {was}\n    replace: float\n"
        )
    };
    let write = |name: &str, text: &str| {
        fs::write(folder.join(DEMO).join(format!("{name}.overlay.yaml")), text).unwrap();
    };
    write("GetOne", &overlay("GetOne", "int64"));
    let check = || {
        let output = bindery(&folder, &["check"]).output().unwrap();
        (output.status.code(), text(&output.stderr).to_owned())
    };
    assert_eq!(check().0, Some(0));

    // The vendor has corrected it, has changed it to something else, or has taken it away.
    for (member, expected) in [
        (
            member("Size", "float", "float"),
            ["no longer needed", "GetOne.overlay.yaml:3:9"],
        ),
        (
            member("Size", "int", "uint64"),
            ["no longer what it was", "GetOne.overlay.yaml:5:10"],
        ),
        (
            member("Length", "int", "int64"),
            ["has no key `Size`", "GetOne.overlay.yaml:3:"],
        ),
    ] {
        api["objects"]["GetOneDetail"]["members"][0] = member;
        release(&folder, "demo", &api);
        assert_eq!(import(&folder, "services", "spec").status.code(), Some(0));
        let (status, problems) = check();
        assert_eq!(status, Some(100));
        for part in expected {
            assert!(problems.contains(part), "{part}\n{problems}");
        }
    }

    // The action is gone, and its correction with it.
    write(
        "GetOne",
        &overlay("GetOne", "int64").replace("Size", "Length"),
    );
    assert_eq!(check().0, Some(0));
    write("GetGone", &overlay("GetGone", "int64"));
    api["actions"].as_object_mut().unwrap().remove("GetGone");
    release(&folder, "demo", &api);
    prune(&folder);
    let (status, problems) = check();
    assert_eq!(status, Some(100));
    assert!(problems.contains("GetGone.overlay.yaml:1"), "{problems}");
}

/// A catalogue that takes a moment to import.
fn large(folder: &Path, order: impl Iterator<Item = usize>) {
    let actions: Vec<_> = (0..50).map(|index| format!("GetThing{index}")).collect();
    for index in order {
        let service = format!("demo{index}");
        release(folder, &service, &metadata(&service, &actions));
    }
}

const SERVICES: usize = 20;

#[test]
fn an_import_that_is_killed_leaves_complete_files_only() {
    let folder = folder("killed");
    large(&folder, 0..SERVICES);
    assert_eq!(import(&folder, "services", "whole").status.code(), Some(0));
    let whole = files(&folder.join("whole"));
    let mut interrupted = 0;
    // An import may be over before it is killed.
    let wanted = [1, 50, 200, 500].into_iter().chain(iter::repeat_n(1, 50));
    for (round, wanted) in wanted.enumerate() {
        if round >= 4 && interrupted > 0 {
            break;
        }
        let out = folder.join("spec");
        let _ = fs::remove_dir_all(&out);
        let arguments = ["import", "tencent", "services", "--all", "--out", "spec"];
        let mut child = bindery(&folder, &arguments).spawn().unwrap();
        let deadline = Instant::now() + Duration::from_mins(1);
        while count(&out) < wanted && child.try_wait().unwrap().is_none() {
            assert!(Instant::now() < deadline, "nothing is written");
            thread::sleep(Duration::from_millis(1));
        }
        child.kill().unwrap();
        child.wait().unwrap();

        let found = files(&out);
        let is_hidden = |path: &Path| path.file_name().unwrap().as_encoded_bytes()[0] == b'.';
        let complete = found.iter().filter(|(path, _)| !is_hidden(path));
        let complete = complete.inspect(|(path, text)| {
            assert!(whole.get(*path) == Some(text), "{}", path.display());
        });
        interrupted += usize::from(complete.count() < whole.len());

        // The next import finishes what is left to do, and takes nothing for somebody's edits.
        let output = import(&folder, "services", "spec");
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        assert!(files(&out) == whole);
    }
    assert!(
        interrupted > 0,
        "every import was over before it was killed"
    );
}

/// How many files have been written, looking only at what is needed to tell.
fn count(out: &Path) -> usize {
    let entries = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten();
    let services = entries(&out.join("tencent"));
    services
        .map(|service| entries(&service.path().join("v20200102")).count())
        .sum()
}

#[test]
fn the_order_of_folders_changes_nothing() {
    let folder = folder("order");
    large(&folder, 0..SERVICES);
    let other = folder.join("other");
    large(&other, (0..SERVICES).rev());
    for (catalogue, out) in [
        ("services", "one"),
        ("services", "two"),
        ("other/services", "three"),
    ] {
        assert_eq!(import(&folder, catalogue, out).status.code(), Some(0));
    }
    let one = files(&folder.join("one"));
    assert_eq!(one.len(), SERVICES * 51 + 1);
    assert!(one == files(&folder.join("two")));
    assert!(one == files(&folder.join("three")));
}
