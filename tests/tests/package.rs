//! The crate around generated code: what is written, and what is left to the person whose crate it
//! is.
//!
//! `BINDERY_BLESS=1 cargo test -p bindery-tests --test package` accepts what is written now; the
//! difference is then reviewed like any other change.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::{Path, PathBuf};

use bindery_codegen::{Generator, Layout, Options, Package, PackageError};

/// A folder for a crate, and the specification that the crate is made from.
struct Project {
    spec: PathBuf,
    folder: PathBuf,
}

impl Project {
    /// The specification of a golden case, and no crate yet.
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&folder);
        let project = Self {
            spec: folder.join("spec"),
            folder: folder.join("crate"),
        };
        let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/versions/spec");
        copy(&case, &project.spec);
        project
    }

    fn create(&self, name: &str) -> Result<Package, PackageError> {
        let package = Package::create(&self.folder, name.parse()?)?;
        let origins = [("sample".to_owned(), "sample-metadata".to_owned())];
        Ok(package
            .runtime(Some("../runtime".to_owned()))
            .origins(origins.into())
            .arguments(" --only as".to_owned()))
    }

    /// Writes the crate, and names the files that were written or removed.
    fn write(&self, package: &Package) -> Vec<PathBuf> {
        let options = Options {
            layout: Layout::Crate,
            example_path: Some(package.library()),
        };
        let generator = Generator::new(&self.spec, &self.folder, options);
        let generated = generator.check().unwrap();
        let example = generator.example().unwrap();
        let around = package
            .files(&generated.contents, example.as_ref())
            .unwrap();
        let around = around.differences(&self.folder).unwrap();
        let mut paths = Vec::new();
        for change in around {
            change.apply(&self.folder).unwrap();
            paths.push(change.path);
        }
        let sources = generated.write().unwrap().into_iter();
        paths.extend(sources.map(|change| Path::new("src").join(change.path)));
        paths
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.folder.join(path)).unwrap()
    }

    fn edit(&self, path: &str, from: &str, to: &str) {
        let before = self.read(path);
        assert!(before.contains(from), "{before}");
        fs::write(self.folder.join(path), before.replacen(from, to, 1)).unwrap();
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let copied = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &copied);
        } else {
            fs::copy(&path, &copied).unwrap();
        }
    }
}

#[test]
fn the_manifest_the_readme_and_the_notice_are_what_is_expected() {
    let project = Project::new("package-new");
    project.write(&project.create("shop-client").unwrap());
    let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/crate");
    // Cargo would take a file of its own name for a package.
    for (name, kept) in [
        ("Cargo.toml", "manifest.toml"),
        ("README.md", "README.md"),
        ("NOTICE", "NOTICE"),
    ] {
        let written = project.read(name);
        let kept = expected.join(kept);
        if std::env::var_os("BINDERY_BLESS").is_some() {
            fs::write(&kept, &written).unwrap();
        }
        let kept = fs::read_to_string(kept).unwrap();
        assert!(
            written == kept,
            "{name} is now\n{written}\naccept with BINDERY_BLESS=1"
        );
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for name in ["LICENSE-APACHE", "LICENSE-MIT"] {
        let licence = fs::read_to_string(root.join(name)).unwrap();
        assert_eq!(project.read(name), licence);
    }
}

#[test]
fn what_a_person_has_added_stays() {
    let project = Project::new("package-again");
    let package = project.create("shop-client").unwrap();
    project.write(&package);
    assert_eq!(project.write(&package), Vec::<PathBuf>::new());

    project.edit(
        "Cargo.toml",
        "version = \"0.1.0\"\n",
        "version = \"7.0.0\"\n",
    );
    project.edit(
        "Cargo.toml",
        "[dependencies]\n",
        "[dependencies]\nlog = \"0.4\"\n",
    );
    project.edit(
        "Cargo.toml",
        "# End of the list.\n",
        "# End of the list.\n# Prices in several currencies.\nprices = [\"log\"]\n",
    );
    project.edit("README.md", "# shop-client\n", "# Our client\n");
    fs::write(project.folder.join("NOTICE"), "Ours.\n").unwrap();
    fs::remove_file(project.folder.join("LICENSE-MIT")).unwrap();
    let own = project.folder.join("src/bin/shop.rs");
    fs::create_dir_all(own.parent().unwrap()).unwrap();
    fs::write(&own, "fn main() {}\n").unwrap();
    let original = project.spec.join("sample/as");
    copy(&original, &project.spec.join("sample/mall"));
    for version in fs::read_dir(project.spec.join("sample/mall")).unwrap() {
        let path = version.unwrap().path().join("service.yaml");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replacen("service: as", "service: mall", 1)).unwrap();
    }
    fs::remove_dir_all(&original).unwrap();

    // Without the crate's name, what is there is kept up to date and nothing is added.
    let found = Package::find(&project.folder).unwrap().unwrap();
    let changed = project.write(&found);
    let around = changed.iter().filter(|path| !path.starts_with("src"));
    let around: Vec<_> = around.map(|path| path.to_str().unwrap()).collect();
    assert_eq!(around, ["Cargo.toml", "README.md"]);
    let manifest = project.read("Cargo.toml");
    for line in ["version = \"7.0.0\"", "log = \"0.4\"", "sample-mall = []"] {
        assert!(manifest.contains(&format!("\n{line}\n")), "{manifest}");
    }
    assert!(!manifest.contains("sample-as"), "{manifest}");
    let readme = project.read("README.md");
    assert!(readme.starts_with("# Our client\n"), "{readme}");
    assert!(readme.contains("| `sample-mall` |") && !readme.contains("sample-as"));
    assert!(readme.contains("| `prices` | Prices in several currencies | |\n<!-- End"));
    assert_eq!(project.read("NOTICE"), "Ours.\n");
    assert!(own.exists());
    assert!(!project.folder.join("src/sample/as").exists());

    let paths = project.write(&project.create("shop-client").unwrap());
    let paths: Vec<_> = paths.iter().map(|path| path.to_str().unwrap()).collect();
    assert_eq!(paths, ["LICENSE-MIT", "README.md"]);
}

#[test]
fn a_folder_of_something_else_is_refused() {
    let project = Project::new("package-refused");
    fs::create_dir_all(project.folder.join(".git")).unwrap();
    project.create("shop-client").unwrap();
    fs::write(project.folder.join("letter.txt"), "Dear all").unwrap();
    assert!(matches!(
        project.create("shop-client"),
        Err(PackageError::Occupied(_))
    ));
    fs::write(
        project.folder.join("Cargo.toml"),
        "[package]\nname = \"shop-client\"\n",
    )
    .unwrap();
    assert!(matches!(
        project.create("shop-client"),
        Err(PackageError::Occupied(_))
    ));

    fs::remove_dir_all(&project.folder).unwrap();
    project.write(&project.create("shop-client").unwrap());
    let error = project.create("other").unwrap_err().to_string();
    assert!(
        error.contains("`shop-client`") && error.contains("--out"),
        "{error}"
    );
}

#[test]
fn a_crate_is_named_as_cargo_allows() {
    for name in ["client", "my-client", "My_client2"] {
        assert!(name.parse::<bindery_codegen::PackageName>().is_ok());
    }
    for name in [
        "",
        "2client",
        "-client",
        "my client",
        "../client",
        "é",
        "async",
        "std",
        "proc-macro",
        "bindery-runtime",
        "a\"b",
    ] {
        let error = name.parse::<bindery_codegen::PackageName>().unwrap_err();
        assert!(matches!(error, PackageError::Name(_)), "{name}");
    }
}
