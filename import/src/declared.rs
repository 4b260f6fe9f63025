//! What the files of a specification declare already.

use std::{collections::BTreeSet, path::Path};

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

/// The types that a service's file does not declare.
pub(crate) fn missing_types(file: &Path, types: &[String]) -> Result<Vec<String>, ImportError> {
    let declared = read(file)?.map_or_else(BTreeSet::new, |file| keys(&file, "types"));
    let missing = types.iter().filter(|name| !declared.contains(*name));
    Ok(missing.cloned().collect())
}
