//! What a reply takes of memory, counted in a process of its own.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::io::Write as _;
use std::time::Duration;

use bindery_runtime::support::{
    Action, ArrayStyle, Dispatch, Envelope, Operation, Provider, Service, ServiceClient,
};
use bindery_runtime::{Config, Credential, Error, ErrorKind, record};
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

struct Get {}

record! { Get {} }

struct Nothing {}

record! { Nothing {} }

static PROVIDER: Provider = Provider {
    name: "test",
    telemetry_name: "test",
    dispatch: Dispatch::Path,
    arrays: ArrayStyle::Repeated,
    clock_window: Duration::from_mins(5),
    errors: &[],
};

static SERVICE: Service = Service {
    provider: &PROVIDER,
    name: "test",
    version: "v1",
    host: "service.example.com",
    errors: &[],
};

impl Action for Get {
    type Output = Nothing;
    type ErrorCode = String;

    const OPERATION: Operation = Operation {
        envelope: Envelope::Bare,
        ..Operation::new(&SERVICE, "Get")
    };
}

const MEBIBYTE: usize = 1 << 20;

/// A reply with so many bytes of nothing in a small one.
fn bomb(size: usize) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let nothing = vec![b' '; MEBIBYTE];
    for _ in 0..size / MEBIBYTE {
        encoder.write_all(&nothing).unwrap();
    }
    let body = encoder.finish().unwrap();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), &body].concat()
}

/// Calls a server that sends a reply.
async fn call(reply: &[u8], limit: usize) -> Result<(), Error> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let config = Config::builder(Credential::none()).endpoint(&url);
    let config = config.max_reply_bytes(limit).build()?;
    let client = ServiceClient::new(&config, &SERVICE)?;
    let serve = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream
            .read_buf(&mut Vec::with_capacity(4096))
            .await
            .unwrap();
        // The client hangs up before the end.
        let _ = stream.write_all(reply).await;
        stream
    };
    let (result, _stream) = tokio::join!(client.call(Get {}).into_future(), serve);
    Ok(result.map(drop)?)
}

#[test]
fn case_58_a_bomb_takes_no_more_memory_than_a_reply_may() {
    let bomb = bomb(64 * MEBIBYTE);
    assert!(bomb.len() < MEBIBYTE, "{}", bomb.len());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.unwrap();
    let limit = 16 * MEBIBYTE;
    let mut result = Ok(());
    let taken = allocation_counter::measure(|| {
        result = runtime.block_on(call(&bomb, limit));
    });
    let kind = result.map_err(|error| error.kind());
    assert_eq!(kind, Err(ErrorKind::TooLarge));
    let most = limit + MEBIBYTE;
    assert!(taken.bytes_max < most as u64, "{taken:?}");
}
