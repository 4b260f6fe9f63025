//! The one loop through which all calls go. It is not generic, so that it is compiled once.
//!
//! A call is made in one attempt so far. What an attempt needs fresh (time, nonce, signature) is
//! made inside [`Sending::exchange`]; what belongs to the call as a whole stands around it.

use std::borrow::Cow;
use std::time::Instant;

use reqwest::header::{CONTENT_TYPE, HeaderMap};

use crate::authenticate::{self, Stamp};
use crate::call::{BoxFuture, Options};
use crate::client::Shared;
use crate::config::{Config, Endpoint};
use crate::encode;
use crate::envelope::{self, Failure, Opened, Strictness};
use crate::error::{Error, ErrorKind};
use crate::event_stream::{EventReader, Events};
use crate::operation::{EventStream, Method, Operation};
use crate::record::Record;
use crate::response::{About, RequestLine};
use crate::transport::{self, Limits, Received, Reply};

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

/// A call whose reply has come, or has begun to come.
struct Answer {
    received: Received,
    begun: Instant,
    line: RequestLine,
}

/// What a call became that may be answered by a stream of events.
pub(crate) enum Begun {
    /// One reply, which has filled the output.
    Reply(About),
    Events(Box<Events>),
}

impl<'a> Sending<'a> {
    /// Makes the call and fills its output.
    pub(crate) fn send(self, output: &'a mut dyn Record) -> BoxFuture<'a, Result<About, Error>> {
        Box::pin(async move {
            let answer = self.attempt().await?;
            match answer.received {
                Received::Reply(reply) => self.read(&reply, answer.begun, answer.line, output),
                Received::Events(events) => {
                    let message =
                        "the reply is a stream of events, which `events` of the call reads";
                    let error = Error::new(ErrorKind::BadReply, message)
                        .with_status(events.status)
                        .with_request_id(request_id(&events.headers))
                        .with_request(answer.line);
                    Err(error.with_operation(self.operation))
                }
            }
        })
    }

    /// Makes the call, and fills its output unless the reply is a stream of events.
    pub(crate) fn begin(
        self,
        stream: &'static EventStream,
        output: &'a mut dyn Record,
    ) -> BoxFuture<'a, Result<Begun, Error>> {
        Box::pin(async move {
            let answer = self.attempt().await?;
            match answer.received {
                Received::Reply(reply) => self
                    .read(&reply, answer.begun, answer.line, output)
                    .map(Begun::Reply),
                Received::Events(bytes) => {
                    let reader = EventReader {
                        config: self.client.config.clone(),
                        operation: self.operation,
                        error: stream.error,
                        strictness: self.strictness(),
                        request_id: request_id(&bytes.headers),
                        line: answer.line,
                    };
                    Ok(Begun::Events(Box::new(Events::new(reader, bytes))))
                }
            }
        })
    }

    /// Where the call goes.
    fn endpoint(&self) -> Result<Cow<'a, Endpoint>, Error> {
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

    fn strictness(&self) -> Strictness {
        let is_strict = self.options.strict;
        if is_strict.unwrap_or(self.client.config.is_strict()) {
            Strictness::Strict
        } else {
            Strictness::Tolerant
        }
    }

    async fn attempt(&self) -> Result<Answer, Error> {
        let answer = self.exchange().await;
        answer.map_err(|error| error.with_operation(self.operation))
    }

    async fn exchange(&self) -> Result<Answer, Error> {
        if let Some(reason) = &self.options.refused {
            return Err(Error::build(reason));
        }
        let config = &self.client.config;
        let timeouts = config.timeouts();
        let time_left = self.options.timeout.unwrap_or(timeouts.total);
        let limits = Limits {
            timeout: timeouts.attempt.min(time_left),
            idle: timeouts.idle,
            reply_bytes: config.max_reply_bytes(),
        };
        let parts = encode::parts(self.request, self.operation, self.method())
            .map_err(|error| Error::build(error.to_string()).with_source(error))?;
        let endpoint = self.endpoint()?;
        let (outgoing, line) = authenticate::sign(self, &endpoint, parts, &Stamp::fresh()?)?;

        let begun = Instant::now();
        match transport::exchange(config.http(), outgoing, limits).await {
            Ok(received) => Ok(Answer {
                received,
                begun,
                line,
            }),
            Err(error) => Err(error.with_request(line)),
        }
    }

    fn read(
        &self,
        reply: &Reply,
        begun: Instant,
        line: RequestLine,
        output: &mut dyn Record,
    ) -> Result<About, Error> {
        match self.open(reply, output) {
            Ok(opened) => Ok(About {
                status: reply.status,
                request_id: opened.request_id,
                warning: opened.warning,
                mismatches: opened.mismatches,
                elapsed: begun.elapsed(),
                request: line,
            }),
            Err(error) => Err(error.with_request(line).with_operation(self.operation)),
        }
    }

    /// Reads a reply into the output of its call.
    fn open(&self, reply: &Reply, output: &mut dyn Record) -> Result<Opened, Error> {
        let envelope = self.operation.envelope;
        let request_id = || request_id(&reply.headers);
        match envelope::open(
            envelope,
            reply.status,
            &reply.body,
            output,
            self.strictness(),
        ) {
            Ok(mut opened) => {
                opened.request_id = opened.request_id.or_else(request_id);
                Ok(opened)
            }
            Err(Failure::Service {
                code,
                message,
                request_id: named,
            }) => Err(refused(
                &self.client.config,
                reply.status,
                code,
                message,
                named.or_else(request_id),
            )),
            Err(Failure::Malformed(error)) => {
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
                    message.push_str(&content_type);
                }
                Err(Error::new(kind, message)
                    .with_status(reply.status)
                    .with_request_id(request_id())
                    .with_source(error))
            }
        }
    }
}

/// The error of a vendor that refused a request or failed to execute it.
pub(crate) fn refused(
    config: &Config,
    status: u16,
    code: String,
    message: String,
    request_id: Option<String>,
) -> Error {
    let message = if message.is_empty() {
        format!("HTTP status {status}")
    } else {
        // Some gateways quote the request that they refuse.
        config.credential().hide_in(message)
    };
    Error::new(ErrorKind::Service, message)
        .with_code(code)
        .with_status(status)
        .with_request_id(request_id)
}

fn request_id(headers: &HeaderMap) -> Option<String> {
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
    use crate::{Credential, record};

    static PROVIDER: Provider = Provider {
        name: "tencent",
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
