//! The files that describe one version of a service.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    api::{Action, Api, Example, Examples},
    example::{self, Tally},
    field, listed,
    names::Names,
    placement::Placement,
    stream,
};
use crate::{
    declared::{self, Declared},
    pages::PageStyle,
    prose, verb,
    yaml::{List, Map, Node, Style},
};

/// Where the vendor publishes the metadata.
const SOURCE: &str = "https://github.com/TencentCloud/tencentcloud-cli/blob/master/tccli/services";

/// One version of a service, ready to be described.
pub(super) struct Service<'a> {
    api: &'a Api<'a>,
    examples: &'a Examples<'a>,
    declared: &'a Declared,
    source: String,
    placement: Placement<'a>,
    names: Names<'a>,
}

/// The files of a service by name, and what is in them.
#[derive(Debug, Default)]
pub(super) struct Description {
    pub(super) files: BTreeMap<String, String>,
    pub(super) types: usize,
    /// The types that several actions use.
    pub(super) shared: Vec<String>,
    /// How many actions have pages of each style.
    pub(super) pages: BTreeMap<PageStyle, usize>,
    /// The actions that may reply with a stream of events.
    pub(super) streams: BTreeSet<String>,
    pub(super) tally: Tally,
}

impl<'a> Service<'a> {
    /// `folder` is the path of the metadata below the vendor's folder of services.
    pub(super) fn new(
        api: &'a Api<'a>,
        examples: &'a Examples<'a>,
        declared: &'a Declared,
        folder: &str,
    ) -> Self {
        let placement = Placement::new(api, declared);
        let names = Names::new(api, &placement, declared);
        Self {
            api,
            examples,
            declared,
            source: format!("{SOURCE}/{folder}/api.json"),
            placement,
            names,
        }
    }

    /// Describes the service and some of its actions.
    pub(super) fn describe(&self, actions: &'a [String]) -> Description {
        let mut description = Description::default();
        let shared = self.placement.shared(self.api, actions, self.declared);
        description.types = shared.len();
        description.shared = shared.iter().copied().map(str::to_owned).collect();
        let mut files = BTreeMap::new();
        let types = self.types(shared.into_iter());
        let types = self.declared.set_apart(types, &mut files);
        let text = self.service(types).to_text();
        files.insert(format!("{}.yaml", declared::SERVICE), text);
        for name in actions {
            let text = self.action(name, &mut description).to_text();
            files.insert(format!("{name}.yaml"), text);
        }
        description.files = files;
        description
    }

    fn service<'m>(&'m self, types: Map<'m>) -> Map<'m> {
        let metadata = &self.api.metadata;
        let name = metadata.service_short_name.as_str();
        let title = metadata
            .title
            .as_deref()
            .map(prose::line)
            .unwrap_or_default();
        let title = if title.is_empty() {
            name.to_owned()
        } else {
            title
        };
        let brief = metadata
            .brief
            .as_deref()
            .map(prose::plain)
            .unwrap_or_default();
        let mut map = Map::new(Style::Block);
        map.add("service", Node::data(name));
        map.add("title", Node::prose(title.clone()));
        map.add("version", Node::data(&metadata.api_version));
        map.add("host", Node::word(format!("{name}.tencentcloudapi.com")));
        map.add(
            "doc",
            Node::prose(if brief.is_empty() { title } else { brief }),
        );
        map.add("source", self.source());
        map.add_unless_empty("types", types);
        map
    }

    fn action(&self, name: &'a str, description: &mut Description) -> Map<'_> {
        let action = &self.api.actions[name];
        let title = prose::line(&action.name);
        let mut map = Map::new(Style::Block);
        map.add("action", Node::data(name));
        map.add_some("name", self.names.action(name).map(Node::data));
        if !title.is_empty() && title != name {
            map.add("title", Node::prose(title));
        }
        map.add("doc", Node::prose(prose::plain(&action.document)));
        map.add("source", self.source());
        map.add("kind", Node::word(verb::kind(name)));
        map.comment("guessed from the verb");
        if action.skip_sign {
            map.add("authentication", Node::word("skip"));
        }
        // The metadata does not say which actions need a region. Sending one never harms.
        map.add("region", Node::word("optional"));
        map.add_some("deprecated", withdrawn(action.status.as_deref()));
        let own: Vec<_> = self.placement.own(name).collect();
        description.types += own.len();
        let input = &self.api.objects[&action.input];
        let output = &self.api.objects[&action.output];
        map.add_unless_empty("params", field::params(&input.members));
        map.add_unless_empty("output", field::output(&output.members));
        map.add_unless_empty("types", self.types(own.into_iter()));
        if let Some((style, pagination)) = listed::pagination(self.api, action) {
            *description.pages.entry(style).or_default() += 1;
            map.add("pagination", pagination);
        }
        let examples = self.examples.actions.get(name).map(Vec::as_slice);
        let examples = examples.unwrap_or_default();
        if let Some((stream, known_by)) = stream::stream(self.api, action, examples) {
            description.streams.insert(name.to_owned());
            map.add("stream", stream);
            map.comment(known_by);
        }
        map.add_some(
            "examples",
            self.examples(examples, action, &mut description.tally),
        );
        map
    }

    fn types(&self, names: impl Iterator<Item = &'a str>) -> Map<'_> {
        let mut types = Map::new(Style::Block);
        for name in names {
            let object = &self.api.objects[name];
            let mut map = Map::new(Style::Block);
            map.add("doc", Node::prose(prose::plain(&object.document)));
            map.add_some("name", self.names.object(name).map(Node::data));
            let side = self.placement.side(name);
            map.add("fields", field::fields(&object.members, side));
            types.add(name, map);
        }
        types
    }

    fn examples(
        &self,
        examples: &[Example<'_>],
        action: &Action<'_>,
        tally: &mut Tally,
    ) -> Option<List<'_>> {
        let items: Vec<_> = examples
            .iter()
            .filter_map(|example| example::node(self.api, &action.input, example, tally))
            .collect();
        (!items.is_empty()).then_some(List {
            items,
            style: Style::Block,
        })
    }

    fn source(&self) -> Map<'_> {
        let mut map = Map::new(Style::Block);
        map.add("url", Node::word(self.source.as_str()));
        map
    }
}

/// Why an action should no longer be used, judging by its status.
fn withdrawn(status: Option<&str>) -> Option<Node<'static>> {
    let reason = match status {
        None | Some("online") => return None,
        Some("deprecated") => "The vendor has deprecated it.",
        Some("offline") => "The vendor has taken it offline.",
        Some(_) => "The vendor no longer lists it as online.",
    };
    Some(Node::prose(reason))
}
