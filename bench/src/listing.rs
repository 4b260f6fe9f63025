//! Which files a step writes, and how long they are.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Failure;

/// Files with their lengths, by their paths below a folder.
pub(crate) struct Listing {
    pub(crate) files: Vec<(PathBuf, usize)>,
}

impl Listing {
    /// Lists the files of a folder.
    pub(crate) fn of(folder: &Path) -> Result<Self, Failure> {
        let mut files = Vec::new();
        for path in below(folder, None)? {
            let length = usize::try_from(fs::metadata(&path)?.len())?;
            files.push((path.strip_prefix(folder)?.to_owned(), length));
        }
        Ok(Self { files })
    }

    /// Reads what [`write`](Self::write) has written.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let mut files = Vec::new();
        for line in fs::read_to_string(path)?.lines() {
            let (length, path) = line.split_once(' ').ok_or("expected a length and a path")?;
            files.push((path.into(), length.parse()?));
        }
        Ok(Self { files })
    }

    pub(crate) fn write(&self, path: &Path) -> Result<(), Failure> {
        let lines = self.files.iter();
        let lines = lines.map(|(path, length)| format!("{length} {}\n", path.display()));
        Ok(fs::write(path, lines.collect::<String>())?)
    }

    /// The folders that hold the files.
    pub(crate) fn folders(&self) -> BTreeSet<&Path> {
        self.files
            .iter()
            .filter_map(|(path, _)| path.parent())
            .collect()
    }

    /// The length of all files together.
    pub(crate) fn length(&self) -> usize {
        self.files.iter().map(|(_, length)| length).sum()
    }
}

/// The files below a folder, of one kind or of all, those of one folder together.
pub(crate) fn below(folder: &Path, extension: Option<&str>) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    let mut pending = vec![folder.to_owned()];
    while let Some(next) = pending.pop() {
        for entry in fs::read_dir(next)? {
            let entry = entry?;
            let path = entry.path();
            if entry.file_type()?.is_dir() {
                pending.push(path);
            } else if extension.is_none_or(|one| path.extension().is_some_and(|own| own == one)) {
                files.push(path);
            }
        }
    }
    Ok(files)
}
