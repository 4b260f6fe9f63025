//! Where a specification and the vendor's metadata disagree, field by field.
//!
//! A specification is written from the vendor's pages, the metadata from the vendor's source. Each
//! disagreement is a mistake in one of them, or the vendor has changed something. Those that are
//! meant to be are explained by an overlay, whose changes are stated differences and have their
//! reasons, or recorded in `deviations.yaml` beside `service.yaml`:
//!
//! ```yaml
//! deviations:
//!   - at: DescribeUserInfo.output.UserList.nullable
//!     metadata: false
//!     reason: The page says that it may be null.
//! ```
//!
//! `at` is the name of a file without its extension and the keys in it, `metadata` what the metadata
//! says there. A deviation that no longer applies is itself a disagreement. A field that an overlay
//! renames is compared with the member of its former name.

use std::path::PathBuf;

use bindery_model::{Model, Service};
use serde_json::Value;

use self::{compare::Difference, files::Files, path::Path};
use super::{
    api::Api,
    catalogue::{self, Entry},
    check,
};
use crate::{
    error::{self, ImportError},
    files as disk,
};

mod compare;
mod files;
mod path;

/// What to verify.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The folder of the specification.
    pub spec: PathBuf,
    /// The folder of the package `tccli`, its folder `services`, or the folder of a service or of
    /// one of its versions.
    pub catalogue: PathBuf,
    /// The services of the specification: `tke` for all versions of one, `tke/v20220501` for a
    /// single version. Empty for all of them.
    pub services: Vec<String>,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Verification {
    /// How many versions of services were compared.
    pub services: usize,
    /// How many actions.
    pub actions: usize,
    /// The disagreements, in the order of services, files and places.
    pub findings: Vec<Finding>,
}

/// A disagreement.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Finding {
    /// What kind of disagreement it is.
    pub rule: Rule,
    /// The folder below that of the specification: `tencent/trtc/v20190722`.
    pub service: String,
    /// What the file is called, without its extension: an action, `service` or `types`.
    pub file: String,
    /// The keys that lead to the part of the file: `output.UserList.nullable`. Empty for the file
    /// as a whole.
    pub at: String,
    /// Where it stands, or the nearest part above where it is missing.
    pub place: Place,
    /// What the specification says; null where it says nothing.
    pub specification: Value,
    /// What the metadata says; null where it says nothing.
    pub metadata: Value,
    /// The file of the metadata, below the vendor's folder of services. Empty where there is none.
    pub source: String,
    /// The keys that lead to what the metadata says.
    pub member: String,
    /// Why it is meant to be, where somebody has said so.
    pub explanation: Option<Explanation>,
}

/// A place in a file. Lines and columns are counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Place {
    /// The file.
    pub file: PathBuf,
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// Why a disagreement is meant to be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// The change of an overlay, or the recorded deviation.
    pub place: Place,
    /// The reason given there.
    pub reason: String,
}

/// A kind of disagreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Rule {
    /// The metadata has no such service.
    UnknownService,
    /// The metadata has other versions of the service.
    UnknownVersion,
    /// The metadata has no such action, or no longer.
    UnknownAction,
    /// The metadata has no such parameter, output or member.
    UnknownMember,
    /// The specification lacks a parameter, output or member.
    MissingMember,
    /// Types differ.
    Type,
    /// A parameter is required for one of them only, or an output promised.
    Required,
    /// An output may be null for one of them only.
    Nullable,
    /// An action or a field should no longer be used for one of them only.
    Deprecated,
    /// An action takes no signature for one of them only.
    Authentication,
    /// A recorded deviation is none, or no longer the one that was recorded.
    StaleDeviation,
}

impl Rule {
    /// The name, which stays the same.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnknownService => "unknown-service",
            Self::UnknownVersion => "unknown-version",
            Self::UnknownAction => "unknown-action",
            Self::UnknownMember => "unknown-member",
            Self::MissingMember => "missing-member",
            Self::Type => "type",
            Self::Required => "required",
            Self::Nullable => "nullable",
            Self::Deprecated => "deprecated",
            Self::Authentication => "authentication",
            Self::StaleDeviation => "stale-deviation",
        }
    }
}

impl Verification {
    /// The disagreements that nobody has explained.
    pub fn unexplained(&self) -> impl Iterator<Item = &Finding> {
        let findings = self.findings.iter();
        findings.filter(|finding| finding.explanation.is_none())
    }
}

impl Place {
    fn new(file: PathBuf, (line, column): (usize, usize)) -> Self {
        Self { file, line, column }
    }
}

/// Compares the services of a specification, of which `model` is the meaning, with the metadata.
pub fn verify(model: &Model, request: &Request) -> Result<Verification, ImportError> {
    let entries = catalogue::find(&request.catalogue, &[])?.entries;
    let providers = model.providers.iter();
    let providers = providers.filter(|provider| provider.name == "tencent");
    let services: Vec<_> = providers.flat_map(|provider| &provider.services).collect();
    let is_called = |service: &Service, name: &str| {
        name == service.name || name == format!("{}/{}", service.name, service.module)
    };
    for name in &request.services {
        if !services.iter().any(|service| is_called(service, name)) {
            let known = services.iter();
            let known: Vec<_> = known
                .map(|service| format!("{}/{}", service.name, service.module))
                .collect();
            return Err(ImportError::UnspecifiedService {
                name: name.clone(),
                help: error::help_with_service(name, &known),
            });
        }
    }
    let mut verification = Verification::default();
    for service in services {
        let mut names = request.services.iter();
        if request.services.is_empty() || names.any(|name| is_called(service, name)) {
            let findings = one(service, &entries, request)?;
            verification.findings.extend(findings);
            verification.services += 1;
            verification.actions += service.actions.len();
        }
    }
    Ok(verification)
}

