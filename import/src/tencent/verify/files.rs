//! The files of one version of a service, read for the places of their parts.
//!
//! What a specification means is not decided here; only where something was written, and which
//! correction or deviation tells of it.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path as FilePath, PathBuf},
};

use bindery_model::document::Document;
use serde_json::Value;

use super::{Explanation, Place, path::Path};
use crate::{
    declared::{SERVICE, TYPES},
    error::ImportError,
    files::{self, overlay_of},
};

/// Where deviations are recorded, beside `service.yaml`.
const DEVIATIONS: &str = "deviations.yaml";

/// The files of one version of a service.
#[derive(Debug)]
pub(super) struct Files {
    folder: PathBuf,
    /// Files that have been looked at, by name. Nothing is known of those that do not exist.
    read: BTreeMap<String, Option<Document>>,
}

/// A disagreement that is meant to be.
#[derive(Debug)]
pub(super) struct Deviation {
    /// The name of the file without its extension, and the keys in it.
    pub(super) at: Path,
    /// What the metadata said when this was written.
    pub(super) metadata: Value,
    pub(super) explanation: Explanation,
}

/// What the overlay of a file says of a part.
struct Corrected {
    /// The path to the part before keys were renamed.
    before: Path,
    /// The last change that concerns it.
    correction: Option<Correction>,
}

/// A change of an overlay.
struct Correction {
    place: Place,
    change: Value,
    /// The JSON pointer to the wanted part in the value of the change.
    below: String,
}

impl Files {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            read: BTreeMap::new(),
        }
    }

    /// Where a part stands, or what is nearest to where it would stand, and the correction that
    /// put it there. `metadata` is what the vendor says.
    pub(super) fn find(
        &mut self,
        stem: &str,
        path: &Path,
        metadata: &Value,
    ) -> Result<(Place, Option<Explanation>), ImportError> {
        let Corrected { before, correction } = self.corrected(stem, path)?;
        if let Some(Correction { place, change, .. }) = correction {
            // A correction of something else than what the vendor says now explains nothing.
            let was = change.get("was").filter(|was| !was.is_object());
            let explanation = was.is_none_or(|was| was == metadata).then(|| Explanation {
                place: place.clone(),
                reason: text(&change, "reason").unwrap_or_default().to_owned(),
            });
            return Ok((place, explanation));
        }
        let name = format!("{stem}.yaml");
        let file = self.folder.join(&name);
        let document = self.document(&name)?;
        let found = document.and_then(|document| {
            let pointers = before.pointers();
            pointers.iter().find_map(|pointer| document.place(pointer))
        });
        Ok((Place::new(file, found.unwrap_or((1, 1))), None))
    }

    /// What stands somewhere in a file.
    pub(super) fn value(&mut self, stem: &str, path: &Path) -> Result<Option<Value>, ImportError> {
        let Corrected { before, correction } = self.corrected(stem, path)?;
        if let Some(Correction { change, below, .. }) = correction {
            let value = change.get("add").or(change.get("replace"));
            return Ok(value.and_then(|value| value.pointer(&below)).cloned());
        }
        let document = self.document(&format!("{stem}.yaml"))?;
        let pointers = before.pointers();
        let pointer = pointers.first().map(String::as_str).unwrap_or_default();
        Ok(document.and_then(|document| document.value().pointer(pointer).cloned()))
    }

    /// The file that declares a type which all actions can use, without its extension.
    pub(super) fn stem_of_shared(&mut self, name: &str) -> Result<&'static str, ImportError> {
        let path = Path::new([TYPES, name]);
        let is_apart = self.value(TYPES, &path)?.is_some();
        Ok(if is_apart { TYPES } else { SERVICE })
    }

    /// The path to a part before an overlay renamed keys that lead to it.
    pub(super) fn before(&mut self, stem: &str, path: &Path) -> Result<Path, ImportError> {
        Ok(self.corrected(stem, path)?.before)
    }

    /// What the overlay of a file says of a part. Its changes are undone one after the other.
    fn corrected(&mut self, stem: &str, path: &Path) -> Result<Corrected, ImportError> {
        let name = format!("{}.yaml", overlay_of(stem));
        let file = self.folder.join(&name);
        let mut corrected = Corrected {
            before: path.clone(),
            correction: None,
        };
        let Some(document) = self.document(&name)? else {
            return Ok(corrected);
        };
        let changes = document.value().get("changes").and_then(Value::as_array);
        let changes = changes.map(Vec::as_slice).unwrap_or_default();
        for (index, change) in changes.iter().enumerate().rev() {
            let Some(at) = text(change, "at").and_then(Path::parse) else {
                continue;
            };
            let before = &corrected.before;
            if let Some(name) = text(change, "rename") {
                if let Some(before) = before.before_renaming(&at, name) {
                    corrected.before = before;
                }
            } else if corrected.correction.is_none()
                && let Some(below) = before.below(&at)
                && let Some(place) = document.place(&format!("/changes/{index}"))
            {
                corrected.correction = Some(Correction {
                    place: Place::new(file.clone(), place),
                    change: change.clone(),
                    below,
                });
            }
        }
        Ok(corrected)
    }

    /// The recorded deviations.
    pub(super) fn deviations(&mut self) -> Result<Vec<Deviation>, ImportError> {
        let file = self.folder.join(DEVIATIONS);
        let Some(document) = self.document(DEVIATIONS)? else {
            return Ok(Vec::new());
        };
        let keys = document.value().as_object();
        let list = document.value().get("deviations").and_then(Value::as_array);
        let (Some(list), Some(1)) = (list, keys.map(serde_json::Map::len)) else {
            return Err(malformed(
                &file,
                (1, 1),
                "expected a list `deviations` and nothing else",
            ));
        };
        let deviations = list.iter().enumerate().map(|(index, deviation)| {
            let place = document.place(&format!("/deviations/{index}"));
            let place = place.unwrap_or((1, 1));
            Deviation::read(deviation, Place::new(file.clone(), place))
                .map_err(|reason| malformed(&file, place, reason))
        });
        deviations.collect()
    }

    fn document(&mut self, name: &str) -> Result<Option<&Document>, ImportError> {
        if !self.read.contains_key(name) {
            let document = read(&self.folder.join(name))?;
            self.read.insert(name.to_owned(), document);
        }
        Ok(self.read.get(name).and_then(Option::as_ref))
    }
}

