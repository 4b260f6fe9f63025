//! The fault matrix: what becomes of a call when the connection, the server, the credential or the
//! clock fails, and how often it is sent.
//!
//! Each row names the number of its case. Cases are run against sockets that follow a script, for
//! an action that reads and for one that writes.

mod actions;
mod auth;
mod connection;
mod dns;
mod http2;
mod proxy;
mod reply;
mod script;
mod secure;
mod throttle;
mod tls;
mod tunnel;

use std::time::Duration;

use bindery_runtime::support::{Action, ServiceClient};
use bindery_runtime::{
    Config, ConfigBuilder, Credential, Error, ErrorKind, Exhausted, Response, RetryPolicy,
};

use crate::actions::{Output, TencentRead, TencentWrite, tencent};
use crate::script::{Script, Server};

/// What a call ends with: the attempts, and on failure the kind and whether it may have executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Success(u32),
    Failure(ErrorKind, u32, MayHaveExecuted),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MayHaveExecuted {
    Yes,
    No,
}

pub(crate) const SUCCESS: &str = r#"{"Response": {"Total": 7, "RequestId": "id"}}"#;

pub(crate) fn key() -> Credential {
    Credential::tencent("AKIDEXAMPLEEXAMPLE", "the-key-of-the-example")
}

/// A configuration that calls a server and whose pauses are short.
pub(crate) fn config(server: &Server) -> ConfigBuilder {
    Config::builder(key())
        .endpoint(&server.url())
        .attempt_timeout(Duration::from_millis(400))
        .retry(RetryPolicy::standard().max_pause(Duration::from_millis(20)))
}

pub(crate) fn end<T>(result: &Result<Response<T>, Error>) -> End {
    match result {
        Ok(response) => End::Success(response.attempts()),
        Err(error) => {
            let may_have_executed = if error.may_have_executed() {
                MayHaveExecuted::Yes
            } else {
                MayHaveExecuted::No
            };
            End::Failure(error.kind(), error.attempts(), may_have_executed)
        }
    }
}

pub(crate) async fn call<A>(client: &ServiceClient, request: A) -> Result<Response<Output>, Error>
where
    A: Action<Output = Output> + 'static,
{
    client.call(request).await.map_err(Error::from)
}

/// Calls an action that reads and one that writes, each with a server that begins with the scripts
/// and then succeeds, and compares the ends and the numbers of requests that the server has read.
pub(crate) async fn check(
    case: &str,
    scripts: Vec<Script>,
    read: (End, usize),
    write: (End, usize),
) {
    let success = || script::after_reading(script::json(200, SUCCESS));
    let begin = |scripts: &[Script]| {
        let mut scripts = scripts.to_vec();
        scripts.extend([success(), success(), success()]);
        Server::start(scripts)
    };
    let (server, other) = (begin(&scripts).await, begin(&scripts).await);
    let client = tencent(
        &config(&server)
            .build()
            .expect("the configuration is complete"),
    );
    let result = call(&client, TencentRead {}).await;
    assert_eq!(
        (end(&result), server.requests().len()),
        read,
        "{case}, reading: {result:?}"
    );
    let client = tencent(
        &config(&other)
            .build()
            .expect("the configuration is complete"),
    );
    let result = call(&client, TencentWrite {}).await;
    assert_eq!(
        (end(&result), other.requests().len()),
        write,
        "{case}, writing: {result:?}"
    );
}

/// Why a call was not sent again.
pub(crate) fn exhausted<T>(result: &Result<T, Error>) -> Option<Exhausted> {
    result.as_ref().err().and_then(Error::exhausted)
}
