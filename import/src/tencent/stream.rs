//! Which actions may reply with a stream of events.
//!
//! The metadata has no word for it. It shows in a switch among the inputs and in examples of
//! events; of other actions only the vendor's SDK tells, and overlays say so.

use super::api::{Action, Api, Element, Example, Member};
use crate::yaml::{Map, Node, Style};

/// Inputs that ask for events.
const SWITCHES: &[&str] = &["Stream", "Streaming"];

/// Outputs that hold an error in the middle of a stream.
const ERRORS: &[&str] = &["Error", "ErrorMsg"];

/// Outputs that hold the parts of one, where no object does.
const CODES: &[&str] = &["ErrorCode"];
const MESSAGES: &[&str] = &["ErrorMessage", "ErrorMsg"];

/// How a stream may be known.
const BY_SWITCH: &str = "recognised by its switch";
const BY_EXAMPLE: &str = "recognised by an example";

/// The stream of an action, if it has one, and how that is known.
pub(super) fn stream<'a>(
    api: &'a Api<'_>,
    action: &Action<'_>,
    examples: &[Example<'_>],
) -> Option<(Map<'a>, &'static str)> {
    let find = |object: &str, names: &[&str], fits: fn(&Member<'_>) -> bool| {
        let members = &api.objects[object].members;
        members
            .iter()
            .find(|member| names.contains(&&*member.name) && !member.ty().list && fits(member))
    };
    let switch = find(&action.input, SWITCHES, |member| {
        member.ty().element == Element::Bool
    });
    let known_by = if switch.is_some() {
        BY_SWITCH
    } else if examples.iter().any(|example| is_events(&example.output)) {
        BY_EXAMPLE
    } else {
        return None;
    };
    let error = find(&action.output, ERRORS, |member| {
        matches!(member.ty().element, Element::Object(_))
    });
    let mut map = Map::new(Style::Flow);
    map.add_some("switch", switch.map(|switch| Node::data(&switch.name)));
    let code = find(&action.output, CODES, |member| {
        let element = member.ty().element;
        matches!(element, Element::String | Element::Int64 | Element::Uint64)
    });
    let message = find(&action.output, MESSAGES, |member| {
        member.ty().element == Element::String
    });
    if let Some(error) = error {
        map.add("error", Node::data(&error.name));
    } else if let (Some(code), Some(message)) = (code, message) {
        map.add("error_code", Node::data(&code.name));
        map.add("error_message", Node::data(&message.name));
    }
    Some((map, known_by))
}

/// Whether a reply is a stream of events, perhaps with words or headers in front of it.
pub(super) fn is_events(reply: &str) -> bool {
    !reply.trim_start().starts_with('{') && reply.lines().any(|line| line.starts_with("data:"))
}
