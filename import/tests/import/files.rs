//! What an import does to a folder that holds something already.

use std::fs;

use crate::common::{Folder, action, add_service, member, object, root};
use bindery_import::ImportError;
use bindery_model::Kind;
use serde_json::{Value, json};

/// A service with actions that all have the object `Shared` in their output, and one of their own.
fn api(names: &[&str]) -> Value {
    let mut api = json!({ "actions": {}, "objects": { "Shared": object("out", &[]) } });
    for name in names {
        let own = format!("{name}Detail");
        let output = [
            member("Shared", "{Shared}"),
            member("Own", &format!("{{{own}}}")),
        ];
        api["actions"][name] = action(name);
        api["objects"][&own] = object("out", &[]);
        api["objects"][format!("{name}Request")] = root(&[]);
        api["objects"][format!("{name}Response")] = root(&output);
    }
    api
}

const SPEC: &str = "spec/tencent/demo/v20200102";

fn service(folder: &Folder, names: &[&str]) {
    add_service(folder, "demo", "2020-01-02", &api(names), &json!({}));
}

fn files(folder: &Folder) -> Vec<String> {
    let entries = fs::read_dir(folder.path(SPEC)).expect("the folder was written");
    let mut names: Vec<_> = entries
        .map(|entry| entry.expect("the folder can be read").file_name())
        .map(|name| name.into_string().expect("names are ASCII"))
        .collect();
    names.sort();
    names
}

#[test]
fn a_second_import_touches_only_what_changed() {
    let folder = Folder::new("second");
    service(&folder, &["GetOne", "GetTwo", "GetThree"]);
    assert_eq!(folder.import().unwrap().written, 4);
    let report = folder.import().unwrap();
    assert_eq!((report.written, report.unchanged), (0, 4));

    service(&folder, &["GetOne", "GetTwo", "GetFour"]);
    let report = folder.import().unwrap();
    assert_eq!(
        (report.written, report.unchanged, report.removed),
        (1, 3, 1)
    );
    assert_eq!(
        files(&folder),
        ["GetFour.yaml", "GetOne.yaml", "GetTwo.yaml", "service.yaml"]
    );
    folder.load();
}

#[test]
fn files_of_a_person_are_never_touched() {
    let folder = Folder::new("person");
    service(&folder, &["GetOne"]);
    folder.import().unwrap();
    let own = "# mine\naction: GetTwo\n";
    folder.write(&format!("{SPEC}/GetTwo.yaml"), own);
    folder.write(&format!("{SPEC}/GetGone.yaml"), own);
    folder.write("spec/tencent/provider.yaml", own);
    service(&folder, &["GetOne", "GetTwo"]);
    let report = folder.import().unwrap();
    assert_eq!(report.kept, [folder.path(&format!("{SPEC}/GetTwo.yaml"))]);
    assert_eq!(report.removed, 0);
    for file in ["GetTwo.yaml", "GetGone.yaml", "../../provider.yaml"] {
        assert_eq!(folder.text(&format!("{SPEC}/{file}")), own);
    }
}

#[test]
fn a_new_release_touches_neither_edits_nor_overlays() {
    let folder = Folder::new("edited");
    let path = |name: &str| folder.path(&format!("{SPEC}/{name}.yaml"));
    let edit = |name: &str, from: &str, to: &str| {
        let text = fs::read_to_string(path(name)).unwrap();
        assert!(text.contains(from), "{text}");
        fs::write(path(name), text.replacen(from, to, 1)).unwrap();
    };
    service(
        &folder,
        &[
            "GetOne", "GetTwo", "GetThree", "GetFour", "GetFive", "GetSix",
        ],
    );
    folder.import().unwrap();
    edit(
        "GetTwo",
        "kind: read # guessed from the verb",
        "kind: write",
    );
    edit("GetThree", "# sha256 ", "# mine ");
    edit(
        "GetFour",
        "action: GetFour",
        "# Nobody calls it.\naction: GetFour",
    );
    let crlf = fs::read_to_string(path("GetFive"))
        .unwrap()
        .replace('\n', "\r\n");
    fs::write(path("GetFive"), crlf).unwrap();
    let overlay = "overlay: GetOne\nchanges: [{ at: doc, reason: It is vague., replace: Two. }]\n";
    folder.write(&format!("{SPEC}/GetOne.overlay.yaml"), overlay);
    let edited = ["GetTwo", "GetThree", "GetFour"].map(|name| fs::read(path(name)).unwrap());

    // The second release describes everything anew, and lacks two actions.
    let mut release = api(&["GetOne", "GetTwo", "GetThree", "GetFive"]);
    for action in release["actions"].as_object_mut().unwrap().values_mut() {
        action["document"] = json!("Does something else.");
    }
    add_service(&folder, "demo", "2020-01-02", &release, &json!({}));
    let report = folder.import().unwrap();
    assert_eq!(report.edited, ["GetFour", "GetThree", "GetTwo"].map(path));
    assert_eq!(
        (report.written, report.unchanged, report.removed),
        (2, 1, 1),
        "one and five are written, the service is as before, six is gone"
    );
    assert!(!path("GetSix").exists());
    let now = ["GetTwo", "GetThree", "GetFour"].map(|name| fs::read(path(name)).unwrap());
    assert_eq!(now, edited);
    assert_eq!(folder.text(&format!("{SPEC}/GetOne.overlay.yaml")), overlay);
    let again = folder.import().unwrap();
    assert_eq!(
        (again.written, again.removed, again.edited.len()),
        (0, 0, 3)
    );

    // The remedy: the edit becomes an overlay, and the file is imported again.
    for name in ["GetTwo", "GetThree", "GetFour"] {
        fs::remove_file(path(name)).unwrap();
    }
    folder.write(
        &format!("{SPEC}/GetTwo.overlay.yaml"),
        "overlay: GetTwo\nchanges: [{ at: kind, reason: It counts., was: read, replace: write }]\n",
    );
    let report = folder.import().unwrap();
    assert_eq!((report.written, report.edited.len()), (2, 0));
    let service = folder.load().providers.remove(0).services.remove(0);
    let action = |name: &str| {
        let mut actions = service.actions.iter();
        actions.find(|action| action.name == name).unwrap()
    };
    assert_eq!(action("GetTwo").kind, Kind::Write);
    assert_eq!(action("GetOne").doc, "Two.");
}

