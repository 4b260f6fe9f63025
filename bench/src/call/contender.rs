//! Who is compared, and how each is built and run: as a process that makes calls, so that its time
//! and its memory are its own, and in a workspace that is not this one.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::workspace::{Workspace, root, runtime};
use crate::{Failure, measure, progress};

/// The package with what the contenders share.
const HARNESS: &str = "harness";

/// The package that signs without sending.
const SIGN: &str = "sign";

/// What the harness and all contenders are built on.
const TOKIO: &str = "tokio = { version = \"1\", features = [\"net\", \"rt\", \"time\"] }\n";

/// What Bindery's runtime is built on as well, with the same features.
const REQWEST: &str = "reqwest = { version = \"0.13\", default-features = false, \
     features = [\"rustls\", \"http2\", \"gzip\", \"socks\", \"system-proxy\", \"json\"] }\n";

const SERDE: &str = "serde = { version = \"1\", features = [\"derive\"] }\nserde_json = \"1\"\n";

/// What users add to sign by hand.
const HASHES: &str = "chrono = \"0.4\"\nhex = \"0.4\"\nhmac = \"0.13\"\nsha2 = \"0.11\"\n";

const AWS: &str = "aws-sdk-sts = \"=1.124.0\"\n";

const COMMUNITY: &str =
    "tencentcloud-sdk = { version = \"=0.2.1\", features = [\"transport-reqwest\"] }\n";

/// The vendor's package with the service, and what it is built on, at the Python Package Index.
const PYTHON_PACKAGES: [&str; 2] = [
    "tencentcloud-sdk-python-trtc==3.1.177",
    "tencentcloud-sdk-python-common==3.1.195",
];

const PYTHON_SCRIPT: &str = "bench/scratch/call/call.py";

/// How many calls a Rust client makes while Python makes one.
const PYTHON_CALLS: u64 = 20;

/// These would have the clients call a proxy instead of the server.
const PROXY_VARIABLES: [&str; 6] = [
    "ALL_PROXY",
    "all_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Contender {
    Reqwest,
    Written,
    Bindery,
    Aws,
    Community,
    Python,
}

/// What a series of calls took.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Series {
    pub(super) calls: u64,
    /// Nanoseconds of all processors.
    pub(super) processor: u64,
    /// Nanoseconds by the clock.
    pub(super) wall: u64,
    /// How often memory was allocated, where that is counted.
    pub(super) allocations: Option<u64>,
    /// The most memory that the process has used, in bytes.
    pub(super) memory: u64,
}

/// What an idle client holds.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Idle {
    /// Bytes.
    pub(super) memory: u64,
}

/// What a signature takes with the day's key at hand.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Signing {
    /// Nanoseconds by the clock.
    pub(super) wall: u64,
}

/// The contenders, ready to run.
pub(super) struct Field {
    workspace: Workspace,
    python: Option<PathBuf>,
}

impl Contender {
    /// Those whose allocations and idle clients can be measured.
    pub(super) const RUST: [Self; 5] = [
        Self::Reqwest,
        Self::Written,
        Self::Bindery,
        Self::Aws,
        Self::Community,
    ];

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Reqwest => "reqwest alone",
            Self::Written => "hand-written",
            Self::Bindery => "Bindery",
            Self::Aws => "aws-sdk-sts",
            Self::Community => "tencentcloud-sdk",
            Self::Python => "SDK for Python",
        }
    }

    fn package(self) -> &'static str {
        match self {
            Self::Reqwest => "alone",
            Self::Written => "written",
            Self::Bindery => "ours",
            Self::Aws => "aws",
            Self::Community => "community",
            Self::Python => "python",
        }
    }

    fn source(self) -> &'static str {
        match self {
            Self::Reqwest => include_str!("../../scratch/call/alone.rs"),
            Self::Written => include_str!("../../scratch/call/written.rs"),
            Self::Bindery => include_str!("../../scratch/call/ours.rs"),
            Self::Aws => include_str!("../../scratch/call/aws.rs"),
            Self::Community => include_str!("../../scratch/call/community.rs"),
            Self::Python => "",
        }
    }

    fn dependencies(self) -> String {
        match self {
            Self::Reqwest => REQWEST.to_owned(),
            Self::Written => [REQWEST, SERDE, HASHES].concat(),
            Self::Bindery => bindings(),
            Self::Aws => AWS.to_owned(),
            Self::Community => [COMMUNITY, SERDE].concat(),
            Self::Python => String::new(),
        }
    }
}

