//! Huawei Cloud Meeting: actions named by method and path, refusals told by the HTTP status.
//!
//! The vendor's table of codes is not public. `USG.000000004` and `USG.201040000` are known from
//! its clients, the `APIGW` codes from third parties; which of them answers a malformed request or
//! a refused login is an assumption.

use std::time::SystemTime;

use axum::http::HeaderName;
use bindery_model::{Authentication, Envelope, Field, Location};
use serde_json::{Map, Value};

use super::body::{self, Unreadable};
use super::{State, in_query, text};
use crate::check::Violation;
use crate::rate::Caller;
use crate::reply::{Refusal, Reply};
use crate::request::Request;
use crate::route::{self, Target};
use crate::signature::huawei::{AppLogin, parse_app_authorization, parse_basic_authorization};
use crate::world::huawei::{Context, TOKEN_INVALID};
use crate::{arguments, check, clock, form, world};

const NOT_FOUND: &str = "APIGW.0101";
const BAD_REQUEST: &str = "APIGW.0201";
const THROTTLED: &str = "APIGW.0308";

/// Answers a request that no other vendor claims.
pub(super) fn answer(state: &State, request: &Request, now: SystemTime) -> Reply {
    let request_id = match request.header("x-request-id") {
        Some(chosen) if !chosen.is_empty() => chosen.to_owned(),
        _ => state.identifiers.next_hex()[..32].to_owned(),
    };
    let reply = match route::by_path(&state.model, &request.method, &request.path) {
        None => {
            let refusal = Refusal::with_status(404, NOT_FOUND, "the API does not exist");
            Reply::failure(Envelope::Bare, &refusal, &request_id)
        }
        Some((target, path)) => {
            let envelope = target.action.envelope;
            state.carry_out(&target, &request_id, || {
                let output = execute(state, request, &path, &target, now)?;
                Ok(Reply::success(envelope, 200, output, &request_id))
            })
        }
    };
    reply.header(HeaderName::from_static("x-request-id"), &request_id)
}

fn execute(
    state: &State,
    request: &Request,
    path: &[(String, String)],
    target: &Target<'_>,
    now: SystemTime,
) -> Result<Value, Refusal> {
    if request.oversized {
        return Err(Refusal::with_status(
            413,
            BAD_REQUEST,
            "the body is too large",
        ));
    }
    let authentication = target.action.authentication;
    let token = request.header("x-access-token").unwrap_or_default();
    let holder = match authentication {
        Authentication::Token => Some(state.world().huawei.holder(token, now)?),
        _ => None,
    };
    let arguments = read_arguments(request, path, target)?;
    let fields = fields(target);
    check::object(target.service, &fields, &arguments).map_err(refuse)?;
    match authentication {
        Authentication::AppId => verify_app(state, request, &arguments, now)?,
        Authentication::Account => verify_account(state, request, &arguments)?,
        _ => {}
    }
    let account = holder.unwrap_or_else(|| text(&arguments, "account"));
    let application = state.secrets.huawei_app_id();
    let caller = Caller {
        account: &account,
        application,
        arguments: &arguments,
    };
    state.admit(target, caller, now).map_err(|_| {
        Refusal::with_status(429, THROTTLED, "the documented rate limit is exceeded")
    })?;
    let context = Context {
        identifiers: &state.identifiers,
        now,
        token,
    };
    state.act(target, &arguments, || {
        world::huawei::answer(&mut state.world().huawei, target, &arguments, &context)
    })
}

fn fields<'m>(target: &Target<'m>) -> Vec<&'m Field> {
    target
        .provider
        .common_params
        .iter()
        .chain(&target.action.params)
        .collect()
}

/// Reads the arguments from everywhere that the action's inputs travel.
fn read_arguments(
    request: &Request,
    path: &[(String, String)],
    target: &Target<'_>,
) -> Result<Map<String, Value>, Refusal> {
    let method = target.action.method;
    let service = target.service;
    let fields = fields(target);
    let query: Vec<_> = fields
        .iter()
        .copied()
        .filter(|field| in_query(field, method))
        .collect();
    let arrays = target.provider.arrays;
    let mut arguments =
        arguments::from_pairs(service, &query, arrays, &request.query_pairs()).map_err(refuse)?;
    for field in &fields {
        let text = match field.location {
            Location::Header => request.header(&field.name),
            Location::Path => form::value(path, &field.name),
            _ => None,
        };
        if let Some(text) = text {
            let value = arguments::from_text(service, field, text).map_err(refuse)?;
            arguments.insert(field.name.clone(), value);
        }
    }
    if body::has_arguments(&fields, method) {
        body::read(&mut arguments, request, service, &fields, method).map_err(|unreadable| {
            match unreadable {
                Unreadable::Malformed(message) => Refusal::with_status(400, BAD_REQUEST, message),
                Unreadable::Violation(violation) => refuse(violation),
            }
        })?;
    }
    Ok(arguments)
}

fn verify_app(
    state: &State,
    request: &Request,
    arguments: &Map<String, Value>,
    now: SystemTime,
) -> Result<(), Refusal> {
    let refused = |message: &str| Err(Refusal::with_status(401, TOKEN_INVALID, message));
    let header = request.header("authorization").unwrap_or_default();
    let Some((signature, access)) = parse_app_authorization(header) else {
        return refused("the Authorization header is not of the documented form");
    };
    let optional = |name: &str| arguments.get(name).and_then(Value::as_str);
    let login = AppLogin {
        app_id: optional("appId").unwrap_or_default(),
        corp_id: optional("corpId"),
        user_id: optional("userId").unwrap_or_default(),
        expire_time: arguments
            .get("expireTime")
            .and_then(Value::as_i64)
            .unwrap_or_default(),
        nonce: optional("nonce").unwrap_or_default(),
    };
    let app_id = state.secrets.huawei_app_id();
    if login.app_id != app_id || access.is_some_and(|access| access != app_id) {
        return refused("the app does not exist");
    }
    if login.expire_time != 0 && clock::seconds(now) > login.expire_time {
        return refused("the request has expired");
    }
    if !login
        .expected(state.secrets.huawei_app_key())
        .eq_ignore_ascii_case(signature)
    {
        return refused("the signature is wrong");
    }
    Ok(())
}

fn verify_account(
    state: &State,
    request: &Request,
    arguments: &Map<String, Value>,
) -> Result<(), Refusal> {
    let header = request.header("authorization").unwrap_or_default();
    let secrets = &state.secrets;
    let genuine = parse_basic_authorization(header).is_some_and(|(account, password)| {
        account == secrets.huawei_account()
            && password == secrets.huawei_password()
            && account == text(arguments, "account")
    });
    if genuine {
        Ok(())
    } else {
        Err(Refusal::with_status(
            401,
            TOKEN_INVALID,
            "the account or the password is wrong",
        ))
    }
}

fn refuse(violation: Violation) -> Refusal {
    let Violation { path, message, .. } = violation;
    Refusal::with_status(400, BAD_REQUEST, format!("the parameter {path} {message}"))
}