#[test]
fn actions_can_be_imported_one_by_one() {
    let folder = Folder::new("one_by_one");
    service(&folder, &["GetOne", "GetTwo", "GetThree"]);
    folder.import_some(&["demo"], &["GetOne"]).unwrap();
    assert_eq!(files(&folder), ["GetOne.yaml", "service.yaml"]);
    let one = folder.text(&format!("{SPEC}/GetOne.yaml"));
    folder.load();
    folder.import_some(&[], &["GetTwo"]).unwrap();
    assert_eq!(
        files(&folder),
        ["GetOne.yaml", "GetTwo.yaml", "service.yaml"]
    );
    folder.load();
    folder.import().unwrap();
    assert_eq!(folder.text(&format!("{SPEC}/GetOne.yaml")), one);
}

#[test]
fn an_interrupted_import_leaves_nothing_that_is_read() {
    let folder = Folder::new("interrupted");
    service(&folder, &["GetOne"]);
    folder.write(&format!("{SPEC}/.GetOne.yaml.part"), "action: GetO");
    folder.write(&format!("{SPEC}/.GetGone.yaml.part"), "action: GetG");
    folder.import().unwrap();
    assert_eq!(files(&folder), ["GetOne.yaml", "service.yaml"]);
}

#[test]
fn names_that_lead_elsewhere_are_refused_before_anything_is_written() {
    let rename = |api: &Value, from: &str, to: &str| -> Value {
        let text = api
            .to_string()
            .replace(&format!("\"{from}\""), &json!(to).to_string());
        serde_json::from_str(&text).unwrap()
    };
    let good = json!({ "apiVersion": "2020-01-02", "serviceShortName": "demo" });
    let mut metadata = api(&["GetOne"]);
    metadata["metadata"] = good;
    let hostile = [
        rename(&metadata, "GetOne", "../GetOne"),
        rename(&metadata, "GetOne", "service"),
        rename(&metadata, "demo", "../demo"),
        rename(&metadata, "2020-01-02", "../../2020"),
        rename(&metadata, "Shared", "Shared\nkind: read"),
        rename(&metadata, "Own", "Own: {"),
        rename(&metadata, "GetOneResponse", "Missing").clone(),
    ];
    let mut hostile = hostile.to_vec();
    hostile[6]["objects"]["GetOneResponse"] = hostile[6]["objects"]["Missing"].take();
    hostile[6]["objects"]
        .as_object_mut()
        .unwrap()
        .remove("Missing");
    for (index, api) in hostile.iter().enumerate() {
        let folder = Folder::new(&format!("hostile_{index}"));
        folder.write("services/demo/v20200102/api.json", &api.to_string());
        let result = folder.import();
        assert!(
            matches!(result, Err(ImportError::Malformed { .. })),
            "{index}: {result:?}"
        );
        let services = fs::read_dir(folder.path("spec/tencent")).unwrap();
        assert_eq!(services.count(), 1, "{index}: only the provider is there");
    }
}

#[test]
fn what_does_not_exist_is_named() {
    let folder = Folder::new("unknown");
    let result = folder.import();
    assert!(
        matches!(result, Err(ImportError::Read { .. })),
        "{result:?}"
    );
    fs::create_dir_all(folder.path("services")).unwrap();
    let result = folder.import();
    assert!(
        matches!(result, Err(ImportError::NoCatalogue { .. })),
        "{result:?}"
    );
    service(&folder, &["GetOne"]);
    let message = folder.import_some(&["demmo"], &[]).unwrap_err().to_string();
    assert!(message.contains("\"demmo\""), "{message}");
    let message = folder
        .import_some(&[], &["GetTwo"])
        .unwrap_err()
        .to_string();
    assert!(message.contains("\"GetTwo\""), "{message}");
}
