//! The cargo features of a crate: in its manifest, and in the table of its README.

use std::fmt::Write;

use super::line;
use super::marks::FEATURES;
use crate::Contents;

/// The lines of a manifest with a feature for each service.
pub(super) fn features(contents: &Contents) -> String {
    let mut list = String::new();
    for feature in &contents.features {
        let _ = writeln!(list, "{} = []", feature.name);
    }
    list
}

/// The table of the services, and of the other features that stand in a manifest.
pub(super) fn table(contents: &Contents, manifest: &str) -> String {
    let mut table = String::from("| Feature | Service | Modules |\n|---|---|---|\n");
    for feature in &contents.features {
        let modules: Vec<_> = feature
            .modules
            .iter()
            .map(|one| format!("`{one}`"))
            .collect();
        let (name, title) = (&feature.name, line(&feature.title));
        let _ = writeln!(table, "| `{name}` | {title} | {} |", modules.join(", "));
    }
    for (name, comment) in other_features(manifest) {
        let _ = writeln!(table, "| `{name}` | {comment} | |");
    }
    table
}

/// The features of a manifest that no service has, each with the comment above it.
fn other_features(manifest: &str) -> Vec<(&str, String)> {
    let (before, after) = FEATURES.find(manifest).unwrap_or_default();
    let before = before.rsplit_once("[features]\n").unwrap_or_default().1;
    let after = after.split("\n[").next().unwrap_or_default();
    let mut features = Vec::new();
    let mut comment = Vec::new();
    for line in before.lines().chain(after.lines()) {
        if let Some(text) = line.strip_prefix('#') {
            comment.push(text.trim());
        } else if let Some((name, _)) = line.split_once(" =") {
            let comment = std::mem::take(&mut comment).join(" ");
            let comment = comment.trim_end_matches('.').replace('|', "\\|");
            if name != "default" {
                features.push((name, comment));
            }
        } else {
            comment.clear();
        }
    }
    features
}
