//! How an imported folder reaches the disk: each file at once or not at all, only where something
//! has changed, and never over what a person wrote.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use crate::error::ImportError;

/// How the second line of an imported file starts. Without it, a file belongs to a person.
const MARKER: &str = "# imported from ";

/// A folder with its files as they were found.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    present: BTreeMap<String, Vec<u8>>,
}

/// What happened to the files of a folder.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) written: usize,
    pub(crate) unchanged: usize,
    pub(crate) removed: usize,
    /// Files that were left alone, because a person wrote them.
    pub(crate) kept: Vec<PathBuf>,
}

impl Folder {
    /// Reads a folder, which need not exist.
    pub(crate) fn read(path: PathBuf) -> Result<Self, ImportError> {
        let mut present = BTreeMap::new();
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries.collect::<io::Result<Vec<_>>>(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error),
        };
        for entry in entries.map_err(|error| read_error(&path, error))? {
            let file = entry.path();
            if file
                .extension()
                .is_some_and(|extension| extension == "yaml")
                && let Ok(name) = entry.file_name().into_string()
            {
                present.insert(name, read(&file)?);
            }
        }
        Ok(Self { path, present })
    }

    /// Whether there is a file of this name that an import wrote.
    pub(crate) fn has_imported(&self, name: &str) -> bool {
        self.present.get(name).is_some_and(|text| is_imported(text))
    }

    /// Makes the folder hold the given files, and removes others that an import wrote.
    pub(crate) fn write(&self, files: &BTreeMap<String, String>) -> Result<Outcome, ImportError> {
        fs::create_dir_all(&self.path).map_err(|error| write_error(&self.path, error))?;
        let mut outcome = Outcome::default();
        for (name, text) in files {
            let path = self.path.join(name);
            match self.present.get(name) {
                Some(before) if before == text.as_bytes() => outcome.unchanged += 1,
                Some(before) if !is_imported(before) => outcome.kept.push(path),
                _ => {
                    replace(&path, text)?;
                    outcome.written += 1;
                }
            }
        }
        for (name, text) in &self.present {
            if !files.contains_key(name) && is_imported(text) {
                let path = self.path.join(name);
                fs::remove_file(&path).map_err(|error| write_error(&path, error))?;
                outcome.removed += 1;
            }
        }
        Ok(outcome)
    }
}

/// Writes a file unless there is one.
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
