//! `compile`: what it takes to build the bindings of a service, and programs that use them.

use std::io::{self, Write};
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;

use crate::aws::{Aws, COMMANDS, Client};
use crate::measure::{self, Cost};
use crate::scratch::{DESIGNS, Design, Scratch};
use crate::table::Table;
use crate::{Failure, progress};

/// No further round is begun after this time.
const LIMIT: Duration = Duration::from_mins(15);

/// Compare the time to build the bindings of services, and their size.
///
/// The bindings are built three ways: as Bindery generates them, all actions or the first three; and
/// as structs that derive serde's traits in the direction that is needed, or in both. Dependencies
/// are built before; what is timed is that crate alone, and then a program that calls all actions.
/// Crates of AWS's SDK may stand beside them. Without network access, the dependencies must be in
/// cargo's cache.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The services, of which each must have one version
    #[arg(
        long,
        value_name = "NAME,…",
        default_value = "trtc",
        value_delimiter = ','
    )]
    service: Vec<String>,

    /// The folder of the Python package `tccli`, or of its services [default: bench/data]
    #[arg(long, value_name = "PATH")]
    catalogue: Option<PathBuf>,

    /// Crates of AWS's SDK, from the registry
    #[arg(long, value_name = "CRATE,…", value_delimiter = ',')]
    aws: Vec<String>,

    /// How often everything is built; medians are shown, those of ratios of what was built one after
    /// the other
    #[arg(long, value_name = "COUNT", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
}

const EXAMPLES: &str = "\
Examples:
  cargo run --release -p bindery-bench -- compile
  cargo run --release -p bindery-bench -- compile --runs 1 --aws aws-sdk-sts,aws-sdk-iam
  cargo run --release -p bindery-bench -- compile --catalogue tccli/tccli --service trtc,cam,vpc";

/// What is built, and how.
struct Step {
    title: &'static str,
    command: &'static [&'static str],
    what: What,
}

#[derive(Clone, Copy)]
enum What {
    Bindings,
    Program,
}

const STEPS: [Step; 5] = [
    Step {
        title: "check",
        command: &["check"],
        what: What::Bindings,
    },
    Step {
        title: "debug",
        command: &["build"],
        what: What::Bindings,
    },
    Step {
        title: "release",
        command: &["build", "--release"],
        what: What::Bindings,
    },
    Step {
        title: "program, debug",
        command: &["build"],
        what: What::Program,
    },
    Step {
        title: "program, release",
        command: &["build", "--release"],
        what: What::Program,
    },
];

/// Sizes in bytes.
struct Sizes {
    source: u64,
    library: u64,
    program: u64,
    /// Of the program that calls one action.
    base: u64,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    let mut rows = Vec::new();
    for service in &arguments.service {
        progress(service);
        let scratch = Scratch::prepare(arguments.catalogue.as_deref(), service)?;
        let sizes = first_build(&scratch)?;
        let times = rounds(arguments.runs, || Times::take(&scratch))?;
        writeln!(output, "{}\n", report(&scratch, &times, &sizes)?)?;
        rows.push(Row::of_service(&scratch, &times));
    }
    if !arguments.aws.is_empty() {
        let aws = Aws::prepare(&arguments.aws)?;
        let clients = aws.clients.iter();
        let take = || clients.clone().map(|client| aws.take(client)).collect();
        let times: Vec<Vec<_>> = rounds(arguments.runs, take)?;
        let clients = aws.clients.iter().enumerate();
        rows.extend(clients.map(|(index, client)| Row::of_client(client, &times, index)));
    }
    Ok(writeln!(output, "{}", per_operation(&rows))?)
}

/// Does something several times, unless it takes too long.
fn rounds<T>(runs: u32, take: impl Fn() -> Result<T, Failure>) -> Result<Vec<T>, Failure> {
    let start = Instant::now();
    let mut times = Vec::new();
    for round in 1..=runs {
        if round > 1 && start.elapsed() > LIMIT {
            progress("stopping early, because this takes too long");
            break;
        }
        progress(&format!("round {round} of {runs}"));
        times.push(take()?);
    }
    Ok(times)
}

