//! What an import does to a folder that holds something already.

use std::{fs, path::PathBuf};

use crate::common::{Folder, action, add_service, member, object, root};
use bindery_import::{
    ImportError,
    tencent::{self, Request},
    with_layout,
};
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
        (1, 3, 0)
    );
    assert_eq!(report.gone, [folder.path(&format!("{SPEC}/GetThree.yaml"))]);
    assert_eq!(prune(&folder, &[]), (1, Vec::new()));
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
    assert_eq!((report.removed, report.gone.len()), (0, 0));
    assert_eq!(prune(&folder, &[]), (0, Vec::new()));
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
    let overlay = "overlay: GetOne\nchanges: [{ at: doc, reason: It is vague., was: Does something else., replace: Two. }]\n";
    folder.write(&format!("{SPEC}/GetOne.overlay.yaml"), overlay);
    let edited = ["GetTwo", "GetThree", "GetFour"].map(|name| fs::read(path(name)).unwrap());

    // The second release describes everything anew, and lacks two actions.
    let mut release = api(&["GetOne", "GetTwo", "GetThree", "GetFive"]);
    for action in release["actions"].as_object_mut().unwrap().values_mut() {
        action["document"] = json!("Does something else.");
    }
    add_service(&folder, "demo", "2020-01-02", &release, &json!({}));
    let report = folder.import().unwrap();
    assert_eq!(report.edited, ["GetThree", "GetTwo"].map(path));
    assert_eq!(report.gone, ["GetFour", "GetSix"].map(path));
    assert_eq!(
        (report.written, report.unchanged, report.removed),
        (2, 1, 0),
        "one and five are written, the service is as before"
    );
    assert_eq!(prune(&folder, &[]), (1, vec![path("GetFour")]));
    assert!(!path("GetSix").exists());
    let now = ["GetTwo", "GetThree", "GetFour"].map(|name| fs::read(path(name)).unwrap());
    assert_eq!(now, edited);
    assert_eq!(folder.text(&format!("{SPEC}/GetOne.overlay.yaml")), overlay);
    let again = folder.import().unwrap();
    assert_eq!((again.written, again.edited.len()), (0, 2));

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
fn versions_that_are_gone_are_named_where_all_were_asked_for() {
    let folder = Folder::new("versions");
    let old = |service: &str| folder.path(&format!("spec/tencent/{service}/v20190102"));
    for name in ["demo", "other"] {
        add_service(&folder, name, "2020-01-02", &api(&["GetOne"]), &json!({}));
        add_service(&folder, name, "2019-01-02", &api(&["GetOne"]), &json!({}));
    }
    folder.import().unwrap();
    let own = "spec/tencent/own/v20190102/service.yaml";
    folder.write(own, "service: own\n");
    let edited = old("other").join("GetOne.yaml");
    let text = fs::read_to_string(&edited).unwrap() + "# Old.\n";
    fs::write(&edited, text).unwrap();
    for name in ["demo", "other"] {
        fs::remove_dir_all(folder.path(&format!("services/{name}/v20190102"))).unwrap();
    }

    assert_eq!(folder.import().unwrap().gone, [old("demo"), old("other")]);
    let gone = |services: &[&str]| folder.import_some(services, &[]).unwrap().gone;
    assert_eq!(gone(&["demo"]), [old("demo")]);
    assert_eq!(gone(&["demo/v20200102"]), Vec::<PathBuf>::new());
    let request = Request {
        catalogue: folder.path("services/demo/v20200102"),
        ..folder.request(&[], &[])
    };
    let part = tencent::import(&request, &|_| ()).unwrap();
    assert_eq!(part.gone, Vec::<PathBuf>::new());

    assert_eq!(prune(&folder, &["demo"]), (2, Vec::new()));
    assert!(!old("demo").exists() && old("other").exists());
    assert_eq!(prune(&folder, &[]), (1, vec![edited.clone()]));
    assert!(edited.exists() && folder.path(own).exists());
}

/// How many files an import removes that has been asked to, and what it leaves nevertheless.
fn prune(folder: &Folder, services: &[&str]) -> (usize, Vec<PathBuf>) {
    let request = Request {
        prune: true,
        ..folder.request(services, &[])
    };
    let report = tencent::import(&request, &|_| ()).expect("the metadata can be imported");
    (report.removed, report.gone)
}

