//! The one loop through which all calls go: attempts until one succeeds, or another would not help.
//!
//! What an attempt needs fresh (time, nonce, credential, signature) is made in [`Attempt`]; what
//! belongs to the call as a whole (deadline, budget, what may be repeated) stands around it.

#[cfg(all(test, feature = "testing"))]
mod tests;
#[cfg(all(test, feature = "testing"))]
mod waits;

use std::io;
use std::pin::pin;
use std::time::Duration;

use reqwest::Version;
use reqwest::header::HeaderMap;
use tokio::time::Instant;
use tracing::debug;

use crate::authenticate::{self, Stamp};
use crate::decode;
use crate::encode;
use crate::endpoint::Endpoint;
use crate::error::{Error, ErrorKind};
use crate::event_stream::{EventReader, Events};
use crate::hint;
use crate::intercept::{FinishedAttempt, OutgoingAttempt};
use crate::operation::{ErrorClass, StreamError};
use crate::peer::Peer;
use crate::record::{Peek, Record, RecordMut, Slot};
use crate::redact::Redaction;
use crate::response::{About, RequestLine};
use crate::retry::{Attempts, Cause, Exhausted};
use crate::send::{Begun, Sending, request_id};
use crate::skew::Reading;
use crate::telemetry;
use crate::transport::{self, EventBytes, Limits, Received, Reply};
use crate::{Credential, random};

/// Makes attempts until one succeeds, or another would not help.
pub(crate) async fn run(
    sending: Sending<'_>,
    endpoint: &Endpoint,
    stream: Option<StreamError>,
    deadline: Instant,
    output: &mut dyn RecordMut,
) -> Result<Begun, Error> {
    if let Some(reason) = &sending.options.refused {
        return Err(Error::build(reason));
    }
    let peer = sending.client.peers.get(endpoint.host());
    let policy = sending.options.retry;
    let policy = policy.unwrap_or(sending.client.config.retry());
    let attempts = Attempts::new(policy, &peer.budget);
    let mut attempts = attempts.spaced(sending.operation.spacing());
    let token = idempotency_token(sending.request)?;
    let mut was_maybe_executed = false;
    let mut before: Option<Error> = None;
    loop {
        let attempt = Attempt {
            sending,
            endpoint,
            peer: &peer,
            stream,
            token: token.as_deref(),
            number: attempts.begin(),
            was_maybe_executed,
            deadline,
        };
        let failed = match attempt.make(output).await {
            Ok(begun) => {
                attempts.succeed();
                return Ok(begun);
            }
            Err(failed) => failed,
        };
        if failed.error.kind() == ErrorKind::RateLimited
            && let Some(before) = before
        {
            // What the vendor said tells more than that there is no time to ask again.
            return Err(before.with_exhausted(Exhausted::Deadline));
        }
        let error = failed.error.with_operation(sending.operation);
        let may_have_executed = error.may_have_executed();
        let error = error.with_attempts(attempt.number, was_maybe_executed);
        was_maybe_executed |= may_have_executed;
        let Some(cause) = attempt.cause(&error, &failed.context, &attempts) else {
            return Err(error);
        };
        let time_left = deadline.saturating_duration_since(Instant::now());
        let hint = failed.context.hint;
        match attempts.fail(cause, hint, time_left, random::fraction()) {
            Ok(pause) => {
                debug!(?cause, ?pause, error = %error, "trying again");
                before = Some(error);
                tokio::time::sleep(pause).await;
            }
            Err(exhausted) => return Err(error.with_exhausted(exhausted)),
        }
        decode::reset(Slot::Record(output));
    }
}

/// A fresh token for a request that takes one and whose caller has given none.
fn idempotency_token(request: &dyn Record) -> Result<Option<String>, Error> {
    match encode::idempotency_token(request) {
        Some(Peek::Absent | Peek::String("")) => random::uuid().map(Some),
        _ => Ok(None),
    }
}

/// One attempt of a call.
#[derive(Clone, Copy)]
struct Attempt<'a> {
    sending: Sending<'a>,
    endpoint: &'a Endpoint,
    peer: &'a Peer,
    stream: Option<StreamError>,
    /// What names the call where the caller has given no such name: the same for all attempts.
    token: Option<&'a str>,
    number: u32,
    /// Whether an attempt before it may have been executed.
    was_maybe_executed: bool,
    deadline: Instant,
}

/// An attempt that has failed.
struct Failed {
    error: Error,
    context: Context,
}

