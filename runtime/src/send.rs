//! A call as a whole: what is sent, for how long, and what becomes of the reply. Nothing here is
//! generic, so that it is compiled once.

use std::borrow::Cow;
use std::pin::pin;

use reqwest::header::{CONTENT_TYPE, HeaderMap};

use crate::Credential;
use crate::attempt;
use crate::call::{BoxFuture, Options};
use crate::client::{ServiceClient, Shared};
use crate::clock;
use crate::encode;
use crate::endpoint::Endpoint;
use crate::envelope::{self, DecodeError, Failure, Opened, Refusal, Strictness};
use crate::error::{Error, ErrorKind};
use crate::event_stream::Events;
use crate::mismatch::{Mismatch, MismatchKind};
use crate::operation::{Kind, Method, Operation, StreamError};
use crate::path::Path;
use crate::record::{Record, RecordMut};
use crate::redact::Redaction;
use crate::response::{About, Filled};
use crate::telemetry;
use crate::transport::{self, Reply};

/// The headers in which vendors name a call, where the body does not.
const REQUEST_ID_HEADERS: [&str; 2] = ["X-TC-RequestId", "X-Request-Id"];

/// What is to be sent, and how.
#[derive(Clone, Copy)]
pub(crate) struct Sending<'a> {
    pub(crate) client: &'a Shared,
    pub(crate) operation: &'static Operation,
    pub(crate) request: &'a dyn Record,
    pub(crate) options: &'a Options,
}

/// A call of whatever action, which holds what is to be sent.
pub(crate) struct ErasedCall {
    pub(crate) client: ServiceClient,
    pub(crate) operation: &'static Operation,
    pub(crate) request: Box<dyn Record>,
    /// Makes an empty output.
    pub(crate) output: fn() -> Box<dyn RecordMut>,
    pub(crate) options: Options,
}

/// What a call became that may be answered by a stream of events.
pub(crate) enum Begun {
    /// One reply, which has filled the output, and its text.
    Reply(Box<About>, Vec<u8>),
    Events(Box<Events>),
}

impl ErasedCall {
    /// Makes the call and fills its output.
    pub(crate) fn fill(self) -> BoxFuture<'static, Result<Filled, Error>> {
        Box::pin(async move { self.filled().await })
    }

    /// Makes the call, fills its output, and comes back to be sent again.
    pub(crate) fn fill_and_return(
        self: Box<Self>,
    ) -> BoxFuture<'static, (Box<Self>, Result<Filled, Error>)> {
        Box::pin(async move {
            let filled = self.filled().await;
            (self, filled)
        })
    }

    async fn filled(&self) -> Result<Filled, Error> {
        let mut output = (self.output)();
        match self.sending().send(None, &mut *output).await? {
            Begun::Reply(about, _) => Ok(Filled { output, about }),
            Begun::Events(_) => unreachable!("events are read where they were asked for"),
        }
    }

    pub(crate) fn sending(&self) -> Sending<'_> {
        Sending {
            client: self.client.shared(),
            operation: self.operation,
            request: &*self.request,
            options: &self.options,
        }
    }
}