/// What a crate takes per operation.
struct Row {
    title: String,
    operations: usize,
    /// By command.
    medians: Vec<Cost>,
}

impl Row {
    fn of_service(scratch: &Scratch, times: &[Times]) -> Self {
        Self {
            title: format!("Bindery, {}", scratch.service),
            operations: scratch.actions,
            medians: (0..COMMANDS.len()).map(|step| ours(times, step)).collect(),
        }
    }

    fn of_client(client: &Client, rounds: &[Vec<Vec<Cost>>], index: usize) -> Self {
        let median = |command: usize| {
            let costs: Vec<Cost> = rounds.iter().map(|round| round[index][command]).collect();
            measure::median(&costs)
        };
        Self {
            title: client.name.clone(),
            operations: client.operations,
            medians: (0..COMMANDS.len()).map(median).collect(),
        }
    }

    /// Milliseconds of processor time per operation, by command.
    fn cells(&self) -> impl Iterator<Item = f64> {
        let operations = u32::try_from(self.operations).unwrap_or(u32::MAX).max(1);
        let each = self
            .medians
            .iter()
            .map(move |cost| cost.processor / operations);
        each.map(|time| time.as_secs_f64() * 1000.0)
    }
}

fn per_operation(rows: &[Row]) -> String {
    let titles = [
        "processor time per operation, ms",
        "operations",
        "check",
        "debug",
        "release",
    ];
    let mut table = Table::new(titles.map(str::to_owned).to_vec());
    let first: Vec<f64> = rows
        .first()
        .map(|row| row.cells().collect())
        .unwrap_or_default();
    for row in rows {
        let mut cells = vec![row.title.clone(), row.operations.to_string()];
        let values = row.cells().zip(&first);
        cells.extend(values.map(|(value, first)| format!("{value:.2} ({:5.1} ×)", value / first)));
        table.row(cells);
    }
    table.text()
}

/// Builds everything once, with all dependencies, and notes how large it is.
fn first_build(scratch: &Scratch) -> Result<Vec<Sizes>, Failure> {
    DESIGNS
        .iter()
        .map(|design| {
            progress(&format!("building for the first time: {}", design.title));
            for step in &STEPS {
                measure::time(&mut step.cargo(scratch, design))?;
            }
            let one = format!("{}-one", design.package);
            let all = format!("{}-all", design.package);
            measure::time(&mut scratch.cargo(&["build", "--release", "--package", &one]))?;
            let library = format!("lib{}.rlib", design.package.replace('-', "_"));
            Ok(Sizes {
                source: scratch.source_size(design.package)?,
                library: scratch.release_size(&library)?,
                program: scratch.release_size(&all)?,
                base: scratch.release_size(&one)?,
            })
        })
        .collect()
}

impl Step {
    fn package(&self, design: &Design) -> String {
        match self.what {
            What::Bindings => design.package.to_owned(),
            What::Program => format!("{}-all", design.package),
        }
    }

    fn cargo(&self, scratch: &Scratch, design: &Design) -> std::process::Command {
        let mut command = scratch.cargo(self.command);
        command.args(["--package", &self.package(design)]);
        command
    }
}

/// What one round took.
struct Times {
    /// By step, then by design.
    costs: Vec<Vec<Compared>>,
    /// What cargo took to find nothing to do.
    idle: Vec<Cost>,
}

/// What it took to build a design, and what Bindery's took right before.
struct Compared {
    cost: Cost,
    ours: Cost,
}

impl Times {
    /// Builds everything once, and Bindery's before each of the others: machines change their speed
    /// from one minute to the next.
    fn take(scratch: &Scratch) -> Result<Self, Failure> {
        let mut times = Self {
            costs: Vec::new(),
            idle: Vec::new(),
        };
        let [bindery, others @ ..] = &DESIGNS;
        for step in &STEPS {
            let mut build = |design| {
                scratch.touch(&step.package(design))?;
                let whole = measure::time(&mut step.cargo(scratch, design))?;
                let idle = measure::time(&mut step.cargo(scratch, design))?;
                times.idle.push(idle);
                Ok::<Cost, Failure>(whole.without(idle))
            };
            let ours = build(bindery)?;
            let mut costs = vec![Compared { cost: ours, ours }];
            for design in others {
                let ours = build(bindery)?;
                let cost = build(design)?;
                costs.push(Compared { cost, ours });
            }
            times.costs.push(costs);
        }
        Ok(times)
    }
}