/// What deciding about another attempt takes beside the error.
#[derive(Default)]
struct Context {
    /// How long the vendor asks to wait.
    hint: Option<Duration>,
    /// How long the exchange took, where there was one.
    elapsed: Duration,
    /// Which HTTP the reply came with.
    version: Option<Version>,
    /// The credential that was used, and the time at which, in milliseconds since 1970.
    stamp: Option<(Credential, i64)>,
}

/// A request that was sent, and has a reply.
struct Exchanged {
    /// When it was sent, in milliseconds since 1970 by this machine's clock.
    sent: i64,
    elapsed: Duration,
    line: RequestLine,
    credential: Credential,
}

impl Attempt<'_> {
    /// Signs the request with a fresh time, nonce and credential, sends it, and reads the reply.
    async fn make(&self, output: &mut dyn RecordMut) -> Result<Begun, Failed> {
        let mut context = Context::default();
        let span = telemetry::attempt(&self.sending, self.number);
        let outcome = {
            let exchange = pin!(self.exchange(output, &mut context));
            telemetry::within(&span, exchange).await
        };
        let finished = FinishedAttempt {
            operation: self.sending.operation,
            number: self.number,
            elapsed: context.elapsed,
            outcome: outcome.as_ref(),
        };
        if let Some(request) = finished.request() {
            span.record("url.full", request.url());
        }
        span.record("http.response.status_code", finished.status());
        let version = context.version.and_then(telemetry::version);
        span.record("network.protocol.version", version);
        span.record("bindery.request_id", finished.request_id());
        if let Some(error) = finished.error() {
            telemetry::record_error(&span, error);
        }
        for interceptor in self.sending.client.config.interceptors() {
            interceptor.after_reply(&finished);
        }
        outcome.map_err(|error| Failed { error, context })
    }

    fn intercept(&self, headers: &mut HeaderMap) -> Result<(), Error> {
        let mut attempt = OutgoingAttempt {
            operation: self.sending.operation,
            number: self.number,
            headers,
        };
        let mut interceptors = self.sending.client.config.interceptors().iter();
        interceptors.try_for_each(|interceptor| interceptor.before_send(&mut attempt))
    }

    async fn exchange(
        &self,
        output: &mut dyn RecordMut,
        context: &mut Context,
    ) -> Result<Begun, Error> {
        let sending = self.sending;
        let config = &sending.client.config;
        let (operation, method) = (sending.operation, sending.method());
        let parts = encode::parts(sending.request, operation, method, self.token)
            .map_err(|error| Error::build(error.to_string()).with_source(error))?;
        let mut credential = self.credential().await?;
        if let Some(pacing) = config.pacing() {
            pacing
                .wait(operation, sending.request, self.deadline)
                .await?;
            // It may have been replaced meanwhile. Waiting for one after the turn would let all who
            // wait go at once, and so it is there already.
            credential = self.credential().await?;
        }
        let sent = config.clock().now();
        let stamp = Stamp {
            time: self.peer.skew.correct(sent),
            nonce: random::nonce,
            credential,
        };
        let (mut outgoing, line) = authenticate::sign(&sending, self.endpoint, parts, &stamp)?;
        context.stamp = Some((stamp.credential.clone(), stamp.time));
        self.intercept(&mut outgoing.headers)?;

        let timeouts = config.timeouts();
        let time_left = self.deadline.saturating_duration_since(Instant::now());
        if time_left.is_zero() {
            let message = "the time that the call may take was over before it could be sent";
            let error = Error::new(ErrorKind::NotSent, message).with_request(line);
            return Err(error.with_source(io::Error::from(io::ErrorKind::TimedOut)));
        }
        let limits = Limits {
            timeout: timeouts.attempt.min(time_left),
            idle: timeouts.idle,
            reply_bytes: config.reply_limits().bytes,
        };
        let begun = Instant::now();
        let received = transport::exchange(&sending, outgoing, limits).await;
        context.elapsed = begun.elapsed();
        let received = match received {
            Ok(received) => received,
            Err(error) => return Err(error.with_request(line)),
        };
        context.version = Some(received.version());
        let exchanged = Exchanged {
            sent,
            elapsed: context.elapsed,
            line,
            credential: stamp.credential,
        };
        match received {
            Received::Reply(reply) => self.read(reply, exchanged, output, context),
            Received::Events(bytes) => self.follow(bytes, exchanged),
        }
    }

    async fn credential(&self) -> Result<Credential, Error> {
        let credentials = self.sending.client.config.credentials();
        tokio::time::timeout_at(self.deadline, credentials.get())
            .await
            .map_err(|_| Error::new(ErrorKind::Credential, "the credential came too late"))?
    }

    /// Reads a reply, and what it says about time.
    fn read(
        &self,
        reply: Reply,
        exchanged: Exchanged,
        output: &mut dyn RecordMut,
        context: &mut Context,
    ) -> Result<Begun, Error> {
        let opened = self.sending.open(&reply, &exchanged.credential, output);
        let opened = opened.map_err(|error| error.with_operation(self.sending.operation));
        #[cfg(feature = "testing")]
        if let Some(recording) = self.sending.client.config.recording() {
            recording.keep(
                &self.sending,
                &exchanged.credential,
                &reply,
                output,
                &opened,
            )?;
        }
        let is_refusal = matches!(&opened, Err(error) if error.is_clock_skew());
        self.read_date(&reply.headers, &exchanged, is_refusal);
        let now = self.sending.client.config.clock().now();
        context.hint = hint::retry_after(&reply.headers, self.peer.skew.correct(now));
        match opened {
            Ok(opened) => {
                let about = About {
                    status: reply.status,
                    request_id: opened.request_id,
                    warning: opened.warning,
                    mismatches: opened.mismatches,
                    elapsed: exchanged.elapsed,
                    attempts: self.number,
                    request: exchanged.line,
                };
                Ok(Begun::Reply(Box::new(about), reply.body))
            }
            Err(error) => Err(error.with_request(exchanged.line)),
        }
    }

    /// Measures the vendor's clock by the date of a reply.
    fn read_date(&self, headers: &HeaderMap, exchanged: &Exchanged, is_refusal: bool) {
        if let Some(date) = hint::date(headers)
            && self.sending.client.config.corrects_clock()
        {
            self.peer.skew.update(&Reading {
                date,
                sent: exchanged.sent,
                elapsed: exchanged.elapsed,
                is_refusal,
            });
        }
    }

    /// Takes in a stream of events, where the caller reads one.
    fn follow(&self, bytes: EventBytes, exchanged: Exchanged) -> Result<Begun, Error> {
        self.read_date(&bytes.headers, &exchanged, false);
        let request_id = request_id(&bytes.headers);
        let Some(error) = self.stream else {
            let message = "the reply is a stream of events, which `events` of the call reads";
            let error = Error::new(ErrorKind::BadReply, message)
                .with_status(bytes.status)
                .with_request_id(request_id);
            return Err(error.with_request(exchanged.line));
        };
        let reader = EventReader {
            redaction: Redaction::of(&self.sending, &exchanged.credential),
            max_event_bytes: self.sending.client.config.reply_limits().bytes,
            operation: self.sending.operation,
            error,
            strictness: self.sending.strictness(),
            request_id,
            line: exchanged.line,
            attempts: self.number,
            was_maybe_executed: self.was_maybe_executed,
        };
        Ok(Begun::Events(Box::new(Events::new(reader, bytes))))
    }

    /// Why another attempt may mend an error, if it may.
    fn cause(&self, error: &Error, context: &Context, attempts: &Attempts<'_>) -> Option<Cause> {
        let is_repeatable = self.sending.is_repeatable();
        match error.kind() {
            ErrorKind::NotSent => Some(Cause::Transient),
            ErrorKind::MaybeSent | ErrorKind::Timeout | ErrorKind::ReplyCut => {
                is_repeatable.then_some(Cause::Transient)
            }
            ErrorKind::Service => match error.class() {
                Some(ErrorClass::Throttled) => Some(Cause::Throttled),
                Some(ErrorClass::Server) => {
                    // With a time to come back at, the vendor says that it has not begun.
                    let is_unbegun = error.status() == Some(503) && context.hint.is_some();
                    (is_repeatable || is_unbegun).then_some(Cause::Transient)
                }
                Some(ErrorClass::ClockSkew) => {
                    let (_, time) = context.stamp.as_ref()?;
                    let config = &self.sending.client.config;
                    let window = self.sending.operation.service.provider.clock_window;
                    let is_explained =
                        self.peer
                            .skew
                            .explains_refusal(*time, config.clock().now(), window);
                    (is_explained && attempts.can_correct_clock()).then_some(Cause::Clock)
                }
                Some(ErrorClass::Credential) => self.renewal(context, attempts),
                Some(ErrorClass::Authentication) if error.status() == Some(401) => {
                    self.renewal(context, attempts)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// Lets the credential be renewed that the vendor has refused, if it can be and has not been.
    fn renewal(&self, context: &Context, attempts: &Attempts<'_>) -> Option<Cause> {
        let (credential, _) = context.stamp.as_ref()?;
        let credentials = self.sending.client.config.credentials();
        (attempts.can_renew_credential() && credentials.refuse(credential))
            .then_some(Cause::Credential)
    }
}
