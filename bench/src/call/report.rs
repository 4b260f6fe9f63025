//! The medians as tables, and beside the targets.

use super::contender::{Contender, Series};
use super::{CONCURRENCIES, Results};
use crate::measure::median_number;
use crate::table::Table;

/// The medians of one contender.
#[derive(Clone, Copy)]
struct Median {
    /// Microseconds of processor time of one call.
    processor: f64,
    /// Calls per second by the clock.
    rate: f64,
    /// How often memory is allocated in one call, where that is counted.
    allocations: Option<f64>,
    /// The most memory that was used, in MiB.
    memory: f64,
}

/// What is to be reached, and what was.
struct Target {
    title: &'static str,
    bound: Bound,
    unit: &'static str,
    /// For each number of concurrent calls, or one for all.
    values: Vec<Option<f64>>,
}

#[derive(Clone, Copy)]
enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

pub(super) fn text(results: &Results, contenders: &[Contender]) -> String {
    let mut parts: Vec<String> = CONCURRENCIES
        .iter()
        .map(|&concurrency| calls(results, contenders, concurrency))
        .collect();
    parts.push(idle(results));
    parts.push(targets(results));
    parts.join("\n\n")
}

fn calls(results: &Results, contenders: &[Contender], concurrency: u64) -> String {
    let title = match concurrency {
        1 => "one call after the other".to_owned(),
        _ => format!("{concurrency} calls at a time"),
    };
    let titles = [
        title.as_str(),
        "CPU per call",
        "× hand-written",
        "calls/s and core",
        "calls/s",
        "×",
        "allocations",
        "×",
        "peak memory",
        "×",
    ];
    let mut table = Table::new(titles.map(str::to_owned).to_vec());
    let written = results.median(Contender::Written, concurrency);
    for &contender in contenders {
        let Some(median) = results.median(contender, concurrency) else {
            continue;
        };
        let times = |value: fn(&Median) -> Option<f64>| {
            let ratio = Some(value(&median)? / value(written.as_ref()?)?);
            ratio.map(|ratio| format!("{ratio:.2}"))
        };
        let times = |value| times(value).unwrap_or_default();
        table.row(vec![
            contender.title().to_owned(),
            format!("{:.1} µs", median.processor),
            times(|median| Some(median.processor)),
            format!("{:.0}", 1e6 / median.processor),
            format!("{:.0}", median.rate),
            times(|median| Some(median.rate)),
            median
                .allocations
                .map_or_else(String::new, |count| format!("{count:.1}")),
            times(|median| median.allocations),
            format!("{:.1} MiB", median.memory),
            times(|median| Some(median.memory)),
        ]);
    }
    table.text()
}

fn idle(results: &Results) -> String {
    let titles = ["a client that has made one call", "memory"];
    let mut table = Table::new(titles.map(str::to_owned).to_vec());
    for contender in Contender::RUST {
        if let Some(memory) = results.idle(contender) {
            let title = contender.title().to_owned();
            table.row(vec![title, format!("{memory:.0} KiB")]);
        }
    }
    table.text()
}

fn targets(results: &Results) -> String {
    let mut titles = vec!["Bindery".to_owned(), "target".to_owned()];
    titles.extend(CONCURRENCIES.map(|concurrency| format!("{concurrency} at a time")));
    titles.push("met".to_owned());
    let mut table = Table::new(titles);
    for target in results.targets() {
        let show = |value: f64| format!("{value:.2}{}", target.unit);
        let mut row = vec![target.title.to_owned(), target.bound.text(target.unit)];
        let values = target.values.iter();
        row.extend(values.map(|value| value.map_or_else(String::new, show)));
        row.resize(2 + CONCURRENCIES.len(), String::new());
        row.push(target.verdict().to_owned());
        table.row(row);
    }
    table.text()
}

impl Results {
    /// The medians of a contender, for each number on its own.
    fn median(&self, contender: Contender, concurrency: u64) -> Option<Median> {
        let all = || self.series(contender, concurrency);
        let each = |value: fn(&Series) -> f64| median_number(all().map(value));
        let allocations = |calls: &Series| calls.allocations.map(|count| ratio(count, calls.calls));
        Some(Median {
            processor: each(|calls| processor(calls) / 1e3)?,
            rate: each(|calls| 1e9 * ratio(calls.calls, calls.wall))?,
            allocations: median_number(all().filter_map(allocations)),
            memory: each(|calls| ratio(calls.memory, 1 << 20))?,
        })
    }