/// What Bindery's takes.
fn ours(times: &[Times], step: usize) -> Cost {
    let costs = times.iter().flat_map(|round| &round.costs[step]);
    let costs: Vec<Cost> = costs.map(|compared| compared.ours).collect();
    measure::median(&costs)
}

/// What a design takes, and that as a multiple of what Bindery's takes.
fn beside(times: &[Times], step: usize, design: usize, time: fn(&Cost) -> Duration) -> (f64, f64) {
    let of = |cost| time(cost).as_secs_f64();
    let median =
        |values: &mut dyn Iterator<Item = f64>| measure::median_number(values).unwrap_or(f64::NAN);
    let rounds = || times.iter().map(|round| &round.costs[step][design]);
    (
        median(&mut rounds().map(|one| of(&one.cost))),
        median(&mut rounds().map(|one| of(&one.cost) / of(&one.ours))),
    )
}

fn report(scratch: &Scratch, times: &[Times], sizes: &[Sizes]) -> Result<String, Failure> {
    let mut titles = vec![String::new()];
    titles.extend(DESIGNS.iter().map(|design| design.title.to_owned()));
    let mut table = Table::new(titles);
    for (index, step) in STEPS.iter().enumerate() {
        let bindery = ours(times, index);
        let mut row = |title: &str, time: fn(&Cost) -> Duration| {
            let mut cells = vec![
                title.to_owned(),
                format!("{:.2}", time(&bindery).as_secs_f64()),
            ];
            cells.extend((1..DESIGNS.len()).map(|design| {
                let (seconds, ratio) = beside(times, index, design, time);
                format!("{seconds:.2} ({ratio:4.1} ×)")
            }));
            table.row(cells);
        };
        row(&format!("{}, s", step.title), |cost| cost.wall);
        row("… of processor time", |cost| cost.processor);
    }
    let mut size = |title: &str, of: fn(&Sizes) -> u64| {
        let kibibytes: Vec<f64> = sizes.iter().map(|sizes| kibibytes(of(sizes))).collect();
        table.row(cells(title, &kibibytes));
    };
    size("source, KiB", |sizes| sizes.source);
    size("release rlib, KiB", |sizes| sizes.library);
    size("program with all actions, KiB", |sizes| sizes.program);
    size("… beyond that with one action", |sizes| {
        sizes.program.saturating_sub(sizes.base)
    });
    let idle: Vec<Cost> = times.iter().flat_map(|round| round.idle.clone()).collect();
    let idle = measure::median(&idle);
    let processors = thread::available_parallelism().map_or(1, usize::from);
    Ok(format!(
        "{}; {}, {processors} processors, medians of {}.\n\
         Cargo itself takes {:.2} s to find nothing to do ({:.2} s of processor time), which is left \
         out.\nIn parentheses: times what Bindery's took right before.\n\n{}",
        scratch.summary,
        scratch.rustc()?,
        times.len(),
        idle.wall.as_secs_f64(),
        idle.processor.as_secs_f64(),
        table.text()
    ))
}

/// A row: values, and how they relate to the first of them.
fn cells(title: &str, values: &[f64]) -> Vec<String> {
    let ours = values.first().copied().unwrap_or_default();
    let value = |(index, value): (usize, &f64)| match index {
        0 => format!("{value:.0}"),
        _ => format!("{value:.0} ({:4.1} ×)", value / ours),
    };
    let mut cells = vec![title.to_owned()];
    cells.extend(values.iter().enumerate().map(value));
    cells
}

fn kibibytes(bytes: u64) -> f64 {
    let kibibytes = u32::try_from(bytes / 1024).unwrap_or(u32::MAX);
    kibibytes.into()
}
