//! How an imported folder reaches the disk: each file at once or not at all, only where something
//! has changed, and never over what a person wrote.
//!
//! A file that an import wrote says so, and carries a digest of its own text. One that no longer
//! fits its digest has been edited, unless only its layout is another; it is left alone, and so is
//! one without a mark.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use bindery_model::{corrected, disk};
use sha2::{Digest, Sha256};

use crate::{declared::TYPES, error::ImportError, yaml};

/// The first line of an imported file.
const SCHEMA: &str = "# yaml-language-server: $schema=../../../schema.json\n";

/// How the second line of an imported file starts. Without it, a file belongs to a person.
const MARKER: &str = "# imported from ";

/// How the third line of an imported file starts: a digest of all the others follows.
const DIGEST: &str = "# sha256 ";

/// What an overlay that comes with this crate says in the place of where it was imported from.
const SHIPPED: &str = "bindery; without this line, it is a person's, and no import touches it";

/// What the text of a file was imported from, if it was.
pub fn origin(text: &str) -> Option<&str> {
    let line = text.strip_prefix(SCHEMA)?.strip_prefix(MARKER)?;
    let (line, _) = line.split_once('\n')?;
    line.split(';').next()
}

/// The text of a file that is given another layout. If an import wrote the file, and nobody has edited
/// it, that can still be told from the result.
pub fn with_layout(before: &str, after: String) -> String {
    let Some([above, _, content]) = parts(after.as_bytes()) else {
        return after;
    };
    if fits_digest(before.as_bytes()) != Some(true) {
        return after;
    }
    let lines = [
        above,
        DIGEST.as_bytes(),
        digest(above, content).as_bytes(),
        b"\n",
        content,
    ]
    .concat();
    String::from_utf8(lines).unwrap_or(after)
}

/// A folder with its files as they were found.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    present: BTreeMap<String, Vec<u8>>,
    /// What an interrupted import has left behind.
    parts: Vec<PathBuf>,
}

/// What happened to the files of a folder.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) written: usize,
    pub(crate) unchanged: usize,
    pub(crate) removed: usize,
    /// Files that were left alone, because a person wrote them.
    pub(crate) kept: Vec<PathBuf>,
    /// Files that were left alone, because a person has edited them after an import.
    pub(crate) edited: Vec<PathBuf>,
    /// Files of an earlier import that are none of this one, and were left alone.
    pub(crate) gone: Vec<PathBuf>,
}

/// Who wrote a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Author {
    Import,
    Person,
    /// An import wrote it, and a person has edited it.
    Both,
}

impl Folder {
    /// Reads a folder, which need not exist.
    pub(crate) fn read(path: PathBuf) -> Result<Self, ImportError> {
        let mut present = BTreeMap::new();
        let mut parts = Vec::new();
        for entry in entries(&path)? {
            let file = entry.path();
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            if disk::unfinished(&name).is_some() {
                parts.push(file);
            } else if file
                .extension()
                .is_some_and(|extension| extension == "yaml")
            {
                present.insert(name, read(&file)?);
            }
        }
        Ok(Self {
            path,
            present,
            parts,
        })
    }

    /// Whether there is a file of this name that an import wrote.
    pub(crate) fn has_imported(&self, name: &str) -> bool {
        self.present.get(name).is_some_and(|text| is_imported(text))
    }

    /// The names of the files that an import wrote, without `.yaml`.
    pub(crate) fn imported(&self) -> impl Iterator<Item = &str> {
        let present = self.present.iter().filter(|(_, text)| is_imported(text));
        present.filter_map(|(name, _)| name.strip_suffix(".yaml"))
    }

