//! What only the vendor's SDK tells of real actions: corrections that come with Bindery, and when an
//! import lays them.

use std::{collections::BTreeMap, fs, path::PathBuf};

use bindery_import::tencent::Withheld;
use bindery_model::{Location, TypeRef, layout};
use serde_json::{Value, json};

use crate::common::{Folder, action, add_service, member, member_with, root};

fn add(folder: &Folder, (service, version): (&str, &str), actions: &[(&str, &[Value])]) {
    let mut api = json!({
        "actions": {},
        "objects": {},
        "metadata": { "apiVersion": version, "serviceShortName": service },
    });
    for (name, input) in actions {
        api["actions"][name] = action(name);
        api["objects"][format!("{name}Request")] = root(input);
        api["objects"][format!("{name}Response")] = root(&[]);
    }
    add_service(folder, service, version, &api, &json!({}));
}

/// The action and its overlay in the tests of what becomes of files.
const ES: (&str, &str) = ("es", "2025-01-01");
const ACTION: &str = "spec/tencent/es/v20250101/ParseDocument.yaml";
const OVERLAY: &str = "spec/tencent/es/v20250101/ParseDocument.overlay.yaml";

/// A specification into which the action, beside another, has been imported.
fn imported(test: &str) -> Folder {
    let folder = Folder::new(test);
    add(&folder, ES, &[("ParseDocument", &[]), ("GetOther", &[])]);
    let report = folder.import().expect("the metadata can be imported");
    let none = folder.path("spec/tencent/es/v20250101/ChatCompletions.overlay.yaml");
    assert_eq!(
        report.withheld,
        BTreeMap::from([(none, Withheld::NoAction)])
    );
    folder
}

fn edit(folder: &Folder, file: &str, from: &str, to: &str) {
    let text = folder.text(file);
    assert!(text.contains(from), "{text}");
    folder.write(file, &text.replacen(from, to, 1));
}

#[test]
fn corrections_add_what_the_metadata_does_not_say() {
    let folder = Folder::new("corrections");
    add(&folder, ES, &[("ParseDocument", &[])]);
    let required = json!({ "required": true });
    let inputs = [
        member_with("TopicId", "string", &required),
        member("HashKey", "string"),
        member("CompressType", "string"),
    ];
    add(&folder, ("cls", "2020-10-16"), &[("UploadLog", &inputs)]);
    // What the metadata shows by now need not be corrected.
    let switch = [member("Stream", "bool")];
    let tdai = ("tdai", "2025-07-17");
    add(&folder, tdai, &[("CreateChatCompletion", &switch)]);
    let report = folder.import().unwrap();
    assert_eq!(report.streams, 2);
    let path = |name: &str| folder.path(&format!("spec/tencent/{name}.overlay.yaml"));
    let mut withheld = report.withheld;
    let needless = withheld.remove(&path("tdai/v20250717/CreateChatCompletion"));
    let Some(Withheld::Stale(problems)) = needless else {
        panic!("the switch tells of the stream: {needless:?}");
    };
    assert!(problems.contains("`stream` is there already"), "{problems}");
    let gone = [
        "cls/v20201016/ChatCompletions",
        "es/v20250101/ChatCompletions",
    ];
    let gone = gone.map(|name| (path(name), Withheld::NoAction));
    assert_eq!(withheld, BTreeMap::from(gone));

    let services = folder.load().providers.remove(0).services;
    let [upload, parse] = [&services[0].actions[0], &services[1].actions[0]];
    assert_eq!(parse.host.as_deref(), Some("es.ai.tencentcloudapi.com"));
    assert!(parse.stream.is_some());
    assert!(parse.sources[1].url.contains("tencentcloud-sdk-python"));
    let [topic, hash, compress, body] = &upload.params[..] else {
        panic!("four parameters: {:?}", upload.params);
    };
    assert_eq!((&*topic.name, &*topic.ident), ("X-CLS-TopicId", "topic_id"));
    assert_eq!((topic.location, topic.required), (Location::Header, true));
    assert_eq!((&*hash.name, &*hash.ident), ("X-CLS-HashKey", "hash_key"));
    assert_eq!(compress.location, Location::Header);
    assert_eq!(
        (body.location, &body.ty),
        (Location::WholeBody, &TypeRef::Bytes)
    );
}

