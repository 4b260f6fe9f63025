//! The bodies of requests and replies.

use super::{
    documents::At,
    field::{self, Field},
    flat::Flat,
    parameter::{Location, Param},
    provider::Provider,
    remarks::{Remarks, Stop},
    schema::{Schemas, join},
    types::Type,
};
use crate::{error::ImportError, names};

/// What a value is called that is a body by itself.
const BODY: &str = "body";

/// What an action answers with.
#[derive(Debug, Default)]
pub(super) struct Reply<'d> {
    pub(super) output: Vec<Field<'d>>,
    /// Whether the only output is the body itself.
    pub(super) is_whole: bool,
    /// Whether it may be a stream of events, each of which holds the outputs.
    pub(super) is_stream: bool,
    /// How the reply is wrapped, as far as the names of its members tell.
    pub(super) envelope: Option<&'static str>,
}

/// A kind of content that the language knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    Json,
    Form,
    Bytes,
    /// Server-sent events, which only replies can be.
    Events,
}

impl Content {
    fn of(name: &str) -> Option<Self> {
        let name = name.split(';').next().unwrap_or_default().trim();
        match name.to_ascii_lowercase().as_str() {
            "application/json" | "text/json" | "*/*" | "application/*" => Some(Self::Json),
            name if name.ends_with("+json") => Some(Self::Json),
            "multipart/form-data" => Some(Self::Form),
            "application/octet-stream" => Some(Self::Bytes),
            "text/event-stream" => Some(Self::Events),
            _ => None,
        }
    }
}

/// Chooses one of several kinds of content. The others are remarked.
fn choose<'d>(body: &At<'d>, remarks: &Remarks) -> Result<Option<(Content, At<'d>)>, ImportError> {
    let Some(content) = body.follow("content")? else {
        return Ok(None);
    };
    let mut known: Vec<_> = content
        .members()
        .filter_map(|(name, at)| Some((Content::of(name)?, at)))
        .collect();
    known.sort_by_key(|(content, _)| match content {
        Content::Json => 0,
        Content::Form => 1,
        Content::Bytes => 2,
        Content::Events => 3,
    });
    let chosen = known.into_iter().next();
    for (name, at) in content.members() {
        if let Some((_, chosen)) = &chosen
            && at.node() != chosen.node()
            && !is_events(name)
        {
            remarks.add(
                &at,
                format!("the content {name} is left out: only one is kept"),
            );
        }
    }
    Ok(chosen)
}

/// Adds what the body of a request holds to the parameters of an action.
pub(super) fn request<'d>(
    operation: &At<'d>,
    action: &str,
    method: &str,
    params: &mut Vec<Param<'d>>,
    schemas: &mut Schemas<'d, '_>,
) -> Result<(), Stop<'d>> {
    let Some(body) = operation.follow("requestBody")? else {
        return Ok(());
    };
    let remarks = schemas.remarks;
    let chosen = choose(&body, remarks)?.filter(|(content, _)| *content != Content::Events);
    let Some((content, media)) = chosen else {
        return Err(unknown(&body)?);
    };
    let Some(schema) = media.child("schema") else {
        remarks.add(&media, "the body is not described, and left out");
        return Ok(());
    };
    if method == "GET" {
        return Err(Stop::inexpressible(&body, "a GET has no body"));
    }
    let is_required = body.flag("required");
    let fields = match content {
        Content::Bytes | Content::Events => None,
        Content::Json | Content::Form => schemas.object(&schema, action)?,
    };
    let Some(mut fields) = fields else {
        return whole_request(&body, &schema, (action, content), params, schemas);
    };
    fields.retain(|field| !field.read_only);
    let taken = fields
        .iter()
        .find(|field| params.iter().any(|param| param.field.name == field.name));
    if let Some(taken) = taken {
        if content == Content::Form {
            let text = format!("{:?} is a parameter and a part of the form", taken.name);
            return Err(Stop::inexpressible(&taken.at, text));
        }
        remarks.add(
            &taken.at,
            format!(
                "{:?} is a parameter, too, so that the body is an object of its own",
                taken.name
            ),
        );
        return whole_request(&body, &schema, (action, content), params, schemas);
    }
    if !is_required && fields.iter().any(|field| field.required) {
        remarks.add(&body, "that the whole body may be left out is not said");
    }
    if content == Content::Json {
        field::without_binary(&mut fields, remarks);
    } else if let Some(at) = media.child("encoding") {
        remarks.add(
            &at,
            "`encoding` is left out: the type of a part decides how it is written",
        );
    }
    let location = if content == Content::Form {
        Location::Part
    } else {
        Location::Body
    };
    params.extend(fields.into_iter().map(|field| Param {
        field,
        location,
        arrays: None,
        set_by_client: false,
    }));
    Ok(())
}