impl<'a> Sending<'a> {
    /// Makes the call and fills its output, unless the reply is a stream of events.
    pub(crate) fn follow(
        self,
        stream: StreamError,
        output: &'a mut dyn RecordMut,
    ) -> BoxFuture<'a, Result<Begun, Error>> {
        Box::pin(self.send(Some(stream), output))
    }

    async fn send(
        self,
        stream: Option<StreamError>,
        output: &mut dyn RecordMut,
    ) -> Result<Begun, Error> {
        let configured = self.client.config.timeouts().total;
        let total = self.options.timeout.unwrap_or(configured);
        let deadline = clock::after(total);
        let endpoint = self.endpoint();
        let endpoint = endpoint.map_err(|error| error.with_operation(self.operation))?;
        let span = telemetry::call(&self, &endpoint);
        let result = pin!(attempt::run(self, &endpoint, stream, deadline, output));
        let mut result = telemetry::within(&span, result).await;
        match &mut result {
            Ok(Begun::Reply(about, _)) => {
                span.record("bindery.request_id", about.request_id.as_deref());
            }
            Ok(Begun::Events(events)) => events.enter(span),
            Err(error) => telemetry::record_error(&span, error),
        }
        result.map_err(|error| error.with_operation(self.operation))
    }

    /// Where the call goes.
    pub(crate) fn endpoint(&self) -> Result<Cow<'a, Endpoint>, Error> {
        match (&self.options.endpoint, self.operation.host) {
            (Some(endpoint), _) => Ok(Cow::Borrowed(endpoint)),
            (None, None) => Ok(Cow::Borrowed(&self.client.endpoint)),
            (None, Some(host)) => self.client.config.endpoint(host).map(Cow::Owned),
        }
    }

    /// The method that the call is made with.
    pub(crate) fn method(&self) -> Method {
        self.options.method.unwrap_or(self.operation.method)
    }

    /// Whether a second execution does no harm, be it by the action's nature or because the vendor
    /// recognises the call by its token.
    pub(crate) fn is_repeatable(&self) -> bool {
        self.operation.kind != Kind::Write || encode::idempotency_token(self.request).is_some()
    }

    pub(crate) fn strictness(&self) -> Strictness {
        let is_strict = self.options.strict;
        if is_strict.unwrap_or(self.client.config.is_strict()) {
            Strictness::Strict
        } else {
            Strictness::Tolerant
        }
    }

    /// Reads a reply into the output of its call.
    pub(crate) fn open(
        &self,
        reply: &Reply,
        credential: &Credential,
        output: &mut dyn RecordMut,
    ) -> Result<Opened, Error> {
        let request_id = || request_id(&reply.headers);
        let opened = self.read(reply, output);
        let failure = match opened {
            Ok(mut opened) => {
                opened.request_id = opened.request_id.or_else(request_id);
                return Ok(opened);
            }
            Err(failure) => failure,
        };
        let redaction = Redaction::of(self, credential);
        let request_id = request_id().map(|id| redaction.apply(id));
        Err(match failure {
            Failure::Service(refusal) => {
                let error = refused(&redaction, reply.status, refusal);
                match error.request_id() {
                    Some(_) => error,
                    None => error.with_request_id(request_id),
                }
            }
            Failure::Malformed(error) => {
                malformed(&redaction, reply, error).with_request_id(request_id)
            }
        })
    }

    /// Reads a reply into an empty output.
    fn read(&self, reply: &Reply, output: &mut dyn RecordMut) -> Result<Opened, Failure> {
        let config = &self.client.config;
        if (200..300).contains(&reply.status)
            && let Some(most) = config.reply_limits().exceeded_nesting(&reply.body)
        {
            return Err(Failure::Malformed(DecodeError::Nesting { most }));
        }
        let strictness = self.strictness();
        let mut open = |body| {
            envelope::open(
                self.operation.envelope,
                reply.status,
                body,
                output,
                strictness,
            )
        };
        match open(&reply.body) {
            Err(Failure::Malformed(DecodeError::Utf8 { .. }))
                if config.has_lossy_utf8() && strictness == Strictness::Tolerant =>
            {
                let mut opened = open(String::from_utf8_lossy(&reply.body).as_bytes())?;
                let mismatch = Mismatch::new(Path::Root.to_string(), MismatchKind::Utf8);
                opened.mismatches.push(mismatch);
                Ok(opened)
            }
            opened => opened,
        }
    }
}

/// The error of a vendor that refused a request or failed to execute it.
pub(crate) fn refused(redaction: &Redaction, status: u16, refusal: Refusal) -> Error {
    let mut message = redaction.apply(refusal.message);
    if refusal.is_page {
        // Not before: a secret that is cut is not found any more.
        message = envelope::excerpt(&message);
    }
    if message.is_empty() {
        message = format!("HTTP status {status}");
    }
    Error::new(ErrorKind::Service, message)
        .with_code(redaction.apply(refusal.code))
        .with_status(status)
        .with_request_id(refusal.request_id.map(|id| redaction.apply(id)))
}

