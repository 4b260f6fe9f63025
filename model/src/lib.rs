//! Reads the YAML description of cloud-API actions into a checked, resolved model.
//!
//! Data flows one way: [`Sources`] are the files as text, [`parse`] turns them into a [`Spec`]
//! (what was written, and where), and [`resolve`] turns that into a [`Model`] (what it means).
//! [`load`] does all three. Everything that is wrong with a specification is reported at once, as
//! [`Diagnostics`]; nothing in this crate panics because of what a file holds.
//!
//! This is the only crate that knows YAML.

use std::path::Path;

pub use crate::{
    diagnostic::{Diagnostic, Diagnostics, Span},
    language::{json_schema, reference_markdown},
    model::*,
    parse::parse,
    resolve::resolve,
    sources::{SourceFile, Sources},
    spec::Spec,
};

mod diagnostic;
mod hostile;
pub mod ident;
mod json;
mod language;
mod model;
mod parse;
mod resolve;
mod sources;
mod spec;
mod suggest;
mod word;
mod yaml;

/// Reads every file of a specification's folder, checks it, and returns what it means.
///
/// Problems of all files are reported together: a file that cannot be read or parsed does not
/// hide what is wrong with the others.
pub fn load(directory: &Path) -> Result<Model, Diagnostics> {
    check(&Sources::read(directory))
}

/// Parses and resolves files that have been read. Unlike [`parse`] followed by [`resolve`], this
/// reports the problems of both.
pub fn check(sources: &Sources) -> Result<Model, Diagnostics> {
    let (spec, mut problems) = parse::parse_all(sources);
    let model = resolve::resolve_all(&spec, &mut problems);
    problems.into_result(sources, model)
}
