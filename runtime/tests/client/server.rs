//! A server that follows a script, one connection for each request.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bindery_runtime::{Config, ConfigBuilder, Credential, RetryPolicy};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the server does with a connection after it has read a request.
pub(crate) enum Script {
    /// Sends bytes and closes the connection.
    Send(Vec<u8>),
    /// Sends bytes one by one with pauses, and closes the connection.
    Drip(Vec<u8>, Duration),
    /// Sends bytes, and after them other bytes one by one with pauses, and closes the connection.
    Trickle(Vec<u8>, Vec<u8>, Duration),
    /// Sends bytes and keeps the connection.
    Hang(Vec<u8>),
    /// Sends nothing and keeps the connection.
    Silence,
}

pub(crate) struct Server {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
}

/// A request as it came in.
#[derive(Clone)]
pub(crate) struct Request {
    /// The method, the target and the version.
    pub(crate) line: String,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Server {
    pub(crate) async fn start(scripts: impl IntoIterator<Item = Script>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port is free");
        let address = listener.local_addr().expect("the listener is bound");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let scripts: Vec<Script> = scripts.into_iter().collect();
        let record = requests.clone();
        tokio::spawn(async move {
            for script in scripts {
                let (stream, _) = listener.accept().await.expect("the listener is open");
                tokio::spawn(follow(script, stream, record.clone()));
            }
        });
        Self { address, requests }
    }

    /// A server that sends replies of JSON with status 200.
    pub(crate) async fn replying(bodies: impl IntoIterator<Item = &str>) -> Self {
        Self::start(bodies.into_iter().map(|body| json(200, body))).await
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }

    /// A configuration that calls this server, once for each call.
    pub(crate) fn config(&self, credential: Credential) -> ConfigBuilder {
        Config::builder(credential)
            .endpoint(&self.url())
            .region("ap-singapore")
            .retry(RetryPolicy::never())
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests
            .lock()
            .expect("no test panics in here")
            .clone()
    }

    /// The only request that came in.
    pub(crate) fn request(&self) -> Request {
        let mut requests = self.requests();
        assert_eq!(requests.len(), 1);
        requests.remove(0)
    }
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find_map(|(found, value)| found.eq_ignore_ascii_case(name).then_some(value.as_str()))
    }

    /// The path and the query.
    pub(crate) fn target(&self) -> &str {
        self.line
            .split(' ')
            .nth(1)
            .expect("a request line has three parts")
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }
}

/// A reply of JSON.
pub(crate) fn json(status: u16, body: &str) -> Script {
    reply(status, &["content-type: application/json"], body.as_bytes())
}

/// A reply whose length is declared.
pub(crate) fn reply(status: u16, headers: &[&str], body: &[u8]) -> Script {
    let mut bytes = format!("HTTP/1.1 {status} Status\r\nconnection: close\r\n");
    for header in headers {
        bytes.push_str(header);
        bytes.push_str("\r\n");
    }
    let length = format!("content-length: {}\r\n\r\n", body.len());
    Script::Send([bytes.as_bytes(), length.as_bytes(), body].concat())
}

/// Bytes that need not be a reply.
pub(crate) fn raw(bytes: impl AsRef<[u8]>) -> Script {
    Script::Send(bytes.as_ref().to_vec())
}

async fn follow(script: Script, mut stream: TcpStream, requests: Arc<Mutex<Vec<Request>>>) {
    let Some(request) = read(&mut stream).await else {
        return;
    };
    requests
        .lock()
        .expect("no test panics in here")
        .push(request);
    // The client may well hang up before the end of the script.
    match script {
        Script::Send(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Script::Drip(bytes, pause) => drip(&mut stream, bytes, pause).await,
        Script::Trickle(head, bytes, pause) => {
            let _ = stream.write_all(&head).await;
            drip(&mut stream, bytes, pause).await;
        }
        Script::Hang(bytes) => {
            let _ = stream.write_all(&bytes).await;
            std::future::pending::<()>().await;
        }
        Script::Silence => std::future::pending().await,
    }
}

async fn drip(stream: &mut TcpStream, bytes: Vec<u8>, pause: Duration) {
    for byte in bytes {
        let _ = stream.write_all(&[byte]).await;
        tokio::time::sleep(pause).await;
    }
}

async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let (head, length) = loop {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            break (head.to_owned(), head.len() + 4);
        }
    };
    let mut lines = head.lines();
    let line = lines.next()?.to_owned();
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let mut request = Request {
        line,
        headers: headers.collect(),
        body: Vec::new(),
    };
    let declared = request
        .header("content-length")
        .unwrap_or("0")
        .parse::<usize>()
        .ok()?;
    while bytes.len() < length + declared {
        stream.read_buf(&mut bytes).await.ok()?;
    }
    request.body = bytes.split_off(length);
    Some(request)
}
