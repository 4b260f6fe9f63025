//! Real services of the vendor, and what becomes of them.

use std::{fs, path::Path};

use crate::common::Folder;
use bindery_import::tencent::{self, Request};
use bindery_model::{Authentication, Kind, TypeRef};

fn data(below: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(below)
}

fn import(out: &Folder, services: &[&str]) -> tencent::Report {
    let request = Request {
        catalogue: data("catalogue"),
        services: services.iter().map(|&name| name.to_owned()).collect(),
        out: out.path("spec"),
        ..Request::default()
    };
    tencent::import(&request, &|_| ()).expect("the metadata can be imported")
}

#[test]
fn sts_becomes_the_files_that_were_reviewed() {
    let out = Folder::new("golden");
    let report = import(&out, &["sts"]);
    assert_eq!((report.services, report.actions), (1, 7));
    assert_eq!((report.written, report.unchanged), (8, 0));
    let expected = data("expected/tencent/sts/v20180813");
    let names = |folder: &Path| {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let written = out.path("spec/tencent/sts/v20180813");
    assert_eq!(names(&written), names(&expected));
    for name in names(&expected) {
        let read = |folder: &Path| fs::read_to_string(folder.join(&name)).unwrap();
        if std::env::var_os("BINDERY_BLESS").is_some() {
            fs::write(expected.join(&name), read(&written)).unwrap();
        }
        assert_eq!(read(&written), read(&expected), "{}", name.display());
    }
}

#[test]
fn the_imported_services_resolve_and_mean_what_the_metadata_says() {
    let out = Folder::new("resolves");
    import(&out, &[]);
    let model = out.load();
    let [lkeap, sts] = &model.providers[0].services[..] else {
        panic!("two services were imported");
    };
    assert_eq!((&*lkeap.name, &*lkeap.version), ("lkeap", "2024-05-22"));
    assert_eq!(sts.host, "sts.tencentcloudapi.com");

    let action = |name: &str| {
        sts.actions
            .iter()
            .find(|action| action.name == name)
            .unwrap()
    };
    assert_eq!(
        action("AssumeRoleWithSAML").authentication,
        Authentication::Skip
    );
    assert_eq!(action("AssumeRole").authentication, Authentication::Tc3);
    assert_eq!(action("AssumeRole").kind, Kind::Write);
    assert_eq!(action("GetCallerIdentity").kind, Kind::Read);

    // One action uses `ApiKey`, four use `Credentials`.
    let owner = |name: &str| sts.types.iter().find(|ty| ty.name == name).unwrap().owner;
    assert_eq!(owner("Credentials"), None);
    let query = sts
        .actions
        .iter()
        .position(|action| action.name == "QueryApiKey");
    assert_eq!(owner("ApiKey"), query);

    // A field `Error` of a successful reply is a field like any other.
    let result = lkeap
        .actions
        .iter()
        .find(|action| action.name == "GetReconstructDocumentResult")
        .unwrap();
    let error = result
        .output
        .iter()
        .find(|field| field.name == "Error")
        .unwrap();
    assert!(matches!(error.ty, TypeRef::Named(index) if lkeap.types[index].name == "ErrorInfo"));
}
