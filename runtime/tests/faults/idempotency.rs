//! Actions that take a token by which the vendor recognises a call: they are sent again like those
//! that read, and each attempt carries the same token.

use std::collections::BTreeSet;

use bindery_runtime::record;
use bindery_runtime::support::{Action, Operation};
use serde_json::Value;

use crate::actions::{Output, TencentWrite, tencent};
use crate::script::{Script, Server, Step, after_reading, json};
use crate::{End, SUCCESS, call, config, end};

struct Create {
    token: Option<String>,
}

record! {
    Create {
        0 => token: "ClientToken" idempotency_token,
    }
}

impl Action for Create {
    type Output = Output;
    type ErrorCode = String;

    const OPERATION: Operation = TencentWrite::OPERATION;
}

/// Connections that are lost after the request was read, and one that answers.
fn lost_twice() -> [Script; 3] {
    let lost = || after_reading(Step::Reset);
    [lost(), lost(), after_reading(json(200, SUCCESS))]
}

/// The tokens of the requests that a server has read.
fn tokens(server: &Server) -> Vec<String> {
    let requests = server.requests().into_iter();
    let tokens = requests.map(|request| {
        let (_, body) = request.split_once("\r\n\r\n").expect("the head ends");
        let body: Value = serde_json::from_str(body).expect("the body is JSON");
        body["ClientToken"]
            .as_str()
            .expect("a token is sent")
            .to_owned()
    });
    tokens.collect()
}

#[tokio::test]
async fn the_token_that_is_made_up_stays_the_same_for_all_attempts_of_a_call() {
    let mut calls = BTreeSet::new();
    for token in [None, Some(String::new())] {
        let server = Server::start(lost_twice()).await;
        let client = tencent(&config(&server).build().unwrap());
        let result = call(&client, Create { token }).await;
        assert_eq!(end(&result), End::Success(3));
        let tokens = tokens(&server);
        assert_eq!(tokens, vec![tokens[0].clone(); 3]);
        assert_version_four(&tokens[0]);
        calls.insert(tokens[0].clone());
    }
    assert_eq!(calls.len(), 2, "each call has a token of its own");
}

#[tokio::test]
async fn the_token_of_the_caller_is_kept() {
    let server = Server::start(lost_twice()).await;
    let client = tencent(&config(&server).build().unwrap());
    let token = Some("order-17".to_owned());
    let result = call(&client, Create { token }).await;
    assert_eq!(end(&result), End::Success(3));
    assert_eq!(tokens(&server), ["order-17"; 3]);
}

/// RFC 9562: 36 characters, of which the version and the variant are fixed.
fn assert_version_four(token: &str) {
    let lengths: Vec<_> = token.split('-').map(str::len).collect();
    assert_eq!(lengths, [8, 4, 4, 4, 12], "{token}");
    let bytes = token.as_bytes();
    assert_eq!(bytes[14], b'4', "{token}");
    assert!(b"89ab".contains(&bytes[19]), "{token}");
    let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-');
    assert!(bytes.iter().all(is_digit), "{token}");
}
