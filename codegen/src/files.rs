//! Generated files in memory, and how they reach the disk: only what has changed is written, each
//! file at once or not at all, and what is no longer generated is removed.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What the names of generated files end in.
const GENERATED: &str = ".rs";

/// What the name of a file ends in until all of it is written.
const UNFINISHED: &str = ".rs.new";

/// Generated files by their path below the output folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files(BTreeMap<String, String>);

/// How a file on disk differs from what is generated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The path below the output folder.
    pub path: PathBuf,
    /// What has to happen to it.
    pub effect: Effect,
    text: String,
}

/// What has to happen to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It is missing.
    Added,
    /// It is different.
    Changed,
    /// It is not generated.
    Removed,
}

impl Files {
    pub(crate) fn new(files: Vec<(String, String)>) -> Self {
        Self(files.into_iter().collect())
    }

    /// The paths and texts, in the order of the paths.
    pub fn iter(&self) -> impl Iterator<Item = (&Path, &str)> {
        self.0
            .iter()
            .map(|(path, text)| (Path::new(path), text.as_str()))
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
        for (path, text) in &self.0 {
            changes.extend(Change::between(folder, Path::new(path), text.clone())?);
        }
        let present = Present::below(folder)?;
        let stale = present.generated.into_iter();
        let stale = stale.filter(|path| !self.0.contains_key(path));
        changes.extend(stale.map(Change::removal));
        changes.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(changes)
    }

    /// Makes a folder hold these files, and says what had to change.
    pub fn write(&self, folder: &Path) -> io::Result<Vec<Change>> {
        let changes = self.changes(folder)?;
        for change in &changes {
            change.apply(folder)?;
        }
        Ok(changes)
    }
}

impl Change {
    /// What has to happen so that a file holds a text, if anything.
    pub fn between(folder: &Path, path: &Path, text: String) -> io::Result<Option<Self>> {
        let place = folder.join(path);
        let effect = match fs::read(&place) {
            Ok(bytes) if bytes == text.as_bytes() => return Ok(None),
            Ok(_) => Effect::Changed,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Effect::Added,
            Err(error) => return Err(at(error, &place)),
        };
        Ok(Some(Self {
            path: path.to_owned(),
            effect,
            text,
        }))
    }

    pub(crate) fn removal(path: String) -> Self {
        Self {
            path: path.into(),
            effect: Effect::Removed,
            text: String::new(),
        }
    }

    /// Makes it happen.
    pub fn apply(&self, folder: &Path) -> io::Result<()> {
        let path = folder.join(&self.path);
        let done = match self.effect {
            Effect::Added | Effect::Changed => replace(&path, &self.text),
            Effect::Removed => remove(folder, &path),
        };
        done.map_err(|error| at(error, &path))
    }

    /// The change as a unified diff with names below `folder`, which still holds the file as it was.
    pub fn diff(&self, folder: &Path) -> String {
        let path = folder.join(&self.path);
        let before = fs::read(&path).unwrap_or_default();
        let before = String::from_utf8_lossy(&before);
        let name = path.display().to_string();
        similar::TextDiff::from_lines(&*before, &self.text)
            .unified_diff()
            .header(&format!("{name} (on disk)"), &format!("{name} (generated)"))
            .to_string()
    }
}

/// What a folder holds, as far as it may have been generated.
#[derive(Debug, Default)]
pub(crate) struct Present {
    /// The paths of Rust files, with `/` between folders.
    pub(crate) generated: Vec<String>,
    /// The paths of what a run has left behind that was interrupted.
    pub(crate) unfinished: Vec<String>,
}

impl Present {
    pub(crate) fn below(folder: &Path) -> io::Result<Self> {
        let mut present = Self::default();
        present.collect(folder, "")?;
        Ok(present)
    }

    fn collect(&mut self, folder: &Path, below: &str) -> io::Result<()> {
        let entries = match fs::read_dir(folder.join(below)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(at(error, &folder.join(below))),
        };
        for entry in entries {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else {
                // No generated file has such a name.
                continue;
            };
            let path = match below {
                "" => name,
                _ => format!("{below}/{name}"),
            };
            let kind = entry.file_type()?;
            if kind.is_dir() {
                self.collect(folder, &path)?;
            } else if kind.is_file() && path.ends_with(GENERATED) {
                self.generated.push(path);
            } else if kind.is_file() && path.ends_with(UNFINISHED) {
                self.unfinished.push(path);
            }
        }
        Ok(())
    }
}

/// Writes a file beside its place and moves it there, so that nobody sees half of it.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let beside = path.with_extension(&UNFINISHED[1..]);
    let written = match fs::write(&beside, text) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            fs::create_dir_all(path.parent().unwrap_or(path))?;
            fs::write(&beside, text)
        }
        written => written,
    };
    written
        .and_then(|()| fs::rename(&beside, path))
        .inspect_err(|_| {
            // The file could not be written or moved; what there is of it is of no use to anybody.
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

pub(crate) fn at(error: io::Error, path: &Path) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
