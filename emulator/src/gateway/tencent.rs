//! Tencent Cloud: actions named by header, or by parameter where version 1 signatures are used.
//!
//! The vendor does not publish in which order it checks. This order goes from what is needed to
//! find the action, over who is calling, to what is asked for.

mod caller;

use std::time::SystemTime;

use axum::http::{HeaderName, Method};
use bindery_model::{self as model, ArrayStyle, Envelope, Field, Location, RegionUse};
use serde_json::{Map, Value};

use super::body::{self, Unreadable};
use super::{State, form_pairs, text};
use crate::check::{Fault, Violation};
use crate::events::Events;
use crate::rate::Caller;
use crate::reply::{Refusal, Reply};
use crate::request::Request;
use crate::route::{self, Target, Unknown};
use crate::signature::tencent::Authorization;
use crate::{arguments, check, events, form, world};

const FORM: &str = "application/x-www-form-urlencoded";
const MAX_QUERY_BYTES: usize = 32 * 1024;
const MAX_FORM_BYTES: usize = 1024 * 1024;
/// What precedes the names of common parameters where they travel in headers.
const HEADER_PREFIX: &str = "X-TC-";

/// Answers a request that was recognised as meant for this vendor.
pub(super) fn answer(state: &State, request: &Request, now: SystemTime) -> Reply {
    let request_id = state.identifiers.next_uuid();
    let reply = match receive(state, request) {
        Err(refusal) => Reply::failure(Envelope::Response, &refusal, &request_id),
        Ok((call, target)) => {
            let envelope = target.action.envelope;
            state.carry_out(&target, &request_id, || {
                let answered = execute(state, request, &call, &target, now)?;
                Ok(match answered {
                    Answered::Output(output) => Reply::success(envelope, 200, output, &request_id),
                    Answered::Events(events) => Reply::events(events),
                })
            })
        }
    };
    let reply = reply.header(HeaderName::from_static("x-tc-requestid"), &request_id);
    match request.header("x-tc-traceid") {
        Some(trace_id) => reply.header(HeaderName::from_static("x-tc-traceid"), trace_id),
        None => reply,
    }
}

/// What a request says about itself, before any of it is believed.
struct Call<'r> {
    action: String,
    version: String,
    region: Option<String>,
    timestamp: String,
    proof: Proof<'r>,
    /// All decoded pairs of a query string or a form; none where the body is JSON.
    pairs: Option<Vec<(String, String)>>,
}

enum Proof<'r> {
    Tc3(Authorization<'r>),
    Skip,
    V1,
}

/// What an action answers with.
enum Answered {
    Output(Value),
    Events(Events),
}

/// Finds the action that is meant.
fn receive<'r, 's>(
    state: &'s State,
    request: &'r Request,
) -> Result<(Call<'r>, Target<'s>), Refusal> {
    if request.method != Method::GET && request.method != Method::POST {
        let message = "only the methods GET and POST are supported";
        return Err(Refusal::in_band("UnsupportedProtocol", message));
    }
    if request.oversized || request.query.len() > MAX_QUERY_BYTES {
        return Err(too_large());
    }
    let by_header = ["x-tc-action", "authorization"]
        .iter()
        .any(|name| request.header(name).is_some());
    let call = if by_header {
        from_headers(request)?
    } else {
        from_parameters(request)?
    };
    let host = request.header("host").unwrap_or_default();
    let target = match &call.proof {
        Proof::Tc3(authorization) => route::by_scope(
            &state.model,
            authorization.service,
            &call.version,
            &call.action,
        ),
        Proof::Skip | Proof::V1 => {
            route::by_version(&state.model, host, &call.version, &call.action)
        }
    };
    let target = target.map_err(|unknown| match unknown {
        Unknown::Service => Refusal::in_band("NoSuchProduct", "the product does not exist"),
        Unknown::Version => {
            let message = format!("the version {} does not exist", call.version);
            Refusal::in_band("NoSuchVersion", message)
        }
        Unknown::Action => {
            let message = format!("the action {} does not exist", call.action);
            Refusal::in_band("InvalidAction", message)
        }
    })?;
    Ok((call, target))
}

