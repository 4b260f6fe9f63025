//! Generation from a build script.

use std::fmt::{self, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};

use bindery_model::{Diagnostics, disk};

use crate::{
    Contents, GenerateError, Generator, Layout, Options, Selection, SelectionError, Vendor,
};

/// Generates bindings from a build script.
///
/// ```no_run
/// // build.rs
/// fn main() -> Result<(), bindery_codegen::BuildError> {
///     bindery_codegen::Builder::new("spec").only("trtc:DescribeUserInfo")?.build()
/// }
/// ```
///
/// The bindings are then a module of the crate, which depends on `bindery-runtime`:
///
/// ```ignore
/// include!(concat!(env!("OUT_DIR"), "/bindery.rs"));
/// ```
#[derive(Debug)]
pub struct Builder {
    spec: PathBuf,
    output: Option<PathBuf>,
    only: Vec<Selection>,
}

/// Why a build script cannot generate.
pub enum BuildError {
    /// The specification is wrong.
    Specification(Diagnostics),
    /// The selection does not fit the specification.
    Selection(SelectionError),
    /// Cargo has not said where output goes: this is not a build script.
    NoOutput,
    /// The files cannot be written.
    Write(std::io::Error),
}

impl Builder {
    /// Generates from the specification in a folder, given from the crate's root.
    pub fn new(spec: impl Into<PathBuf>) -> Self {
        Self {
            spec: spec.into(),
            output: None,
            only: Vec::new(),
        }
    }

    /// Keeps only what is selected, as in `trtc:DescribeUserInfo`. What several calls select is
    /// kept together.
    pub fn only(mut self, selection: &str) -> Result<Self, BuildError> {
        self.only
            .push(selection.parse().map_err(BuildError::Selection)?);
        Ok(self)
    }

    /// Writes below a folder instead of cargo's `OUT_DIR`.
    pub fn output(mut self, folder: impl Into<PathBuf>) -> Self {
        self.output = Some(folder.into());
        self
    }

    /// Writes `bindery.rs` and the modules that it declares, and tells cargo to do so again when
    /// the specification changes.
    #[expect(
        clippy::print_stdout,
        reason = "cargo reads a build script's standard output"
    )]
    pub fn build(self) -> Result<(), BuildError> {
        println!("cargo::rerun-if-changed={}", self.spec.display());
        let output = match self.output {
            Some(folder) => folder,
            None => std::env::var_os("OUT_DIR")
                .map(PathBuf::from)
                .ok_or(BuildError::NoOutput)?,
        };
        let options = Options {
            layout: Layout::Module,
            example_path: None,
        };
        let folder = output.join("bindery");
        let mut generator = Generator::new(&self.spec, &folder, options);
        if !self.only.is_empty() {
            generator = generator.only(Selection::union(self.only));
        }
        if let Some(jobs) = jobs() {
            generator = generator.threads(jobs);
        }
        let generated = generator.update()?;
        let root = root(&folder, &generated.contents);
        generated.write()?;
        let path = output.join("bindery.rs");
        if std::fs::read_to_string(&path).ok().as_ref() != Some(&root) {
            disk::replace(&path, &root).map_err(BuildError::Write)?;
        }
        Ok(())
    }
}

/// How many things cargo wants to be done at once.
fn jobs() -> Option<NonZero<usize>> {
    std::env::var("NUM_JOBS").ok()?.parse().ok()
}

/// The file to be included: it declares the vendors' modules with their full paths, because a path
/// in an included file is not relative to it.
fn root(folder: &Path, contents: &Contents) -> String {
    let mut text = String::new();
    for Vendor { module, .. } in &contents.vendors {
        let path = folder.join(module.trim_start_matches("r#")).join("mod.rs");
        let _ = writeln!(
            text,
            "#[path = {:?}]\npub mod {module};",
            path.display().to_string()
        );
    }
    text
}

impl fmt::Display for BuildError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Specification(diagnostics) => diagnostics.fmt(formatter),
            Self::Selection(error) => error.fmt(formatter),
            Self::NoOutput => formatter.write_str("OUT_DIR is not set: expected a build script"),
            Self::Write(error) => write!(formatter, "cannot write bindings: {error}"),
        }
    }
}

/// What a failing `main` prints: the same as [`Display`](fmt::Display), because that is what a
/// person should read.
impl fmt::Debug for BuildError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "\n{self}")
    }
}

impl std::error::Error for BuildError {}

impl From<GenerateError> for BuildError {
    fn from(error: GenerateError) -> Self {
        match error {
            GenerateError::Specification(diagnostics) => Self::Specification(diagnostics),
            GenerateError::Selection(error) => Self::Selection(error),
            GenerateError::Files(error) => Self::Write(error),
        }
    }
}
