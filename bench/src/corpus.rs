//! `corpus`: the vendor's own examples, all of them, through the generated types of all services.

mod compare;
mod expect;
mod known;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::Stdio;

use bindery_model::Service;
use bindery_model::ident::module_ident;
use clap::Args;
use serde::Deserialize;
use serde_json::{Value, json};

use self::compare::{More, difference};
use self::expect::{Deviation, Half, Kind, expect};
use self::known::{KNOWN, REPLIES};
use crate::bindings::{Batch, Bindings, PROGRAM};
use crate::table::Table;
use crate::vendor::{self, Example, Version};
use crate::workspace::runtime;
use crate::{Failure, measure, progress};

const HARNESS: &str = include_str!("../scratch/corpus.rs");

/// How many failures are shown.
const SHOWN: usize = 20;

/// Read the vendor's example replies and write the vendor's example requests, of every service.
///
/// The services are imported and generated, and their bindings built in batches. Each example reply
/// goes through a call into the generated output of its action: tolerantly, where the mismatches
/// that the runtime reports have to be those that the metadata and the example tell, place by place;
/// strictly, where the error has to name the same ones; and what was read is written again and
/// has to be what the reply says. Each example request that is JSON is read into the generated
/// request and written again. What is expected is worked out here, without Bindery.
///
/// Batches that have been built before are not built again.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The folder of the Python package `tccli`, or of its services
    #[arg(long, value_name = "PATH")]
    catalogue: PathBuf,

    /// Only this service, or one version of it, as in `tke/v20220501`; may be repeated, or listed
    /// with commas
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    service: Vec<String>,
}

