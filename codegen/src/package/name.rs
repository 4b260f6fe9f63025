//! The name of a crate.

use std::fmt;
use std::str::FromStr;

use super::PackageError;

/// The name of a crate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageName(String);

impl PackageName {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// What its library is called in Rust.
    pub(super) fn library(&self) -> String {
        self.0.replace('-', "_")
    }
}

impl FromStr for PackageName {
    type Err = PackageError;

    fn from_str(text: &str) -> Result<Self, PackageError> {
        let name = Self(text.to_owned());
        let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let reserved = [
            "alloc",
            "bindery_runtime",
            "core",
            "proc_macro",
            "std",
            "test",
        ];
        let is_good = text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.len() <= 64
            && text.chars().all(legal)
            && !bindery_model::ident::is_keyword(text)
            && !reserved.contains(&name.library().as_str());
        is_good
            .then_some(name)
            .ok_or_else(|| PackageError::Name(text.to_owned()))
    }
}

impl fmt::Display for PackageName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
