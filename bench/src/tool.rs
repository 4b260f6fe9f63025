//! The `bindery` command as users run it.

use std::path::{Path, PathBuf};
use std::process::Command;

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

use crate::workspace::root;
use crate::{Failure, measure};

/// The command, built for release.
pub(crate) struct Tool(PathBuf);

impl Tool {
    /// Builds the command beside this program.
    pub(crate) fn build() -> Result<Self, Failure> {
        let here = std::env::current_exe()?;
        let folder = here.parent().ok_or("this program lies in no folder")?;
        let profile = folder.file_name().ok_or("this program lies in no folder")?;
        let mut cargo = Command::new("cargo");
        cargo
            .args(["build", "--package", "bindery", "--no-default-features"])
            .args((profile == "release").then_some("--release"))
            .current_dir(root())
            .env("CARGO_TARGET_DIR", folder.parent().unwrap_or(folder));
        measure::time(&mut cargo)?;
        Ok(Self(folder.join("bindery")))
    }

    /// Imports versions of services from the vendor's catalogue, all if none is named.
    pub(crate) fn import(&self, catalogue: &Path, services: &[String], out: &Path) -> Command {
        let mut command = Command::new(&self.0);
        command.args(["import", "tencent"]).arg(catalogue);
        for service in services {
            command.args(["--service", service]);
        }
        command.args(services.is_empty().then_some("--all"));
        command.arg("--out").arg(out);
        command
    }

    /// Generates the bindings of a specification.
    pub(crate) fn generate(&self, spec: &Path, out: &Path) -> Command {
        let mut command = Command::new(&self.0);
        command.arg("generate").arg("--spec").arg(spec);
        command.arg("--out").arg(out);
        command
    }
}

/// Does something while this program, and what it starts, may use one processor only.
pub(crate) fn on_one_processor<T>(work: impl FnOnce() -> T) -> Result<T, Failure> {
    let this = Pid::from_raw(0);
    let all = sched_getaffinity(this)?;
    let mut one = CpuSet::new();
    let first = (0..CpuSet::count()).find(|processor| all.is_set(*processor) == Ok(true));
    one.set(first.ok_or("there is no processor")?)?;
    sched_setaffinity(this, &one)?;
    let result = work();
    sched_setaffinity(this, &all)?;
    Ok(result)
}