    /// The names, without `.yaml`, of the files that stay as they are when these are written.
    pub(crate) fn staying<'f>(
        &'f self,
        files: &'f BTreeMap<String, String>,
        prunes: bool,
    ) -> impl Iterator<Item = &'f str> {
        let staying = self.present.iter();
        let staying = staying.filter(move |(name, text)| stays(name, text, files, prunes));
        let stems = staying.filter_map(|(name, _)| name.strip_suffix(".yaml"));
        // Overlays have names with dots.
        stems.filter(|stem| !stem.contains('.'))
    }

    /// The text that a file has when these have been written, if it is there then.
    pub(crate) fn after(
        &self,
        name: &str,
        origin: &str,
        files: &BTreeMap<String, String>,
        prunes: bool,
    ) -> Option<String> {
        let before = self.present.get(name);
        match before.filter(|text| stays(name, text, files, prunes)) {
            Some(text) => Some(String::from_utf8_lossy(text).into_owned()),
            None => Some(with_header(origin, name, files.get(name)?)),
        }
    }

    /// Whether there is a file of this name that stays as it is when another content is written.
    pub(crate) fn leaves_alone(&self, name: &str, content: &str) -> bool {
        let before = self.present.get(name);
        before.is_some_and(|text| is_left_alone(text, content))
    }

    /// Whether there is a file of this name that a person wrote.
    pub(crate) fn is_of_a_person(&self, name: &str) -> bool {
        let before = self.present.get(name);
        before.is_some_and(|text| author(text) == Author::Person)
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The path of a file, which is named without `.yaml`.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path.join(format!("{name}.yaml"))
    }

    /// Makes the folder hold files with these contents, which come from `origin`. With `prunes`, others
    /// that an import wrote are removed.
    pub(crate) fn write(
        &self,
        origin: &str,
        files: &BTreeMap<String, String>,
        prunes: bool,
    ) -> Result<Outcome, ImportError> {
        fs::create_dir_all(&self.path).map_err(|error| write_error(&self.path, error))?;
        let mut outcome = Outcome::default();
        for (name, content) in files {
            let path = self.path.join(name);
            let text = with_header(origin, name, content);
            let before = self.present.get(name);
            match before.map(|before| author(before)) {
                _ if before.is_some_and(|before| before == text.as_bytes()) => {
                    outcome.unchanged += 1;
                }
                Some(Author::Person) => outcome.kept.push(path),
                Some(Author::Both) if !before.is_some_and(|before| says(before, content)) => {
                    outcome.edited.push(path);
                }
                Some(Author::Import | Author::Both) | None => {
                    disk::replace(&path, &text).map_err(|error| write_error(&path, error))?;
                    outcome.written += 1;
                }
            }
        }
        for (name, text) in &self.present {
            if files.contains_key(name) || !is_imported(text) {
                continue;
            }
            let path = self.path.join(name);
            if is_removed(name, text, files, prunes) {
                remove(&path)?;
                outcome.removed += 1;
            } else if !corrects(name, files) {
                outcome.gone.push(path);
            }
        }
        for part in self.parts.iter().filter(|part| part.exists()) {
            remove(part)?;
        }
        Ok(outcome)
    }

    /// Removes the folder of a version if nothing is left in it, and then that of its service.
    pub(crate) fn remove_if_empty(&self) {
        for folder in self.path.ancestors().take(2) {
            // One that holds something cannot be removed.
            let _ = fs::remove_dir(folder);
        }
    }
}

/// The folders in a folder, which need not exist, in the order of their names.
pub(crate) fn folders(path: &Path) -> Result<Vec<PathBuf>, ImportError> {
    let paths = entries(path)?.into_iter().map(|entry| entry.path());
    let mut folders: Vec<_> = paths.filter(|path| path.is_dir()).collect();
    folders.sort();
    Ok(folders)
}

/// What is in a folder, which need not exist.
fn entries(path: &Path) -> Result<Vec<fs::DirEntry>, ImportError> {
    match fs::read_dir(path).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        entries => entries.map_err(|error| read_error(path, error)),
    }
}

