//! Which actions may reply with a stream of events.
//!
//! The metadata has no word for it. It shows in a switch among the inputs and in examples of
//! events; for other actions only the vendor's SDK tells.

use super::{
    api::{Action, Api, Element, Example, Member},
    corrections::Correction,
};
use crate::yaml::{Map, Node, Style};

/// Inputs that ask for events.
const SWITCHES: &[&str] = &["Stream", "Streaming"];

/// Outputs that hold an error in the middle of a stream.
const ERRORS: &[&str] = &["Error", "ErrorMsg"];

/// How a stream may be known without the vendor's SDK.
const BY_SWITCH: &str = "recognised by its switch";
const BY_EXAMPLE: &str = "recognised by an example";

/// Whether the metadata itself shows what a correction says, and nothing else is corrected.
pub(super) fn needs_no(correction: &Correction, known_by: &str) -> bool {
    correction.stream
        && correction.host.is_none()
        && correction.octet_stream.is_none()
        && [BY_SWITCH, BY_EXAMPLE].contains(&known_by)
}

/// The stream of an action, if it has one, and how that is known.
pub(super) fn stream<'a>(
    api: &'a Api<'_>,
    action: &Action<'_>,
    examples: &[Example<'_>],
    correction: Option<&'a Correction>,
) -> Option<(Map<'a>, &'a str)> {
    let find = |object: &str, names: &[&str], fits: fn(&Member<'_>) -> bool| {
        let members = &api.objects[object].members;
        members
            .iter()
            .find(|member| names.contains(&&*member.name) && !member.ty().list && fits(member))
    };
    let switch = find(&action.input, SWITCHES, |member| {
        member.ty().element == Element::Bool
    });
    let known_by = match (switch, correction) {
        (Some(_), _) => BY_SWITCH,
        (None, _) if examples.iter().any(|example| is_events(&example.output)) => BY_EXAMPLE,
        (None, Some(correction)) if correction.stream => correction.reason.as_str(),
        (None, _) => return None,
    };
    let error = find(&action.output, ERRORS, |member| {
        matches!(member.ty().element, Element::Object(_))
    });
    let mut map = Map::new(Style::Flow);
    map.add_some("switch", switch.map(|switch| Node::data(&switch.name)));
    map.add_some("error", error.map(|error| Node::data(&error.name)));
    Some((map, known_by))
}

/// Whether a reply is a stream of events, perhaps with words or headers in front of it.
pub(super) fn is_events(reply: &str) -> bool {
    !reply.trim_start().starts_with('{') && reply.lines().any(|line| line.starts_with("data:"))
}