#[test]
fn corrections_are_files_of_the_import_until_a_person_edits_them() {
    let folder = imported("overlay_edited");
    let overlay = folder.path(OVERLAY);
    let laid = folder.text(OVERLAY);
    assert_eq!(layout::format("overlay", &laid).unwrap(), laid);
    assert_eq!(folder.import().unwrap().written, 0);

    // An older one is written anew, one in another layout is no edit.
    let other_layout = laid.replace("  - at: stream\n    reason", "  - at:   stream\n    reason");
    assert_ne!(other_layout, laid);
    for older in [other_layout, laid.replacen("overlay: ", "overlay:  ", 1)] {
        folder.write(OVERLAY, &older);
        assert_eq!(folder.import().unwrap().written, 1);
        assert_eq!(folder.text(OVERLAY), laid);
    }

    // A person corrects more, with or without owning up to it.
    let more = "\n  - { at: doc, reason: It is vague., was: Does something., replace: Reads. }\n";
    let edited = laid.trim_end().to_owned() + more;
    let own = edited.lines().filter(|line| !line.starts_with('#'));
    let own = own.collect::<Vec<_>>().join("\n") + "\n";
    for text in [edited, own] {
        folder.write(OVERLAY, &text);
        let report = folder.import().unwrap();
        assert_eq!(report.withheld.get(&overlay), Some(&Withheld::Overlay));
        assert_eq!((report.written, report.removed), (0, 0));
        let nothing: [PathBuf; 0] = [];
        assert_eq!([report.kept, report.edited, report.gone].concat(), nothing);
        assert_eq!(folder.text(OVERLAY), text);
        assert_eq!(
            folder.load().providers[0].services[0].actions[1].doc,
            "Reads."
        );
    }
}

#[test]
fn a_correction_that_does_not_fit_the_metadata_is_withheld_and_removed() {
    let folder = imported("overlay_stale");
    let overlay = folder.path(OVERLAY);
    // The new release shows the stream, which the overlay adds after another host.
    let switch = [member("Stream", "bool")];
    add(
        &folder,
        ES,
        &[("ParseDocument", &switch), ("GetOther", &[])],
    );
    let report = folder.import().unwrap();
    let Some(Withheld::Stale(problems)) = report.withheld.get(&overlay) else {
        panic!("it is stale: {:?}", report.withheld);
    };
    let place = "tencent/es/v20250101/ParseDocument.overlay.yaml:12:9";
    assert!(problems.contains(place), "{problems}");
    assert!(problems.contains("`stream` is there already"), "{problems}");
    assert_eq!((report.written, report.removed), (1, 1));
    assert!(!overlay.exists());
    assert_eq!(folder.load().providers[0].services[0].actions.len(), 2);

    // The action is as before, and so is its correction.
    add(&folder, ES, &[("ParseDocument", &[]), ("GetOther", &[])]);
    assert_eq!(folder.import().unwrap().written, 2);
    assert!(overlay.exists());
}

#[test]
fn a_correction_that_would_break_the_specification_is_withheld() {
    let folder = Folder::new("overlay_breaks");
    let inputs = ["TopicId", "HashKey", "CompressType", "Level"];
    let inputs = inputs.map(|name| member(name, "string"));
    add(&folder, ("cls", "2020-10-16"), &[("UploadLog", &inputs)]);
    let report = folder.import().unwrap();
    let overlay = folder.path("spec/tencent/cls/v20201016/UploadLog.overlay.yaml");
    // Every change can be made, and leaves a parameter that has no place beside the body.
    let Some(Withheld::Stale(problems)) = report.withheld.get(&overlay) else {
        panic!("it is stale: {:?}", report.withheld);
    };
    let action = "UploadLog.yaml:14:3";
    for part in ["a body cannot be two things at once", action, "Level: {"] {
        assert!(problems.contains(part), "{problems}");
    }
    assert!(!overlay.exists());
    folder.load();
}

#[test]
fn a_correction_goes_with_its_action() {
    let folder = imported("overlay_gone");
    let [action, overlay] = [ACTION, OVERLAY].map(|file| folder.path(file));
    add(&folder, ES, &[("GetOther", &[])]);
    let report = folder.import().unwrap();
    assert_eq!(report.withheld.get(&overlay), Some(&Withheld::NoAction));
    assert_eq!(report.gone, [overlay.clone(), action.clone()]);
    folder.load();

    let mut request = folder.request(&[], &[]);
    request.prune = true;
    let report = bindery_import::tencent::import(&request, &|_| ()).unwrap();
    assert_eq!(report.removed, 2);
    assert!(!overlay.exists() && !action.exists());
}

#[test]
fn the_action_of_a_person_is_not_corrected() {
    let folder = imported("overlay_person");
    let overlay = folder.path(OVERLAY);
    // An edit of an imported action leaves its correction where it fits.
    edit(&folder, ACTION, "region: optional", "region: required");
    let report = folder.import().unwrap();
    assert_eq!((report.edited.len(), report.removed), (1, 0));
    assert!(overlay.exists());

    edit(
        &folder,
        ACTION,
        "# imported from tccli",
        "# by hand, from tccli",
    );
    let report = folder.import().unwrap();
    assert_eq!(report.withheld.get(&overlay), Some(&Withheld::Action));
    assert_eq!((report.kept.len(), report.removed), (1, 1));
    assert!(!overlay.exists());
    folder.load();
    fs::remove_file(folder.path(ACTION)).unwrap();
    assert_eq!(folder.import().unwrap().written, 2);
}
