//! Examples of requests and replies.

use serde_json::{Map as Object, Value};

use super::{
    body, documents::At, field::Types, fit, operation::Operation, parameter::Location,
    remarks::Remarks, text,
};
use crate::{
    error::ImportError,
    yaml::{List, Map, Node, Style},
};

/// The key of a lone example, which has no name.
const LONE: &str = "";

/// What an example is called that has no name.
const TITLE: &str = "Example";

/// The examples of an operation.
#[derive(Debug, Default)]
pub(super) struct Samples<'d> {
    requests: Vec<Sample<'d>>,
    /// The replies with their statuses.
    replies: Vec<(u16, Sample<'d>)>,
}

#[derive(Clone, Debug)]
struct Sample<'d> {
    key: &'d str,
    title: Option<String>,
    at: At<'d>,
}

/// Finds the examples of an operation.
pub(super) fn read<'d>(operation: &At<'d>) -> Result<Samples<'d>, ImportError> {
    let mut samples = Samples::default();
    if let Some(body) = operation.follow("requestBody")? {
        samples.requests = of_content(&body)?;
    }
    if let Some(success) = body::success(operation)? {
        let replies = of_content(&success)?.into_iter();
        let status = |at: &At<'_>| at.pointer().rsplit('/').next()?.parse().ok();
        let status = status(&success).unwrap_or_else(|| stated_status(operation));
        samples.replies = replies.map(|sample| (status, sample)).collect();
    }
    Ok(samples)
}

/// The status of the reply to a request that succeeded.
fn stated_status(operation: &At<'_>) -> u16 {
    let responses = operation.child("responses");
    let codes = responses.iter().flat_map(At::members);
    let codes = codes.filter_map(|(code, _)| code.parse().ok());
    codes
        .filter(|code| (200..300).contains(code))
        .min()
        .unwrap_or(200)
}

fn of_content<'d>(owner: &At<'d>) -> Result<Vec<Sample<'d>>, ImportError> {
    let mut samples = Vec::new();
    let content = owner.follow("content")?;
    for (name, media) in content.iter().flat_map(At::members) {
        // Events are text, and no reply as the language writes one.
        if body::is_events(name) {
            continue;
        }
        if let Some(at) = media.child("example") {
            let key = LONE;
            samples.push(Sample {
                key,
                title: None,
                at,
            });
        }
        for (key, at) in media.child("examples").iter().flat_map(At::members) {
            let example = at.resolved()?;
            if let Some(at) = example.child("value") {
                let title = example.text("summary").map(text::line);
                let title = title.filter(|title| !title.is_empty());
                let title = title.or_else(|| Some(key.to_owned()));
                samples.push(Sample { key, title, at });
            }
        }
    }
    Ok(samples)
}

/// Describes the examples of an action, as far as they fit its description.
pub(super) fn describe(
    operation: &Operation<'_>,
    envelope: &str,
    types: &Types<'_, '_>,
    remarks: &Remarks,
) -> Option<List<'static>> {
    let samples = &operation.samples;
    let mut replies: Vec<_> = samples.replies.iter().collect();
    replies.retain(|(_, sample)| {
        let key = match envelope {
            "response" => "Response",
            "code_data" | "code_flat" => "Code",
            _ => return true,
        };
        let is_wrapped = sample.at.value.get(key).is_some();
        if !is_wrapped {
            remarks.add(
                &sample.at,
                format!("the example is left out: it lacks {key:?}"),
            );
        }
        is_wrapped
    });
    let mut items = Vec::new();
    let has_one_of_each = samples.requests.len() <= 1 && replies.len() == 1;
    for sample in &samples.requests {
        let Some(request) = request(operation, Some(sample), types, remarks) else {
            continue;
        };
        let reply = replies
            .iter()
            .position(|(_, reply)| has_one_of_each || reply.key == sample.key);
        let reply = reply.map(|index| replies.remove(index));
        items.push(item(sample.title.as_deref(), Some(request), reply));
    }
    for reply in replies {
        // Where there is no body, the examples of the parameters make a request.
        let request = (has_one_of_each && samples.requests.is_empty())
            .then(|| request(operation, None, types, remarks))
            .flatten();
        items.push(item(reply.1.title.as_deref(), request, Some(reply)));
    }
    let style = Style::Block;
    (!items.is_empty()).then_some(List { items, style })
}

fn item(
    title: Option<&str>,
    request: Option<Object<String, Value>>,
    reply: Option<&(u16, Sample<'_>)>,
) -> Node<'static> {
    let mut map = Map::new(Style::Block);
    map.add("title", Node::prose(title.unwrap_or(TITLE).to_owned()));
    if let Some(request) = request.filter(|request| !request.is_empty()) {
        map.add("request", Node::json(Value::Object(request), Style::Block));
    }
    if let Some((status, sample)) = reply {
        if *status != 200 {
            map.add("status", Node::word(status.to_string()));
        }
        map.add(
            "response",
            Node::json(sample.at.value.clone(), Style::Block),
        );
    }
    map.into()
}

/// The inputs of an example, if all that are required have a value that fits.
fn request(
    operation: &Operation<'_>,
    sample: Option<&Sample<'_>>,
    types: &Types<'_, '_>,
    remarks: &Remarks,
) -> Option<Object<String, Value>> {
    let mut inputs = Object::new();
    let mut body = sample
        .and_then(|sample| sample.at.value.as_object().cloned())
        .unwrap_or_default();
    let refuse = |reason: String| {
        if let Some(sample) = sample {
            remarks.add(&sample.at, format!("the example is left out: {reason}"));
        }
        None
    };
    for param in operation.params.iter().filter(|param| !param.set_by_client) {
        let name = &param.field.name;
        let value = match param.location {
            Location::WholeBody => sample.map(|sample| sample.at.value.clone()),
            Location::Body | Location::Part => body.remove(name),
            _ => param.field.example.as_ref().map(|at| at.value.clone()),
        };
        let Some(value) = value else {
            if param.field.required {
                return refuse(format!("there is no example of {name:?}"));
            }
            continue;
        };
        let value = fit::coerce(&value, &param.field.ty);
        let fits = fit::is_of(&value, &param.field.ty, types.definitions);
        if !fits || !param.field.limits.accept(&value) {
            return refuse(format!("its {name:?} does not fit the description"));
        }
        inputs.insert(name.clone(), value);
    }
    let has_body = |param: &super::parameter::Param<'_>| param.location == Location::WholeBody;
    match body.keys().next() {
        Some(unknown) if !operation.params.iter().any(has_body) => {
            refuse(format!("it has {unknown:?}, which is not described"))
        }
        _ => Some(inputs),
    }
}