const EXAMPLES: &str = "\
Examples:
  pip download --no-deps --dest tccli tccli && unzip -q tccli/*.whl -d tccli
  cargo run --release -p bindery-bench -- corpus --catalogue tccli/tccli
  cargo run --release -p bindery-bench -- corpus --catalogue tccli/tccli --service lkeap,cngw";

/// What became of one half of an example.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Outcome {
    error: Option<String>,
    mismatches: Vec<(String, String)>,
    /// What strict reading refuses.
    strict: Vec<(String, String)>,
    written: Option<String>,
}

#[derive(Deserialize)]
struct Outcomes {
    reply: Option<Outcome>,
    request: Option<Outcome>,
}

/// An example that is given to the program.
struct Case<'a> {
    version: &'a Version,
    action: &'a str,
    index: usize,
    example: &'a Example,
    reply: Option<Value>,
    request: Option<Value>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let folders = vendor::folders(&arguments.catalogue, &arguments.service)?;
    let mut versions = BTreeMap::new();
    for folder in &folders {
        let version = Version::read(folder)?;
        versions.insert(version.name.clone(), version);
    }
    let bindings = Bindings::prepare(&arguments.catalogue, &arguments.service)?;
    let batches = bindings.batches();
    let mut tally = Tally::default();
    for (index, batch) in batches.iter().enumerate() {
        let title = batch.title();
        progress(&format!(
            "batch {} of {}: {title}",
            index + 1,
            batches.len()
        ));
        let package = format!("{PROGRAM}{}", batch.features.join("-"));
        let package: String = package.chars().take(60).collect();
        build(&bindings, batch, &package)?;
        let cases = cases(batch, &versions)?;
        let outcomes = call(&bindings, &package, &cases)?;
        for (case, outcomes) in cases.iter().zip(outcomes) {
            tally.add(case, &outcomes);
        }
    }
    tally.compare();
    let mut output = io::stdout().lock();
    writeln!(output, "{}", tally.report(versions.len()))?;
    match tally.failures.len() {
        0 => Ok(()),
        count => Err(format!("{count} checks failed").into()),
    }
}

/// Writes and builds the program that reads the examples of a batch.
fn build(bindings: &Bindings, batch: &Batch<'_>, package: &str) -> Result<(), Failure> {
    let mut features = batch.features.clone();
    // Requests are read, too, which takes this feature.
    features.push("serde".to_owned());
    let dependencies = format!(
        "bindings = {{ path = \"../bindings\", features = {features:?} }}\n{}\
         serde_json = \"1\"\ntokio = {{ version = \"1\", features = [\"macros\", \"rt\"] }}\n",
        runtime()
    );
    let workspace = &bindings.workspace;
    workspace.package(package, &dependencies, "main.rs", HARNESS)?;
    workspace.write(&format!("{package}/src/table.rs"), &table(batch)?)?;
    measure::time(&mut workspace.cargo(&["build", "--package", package]))?;
    Ok(())
}

/// The table of the actions of a batch, as Rust.
fn table(batch: &Batch<'_>) -> Result<String, Failure> {
    let mut text = "use crate::{Entry, entry};\n\n".to_owned();
    text.push_str("pub const SERVICES: &[(&str, &[Entry])] = &[\n");
    for service in &batch.services {
        writeln!(text, "    ({:?}, &[", name(service))?;
        let module = format!(
            "bindings::tencent::{}::{}",
            module_ident(&service.name),
            service.module
        );
        for action in &service.actions {
            writeln!(text, "        entry::<{module}::{}>(),", action.ident)?;
        }
        text.push_str("    ]),\n");
    }
    text.push_str("];\n");
    Ok(text)
}

/// What a version of a service is called in the catalogue.
fn name(service: &Service) -> String {
    format!("{}/{}", service.name, service.module)
}

fn cases<'a>(
    batch: &Batch<'_>,
    versions: &'a BTreeMap<String, Version>,
) -> Result<Vec<Case<'a>>, Failure> {
    let mut cases = Vec::new();
    for service in &batch.services {
        let name = name(service);
        let version = versions.get(&name);
        let version = version.ok_or_else(|| format!("the catalogue has no {name}"))?;
        for (action, examples) in &version.examples {
            let Some(described) = version.api.actions.get(action) else {
                continue;
            };
            let output = &version.api.objects[&described.output];
            for (index, example) in examples.iter().enumerate() {
                cases.push(Case {
                    version,
                    action,
                    index,
                    example,
                    reply: example.reply(output),
                    request: example.request(),
                });
            }
        }
    }
    Ok(cases)
}

/// Lets the program read the examples.
fn call(bindings: &Bindings, package: &str, cases: &[Case<'_>]) -> Result<Vec<Outcomes>, Failure> {
    let mut input = String::new();
    for case in cases {
        let reply = case.reply.as_ref().map(|_| &case.example.output);
        let request = case.request.as_ref().map(|_| case.example.body());
        let line = json!([case.version.name, case.action, reply, request]);
        writeln!(input, "{line}")?;
    }
    let path = bindings.workspace.folder().join("cases.jsonl");
    std::fs::write(&path, input)?;
    let program = bindings
        .workspace
        .folder()
        .join("target/debug")
        .join(package);
    let output = std::process::Command::new(program)
        .stdin(std::fs::File::open(&path)?)
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(format!("the program failed, {}", output.status).into());
    }
    let lines = output.stdout.split(|byte| *byte == b'\n');
    let lines = lines.filter(|line| !line.is_empty());
    let outcomes: Vec<Outcomes> = lines
        .map(serde_json::from_slice)
        .collect::<Result<_, _>>()?;
    if outcomes.len() == cases.len() {
        Ok(outcomes)
    } else {
        Err(format!("{} of {} examples came back", outcomes.len(), cases.len()).into())
    }
}

/// What has been found so far.
#[derive(Default)]
struct Tally {
    replies: Counts,
    requests: Counts,
    /// What is wrong with Bindery, or with what is expected of it.
    failures: Vec<String>,
}

/// What has been found in one half of the examples.
#[derive(Default)]
struct Counts {
    examples: usize,
    /// Examples in which there is nothing to report.
    exact: usize,
    /// By kind: how often the metadata and the examples tell it, and how often the runtime has.
    kinds: BTreeMap<Kind, (usize, usize)>,
    actions: BTreeMap<Kind, BTreeSet<String>>,
    /// Requests that were given an idempotency token.
    tokens: usize,
}

impl Tally {
    fn add(&mut self, case: &Case<'_>, outcomes: &Outcomes) {
        let action = &case.version.api.actions[case.action];
        let halves = [
            (Half::Reply, &case.reply, &outcomes.reply, &action.output),
            (
                Half::Request,
                &case.request,
                &outcomes.request,
                &action.input,
            ),
        ];
        for (half, example, outcome, object) in halves {
            let (Some(example), Some(outcome)) = (example, outcome) else {
                continue;
            };
            let name = format!("{} {} {}", case.version.name, case.action, case.index);
            let counts = match half {
                Half::Reply => &mut self.replies,
                Half::Request => &mut self.requests,
            };
            let problem = counts.add(case.version, object, half, example, outcome, &name);
            if let Some(problem) = problem {
                self.failures.push(format!("{name}: {problem}"));
            }
        }
    }

    /// Compares the counts with what is known of the release that they are known of.
    fn compare(&mut self) {
        if self.replies.examples != REPLIES {
            return;
        }
        for known in KNOWN {
            let counted = self.replies.told(known.kinds);
            if counted != known.count {
                self.failures.push(format!(
                    "{}: {counted} times, but {} times in another count",
                    known.title, known.count
                ));
            }
        }
    }

    fn report(&self, versions: usize) -> String {
        let mut text = format!("{versions} versions of services\n");
        for (title, counts) in [("replies", &self.replies), ("requests", &self.requests)] {
            let _ = write!(
                text,
                "\n{} {title}, {} of them as the metadata says\n\n{}\n",
                counts.examples,
                counts.exact,
                counts.table()
            );
        }
        if self.replies.examples == REPLIES {
            let count = KNOWN.len();
            let _ = writeln!(
                text,
                "\n{count} counts of replies were compared with another's"
            );
        }
        let _ = writeln!(
            text,
            "\n{} requests were given an idempotency token",
            self.requests.tokens
        );
        for failure in self.failures.iter().take(SHOWN) {
            let _ = write!(text, "\n{failure}");
        }
        text
    }
}

impl Counts {
    /// Counts one half of an example, and says what did not come out as it should.
    fn add(
        &mut self,
        version: &Version,
        object: &str,
        half: Half,
        example: &Value,
        outcome: &Outcome,
        name: &str,
    ) -> Option<String> {
        let expected = expect(version, object, half, example);
        self.examples += 1;
        self.exact += usize::from(expected.deviations.is_empty());
        let mut found = outcome.mismatches.clone();
        for deviation in &expected.deviations {
            let (told, noted) = self.kinds.entry(deviation.kind).or_default();
            *told += 1;
            let action = name.rsplit_once(' ').unwrap_or_default().0;
            let actions = self.actions.entry(deviation.kind).or_default();
            actions.insert(action.to_owned());
            let is_it = |(path, kind): &(String, String)| {
                *path == deviation.path && Some(kind) == deviation.mismatch.as_ref()
            };
            if let Some(index) = found.iter().position(is_it) {
                found.swap_remove(index);
                *noted += 1;
            }
        }
        if let Some(error) = &outcome.error {
            return Some(error.clone());
        }
        if half == Half::Reply {
            let unknown = found.first();
            let unknown = unknown.map(|(path, kind)| format!("{kind} at {path} is not expected"));
            let problem = unknown
                .or_else(|| unnoted(&expected.deviations, &outcome.mismatches))
                .or_else(|| strictness(outcome));
            if problem.is_some() {
                return problem;
            }
        }
        let is_incomplete = |one: &Deviation| one.kind == Kind::Missing;
        if half == Half::Request && expected.deviations.iter().any(is_incomplete) {
            return None;
        }
        let written = outcome.written.as_deref().unwrap_or_default();
        let Ok(mut written) = serde_json::from_str(written) else {
            return Some("what was written is not JSON".to_owned());
        };
        if half == Half::Request {
            self.tokens += usize::from(take_token(&expected.kept, &mut written));
        }
        let more = match half {
            Half::Reply => More::EmptyLists,
            Half::Request => More::Nothing,
        };
        let difference = difference(&expected.kept, &written, more)?;
        Some(format!("another value at {difference}"))
    }

    /// How often the metadata and the examples tell any of some kinds.
    fn told(&self, kinds: &[Kind]) -> usize {
        let told = kinds.iter().filter_map(|kind| self.kinds.get(kind));
        told.map(|(told, _)| told).sum()
    }

    fn table(&self) -> String {
        let titles = ["", "expected", "reported", "actions"];
        let mut table = Table::new(titles.map(str::to_owned).to_vec());
        for (kind, (told, noted)) in &self.kinds {
            table.row(vec![
                kind.to_string(),
                told.to_string(),
                noted.to_string(),
                self.actions[kind].len().to_string(),
            ]);
        }
        table.text()
    }
}

/// Takes the idempotency token out of a request that the example has none in: the one member that
/// Bindery adds on its own.
fn take_token(example: &Value, written: &mut Value) -> bool {
    let (Some(example), Some(written)) = (example.as_object(), written.as_object_mut()) else {
        return false;
    };
    let is_token = |name: &str, value: &Value| {
        !example.contains_key(name) && value.as_str().is_some_and(is_uuid)
    };
    let name = written.iter().find(|(name, value)| is_token(name, value));
    let Some(name) = name.map(|(name, _)| name.clone()) else {
        return false;
    };
    written.remove(&name);
    true
}

/// Whether a text is a random UUID, version 4 of RFC 9562.
fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    let is_hex = |byte: u8| byte.is_ascii_hexdigit();
    lengths == [8, 4, 4, 4, 12] && groups[2].starts_with('4') && groups.concat().bytes().all(is_hex)
}

/// A deviation that should have been reported.
fn unnoted(deviations: &[Deviation], found: &[(String, String)]) -> Option<String> {
    let mut deviations = deviations.iter();
    deviations.find_map(|one| {
        let mismatch = one.mismatch.as_ref()?;
        let is_noted = found
            .iter()
            .any(|(path, kind)| (path, kind) == (&one.path, mismatch));
        (!is_noted).then(|| format!("{mismatch} at {} is not reported", one.path))
    })
}

/// Strict reading refuses what tolerant reading reports, all of it.
fn strictness(outcome: &Outcome) -> Option<String> {
    let (told, refused) = (&outcome.mismatches, &outcome.strict);
    let missed = told.iter().find(|one| !refused.contains(one));
    let missed = missed.map(|(path, _)| format!("strict mode passes over {path}"));
    missed.or_else(|| {
        let more = refused.iter().find(|one| !told.contains(one));
        more.map(|(path, kind)| format!("strict mode refuses {kind} at {path}"))
    })
}
