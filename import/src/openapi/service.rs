//! The files that describe a service and its actions.

use std::collections::{BTreeMap, BTreeSet};

use bindery_model::document::Document;
use serde_json::Value;

use super::{
    documents::{At, Documents},
    failure,
    field::{Field, Role, Types},
    listed,
    names::{Names, type_name},
    operation::Operation,
    parameter::Location,
    placement::Placement,
    provider::{Home, Provider},
    remarks::{Owner, Remarks},
    sample,
    schema::{Definition, Shape},
    server::Server,
    text,
};
use crate::{
    declared::{self, Declared, RenamedType},
    names,
    yaml::{Map, Node, Style},
};

/// A service, ready to be described.
pub(super) struct Service<'s, 'd> {
    pub(super) documents: &'d Documents,
    pub(super) provider: &'s Provider,
    pub(super) home: &'s Home,
    pub(super) server: &'s Server,
    /// The service's file, where some of its actions are not in the documents.
    pub(super) before: Option<&'s Document>,
    /// Where the documents were published.
    pub(super) source: Option<&'s str>,
    pub(super) operations: &'s [(usize, Operation<'d>)],
    pub(super) definitions: &'s [Definition<'d>],
    /// What the files declare that are left alone.
    pub(super) declared: &'s Declared,
    /// The error codes that are described for all actions.
    pub(super) known_errors: &'s BTreeSet<String>,
    pub(super) remarks: &'s Remarks,
}

/// The files of a service by name, and what is in them.
#[derive(Debug, Default)]
pub(super) struct Description {
    pub(super) files: BTreeMap<String, String>,
    pub(super) types: usize,
    pub(super) examples: usize,
    /// The types that several actions use.
    pub(super) shared: Vec<String>,
    /// Types that give way to those of a person's actions.
    pub(super) renamed: Vec<RenamedType>,
    /// What the remarks are about that matter.
    pub(super) owners: BTreeSet<Owner>,
}

