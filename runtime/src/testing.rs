//! Answers calls in tests without a network, and keeps replies to be answered with later.
//!
//! A [`Double`] stands where the connection to the vendors would be. Everything before and behind
//! that is what runs in production: requests are signed, answers are read, failures are retried,
//! interceptors are called. An action without an answer fails, so that a test says all that its
//! code calls, and another action in the specification breaks no test.
//!
//! A [`Recording`] writes each exchange with a vendor into a file, without secrets, and
//! [`Double::replay`] answers with what is in it.

pub(crate) mod answer;
pub(crate) mod recording;
mod redact;

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;

use crate::encode;
use crate::operation::{Action, ErrorClass, Operation, Streamed};
use crate::record::{Record, RecordMut};
use crate::{Error, ErrorKind};
use answer::{Answer, Reply};

pub use recording::Recording;

/// Answers calls instead of the vendors. A clone is the same double.
///
/// ```
/// # mod trtc {
/// #     use std::time::Duration;
/// #     use bindery_runtime::support::*;
/// #     pub struct DescribeUser { pub name: String }
/// #     pub struct DescribeUserOutput { pub rooms: u64 }
/// #     record! { DescribeUser { 0 => name: "Name", } }
/// #     record! { DescribeUserOutput { 0 => rooms: "Rooms", } }
/// #     pub static TENCENT: Provider = Provider {
/// #         name: "tencent", telemetry_name: "tencentcloud", dispatch: Dispatch::Header,
/// #         arrays: ArrayStyle::Indexed,
/// #         clock_window: Duration::from_mins(5),
/// #         errors: &[("RequestLimitExceeded", ErrorClass::Throttled)],
/// #     };
/// #     pub static TRTC: Service = Service {
/// #         provider: &TENCENT, name: "trtc", version: "2019-07-22",
/// #         host: "trtc.tencentcloudapi.com", errors: &[],
/// #     };
/// #     impl Action for DescribeUser {
/// #         type Output = DescribeUserOutput;
/// #         type ErrorCode = String;
/// #         const OPERATION: Operation = Operation {
/// #             envelope: Envelope::Response, ..Operation::new(&TRTC, "DescribeUser")
/// #         };
/// #     }
/// #     pub struct Client(ServiceClient);
/// #     impl Client {
/// #         pub fn new(config: &Config) -> Result<Self, Error> {
/// #             ServiceClient::new(config, &TRTC).map(Self)
/// #         }
/// #         pub fn describe_user(&self, request: DescribeUser) -> Call<DescribeUser> {
/// #             self.0.call(request)
/// #         }
/// #     }
/// # }
/// # use trtc::DescribeUser;
/// use bindery_runtime::testing::Double;
/// use bindery_runtime::{Config, Credential};
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), bindery_runtime::Error> {
/// let double = Double::new();
/// double
///     .on::<DescribeUser>()
///     .throttled()
///     .throttled()
///     .output(|output| output.rooms = 2);
///
/// let config = Config::builder(Credential::tencent("id", "key")).double(&double).build()?;
/// let client = trtc::Client::new(&config)?;
/// let user = client.describe_user(DescribeUser { name: "ada".into() }).await?;
///
/// assert_eq!((user.rooms, user.attempts()), (2, 3));
/// assert_eq!(double.requests::<DescribeUser>()[0].input()["Name"], "ada");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Double(Arc<Mutex<State>>);

/// The answers to the calls of one action, in the order in which they are given.
///
/// An answer serves one attempt, unless [`always`](Self::always) makes the last one stay.
pub struct Answers<'a, A> {
    double: &'a Double,
    /// How long the next answer takes.
    delay: Duration,
    /// What the next answer has beside its own headers.
    headers: Vec<(String, String)>,
    action: PhantomData<A>,
}

/// An attempt that a double has answered.
#[derive(Clone, Debug)]
pub struct SeenRequest {
    input: Value,
    host: String,
    region: Option<String>,
}

#[derive(Default)]
struct State {
    scripts: HashMap<ActionId, Script>,
    recorded: Option<recording::Replay>,
}

/// What tells an action from all others.
type ActionId = (&'static str, &'static str, &'static str, &'static str);

#[derive(Default)]
struct Script {
    answers: VecDeque<Answer>,
    last_stays: bool,
    seen: Vec<SeenRequest>,
}

impl Double {
    /// A double without answers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A double that answers with what a [`Recording`] has kept: each call with the first exchange
    /// of the same action and the same input that has not been used.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or is not a recording; the message names file and line.
    pub fn replay(path: impl AsRef<std::path::Path>) -> std::io::Result<Self> {
        let double = Self::new();
        double.state().recorded = Some(recording::Replay::read(path.as_ref())?);
        Ok(double)
    }

