//! Where an installed `tccli` is, whose metadata a specification is compared with.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// The environment variable that names the folder.
pub(crate) const VARIABLE: &str = "BINDERY_TCCLI";

/// The folder of the package: what the environment says, or else the one that lies here, or that the
/// `tccli` or the `python3` of the path belongs to.
pub(crate) fn find() -> Option<PathBuf> {
    if let Some(path) = env::var_os(VARIABLE).filter(|path| !path.is_empty()) {
        return Some(path.into());
    }
    let here = PathBuf::from("tccli/tccli");
    if holds_metadata(&here) {
        return Some(here);
    }
    let folders = env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = env::split_paths(&folders).collect();
    let programs = ["tccli", "python3"].into_iter();
    let mut programs = programs.flat_map(|name| folders.iter().map(move |path| path.join(name)));
    programs.find_map(|program| {
        // A virtual environment's programs may be links to others, or be linked to.
        let target = fs::canonicalize(&program).ok()?;
        beside(&program).or_else(|| beside(&target))
    })
}

/// The package among those that belong to a program.
fn beside(program: &Path) -> Option<PathBuf> {
    let library = program.parent()?.parent()?.join("lib");
    let versions = fs::read_dir(library).ok()?.flatten();
    let mut versions: Vec<_> = versions.map(|entry| entry.path()).collect();
    versions.sort();
    let packages = versions.iter().flat_map(|version| {
        ["site-packages", "dist-packages"].map(|packages| version.join(packages).join("tccli"))
    });
    packages.into_iter().find(|path| holds_metadata(path))
}

fn holds_metadata(package: &Path) -> bool {
    package.join("services").is_dir()
}