impl<'d> Service<'_, 'd> {
    /// Describes the service and the actions that are wanted.
    pub(super) fn describe(&self, is_wanted: impl Fn(&Operation<'d>) -> bool) -> Description {
        let (operations, definitions) = (self.operations, self.definitions);
        let placement = Placement::new(operations, definitions, self.declared);
        let names = Names::new(
            operations,
            definitions,
            &placement,
            self.declared,
            self.remarks,
        );
        let types = Types {
            definitions: self.definitions,
            names: &names.types,
        };
        let mut description = Description::default();
        description.owners.insert(Owner::Document);
        let mut shared: BTreeSet<usize> = BTreeSet::new();
        for (place, (index, operation)) in self.operations.iter().enumerate() {
            if !is_wanted(operation) {
                continue;
            }
            let owner = Owner::Operation(*index);
            description.owners.insert(owner);
            let reached = &placement.reached[place];
            let (own, common): (Vec<_>, Vec<_>) = reached
                .iter()
                .partition(|index| placement.owner(**index).is_some());
            if !self.declared.keeps(&operation.name) {
                shared.extend(common);
            }
            description.types += own.len();
            description
                .owners
                .extend(reached.iter().map(|index| Owner::Definition(*index)));
            self.remarks.about(owner);
            let mut map = self.action(operation, names.rust_actions[place].as_deref(), &types);
            map.add_unless_empty("types", self.types(own.into_iter(), &placement, &names));
            self.remarks.about(owner);
            self.finish(operation, &mut map, &types, &mut description.examples);
            let text = map.to_text();
            description
                .files
                .insert(format!("{}.yaml", operation.name), text);
        }
        shared.extend(&placement.needed);
        description.types += shared.len();
        let mut declared: Vec<_> = shared
            .iter()
            .map(|index| names.types[*index].clone())
            .collect();
        declared.sort();
        description.shared = declared;
        let files = &mut description.files;
        let types = self.types(shared.into_iter(), &placement, &names);
        let types = self.declared.set_apart(types, files);
        let text = self.service(types).to_text();
        files.insert(format!("{}.yaml", declared::SERVICE), text);
        description.renamed = names.renamed;
        description
    }

    /// The types of the documents in whose place others count, by the files that declare those.
    pub(super) fn overruling(&self, declared: &Declared) -> BTreeMap<String, Vec<String>> {
        let names = self.definitions.iter();
        let names: BTreeSet<_> = names.map(|one| type_name(&one.name)).collect();
        declared.overruling(names.iter().map(String::as_str))
    }

    /// What a file says that was imported with other documents, with other types.
    fn service_as_before<'m>(&'m self, before: &'m Value, types: Map<'m>) -> Map<'m> {
        let said = |value: &'m Value, key: &str| value[key].as_str().unwrap_or_default();
        let mut map = Map::new(Style::Block);
        map.add("service", Node::data(&self.home.service));
        map.add("title", Node::prose(said(before, "title")));
        map.add("version", Node::data(&self.home.version));
        map.add("host", Node::word(self.server.host.as_str()));
        map.add("doc", Node::prose(said(before, "doc")));
        let mut source = Map::new(Style::Block);
        source.add("url", Node::word(said(&before["source"], "url")));
        let title = before["source"]["title"].as_str();
        source.add_some("title", title.map(Node::prose));
        map.add("source", source);
        map.add_unless_empty("types", types);
        map
    }

    fn service<'m>(&'m self, types: Map<'m>) -> Map<'m> {
        if let Some(before) = self.before {
            return self.service_as_before(before.value(), types);
        }
        let root = self.documents.root(0);
        let info = root.child("info");
        let said = |key| info.as_ref().and_then(|info| info.text(key));
        let title = said("title")
            .map(text::line)
            .filter(|title| !title.is_empty());
        let title = title.unwrap_or_else(|| self.home.service.clone());
        let doc = said("description")
            .map(text::plain)
            .filter(|doc| !doc.is_empty());
        let mut map = Map::new(Style::Block);
        map.add("service", Node::data(&self.home.service));
        map.add("title", Node::prose(title.clone()));
        map.add("version", Node::data(&self.home.version));
        map.add("host", Node::word(self.server.host.as_str()));
        map.add("doc", Node::prose(doc.unwrap_or(title)));
        map.add("source", self.cite(&root, None));
        map.add_unless_empty("types", types);
        map
    }

    fn action<'m>(
        &'m self,
        operation: &'m Operation<'d>,
        rust: Option<&'m str>,
        types: &Types<'_, 'd>,
    ) -> Map<'m> {
        let mut map = Map::new(Style::Block);
        map.add("action", Node::data(&operation.name));
        map.add_some("name", rust.map(Node::data));
        map.add_some("title", operation.title.as_deref().map(Node::prose));
        map.add("doc", Node::prose(operation.doc.as_str()));
        map.add(
            "source",
            self.cite(&operation.at, operation.source.as_ref()),
        );
        let (kind, reason) = operation.kind;
        map.add("kind", Node::word(kind));
        map.comment(reason);
        if operation.method != self.provider.method {
            map.add("method", Node::word(operation.method));
        }
        let server = &operation.server;
        if server.host != self.server.host {
            map.add("host", Node::word(server.host.clone()));
        }
        let path = format!("{}{}", server.base, operation.path);
        if self.provider.dispatch == "path" || path != "/" {
            map.add("path", Node::Data(path.into()));
        }
        if operation.is_open {
            map.add("authentication", Node::word("none"));
        }
        if let Some(envelope) = operation.reply.envelope
            && envelope != self.provider.envelope
        {
            map.add("envelope", Node::word(envelope));
            map.comment("guessed from the members of the reply");
        }
        if operation.deprecated {
            map.add("deprecated", Node::prose("The vendor has deprecated it."));
        }
        map.add_unless_empty("params", self.params(operation, types));
        let reply = &operation.reply;
        let place = reply.is_whole.then_some(("in", Location::WholeBody.word()));
        let output = self.fields(&reply.output, (Role::Output, place), false, types);
        map.add_unless_empty("output", output);
        map
    }

    /// What stands below an action's types.
    fn finish<'m>(
        &self,
        operation: &'m Operation<'d>,
        map: &mut Map<'m>,
        types: &Types<'_, 'd>,
        examples: &mut usize,
    ) {
        let is_known = |code: &str| self.known_errors.contains(code);
        map.add_unless_empty("errors", failure::describe(&operation.failures, is_known));
        let mut statuses = Map::new(Style::Block);
        for (code, doc) in &operation.status_codes {
            statuses.add(code.to_string(), Node::prose(doc.as_str()));
        }
        map.add_unless_empty("status_codes", statuses);
        let pagination = listed::pagination(operation, self.definitions);
        if let Some(pagination) = pagination {
            map.add("pagination", pagination);
            map.comment("recognised by the names");
        }
        if operation.reply.is_stream {
            map.add("stream", listed::stream(operation));
        }
        let envelope = operation.reply.envelope.unwrap_or(&self.provider.envelope);
        let list = sample::describe(operation, envelope, types, self.remarks);
        *examples += list.as_ref().map_or(0, |list| list.items.len());
        map.add_some("examples", list);
    }

    fn params(&self, operation: &Operation<'d>, types: &Types<'_, 'd>) -> Map<'static> {
        let usual = match operation.method {
            "GET" | "DELETE" => Location::Query,
            _ => Location::Body,
        };
        let params = operation.params.iter();
        let wire: Vec<_> = params
            .clone()
            .map(|param| param.field.name.as_str())
            .collect();
        let names = names::members(&wire, true);
        let mut map = Map::new(Style::Block);
        for (param, name) in params.zip(names) {
            let set_by = param.set_by_client.then_some(("set_by", "client"));
            let location = (param.location != usual).then_some(("in", param.location.word()));
            let arrays = param.arrays.map(|arrays| ("arrays", arrays));
            let words: Vec<_> = [set_by, location, arrays].into_iter().flatten().collect();
            let entry = param
                .field
                .describe(name, (Role::Param, &words), types, self.remarks);
            map.add(param.field.name.clone(), entry);
        }
        map
    }

    fn fields(
        &self,
        fields: &[Field<'d>],
        (role, place): (Role, Option<(&'static str, &'static str)>),
        is_sent: bool,
        types: &Types<'_, 'd>,
    ) -> Map<'static> {
        let wire: Vec<_> = fields.iter().map(|field| field.name.as_str()).collect();
        let names = names::members(&wire, is_sent);
        let mut map = Map::new(Style::Block);
        for (field, name) in fields.iter().zip(names) {
            let entry = field.describe(name, (role, place.as_slice()), types, self.remarks);
            map.add(field.name.clone(), entry);
        }
        map
    }

    fn types<'m>(
        &'m self,
        indices: impl Iterator<Item = usize>,
        placement: &Placement,
        names: &'m Names,
    ) -> Map<'m> {
        let types = Types {
            definitions: self.definitions,
            names: &names.types,
        };
        let mut map = Map::new(Style::Block);
        for index in indices {
            let definition = &self.definitions[index];
            self.remarks.about(Owner::Definition(index));
            let mut entry = Map::new(Style::Block);
            entry.add("doc", Node::prose(definition.doc.as_str()));
            entry.add_some("name", names.rust_types[index].as_deref().map(Node::data));
            match &definition.shape {
                Shape::Object(fields) => {
                    let is_sent = placement.sent.contains(&index);
                    let is_received = placement.received.contains(&index);
                    self.report_direction(fields, is_sent, is_received);
                    entry.add(
                        "fields",
                        self.fields(fields, (Role::Member, None), is_sent, &types),
                    );
                }
                Shape::Enumeration(enumeration) => enumeration.describe(&mut entry),
            }
            map.add(names.types[index].as_str(), entry);
        }
        map
    }

    /// A type has the same members in requests and replies.
    fn report_direction(&self, fields: &[Field<'d>], is_sent: bool, is_received: bool) {
        for field in fields {
            if field.read_only && is_sent {
                self.remarks
                    .add(&field.at, "that only replies hold it is left out");
            }
            if field.write_only && is_received {
                self.remarks
                    .add(&field.at, "that only requests hold it is left out");
            }
        }
    }

    /// Where something was found. A page that the document names counts more than the document.
    fn cite<'m>(&'m self, at: &At<'d>, page: Option<&At<'d>>) -> Map<'m> {
        let of_document = self.documents.root(at.document());
        let of_document = of_document.child("externalDocs");
        let url = |page: &At<'d>| {
            page.text("url")
                .map(str::to_owned)
                .filter(|url| is_url(url))
        };
        let page = page
            .or(of_document.as_ref())
            .and_then(|page| Some((url(page)?, page.clone())));
        let mut map = Map::new(Style::Block);
        if let Some((url, page)) = page {
            map.add("url", Node::word(url));
            let title = page.text("description").map(text::line);
            map.add_some(
                "title",
                title.filter(|title| !title.is_empty()).map(Node::prose),
            );
        } else {
            let server = || format!("https://{}", self.server.host);
            let source = self.source.map(str::to_owned);
            map.add("url", Node::word(source.unwrap_or_else(server)));
            let path = self.documents.path(at.document());
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            map.add("title", Node::prose(text::line(&name)));
        }
        map
    }
}

/// Whether a text is the address of a page, as the language takes it.
pub(super) fn is_url(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
        && text
            .chars()
            .all(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '\\' | '`' | '{' | '}'))
}
