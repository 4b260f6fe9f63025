//! Why a crate cannot be written.

use std::fmt;
use std::io;
use std::path::PathBuf;

use super::PackageName;
use super::marks::FEATURES;

/// Why a crate cannot be written.
#[derive(Debug)]
pub enum PackageError {
    /// The text is no name for a crate.
    Name(String),
    /// The folder holds something else.
    Occupied(PathBuf),
    /// The folder holds a crate of this name, and another was expected.
    OtherName(PathBuf, PackageName, PackageName),
    /// The manifest does not say where the features belong.
    NoPlace(PathBuf),
    /// A file cannot be read.
    Files(io::Error),
}

impl fmt::Display for PackageError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(text) => write!(
                formatter,
                "`{text}` cannot name a crate: expected letters, digits, `-` and `_`, the first a \
                 letter, and no word of Rust"
            ),
            Self::Occupied(folder) => write!(
                formatter,
                "{} holds something other than a generated crate: expected an empty folder or none; \
                 choose one with --out",
                folder.display()
            ),
            Self::OtherName(folder, present, expected) => write!(
                formatter,
                "{} holds the crate `{present}`, expected `{expected}`: say --crate {present}, or \
                 choose another folder with --out",
                folder.display()
            ),
            Self::NoPlace(manifest) => write!(
                formatter,
                "{} has no place for the features: expected, under [features], the lines\n{}{}",
                manifest.display(),
                FEATURES.begin,
                FEATURES.end
            ),
            Self::Files(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for PackageError {}

impl From<io::Error> for PackageError {
    fn from(error: io::Error) -> Self {
        Self::Files(error)
    }
}
