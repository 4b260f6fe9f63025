//! Which files make up a specification, and their text.
//!
//! A specification is a folder of three levels: `provider.yaml` in a provider's folder, then a
//! folder per service, then a folder per version with `service.yaml` and one file per action.
//! Anything else is reported, so that a misplaced file is not silently ignored.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::Path,
    sync::Arc,
};

/// The largest file that is read, in bytes.
pub(crate) const MAX_FILE_BYTES: u64 = 4 << 20;

/// The files of a specification.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Arc<Vec<SourceFile>>,
}

/// One file of a specification.
#[derive(Clone, Debug)]
pub struct SourceFile {
    path: String,
    shown: String,
    content: Result<String, Unreadable>,
}

/// Why a file's text is not available.
#[derive(Clone, Debug)]
pub(crate) enum Unreadable {
    /// It is not a part of a specification.
    Stray,
    /// It is a link to a folder, which could lead in a circle.
    LinkedFolder,
    /// It is larger than [`MAX_FILE_BYTES`].
    TooLarge,
    /// It is not text in UTF-8.
    NotText,
    /// It is neither a file nor a folder.
    Special,
    /// The system refused to read it.
    Failed(String),
}

/// What a file is, judging by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place<'a> {
    /// `<provider>/provider.yaml`
    Provider { provider: &'a str },
    /// `<provider>/<service>/<version>/service.yaml`
    Service {
        provider: &'a str,
        service: &'a str,
        version: &'a str,
    },
    /// `<provider>/<service>/<version>/<Action>.yaml`
    Action {
        provider: &'a str,
        service: &'a str,
        version: &'a str,
        action: &'a str,
    },
    /// Not a part of the specification, and known not to be.
    Ignored,
    /// Not a part of the specification.
    Stray,
}

impl Sources {
    /// Reads the files of a folder.
    ///
    /// What cannot be read is reported by [`parse`](crate::parse()), together with everything else.
    pub fn read(directory: &Path) -> Self {
        let mut reader = Reader {
            root: directory.display().to_string(),
            files: Vec::new(),
        };
        reader.folder(directory, "", 0);
        Self::sorted(reader.files)
    }

    /// Takes files that are in memory: pairs of a path below the specification's folder, with
    /// `/` between folders, and the file's text.
    pub fn from_files<P, T>(files: impl IntoIterator<Item = (P, T)>) -> Self
    where
        P: Into<String>,
        T: Into<String>,
    {
        let files = files.into_iter().map(|(path, text)| {
            let (path, text) = (path.into(), text.into());
            let content = match place(&path) {
                Place::Stray => Err(Unreadable::Stray),
                _ if text.len() as u64 > MAX_FILE_BYTES => Err(Unreadable::TooLarge),
                _ => Ok(text),
            };
            SourceFile {
                shown: path.clone(),
                path,
                content,
            }
        });
        Self::sorted(files.collect())
    }

    /// The files, ordered by path.
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }

    fn sorted(mut files: Vec<SourceFile>) -> Self {
        files.retain(|file| place(&file.path) != Place::Ignored);
        files.sort_by(|left, right| left.path.cmp(&right.path));
        Self {
            files: Arc::new(files),
        }
    }
}

impl SourceFile {
    /// The path below the specification's folder.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The text, or nothing when the file could not be read.
    pub fn text(&self) -> &str {
        self.content.as_deref().unwrap_or_default()
    }

    /// The path as it is shown to people: with the folder that was given to [`Sources::read`].
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    pub(crate) fn content(&self) -> Result<&str, &Unreadable> {
        self.content.as_deref()
    }
}

/// Tells what a file is from its path below the specification's folder.
pub(crate) fn place(path: &str) -> Place<'_> {
    let mut parts = [""; 4];
    let mut count = 0;
    for part in path.split('/') {
        if count == parts.len() {
            return Place::Stray;
        }
        parts[count] = part;
        count += 1;
    }
    let file = parts[count - 1];
    if file.starts_with('.') || file == "README.md" || (count == 1 && file == "schema.json") {
        return Place::Ignored;
    }
    let [provider, service, version, _] = parts;
    match (count, file.strip_suffix(".yaml")) {
        (2, Some("provider")) => Place::Provider { provider },
        (4, Some("service")) => Place::Service {
            provider,
            service,
            version,
        },
        (4, Some("provider")) => Place::Stray,
        (4, Some(action)) => Place::Action {
            provider,
            service,
            version,
            action,
        },
        _ => Place::Stray,
    }
}

/// Collects files while walking down the folders.
struct Reader {
    root: String,
    files: Vec<SourceFile>,
}

impl Reader {
    fn folder(&mut self, directory: &Path, path: &str, depth: usize) {
        let entries = fs::read_dir(directory).and_then(|entries| {
            entries
                .map(|entry| Ok(entry?.path()))
                .collect::<io::Result<Vec<_>>>()
        });
        let entries = match entries {
            Ok(entries) => entries,
            Err(error) => return self.push(path, Err(Unreadable::Failed(error.to_string()))),
        };
        for entry in entries {
            let name = entry.file_name().unwrap_or_default().to_string_lossy();
            let below = match path {
                "" => name.into_owned(),
                _ => format!("{path}/{name}"),
            };
            if place(&below) != Place::Ignored {
                self.entry(&entry, &below, depth);
            }
        }
    }

    fn entry(&mut self, entry: &Path, path: &str, depth: usize) {
        let kind = fs::metadata(entry).and_then(|target| {
            Ok((
                target.file_type(),
                fs::symlink_metadata(entry)?.is_symlink(),
            ))
        });
        let content = match kind {
            Err(error) => Err(Unreadable::Failed(error.to_string())),
            Ok((target, true)) if target.is_dir() => Err(Unreadable::LinkedFolder),
            Ok((target, _)) if target.is_dir() && depth < 3 => {
                return self.folder(entry, path, depth + 1);
            }
            Ok(_) if place(path) == Place::Stray => Err(Unreadable::Stray),
            Ok((target, _)) if !target.is_file() => Err(Unreadable::Special),
            Ok(_) => read_limited(entry),
        };
        self.push(path, content);
    }

    fn push(&mut self, path: &str, content: Result<String, Unreadable>) {
        let shown = match path {
            "" => self.root.clone(),
            _ => format!("{}/{path}", self.root.trim_end_matches('/')),
        };
        self.files.push(SourceFile {
            path: path.to_owned(),
            shown,
            content,
        });
    }
}

/// Reads a file without trusting the size that its folder states.
fn read_limited(path: &Path) -> Result<String, Unreadable> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|error| Unreadable::Failed(error.to_string()))?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(Unreadable::TooLarge);
    }
    String::from_utf8(bytes).map_err(|_| Unreadable::NotText)
}
