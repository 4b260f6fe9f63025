//! Documents of OpenAPI 3.0 and 3.1, in YAML or JSON.
//!
//! Each operation becomes an action. It is called as the query parameter `Action` names it where
//! that allows one value only, or else after its `operationId`, in camel case. What its replies are
//! wrapped in is told by the names of their members. Objects and enumerations become types: those
//! of `components` under their names, the others under a name that tells where they stand. A type
//! that only one action uses is declared in that action's file, the others in `service.yaml`, or in
//! `types.yaml` where `service.yaml` is a person's.
//!
//! OpenAPI says more than the language in some places, and less in others. What is left out or
//! taken for something simpler is remarked with its place. What OpenAPI does not say is guessed and
//! marked as a guess (`kind`), or left to the provider's file (how requests are signed, how lists
//! are written). Keys that start with `x-` are passed over, except for the names and meanings of
//! values.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use bindery_model::{document::Document, suggest};

pub use self::remarks::Remark;
use self::{
    documents::Documents,
    operation::{Found, Operation},
    provider::{Home, Provider},
    remarks::{Owner, Remarks, Stop},
    schema::Schemas,
    server::{Server, Servers},
    service::{Description, Service},
};
use crate::{
    declared::{self, Declared, RenamedType, SERVICE, TYPES},
    error::ImportError,
    files::{self, Folder},
};

mod body;
mod check;
mod documents;
mod enumeration;
mod failure;
mod field;
mod fit;
mod flat;
mod limits;
mod listed;
mod names;
mod operation;
mod parameter;
mod placement;
mod provider;
mod remarks;
mod sample;
mod schema;
mod server;
mod service;
mod text;
mod types;

/// What an import writes into the second line of its files.
const ORIGIN: &str = "OpenAPI";

/// What to import.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Documents of one service. Types are shared by the actions of all documents that are imported
    /// together.
    pub documents: Vec<PathBuf>,
    /// The operations to import, by the names of their actions or by their ids; all of them, if
    /// there are none.
    pub operations: Vec<String>,
    /// The provider's name. It may be left out if the specification has the service already.
    pub provider: Option<String>,
    /// The service's name, or name and version: `rtc/v2`. It may be left out if the specification
    /// has the service already.
    pub service: Option<String>,
    /// The host, where the documents do not say it or another one is wanted.
    pub host: Option<String>,
    /// Where the documents were published, where they do not say it.
    pub source: Option<String>,
    /// The folder of the specification.
    pub out: PathBuf,
    /// Whether files of an earlier import are removed when none of the documents has their actions,
    /// unless a person has edited them.
    pub prune: bool,
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The folder that was written.
    pub folder: PathBuf,
    /// How many actions there are.
    pub actions: usize,
    /// How many types they use.
    pub types: usize,
    /// How many examples there are.
    pub examples: usize,
    /// How many files were written.
    pub written: usize,
    /// How many files were up to date.
    pub unchanged: usize,
    /// How many files were removed, because none of the documents has their actions.
    pub removed: usize,
    /// Files of actions that none of the documents has, which were left alone.
    pub gone: Vec<PathBuf>,
    /// Whether a minimal file of the provider was written.
    pub new_provider: bool,
    /// What the specification does not say, or says differently.
    pub remarks: Vec<Remark>,
    /// Types that a person's files declare for all actions, by the file. They count in the place of
    /// the documents'.
    pub overruling_types: BTreeMap<PathBuf, Vec<String>>,
    /// Types that are called otherwise than in the documents.
    pub renamed_types: Vec<RenamedType>,
    /// Types that are declared nowhere, because a person has written or edited `types.yaml`.
    pub missing_types: Vec<String>,
    /// Files that were left alone, because a person wrote them.
    pub kept: Vec<PathBuf>,
    /// Files that were left alone, because a person has edited them after an import. Such edits
    /// belong in overlays.
    pub edited: Vec<PathBuf>,
}

