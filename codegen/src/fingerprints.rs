//! What a run remembers for the next one: by which files, in which state, each service was made.
//!
//! A state is what the file system says without the file being read: size, times and number. That
//! tells any two states apart, unless the second change comes within the clock's step after the
//! first. So a file that has changed only just now is remembered as unknown, and looked at again.
//!
//! The file is a cache. If it is missing, damaged, or of another generator, everything is made anew.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bindery_model::disk;

use crate::files;
use crate::plan::Family;

/// The name of the file, in the output folder.
const NAME: &str = ".bindery-fingerprints";

/// The first line. The number changes with the format.
const TITLE: &str = "bindery fingerprints 1";

/// The beginning of the last line, which says how many bytes stand before it.
const END: &str = "end";

/// The longest step of a file system's clock that counts fractions of a second.
pub(crate) const FINE_STEP: Duration = Duration::from_millis(10);

/// The longest step of one that does not.
const COARSE_STEP: Duration = Duration::from_secs(2);

/// What has been made in a folder.
#[derive(Debug, PartialEq)]
pub(crate) struct Fingerprints {
    path: PathBuf,
    /// What decides the result beside the specification's files, in one line.
    generator: String,
    /// The services, by the folder of their description.
    pub(crate) records: BTreeMap<String, Record>,
}

/// One version of one service.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Record {
    pub(crate) version: Version,
    /// What it was made of, by the paths below the specification's folder.
    pub(crate) inputs: Vec<(String, State)>,
    /// What was made, by the paths below the output folder.
    pub(crate) outputs: Vec<(String, State)>,
}

/// What the files above a service need to know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Version {
    /// The name and version on the wire, by which services are ordered.
    pub(crate) order: (String, String),
    pub(crate) family: Family,
}

/// The state of a file; none if it is not known well enough to be relied on.
pub(crate) type State = Option<Stamp>;

/// What the file system says about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    size: u64,
    /// When its contents were changed, in nanoseconds since 1970.
    modified: i128,
    /// When anything about it was changed, in nanoseconds since 1970.
    changed: i128,
    number: u64,
}

/// The state of a file now.
pub(crate) fn state(path: &Path) -> State {
    let stamp = Stamp::new(&fs::metadata(path).ok()?);
    stamp
        .is_settled(since_1970(SystemTime::now()))
        .then_some(stamp)
}

impl Stamp {
    fn new(metadata: &Metadata) -> Self {
        let modified = metadata.modified().map_or(0, since_1970);
        let (changed, number) = system(metadata);
        Self {
            size: metadata.len(),
            modified,
            changed,
            number,
        }
    }

    /// Whether a change from now on would make another stamp.
    fn is_settled(&self, now: i128) -> bool {
        let latest = self.modified.max(self.changed);
        let step = if latest % 1_000_000_000 == 0 {
            COARSE_STEP
        } else {
            FINE_STEP
        };
        latest.saturating_add_unsigned(step.as_nanos()) < now
    }
}

fn since_1970(time: SystemTime) -> i128 {
    let nanoseconds = |duration: Duration| i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX);
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => nanoseconds(after),
        Err(before) => -nanoseconds(before.duration()),
    }
}

/// When anything about a file was changed, and its number. Both are 0 where the system does not tell.
#[cfg(unix)]
fn system(metadata: &Metadata) -> (i128, u64) {
    use std::os::unix::fs::MetadataExt;
    let changed = i128::from(metadata.ctime()) * 1_000_000_000 + i128::from(metadata.ctime_nsec());
    (changed, metadata.ino())
}

#[cfg(not(unix))]
fn system(_: &Metadata) -> (i128, u64) {
    (0, 0)
}

impl Fingerprints {
    /// None of an output folder, by a generator.
    pub(crate) fn none(folder: &Path, generator: String) -> Self {
        Self {
            path: folder.join(NAME),
            generator,
            records: BTreeMap::new(),
        }
    }

    /// What the last run remembered in an output folder, if it was one of the same generator.
    pub(crate) fn read(folder: &Path, generator: String) -> Self {
        let mut fingerprints = Self::none(folder, generator);
        let text = fs::read_to_string(&fingerprints.path).unwrap_or_default();
        if let Some(records) = parse(&text, &fingerprints.generator) {
            fingerprints.records = records;
        }
        fingerprints
    }

    /// Remembers for the next run.
    pub(crate) fn write(&self) -> io::Result<()> {
        disk::replace(&self.path, &self.to_text()).map_err(|error| files::at(error, &self.path))
    }

    fn to_text(&self) -> String {
        let mut text = format!("{TITLE}\n{}\n", self.generator);
        for (folder, record) in &self.records {
            let Some(version) = record.version.to_line() else {
                // Such a service is made anew every time.
                continue;
            };
            let _ = writeln!(text, "service\t{folder}\t{version}");
            for (kind, files) in [("in", &record.inputs), ("out", &record.outputs)] {
                for (path, state) in files {
                    let _ = write!(text, "{kind}\t{path}");
                    if let Some(stamp) = state {
                        let Stamp {
                            size,
                            modified,
                            changed,
                            number,
                        } = stamp;
                        let _ = write!(text, "\t{size}\t{modified}\t{changed}\t{number}");
                    }
                    text.push('\n');
                }
            }
        }
        let _ = writeln!(text, "{END}\t{}", text.len());
        text
    }
}

