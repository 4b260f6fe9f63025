//! What stands between a request and the world: one file for each way of naming actions, and so
//! far that is one file for each vendor.

mod body;
mod huawei;
mod tencent;
mod zego;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use axum::response::Response;
use bindery_model::{Field, Location, Method, Model, RateScope};
use serde_json::{Map, Value};

use crate::clock;
use crate::events::Streaming;
use crate::faults::{Injector, Plan};
use crate::form;
use crate::identifiers::Identifiers;
use crate::journal::Journal;
use crate::rate::{Buckets, Caller};
use crate::reply::{Refusal, Reply};
use crate::request::Request;
use crate::route::Target;
use crate::secrets::Secrets;
use crate::sessions::Sessions;
use crate::world::World;

/// Tells the time.
pub(crate) type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// Everything that requests share.
pub(crate) struct State {
    /// The actions to play.
    pub(crate) model: Arc<Model>,
    /// The credentials to accept.
    pub(crate) secrets: Secrets,
    /// The time.
    pub(crate) clock: Clock,
    /// Request ids and tokens.
    pub(crate) identifiers: Identifiers,
    /// What the vendors know.
    pub(crate) world: Mutex<World>,
    /// The temporary keys that were handed out.
    pub(crate) sessions: Mutex<Sessions>,
    /// How streams of events are sent.
    pub(crate) streaming: Streaming,
    /// How much of the rate limits is used up; none where they are not enforced.
    pub(crate) buckets: Option<Mutex<Buckets>>,
    /// What goes wrong on request.
    pub(crate) faults: Injector,
    /// What was executed.
    pub(crate) journal: Journal,
}

impl State {
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts one more call, unless that exceeds a documented limit: the one of this scope.
    fn admit(
        &self,
        target: &Target<'_>,
        caller: Caller<'_>,
        now: SystemTime,
    ) -> Result<(), RateScope> {
        let Some(buckets) = &self.buckets else {
            return Ok(());
        };
        let mut buckets = buckets.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.take(target, caller, now)
    }

    /// Executes a request, unless a fault comes in between.
    fn carry_out(
        &self,
        target: &Target<'_>,
        request_id: &str,
        execute: impl FnOnce() -> Result<Reply, Refusal>,
    ) -> Reply {
        let envelope = target.action.envelope;
        match self.faults.plan(target) {
            Plan::Execute(mishap) => {
                let refuse = |refusal| Reply::failure(envelope, &refusal, request_id);
                execute().unwrap_or_else(refuse).meets(mishap)
            }
            Plan::Refuse(refusal) => Reply::failure(envelope, &refusal, request_id),
            Plan::Page(page) => Reply::page(page),
            Plan::Reset => Reply::reset(),
        }
    }

    /// Lets the world act, once for all requests with the same idempotency token.
    fn act<T>(
        &self,
        target: &Target<'_>,
        arguments: &Map<String, Value>,
        act: impl FnOnce() -> Result<Value, T>,
    ) -> Result<Value, T> {
        if let Some(known) = self.journal.known(target, arguments) {
            return Ok(known);
        }
        let output = act()?;
        self.journal.record(target, arguments, &output);
        Ok(output)
    }
}

/// Recognises the vendor and lets it answer.
pub(crate) fn answer(state: &State, request: &Request) -> Response {
    let now = (state.clock)();
    let query = request.query_pairs();
    let authorization = request.header("authorization").unwrap_or_default();
    let (reply, content_type) = if request.header("x-tc-action").is_some()
        || authorization.starts_with("TC3-HMAC-SHA256")
        || authorization == "SKIP"
        || is_version_one(&query)
        || is_version_one(&form_pairs(request))
    {
        (tencent::answer(state, request, now), "application/json")
    } else if ["Action", "AppId", "SignatureNonce"]
        .iter()
        .any(|name| form::value(&query, name).is_some())
    {
        (
            zego::answer(state, request, now),
            "application/json; charset=utf-8",
        )
    } else {
        (
            huawei::answer(state, request, now),
            "application/json;charset=UTF-8",
        )
    };
    reply.into_response(content_type, &clock::http_date(now))
}

/// Whether these are the parameters of a Tencent Cloud version 1 signature.
fn is_version_one(pairs: &[(String, String)]) -> bool {
    let has = |name| form::value(pairs, name).is_some();
    has("Action") && (has("SecretId") || has("SignatureMethod") || has("Nonce"))
}

/// The pairs of a form in the body; none when the body is something else.
fn form_pairs(request: &Request) -> Vec<(String, String)> {
    if request.media_type() == "application/x-www-form-urlencoded" {
        form::pairs(&request.body)
    } else {
        Vec::new()
    }
}

/// Whether an input travels in the query string of a request with this method.
fn in_query(field: &Field, method: Method) -> bool {
    match field.location {
        Location::Query => true,
        Location::Payload => matches!(method, Method::Get | Method::Delete),
        Location::Path
        | Location::Header
        | Location::Body
        | Location::Part
        | Location::WholeBody => false,
    }
}

/// The text of an argument, whether it stands as text or as a number.
pub(crate) fn text(arguments: &Map<String, Value>, name: &str) -> String {
    match arguments.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}
