//! Clients of AWS's SDK for Rust, as others build them: generated crates from the registry.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::measure::{self, Cost};
use crate::workspace::Workspace;
use crate::{Failure, progress};

/// The commands that are timed.
pub(crate) const COMMANDS: [&[&str]; 3] = [&["check"], &["build"], &["build", "--release"]];

/// A crate of AWS's SDK.
pub(crate) struct Client {
    /// `aws-sdk-sts`
    pub(crate) name: String,
    pub(crate) operations: usize,
}

/// A workspace whose only member depends on the crates.
pub(crate) struct Aws {
    workspace: Workspace,
    pub(crate) clients: Vec<Client>,
}

impl Aws {
    /// Builds the crates with all that they depend on.
    pub(crate) fn prepare(names: &[String]) -> Result<Self, Failure> {
        let workspace = Workspace::prepare("aws")?;
        let dependencies = names.iter().map(|name| format!("{name} = \"1\"\n"));
        let dependencies: String = dependencies.collect();
        workspace.package("user", &dependencies, "lib.rs", "")?;
        for command in COMMANDS {
            progress(&format!(
                "building for the first time: {}",
                names.join(", ")
            ));
            measure::time(&mut workspace.cargo(command))?;
        }
        let clients = names.iter().map(|name| {
            Ok(Client {
                name: name.clone(),
                operations: operations(&workspace, name)?,
            })
        });
        Ok(Self {
            clients: clients.collect::<Result<_, Failure>>()?,
            workspace,
        })
    }

    /// What each command takes for one crate alone.
    pub(crate) fn take(&self, client: &Client) -> Result<Vec<Cost>, Failure> {
        let costs = COMMANDS.iter().map(|command| {
            let cargo = |arguments: &[&str]| {
                let mut cargo = self.workspace.cargo(arguments);
                cargo.args(["--package", &client.name]);
                cargo
            };
            let is_release = command.contains(&"--release");
            let mut clean = cargo(&["clean"]);
            clean.args(is_release.then_some("--release"));
            measure::time(&mut clean)?;
            let whole = measure::time(&mut cargo(command))?;
            let idle = measure::time(&mut cargo(command))?;
            Ok(whole.without(idle))
        });
        costs.collect()
    }
}

/// How many operations a crate has: it has a module for each.
fn operations(workspace: &Workspace, name: &str) -> Result<usize, Failure> {
    let mut cargo = workspace.cargo(&["metadata", "--format-version", "1"]);
    let metadata: Value = serde_json::from_slice(&cargo.output()?.stdout)?;
    let packages = metadata["packages"].as_array();
    let package = packages.and_then(|all| all.iter().find(|package| package["name"] == name));
    let manifest = package.and_then(|package| package["manifest_path"].as_str());
    let manifest = Path::new(manifest.ok_or_else(|| format!("cargo does not know {name}"))?);
    let mut operations = 0;
    for entry in fs::read_dir(manifest.with_file_name("src").join("operation"))? {
        operations += usize::from(entry?.file_type()?.is_dir());
    }
    Ok(operations)
}
