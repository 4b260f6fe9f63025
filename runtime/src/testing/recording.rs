//! A file of exchanges: one line of JSON for each, in the order in which they ended.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use hyper::Response;
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::answer::{Answer, Reply};
use super::redact;
use crate::envelope::{Opened, without_lone_surrogates};
use crate::operation::Operation;
use crate::record::Record;
use crate::redact::{Redaction, secrets};
use crate::send::Sending;
use crate::transport;
use crate::{Credential, Error, ErrorKind};

/// The headers of replies that are kept: those that calls read.
const KEPT_HEADERS: [&str; 5] = [
    "content-type",
    "date",
    "retry-after",
    "x-request-id",
    "x-tc-requestid",
];

/// Keeps all exchanges with vendors in a file, for [`Double::replay`](super::Double::replay).
///
/// The file says of each exchange the action, the input, the status, those headers that calls read,
/// and the body. Credentials and signatures are not in it, and neither are inputs and outputs that
/// the specification calls sensitive. Outputs that it does not know are left out, since nobody can
/// tell whether they are secret, and so is the body of a reply that cannot be read. Errors are kept
/// as the vendor words them. Names and telephone numbers are in the file: look at it before you share
/// it. Streams of events are not kept.
///
/// ```no_run
/// use bindery_runtime::testing::Recording;
/// use bindery_runtime::{Config, Credential};
///
/// # fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let recording = Recording::create("tests/rooms.jsonl")?;
/// let config = Config::builder(Credential::tencent("id", "key")).record(&recording).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Recording(Arc<Mutex<File>>);

/// A reply as it was kept.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

/// The exchanges of a recording that have not been used.
pub(super) struct Replay(Vec<Exchange>);

struct Exchange {
    action: String,
    input: Value,
    reply: Recorded,
}

impl Recording {
    /// Begins a recording. A file that is there is emptied.
    ///
    /// # Errors
    ///
    /// The file cannot be made.
    pub fn create(path: impl AsRef<Path>) -> io::Result<Self> {
        let file = File::create(path)?;
        Ok(Self(Arc::new(Mutex::new(file))))
    }

    /// Writes one exchange down.
    pub(crate) fn keep(
        &self,
        sending: &Sending<'_>,
        credential: &Credential,
        reply: &transport::Reply,
        output: &dyn Record,
        opened: &Result<Opened, Error>,
    ) -> Result<(), Error> {
        let mut hidden = secrets(sending.request);
        hidden.extend(secrets(output));
        let redaction = Redaction::of(sending, credential);
        let headers = KEPT_HEADERS.iter().filter_map(|name| {
            let value = reply.headers.get(*name)?;
            let text = redaction.apply(transport::text(value));
            Some(((*name).to_owned(), text.into()))
        });
        let body = match opened {
            Ok(opened) => {
                let body = body(&reply.body, &hidden, &redaction);
                let body = redact::success(body, sending.operation.envelope, output);
                redact::without_unread(body, &opened.mismatches)
            }
            Err(error) if error.kind() == ErrorKind::Service => {
                body(&reply.body, &hidden, &redaction)
            }
            Err(_) => Value::Null,
        };
        let line = json!({
            "action": action(sending.operation),
            "input": redact::input(sending.request),
            "status": reply.status,
            "headers": headers.collect::<Map<_, _>>(),
            "body": body,
        });
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // In one piece, so that a test that is stopped leaves whole lines.
        file.write_all(format!("{line}\n").as_bytes())
            .map_err(|error| {
                Error::build(format!("the recording cannot be written: {error}")).with_source(error)
            })
    }
}

/// What of a body can be kept: JSON as it is, and anything else as text.
fn body(body: &[u8], secrets: &[Zeroizing<String>], redaction: &Redaction) -> Value {
    let text = redaction.apply(String::from_utf8_lossy(body).into_owned());
    let json = serde_json::from_str(&text).ok();
    // What a call can read, this has to read as well, to find the secrets in it.
    let json = json.or_else(|| serde_json::from_str(&without_lone_surrogates(&text)?).ok());
    // A text stands for itself, so that one in quotation marks has to keep them.
    let json = json.filter(|json: &Value| !json.is_string());
    redact::without(json.unwrap_or(Value::String(text)), secrets)
}

impl Replay {
    /// Reads a whole recording.
    pub(super) fn read(path: &Path) -> io::Result<Self> {
        let text = std::fs::read_to_string(path)?;
        let lines = text.lines().enumerate();
        let exchanges = lines.map(|(index, line)| {
            Exchange::parse(line).ok_or_else(|| {
                let place = format!("{}:{}", path.display(), index + 1);
                let message = format!("{place}: not an exchange of a recording; record it again");
                io::Error::new(io::ErrorKind::InvalidData, message)
            })
        });
        exchanges.collect::<Result<_, _>>().map(Self)
    }

    /// The first unused exchange of an action with an input.
    pub(super) fn take(&mut self, operation: &Operation, input: &Value) -> Option<Answer> {
        let action = action(operation);
        let mut exchanges = self.0.iter();
        let index =
            exchanges.position(|exchange| exchange.action == action && exchange.input == *input)?;
        Some(Answer {
            delay: std::time::Duration::ZERO,
            headers: Vec::new(),
            reply: Reply::Recorded(self.0.remove(index).reply),
        })
    }
}

impl Exchange {
    fn parse(line: &str) -> Option<Self> {
        let mut line: Value = serde_json::from_str(line).ok()?;
        let headers = line["headers"].as_object()?.iter();
        let headers = headers.map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
        Some(Self {
            action: line["action"].as_str()?.to_owned(),
            reply: Recorded {
                status: line["status"].as_u64()?.try_into().ok()?,
                headers: headers.collect::<Option<_>>()?,
                body: match &line["body"] {
                    Value::Null => String::new(),
                    Value::String(text) => text.clone(),
                    body => body.to_string(),
                },
            },
            input: line["input"].take(),
        })
    }
}

impl Recorded {
    pub(super) fn into_response(self) -> Result<Response<String>, hyper::http::Error> {
        let mut response = Response::builder().status(self.status);
        for (name, value) in self.headers {
            response = response.header(name, value);
        }
        response.body(self.body)
    }
}

/// An action by its names, as they stand in a recording.
fn action(operation: &Operation) -> String {
    let service = operation.service;
    format!(
        "{}/{}/{}/{}",
        service.provider.name, service.name, service.version, operation.name
    )
}

impl fmt::Debug for Recording {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Recording").finish_non_exhaustive()
    }
}