    /// Says how an action is answered, after what was said before.
    #[must_use = "an action has no answers until one is given"]
    pub fn on<A: Action>(&self) -> Answers<'_, A> {
        Answers {
            double: self,
            delay: Duration::ZERO,
            headers: Vec::new(),
            action: PhantomData,
        }
    }

    /// The attempts to call an action so far, the first one first.
    #[must_use]
    pub fn requests<A: Action>(&self) -> Vec<SeenRequest> {
        let state = self.state();
        let script = state.scripts.get(&id(&A::OPERATION));
        script.map(|script| script.seen.clone()).unwrap_or_default()
    }

    /// How many answers to an action nobody has asked for.
    #[must_use]
    pub fn unused<A: Action>(&self) -> usize {
        let state = self.state();
        let script = state.scripts.get(&id(&A::OPERATION));
        script.map_or(0, |script| script.answers.len())
    }

    /// Answers an attempt.
    pub(crate) async fn answer(
        &self,
        operation: &'static Operation,
        request: &dyn Record,
        outgoing: &reqwest::Request,
    ) -> Result<reqwest::Response, Error> {
        let answer = self.state().next(operation, request, outgoing)?;
        tokio::time::sleep(answer.delay).await;
        answer.into_response(operation)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
impl Double {
    /// Answers an action with these alone, and forgets what it has seen.
    pub(crate) fn set(&self, operation: &'static Operation, answers: Vec<Answer>) {
        *self.state().script(operation) = Script {
            answers: answers.into(),
            ..Script::default()
        };
    }
}

impl<A: Action> Answers<'_, A> {
    /// A success; the function fills in the output, of which everything is empty.
    pub fn output(self, fill: impl FnOnce(&mut A::Output)) -> Self {
        let mut output = A::Output::empty();
        fill(&mut output);
        self.json(encode::value(&output))
    }

    /// A success whose output is JSON with the vendor's names, without the envelope around it.
    pub fn json(self, output: Value) -> Self {
        self.push(Reply::Output(output))
    }

    /// An error with a code, given as text or as a variant of the action's enumeration.
    pub fn error(self, code: impl fmt::Display, message: impl Into<String>) -> Self {
        self.push(Reply::Error {
            code: code.to_string(),
            message: message.into(),
        })
    }

    /// The vendor's error for too many calls: a code of its table, or else the HTTP status 429.
    pub fn throttled(self) -> Self {
        let service = A::OPERATION.service;
        let tables = [A::OPERATION.errors, service.errors, service.provider.errors];
        let mut codes = tables.into_iter().flatten();
        match codes.find(|(_, class)| *class == ErrorClass::Throttled) {
            Some((code, _)) => self.error(code, "too many calls"),
            None => self.status(429, ""),
        }
    }

    /// A reply with an HTTP status and a body as they are, without an envelope.
    pub fn status(self, status: u16, body: impl Into<String>) -> Self {
        self.push(Reply::Raw {
            status,
            body: body.into(),
        })
    }

    /// No connection: the request is not sent.
    pub fn unreachable(self) -> Self {
        self.push(Reply::Failure(ErrorKind::NotSent))
    }

    /// A connection that is lost before the reply: the request may have been executed.
    pub fn lost(self) -> Self {
        self.push(Reply::Failure(ErrorKind::MaybeSent))
    }

    /// Lets the next answer take so long.
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Lets the next answer have a header, such as `Retry-After`. A name or a value that no header
    /// can have makes the call fail with [`ErrorKind::Build`].
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Answers with the last answer whenever there is no further one.
    pub fn always(self) {
        self.double.state().script(&A::OPERATION).last_stays = true;
    }

    fn push(mut self, reply: Reply) -> Self {
        let delay = std::mem::take(&mut self.delay);
        let headers = std::mem::take(&mut self.headers);
        let mut state = self.double.state();
        let script = state.script(&A::OPERATION);
        script.answers.push_back(Answer {
            delay,
            headers,
            reply,
        });
        drop(state);
        self
    }
}

impl<A: Streamed> Answers<'_, A> {
    /// A stream of events, each of which holds an output as JSON with the vendor's names.
    pub fn events(self, events: impl IntoIterator<Item = Value>) -> Self {
        self.push(Reply::Events(events.into_iter().collect()))
    }
}

impl SeenRequest {
    /// The input, with the names of the wire. Secret inputs are hidden.
    #[must_use]
    pub fn input(&self) -> &Value {
        &self.input
    }

    /// The host that the request was meant for.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The region, where one was sent.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }
}

impl State {
    fn script(&mut self, operation: &'static Operation) -> &mut Script {
        self.scripts.entry(id(operation)).or_default()
    }

    /// Takes the answer to an attempt, and notes the attempt.
    fn next(
        &mut self,
        operation: &'static Operation,
        request: &dyn Record,
        outgoing: &reqwest::Request,
    ) -> Result<Answer, Error> {
        let input = redact::input(request);
        let region = outgoing.headers().get("x-tc-region");
        let seen = SeenRequest {
            host: outgoing.url().host_str().unwrap_or_default().to_owned(),
            region: region.map(crate::transport::text),
            input,
        };
        let recorded = self.recorded.as_mut();
        let recorded = recorded.and_then(|replay| replay.take(operation, &seen.input));
        let is_replay = self.recorded.is_some();
        let script = self.script(operation);
        script.seen.push(seen);
        let is_last = script.answers.len() == 1;
        let scripted = if is_last && script.last_stays {
            script.answers.front().cloned()
        } else {
            script.answers.pop_front()
        };
        scripted
            .or(recorded)
            .ok_or_else(|| unanswered(operation, script.seen.len(), is_replay))
    }
}

fn unanswered(operation: &Operation, attempts: usize, is_replay: bool) -> Error {
    let Operation { service, name, .. } = operation;
    let remedy = if is_replay {
        "the recording has no unused exchange with this input; record it again"
    } else {
        "give one with `double.on::<…>()`"
    };
    Error::build(format!(
        "the double has no answer to attempt {attempts} of {} {name}: {remedy}",
        service.name
    ))
}

fn id(operation: &'static Operation) -> ActionId {
    let service = operation.service;
    (
        service.provider.name,
        service.name,
        service.version,
        operation.name,
    )
}

impl fmt::Debug for Double {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        let actions: Vec<_> = state.scripts.keys().map(|id| id.3).collect();
        formatter
            .debug_struct("Double")
            .field("actions", &actions)
            .finish_non_exhaustive()
    }
}

impl<A: Action> fmt::Debug for Answers<'_, A> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Answers")
            .field("action", &A::OPERATION.name)
            .finish_non_exhaustive()
    }
}