/// Writes a file unless there is one.
pub(crate) fn create(path: &Path, text: &str) -> Result<(), ImportError> {
    if path.exists() {
        return Ok(());
    }
    disk::replace(path, text).map_err(|error| write_error(path, error))
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

fn remove(path: &Path) -> Result<(), ImportError> {
    fs::remove_file(path).map_err(|error| write_error(path, error))
}

/// The text of an imported file.
fn with_header(origin: &str, name: &str, content: &str) -> String {
    let stem = name.strip_suffix(".yaml").unwrap_or(name);
    let above = match corrected(name) {
        Some(_) => format!("{SCHEMA}{MARKER}{SHIPPED}\n"),
        None => format!(
            "{SCHEMA}{MARKER}{origin}; corrections belong in {}.yaml\n",
            overlay_of(stem)
        ),
    };
    let digest = digest(above.as_bytes(), content.as_bytes());
    format!("{above}{DIGEST}{digest}\n{content}")
}

/// Whether a file that is to hold something else stays as it is.
fn is_left_alone(text: &[u8], content: &str) -> bool {
    let is_same = parts(text).is_some_and(|[_, _, found]| found == content.as_bytes());
    !is_same
        && match author(text) {
            Author::Person => true,
            Author::Both => !says(text, content),
            Author::Import => false,
        }
}

/// Whether a file stays as it is when these are written.
fn stays(name: &str, text: &[u8], files: &BTreeMap<String, String>, prunes: bool) -> bool {
    match files.get(name) {
        Some(content) => is_left_alone(text, content),
        None => !is_imported(text) || !is_removed(name, text, files, prunes),
    }
}

/// Whether an imported file that is none any more is removed. That of shared types is needed only
/// beside a person's `service.yaml`, and an overlay only while it fits what it corrects.
fn is_removed(name: &str, text: &[u8], files: &BTreeMap<String, String>, prunes: bool) -> bool {
    let is_needless = name.strip_suffix(".yaml") == Some(TYPES) || corrects(name, files);
    (prunes || is_needless) && author(text) == Author::Import
}

/// Whether a file is an overlay of one of these.
fn corrects(name: &str, files: &BTreeMap<String, String>) -> bool {
    corrected(name).is_some_and(|name| files.contains_key(&name))
}

/// The name, without `.yaml`, of the overlay for a file.
pub(crate) fn overlay_of(stem: &str) -> String {
    format!("{stem}.overlay")
}

fn author(text: &[u8]) -> Author {
    match fits_digest(text) {
        None => Author::Person,
        Some(true) => Author::Import,
        // A layout is no edit.
        Some(false) => match laid_out(text) {
            Some(text) if fits_digest(text.as_bytes()) == Some(true) => Author::Import,
            _ => Author::Both,
        },
    }
}

fn is_imported(text: &[u8]) -> bool {
    parts(text).is_some()
}

/// Whether an imported file has a certain content, apart from its layout. The digest of one that was
/// written in an older layout does not tell.
fn says(text: &[u8], content: &str) -> bool {
    let text = laid_out(text);
    let parts = text.as_ref().and_then(|text| parts(text.as_bytes()));
    parts.is_some_and(|[_, _, found]| found == content.as_bytes())
}

fn laid_out(text: &[u8]) -> Option<String> {
    let text = str::from_utf8(text).ok()?;
    yaml::format("imported", text).ok()
}

/// Whether an imported file is as its digest says.
fn fits_digest(text: &[u8]) -> Option<bool> {
    let [above, stated, content] = parts(text)?;
    let stated = stated.trim_ascii_end().strip_prefix(DIGEST.as_bytes());
    Some(stated == Some(digest(above, content).as_bytes()))
}

/// What stands above the digest of an imported file, its line, and the content below.
fn parts(text: &[u8]) -> Option<[&[u8]; 3]> {
    let newlines = text.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    let mut ends = newlines.map(|(index, _)| index + 1);
    let (first, second) = (ends.next()?, ends.next()?);
    let third = ends.next().unwrap_or(text.len());
    text[first..second]
        .starts_with(MARKER.as_bytes())
        .then(|| [&text[..second], &text[second..third], &text[third..]])
}

/// A digest that does not change with the way in which lines end, which version control may do.
fn digest(above: &[u8], content: &[u8]) -> String {
    let mut hash = Sha256::new();
    for text in [above, content] {
        for line in text.split_inclusive(|&byte| byte == b'\r') {
            hash.update(line.strip_suffix(b"\r").unwrap_or(line));
        }
    }
    let bytes = hash.finalize();
    let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
    digits.collect()
}
