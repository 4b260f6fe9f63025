//! Parameters, outputs and members.

use serde_json::Value;

use super::{
    api::{Element, Member},
    fit, names,
};
use crate::{
    prose,
    yaml::{Map, Node, Style},
};

/// What the identifier of a request is called, which every reply holds.
const REQUEST_ID: &str = "RequestId";

/// What the vendor writes where it has no sample value.
const NO_SAMPLE: &str = "无";

/// The longest sample value that helps a reader, in bytes.
const LONGEST_SAMPLE: usize = 200;

/// How the names of secrets end. The metadata does not mark them, and a field too many that is not
/// printed does less harm than a password that is.
const SECRETS: &[&str] = &[
    "AccessToken",
    "IdentityToken",
    "Password",
    "Passwd",
    "PrivateKey",
    "RefreshToken",
    "SecretKey",
    "SecurityToken",
    "SessionToken",
];

/// On which side of a call a field stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Input,
    Output,
    Both,
}

/// The fields of a reply, without the identifier of the request, which is a part of the envelope.
pub(super) fn output<'a>(members: &'a [Member<'_>]) -> Map<'a> {
    describe(members, Side::Output, |member| member.name != REQUEST_ID)
}

/// The fields of an object.
pub(super) fn fields<'a>(members: &'a [Member<'_>], side: Side) -> Map<'a> {
    describe(members, side, |_| true)
}

fn describe<'a>(
    members: &'a [Member<'_>],
    side: Side,
    is_wanted: fn(&Member<'_>) -> bool,
) -> Map<'a> {
    let members = members.iter().filter(|member| is_wanted(member));
    let members: Vec<_> = members.collect();
    let names = names::members(&members, side != Side::Output);
    let mut fields = Map::new(Style::Block);
    for (member, name) in members.into_iter().zip(names) {
        fields.add(&*member.name, field(member, name, side));
    }
    fields
}

fn field<'a>(member: &'a Member<'_>, name: Option<String>, side: Side) -> Map<'a> {
    let mut map = Map::new(Style::Flow);
    map.add("type", Node::Data(member.ty().expression().into()));
    // Of an object that is sent and received, only senders are told what has to be there.
    let required = match side {
        Side::Input | Side::Both => member.required,
        Side::Output => member.output_required,
    };
    if required {
        map.add("required", Node::word("true"));
    }
    if side != Side::Input && member.value_allowed_null {
        map.add("nullable", Node::word("true"));
    }
    map.add("doc", Node::prose(prose::plain(&member.document)));
    map.add_some("name", name.map(Node::word));
    if is_secret(member) {
        map.add("sensitive", Node::word("true"));
    }
    if member.disabled {
        map.add("deprecated", Node::prose("The vendor has disabled it."));
    }
    map.add_some("example", sample(member));
    map
}

/// Whether a member is likely to hold a secret, judging by its name.
fn is_secret(member: &Member<'_>) -> bool {
    let ty = member.ty();
    ty.element == Element::String
        && (member.name == "Token" || SECRETS.iter().any(|secret| member.name.ends_with(secret)))
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