#[test]
fn another_layout_is_no_edit() {
    let folder = Folder::new("layout");
    let path = |name: &str| folder.path(&format!("{SPEC}/{name}.yaml"));
    service(&folder, &["GetOne", "GetTwo", "GetThree", "GetFour"]);
    folder.import().unwrap();
    let texts = ["GetOne", "GetTwo", "GetThree", "GetFour"]
        .map(|name| fs::read_to_string(path(name)).unwrap());
    let [one, two, three, four] = &texts;
    let relaid = |text: &str| {
        let relaid = text.replacen("kind: read # ", "kind:   'read'   # ", 1);
        assert_ne!(text, relaid);
        relaid
    };
    let format = |text: &str| bindery_model::layout::format("file", text).unwrap();
    // Somebody else's layout; what an import in an older layout has written; and the same after
    // `bindery fmt`, which may or may not know of digests.
    let older = with_layout(two, relaid(two));
    assert!(older.lines().nth(2) != two.lines().nth(2));
    fs::write(path("GetOne"), relaid(one)).unwrap();
    fs::write(path("GetTwo"), with_layout(&older, format(&older))).unwrap();
    let older = with_layout(three, relaid(three));
    fs::write(path("GetThree"), format(&older)).unwrap();
    fs::write(
        path("GetFour"),
        relaid(four).replacen("# guessed", "# I guess", 1),
    )
    .unwrap();

    // What the third file was before can be told only as long as the metadata stays the same.
    let report = folder.import().unwrap();
    assert_eq!(report.edited, [path("GetFour")], "a comment is an edit");
    assert_eq!((report.written, report.unchanged), (2, 2));
    for (name, text) in [("GetOne", one), ("GetTwo", two), ("GetThree", three)] {
        assert_eq!(fs::read_to_string(path(name)).unwrap(), *text);
    }

    fs::write(path("GetOne"), relaid(one)).unwrap();
    let older = with_layout(two, relaid(two));
    fs::write(path("GetTwo"), with_layout(&older, format(&older))).unwrap();
    let mut release = api(&["GetOne", "GetTwo", "GetThree", "GetFour"]);
    for action in release["actions"].as_object_mut().unwrap().values_mut() {
        action["document"] = json!("Does something else.");
    }
    add_service(&folder, "demo", "2020-01-02", &release, &json!({}));
    let report = folder.import().unwrap();
    assert_eq!((report.written, report.edited), (3, vec![path("GetFour")]));
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
fn what_is_not_known_is_named_for_every_service_and_the_others_are_imported() {
    let folder = Folder::new("malformed");
    service(&folder, &["GetOne"]);
    for (name, ty, element) in [
        ("kaput", "map", "string"),
        ("odd", "int", "string"),
        ("older", "object", "string"),
    ] {
        let mut api = api(&["GetOne"]);
        api["objects"]["GetOneDetail"]["members"] =
            json!([{ "name": "It", "type": ty, "member": element, "document": "" }]);
        add_service(&folder, name, "2020-01-02", &api, &json!({}));
    }
    folder.import_some(&["demo"], &[]).unwrap();
    // A version that cannot be read is not one that is gone.
    let old = "spec/tencent/odd/v20200102/GetOne.yaml";
    folder.write(old, &folder.text(&format!("{SPEC}/GetOne.yaml")));
    let request = Request {
        prune: true,
        ..folder.request(&[], &[])
    };
    let error = tencent::import(&request, &|_| ()).unwrap_err();
    let message = error.to_string();
    for expected in [
        "kaput/v20200102/api.json: GetOneDetail.It has the unknown type \"map\" of \"string\"",
        "odd/v20200102/api.json: GetOneDetail.It has the unknown type \"int\" of \"string\"",
        "older/v20200102/api.json: GetOneDetail.It has the type \"string\", which is missing",
        "3 services could not be imported",
    ] {
        assert!(message.contains(expected), "{expected}\n{message}");
    }
    let ImportError::Incomplete { report, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!(
        (report.services, report.unchanged, report.removed),
        (1, 2, 0)
    );
    assert!(folder.path(old).exists());
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
    assert!(
        message.contains("\"demmo\"") && message.contains("did you mean `demo`?"),
        "{message}"
    );
    let message = folder.import_some(&["demo/v2020"], &[]).unwrap_err();
    let message = message.to_string();
    assert!(message.contains("there is `demo/v20200102`"), "{message}");
    let message = folder
        .import_some(&[], &["GetOnee"])
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("\"GetOnee\"") && message.contains("did you mean `GetOne`?"),
        "{message}"
    );
}
