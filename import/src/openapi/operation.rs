//! Operations: what becomes an action, and under which name.

use std::collections::BTreeSet;

use bindery_model::ident;

use super::{
    body::{self, Reply},
    documents::{At, Documents},
    failure::{self, Failure},
    parameter::{self, Location, Param},
    provider::Provider,
    remarks::{Owner, Stop},
    sample::{self, Samples},
    schema::Schemas,
    server::{Server, Servers},
    text,
};
use crate::{error::ImportError, verb};

/// The methods of OpenAPI, and the ones of the language.
const METHODS: &[(&str, Option<&str>)] = &[
    ("get", Some("GET")),
    ("put", Some("PUT")),
    ("post", Some("POST")),
    ("delete", Some("DELETE")),
    ("options", None),
    ("head", None),
    ("patch", None),
    ("trace", None),
];

/// Files beside those of actions.
const RESERVED: &[&str] = &["service", "types", "provider", "deviations"];

/// An operation as it is found in a document.
#[derive(Clone, Debug)]
pub(super) struct Found<'d> {
    pub(super) at: At<'d>,
    item: At<'d>,
    path: &'d str,
    word: &'static str,
    /// The method; nothing, if the language has none of this name.
    method: Option<&'static str>,
    /// How a query string or a header names the action.
    dispatched: Option<&'d str>,
}

/// An action.
#[derive(Debug)]
pub(super) struct Operation<'d> {
    pub(super) at: At<'d>,
    pub(super) name: String,
    pub(super) title: Option<String>,
    pub(super) doc: String,
    pub(super) source: Option<At<'d>>,
    pub(super) kind: (&'static str, &'static str),
    pub(super) method: &'static str,
    pub(super) server: Server,
    pub(super) path: String,
    /// Whether the document says that it needs no authentication.
    pub(super) is_open: bool,
    pub(super) deprecated: bool,
    pub(super) params: Vec<Param<'d>>,
    pub(super) reply: Reply<'d>,
    pub(super) failures: Vec<Failure>,
    pub(super) status_codes: Vec<(u16, String)>,
    pub(super) samples: Samples<'d>,
}

/// The operations of all documents, in their order.
pub(super) fn find(documents: &Documents, count: usize) -> Result<Vec<Found<'_>>, ImportError> {
    let mut operations = Vec::new();
    for index in 0..count {
        let root = documents.root(index);
        for (path, item) in root.follow("paths")?.iter().flat_map(At::members) {
            let item = item.resolved()?;
            for &(word, method) in METHODS {
                let Some(at) = item.child(word) else { continue };
                let parameters = parameter::list(&item, &at)?;
                operations.push(Found {
                    dispatched: dispatched(&parameters)?,
                    item: item.clone(),
                    at,
                    path,
                    word,
                    method,
                });
            }
        }
    }
    Ok(operations)
}

/// How the parameters that name an action name it.
fn dispatched<'d>(parameters: &[At<'d>]) -> Result<Option<&'d str>, ImportError> {
    for at in parameters {
        let place = (at.text("in"), at.text("name"));
        if matches!(
            place,
            (Some("query"), Some("Action")) | (Some("header"), Some("X-TC-Action"))
        ) {
            return parameter::only_value(at);
        }
    }
    Ok(None)
}

impl<'d> Found<'d> {
    /// Whether the query string or a header names the action.
    pub(super) fn is_dispatched(&self) -> bool {
        self.dispatched.is_some()
    }

