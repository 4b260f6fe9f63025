//! Tencent Cloud: actions named by header, or by parameter where version 1 signatures are used.
//!
//! The vendor does not publish in which order it checks. This order goes from what is needed to
//! find the action, over who is calling, to what is asked for.

use std::time::SystemTime;

use axum::http::{HeaderName, Method};
use bindery_model::{ArrayStyle, Authentication, Envelope, Field, RegionUse};
use serde_json::{Map, Value};

use super::{State, form_pairs, json_members, text};
use crate::check::{Fault, Violation};
use crate::rate::Caller;
use crate::reply::{Refusal, Reply};
use crate::request::Request;
use crate::route::{self, Target, Unknown};
use crate::signature::tencent::{Authorization, V1Method, v1_signature};
use crate::{arguments, check, clock, form, world};

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
            match execute(state, request, &call, &target, now) {
                Ok(output) => Reply::success(envelope, 200, output, &request_id),
                Err(refusal) => Reply::failure(envelope, &refusal, &request_id),
            }
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
    // Which code the vendor gives to a media type it does not take is not published.
    if request.media_type() != if is_get { FORM } else { "application/json" } {
        let message = "a GET request is a form and a POST request is JSON";
        return Err(Refusal::in_band("UnsupportedProtocol", message));
    }
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
) -> Result<Value, Refusal> {
    check_common(request, call, target)?;
    let account = authenticate(state, request, call, target, now)?;
    let arguments = read_arguments(request, call, target)?;
    let application = text(&arguments, "SdkAppId");
    let caller = Caller {
        account,
        application: &application,
        room: &text(&arguments, "RoomId"),
    };
    state.admit(target, caller, now).map_err(|_| {
        Refusal::in_band(
            "RequestLimitExceeded",
            "the documented rate limit is exceeded",
        )
    })?;
    check_region(call, target)?;
    let fields: Vec<_> = target.action.params.iter().collect();
    check::object(target.service, &fields, &arguments).map_err(refuse)?;
    world::tencent::answer(&state.world().tencent, target, &arguments)
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

/// Checks the signature and returns the id of the key that made it.
fn authenticate<'s>(
    state: &'s State,
    request: &Request,
    call: &Call<'_>,
    target: &Target<'_>,
    now: SystemTime,
) -> Result<&'s str, Refusal> {
    let secrets = &state.secrets;
    let refuse =
        |code: &str, message: &str| Err(Refusal::in_band(format!("AuthFailure.{code}"), message));
    let empty = Vec::new();
    let pairs = call.pairs.as_ref().unwrap_or(&empty);
    let (secret_id, token) = match &call.proof {
        Proof::Skip if target.action.authentication == Authentication::Skip => return Ok("SKIP"),
        Proof::Skip => return refuse("InvalidAuthorization", "the action requires a signature"),
        Proof::Tc3(authorization) => (authorization.secret_id, request.header("x-tc-token")),
        Proof::V1 => {
            let secret_id = form::value(pairs, "SecretId").ok_or_else(|| missing("SecretId"))?;
            (secret_id, form::value(pairs, "Token"))
        }
    };
    if secret_id != secrets.tencent_secret_id() {
        return refuse("SecretIdNotFound", "the secret id does not exist");
    }
    // A permanent key has no token, and the emulator hands out no temporary ones.
    if token.is_some_and(|token| !token.is_empty()) {
        return refuse("TokenFailure", "the token does not belong to the key");
    }
    let timestamp = call.timestamp.parse::<i64>().unwrap_or_default();
    let window = target.provider.clock_window.as_secs();
    if clock::seconds(now).abs_diff(timestamp) > window {
        return refuse(
            "SignatureExpire",
            "the timestamp is too far from the server's time",
        );
    }
    let key = secrets.tencent_secret_key();
    let genuine = if let Proof::Tc3(authorization) = &call.proof {
        let expected = authorization.expected(key, request, timestamp);
        authorization.date == clock::utc_day(timestamp)
            && expected.as_deref() == Some(authorization.signature)
    } else {
        let signature = form::value(pairs, "Signature").ok_or_else(|| missing("Signature"))?;
        v1_signature(v1_method(pairs)?, key, request, pairs) == signature
    };
    if genuine {
        Ok(secrets.tencent_secret_id())
    } else {
        refuse(
            "SignatureFailure",
            "the signature is not what the server computed",
        )
    }
}

fn v1_method(pairs: &[(String, String)]) -> Result<V1Method, Refusal> {
    match form::value(pairs, "SignatureMethod") {
        None | Some("HmacSHA1") => Ok(V1Method::HmacSha1),
        Some("HmacSHA256") => Ok(V1Method::HmacSha256),
        Some(_) => {
            let message = "the parameter `SignatureMethod` is neither HmacSHA1 nor HmacSHA256";
            Err(Refusal::in_band("InvalidParameterValue", message))
        }
    }
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
    let Some(pairs) = &call.pairs else {
        return json_members(&request.body)
            .ok_or_else(|| Refusal::in_band("InvalidParameter", "the body is not a JSON object"));
    };
    let mut pairs = pairs.clone();
    if matches!(call.proof, Proof::V1) {
        pairs.retain(|(name, _)| !is_common(&target.provider.common_params, name));
    }
    let fields: Vec<_> = target.action.params.iter().collect();
    arguments::from_pairs(target.service, &fields, ArrayStyle::Indexed, &pairs).map_err(refuse)
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