/// Imports the documents of one service into a specification.
pub fn import(request: &Request) -> Result<Report, ImportError> {
    let documents = Documents::read(&request.documents)?;
    let count = request.documents.len();
    for index in 0..count {
        check::version(&documents, index)?;
    }
    let remarks = Remarks::new();
    for index in 0..count {
        if let Some(at) = documents.root(index).child("webhooks") {
            remarks.add(
                &at,
                "`webhooks` is left out: they are requests of the server",
            );
        }
    }
    let servers = Servers::read(&documents, count, request.host.as_deref(), &remarks)?;
    let home = Home::find(request, &documents, &servers.main)?;
    let found = operation::find(&documents, count)?;
    if found.is_empty() {
        return Err(documents.root(0).error("the documents have no operations"));
    }
    check::source(request)?;
    if request.source.is_none() {
        check::remark_sources(&documents, &found, &servers, &remarks);
    }
    let provider = provider(request, &home, &found, &servers)?;
    let path = request.out.join(home.folder());
    let folder = Folder::read(path.clone())?;
    let mut known_errors = provider.errors.clone();
    if !folder.has_imported("service.yaml") {
        known_errors.extend(provider::errors_of_service(&path)?);
    }

    let mut schemas = Schemas::new(&remarks);
    let operations = read(&found, &provider, &servers, &mut schemas)?;
    let wanted = choose(request, &folder, &found, &operations)?;
    let nothing = Declared::default();
    let before = before(&folder, &operations)?;
    let said = before
        .as_ref()
        .and_then(|file| file.value()["host"].as_str());
    let main = Server {
        host: said.unwrap_or(&servers.main.host).to_owned(),
        ..servers.main.clone()
    };
    let service = Service {
        documents: &documents,
        provider: &provider,
        home: &home,
        server: &main,
        before: before.as_ref(),
        source: request.source.as_deref(),
        operations: &operations,
        definitions: &schemas.definitions,
        declared: &nothing,
        known_errors: &known_errors,
        remarks: &remarks,
    };
    let (mut description, declared) = describe(request, &service, &folder, &wanted)?;
    report_left_out(request, &found, &operations, &mut description);
    let mut report = write(request, &provider, &folder, &description)?;
    if declared.keeps(TYPES) {
        report.missing_types.clone_from(&description.shared);
    }
    let overruling = service.overruling(&declared).into_iter();
    report.overruling_types = overruling
        .map(|(stem, types)| (folder.file(&stem), types))
        .collect();
    report.actions = wanted.len();
    report.folder = path;
    report.remarks = remarks.into_list(|owner| description.owners.contains(&owner));
    Ok(report)
}

