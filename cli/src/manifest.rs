//! The feature list in a generated crate's manifest: the part between two marks is ours.

use crate::Failure;

const BEGIN: &str = "# One feature per service; `bindery generate` keeps this list.\n";
const END: &str = "# End of the list.\n";

/// The manifest with one feature per service between the marks.
pub(crate) fn with_features(manifest: &str, features: &[String]) -> Result<String, Failure> {
    let parts = manifest
        .split_once(BEGIN)
        .and_then(|(before, rest)| rest.split_once(END).map(|(_, after)| (before, after)));
    let Some((before, after)) = parts else {
        return Err(format!(
            "Cargo.toml has no place for the features: expected, under [features], the lines\n{BEGIN}{END}"
        )
        .into());
    };
    let mut list = features.join(" = []\n");
    if !list.is_empty() {
        list.push_str(" = []\n");
    }
    Ok(format!("{before}{BEGIN}{list}{END}{after}"))
}