fn from_headers(request: &Request) -> Result<Call<'_>, Refusal> {
    let required = |name: &str| {
        let value = request.header(&format!("{HEADER_PREFIX}{name}"));
        value.map(str::to_owned).ok_or_else(|| missing(name))
    };
    let malformed = || {
        let message = "the Authorization header is absent or not of the documented form";
        Refusal::in_band("AuthFailure.InvalidAuthorization", message)
    };
    let proof = match request.header("authorization").ok_or_else(malformed)? {
        "SKIP" => Proof::Skip,
        header => Proof::Tc3(Authorization::parse(header).ok_or_else(malformed)?),
    };
    let is_get = request.method == Method::GET;
    Ok(Call {
        action: required("Action")?,
        version: required("Version")?,
        region: request.header("x-tc-region").map(str::to_owned),
        timestamp: required("Timestamp")?,
        proof,
        pairs: is_get.then(|| request.query_pairs()),
    })
}

fn from_parameters(request: &Request) -> Result<Call<'_>, Refusal> {
    if request.body.len() > MAX_FORM_BYTES {
        return Err(too_large());
    }
    let pairs = if request.method == Method::GET {
        request.query_pairs()
    } else {
        form_pairs(request)
    };
    let optional = |name: &str| form::value(&pairs, name).map(str::to_owned);
    let required = |name: &str| optional(name).ok_or_else(|| missing(name));
    let nonce = required("Nonce")?;
    if !nonce.parse::<u64>().is_ok_and(|nonce| nonce > 0) {
        let message = "the parameter `Nonce` is not a positive integer";
        return Err(Refusal::in_band("InvalidParameter", message));
    }
    Ok(Call {
        action: required("Action")?,
        version: required("Version")?,
        region: optional("Region"),
        timestamp: required("Timestamp")?,
        proof: Proof::V1,
        pairs: Some(pairs),
    })
}

/// Checks the caller and the arguments, and lets the world answer.
fn execute(
    state: &State,
    request: &Request,
    call: &Call<'_>,
    target: &Target<'_>,
    now: SystemTime,
) -> Result<Answered, Refusal> {
    check_media_type(request, call, target)?;
    check_common(request, call, target)?;
    caller::authenticate(state, request, call, target, now)?;
    let arguments = read_arguments(request, call, target)?;
    let application = text(&arguments, "SdkAppId");
    let caller = Caller {
        account: state.secrets.tencent_secret_id(),
        application: &application,
        arguments: &arguments,
    };
    state.admit(target, caller, now).map_err(|_| {
        Refusal::in_band(
            "RequestLimitExceeded",
            "the documented rate limit is exceeded",
        )
    })?;
    check_region(call, target)?;
    check::object(target.service, &fields(target), &arguments).map_err(refuse)?;
    let output = state.act(target, &arguments, || {
        let identifiers = &state.identifiers;
        let mut sessions = state.sessions();
        match sessions.answer(target, &arguments, identifiers, now) {
            Some(key) => Ok(key),
            None => world::tencent::answer(&mut state.world().tencent, target, &arguments),
        }
    })?;
    Ok(if events::are_wanted(target.action, &arguments) {
        let streaming = state.streaming;
        Answered::Events(streaming.events(target.service, target.action, &output))
    } else {
        Answered::Output(output)
    })
}

/// Checks the media type, which depends on what the action's bodies consist of.
fn check_media_type(
    request: &Request,
    call: &Call<'_>,
    target: &Target<'_>,
) -> Result<(), Refusal> {
    let expected = match (&call.proof, &call.pairs) {
        // What is no form has no pairs, and was refused for what it lacks.
        (Proof::V1, _) => return Ok(()),
        (_, Some(_)) => FORM,
        (_, None) => body::Content::of(&fields(target)).media_type(),
    };
    if request.media_type() == expected {
        return Ok(());
    }
    // Which code the vendor gives to a media type it does not take is not published.
    let message = format!("the content type is not {expected}");
    Err(Refusal::in_band("UnsupportedProtocol", message))
}

