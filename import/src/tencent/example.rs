//! The vendor's examples: a request as text, and a reply as text.
//!
//! Of an example that contradicts the metadata, the part that does so is left out, and a comment
//! says why.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    api::{Api, Element, Example, Member, Type},
    fit, stream,
};
use crate::{
    prose,
    yaml::{self, Node, Style},
};

/// Parameters that every request may carry. They are not the action's own unless it declares them.
const COMMON: &[&str] = &[
    "Action",
    "Language",
    "Nonce",
    "Region",
    "RequestClient",
    "SecretId",
    "Signature",
    "SignatureMethod",
    "Timestamp",
    "Token",
    "Version",
];

/// How deep values may lie in one another. The language allows a little more for the file around.
const MAX_DEPTH: usize = 48;

/// How many examples there were, and how many of them could not be taken as they are.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) examples: usize,
    pub(super) requests_left_out: usize,
    pub(super) replies_left_out: usize,
}

/// An example's entry in the file of its action, unless nothing of it can be used.
pub(super) fn node(
    api: &Api<'_>,
    input: &str,
    example: &Example<'_>,
    tally: &mut Tally,
) -> Option<Node<'static>> {
    let request = request(api, input, &example.input);
    let reply = reply(&example.output);
    tally.requests_left_out += usize::from(request.is_err());
    tally.replies_left_out += usize::from(reply.is_err());
    let mut reasons = Vec::new();
    if let Err(reason) = &request {
        reasons.push(format!("request left out: {reason}"));
    }
    if let Err(reason) = &reply {
        reasons.push(format!("reply left out: {reason}"));
    }
    if request.is_err() && reply.is_err() {
        return None;
    }
    tally.examples += 1;
    let mut map = yaml::Map::new(Style::Block);
    map.add("title", Node::prose(prose::line(&example.title)));
    if !reasons.is_empty() {
        map.comment(reasons.join("; "));
    }
    if is_address(&example.input) {
        map.add("method", Node::word("GET"));
    }
    if let Ok(request) = request
        && !request.is_empty()
    {
        map.add("request", Node::json(Value::Object(request), Style::Block));
    }
    map.add_some(
        "response",
        reply.ok().map(|reply| Node::json(reply, Style::Block)),
    );
    Some(map.into())
}

fn is_address(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

/// The reply, if it is JSON and has the vendor's envelope.
fn reply(text: &str) -> Result<Value, &'static str> {
    let value: Value = serde_json::from_str(text).map_err(|_| {
        if stream::is_events(text) {
            "it is a stream of events"
        } else {
            "it is not JSON"
        }
    })?;
    match value.get("Response") {
        Some(Value::Object(_)) if is_deep(&value, MAX_DEPTH) => Err("it is nested too deeply"),
        Some(Value::Object(_)) => Ok(value),
        _ => Err("it has no envelope"),
    }
}

/// Whether values lie more than `depth` levels deep in one another.
fn is_deep(value: &Value, depth: usize) -> bool {
    match value {
        _ if depth == 0 => true,
        Value::Array(items) => items.iter().any(|item| is_deep(item, depth - 1)),
        Value::Object(members) => members.values().any(|member| is_deep(member, depth - 1)),
        _ => false,
    }
}

/// The inputs of a request, if they are what the metadata describes.
fn request(api: &Api<'_>, input: &str, text: &str) -> Result<Map<String, Value>, String> {
    let is_declared = |name: &str| {
        let members = &api.objects[input].members;
        members.iter().any(|member| member.name == name)
    };
    let is_common = |name: &str| COMMON.contains(&name) && !is_declared(name);
    let values = if is_address(text) {
        let mut pairs = query(text);
        pairs.retain(|(name, _)| !is_common(name));
        let tree = Tree::new(pairs);
        tree.members(api, input)
            .ok_or("its query does not fit the inputs")?
    } else {
        let body = body(text).trim();
        let mut values: Map<String, Value> = match body {
            "" => Map::new(),
            body => serde_json::from_str(body).map_err(|_| "its body is not a JSON object")?,
        };
        values.retain(|name, _| !is_common(name));
        values
    };
    match fit::input_mismatch(api, input, &values) {
        None => Ok(values),
        Some(reason) => Err(reason),
    }
}

/// What stands behind the headers of a request, or all of a text that has no headers.
fn body(text: &str) -> &str {
    if !text.starts_with("POST ") && !text.starts_with("GET ") {
        return text;
    }
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        start += line.len();
        if line.trim().is_empty() {
            return &text[start..];
        }
    }
    ""
}

/// The pairs of a query string that may be broken into lines. Pieces without `=` are placeholders.
fn query(address: &str) -> Vec<(String, String)> {
    let (_, query) = address.split_once('?').unwrap_or_default();
    let pairs = query.split('&').filter_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        Some((percent_decode(name), percent_decode(value)))
    });
    pairs.collect()
}

/// Replaces `%41` by `A`. A `+` stays, because most examples are written by hand and mean it.
fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let digit = |at: usize| char::from(*after.get(at)?).to_digit(16);
        let decoded = match (byte, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => u8::try_from(high * 16 + low).ok(),
            _ => None,
        };
        bytes.push(decoded.unwrap_or(byte));
        rest = if decoded.is_some() {
            &after[2..]
        } else {
            after
        };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// Inputs whose names have been split at their dots: `Filters.0.Name`.
#[derive(Default)]
struct Tree {
    value: Option<String>,
    /// Ordered by length and then text, which puts `2` before `10`.
    below: BTreeMap<(usize, String), Tree>,
}

impl Tree {
    fn new(pairs: Vec<(String, String)>) -> Self {
        let mut root = Self::default();
        for (name, value) in pairs {
            let mut tree = &mut root;
            for step in name.splitn(MAX_DEPTH, '.') {
                tree = tree.below.entry((step.len(), step.to_owned())).or_default();
            }
            tree.value = Some(value);
        }
        root
    }

    fn members(self, api: &Api<'_>, object: &str) -> Option<Map<String, Value>> {
        let members = &api.objects[object].members;
        let mut values = Map::new();
        for ((_, name), tree) in self.below {
            let member = members.iter().find(|member| member.name == name)?;
            values.insert(name, tree.member(api, member)?);
        }
        // In the order of the description, since that of the query is lost.
        let sorted = members.iter().filter_map(|member| {
            let value = values.remove(&*member.name)?;
            Some((member.name.clone().into_owned(), value))
        });
        Some(sorted.collect())
    }

    fn member(self, api: &Api<'_>, member: &Member<'_>) -> Option<Value> {
        let ty = member.ty();
        if !ty.list {
            return self.single(api, ty);
        }
        let items = self.below.into_iter().map(|((_, index), tree)| {
            index.parse::<usize>().ok()?;
            tree.single(api, ty)
        });
        items.collect::<Option<_>>().map(Value::Array)
    }

    fn single(self, api: &Api<'_>, ty: Type<'_>) -> Option<Value> {
        match (ty.element, self.value) {
            (Element::Object(name), None) => Self {
                value: None,
                below: self.below,
            }
            .members(api, name)
            .map(Value::Object),
            (element, Some(text)) if self.below.is_empty() => fit::parse(&text, element),
            _ => None,
        }
    }
}
