//! What makes generated sources a crate that can be published: manifest, README, notice, licences.
//!
//! Each of these files is written once and then belongs to the person whose crate it is, except for
//! what stands between two marks: that is kept up to date. Who removes the marks of a README or a
//! notice keeps it alone.

mod error;
mod features;
mod marks;
mod name;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

pub use self::error::PackageError;
use self::features::{features, table};
use self::marks::{FEATURES, Marks, NOTICE, README, TABLE};
pub use self::name::PackageName;
use crate::files::at;
use crate::{Contents, Files};

/// The file that lists a crate's features.
const MANIFEST: &str = "Cargo.toml";

/// What does not depend on what is generated. Generated code has the licences of Bindery.
const FIXED: [(&str, &str); 3] = [
    (".gitignore", "/target\n/.bindery-fingerprints\n"),
    ("LICENSE-APACHE", include_str!("../LICENSE-APACHE")),
    ("LICENSE-MIT", include_str!("../LICENSE-MIT")),
];

/// How many keywords a registry accepts.
const KEYWORDS: usize = 5;

/// How long a keyword may be.
const KEYWORD_LENGTH: usize = 20;

/// The files of a crate around its generated sources.
#[derive(Clone, Debug)]
pub struct Package {
    folder: PathBuf,
    name: PackageName,
    /// Whether files that are missing are written.
    is_whole: bool,
    runtime: Option<String>,
    /// What the descriptions of a vendor were imported from, by the vendor's name.
    origins: BTreeMap<String, String>,
    arguments: String,
}

/// A call to be shown in a README.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The cargo feature that it needs.
    pub(crate) feature: String,
    /// The lines of a code block, fences included.
    pub(crate) lines: Vec<String>,
}

impl Package {
    /// A crate to be written into a folder, which is empty or holds the crate already.
    pub fn create(folder: &Path, name: PackageName) -> Result<Self, PackageError> {
        match Self::find(folder) {
            Ok(Some(present)) if present.name == name => Ok(Self {
                is_whole: true,
                ..present
            }),
            Ok(Some(present)) => Err(PackageError::OtherName(
                folder.to_owned(),
                present.name,
                name,
            )),
            Ok(None) if is_empty(folder)? => Ok(Self::new(folder, name, true)),
            Ok(None) | Err(PackageError::NoPlace(_)) => {
                Err(PackageError::Occupied(folder.to_owned()))
            }
            Err(error) => Err(error),
        }
    }

    /// The crate that a folder holds, if any. What it lacks is not added.
    pub fn find(folder: &Path) -> Result<Option<Self>, PackageError> {
        let path = folder.join(MANIFEST);
        let Some(manifest) = read(&path)? else {
            return Ok(None);
        };
        if FEATURES.find(&manifest).is_none() {
            return Err(PackageError::NoPlace(path));
        }
        let mut lines = manifest.lines();
        let name = lines.find_map(|line| {
            let (key, value) = line.split_once('=')?;
            (key.trim() == "name").then(|| value.trim().trim_matches('"'))
        });
        let name = name.unwrap_or_default().parse()?;
        Ok(Some(Self::new(folder, name, false)))
    }

    fn new(folder: &Path, name: PackageName, is_whole: bool) -> Self {
        Self {
            folder: folder.to_owned(),
            name,
            is_whole,
            runtime: None,
            origins: BTreeMap::new(),
            arguments: String::new(),
        }
    }

    /// Depends on the runtime in a folder, given from the crate's, until one is published.
    #[must_use]
    pub fn runtime(self, path: Option<String>) -> Self {
        Self {
            runtime: path,
            ..self
        }
    }

    /// Says what the descriptions of vendors were imported from, by the vendors' names.
    #[must_use]
    pub fn origins(self, origins: BTreeMap<String, String>) -> Self {
        Self { origins, ..self }
    }

    /// Says what else has to be typed to generate the same: ` --only trtc`.
    #[must_use]
    pub fn arguments(self, arguments: String) -> Self {
        Self { arguments, ..self }
    }

