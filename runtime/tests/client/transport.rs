//! What becomes of a call when the connection, the server or something between them fails.

use std::io::Write;
use std::time::{Duration, Instant};

use bindery_runtime::{ActionError, Config, ConfigBuilder, Credential, ErrorKind, Pacing};
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::net::{TcpListener, TcpSocket};

use crate::actions::{DescribeUserInfo, RemoveAll, UserErrorCode, trtc};
use crate::server::{Script, Server, json, raw, reply};

const SUCCESS: &str = r#"{"Response": {"Total": 7, "RequestId": "id"}}"#;

fn tencent() -> Credential {
    Credential::tencent("AKIDEXAMPLEEXAMPLE", "the-key")
}

/// The errors of an action that reads and one that writes after the same script.
async fn both(script: impl Fn() -> Script) -> [ActionError<UserErrorCode>; 2] {
    let server = Server::start([script(), script()]).await;
    let config = server.config(tencent()).build();
    let client = trtc(&config.expect("the configuration is complete"));
    let read = client.call(DescribeUserInfo::example()).await;
    let write = client.call(RemoveAll {}).await;
    assert_eq!(server.requests().len(), 2, "every call is one request");
    [read.expect_err("it fails"), write.expect_err("it fails")]
}

async fn call(config: &Config) -> Result<Option<u64>, ActionError<UserErrorCode>> {
    let page = trtc(config).call(DescribeUserInfo::example()).await?;
    Ok(page.total)
}

#[tokio::test]
async fn connections_that_are_lost_tell_how_far_the_request_came() {
    let cut = "HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{\"Response\": {\"Tot";
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"Res\r\n";
    let unframed = "HTTP/1.0 200 OK\r\n\r\n{\"Response\": {\"Tot";
    for (bytes, kind) in [
        ("", ErrorKind::MaybeSent),
        ("HTTP/1.1 20", ErrorKind::MaybeSent),
        ("HTTP/1.1 200 OK\r\ncontent-le", ErrorKind::MaybeSent),
        (cut, ErrorKind::ReplyCut),
        (chunked, ErrorKind::ReplyCut),
        (unframed, ErrorKind::ReplyCut),
        ("this is not HTTP\r\n\r\n", ErrorKind::BadReply),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n",
            ErrorKind::BadReply,
        ),
    ] {
        let [read, write] = both(|| raw(bytes)).await;
        assert_eq!(read.kind(), kind, "{bytes:?}: {read}");
        assert_eq!(write.kind(), kind, "{bytes:?}: {write}");
        assert!(write.may_have_executed(), "{bytes:?}");
        assert!(!read.may_have_executed(), "{bytes:?}");
        assert!(!write.is_timeout(), "{bytes:?}");
    }
}

#[tokio::test]
async fn a_refused_connection_sends_nothing() {
    // Bound, so that nobody else gets it, and not open.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let url = format!("http://{}", socket.local_addr().unwrap());
    let config = Config::builder(tencent()).endpoint(&url).build().unwrap();
    let error = trtc(&config).call(RemoveAll {}).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotSent, "{error}");
    assert!(!error.may_have_executed());
    assert!(error.to_string().contains("refused"), "{error}");
}

#[tokio::test]
async fn a_server_without_tls_is_not_one_to_try_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let config = Config::builder(tencent()).endpoint(&url).build().unwrap();
    let client = trtc(&config);
    let serve = async {
        let (stream, _) = listener.accept().await.unwrap();
        stream.writable().await.unwrap();
        stream
            .try_write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .unwrap();
        stream
    };
    let (error, _stream) = tokio::join!(client.call(RemoveAll {}).into_future(), serve);
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Tls, "{error}");
    assert!(!error.may_have_executed());
}