/// Why a body of kinds that the language does not know cannot be sent.
fn unknown<'d>(body: &At<'d>) -> Result<Stop<'d>, ImportError> {
    let content = body.follow("content")?;
    let kinds = content.iter().flat_map(At::members);
    let kinds: Vec<_> = kinds.map(|(name, _)| name).collect();
    let cause = match kinds[..] {
        [] => "the body has no `content` that names its type".to_owned(),
        [..] => format!("the language has no body of the type {}", kinds.join(", ")),
    };
    let text = format!(
        "{cause}; if the server takes application/json, multipart/form-data or \
         application/octet-stream, name that in the document"
    );
    Ok(Stop::inexpressible(body, text))
}

/// A body that is one value.
fn whole_request<'d>(
    body: &At<'d>,
    schema: &At<'d>,
    (action, content): (&str, Content),
    params: &mut Vec<Param<'d>>,
    schemas: &mut Schemas<'d, '_>,
) -> Result<(), Stop<'d>> {
    if content == Content::Form {
        return Err(Stop::inexpressible(
            schema,
            "a form has to be an object with members",
        ));
    }
    let mut read = schemas.read(schema, &join(action, "Body"))?;
    if content == Content::Bytes {
        read.ty = Type::Binary;
    }
    let is_taken = |name: &String| params.iter().any(|param| param.field.name == *name);
    let name = names::candidates(BODY, "_content").find(|name| !is_taken(name));
    let name = name.unwrap_or_default();
    let mut field = Field::new(
        &name,
        schema.clone(),
        read,
        body.flag("required"),
        schemas.remarks,
    );
    if content == Content::Json {
        field::without_binary(std::slice::from_mut(&mut field), schemas.remarks);
    }
    if let Some(doc) = body.text("description") {
        field.doc = super::text::plain(doc);
    }
    params.push(Param {
        field,
        location: Location::WholeBody,
        arrays: None,
        set_by_client: false,
    });
    Ok(())
}

/// The reply to a request that succeeded.
pub(super) fn success<'d>(operation: &At<'d>) -> Result<Option<At<'d>>, ImportError> {
    let Some(responses) = operation.follow("responses")? else {
        return Ok(None);
    };
    let mut codes: Vec<_> = responses.members().collect();
    codes.sort_by_key(|(code, _)| *code);
    let good = codes.iter().find(|(code, _)| code.starts_with('2'));
    let other = || codes.iter().find(|(code, _)| *code == "default");
    match good.or_else(other) {
        Some((_, at)) => at.clone().resolved().map(Some),
        None => Ok(None),
    }
}

/// Reads what an action answers with.
pub(super) fn reply<'d>(
    operation: &At<'d>,
    action: &str,
    provider: &Provider,
    schemas: &mut Schemas<'d, '_>,
) -> Result<Reply<'d>, ImportError> {
    let remarks = schemas.remarks;
    let Some(response) = success(operation)? else {
        remarks.add(
            operation,
            "no reply to a request that succeeds is described",
        );
        return Ok(Reply::default());
    };
    report_other_replies(operation, &response, remarks)?;
    if let Some(headers) = response.child("headers") {
        remarks.add(&headers, "the headers of the reply are left out");
    }
    if let Some(links) = response.child("links") {
        remarks.add(&links, "`links` is left out");
    }
    let media = match choose(&response, remarks)? {
        Some((Content::Json | Content::Events, media)) => media,
        Some(_) => {
            remarks.add(&response, "the reply is left out: it is not JSON");
            return Ok(Reply::default());
        }
        None => {
            if response
                .child("content")
                .is_some_and(|at| at.members().next().is_some())
            {
                remarks.add(&response, "the reply is left out: it is not JSON");
            }
            return Ok(Reply::default());
        }
    };
    let Some(schema) = media.child("schema") else {
        remarks.add(&media, "the reply is not described, and left out");
        return Ok(Reply::default());
    };
    let (flat, _) = Schemas::settled(&schema)?;
    let mut reply = unwrapped(&schema, &flat, action, provider, schemas)?;
    reply.output.retain(|field| !field.write_only);
    field::without_binary(&mut reply.output, remarks);
    let content = response.follow("content")?;
    if let Some((_, at)) = content
        .iter()
        .flat_map(At::members)
        .find(|(name, _)| is_events(name))
    {
        reply.is_stream = !reply.is_whole;
        if reply.is_whole {
            remarks.add(
                &at,
                "that events are sent is left out: they have no members",
            );
        }
    }
    Ok(reply)
}