    /// What a contender's calls took, round by round.
    fn series(&self, contender: Contender, concurrency: u64) -> impl Iterator<Item = &Series> {
        self.calls
            .iter()
            .filter(move |(who, at_a_time, _)| (*who, *at_a_time) == (contender, concurrency))
            .map(|(.., calls)| calls)
    }

    /// How many times the processor time of Bindery's calls another contender's took. The two are
    /// compared within each round, because the machine is faster in one round than in another.
    fn times(&self, other: Contender, concurrency: u64) -> Option<f64> {
        let ours = self.series(Contender::Bindery, concurrency);
        let rounds = ours.zip(self.series(other, concurrency));
        median_number(rounds.map(|(ours, other)| processor(other) / processor(ours)))
    }

    /// The memory of an idle client, in KiB.
    fn idle(&self, contender: Contender) -> Option<f64> {
        let own = self.idle.iter().filter(|(who, _)| *who == contender);
        median_number(own.map(|(_, idle)| ratio(idle.memory, 1 << 10)))
    }

    fn targets(&self) -> Vec<Target> {
        let times = |other: Contender| {
            let all = CONCURRENCIES.iter();
            all.map(move |&concurrency| self.times(other, concurrency))
        };
        let allocations = CONCURRENCIES.iter().map(|&concurrency| {
            let ours = self.median(Contender::Bindery, concurrency)?;
            Some(ours.allocations? - self.median(Contender::Reqwest, concurrency)?.allocations?)
        });
        let idle = self
            .idle(Contender::Bindery)
            .zip(self.idle(Contender::Reqwest));
        let signing = self.signing.iter();
        let signing = median_number(signing.map(|signing| ratio(signing.wall, 1_000)));
        vec![
            Target {
                title: "CPU per call, × hand-written",
                bound: Bound::AtMost(1.10),
                unit: "",
                values: times(Contender::Written)
                    .map(|times| Some(1.0 / times?))
                    .collect(),
            },
            Target {
                title: "calls per second and core, × aws-sdk-sts",
                bound: Bound::AtLeast(2.0),
                unit: "",
                values: times(Contender::Aws).collect(),
            },
            Target {
                title: "calls per second and core, × the SDK for Python",
                bound: Bound::AtLeast(10.0),
                unit: "",
                values: times(Contender::Python).collect(),
            },
            Target {
                title: "allocations beyond reqwest's",
                bound: Bound::AtMost(40.0),
                unit: "",
                values: allocations.collect(),
            },
            Target {
                title: "memory of an idle client beyond reqwest's",
                bound: Bound::AtMost(64.0),
                unit: " KiB",
                values: vec![idle.map(|(ours, other)| ours - other)],
            },
            Target {
                title: "signing 200 bytes with the day's key",
                bound: Bound::AtMost(2.0),
                unit: " µs",
                values: vec![signing],
            },
        ]
    }
}

impl Target {
    fn verdict(&self) -> &'static str {
        let measured: Vec<f64> = self.values.iter().copied().flatten().collect();
        let holds = measured.iter().all(|&value| match self.bound {
            Bound::AtMost(bound) => value <= bound,
            Bound::AtLeast(bound) => value >= bound,
        });
        match (measured.is_empty(), holds) {
            (true, _) => "not measured",
            (false, true) => "yes",
            (false, false) => "no",
        }
    }
}

impl Bound {
    fn text(self, unit: &str) -> String {
        match self {
            Self::AtMost(bound) => format!("≤ {bound}{unit}"),
            Self::AtLeast(bound) => format!("≥ {bound}{unit}"),
        }
    }
}

/// Nanoseconds of processor time of one call.
fn processor(calls: &Series) -> f64 {
    ratio(calls.processor, calls.calls)
}

#[expect(clippy::cast_precision_loss, reason = "nothing measured reaches 2^53")]
fn ratio(value: u64, by: u64) -> f64 {
    value as f64 / by as f64
}
