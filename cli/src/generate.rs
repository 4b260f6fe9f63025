//! `bindery generate`: from the specification to Rust.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bindery_codegen::{Change, Files, Layout, Options, Selection};
use bindery_model::Model;

use crate::manifest;
use crate::{FOUND, Failure, Spec};

/// Write typed Rust for the actions that the specification describes
///
/// Only files that change are written; files that no longer belong are removed.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    spec: Spec,
    /// The folder of the generated crate; its sources go to DIR/src
    #[arg(long, value_name = "DIR", default_value = "generated")]
    out: PathBuf,
    /// Keep only these services or actions and the types they reach; may be repeated
    #[arg(long, value_name = "SERVICE[:ACTION,…]")]
    only: Vec<Selection>,
    /// Write nothing; exit with 100 and a diff when something would change
    #[arg(long)]
    check: bool,
}

const EXAMPLES: &str = "\
Examples:
  bindery generate
  bindery generate --check
  bindery generate --spec spec --out client --only trtc:DescribeUserInfo,DescribeRoomInfo
  bindery generate --out client --only tencent/cam:GetUser --only zego/rtc";

/// What generation would make of a crate's folder.
pub(crate) struct Generated {
    files: Files,
    manifest: Option<Change>,
    folder: PathBuf,
}

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let mut model = arguments.spec.load()?;
    if !arguments.only.is_empty() {
        model = Selection::union(arguments.only.iter().cloned()).apply(&model)?;
    }
    let generated = Generated::new(&model, &arguments.out)?;
    if arguments.check {
        return check(&generated);
    }
    let changes = generated.write()?;
    for change in &changes {
        let verb = match (&change.before, &change.after) {
            (None, _) => "added",
            (_, None) => "removed",
            _ => "changed",
        };
        eprintln!("{verb:>8} {}", arguments.out.join(&change.path).display());
    }
    let total = generated.files.len();
    eprintln!("{total} files, {} written or removed", changes.len());
    Ok(ExitCode::SUCCESS)
}

fn check(generated: &Generated) -> Result<ExitCode, Failure> {
    let changes = generated.changes()?;
    if changes.is_empty() {
        eprintln!("{} files are up to date", generated.files.len());
        return Ok(ExitCode::SUCCESS);
    }
    for change in &changes {
        print!("{}", change.diff(&generated.folder));
    }
    eprintln!(
        "{} of {} files are stale: run `bindery generate` (here: `cargo run --release -- generate`)",
        changes.len(),
        generated.files.len()
    );
    Ok(ExitCode::from(FOUND))
}

impl Generated {
    /// Generates in memory what belongs in a crate's folder.
    pub(crate) fn new(model: &Model, folder: &Path) -> Result<Self, Failure> {
        let options = Options {
            layout: Layout::Crate,
            example_path: Some("bindery_sdk".to_owned()),
        };
        let files = bindery_codegen::generate(model, &options);
        let path = PathBuf::from("Cargo.toml");
        let manifest = match fs::read_to_string(folder.join(&path)) {
            Ok(before) => {
                let after = manifest::with_features(&before, &bindery_codegen::features(model))?;
                (before != after).then_some(Change {
                    path,
                    before: Some(before),
                    after: Some(after),
                })
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(error.into()),
        };
        Ok(Self {
            files,
            manifest,
            folder: folder.to_owned(),
        })
    }

    /// The number of source files.
    #[cfg(feature = "demo")]
    pub(crate) fn len(&self) -> usize {
        self.files.len()
    }

    /// What differs on disk.
    pub(crate) fn changes(&self) -> Result<Vec<Change>, Failure> {
        let mut changes = self.files.changes(&self.folder.join("src"))?;
        for change in &mut changes {
            change.path = Path::new("src").join(&change.path);
        }
        changes.extend(self.manifest.clone());
        Ok(changes)
    }

    fn write(&self) -> Result<Vec<Change>, Failure> {
        let changes = self.changes()?;
        self.files.write(&self.folder.join("src"))?;
        if let Some(Change {
            path,
            after: Some(after),
            ..
        }) = &self.manifest
        {
            fs::write(self.folder.join(path), after)?;
        }
        Ok(changes)
    }
}