/// Whether a kind of content is a stream of events.
pub(super) fn is_events(name: &str) -> bool {
    Content::of(name) == Some(Content::Events)
}

fn report_other_replies<'d>(
    operation: &At<'d>,
    success: &At<'d>,
    remarks: &Remarks,
) -> Result<(), ImportError> {
    let responses = operation.follow("responses")?;
    for (code, at) in responses.iter().flat_map(At::members) {
        let other = at.clone().resolved()?;
        let has_content = other
            .child("content")
            .is_some_and(|at| at.members().next().is_some());
        if code.starts_with('2') && has_content && other.node() != success.node() {
            remarks.add(
                &at,
                format!("the reply with the status {code} is left out: only one is kept"),
            );
        }
    }
    Ok(())
}

/// Reads a reply without what it is wrapped in.
fn unwrapped<'d>(
    schema: &At<'d>,
    flat: &Flat<'d>,
    action: &str,
    provider: &Provider,
    schemas: &mut Schemas<'d, '_>,
) -> Result<Reply<'d>, ImportError> {
    let members = flat.properties();
    let member = |name: &str| {
        members
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, at)| at)
    };
    if let ([(_, inner)], Some(_)) = (&members[..], member("Response")) {
        let mut reply = plain(inner, action, schemas)?;
        if reply.is_whole {
            return plain(schema, action, schemas);
        }
        reply
            .output
            .retain(|field| !matches!(field.name.as_str(), "RequestId" | "Error"));
        reply.envelope = Some("response");
        return Ok(reply);
    }
    let Some(_) = member("Code") else {
        let mut reply = plain(schema, action, schemas)?;
        reply.envelope = Some("bare");
        return Ok(reply);
    };
    let is_envelope = |name: &str| matches!(name, "Code" | "Message" | "RequestId");
    if let Some(data) = member("Data") {
        for (name, at) in &members {
            if !is_envelope(name) && *name != "Data" {
                let text =
                    format!("{name:?} is left out: it stands beside the `Data` of the reply");
                schemas.remarks.add(at, text);
            }
        }
        let mut reply = plain(data, action, schemas)?;
        reply.envelope = Some("code_data");
        return Ok(reply);
    }
    let mut reply = plain(schema, action, schemas)?;
    reply.output.retain(|field| !is_envelope(&field.name));
    // Where nothing stands beside the code, both ways of wrapping are the same.
    let is_told = !reply.output.is_empty() || !provider.envelope.starts_with("code_");
    reply.envelope = is_told.then_some("code_flat");
    Ok(reply)
}

/// Reads an object's members as outputs, or another value as the body itself.
fn plain<'d>(
    schema: &At<'d>,
    action: &str,
    schemas: &mut Schemas<'d, '_>,
) -> Result<Reply<'d>, ImportError> {
    if let Some(output) = schemas.object(schema, action)? {
        return Ok(Reply {
            output,
            ..Reply::default()
        });
    }
    let read = schemas.read(schema, &join(action, "Body"))?;
    let flat = &read.flat;
    // An object of which nothing is said.
    let says_nothing = flat.types().iter().all(|ty| *ty == "object")
        && flat
            .keyword("additionalProperties")
            .is_none_or(|at| !at.value.is_object())
        && flat.choice().is_none()
        && flat.values().is_none();
    if says_nothing {
        return Ok(Reply::default());
    }
    let field = Field::new(BODY, schema.clone(), read, false, schemas.remarks);
    Ok(Reply {
        output: vec![field],
        is_whole: true,
        ..Reply::default()
    })
}
