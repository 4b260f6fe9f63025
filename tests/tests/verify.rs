//! The specification and the vendor's metadata: what one knows of the other.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::{Path, PathBuf};

use bindery_import::tencent::verify::{self, Verification};
use bindery_import::tencent::{self, import};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

fn verify(spec: &Path, catalogue: &str) -> Verification {
    let model = bindery_model::load(spec).unwrap_or_else(|problems| panic!("{problems}"));
    let request = verify::Request {
        spec: spec.to_owned(),
        catalogue: root().join(catalogue),
        services: Vec::new(),
    };
    verify::verify(&model, &request).unwrap()
}

#[test]
fn the_specification_agrees_with_the_metadata_or_says_why_not() {
    let verification = verify(&root().join("spec"), "tests/data/metadata");
    let unexplained: Vec<_> = verification.unexplained().collect();
    assert!(unexplained.is_empty(), "{unexplained:#?}");
    assert_eq!((verification.services, verification.actions), (4, 15));
    assert_eq!(verification.findings.len(), 4);
}

/// The slice has what is unusual in the metadata: bodies of bytes, forms, odd names, flags that are
/// numbers.
#[test]
fn what_an_import_writes_agrees_with_the_metadata() {
    let spec = Path::new(env!("CARGO_TARGET_TMPDIR")).join("imported");
    let _ = fs::remove_dir_all(&spec);
    let catalogue = "tests/catalogue/data";
    let request = tencent::Request {
        catalogue: root().join(catalogue),
        out: spec.clone(),
        ..tencent::Request::default()
    };
    let report = import(&request, &|_| ()).unwrap();
    let verification = verify(&spec, catalogue);
    assert_eq!(verification.actions, report.actions);
    assert!(
        verification.findings.is_empty(),
        "{:#?}",
        verification.findings
    );
}
