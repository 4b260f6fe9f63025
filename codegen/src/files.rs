//! Generated files in memory, and how they reach the disk: only what has changed is written, each
//! file at once or not at all, and what is no longer generated is removed.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Generated files by their path below the output folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files(BTreeMap<PathBuf, String>);

/// How a file on disk differs from what would be generated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The path below the output folder.
    pub path: PathBuf,
    /// What is on disk, if anything is.
    pub before: Option<String>,
    /// What would be generated, if anything would.
    pub after: Option<String>,
}

impl Files {
    pub(crate) fn new(files: Vec<(String, String)>) -> Self {
        Self(
            files
                .into_iter()
                .map(|(path, text)| (PathBuf::from(path), text))
                .collect(),
        )
    }

    /// The paths and texts, in the order of the paths.
    pub fn iter(&self) -> impl Iterator<Item = (&Path, &str)> {
        self.0
            .iter()
            .map(|(path, text)| (path.as_path(), text.as_str()))
    }

    /// The number of files.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Compares with a folder: files that differ, are missing, or should not be there.
    ///
    /// Only Rust files count; others in the folder are left alone.
    pub fn changes(&self, folder: &Path) -> io::Result<Vec<Change>> {
        let mut changes = Vec::new();
        let mut present = Vec::new();
        rust_files(folder, Path::new(""), &mut present)?;
        for (path, after) in &self.0 {
            let before = match fs::read(folder.join(path)) {
                Ok(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
                Err(error) if error.kind() == io::ErrorKind::NotFound => None,
                Err(error) => return Err(at(error, &folder.join(path))),
            };
            if before.as_deref() != Some(after) {
                changes.push(Change {
                    path: path.clone(),
                    before,
                    after: Some(after.clone()),
                });
            }
        }
        for path in present
            .into_iter()
            .filter(|path| !self.0.contains_key(path))
        {
            let bytes = fs::read(folder.join(&path)).map_err(|error| at(error, &path))?;
            let before = Some(String::from_utf8_lossy(&bytes).into_owned());
            changes.push(Change {
                path,
                before,
                after: None,
            });
        }
        changes.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(changes)
    }

    /// Makes a folder hold these files, and says what had to change.
    pub fn write(&self, folder: &Path) -> io::Result<Vec<Change>> {
        let changes = self.changes(folder)?;
        for change in &changes {
            let path = folder.join(&change.path);
            match &change.after {
                Some(text) => replace(&path, text).map_err(|error| at(error, &path))?,
                None => remove(folder, &path).map_err(|error| at(error, &path))?,
            }
        }
        Ok(changes)
    }
}

impl Change {
    /// The change as a unified diff with names below `folder`.
    pub fn diff(&self, folder: &Path) -> String {
        let name = folder.join(&self.path).display().to_string();
        let before = self.before.as_deref().unwrap_or_default();
        let after = self.after.as_deref().unwrap_or_default();
        similar::TextDiff::from_lines(before, after)
            .unified_diff()
            .header(&format!("{name} (on disk)"), &format!("{name} (generated)"))
            .to_string()
    }
}

/// Writes a file beside its place and moves it there, so that nobody sees half of it.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let beside = path.with_extension("rs.new");
    fs::write(&beside, text)?;
    fs::rename(&beside, path).inspect_err(|_| {
        // The move has failed; the copy is of no use to anybody.
        let _ = fs::remove_file(&beside);
    })
}

/// Removes a file and the folders that it leaves empty.
fn remove(folder: &Path, path: &Path) -> io::Result<()> {
    fs::remove_file(path)?;
    for parent in path
        .ancestors()
        .skip(1)
        .take_while(|parent| *parent != folder)
    {
        if fs::remove_dir(parent).is_err() {
            break;
        }
    }
    Ok(())
}

fn rust_files(folder: &Path, below: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    let entries = match fs::read_dir(folder.join(below)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(at(error, &folder.join(below))),
    };
    for entry in entries {
        let entry = entry?;
        let path = below.join(entry.file_name());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            rust_files(folder, &path, found)?;
        } else if kind.is_file() && path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    Ok(())
}

fn at(error: io::Error, path: &Path) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
