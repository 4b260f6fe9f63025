//! Reads replies through generated types, tolerantly and strictly, and writes what was read; reads
//! requests, and writes them. The calls are those of the runtime, made to a server in this program.
//!
//! Each line of standard input is a JSON list of a service, an action, a reply and a request, either
//! of which may be null. Each line of standard output says what became of them.

mod table;

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use bindery_runtime::support::{
    Action, ArrayStyle, Authentication, Dispatch, Envelope, Field, Operation, Provider,
    Record, RecordMut, Service, ServiceClient, Slot,
};
use bindery_runtime::{Config, Credential, Error, Mismatch, Response};
use serde_json::{Value, json};

/// An action: how to make an empty request, and an empty output.
pub struct Entry {
    name: &'static str,
    request: Make,
    output: Make,
}

type Make = fn() -> Box<dyn RecordMut>;

/// An action by its request.
pub const fn entry<A: Action + RecordMut>() -> Entry {
    Entry {
        name: A::OPERATION.name,
        request: empty::<A>,
        output: empty::<A::Output>,
    }
}

fn empty<R: RecordMut>() -> Box<dyn RecordMut> {
    Box::new(R::empty())
}

/// A value of any generated type. That the runtime sees one type makes this program small.
#[derive(Debug)]
struct Any(Box<dyn RecordMut>);

thread_local! {
    /// What the next empty value is.
    static NEXT: Cell<Make> = const { Cell::new(empty::<Nothing>) };
}

impl Record for Any {
    fn field(&self, index: usize) -> Field<'_> {
        self.0.field(index)
    }
}

impl RecordMut for Any {
    fn slot(&mut self, index: usize) -> Slot<'_> {
        self.0.slot(index)
    }

    fn empty() -> Self {
        Self(NEXT.get()())
    }
}

struct Nothing;

bindery_runtime::record! {
    Nothing {}
}

impl Action for Any {
    type Output = Any;
    type ErrorCode = String;

    const OPERATION: Operation = Operation {
        authentication: Authentication::Tc3,
        envelope: Envelope::Response,
        ..Operation::new(&SERVICE, "Any")
    };
}

static SERVICE: Service = Service {
    provider: &PROVIDER,
    name: "any",
    version: "2026-01-01",
    host: "any.example",
    errors: &[],
};

static PROVIDER: Provider = Provider {
    name: "tencent",
    telemetry_name: "tencentcloud",
    dispatch: Dispatch::Header,
    arrays: ArrayStyle::Indexed,
    clock_window: std::time::Duration::from_mins(5),
    errors: &[],
};

/// What the server answers, and what it was sent last.
#[derive(Default)]
struct Exchange {
    reply: String,
    received: Vec<u8>,
}

struct Client {
    client: ServiceClient,
    exchange: Arc<Mutex<Exchange>>,
}

impl Client {
    fn new() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}", listener.local_addr()?);
        let exchange = Arc::<Mutex<Exchange>>::default();
        let shared = Arc::clone(&exchange);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                thread::spawn(move || serve(stream, &shared));
            }
        });
        let credential = Credential::tencent("id", "key");
        let config = Config::builder(credential).endpoint(&url).build();
        let client = config.and_then(|config| ServiceClient::new(&config, &SERVICE));
        Ok(Self {
            client: client.map_err(io::Error::other)?,
            exchange,
        })
    }

    /// Reads a reply as what `make` makes.
    async fn read(&self, make: Make, reply: &str, strict: bool) -> Result<Response<Any>, Error> {
        self.exchange.lock().expect("no panic").reply = reply.to_owned();
        NEXT.set(make);
        let call = self.client.call(Any(empty::<Nothing>())).strict(strict);
        call.await.map_err(Error::from)
    }

    /// The body that a request is written as.
    async fn write(&self, request: Any) -> Result<String, String> {
        self.exchange.lock().expect("no panic").reply = r#"{"Response":{}}"#.to_owned();
        NEXT.set(empty::<Nothing>);
        let reply = self.client.call(request).await;
        reply.map_err(|error| error.to_string())?;
        let received = &mut self.exchange.lock().expect("no panic").received;
        String::from_utf8(std::mem::take(received)).map_err(|error| error.to_string())
    }
}

fn serve(stream: TcpStream, exchange: &Mutex<Exchange>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    loop {
        let mut length = 0;
        let mut line = String::new();
        while reader.read_line(&mut line)? > 2 {
            let (name, value) = line.split_once(':').unwrap_or_default();
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
            line.clear();
        }
        if line.is_empty() {
            return Ok(());
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let reply = {
            let mut exchange = exchange.lock().expect("no panic");
            exchange.received = body;
            format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
                exchange.reply.len(),
                exchange.reply
            )
        };
        reader.get_mut().write_all(reply.as_bytes())?;
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::new()?;
    let mut output = io::stdout().lock();
    for line in io::stdin().lines() {
        let (service, action, reply, request): (String, String, Option<String>, Option<String>) =
            serde_json::from_str(&line?)?;
        let entry = table::SERVICES
            .iter()
            .filter(|(name, _)| *name == service)
            .flat_map(|(_, entries)| *entries)
            .find(|entry| entry.name == action);
        let entry = entry.ok_or_else(|| format!("{service} has no action {action}"))?;
        let reply = match reply {
            Some(reply) => read_reply(&client, entry, &reply).await,
            None => Value::Null,
        };
        let request = match request {
            Some(request) => read_request(&client, entry, &request).await,
            None => Value::Null,
        };
        writeln!(output, "{}", json!({ "reply": reply, "request": request }))?;
    }
    Ok(())
}

async fn read_reply(client: &Client, entry: &Entry, reply: &str) -> Value {
    let mut read = match client.read(entry.output, reply, false).await {
        Ok(read) => read,
        Err(error) => return json!({ "error": error.to_string() }),
    };
    let found = mismatches(read.mismatches());
    let strict = match client.read(entry.output, reply, true).await {
        Ok(_) => Vec::new(),
        Err(error) if error.mismatches().is_empty() => {
            return json!({ "error": format!("in strict mode: {error}") });
        }
        Err(error) => mismatches(error.mismatches()),
    };
    let output = std::mem::replace(&mut *read, Any(empty::<Nothing>()));
    match client.write(output).await {
        Ok(written) => json!({ "mismatches": found, "strict": strict, "written": written }),
        Err(error) => json!({ "error": error }),
    }
}

/// Reads a request as if it were a reply, because that is what the runtime reads.
async fn read_request(client: &Client, entry: &Entry, request: &str) -> Value {
    let reply = format!(r#"{{"Response":{request}}}"#);
    let mut read = match client.read(entry.request, &reply, false).await {
        Ok(read) => read,
        Err(error) => return json!({ "error": error.to_string() }),
    };
    let found = mismatches(read.mismatches());
    let request = std::mem::replace(&mut *read, Any(empty::<Nothing>()));
    match client.write(request).await {
        Ok(written) => json!({ "mismatches": found, "strict": [], "written": written }),
        Err(error) => json!({ "error": error }),
    }
}

fn mismatches(mismatches: &[Mismatch]) -> Vec<(String, String)> {
    let mismatches = mismatches.iter();
    mismatches
        .map(|one| (one.path().to_owned(), format!("{:?}", one.kind())))
        .collect()
}