    /// What the document calls it.
    pub(super) fn id(&self) -> Option<&'d str> {
        self.at.text("operationId")
    }

    /// The name of its action.
    pub(super) fn name(&self) -> String {
        let usual = |name: &str| {
            let name = ident::type_ident(name);
            name.chars()
                .filter(char::is_ascii_alphanumeric)
                .collect::<String>()
        };
        let is_name = |name: &String| {
            name.len() <= 100
                && name.starts_with(|c: char| c.is_ascii_alphabetic())
                && !RESERVED
                    .iter()
                    .any(|other| name.eq_ignore_ascii_case(other))
        };
        // A summary is a name where it is a single word.
        let summary = self.at.text("summary").filter(|text| {
            text.starts_with(|c: char| c.is_ascii_uppercase())
                && text.chars().all(|c| c.is_ascii_alphanumeric())
        });
        let dispatched = self.dispatched.map(str::to_owned);
        let is_wire_name = |name: &String| {
            is_name(name) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        };
        let names = [self.id(), summary].into_iter().flatten().map(usual);
        dispatched
            .filter(is_wire_name)
            .or_else(|| names.into_iter().find(is_name))
            .unwrap_or_else(|| usual(&format!("{} {}", self.word, self.path)))
    }

    /// Reads everything that makes it an action.
    pub(super) fn read(
        &self,
        index: usize,
        provider: &Provider,
        servers: &Servers<'_>,
        schemas: &mut Schemas<'d, '_>,
    ) -> Result<Operation<'d>, Stop<'d>> {
        let remarks = schemas.remarks;
        remarks.about(Owner::Operation(index));
        let name = self.name();
        let Some(method) = self.method else {
            let word = self.word.to_ascii_uppercase();
            return Err(Stop::inexpressible(
                &self.at,
                format!("there is no method {word}"),
            ));
        };
        if self.id().is_none() && self.dispatched.is_none() {
            remarks.add(
                &self.at,
                format!("without an operationId, it is called {name}"),
            );
        }
        if provider.dispatch != "path" && self.dispatched.is_none() {
            let text =
                format!("nothing in the request names the action, which is taken for {name:?}");
            remarks.add(&self.at, text);
        }
        for key in ["callbacks", "x-webhooks"] {
            if let Some(at) = self.at.child(key) {
                remarks.add(
                    &at,
                    format!("`{key}` is left out: they are requests of the server"),
                );
            }
        }
        let server = servers.of(&self.at, &self.item, remarks)?;
        let mut params = self.params(&name, provider, schemas)?;
        body::request(&self.at, &name, method, &mut params, schemas)?;
        let reply = body::reply(&self.at, &name, provider, schemas)?;
        let is_open = provider.authentication != "none"
            && self
                .at
                .child("security")
                .is_some_and(|at| at.value.as_array().is_some_and(Vec::is_empty));
        let summary = self.at.text("summary").map(text::line);
        let doc = self.at.text("description").map(text::plain);
        let doc = doc.filter(|doc| !doc.is_empty());
        let title = summary
            .clone()
            .filter(|title| !title.is_empty() && *title != name);
        if self
            .at
            .text("description")
            .is_some_and(text::has_long_listing)
        {
            remarks.add(&self.at, "a long listing in the description is left out");
        }
        Ok(Operation {
            at: self.at.clone(),
            doc: doc.or(summary).unwrap_or_default(),
            title,
            source: self.at.follow("externalDocs")?,
            kind: kind(&name, provider, method),
            method,
            server,
            path: self.path.to_owned(),
            is_open,
            deprecated: self.at.flag("deprecated"),
            failures: failure::read(&self.at, remarks)?,
            status_codes: failure::status_codes(&self.at, remarks)?,
            samples: sample::read(&self.at)?,
            params,
            reply,
            name,
        })
    }

    fn params(
        &self,
        name: &str,
        provider: &Provider,
        schemas: &mut Schemas<'d, '_>,
    ) -> Result<Vec<Param<'d>>, Stop<'d>> {
        let mut params: Vec<Param<'d>> = Vec::new();
        let remarks = schemas.remarks;
        for at in parameter::list(&self.item, &self.at)? {
            let names_action = self.dispatched.is_some()
                && matches!(at.text("name"), Some("Action" | "X-TC-Action"));
            if names_action {
                continue;
            }
            let Some(param) = parameter::read(&at, name, provider, schemas)? else {
                continue;
            };
            if params
                .iter()
                .any(|known| known.field.name == param.field.name)
            {
                let text = format!("there are two parameters {:?}", param.field.name);
                if param.field.required {
                    return Err(Stop::inexpressible(&at, text));
                }
                remarks.add(&at, format!("{text}; this one is left out"));
                continue;
            }
            params.push(param);
        }
        self.check_path(&mut params, schemas)?;
        Ok(params)
    }

    /// Makes sure that the names in the path are those of the parameters in the path.
    fn check_path(
        &self,
        params: &mut Vec<Param<'d>>,
        schemas: &Schemas<'d, '_>,
    ) -> Result<(), Stop<'d>> {
        let remarks = schemas.remarks;
        let mut names = BTreeSet::new();
        let segments: Vec<_> = self.path.trim_start_matches('/').split('/').collect();
        for (index, segment) in segments.iter().enumerate() {
            let name = segment
                .strip_prefix('{')
                .and_then(|rest| rest.strip_suffix('}'));
            let is_legal = |c: char| c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@".contains(c);
            let text = name.unwrap_or(segment);
            let is_last = index + 1 == segments.len();
            if !text.chars().all(is_legal)
                || matches!(*segment, "." | ".." | "{}")
                || (segment.is_empty() && !is_last)
                || name.is_some_and(|name| !names.insert(name))
            {
                let text = format!("{segment:?} cannot stand in a path");
                return Err(Stop::inexpressible(&self.at, text));
            }
        }
        params.retain(|param| {
            let is_in_path = names.contains(param.field.name.as_str());
            let is_stray = param.location == Location::Path && !is_in_path;
            if is_stray {
                let text = format!(
                    "{:?} is left out: the path does not hold it",
                    param.field.name
                );
                remarks.add(&param.field.at, text);
            }
            !is_stray
        });
        for name in names {
            let known = params.iter().find(|param| param.field.name == name);
            if known.is_none_or(|param| param.location != Location::Path) {
                let text = format!("the path names {name:?}, which is not a parameter in the path");
                return Err(Stop::inexpressible(&self.at, text));
            }
        }
        Ok(())
    }
}

/// What a second execution would do, and from what that was guessed.
fn kind(name: &str, provider: &Provider, method: &str) -> (&'static str, &'static str) {
    // Where the path does not tell actions apart, the method says nothing about them.
    if provider.dispatch == "path" && method == "GET" {
        return ("read", "guessed from the method");
    }
    (verb::kind(name), "guessed from the verb")
}