fn one(
    service: &Service,
    entries: &[Entry],
    request: &Request,
) -> Result<Vec<Finding>, ImportError> {
    let folder = format!("tencent/{}/{}", service.name, service.module);
    let mut files = Files::new(request.spec.join(&folder));
    let versions = versions(service, entries)?;
    let described = versions.iter().find(|(_, name)| *name == service.version);
    let (differences, source) = match described {
        Some((entry, _)) => {
            let path = entry.metadata();
            let text = disk::read(&path)?;
            let api: Api<'_> = super::parse(&path, &text)?;
            check::check(&api, &path)?;
            let differences = compare::compare(service, &api, &mut files)?;
            (differences, format!("{}/api.json", entry.name()))
        }
        None => (vec![unknown(service, &versions)], String::new()),
    };
    let mut explained = Explained {
        deviations: files.deviations()?.into_iter().map(Some).collect(),
        files,
        service: folder,
        source,
    };
    let findings = differences.into_iter();
    let findings = findings.map(|difference| explained.finding(difference));
    let mut findings = findings.collect::<Result<Vec<_>, _>>()?;
    if described.is_some() {
        findings.extend(explained.stale());
    }
    findings.sort_by(|left, right| (&left.place, left.rule).cmp(&(&right.place, right.rule)));
    Ok(findings)
}

/// The versions of a service that the metadata has.
fn versions<'e>(
    service: &Service,
    entries: &'e [Entry],
) -> Result<Vec<(&'e Entry, String)>, ImportError> {
    let collect = |is_candidate: &dyn Fn(&Entry) -> bool| {
        let mut versions = Vec::new();
        for entry in entries.iter().filter(|entry| is_candidate(entry)) {
            let identity = catalogue::identity(entry)?;
            if identity.service_short_name == service.name {
                versions.push((entry, identity.api_version));
            }
        }
        Ok(versions)
    };
    // Nearly always the folder is called as the service is; otherwise all metadata has to be read.
    let versions = collect(&|entry| entry.service() == service.name)?;
    if versions.is_empty() {
        return collect(&|entry| entry.service() != service.name);
    }
    Ok(versions)
}

/// A service or version that the metadata does not have.
fn unknown(service: &Service, versions: &[(&Entry, String)]) -> Difference {
    let (rule, key, specification) = if versions.is_empty() {
        (Rule::UnknownService, "service", &service.name)
    } else {
        (Rule::UnknownVersion, "version", &service.version)
    };
    let others: Vec<_> = versions.iter().map(|(_, name)| name.as_str()).collect();
    let metadata = (!others.is_empty()).then(|| others.join(", "));
    Difference {
        stem: "service".to_owned(),
        at: Path::new([key]),
        rule,
        specification: specification.as_str().into(),
        metadata: metadata.into(),
        member: Path::new(["metadata", "apiVersion"]),
    }
}

/// Adds places and explanations to differences.
struct Explained {
    files: Files,
    /// The deviations that have not been met yet.
    deviations: Vec<Option<files::Deviation>>,
    service: String,
    source: String,
}

impl Explained {
    fn finding(&mut self, difference: Difference) -> Result<Finding, ImportError> {
        let Difference {
            stem,
            at,
            rule,
            specification,
            metadata,
            member,
        } = difference;
        let (place, correction) = self.files.find(&stem, &at, &metadata)?;
        let recorded = self.deviations.iter_mut().find(|deviation| {
            let deviation = deviation
                .as_ref()
                .map(|one| (one.at.clone(), &one.metadata));
            let found = deviation.and_then(|(at, metadata)| Some((at.split_first()?, metadata)));
            found.is_some_and(|((file, below), said)| {
                file == stem && below == at && *said == metadata
            })
        });
        let recorded = recorded.and_then(Option::take);
        let recorded = recorded.map(|deviation| deviation.explanation);
        Ok(Finding {
            rule,
            service: self.service.clone(),
            file: stem,
            at: at.to_string(),
            place,
            specification,
            metadata,
            source: self.source.clone(),
            member: member.to_string(),
            explanation: recorded.or(correction),
        })
    }

    /// The deviations that are none.
    fn stale(self) -> Vec<Finding> {
        let left = self.deviations.into_iter().flatten();
        let findings = left.map(|deviation| Finding {
            rule: Rule::StaleDeviation,
            service: self.service.clone(),
            file: "deviations".to_owned(),
            at: deviation.at.to_string(),
            place: deviation.explanation.place,
            specification: deviation.metadata,
            metadata: Value::Null,
            source: self.source.clone(),
            member: String::new(),
            explanation: None,
        });
        findings.collect()
    }
}
