//! What a crate around generated code needs to know of its surroundings: where the runtime is, and
//! where descriptions were imported from.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufRead, BufReader};
use std::path::{Component, Path, PathBuf};

use bindery_codegen::Contents;
use bindery_model::{Specification, corrected};

/// What a folder of the runtime is called where it is looked for.
const RUNTIME: &str = "runtime";

/// How many lines a file's origin is looked for in.
const HEAD: usize = 2;

/// The folder of the runtime as it is written into the manifest of a crate: the one that is given,
/// or one that stands beside the crate's folder, the current one or those above them.
pub(crate) fn runtime(given: Option<&Path>, folder: &Path) -> Result<Option<String>, String> {
    let is_runtime = |folder: &PathBuf| {
        fs::read_to_string(folder.join("Cargo.toml"))
            .is_ok_and(|manifest| manifest.contains("\nname = \"bindery-runtime\"\n"))
    };
    let folder = std::path::absolute(folder).map_err(|error| error.to_string())?;
    let runtime = if let Some(path) = given {
        let path = path.to_owned();
        if !is_runtime(&path) {
            return Err(format!(
                "{} is not the runtime: expected the folder of the crate `bindery-runtime`",
                path.display()
            ));
        }
        path
    } else {
        let current = std::env::current_dir().unwrap_or_default();
        let above = folder.ancestors().skip(1).chain(current.ancestors());
        let Some(path) = above.map(|one| one.join(RUNTIME)).find(is_runtime) else {
            return Ok(None);
        };
        path
    };
    let runtime = fs::canonicalize(&runtime).map_err(|error| error.to_string())?;
    Ok(Some(relative(&real(&folder), &runtime)))
}

/// What the descriptions of the vendors were imported from, by the vendors' names.
pub(crate) fn origins(spec: &Path, contents: &Contents) -> BTreeMap<String, String> {
    let specification = Specification::open(spec);
    let mut origins = BTreeMap::new();
    for service in specification.services() {
        let provider = specification.provider(service);
        let feature = format!("{provider}-{}", service.name());
        let is_there = contents.features.iter().any(|one| one.name == feature);
        if !is_there || origins.contains_key(provider) {
            continue;
        }
        // An overlay corrects what was imported, and comes from elsewhere.
        let files = specification.files(service);
        let mut files = files.filter(|path| corrected(path).is_none());
        let origin = files.find_map(|path| {
            // A file that cannot be read has been complained about before.
            let head = head(&spec.join(path)).ok()?;
            bindery_import::origin(&head).map(str::to_owned)
        });
        if let Some(origin) = origin {
            origins.insert(provider.to_owned(), origin);
        }
    }
    origins
}

fn head(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    let mut reader = BufReader::new(fs::File::open(path)?);
    for _ in 0..HEAD {
        reader.read_line(&mut text)?;
    }
    Ok(text)
}

/// A path without links, of which the end need not exist.
fn real(path: &Path) -> PathBuf {
    match fs::canonicalize(path) {
        Ok(path) => path,
        Err(_) => match (path.parent(), path.file_name()) {
            (Some(parent), Some(name)) => real(parent).join(name),
            _ => path.to_owned(),
        },
    }
}

/// The way from a folder to another, with `/` between the parts; the whole path where the two have
/// nothing in common.
fn relative(from: &Path, to: &Path) -> String {
    let is_name = |part: &Component<'_>| matches!(part, Component::Normal(_));
    let common = from
        .components()
        .zip(to.components())
        .take_while(|(a, b)| a == b);
    let common: Vec<_> = common.map(|(part, _)| part).collect();
    if !common.iter().any(is_name) {
        return to.display().to_string();
    }
    let up = from.components().skip(common.len()).map(|_| "..".into());
    let down = to.components().skip(common.len());
    let down = down.map(|part| part.as_os_str().to_string_lossy());
    up.chain(down).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_the_runtime_is_short() {
        let relative = |from: &str, to: &str| relative(Path::new(from), Path::new(to));
        assert_eq!(relative("/a/client", "/a/runtime"), "../runtime");
        assert_eq!(relative("/a/b/client", "/a/runtime"), "../../runtime");
        assert_eq!(relative("/a", "/a/b/runtime"), "b/runtime");
        assert_eq!(relative("/home/client", "/opt/runtime"), "/opt/runtime");
    }
}
