//! Which files make up a specification, and how their text is read.
//!
//! A specification is a folder of three levels: `provider.yaml` in a provider's folder, then a
//! folder per service, then a folder per version with `service.yaml`, perhaps `types.yaml`, and one
//! file per action.
//! Anything else is reported, so that a misplaced file is not silently ignored.

use std::{
    borrow::Cow,
    ffi::OsStr,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use crate::{
    diagnostic::{Diagnostic, Span},
    hostile::quote,
};

/// The largest file that is read, in bytes.
const MAX_FILE_BYTES: u64 = 4 << 20;

/// Where somebody has noted how a service differs from its vendor's metadata. It describes nothing.
const DEVIATIONS: &str = "deviations.yaml";

const LAYOUT: &str = "a specification consists of <provider>/provider.yaml, \
                      <provider>/<service>/<version>/service.yaml and \
                      <provider>/<service>/<version>/<Action>.yaml";

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
    /// Where it is on disk, if its text is to be read from there.
    place: Option<PathBuf>,
    /// What is known of its text.
    content: OnceLock<Result<String, Unreadable>>,
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

impl Unreadable {
    /// The problem of a file that cannot be read.
    pub(crate) fn describe(&self, span: Span, file: &SourceFile) -> Diagnostic {
        let path = quote(file.path());
        match self {
            Self::Stray => {
                let problem =
                    Diagnostic::new(span, format!("{path} is not a part of a specification"));
                if Path::new(file.path()).extension() == Some(OsStr::new("yml")) {
                    problem.help("rename it: the extension is .yaml")
                } else {
                    problem.help(format!("move or remove it: {LAYOUT}"))
                }
            }
            Self::LinkedFolder => Diagnostic::new(span, format!("{path} is a link to a folder"))
                .help("put a real folder there: links could lead in a circle"),
            Self::TooLarge => {
                let limit = MAX_FILE_BYTES >> 20;
                Diagnostic::new(span, format!("{path} is larger than {limit} MiB"))
                    .help("describe one action in each file, and leave out long examples")
            }
            Self::NotText => {
                Diagnostic::new(span, format!("{path} is not UTF-8 text")).help("save it as UTF-8")
            }
            Self::Special => Diagnostic::new(span, format!("{path} is not a regular file"))
                .help(format!("remove it: {LAYOUT}")),
            Self::Failed(error) => {
                let path = if file.path().is_empty() {
                    "the folder".to_owned()
                } else {
                    path
                };
                Diagnostic::new(span, format!("{path} cannot be read: {error}"))
                    .help("check that it exists and that you may read it")
            }
        }
    }
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
    /// `<provider>/<service>/<version>/types.yaml`
    Types {
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
    /// `<file>.overlay.yaml`, which corrects `<file>.yaml` beside it.
    Overlay,
    /// Not a part of the specification, and known not to be.
    Ignored,
    /// Not a part of the specification.
    Stray,
}

impl Sources {
    /// Lists the files of a folder. Their text is read when it is needed.
    pub fn list(directory: &Path) -> Self {
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
                place: None,
                content: content.into(),
            }
        });
        Self::sorted(files.collect())
    }

    /// A single file that is not a part of a specification.
    pub(crate) fn document(name: &str, text: String) -> Self {
        let file = SourceFile {
            path: name.to_owned(),
            shown: name.to_owned(),
            place: None,
            content: Ok(text).into(),
        };
        Self {
            files: Arc::new(vec![file]),
        }
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

    /// The text as far as it has been kept.
    pub(crate) fn text(&self) -> &str {
        match self.content.get() {
            Some(Ok(text)) => text,
            _ => "",
        }
    }

    /// The path as it is shown to people: with the folder that was given to [`Sources::list`].
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    /// Reads the text, without keeping it.
    pub(crate) fn read(&self) -> Result<Cow<'_, str>, Unreadable> {
        match (self.content.get(), &self.place) {
            (Some(content), _) => match content {
                Ok(text) => Ok(Cow::Borrowed(text)),
                Err(reason) => Err(reason.clone()),
            },
            (None, Some(place)) => read_limited(place).map(Cow::Owned),
            (None, None) => Ok(Cow::default()),
        }
    }

    /// Keeps the text that has been read, because a problem in it is to be shown.
    pub(crate) fn keep(&self, text: Cow<'_, str>) {
        self.content.get_or_init(|| Ok(text.into_owned()));
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
    if file.starts_with('.')
        || file == "README.md"
        || (count == 1 && file == "schema.json")
        || (count == 4 && file == DEVIATIONS)
    {
        return Place::Ignored;
    }
    let [provider, service, version, _] = parts;
    if let Some(corrected) = corrected(path) {
        return match place(&corrected) {
            Place::Provider { .. }
            | Place::Service { .. }
            | Place::Types { .. }
            | Place::Action { .. } => Place::Overlay,
            Place::Overlay | Place::Ignored | Place::Stray => Place::Stray,
        };
    }
    match (count, file.strip_suffix(".yaml")) {
        (2, Some("provider")) => Place::Provider { provider },
        (4, Some("service")) => Place::Service {
            provider,
            service,
            version,
        },
        (4, Some("types")) => Place::Types {
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

/// The path of the file that an overlay corrects, or nothing where the path is not that of an overlay.
pub fn corrected(path: &str) -> Option<String> {
    Some(format!("{}.yaml", path.strip_suffix(".overlay.yaml")?))
}

impl<'a> Place<'a> {
    /// What the file describes is called so.
    pub(crate) fn name(self) -> &'a str {
        match self {
            Self::Provider { provider: name }
            | Self::Service { service: name, .. }
            | Self::Action { action: name, .. } => name,
            Self::Types { .. } => "types",
            Self::Overlay | Self::Ignored | Self::Stray => "",
        }
    }
}

/// Collects files while walking down the folders.
struct Reader {
    root: String,
    files: Vec<SourceFile>,
}

impl Reader {
    fn folder(&mut self, directory: &Path, path: &str, depth: usize) {
        let entries = fs::read_dir(directory).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let entries = match entries {
            Ok(entries) => entries,
            Err(error) => {
                let reason = Unreadable::Failed(error.to_string());
                return self.push(path, None, Err(reason).into());
            }
        };
        for entry in entries {
            let name = entry.file_name();
            let below = match path {
                "" => name.to_string_lossy().into_owned(),
                _ => format!("{path}/{}", name.to_string_lossy()),
            };
            if place(&below) != Place::Ignored {
                self.entry(&entry, &below, depth);
            }
        }
    }

    fn entry(&mut self, entry: &fs::DirEntry, path: &str, depth: usize) {
        let target = entry.file_type().and_then(|kind| {
            let is_link = kind.is_symlink();
            let target = if is_link {
                fs::metadata(entry.path())?.file_type()
            } else {
                kind
            };
            Ok((target, is_link))
        });
        let unreadable = match target {
            Err(error) => Unreadable::Failed(error.to_string()),
            Ok((target, true)) if target.is_dir() => Unreadable::LinkedFolder,
            Ok((target, _)) if target.is_dir() && depth < 3 => {
                return self.folder(&entry.path(), path, depth + 1);
            }
            Ok(_) if place(path) == Place::Stray => Unreadable::Stray,
            Ok((target, _)) if !target.is_file() => Unreadable::Special,
            Ok(_) => {
                let place = Some(entry.path());
                return self.push(path, place, OnceLock::new());
            }
        };
        self.push(path, None, Err(unreadable).into());
    }

    fn push(
        &mut self,
        path: &str,
        place: Option<PathBuf>,
        content: OnceLock<Result<String, Unreadable>>,
    ) {
        let shown = match path {
            "" => self.root.clone(),
            _ => format!("{}/{path}", self.root.trim_end_matches('/')),
        };
        self.files.push(SourceFile {
            path: path.to_owned(),
            shown,
            place,
            content,
        });
    }
}

/// Reads a file without trusting the size that its folder states.
fn read_limited(path: &Path) -> Result<String, Unreadable> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| {
            let stated = file.metadata().map_or(0, |metadata| metadata.len());
            bytes.reserve(usize::try_from(stated.min(MAX_FILE_BYTES)).unwrap_or(0) + 1);
            file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)
        })
        .map_err(|error| Unreadable::Failed(error.to_string()))?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(Unreadable::TooLarge);
    }
    String::from_utf8(bytes).map_err(|_| Unreadable::NotText)
}