impl Deviation {
    fn read(value: &Value, place: Place) -> Result<Self, &'static str> {
        const KEYS: [&str; 3] = ["at", "metadata", "reason"];
        let map = value.as_object();
        let map = map
            .filter(|map| map.len() == KEYS.len() && KEYS.iter().all(|key| map.contains_key(*key)));
        let map = map.ok_or("expected the keys `at`, `metadata` and `reason`")?;
        let at = text(value, "at").and_then(Path::parse);
        let reason = text(value, "reason").filter(|reason| !reason.trim().is_empty());
        Ok(Self {
            at: at.ok_or("expected, in `at`, a file's name without its extension and the keys in it, as in `GetUser.output.Uin.type`")?,
            metadata: map["metadata"].clone(),
            explanation: Explanation {
                place,
                reason: reason.ok_or("expected, in `reason`, why the specification differs")?.to_owned(),
            },
        })
    }
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key).and_then(Value::as_str)
}

fn read(path: &FilePath) -> Result<Option<Document>, ImportError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(files::read_error(path, error)),
    };
    let name = path.to_string_lossy();
    match Document::read(&name, &text) {
        Ok(document) => Ok(Some(document)),
        Err(problems) => Err(ImportError::Malformed {
            path: path.to_owned(),
            reason: format!("expected YAML\n{}", problems.render(false)),
        }),
    }
}

fn malformed(path: &FilePath, (line, column): (usize, usize), reason: &str) -> ImportError {
    ImportError::Malformed {
        path: path.to_owned(),
        reason: format!("line {line}, column {column}: {reason}"),
    }
}