#[tokio::test]
async fn redirects_are_refused_without_a_connection_to_their_target() {
    let target = Server::replying([SUCCESS; 5]).await;
    let statuses = [301, 302, 303, 307, 308];
    let location = format!("location: {}/?secret=1", target.url());
    let server = Server::start(statuses.map(|status| reply(status, &[&location], b""))).await;
    let config = server.config(tencent()).build().unwrap();
    for status in statuses {
        let error = call(&config).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Redirect, "{error}");
        assert_eq!(error.status(), Some(status));
        assert!(error.to_string().contains("127.0.0.1"), "{error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
    assert!(target.requests().is_empty());
}

/// Cases 63 and 64: a reply is refused for bytes that are not UTF-8, unless it is to be read all the
/// same. Halves of surrogate pairs, which are JSON, are replaced either way.
#[tokio::test]
async fn bytes_that_are_not_utf_8_are_replaced_where_that_is_asked_for() {
    let body = b"{\"Response\": {\"Total\": 1, \"New\xc3\": 0, \"RequestId\": \"id\",
        \"UserList\": [{\"UserId\": \"a\xff\xe4\xb8b\\ud800\"}]}}";
    let refusal =
        b"{\"Response\": {\"Error\": {\"Code\": \"LimitExceeded\", \"Message\": \"\xff\"}}}";
    let cut = b"{\"Response\": {\"Total\": \"\xff";
    let bodies = [&body[..], refusal, cut];
    let call = async |configure: fn(ConfigBuilder) -> ConfigBuilder| {
        let replies = bodies.map(|body| reply(200, &[], body));
        let server = Server::start(replies).await;
        let config = configure(server.config(tencent())).build().unwrap();
        let client = trtc(&config);
        let call = || client.call(DescribeUserInfo::example());
        (call().await, call().await, call().await)
    };

    let refused: [fn(ConfigBuilder) -> ConfigBuilder; 3] = [
        |config| config,
        |config| config.lossy_utf8(false),
        |config| config.lossy_utf8(true).strict(true),
    ];
    for configure in refused {
        let (read, refused, cut) = call(configure).await;
        for error in [read, refused, cut].map(Result::unwrap_err) {
            assert_eq!(error.kind(), ErrorKind::BadReply, "{error}");
            assert!(error.message().contains("not UTF-8"), "{error}");
        }
    }

    let (read, refused, cut) = call(|config| config.lossy_utf8(true)).await;
    let page = read.unwrap();
    assert_eq!(page.total, Some(1));
    let user = page.user_list[0].user_id.as_deref();
    assert_eq!(user, Some("a\u{fffd}\u{fffd}b\u{fffd}"));
    let mismatches = page.mismatches().iter().map(ToString::to_string);
    assert_eq!(
        mismatches.collect::<Vec<_>>(),
        [
            "$: text holds half of a surrogate pair",
            "$: text holds bytes that are not UTF-8"
        ]
    );
    let refused = refused.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Service);
    assert!(refused.is_quota_exceeded(), "{refused}");
    assert_eq!(refused.message(), "\u{fffd}");
    let cut = cut.unwrap_err();
    assert_eq!(cut.kind(), ErrorKind::BadReply, "{cut}");
    assert!(cut.message().contains("$.Total"), "{cut}");
}

#[tokio::test]
async fn replies_are_limited_in_size_after_decompression() {
    let zeros = vec![b' '; 16 << 20];
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&zeros).unwrap();
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < 1 << 20);

    let limit = 1 << 20;
    let long = vec![b' '; limit + 1];
    let mut unframed = b"HTTP/1.0 200 OK\r\n\r\n".to_vec();
    unframed.extend_from_slice(&long);
    for script in [
        reply(200, &["content-encoding: gzip"], &bomb),
        reply(200, &[], &long),
        raw(unframed),
    ] {
        let server = Server::start([script]).await;
        let config = server
            .config(tencent())
            .max_reply_bytes(limit)
            .build()
            .unwrap();
        let error = call(&config).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge, "{error}");
    }

    // Unless set, 16 MiB are taken; what says that it is longer is not read.
    let long = b"HTTP/1.1 200 OK\r\ncontent-length: 16777217\r\n\r\n";
    let server = Server::start([raw(long)]).await;
    let error = call(&server.config(tencent()).build().unwrap()).await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::TooLarge);

    let server = Server::replying([SUCCESS]).await;
    let config = server
        .config(tencent())
        .max_reply_bytes(SUCCESS.len())
        .build()
        .unwrap();
    assert_eq!(call(&config).await.unwrap(), Some(7));
}