fn fields<'m>(target: &Target<'m>) -> Vec<&'m Field> {
    target.action.params.iter().collect()
}

/// Checks the common parameters, which lose their prefix where they do not travel in headers.
fn check_common(request: &Request, call: &Call<'_>, target: &Target<'_>) -> Result<(), Refusal> {
    for field in &target.provider.common_params {
        let value = match (&call.proof, &call.pairs) {
            (Proof::V1, Some(pairs)) => field
                .name
                .strip_prefix(HEADER_PREFIX)
                .and_then(|name| form::value(pairs, name)),
            _ => request.header(&field.name),
        };
        let Some(value) = value else { continue };
        arguments::from_text(target.service, field, value)
            .and_then(|value| check::value(target.service, field, &value))
            .map_err(refuse)?;
    }
    Ok(())
}

fn check_region(call: &Call<'_>, target: &Target<'_>) -> Result<(), Refusal> {
    if target.action.region != RegionUse::Required {
        return Ok(());
    }
    let region = call.region.as_deref().filter(|region| !region.is_empty());
    let region = region.ok_or_else(|| missing("Region"))?;
    let regions = &target.action.regions;
    if regions.is_empty() || regions.iter().any(|supported| supported == region) {
        return Ok(());
    }
    let message = format!("the action is not offered in the region {region}");
    Err(Refusal::in_band("UnsupportedRegion", message))
}

/// Reads the arguments in whichever form they came, without the common parameters.
fn read_arguments(
    request: &Request,
    call: &Call<'_>,
    target: &Target<'_>,
) -> Result<Map<String, Value>, Refusal> {
    let fields = fields(target);
    let mut arguments = Map::new();
    if let Some(pairs) = &call.pairs {
        let mut pairs = pairs.clone();
        if matches!(call.proof, Proof::V1) {
            pairs.retain(|(name, _)| !is_common(&target.provider.common_params, name));
        }
        let indexed = ArrayStyle::Indexed;
        arguments =
            arguments::from_pairs(target.service, &fields, indexed, &pairs).map_err(refuse)?;
    }
    for field in &fields {
        if field.location == Location::Header
            && let Some(text) = request.header(&field.name)
        {
            let value = arguments::from_text(target.service, field, text).map_err(refuse)?;
            arguments.insert(field.name.clone(), value);
        }
    }
    if call.pairs.is_none() {
        let post = model::Method::Post;
        body::read(&mut arguments, request, target.service, &fields, post).map_err(
            |unreadable| match unreadable {
                Unreadable::Malformed(message) => Refusal::in_band("InvalidParameter", message),
                Unreadable::Violation(violation) => refuse(violation),
            },
        )?;
    }
    Ok(arguments)
}

/// Whether a version 1 parameter is not the action's own.
fn is_common(common_params: &[Field], name: &str) -> bool {
    let signing = ["SecretId", "SignatureMethod", "Signature", "Nonce"];
    signing.contains(&name)
        || common_params
            .iter()
            .any(|field| field.name.strip_prefix(HEADER_PREFIX) == Some(name))
}

fn refuse(violation: Violation) -> Refusal {
    let Violation {
        fault,
        path,
        message,
    } = violation;
    let code = match fault {
        Fault::Missing => "MissingParameter",
        Fault::Unknown => "UnknownParameter",
        Fault::Type => "InvalidParameter",
        Fault::Value | Fault::TooLong => "InvalidParameterValue",
    };
    Refusal::in_band(code, format!("the parameter `{path}` {message}"))
}

fn missing(name: &str) -> Refusal {
    Refusal::in_band(
        "MissingParameter",
        format!("the parameter `{name}` is required"),
    )
}

fn too_large() -> Refusal {
    Refusal::in_band("RequestSizeLimitExceeded", "the request is too large")
}