/// The records in a text, if it is whole and of this generator.
fn parse(text: &str, generator: &str) -> Option<BTreeMap<String, Record>> {
    let (text, end) = text.strip_suffix('\n')?.rsplit_once('\n')?;
    let length = end.strip_prefix(END)?.strip_prefix('\t')?;
    let mut lines = text.lines();
    if length != (text.len() + 1).to_string()
        || lines.next()? != TITLE
        || lines.next()? != generator
    {
        return None;
    }
    let mut records = BTreeMap::new();
    let mut record: Option<&mut Record> = None;
    for line in lines {
        let (kind, rest) = line.split_once('\t')?;
        match kind {
            "service" => {
                let (folder, version) = rest.split_once('\t')?;
                let new = Record {
                    version: Version::parse(version)?,
                    inputs: Vec::new(),
                    outputs: Vec::new(),
                };
                record = Some(records.entry(folder.to_owned()).or_insert(new));
            }
            "in" => record.as_mut()?.inputs.push(parse_file(rest)?),
            "out" => record.as_mut()?.outputs.push(parse_file(rest)?),
            _ => return None,
        }
    }
    Some(records)
}

impl Version {
    /// The parts in one line, if there is none among them that a line cannot hold.
    fn to_line(&self) -> Option<String> {
        let Family {
            module,
            feature,
            doc,
            versions,
        } = &self.family;
        let (name, version) = &self.order;
        let mut parts = vec![name, version, module, feature];
        parts.extend(versions);
        parts.extend(doc);
        let is_plain = |part: &&String| !part.contains(['\t', '\n', '\r']);
        parts.iter().all(is_plain).then(|| {
            let parts: Vec<&str> = parts.into_iter().map(String::as_str).collect();
            parts.join("\t")
        })
    }

    fn parse(line: &str) -> Option<Self> {
        let mut parts = line.split('\t').map(str::to_owned);
        Some(Self {
            order: (parts.next()?, parts.next()?),
            family: Family {
                module: parts.next()?,
                feature: parts.next()?,
                versions: vec![parts.next()?],
                doc: parts.collect(),
            },
        })
    }
}

fn parse_file(line: &str) -> Option<(String, State)> {
    let mut parts = line.split('\t');
    let path = parts.next()?.to_owned();
    let Some(size) = parts.next() else {
        return Some((path, None));
    };
    let stamp = Stamp {
        size: size.parse().ok()?,
        modified: parts.next()?.parse().ok()?,
        changed: parts.next()?.parse().ok()?,
        number: parts.next()?.parse().ok()?,
    };
    parts.next().is_none().then_some((path, Some(stamp)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(modified: i128) -> Stamp {
        Stamp {
            size: 7,
            modified,
            changed: modified,
            number: 1,
        }
    }

    fn fingerprints() -> Fingerprints {
        let version = Version {
            order: ("trtc".to_owned(), "2019-07-22".to_owned()),
            family: Family {
                module: "trtc".to_owned(),
                feature: "tencent-trtc".to_owned(),
                doc: vec!["Calls.".to_owned(), String::new(), "Audio.".to_owned()],
                versions: vec!["v20190722".to_owned()],
            },
        };
        let record = Record {
            version,
            inputs: vec![
                ("tencent/provider.yaml".to_owned(), Some(stamp(1))),
                ("tencent/trtc/v20190722/service.yaml".to_owned(), None),
            ],
            outputs: vec![("tencent/trtc/v20190722/mod.rs".to_owned(), Some(stamp(-2)))],
        };
        let mut fingerprints = Fingerprints::none(Path::new("generated"), "generator".to_owned());
        let folder = "tencent/trtc/v20190722".to_owned();
        fingerprints.records.insert(folder, record);
        fingerprints
    }

    #[test]
    fn what_is_remembered_can_be_read() {
        let written = fingerprints();
        assert_eq!(
            parse(&written.to_text(), "generator"),
            Some(written.records)
        );
    }

    #[test]
    fn what_is_damaged_or_of_another_generator_is_not_believed() {
        let text = fingerprints().to_text();
        assert_eq!(parse(&text, "another"), None);
        for length in 0..text.len() {
            let cut = &text[..length];
            assert_eq!(parse(cut, "generator"), None, "{cut:?}");
        }
        for line in text.lines() {
            let without = text.replacen(&format!("{line}\n"), "", 1);
            assert_eq!(parse(&without, "generator"), None, "{line}");
        }
    }

    #[test]
    fn a_file_that_has_just_changed_is_not_relied_on() {
        let second = 1_000_000_000;
        assert!(!stamp(5 * second + 1).is_settled(5 * second + 2));
        assert!(stamp(5 * second + 1).is_settled(5 * second + 20_000_000));
        // A clock that counts seconds may still show the same one.
        assert!(!stamp(5 * second).is_settled(5 * second + 20_000_000));
        assert!(stamp(5 * second).is_settled(8 * second));
        // A clock that runs ahead proves nothing.
        assert!(!stamp(9 * second + 1).is_settled(8 * second));
    }
}