/// The provider as the specification has it, or a new one.
fn provider(
    request: &Request,
    home: &Home,
    found: &[Found<'_>],
    servers: &Servers<'_>,
) -> Result<Provider, ImportError> {
    if let Some(provider) = Provider::read(&request.out, &home.provider)? {
        return Ok(provider);
    }
    let root = found.first().map(|found| found.at.root());
    let page = root.and_then(|root| root.child("externalDocs"));
    let page = page.and_then(|page| page.text("url").map(str::to_owned));
    let page = page.filter(|page| service::is_url(page));
    let server = || format!("https://{}", servers.main.host);
    let source = request.source.clone().or(page).unwrap_or_else(server);
    let is_dispatched = found.iter().all(Found::is_dispatched);
    let dispatch = if is_dispatched { "query" } else { "path" };
    Ok(Provider::new(&home.provider, &source, dispatch))
}

/// Reads the operations that the language can express. The others are remarked.
fn read<'d>(
    found: &[Found<'d>],
    provider: &Provider,
    servers: &Servers<'_>,
    schemas: &mut Schemas<'d, '_>,
) -> Result<Vec<(usize, Operation<'d>)>, ImportError> {
    let remarks = schemas.remarks;
    let mut operations: Vec<(usize, Operation<'d>)> = Vec::new();
    for (index, found) in found.iter().enumerate() {
        let name = found.name();
        let read = if operations
            .iter()
            .any(|(_, other)| other.name.eq_ignore_ascii_case(&name))
        {
            Err(Stop::inexpressible(
                &found.at,
                "another operation has the same name",
            ))
        } else {
            found.read(index, provider, servers, schemas)
        };
        match read {
            Ok(operation) => operations.push((index, operation)),
            Err(Stop::Error(error)) => return Err(error),
            Err(Stop::Inexpressible { at, reason }) => {
                remarks.about(Owner::LeftOut(index));
                remarks.add(&at, format!("{name} is left out: {reason}"));
            }
        }
    }
    remarks.about(Owner::Document);
    Ok(operations)
}

/// The names of the actions to import: those that are wanted, and those that were imported before.
fn choose(
    request: &Request,
    folder: &Folder,
    found: &[Found<'_>],
    operations: &[(usize, Operation<'_>)],
) -> Result<BTreeSet<String>, ImportError> {
    let names: BTreeSet<_> = operations
        .iter()
        .map(|(_, operation)| operation.name.clone())
        .collect();
    if request.operations.is_empty() {
        return Ok(names);
    }
    let mut wanted: BTreeSet<_> = folder
        .imported()
        .filter(|name| names.contains(*name))
        .map(str::to_owned)
        .collect();
    for name in &request.operations {
        let index = found
            .iter()
            .position(|found| found.name() == *name || found.id() == Some(name));
        let operation = operations.iter().find(|(place, _)| Some(*place) == index);
        match (operation, index) {
            (Some((_, operation)), _) => {
                wanted.insert(operation.name.clone());
            }
            (None, Some(index)) => {
                return Err(found[index].at.error(&format!(
                    "{name:?} cannot be imported; without --operation, a remark says why"
                )));
            }
            (None, None) => {
                let known = names.iter().map(String::as_str);
                return Err(ImportError::UnknownOperation {
                    name: name.clone(),
                    help: suggest::known_names(name, known, "operations"),
                });
            }
        }
    }
    Ok(wanted)
}

/// Describes a service beside the files that are left alone.
fn describe(
    request: &Request,
    service: &Service<'_, '_>,
    folder: &Folder,
    wanted: &BTreeSet<String>,
) -> Result<(Description, Declared), ImportError> {
    let is_wanted = |operation: &Operation<'_>| wanted.contains(&operation.name);
    let description = service.describe(is_wanted);
    let declared = Declared::read(folder, &description.files, request.prune)?;
    if declared.is_empty() {
        return Ok((description, declared));
    }
    let service = Service {
        declared: &declared,
        ..*service
    };
    let description = service.describe(is_wanted);
    if let Some((ty, file)) = declared.stranded(&description.shared) {
        return Err(ImportError::Stranded {
            path: folder.file(file),
            ty: ty.to_owned(),
        });
    }
    Ok((description, declared))
}

/// The service's file, if an import wrote it from other documents as well.
fn before(
    folder: &Folder,
    operations: &[(usize, Operation<'_>)],
) -> Result<Option<Document>, ImportError> {
    let is_here = |name: &str| {
        [SERVICE, TYPES].contains(&name)
            || operations
                .iter()
                .any(|(_, operation)| operation.name == name)
    };
    if folder.imported().all(is_here) || !folder.has_imported("service.yaml") {
        return Ok(None);
    }
    declared::read(&folder.file(SERVICE))
}

/// Operations that are left out are of interest where all are wanted.
fn report_left_out(
    request: &Request,
    found: &[Found<'_>],
    operations: &[(usize, Operation<'_>)],
    description: &mut Description,
) {
    if !request.operations.is_empty() {
        return;
    }
    let read: BTreeSet<_> = operations.iter().map(|(index, _)| *index).collect();
    let left_out = (0..found.len()).filter(|index| !read.contains(index));
    description.owners.extend(left_out.map(Owner::LeftOut));
}

fn write(
    request: &Request,
    provider: &Provider,
    folder: &Folder,
    description: &Description,
) -> Result<Report, ImportError> {
    let path = request.out.join(&provider.name).join("provider.yaml");
    if let Some(text) = &provider.new {
        files::create(&path, text)?;
    }
    let outcome = folder.write(ORIGIN, &description.files, request.prune)?;
    Ok(Report {
        types: description.types,
        examples: description.examples,
        written: outcome.written,
        unchanged: outcome.unchanged,
        removed: outcome.removed,
        gone: outcome.gone,
        new_provider: provider.new.is_some(),
        renamed_types: description.renamed.clone(),
        kept: outcome.kept,
        edited: outcome.edited,
        ..Report::default()
    })
}
