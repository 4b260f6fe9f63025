//! What users add to calls, with nothing but what is public: providers and interceptors that fail.

use std::io;

use bindery_runtime::credentials::{Chain, ProvideCredential, Provided};
use bindery_runtime::{
    Config, Credential, CredentialSource, Error, ErrorKind, Intercept, OutgoingAttempt,
};

use crate::actions::{DescribeUserInfo, trtc};
use crate::server::Server;

/// A vault that answers with status 503.
#[derive(Debug)]
struct SealedVault;

impl ProvideCredential for SealedVault {
    fn provide(&self) -> Provided<'_> {
        Box::pin(async {
            let sealed = io::Error::other("sealed");
            Err(Error::credential("the vault has answered with status 503").with_source(sealed))
        })
    }

    fn place(&self) -> String {
        "the vault".to_owned()
    }
}

/// The role of the machine, which is not to be taken where the vault cannot tell.
#[derive(Debug)]
struct Machine;

impl ProvideCredential for Machine {
    fn provide(&self) -> Provided<'_> {
        Box::pin(async { Ok(Some(Credential::tencent("AKIDmachine", "key"))) })
    }

    fn place(&self) -> String {
        "the machine".to_owned()
    }
}

struct Closed;

impl Intercept for Closed {
    fn before_send(&self, attempt: &mut OutgoingAttempt<'_>) -> Result<(), Error> {
        let action = attempt.action();
        Err(Error::intercepted(format!(
            "{action} is not called at night"
        )))
    }
}

#[tokio::test]
async fn a_provider_that_fails_says_why_and_nobody_elses_key_is_taken() {
    let server = Server::start([]).await;
    let config = Config::builder(CredentialSource::new(Chain::new(SealedVault).or(Machine)))
        .endpoint(&server.url())
        .region("ap-singapore")
        .build()
        .unwrap();
    let error = trtc(&config).call(DescribeUserInfo::example()).await;
    let error = error.unwrap_err().into_error();
    assert_eq!(error.kind(), ErrorKind::Credential);
    assert!(error.message().contains("status 503"), "{error}");
    assert!(!error.may_have_executed());
    let mut innermost: &dyn std::error::Error = &error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    assert_eq!(innermost.to_string(), "sealed");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn an_interceptor_ends_a_call_with_its_own_reason() {
    let server = Server::start([]).await;
    let config = server.config(Credential::tencent("AKIDEXAMPLE", "key"));
    let config = config.intercept(Closed).build().unwrap();
    let error = trtc(&config).call(DescribeUserInfo::example()).await;
    let error = error.unwrap_err().into_error();
    assert_eq!(error.kind(), ErrorKind::Intercepted);
    assert_eq!(error.message(), "DescribeUserInfo is not called at night");
    assert!(!error.may_have_executed());
    assert!(server.requests().is_empty());
}
