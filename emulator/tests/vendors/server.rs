//! The server itself: where it listens, when it stops, and what it does with rubbish.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bindery_emulator::{Emulator, Secrets, Server};
use bindery_model::Model;
use tokio::net::TcpStream;

use crate::support::{Emulation, Outgoing, loopback, send};

#[tokio::test]
async fn only_loopback_addresses_are_served() {
    let emulator = || Emulator::new(Arc::new(Model::default()), Secrets::sample());
    for address in ["0.0.0.0:0", "192.0.2.1:0", "[::]:0"] {
        let address: SocketAddr = address.parse().expect("an address");
        let error = emulator().listen(address).await.expect_err("a refusal");
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
        assert!(error.to_string().contains("loopback"), "{error}");
    }
    let server = emulator().listen(loopback()).await.expect("a free port");
    assert_eq!(
        server.url(),
        format!("http://127.0.0.1:{}", server.address().port())
    );
}

#[tokio::test]
async fn stopping_and_dropping_free_the_port() {
    assert!(some_port_is_free_after(Server::stop).await, "stopped");
    let drop = async |server| {
        drop(server);
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    assert!(some_port_is_free_after(drop).await, "dropped");
}

/// Whether nobody listens where a server did before its end. Somebody else may get a port that is
/// free, but hardly all of them.
async fn some_port_is_free_after(end: impl AsyncFn(Server)) -> bool {
    for _ in 0..10 {
        let server = Emulation::start().await.server;
        let address = server.address();
        end(server).await;
        if TcpStream::connect(address).await.is_err() {
            return true;
        }
    }
    false
}

#[tokio::test]
async fn an_empty_model_refuses_in_each_vendors_way() {
    let emulator = Emulator::new(Arc::new(Model::default()), Secrets::sample());
    let server = emulator.listen(loopback()).await.expect("a free port");
    let v1 = "/?Action=A&SecretId=B&Version=2020-01-01&Timestamp=1&Nonce=1";
    for (target, status, expected) in [
        (v1, 200, "InvalidAction"),
        ("/?Action=A&AppId=1", 200, "100000007"),
        ("/v1/anything", 404, "APIGW.0101"),
    ] {
        let reply = send(server.address(), &Outgoing::new("GET", target).to_bytes()).await;
        assert_eq!(reply.status, status);
        assert!(
            reply.json().to_string().contains(expected),
            "{target}: {}",
            reply.json()
        );
    }
}

#[tokio::test]
async fn rubbish_is_answered_and_survived() {
    let emulation = Emulation::start().await;
    for (head, expected) in [
        ("GET /?Action=%00%ff&AppId=%zz HTTP/1.1\r\nHost: x\r\n", 200),
        ("POST / HTTP/1.1\r\nHost: x\r\nX-TC-Action: \u{e9}\r\n", 404),
        (
            "GET /?a=b&&&=&== HTTP/1.1\r\nHost: x\r\nAuthorization: SKIP\r\n",
            200,
        ),
        (
            "GET /%2e%2e/%00 HTTP/1.1\r\nHost: x\r\nX-Access-Token: \u{e9}\r\n",
            404,
        ),
        ("NONSENSE / HTTP/1.1\r\nHost: x\r\nX-TC-Action: A\r\n", 200),
    ] {
        let bytes = format!("{head}Connection: close\r\n\r\n").into_bytes();
        assert_eq!(
            send(emulation.server.address(), &bytes).await.status,
            expected,
            "{head}"
        );
    }
}

#[tokio::test]
async fn replies_hold_no_secret() {
    let emulation = Emulation::start().await;
    let secrets = Secrets::sample();
    let request = Outgoing::new("POST", "/v1/usg/acs/auth/account")
        .header(
            "Authorization",
            "Basic YWxpY2VAZW50MDE6RmFrZVBhc3N3MHJkLUVYQU1QTEU=",
        )
        .json(&serde_json::json!({ "account": "alice@ent01", "clientType": 72 }));
    let reply = emulation.send(&request).await;
    assert_eq!(reply.status, 200);
    let body = String::from_utf8(reply.body).expect("text");
    for secret in [
        secrets.huawei_password(),
        secrets.huawei_app_key(),
        secrets.zego_server_secret(),
    ] {
        assert!(!body.contains(secret));
    }
}
