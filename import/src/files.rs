//! How an imported folder reaches the disk: each file at once or not at all, only where something
//! has changed, and never over what a person wrote.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::error::ImportError;

/// How the second line of an imported file starts. Without it, a file belongs to a person.
const MARKER: &str = "# imported from ";

/// What happened to the files of a folder.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) written: usize,
    pub(crate) unchanged: usize,
    pub(crate) removed: usize,
    /// Files that were left alone, because a person wrote them.
    pub(crate) kept: Vec<PathBuf>,
}

/// The names of the files in a folder that an import wrote, sorted.
pub(crate) fn imported(folder: &Path) -> Result<Vec<String>, ImportError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(read_error(folder, error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| read_error(folder, error))?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let is_yaml = Path::new(&name)
            .extension()
            .is_some_and(|extension| extension == "yaml");
        if is_yaml && is_imported(&read(&entry.path())?) {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// Makes a folder hold the given files, and removes those of `previous` that are not among them.
///
/// `previous` are the files that an earlier import wrote.
pub(crate) fn write_folder(
    folder: &Path,
    files: &[(String, String)],
    previous: &[String],
) -> Result<Outcome, ImportError> {
    fs::create_dir_all(folder).map_err(|error| write_error(folder, error))?;
    let mut outcome = Outcome::default();
    for (name, text) in files {
        let path = folder.join(name);
        let before = match fs::read(&path) {
            Ok(before) => before,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(read_error(&path, error)),
        };
        if before == text.as_bytes() {
            outcome.unchanged += 1;
        } else if before.is_empty() || previous.binary_search(name).is_ok() {
            replace(&path, text)?;
            outcome.written += 1;
        } else {
            outcome.kept.push(path);
        }
    }
    for name in previous {
        if files.iter().all(|(file, _)| file != name) {
            let path = folder.join(name);
            fs::remove_file(&path).map_err(|error| write_error(&path, error))?;
            outcome.removed += 1;
        }
    }
    Ok(outcome)
}

/// Writes a file that is not there yet.
pub(crate) fn create(path: &Path, text: &str) -> Result<(), ImportError> {
    if path.exists() {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| write_error(folder, error))?;
    }
    replace(path, text)
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, ImportError> {
    fs::read(path).map_err(|error| read_error(path, error))
}

pub(crate) fn read_error(path: &Path, source: io::Error) -> ImportError {
    ImportError::Read {
        path: path.to_owned(),
        source,
    }
}

fn write_error(path: &Path, source: io::Error) -> ImportError {
    ImportError::Write {
        path: path.to_owned(),
        source,
    }
}

fn is_imported(text: &[u8]) -> bool {
    let mut lines = text.split(|&byte| byte == b'\n');
    lines
        .nth(1)
        .is_some_and(|line| line.starts_with(MARKER.as_bytes()))
}

/// Writes a file beside its place and moves it there, so that an interruption leaves no half of it.
/// What it may leave instead is hidden, and the next import writes over it.
fn replace(path: &Path, text: &str) -> Result<(), ImportError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.part"));
    fs::write(&beside, text)
        .and_then(|()| fs::rename(&beside, path))
        .map_err(|error| write_error(path, error))
}
