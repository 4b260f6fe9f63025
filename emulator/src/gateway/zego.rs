//! ZEGOCLOUD: actions named in the query string, results told by `Code` at HTTP status 200.

use std::time::SystemTime;

use bindery_model::{Authentication, Envelope, Method, RateScope};
use serde_json::{Map, Value};

use super::body::{self, Unreadable};
use super::{State, in_query};
use crate::check::{Fault, Violation};
use crate::rate::Caller;
use crate::reply::{Refusal, Reply};
use crate::request::Request;
use crate::route::{self, Target};
use crate::signature::zego;
use crate::{arguments, check, clock, form, world};

/// Codes of the gateway and of the room operations.
mod code {
    pub(super) const INVALID_INPUT: &str = "2";
    pub(super) const INPUT_TOO_LONG: &str = "3";
    pub(super) const APP_RATE_LIMIT: &str = "206";
    pub(super) const ROOM_RATE_LIMIT: &str = "207";
    pub(super) const APP_ID: &str = "100000001";
    pub(super) const TIMESTAMP_MISSING: &str = "100000002";
    pub(super) const TIMESTAMP_FORMAT: &str = "100000003";
    pub(super) const SIGNATURE_EXPIRED: &str = "100000004";
    pub(super) const SIGNATURE_WRONG: &str = "100000005";
    pub(super) const ACTION_MISSING: &str = "100000006";
    pub(super) const ACTION_UNSUPPORTED: &str = "100000007";
    pub(super) const NONCE: &str = "100000008";
    pub(super) const SIGNATURE_MISSING: &str = "100000009";
    pub(super) const SECRET_NOT_FOUND: &str = "100000010";
    pub(super) const BODY_UNREADABLE: &str = "100000012";
    pub(super) const VERSION_MISSING: &str = "100000013";
    pub(super) const VERSION_UNSUPPORTED: &str = "100000014";
}

/// Answers a request that was recognised as meant for this vendor.
pub(super) fn answer(state: &State, request: &Request, now: SystemTime) -> Reply {
    let request_id = state.identifiers.next_hex();
    let query = request.query_pairs();
    match find(state, request, &query) {
        Err(refusal) => Reply::failure(Envelope::CodeData, &refusal, &request_id),
        Ok(target) => {
            let envelope = target.action.envelope;
            state.carry_out(&target, &request_id, || {
                let output = execute(state, request, &query, &target, now)?;
                Ok(Reply::success(envelope, 200, output, &request_id))
            })
        }
    }
}

fn find<'s>(
    state: &'s State,
    request: &Request,
    query: &[(String, String)],
) -> Result<Target<'s>, Refusal> {
    let action = required(query, "Action", code::ACTION_MISSING)?;
    let host = request.header("host").unwrap_or_default();
    let target = route::by_query(&state.model, host, action);
    let method = |method| match method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Delete => "DELETE",
    };
    target
        .filter(|target| method(target.action.method) == request.method.as_str())
        .ok_or_else(|| {
            Refusal::in_band(
                code::ACTION_UNSUPPORTED,
                "there is no such action for this method",
            )
        })
}

fn execute(
    state: &State,
    request: &Request,
    query: &[(String, String)],
    target: &Target<'_>,
    now: SystemTime,
) -> Result<Value, Refusal> {
    if request.oversized {
        return Err(Refusal::in_band(
            code::BODY_UNREADABLE,
            "the body is too large",
        ));
    }
    if target.action.authentication == Authentication::Zego {
        authenticate(state, query, target, now)?;
    }
    let arguments = read_arguments(request, query, target)?;
    let application = form::value(query, "AppId").unwrap_or_default();
    let caller = Caller {
        account: application,
        application,
        arguments: &arguments,
    };
    state
        .admit(target, caller, now)
        .map_err(|scope| match scope {
            RateScope::Room => {
                Refusal::in_band(code::ROOM_RATE_LIMIT, "too many calls for the room")
            }
            RateScope::Account | RateScope::Application => {
                Refusal::in_band(code::APP_RATE_LIMIT, "too many calls of the app")
            }
        })?;
    let fields: Vec<_> = target
        .provider
        .common_params
        .iter()
        .chain(&target.action.params)
        .collect();
    check::object(target.service, &fields, &arguments).map_err(refuse)?;
    state.act(target, &arguments, || {
        world::zego::answer(&mut state.world().zego, target, &arguments)
    })
}

