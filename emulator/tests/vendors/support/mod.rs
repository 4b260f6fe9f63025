//! What the tests share: an emulator of the repository's specification, a client that sends
//! requests byte for byte, and signatures made with nothing but the vendors' formulas.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, UNIX_EPOCH};

use bindery_emulator::{Emulator, Secrets, Server};
use bindery_model::Model;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

pub(crate) mod signing;

/// The instant of the vectors.
pub(crate) const NOW: u64 = 1_700_000_000;

/// The repository's specification.
pub(crate) fn model() -> Arc<Model> {
    static MODEL: OnceLock<Arc<Model>> = OnceLock::new();
    let model = MODEL.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec");
        Arc::new(bindery_model::load(&folder).unwrap_or_else(|problems| panic!("{problems}")))
    });
    Arc::clone(model)
}

/// An emulator whose clock stands still until it is moved.
pub(crate) struct Emulation {
    /// The running server.
    pub(crate) server: Server,
    seconds: Arc<AtomicU64>,
}

impl Emulation {
    /// Starts an emulator at the instant of the vectors.
    pub(crate) async fn start() -> Self {
        Self::with_token_lifetime(Duration::from_hours(12)).await
    }

    /// Starts an emulator whose access tokens are valid for as long as this.
    pub(crate) async fn with_token_lifetime(lifetime: Duration) -> Self {
        let seconds = Arc::new(AtomicU64::new(NOW));
        let told = Arc::clone(&seconds);
        let emulator = Emulator::new(model(), Secrets::sample())
            .clock(move || UNIX_EPOCH + Duration::from_secs(told.load(Ordering::Relaxed)))
            .token_lifetime(lifetime);
        let server = emulator.listen(loopback()).await.expect("a free port");
        Self { server, seconds }
    }

    /// Moves the clock on.
    pub(crate) fn advance(&self, seconds: u64) {
        self.seconds.fetch_add(seconds, Ordering::Relaxed);
    }

    /// The seconds that the clock shows.
    pub(crate) fn now(&self) -> u64 {
        self.seconds.load(Ordering::Relaxed)
    }

    /// Sends one request on a connection of its own.
    pub(crate) async fn send(&self, request: &Outgoing) -> Reply {
        send(self.server.address(), &request.to_bytes()).await
    }
}

/// Any free port of this machine.
pub(crate) fn loopback() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

/// A request to be sent as it stands.
#[derive(Clone, Debug)]
pub(crate) struct Outgoing {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Outgoing {
    pub(crate) fn new(method: &str, target: &str) -> Self {
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers
            .retain(|(candidate, _)| !candidate.eq_ignore_ascii_case(name));
        self
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        let mut request = self.header("Content-Type", "application/json");
        request.body = body.to_string().into_bytes();
        request
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let has_host = self
            .headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("host"));
        let mut lines = vec![format!("{} {} HTTP/1.1", self.method, self.target)];
        if !has_host {
            lines.push("Host: localhost".to_owned());
        }
        lines.extend(
            self.headers
                .iter()
                .map(|(name, value)| format!("{name}: {value}")),
        );
        lines.push(format!("Content-Length: {}", self.body.len()));
        lines.push("Connection: close\r\n\r\n".to_owned());
        [lines.join("\r\n").as_bytes(), &self.body].concat()
    }
}

/// A reply taken apart.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self
            .head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(':'));
        let found = lines.find(|(candidate, _)| candidate.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }
}

/// Sends bytes and reads until the server closes the connection.
pub(crate) async fn send(address: SocketAddr, bytes: &[u8]) -> Reply {
    let mut stream = TcpStream::connect(address)
        .await
        .expect("a listening server");
    stream.write_all(bytes).await.expect("the request is taken");
    let mut received = Vec::new();
    stream
        .read_to_end(&mut received)
        .await
        .expect("a whole reply");
    let end = received
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .expect("headers");
    let head = String::from_utf8(received[..end].to_vec()).expect("headers are text");
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .expect("a status");
    let body = received[end + 4..].to_vec();
    Reply { status, head, body }
}

/// A vector by its name.
pub(crate) fn vector(id: &str) -> Value {
    let vectors: Vec<Value> = serde_json::from_str(include_str!("../../data/vectors.json"))
        .expect("the vectors are JSON");
    vectors
        .into_iter()
        .find(|vector| vector["id"] == id)
        .expect("a vector of this name")
}

/// The request of a vector, byte for byte.
pub(crate) fn vector_request(id: &str) -> Outgoing {
    let vector = vector(id);
    let (inputs, outputs) = (&vector["inputs"], &vector["outputs"]);
    let mut target = inputs["path"].as_str().expect("a path").to_owned();
    if let Some(query) = outputs["query_string"].as_str() {
        target = format!("{target}?{query}");
    }
    let mut request = Outgoing::new(inputs["method"].as_str().expect("a method"), &target);
    for (name, value) in outputs["headers"].as_object().into_iter().flatten() {
        request = request.header(name, value.as_str().expect("text"));
    }
    if !request.headers.iter().any(|(name, _)| name == "Host") {
        request = request.header("Host", inputs["host"].as_str().expect("a host"));
    }
    request.body = outputs["body"]
        .as_str()
        .unwrap_or_default()
        .as_bytes()
        .to_vec();
    request
}