    /// The name of its library.
    pub fn library(&self) -> String {
        self.name.library()
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its files, for sources that contain this: as they are, with what is kept in them up to date.
    pub fn files(&self, contents: &Contents, example: Option<&Example>) -> io::Result<Files> {
        let manifest = || self.manifest(contents);
        let manifest = self.kept(MANIFEST, manifest, &[(&FEATURES, features(contents))])?;
        let table = table(contents, manifest.as_deref().unwrap_or_default());
        let readme = [(&TABLE, table), (&README, self.readme(example))];
        let readme = self.kept("README.md", || self.readme_start(contents), &readme)?;
        let notice = self.kept("NOTICE", notice_start, &[(&NOTICE, self.notice(contents))])?;
        let texts = [
            (MANIFEST, manifest),
            ("README.md", readme),
            ("NOTICE", notice),
        ];
        let texts = texts.into_iter();
        let mut texts: Vec<_> = texts
            .filter_map(|(name, text)| Some((name.to_owned(), text?)))
            .collect();
        for (name, text) in FIXED {
            if self.is_whole && read(&self.folder.join(name))?.is_none() {
                texts.push((name.to_owned(), text.to_owned()));
            }
        }
        Ok(Files::new(texts))
    }

    /// A file as it is or as it starts, with the parts between its marks up to date. None if there is
    /// no such file and none is to be added.
    fn kept(
        &self,
        name: &str,
        start: impl FnOnce() -> String,
        parts: &[(&Marks, String)],
    ) -> io::Result<Option<String>> {
        let mut text = match read(&self.folder.join(name))? {
            Some(text) => text,
            None if self.is_whole => start(),
            None => return Ok(None),
        };
        for (marks, part) in parts {
            if let Some((before, after)) = marks.find(&text) {
                text = format!("{before}{}{part}{}{after}", marks.begin, marks.end);
            }
        }
        Ok(Some(text))
    }

    /// A manifest without the features of services.
    fn manifest(&self, contents: &Contents) -> String {
        let version = env!("CARGO_PKG_VERSION");
        let path = self.runtime.as_deref().map(toml_string);
        let path = path.map_or_else(String::new, |path| format!(", path = {path}"));
        format!(
            "[package]\nname = {}\nversion = \"0.1.0\"\nedition = \"2024\"\nrust-version = \"{}\"\n\
             description = {}\nlicense = \"MIT OR Apache-2.0\"\nreadme = \"README.md\"\n\
             keywords = {:?}\ncategories = [\"api-bindings\", \"asynchronous\"]\n\
             include = [\"/src\", \"/README.md\", \"/LICENSE-*\", \"/NOTICE\"]\n\n\
             # A workspace of its own, wherever its folder is.\n[workspace]\n\n\
             [features]\ndefault = [\"aws-lc-rs\"]\n\
             # TLS with the cryptography of AWS-LC, by default.\n\
             aws-lc-rs = [\"bindery-runtime/aws-lc-rs\"]\n\
             # TLS with the cryptography of ring, which is built faster. AWS-LC goes before it.\n\
             ring = [\"bindery-runtime/ring\"]\n# serde's traits on all public types.\n\
             serde = [\"bindery-runtime/serde\"]\n\
             # Calls that are waited for, in code that is not asynchronous.\n\
             blocking = [\"bindery-runtime/blocking\"]\n\
             # Shares rate limits between processes through a Redis or Valkey server.\n\
             redis = [\"bindery-runtime/redis\"]\n\
             # Answers calls in tests without a network, and records and replays replies.\n\
             testing = [\"bindery-runtime/testing\"]\n{FEATURES}\n\
             [dependencies]\n\
             bindery-runtime = {{ version = \"{version}\", default-features = false{path} }}\n\n\
             [package.metadata.docs.rs]\nall-features = true\n",
            toml_string(self.name.as_str()),
            env!("CARGO_PKG_RUST_VERSION"),
            toml_string(&description(contents)),
            keywords(contents),
        )
    }

    /// A README without what is kept in it.
    fn readme_start(&self, contents: &Contents) -> String {
        format!(
            "# {}\n\n{}.\n\n\
             Every action has a request that cannot be sent without its required inputs, a reply with named\n\
             fields, and an enumeration of the error codes that the vendor documents. Requests are signed, sent\n\
             and decoded by `bindery-runtime`; this crate holds declarations only.\n\n\
             ## Services\n\nEach service is a cargo feature; none is on by default.\n\n\
             {TABLE}\n{README}\n\
             ## Licence\n\nMIT or Apache-2.0, at your choice. `NOTICE` says where the descriptions \
             come from.\n",
            self.name,
            crate::text::inline(&description(contents)),
        )
    }

    /// What is kept in a README below the table.
    fn readme(&self, example: Option<&Example>) -> String {
        let mut text = String::new();
        if let Some(example) = example {
            let _ = write!(
                text,
                "\n## A call\n\nWith the feature `{}`:\n\n",
                example.feature
            );
            for (index, line) in example.lines.iter().enumerate() {
                let _ = writeln!(text, "{line}");
                if index == 0 {
                    let _ = writeln!(text, "# #[cfg(feature = {:?})]", example.feature);
                }
            }
        }
        let _ = write!(
            text,
            "\n## Generating it again\n\nThe sources are made by Bindery {} from descriptions of the \
             actions. With `SPEC` for the\nfolder of the descriptions and `CRATE` for that of this file:\n\n\
             ```text\nbindery generate --crate {} --spec SPEC --out CRATE{}\n```\n\n\
             That leaves alone what a person has added or changed outside of `src/` and of the marked parts\n\
             of files.\n\n",
            env!("CARGO_PKG_VERSION"),
            self.name,
            self.arguments,
        );
        text
    }

    /// The part of a notice that is kept.
    fn notice(&self, contents: &Contents) -> String {
        let mut text = String::from("\nThe code describes the programming interfaces of:\n");
        for vendor in &contents.vendors {
            let _ = write!(text, "\n{}\n", line(&vendor.title));
            for source in &vendor.sources {
                let _ = writeln!(text, "  {}", line(&source.url));
            }
            if let Some(origin) = self.origins.get(&vendor.name) {
                let _ = write!(
                    text,
                    "  Names and descriptions were imported from the vendor's metadata, {}.\n  \
                     The descriptions are the vendor's, under the terms of that work.\n",
                    line(origin)
                );
            }
        }
        text.push('\n');
        text
    }
}

fn notice_start() -> String {
    format!(
        "This crate holds code that Bindery has generated.\n\n\
         The names of vendors, products and services belong to their owners. This crate is not affiliated\n\
         with any of them.\n\n{NOTICE}"
    )
}

/// What the crate is, in a few words.
fn description(contents: &Contents) -> String {
    let titles: Vec<_> = contents
        .vendors
        .iter()
        .map(|vendor| line(&vendor.title))
        .collect();
    match titles.as_slice() {
        [] => "Typed clients for cloud APIs".to_owned(),
        [title] => format!("Typed clients for {title}"),
        [titles @ .., last] => format!("Typed clients for {} and {last}", titles.join(", ")),
    }
}

fn keywords(contents: &Contents) -> Vec<&str> {
    let vendors = contents.vendors.iter().map(|vendor| vendor.name.as_str());
    let vendors = vendors.filter(|name| name.len() <= KEYWORD_LENGTH);
    ["api", "client", "cloud"]
        .into_iter()
        .chain(vendors)
        .take(KEYWORDS)
        .collect()
}

/// A text in one line.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A string in TOML.
fn toml_string(text: &str) -> String {
    let mut literal = String::from('"');
    for mark in text.chars() {
        match mark {
            '"' | '\\' => {
                literal.push('\\');
                literal.push(mark);
            }
            mark if mark.is_control() => {
                let _ = write!(literal, "\\u{:04X}", u32::from(mark));
            }
            mark => literal.push(mark),
        }
    }
    literal.push('"');
    literal
}

fn read(path: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(at(error, path)),
    }
}

/// Whether a folder holds nothing, or only what version control keeps there.
fn is_empty(folder: &Path) -> io::Result<bool> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(at(error, folder)),
    };
    for entry in entries {
        if !entry?.file_name().as_encoded_bytes().starts_with(b".") {
            return Ok(false);
        }
    }
    Ok(true)
}
