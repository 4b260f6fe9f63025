//! What rustfmt says of generated sources. It is given one service at a time: with all of them at
//! once it takes many times as long.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use bindery_model::parallel;

use crate::Failure;

/// The files that rustfmt would change.
pub(crate) fn unformatted(sources: &Path) -> Result<Vec<String>, Failure> {
    let roots = roots(sources)?;
    let outcomes = parallel::map(parallel::available(), &roots, Root::check);
    let outcomes: Vec<_> = outcomes.into_iter().collect::<Result<_, String>>()?;
    Ok(outcomes.concat())
}

/// What rustfmt is given.
struct Root {
    file: PathBuf,
    /// Whether it is to follow the modules, which are in the same folder.
    is_followed: bool,
}

/// The module of each version of a service, and the modules above.
fn roots(sources: &Path) -> Result<Vec<Root>, Failure> {
    let mut roots = Vec::new();
    let mut pending = vec![sources.to_owned()];
    while let Some(folder) = pending.pop() {
        let mut file = None;
        let mut is_followed = true;
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                is_followed = false;
                pending.push(entry.path());
            } else if ["lib.rs", "mod.rs"]
                .map(OsStr::new)
                .contains(&&*entry.file_name())
            {
                file = Some(entry.path());
            }
        }
        let file = file.ok_or("expected a module in every folder")?;
        roots.push(Root { file, is_followed });
    }
    Ok(roots)
}

impl Root {
    fn check(&self) -> Result<Vec<String>, String> {
        let name = self.file.display();
        let mut rustfmt = Command::new("rustfmt");
        rustfmt.args(["--check", "--files-with-diff", "--edition", "2024"]);
        rustfmt.args(["--config", "style_edition=2024"]);
        // Modules are followed from files, and not from standard input.
        let input = if self.is_followed {
            rustfmt.arg(&self.file);
            Stdio::null()
        } else {
            File::open(&self.file)
                .map_err(|error| format!("{name}: {error}"))?
                .into()
        };
        let output = rustfmt.stdin(input).output();
        let output = output.map_err(|error| format!("rustfmt: {error}"))?;
        let listed = String::from_utf8_lossy(&output.stdout);
        let files = listed.lines().map(|file| {
            if self.is_followed {
                file.to_owned()
            } else {
                name.to_string()
            }
        });
        let files: Vec<String> = files.collect();
        if files.is_empty() && !output.status.success() {
            let messages = String::from_utf8_lossy(&output.stderr);
            return Err(format!(
                "rustfmt failed on {name}, {}:\n{messages}",
                output.status
            ));
        }
        Ok(files)
    }
}
