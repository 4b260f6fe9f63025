//! Reads the YAML description of cloud-API actions into a checked, resolved model.
//!
//! Data flows one way: [`Sources`] are the files, parsing tells what was written in each of them,
//! and where, and resolving tells what that means, as a [`Model`]. [`load`] does it all; a
//! [`Specification`] does it for one service at a time. Everything that is wrong is reported at
//! once, as [`Diagnostics`]; nothing in this crate panics because of what a file holds.
//!
//! This is the only crate that knows YAML.

use std::path::Path;

pub use crate::{
    diagnostic::{Diagnostic, Diagnostics, Span},
    language::{json_schema, reference_markdown},
    model::*,
    sources::{SourceFile, Sources, corrected},
    specification::{Reading, ServiceFolder, Specification},
};

mod diagnostic;
pub mod disk;
pub mod document;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod hostile;
pub mod ident;
mod json;
mod language;
pub mod layout;
mod model;
pub mod parallel;
mod parse;
mod resolve;
mod sources;
mod spec;
mod specification;
pub mod suggest;
mod word;
mod yaml;

/// Reads every file of a specification's folder, checks it, and returns what it means.
///
/// Problems of all files are reported together: a file that cannot be read or parsed does not
/// hide what is wrong with the others.
pub fn load(directory: &Path) -> Result<Model, Diagnostics> {
    Specification::open(directory).model()
}

/// Does the same for files that are in memory.
pub fn check(sources: &Sources) -> Result<Model, Diagnostics> {
    Specification::new(sources.clone()).model()
}