impl Field {
    /// Writes and builds the contenders. Without a Python, the vendor's SDK for it is left out.
    pub(super) fn prepare(python: &OsStr) -> Result<Self, Failure> {
        let workspace = Workspace::prepare("call")?;
        let nix = "nix = { version = \"0.31\", features = [\"resource\"] }\n";
        let source = include_str!("../../scratch/call/harness.rs");
        workspace.package(HARNESS, &[TOKIO, nix].concat(), "lib.rs", source)?;
        let source = include_str!("../../scratch/call/sign.rs");
        workspace.package(SIGN, &runtime(), "main.rs", source)?;
        let harness = format!("{HARNESS} = {{ path = \"../{HARNESS}\" }}\n");
        for contender in Contender::RUST {
            let dependencies = [harness.as_str(), &contender.dependencies()].concat();
            let source = contender.source();
            workspace.package(contender.package(), &dependencies, "main.rs", source)?;
        }
        // Those for which no crate brings types.
        for contender in [Contender::Written, Contender::Community] {
            let path = format!("{}/src/types.rs", contender.package());
            workspace.write(&path, include_str!("../../scratch/call/types.rs"))?;
        }
        // Each by itself, so that none is built with the features that another asks for.
        let packages = Contender::RUST.map(Contender::package);
        for package in packages.iter().chain(&[SIGN]) {
            progress(&format!("building {package}"));
            measure::time(&mut workspace.cargo(&["build", "--release", "--package", package]))?;
        }
        let python = environment(python, workspace.folder())?;
        Ok(Self { workspace, python })
    }

    /// Those that make calls.
    pub(super) fn contenders(&self) -> Vec<Contender> {
        let python = self.python.as_ref().map(|_| Contender::Python);
        Contender::RUST.into_iter().chain(python).collect()
    }

    /// Has a contender make calls, so many of them at the same time.
    pub(super) fn calls(
        &self,
        contender: Contender,
        url: &str,
        concurrency: u64,
        calls: u64,
    ) -> Result<Series, Failure> {
        let calls = match contender {
            Contender::Python => calls / PYTHON_CALLS,
            _ => calls,
        };
        let mut command = self.command(contender);
        command.args(["calls", url]);
        told(command.args([concurrency.to_string(), calls.to_string()]))
    }

    /// Has a contender make so many clients.
    pub(super) fn idle(
        &self,
        contender: Contender,
        url: &str,
        clients: u64,
    ) -> Result<Idle, Failure> {
        let mut command = self.command(contender);
        told(command.args(["idle", url]).arg(clients.to_string()))
    }

    pub(super) fn sign(&self) -> Result<Signing, Failure> {
        told(&mut Command::new(self.program(SIGN)))
    }

    fn command(&self, contender: Contender) -> Command {
        match (contender, &self.python) {
            (Contender::Python, Some(python)) => {
                let mut command = Command::new(python);
                command.arg(root().join(PYTHON_SCRIPT));
                command
            }
            _ => Command::new(self.program(contender.package())),
        }
    }

    fn program(&self, package: &str) -> PathBuf {
        let release = self.workspace.folder().join("target/release");
        release.join(package)
    }
}

/// The dependency on the checked-in bindings.
fn bindings() -> String {
    let path = root().join("generated").display().to_string();
    format!("bindery-sdk = {{ path = {path:?}, features = [\"tencent-trtc\"] }}\n")
}

/// A Python with the vendor's SDK, unless there is no Python.
fn environment(python: &OsStr, folder: &Path) -> Result<Option<PathBuf>, Failure> {
    let environment = folder.join("target/python");
    let interpreter = environment.join("bin/python");
    let done = environment.join("done");
    let packages = PYTHON_PACKAGES.join("\n");
    if fs::read_to_string(&done).is_ok_and(|installed| installed == packages) {
        return Ok(Some(interpreter));
    }
    if Command::new(python).arg("--version").output().is_err() {
        let python = python.display();
        progress(&format!(
            "{python} does not run: left out the SDK for Python"
        ));
        return Ok(None);
    }
    progress("installing the SDK for Python");
    let mut create = Command::new(python);
    measure::time(create.args(["-m", "venv"]).arg(&environment))?;
    let mut install = Command::new(&interpreter);
    install.args(["-m", "pip", "install", "--retries", "10"]);
    measure::time(install.args(PYTHON_PACKAGES))?;
    fs::write(done, packages)?;
    Ok(Some(interpreter))
}

/// What a contender tells about itself.
fn told<T: DeserializeOwned>(command: &mut Command) -> Result<T, Failure> {
    for name in PROXY_VARIABLES {
        command.env_remove(name);
    }
    let output = command.stdin(Stdio::null()).output()?;
    measure::check(command, &output)?;
    Ok(serde_json::from_slice(&output.stdout)?)
}
