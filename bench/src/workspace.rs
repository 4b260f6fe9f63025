//! Workspaces of their own, in which what is measured is built.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Failure;

/// Debug builds are cargo's own; release builds are stripped, so that files have the size of what
/// is in them.
const MANIFEST: &str = "\
[workspace]
resolver = \"3\"
members = [\"*\"]
exclude = [\"spec\", \"target\"]

[profile.release]
strip = true
";

/// A workspace below `target/bench`.
pub(crate) struct Workspace {
    folder: PathBuf,
}

impl Workspace {
    /// A workspace without members. What is there already, dependencies above all, is kept.
    pub(crate) fn prepare(name: &str) -> Result<Self, Failure> {
        let workspace = Self {
            folder: root().join("target/bench").join(name),
        };
        workspace.write("Cargo.toml", MANIFEST)?;
        if !workspace.folder.join("Cargo.lock").exists() {
            let lock = fs::read_to_string(root().join("Cargo.lock"))?;
            workspace.write("Cargo.lock", &lock)?;
        }
        Ok(workspace)
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Cargo, to be run in the workspace.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("cargo");
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_TARGET_DIR", self.folder.join("target"));
        command
    }

    /// The compiler that builds the workspace.
    pub(crate) fn rustc(&self) -> Result<String, Failure> {
        let mut command = Command::new("rustc");
        let output = command
            .arg("--version")
            .current_dir(&self.folder)
            .output()?;
        let version = String::from_utf8_lossy(&output.stdout);
        let words: Vec<&str> = version.split_whitespace().take(2).collect();
        Ok(words.join(" "))
    }

    /// Writes a package with one source file.
    pub(crate) fn package(
        &self,
        name: &str,
        dependencies: &str,
        file: &str,
        source: &str,
    ) -> Result<(), Failure> {
        self.manifest(name, "", dependencies)?;
        self.write(&format!("{name}/src/{file}"), source)
    }

    /// Writes a package's manifest. `features` is the section of that name, or nothing.
    pub(crate) fn manifest(
        &self,
        name: &str,
        features: &str,
        dependencies: &str,
    ) -> Result<(), Failure> {
        let manifest = format!(
            "[package]\nname = {name:?}\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             {features}\n[dependencies]\n{dependencies}"
        );
        self.write(&format!("{name}/Cargo.toml"), &manifest)
    }

    /// Writes a file unless it is there already, so that nothing is built without need.
    pub(crate) fn write(&self, path: &str, text: &str) -> Result<(), Failure> {
        let path = self.folder.join(path);
        if fs::read_to_string(&path).is_ok_and(|before| before == text) {
            return Ok(());
        }
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        Ok(fs::write(path, text)?)
    }

    /// The size of a file or folder of the workspace.
    pub(crate) fn size(&self, path: &str) -> Result<u64, Failure> {
        Ok(size(&self.folder.join(path))?)
    }
}

/// The folder of the repository.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// The dependency on the runtime.
pub(crate) fn runtime() -> String {
    let path = root().join("runtime").display().to_string();
    format!("bindery-runtime = {{ path = {path:?} }}\n")
}

/// The size of a file, or of all files in a folder.
fn size(path: &Path) -> io::Result<u64> {
    let metadata = fs::metadata(path)?;
    if metadata.is_file() {
        return Ok(metadata.len());
    }
    let mut total = 0;
    for entry in fs::read_dir(path)? {
        total += size(&entry?.path())?;
    }
    Ok(total)
}
