//! What the tests have in common: a server that answers one request with given bytes and keeps what
//! it was sent, and a load under faults.

pub mod soak;

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;

/// A request as it came over the socket.
pub struct Received {
    /// The request line.
    pub line: String,
    /// The headers, in their order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// A server that answers one request.
pub struct Answering {
    url: String,
    thread: JoinHandle<io::Result<Received>>,
}

/// Answers one request with a status and a body of JSON.
pub fn answer(status: u16, body: &str) -> io::Result<Answering> {
    answer_with(status, "application/json;charset=UTF-8", body)
}

/// Answers one request with a status and a body of a type.
pub fn answer_with(status: u16, content_type: &str, body: &str) -> io::Result<Answering> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}", listener.local_addr()?);
    let reply = format!(
        "HTTP/1.1 {status} Whatever\r\nContent-Type: {content_type}\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let thread = std::thread::spawn(move || {
        let (stream, _) = listener.accept()?;
        let mut reader = BufReader::new(stream);
        let received = Received::read(&mut reader)?;
        reader.into_inner().write_all(reply.as_bytes())?;
        Ok(received)
    });
    Ok(Answering { url, thread })
}

impl Answering {
    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What it was sent.
    pub fn received(self) -> io::Result<Received> {
        self.thread
            .join()
            .map_err(|_| io::Error::other("the server panicked"))?
    }
}

impl Received {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    pub fn json(&self) -> io::Result<serde_json::Value> {
        Ok(serde_json::from_slice(&self.body)?)
    }

    fn read(reader: &mut BufReader<TcpStream>) -> io::Result<Self> {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let mut received = Self {
            line: line.trim_end().to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        };
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(": ") else {
                break;
            };
            received.headers.push((name.to_owned(), value.to_owned()));
        }
        let length = received.header("content-length").map_or(Ok(0), str::parse);
        received.body.resize(length.map_err(io::Error::other)?, 0);
        reader.read_exact(&mut received.body)?;
        Ok(received)
    }
}