/// Checks what the gateway checks, in the order of its codes' dependence on each other.
fn authenticate(
    state: &State,
    query: &[(String, String)],
    target: &Target<'_>,
    now: SystemTime,
) -> Result<(), Refusal> {
    let refuse = |code: &str, message: &str| Err(Refusal::in_band(code, message));
    let app_id = required(query, "AppId", code::APP_ID)?;
    let Ok(app_id) = app_id.parse::<u32>() else {
        return refuse(code::APP_ID, "AppId is not an unsigned number of 32 bits");
    };
    let timestamp = required(query, "Timestamp", code::TIMESTAMP_MISSING)?;
    let Ok(timestamp) = timestamp.parse::<i64>() else {
        return refuse(
            code::TIMESTAMP_FORMAT,
            "Timestamp is not a number of seconds",
        );
    };
    let nonce = required(query, "SignatureNonce", code::NONCE)?;
    if nonce.len() != 16 || !nonce.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        // The vendor documents the form of the nonce, but no code of its own for a wrong one.
        return refuse(code::NONCE, "SignatureNonce is not 16 hexadecimal digits");
    }
    let version = required(query, "SignatureVersion", code::VERSION_MISSING)?;
    if version != "2.0" {
        return refuse(code::VERSION_UNSUPPORTED, "SignatureVersion is not 2.0");
    }
    let signature = required(query, "Signature", code::SIGNATURE_MISSING)?;
    if app_id != state.secrets.zego_app_id() {
        return refuse(code::SECRET_NOT_FOUND, "the app does not exist");
    }
    let window = target.provider.clock_window.as_secs();
    if clock::seconds(now).abs_diff(timestamp) > window {
        return refuse(code::SIGNATURE_EXPIRED, "the signature has expired");
    }
    let secret = state.secrets.zego_server_secret();
    if zego::expected(app_id, nonce, secret, timestamp) != signature {
        return refuse(code::SIGNATURE_WRONG, "the signature is wrong");
    }
    Ok(())
}

/// Reads the arguments from the query string and, where the method has one, the body.
fn read_arguments(
    request: &Request,
    query: &[(String, String)],
    target: &Target<'_>,
) -> Result<Map<String, Value>, Refusal> {
    let method = target.action.method;
    let fields: Vec<_> = target
        .provider
        .common_params
        .iter()
        .chain(
            target
                .action
                .params
                .iter()
                .filter(|field| in_query(field, method)),
        )
        .collect();
    let arrays = target.provider.arrays;
    let mut arguments =
        arguments::from_pairs(target.service, &fields, arrays, query).map_err(refuse)?;
    let fields: Vec<_> = target.action.params.iter().collect();
    if body::has_arguments(&fields, method) {
        body::read(&mut arguments, request, target.service, &fields, method).map_err(
            |unreadable| match unreadable {
                Unreadable::Malformed(message) => Refusal::in_band(code::BODY_UNREADABLE, message),
                Unreadable::Violation(violation) => refuse(violation),
            },
        )?;
    }
    Ok(arguments)
}

fn required<'q>(query: &'q [(String, String)], name: &str, code: &str) -> Result<&'q str, Refusal> {
    form::value(query, name)
        .filter(|value| !value.is_empty())
        .ok_or_else(|| Refusal::in_band(code, format!("{name} is empty")))
}

fn refuse(violation: Violation) -> Refusal {
    let Violation {
        fault,
        path,
        message,
    } = violation;
    let code = match fault {
        Fault::TooLong => code::INPUT_TOO_LONG,
        Fault::Missing | Fault::Unknown | Fault::Type | Fault::Value => code::INVALID_INPUT,
    };
    Refusal::in_band(code, format!("the parameter {path} {message}"))
}
