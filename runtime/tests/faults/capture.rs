//! Everything that is logged while a test searches it, and all that is shown to it, in one place.
//!
//! This crate logs with `tracing`, and so do hyper-util and h2; reqwest and rustls log with `log`.
//! Both are taken in whole, from all threads.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::error::Error as StdError;
use std::fmt::{Debug, Display, Write as _};
use std::mem;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

static SHOWN: Mutex<Shown> = Mutex::new(Shown {
    lines: BTreeSet::new(),
    targets: BTreeSet::new(),
});

/// What has been taken in.
struct Shown {
    /// The lines that have not been searched.
    lines: BTreeSet<String>,
    /// What has logged.
    targets: BTreeSet<String>,
}

/// How many bytes of a secret must not be shown, in whichever notation.
const PART: usize = 8;

/// Begins to take in what is logged.
pub(crate) fn start() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing::subscriber::set_global_default(Everything::default()).expect("it is the first");
        log::set_logger(&Log).expect("it is the first");
        log::set_max_level(log::LevelFilter::Trace);
    });
}

/// Takes in what a value shows of itself.
pub(crate) fn show(value: &dyn Debug) {
    note(format_args!("{value:?} {value:#?}"));
}

/// Takes in what an error shows of itself, and those below it.
pub(crate) fn show_error(error: &dyn StdError) {
    note(format_args!("{error} {error:#} {error:?} {error:#?}"));
    let mut source = error.source();
    while let Some(error) = source {
        note(format_args!("{error} {error:#} {error:?} {error:#?}"));
        source = error.source();
    }
}

pub(crate) fn note(text: impl Display) {
    // Written first, since what is shown might log.
    let text = text.to_string();
    let lines = text.lines().map(str::to_owned);
    shown().lines.extend(lines);
}

/// Whether something has been logged by a target that begins so.
pub(crate) fn has_logged(target: &str) -> bool {
    let shown = shown();
    let mut targets = shown.targets.iter();
    targets.any(|name| name.starts_with(target))
}

fn note_target(target: &str) {
    let mut shown = shown();
    if !shown.targets.contains(target) {
        shown.targets.insert(target.to_owned());
    }
}

fn shown() -> MutexGuard<'static, Shown> {
    SHOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Fails where a part of a secret has been shown: as it is, percent-encoded, in base64, in
/// hexadecimal digits, or as a list of numbers. All tests have the same secrets, so that a line is
/// searched once, whichever test it comes from.
pub(crate) fn search<'a>(secrets: impl IntoIterator<Item = &'a [u8]>) {
    let parts = Parts::new(secrets);
    let lines = mem::take(&mut shown().lines);
    for line in lines {
        let found = parts.find(&line).map(String::from_utf8_lossy);
        assert_eq!(found, None, "a part of it is shown in: {line}");
    }
}

/// What must not be shown.
struct Parts<'a> {
    /// By their lengths, with what they are parts of.
    secrets: BTreeMap<usize, HashMap<Vec<u8>, &'a [u8]>>,
    /// Hardly anything begins like a part.
    beginnings: Vec<bool>,
}

impl<'a> Parts<'a> {
    fn new(secrets: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut parts = Self {
            secrets: BTreeMap::new(),
            beginnings: vec![false; 1 << 16],
        };
        for secret in secrets {
            assert!(secret.len() >= PART, "there has to be a part of it");
            for (text, length) in notations(secret) {
                let secrets = parts.secrets.entry(length).or_default();
                for part in text.windows(length) {
                    parts.beginnings[beginning(part)] = true;
                    secrets.insert(part.to_vec(), secret);
                }
            }
        }
        parts
    }

    /// The secret of which there is a part in a line.
    fn find(&self, line: &str) -> Option<&'a [u8]> {
        let bytes = line.as_bytes();
        let starts = 0..(bytes.len() + 1).saturating_sub(PART);
        let mut starts = starts.filter(|start| self.beginnings[beginning(&bytes[*start..])]);
        starts.find_map(|start| {
            let mut parts = self.secrets.iter();
            parts.find_map(|(length, parts)| parts.get(bytes.get(start..start + length)?).copied())
        })
    }
}

fn beginning(part: &[u8]) -> usize {
    usize::from(u16::from_be_bytes([part[0], part[1]]))
}

/// The notations of a secret, and how long a part of it is in each.
fn notations(secret: &[u8]) -> Vec<(Vec<u8>, usize)> {
    let percent: String = form_urlencoded::byte_serialize(secret).collect();
    let lower: Vec<String> = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let lower = lower.concat();
    let upper = lower.to_uppercase();
    let list = format!("{secret:?}");
    let mut notations = vec![
        (secret.to_vec(), PART),
        (percent.into_bytes(), PART),
        (lower.into_bytes(), 2 * PART),
        (upper.into_bytes(), 2 * PART),
        (list.into_bytes(), 4 * PART),
    ];
    // What stands before a secret moves its bits, and shares its first and its last digits.
    for before in 0..3 {
        let bytes = [&[0; 2][..before], secret].concat();
        let encoded = STANDARD_NO_PAD.encode(bytes);
        let own = encoded[before + 1..encoded.len() - 1].to_owned();
        notations.push((own.into_bytes(), PART));
    }
    notations
}

/// Takes in all events, and all spans with their fields.
#[derive(Default)]
struct Everything(AtomicU64);

/// Writes fields down.
struct Fields<'a>(&'a mut String);

impl Subscriber for Everything {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        write_down(span.metadata(), |fields| span.record(fields));
        Id::from_u64(self.0.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut line = String::new();
        values.record(&mut Fields(&mut line));
        note(line);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        write_down(event.metadata(), |fields| event.record(fields));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

fn write_down(metadata: &Metadata<'_>, record: impl FnOnce(&mut Fields<'_>)) {
    note_target(metadata.target());
    let mut line = format!("{} {}", metadata.target(), metadata.name());
    record(&mut Fields(&mut line));
    note(line);
}

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {field}={value:?}").expect("memory can be written to");
    }
}

struct Log;

impl log::Log for Log {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        note_target(record.target());
        note(format_args!("{} {}", record.target(), record.args()));
    }

    fn flush(&self) {}
}

#[test]
fn a_secret_is_found_in_each_notation() {
    let secret = "q7N+z2/Xv:5%Bm9\u{e9}Kc4";
    let parts = Parts::new([secret.as_bytes()]);
    let encode = |text: String| STANDARD_NO_PAD.encode(text);
    for shown in [
        secret.to_owned(),
        secret[4..12].to_owned(),
        "q7N%2Bz2%2FXv%3A5%25Bm9%C3%A9Kc4".to_owned(),
        encode(secret.to_owned()),
        encode(format!(" {secret} ")),
        encode(format!("a:{secret}")),
        "71374e2b7a322f5876".to_owned(),
        "71374E2B7A322F5876".to_owned(),
        format!("{:?}", secret.as_bytes()),
    ] {
        let line = format!("a line with {shown} in it");
        assert_eq!(parts.find(&line), Some(secret.as_bytes()), "{shown}");
    }
    for harmless in ["", "q7N+z2/", "a line with nothing in it"] {
        assert_eq!(parts.find(harmless), None);
    }
}