#[tokio::test]
async fn compressed_replies_are_read_and_broken_ones_told_apart() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(SUCCESS.as_bytes()).unwrap();
    let whole = encoder.finish().unwrap();
    let mut corrupt = whole.clone();
    corrupt[12] ^= 0xff;
    for (body, expected) in [
        (&whole[..], Ok(Some(7))),
        (&whole[..whole.len() / 2], Err(ErrorKind::ReplyCut)),
        (&corrupt[..], Err(ErrorKind::BadReply)),
    ] {
        let server = Server::start([reply(200, &["content-encoding: gzip"], body)]).await;
        let config = server.config(tencent()).build().unwrap();
        let result = call(&config).await;
        assert_eq!(result.map_err(|error| error.kind()), expected);
    }
}

#[tokio::test]
async fn time_runs_out_until_the_last_byte_of_the_reply() {
    let drip = |text: &str| {
        let reply = format!("HTTP/1.1 200 OK\r\ncontent-length: 45\r\n\r\n{text}");
        Script::Drip(reply.into_bytes(), Duration::from_millis(50))
    };
    for script in [Script::Silence, drip(SUCCESS)] {
        let server = Server::start([script]).await;
        let timeout = Duration::from_secs(1);
        let config = server
            .config(tencent())
            .attempt_timeout(timeout)
            .build()
            .unwrap();
        let begun = Instant::now();
        let error = trtc(&config).call(RemoveAll {}).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
        assert!(error.is_timeout() && error.may_have_executed());
        assert!(begun.elapsed() >= timeout);
    }
}

#[tokio::test]
async fn a_call_may_have_less_time_than_its_configuration() {
    let server = Server::start([Script::Silence]).await;
    let client = trtc(&server.config(tencent()).build().unwrap());
    let call = client.call(RemoveAll {}).timeout(Duration::from_secs(1));
    let error = call.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
}

#[tokio::test]
async fn a_time_that_nobody_lives_to_see_is_no_limit() {
    let server = Server::replying([SUCCESS; 2]).await;
    let endless = server
        .config(tencent())
        .connect_timeout(Duration::MAX)
        .attempt_timeout(Duration::MAX)
        .total_timeout(Duration::MAX)
        .pacing(Pacing::documented());
    let config = endless.build().unwrap();
    assert_eq!(call(&config).await.unwrap(), Some(7));

    let config = server.config(tencent()).build().unwrap();
    let call = trtc(&config).call(DescribeUserInfo::example());
    assert_eq!(call.timeout(Duration::MAX).await.unwrap().total, Some(7));
}

#[tokio::test]
async fn replies_are_read_by_their_content_not_by_their_headers() {
    let text = |content_type: &str| reply(200, &[content_type], SUCCESS.as_bytes());
    let server = Server::start([
        text("content-type: text/html"),
        text("content-type: application/json; charset=utf-8"),
        text("x-odd: \u{fffd}"),
        reply(
            200,
            &[],
            [b"\xef\xbb\xbf", SUCCESS.as_bytes()].concat().as_slice(),
        ),
        raw([
            b"HTTP/1.1 200 OK\r\nx-latin: \xe9\r\n\r\n",
            SUCCESS.as_bytes(),
        ]
        .concat()),
    ])
    .await;
    let config = server.config(tencent()).build().unwrap();
    for _ in 0..5 {
        assert_eq!(call(&config).await.unwrap(), Some(7));
    }
}

#[tokio::test]
async fn replies_that_are_not_json_are_told_apart_by_their_status() {
    let html = "<html><body>Bad <b>Gateway</b></body></html>";
    let page = |status| reply(status, &["content-type: text/html"], html.as_bytes());

    let [read, write] = both(|| page(200)).await;
    assert_eq!(read.kind(), ErrorKind::BadReply, "{read}");
    assert!(read.to_string().contains("text/html"), "{read}");
    assert!(write.may_have_executed());

    let [read, write] = both(|| page(503)).await;
    assert_eq!(read.kind(), ErrorKind::Service, "{read}");
    assert_eq!(read.status(), Some(503));
    assert!(read.is_server_fault());
    assert!(!read.to_string().contains('<'), "{read}");
    assert!(write.may_have_executed());

    let [read, write] = both(|| json(429, "")).await;
    assert!(read.is_throttled(), "{read}");
    assert!(!write.may_have_executed());
}
