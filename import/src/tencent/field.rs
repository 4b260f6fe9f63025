//! Parameters, outputs and members.

use serde_json::Value;

use super::{
    api::{Element, Member},
    fit, names,
};
use crate::{
    prose, secret,
    yaml::{Map, Node, Style},
};

/// What the identifier of a request is called, which every reply holds.
pub(super) const REQUEST_ID: &str = "RequestId";

/// What the vendor writes where it has no sample value.
const NO_SAMPLE: &str = "无";

/// The longest sample value that helps a reader, in bytes.
const LONGEST_SAMPLE: usize = 200;

/// What the inputs are called that name a request, so that it is executed once.
const IDEMPOTENCY_TOKEN: &str = "ClientToken";

/// What the vendor's texts say of such inputs, in lower case.
const IDEMPOTENCY_WORDS: &[&str] = &["idempoten", "幂等"];

/// On which side of a call a field stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Input,
    Output,
    Both,
}

/// The parameters of a request. One that holds bytes is sent as a form.
pub(super) fn params<'a>(members: &'a [Member<'_>]) -> Map<'a> {
    let holds_bytes = |member: &Member<'_>| member.ty().element == Element::Bytes;
    let location = members.iter().any(holds_bytes).then_some("part");
    let token = members.iter().find(|member| is_idempotency_token(member));
    let token = token.map(|member| &*member.name);
    describe(members, Side::Input, (location, token), |_| true)
}

/// The fields of a reply, without the identifier of the request, which is a part of the envelope.
pub(super) fn output<'a>(members: &'a [Member<'_>]) -> Map<'a> {
    describe(members, Side::Output, (None, None), |member| {
        member.name != REQUEST_ID
    })
}

/// The fields of an object.
pub(super) fn fields<'a>(members: &'a [Member<'_>], side: Side) -> Map<'a> {
    describe(members, side, (None, None), |_| true)
}

fn describe<'a>(
    members: &'a [Member<'_>],
    side: Side,
    (location, token): (Option<&'static str>, Option<&str>),
    is_wanted: fn(&Member<'_>) -> bool,
) -> Map<'a> {
    let members = members.iter().filter(|member| is_wanted(member));
    let members: Vec<_> = members.collect();
    let names = names::members(&members, side != Side::Output);
    let mut fields = Map::new(Style::Block);
    for (member, name) in members.into_iter().zip(names) {
        let is_token = token == Some(&*member.name);
        fields.add(&*member.name, field(member, name, side, location, is_token));
    }
    fields
}

fn field<'a>(
    member: &'a Member<'_>,
    name: Option<String>,
    side: Side,
    location: Option<&'static str>,
    is_token: bool,
) -> Map<'a> {
    let mut map = Map::new(Style::Flow);
    map.add("type", Node::Data(member.ty().expression().into()));
    // Of an object that is sent and received, only senders are told what has to be there.
    let required = match side {
        Side::Input | Side::Both => member.required,
        Side::Output => member.output_required.unwrap_or_default(),
    };
    if required {
        map.add("required", Node::word("true"));
    }
    if side != Side::Input && member.value_allowed_null == Some(true) {
        map.add("nullable", Node::word("true"));
    }
    map.add("doc", Node::prose(prose::plain(&member.document)));
    map.add_some("name", name.map(Node::word));
    map.add_some("in", location.map(Node::word));
    if is_token {
        map.add("idempotency_token", Node::word("true"));
    }
    if member.ty().element == Element::String && secret::is_secret(&member.name) {
        map.add("sensitive", Node::word("true"));
    }
    if member.disabled {
        map.add("deprecated", Node::prose("The vendor has disabled it."));
    }
    map.add_some("example", sample(member));
    map
}

/// Whether the vendor recognises a request by this member that it has executed already. The name
/// alone does not say so: it has other meanings as well.
fn is_idempotency_token(member: &Member<'_>) -> bool {
    let ty = member.ty();
    let document = member.document.to_lowercase();
    member.name == IDEMPOTENCY_TOKEN
        && ty.element == Element::String
        && !ty.list
        && IDEMPOTENCY_WORDS.iter().any(|word| document.contains(word))
}

/// The sample value of a member, if it is one of the member's type.
fn sample<'a>(member: &'a Member<'_>) -> Option<Node<'a>> {
    let text = &*member.example;
    if text.is_empty() || text == NO_SAMPLE || text.len() > LONGEST_SAMPLE {
        return None;
    }
    let ty = member.ty();
    match ty.element {
        Element::Object(_) => None,
        element if ty.list => {
            let items: Vec<Value> = serde_json::from_str(text).ok()?;
            let fits = !items.is_empty() && items.iter().all(|item| fit::is_of(item, element));
            fits.then(|| Node::json(Value::Array(items), Style::Flow))
        }
        Element::String | Element::Bytes | Element::Date | Element::DateTime => {
            Some(Node::data(text))
        }
        element => Some(Node::json(fit::parse(text, element)?, Style::Flow)),
    }
}