/// The error of a reply that cannot be read.
fn malformed(redaction: &Redaction, reply: &Reply, error: DecodeError) -> Error {
    let kind = if is_cut(reply) {
        ErrorKind::ReplyCut
    } else {
        ErrorKind::BadReply
    };
    let mut message = error.to_string();
    let content_type = reply.headers.get(CONTENT_TYPE).map(transport::text);
    if let Some(content_type) = content_type.filter(|name| !name.contains("json")) {
        // A page of HTML, such as a captive portal's, is best told by its type.
        message.push_str(", in a reply of type ");
        message.push_str(&redaction.apply(content_type));
    }
    Error::new(kind, message)
        .with_status(reply.status)
        .with_source(error)
}

pub(crate) fn request_id(headers: &HeaderMap) -> Option<String> {
    let mut values = REQUEST_ID_HEADERS.iter().map(|name| headers.get(*name));
    values.find_map(|value| value.map(transport::text))
}

/// Whether a reply of which only the connection's end said that it is whole does not look whole.
fn is_cut(reply: &Reply) -> bool {
    let last = reply.body.trim_ascii_end().last();
    reply.is_unframed && !matches!(last, Some(b'}' | b']'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::ServiceClient;
    use crate::config::ConfigBuilder;
    use crate::operation::{Dispatch, Provider, Service};
    use crate::record::ArrayStyle;
    use crate::{Config, Credential, record};

    static PROVIDER: Provider = Provider {
        name: "tencent",
        telemetry_name: "tencentcloud",
        dispatch: Dispatch::Header,
        arrays: ArrayStyle::Indexed,
        clock_window: std::time::Duration::from_mins(5),
        errors: &[],
    };
    static SERVICE: Service = Service {
        provider: &PROVIDER,
        name: "es",
        version: "2025-01-01",
        host: "es.tencentcloudapi.com",
        errors: &[],
    };
    static USUAL: Operation = Operation::new(&SERVICE, "Usual");
    static ELSEWHERE: Operation = Operation {
        host: Some("es.ai.tencentcloudapi.com"),
        ..Operation::new(&SERVICE, "Elsewhere")
    };

    struct Nothing {}

    record! { Nothing {} }

    fn hosts(config: ConfigBuilder, options: &Options) -> [String; 2] {
        let config = config.build().expect("the configuration is complete");
        let client = ServiceClient::new(&config, &SERVICE).expect("the host is one");
        [&USUAL, &ELSEWHERE].map(|operation| {
            let sending = Sending {
                client: client.shared(),
                operation,
                request: &Nothing {},
                options,
            };
            let endpoint = sending.endpoint().expect("the host is one");
            endpoint.host().to_owned()
        })
    }

    #[test]
    fn an_action_may_have_a_host_of_its_own() {
        let config = || Config::builder(Credential::tencent("id", "key"));
        let usual = Options::default();
        assert_eq!(
            hosts(config(), &usual),
            ["es.tencentcloudapi.com", "es.ai.tencentcloudapi.com"]
        );
        assert_eq!(
            hosts(config().international(), &usual),
            [
                "es.intl.tencentcloudapi.com",
                "es.ai.intl.tencentcloudapi.com"
            ]
        );
        let everywhere = config().endpoint("https://localhost:1");
        assert_eq!(hosts(everywhere, &usual), ["localhost:1"; 2]);

        let here = Options {
            endpoint: Some(Endpoint::parse("https://es.ap-guangzhou.tencentcloudapi.com").unwrap()),
            ..Options::default()
        };
        assert_eq!(
            hosts(config().international(), &here),
            ["es.ap-guangzhou.tencentcloudapi.com"; 2]
        );
    }
}
