//! What is imported from documents of OpenAPI can be generated, and is Rust.

use std::{fs, path::Path};

use bindery_codegen::{Layout, Options, generate};
use bindery_import::openapi::{self, Request};

#[test]
fn imported_documents_become_rust() {
    let documents = Path::new(env!("CARGO_MANIFEST_DIR")).join("../import/tests/openapi");
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("openapi");
    let _ = fs::remove_dir_all(&out);
    for (service, document) in [
        ("members", "members/documents/members.yaml"),
        ("files", "files/documents/files.json"),
        ("things", "warnings/documents/warnings.yaml"),
    ] {
        let request = Request {
            documents: vec![documents.join(document)],
            provider: Some("vault".to_owned()),
            service: Some(service.to_owned()),
            source: Some("https://docs.example.com/".to_owned()),
            out: out.clone(),
            ..Request::default()
        };
        openapi::import(&request).unwrap();
    }
    let model = bindery_model::load(&out).unwrap();
    let options = Options {
        layout: Layout::Crate,
        example_path: Some("sdk".to_owned()),
    };
    let files = generate(&model, &options);
    let is_rust = |path: &Path| path.extension().is_some_and(|extension| extension == "rs");
    let rust: Vec<_> = files.iter().filter(|(path, _)| is_rust(path)).collect();
    // Each of the eleven actions has a file.
    assert!(rust.len() > 11, "{}", rust.len());
    for (path, text) in rust {
        assert!(syn::parse_file(text).is_ok(), "{}\n{text}", path.display());
    }
}
