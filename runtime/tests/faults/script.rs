//! A server that follows a script for each connection that it accepts.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the server does next with a connection. At the end of its script it closes it.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Reads a request, which is counted.
    Read,
    /// Reads the head of a request, and leaves its body unread.
    ReadHead,
    /// Sends bytes.
    Write(Vec<u8>),
    /// Sends bytes one by one with a pause after each.
    Drip(Vec<u8>, Duration),
    /// Waits.
    Wait(Duration),
    /// Keeps the connection, and does no more with it.
    Stall,
    /// Ends the connection with a reset, not with an orderly close.
    Reset,
}

pub(crate) type Script = Vec<Step>;

/// A server on a port of its own. A connection beyond its scripts is closed at once.
pub(crate) struct Server {
    address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Debug, Default)]
struct Seen {
    connections: usize,
    closings: usize,
    requests: Vec<String>,
}

impl Server {
    pub(crate) async fn start(scripts: impl IntoIterator<Item = Script>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port is free");
        Self::listen(listener, scripts)
    }

    /// A server on a port that is open already.
    pub(crate) fn listen(listener: TcpListener, scripts: impl IntoIterator<Item = Script>) -> Self {
        let address = listener.local_addr().expect("the listener is bound");
        let seen = Arc::new(Mutex::new(Seen::default()));
        let mut scripts = scripts.into_iter().collect::<Vec<_>>().into_iter();
        let record = seen.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                lock(&record).connections += 1;
                let script = scripts.next().unwrap_or_default();
                let record = record.clone();
                tokio::spawn(async move {
                    follow(script, stream, &record).await;
                    lock(&record).closings += 1;
                });
            }
        });
        Self { address, seen }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections were made.
    pub(crate) fn connections(&self) -> usize {
        lock(&self.seen).connections
    }

    /// The requests that were read, as they came.
    pub(crate) fn requests(&self) -> Vec<String> {
        lock(&self.seen).requests.clone()
    }

    /// Waits until so many requests have been read.
    pub(crate) async fn wait_for_requests(&self, count: usize) {
        self.wait(|seen| seen.requests.len() >= count).await;
    }

    /// Waits until so many connections have ended, on whichever side.
    pub(crate) async fn wait_for_closings(&self, count: usize) {
        self.wait(|seen| seen.closings >= count).await;
    }

    async fn wait(&self, is_over: impl Fn(&Seen) -> bool) {
        let wait = async {
            while !is_over(&lock(&self.seen)) {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(20), wait).await;
        assert!(waited.is_ok(), "{:?}", lock(&self.seen));
    }
}

/// A reply of JSON with a length.
pub(crate) fn json(status: u16, body: &str) -> Step {
    reply(status, &["content-type: application/json"], body.as_bytes())
}

/// A reply with a length, after which the connection stays open.
pub(crate) fn reply(status: u16, headers: &[&str], body: &[u8]) -> Step {
    let mut head = format!("HTTP/1.1 {status} Status\r\n");
    for header in headers {
        head.push_str(header);
        head.push_str("\r\n");
    }
    let length = format!("content-length: {}\r\n\r\n", body.len());
    Step::Write([head.as_bytes(), length.as_bytes(), body].concat())
}

/// Bytes that need not be a reply.
pub(crate) fn raw(bytes: &str) -> Step {
    Step::Write(bytes.as_bytes().to_vec())
}

/// Reads one request and does what is said.
pub(crate) fn after_reading(step: Step) -> Script {
    vec![Step::Read, step]
}

async fn follow(script: Script, mut stream: TcpStream, seen: &Mutex<Seen>) {
    let mut buffer = Vec::new();
    for step in script {
        // The client may well hang up before the end of the script.
        match step {
            Step::Read => match read(&mut stream, &mut buffer).await {
                Some(request) => lock(seen).requests.push(request),
                None => return,
            },
            Step::ReadHead => {
                while !buffer.ends_with(b"\r\n\r\n") {
                    match stream.read_u8().await {
                        Ok(byte) => buffer.push(byte),
                        Err(_) => return,
                    }
                }
            }
            Step::Write(bytes) => {
                let _ = stream.write_all(&bytes).await;
                let _ = stream.flush().await;
            }
            Step::Drip(bytes, pause) => {
                for byte in bytes {
                    if stream.write_all(&[byte]).await.is_err() {
                        return;
                    }
                    tokio::time::sleep(pause).await;
                }
            }
            Step::Wait(pause) => tokio::time::sleep(pause).await,
            Step::Stall => std::future::pending().await,
            Step::Reset => {
                let _ = stream.set_zero_linger();
                return;
            }
        }
    }
    let _ = stream.shutdown().await;
}

/// Reads a request with a declared length, or none where the connection ends.
pub(crate) async fn read(
    stream: &mut (impl AsyncRead + Unpin),
    buffer: &mut Vec<u8>,
) -> Option<String> {
    loop {
        let text = String::from_utf8_lossy(buffer);
        if let Some(end) = text.find("\r\n\r\n") {
            let head = text[..end].to_ascii_lowercase();
            let declared = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .map_or(0, |length| length.trim().parse().unwrap_or(0));
            let length = end + 4 + declared;
            if buffer.len() >= length {
                let rest = buffer.split_off(length);
                let request = std::mem::replace(buffer, rest);
                return Some(String::from_utf8_lossy(&request).into_owned());
            }
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
}

fn lock(seen: &Mutex<Seen>) -> std::sync::MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}
