//! What the files of a specification declare already.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use bindery_model::document::Document;

use crate::{error::ImportError, files};

/// Reads a file of the specification, if there is one.
pub(crate) fn read(path: &Path) -> Result<Option<Document>, ImportError> {
    if !path.is_file() {
        return Ok(None);
    }
    let bytes = files::read(path)?;
    let text = String::from_utf8_lossy(&bytes);
    Document::read(&path.display().to_string(), &text)
        .map(Some)
        .map_err(|problems| ImportError::Document(Box::new(problems)))
}

/// The keys of a mapping at the top of a file.
pub(crate) fn keys(file: &Document, key: &str) -> BTreeSet<String> {
    let members = file.value()[key].as_object().into_iter().flatten();
    members.map(|(name, _)| name.clone()).collect()
}

/// A service's file that a person wrote, with those of some types that it does not declare. None where
/// it was not kept, or declares them all.
pub(crate) fn missing_types(
    kept: &[PathBuf],
    types: &[String],
) -> Result<Option<(PathBuf, Vec<String>)>, ImportError> {
    let Some(path) = kept.iter().find(|path| path.ends_with("service.yaml")) else {
        return Ok(None);
    };
    let declared = read(path)?.map_or_else(BTreeSet::new, |file| keys(&file, "types"));
    let missing = types.iter().filter(|name| !declared.contains(*name));
    let missing: Vec<_> = missing.cloned().collect();
    Ok((!missing.is_empty()).then(|| (path.clone(), missing)))
}
