//! What a fuzzer calls, and what has to hold whatever it makes up.
//!
//! It is there for tests and for `cargo fuzz`, which sets `cfg(fuzzing)`; the folder `fuzz` of the
//! repository has the targets and their seeds. Every function panics where something does not hold.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::Url;
use reqwest::header::{AGE, DATE, HeaderMap, HeaderValue, RETRY_AFTER};

use crate::authenticate::{self, Stamp};
use crate::budget::Budget;
use crate::call::Options;
use crate::client::ServiceClient;
use crate::encode;
use crate::envelope::{self, Strictness};
use crate::event_stream::parser::{Parser, RawEvent, TooLarge};
use crate::fixtures::Everything;
use crate::hint;
use crate::operation::{
    Authentication, Dispatch, Envelope, Kind, Method, Operation, Provider, Service, StreamError,
};
use crate::record::{ArrayStyle, Record, RecordMut};
use crate::retry::{Attempts, Cause, RetryPolicy};
use crate::send::Sending;
use crate::skew::{Reading, Skew};
use crate::{Config, Credential, record};

/// No reply makes the decoder panic, and what was read can be written and read again.
///
/// The first byte chooses the envelope and the strictness, the second the status; the rest is the
/// reply.
pub fn reply(data: &[u8]) {
    let [choice, status, body @ ..] = data else {
        return;
    };
    let envelopes = [
        Envelope::Bare,
        Envelope::Response,
        Envelope::CodeData,
        Envelope::CodeFlat,
    ];
    let envelope = envelopes[usize::from(*choice) % envelopes.len()];
    let strictness = if choice & 0x10 == 0 {
        Strictness::Tolerant
    } else {
        Strictness::Strict
    };
    let status = [200, 204, 400, 401, 429, 500, 503][usize::from(*status) % 7];
    let mut output = Everything::empty();
    match envelope::open(envelope, status, body, &mut output, strictness) {
        Ok(opened) => {
            assert!((200..300).contains(&status), "an error is no success");
            assert!(strictness == Strictness::Tolerant || opened.mismatches.is_empty());
            assert!(opened.mismatches.len() <= 1001, "they are limited");
            reread(&output);
        }
        Err(envelope::Failure::Service(refusal)) => {
            assert!(!refusal.code.is_empty(), "an error has a code");
            let excerpt = envelope::excerpt(&refusal.message);
            assert!(excerpt.chars().count() <= 256 && !excerpt.contains('<'));
        }
        Err(envelope::Failure::Malformed(error)) => {
            assert!(!error.to_string().is_empty());
        }
    }
    let mut event = Everything::empty();
    // What does not hold of events is seen by what they share with replies.
    let _ = envelope::open_event(
        body,
        StreamError::Object(&["Inner"]),
        &mut event,
        strictness,
    );
}

/// Writes an output as it was read, and reads it once more.
fn reread(output: &Everything) {
    let operation = Operation {
        kind: Kind::Write,
        ..Operation::new(&HUAWEI, "Everything")
    };
    let body = match encode::parts(output, &operation, Method::Post, None) {
        Ok(parts) => parts.body,
        Err(error) => {
            // Vendors answer with larger numbers than they say, which must not be lost.
            assert!(
                error.to_string().contains("32 bits"),
                "{error} of {output:?}"
            );
            return;
        }
    };
    let (_, body) = body.expect("it has members").into_bytes("boundary");
    let mut again = Everything::empty();
    let opened = envelope::open(Envelope::Bare, 200, &body, &mut again, Strictness::Strict);
    assert!(opened.is_ok(), "{opened:?} of {output:?}");
    assert_eq!(format!("{again:?}"), format!("{output:?}"));
}

/// No header makes the clock or a pause go astray.
///
/// The first eight bytes are the time; the lines that follow are the values of `Retry-After`,
/// `Date` and `Age`.
pub fn headers(data: &[u8]) {
    let Some((now, rest)) = data.split_first_chunk() else {
        return;
    };
    let now = i64::from_le_bytes(*now);
    let mut headers = HeaderMap::new();
    let values = rest.split(|byte| *byte == b'\n');
    for (name, value) in [RETRY_AFTER, DATE, AGE].into_iter().zip(values) {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.insert(name, value);
        }
    }
    let hint = hint::retry_after(&headers, now);
    let budget = Budget::default();
    let mut attempts = Attempts::new(RetryPolicy::standard(), &budget);
    attempts.begin();
    let left = Duration::from_hours(48);
    if let Ok(pause) = attempts.fail(Cause::Throttled, hint, left, 0.5) {
        assert!(pause <= Duration::from_secs(6), "{pause:?} for {hint:?}");
    }
    if let Some(date) = hint::date(&headers) {
        for is_refusal in [false, true] {
            let skew = Skew::default();
            skew.update(&Reading {
                date,
                sent: now,
                elapsed: Duration::ZERO,
                is_refusal,
            });
            let corrected = skew.correct(now);
            let is_moved = corrected != now;
            assert!(
                !is_moved || corrected == date * 1000,
                "to the vendor's time"
            );
            let is_far = corrected.abs_diff(now) > 24 * 60 * 60 * 1000;
            assert!(!is_far || is_refusal, "only a refusal moves it far");
            let window = Duration::from_mins(5);
            assert!(is_moved || !skew.explains_refusal(now, now, window));
        }
    }
}

/// A stream of events means the same wherever it is cut, and takes no more memory than allowed.
///
/// The first byte is the size of the chunks, the second the size that is allowed, in parts of 16
/// bytes; the rest is the stream.
pub fn events(data: &[u8]) {
    let [size, max, stream @ ..] = data else {
        return;
    };
    let max = usize::from(*max) * 16;
    let whole = parse([stream], max);
    assert_eq!(parse(stream.chunks(usize::from(*size).max(1)), max), whole);
    let mut ids = BTreeMap::new();
    let mut held = 0;
    for event in whole.0 {
        // Each byte that is not UTF-8 in an id or a name becomes the three of U+FFFD.
        assert!(event.len() <= 3 * max, "an event is limited in size");
        let id = event.id.clone().unwrap_or_default();
        held += event.len() - id.len();
        ids.insert(id.as_ptr(), id);
        let mut output = Everything::empty();
        let _ = envelope::open_event(
            &event.data,
            StreamError::Envelope,
            &mut output,
            Strictness::Tolerant,
        );
    }
    held += ids.values().map(|id| id.len()).sum::<usize>();
    assert!(
        held <= 3 * stream.len(),
        "an id is not held once for each event"
    );
}

fn parse<'a>(
    chunks: impl IntoIterator<Item = &'a [u8]>,
    max: usize,
) -> (Vec<RawEvent>, Result<(), TooLarge>) {
    let mut parser = Parser::new(max);
    let result = chunks.into_iter().try_for_each(|chunk| parser.push(chunk));
    if result.is_ok() {
        parser.finish();
    }
    let events = std::iter::from_fn(|| parser.next()).collect();
    (events, result)
}

/// Whatever a request holds, the URL and the body that are signed are those that are sent, and mean
/// what the request means.
///
/// The first line is the value in the path, and all of it are the other values.
pub fn request(data: &[u8]) {
    let text = String::from_utf8_lossy(data).into_owned();
    let room = text.lines().next().unwrap_or_default().to_owned();
    let plain = || Plain {
        text: text.clone(),
        texts: text.lines().map(str::to_owned).collect(),
        notes: BTreeMap::from([(room.clone(), text.clone())]),
        inner: Some(Box::new(Inner {
            text: Some(text.clone()),
        })),
    };
    let placed = Placed {
        room: room.clone(),
        text: text.clone(),
        texts: plain().texts,
    };
    let clients = clients();
    for operation in [&TENCENT_STORE, &ZEGO_STORE] {
        for method in [Method::Get, Method::Post] {
            let sent = send(clients, operation, &plain(), method).expect("it can be sent");
            check(&sent, method, &text);
        }
    }
    for method in [Method::Get, Method::Post] {
        let leads_elsewhere = matches!(room.as_str(), "" | "." | "..");
        match send(clients, &HUAWEI_STORE, &placed, method) {
            Ok(sent) => {
                assert!(!leads_elsewhere, "{}", sent.url);
                let mut segments = sent.url.path().split('/');
                assert_eq!(segments.next_back().and_then(decode), Some(room.clone()));
                assert!(segments.eq(["", "v1", "rooms"]), "{}", sent.url);
                check(&sent, method, &text);
            }
            Err(error) => assert!(leads_elsewhere, "{error} for {room:?}"),
        }
    }
}

struct Sent {
    url: Url,
    body: Vec<u8>,
}

/// Composes and signs a request with the client of its vendor.
fn send(
    clients: &[ServiceClient; 3],
    operation: &'static Operation,
    request: &dyn Record,
    method: Method,
) -> Result<Sent, crate::Error> {
    let (client, credential) = match operation.authentication {
        Authentication::Tc3 => (&clients[0], Credential::tencent("AKIDEXAMPLE", "the key")),
        Authentication::Zego => (&clients[1], Credential::zego(7, "the secret")),
        _ => (&clients[2], Credential::huawei_token("token")),
    };
    let options = Options {
        method: Some(method),
        ..Options::default()
    };
    let sending = Sending {
        client: client.shared(),
        operation,
        request,
        options: &options,
    };
    let parts = encode::parts(request, operation, method, None)
        .map_err(|error| crate::Error::build(error.to_string()))?;
    let stamp = Stamp {
        time: 1_700_000_000_000,
        nonce: || Ok(7),
        credential,
    };
    let endpoint = sending.endpoint()?;
    let (outgoing, line) = authenticate::sign(&sending, &endpoint, parts, &stamp)?;
    let shown = line.url().split('?').next();
    assert_eq!(outgoing.url.as_str().split('?').next(), shown);
    Ok(Sent {
        url: outgoing.url,
        body: outgoing.body,
    })
}

/// Looks for the text in a request as a server does.
fn check(sent: &Sent, method: Method, text: &str) {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%=&/?:".contains(&byte);
    assert!(sent.url.as_str().bytes().all(is_plain), "{}", sent.url);
    if method == Method::Get {
        let query = sent.url.query().unwrap_or_default();
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let found = pairs.find_map(|(name, value)| (name == "Text").then(|| decode(value)));
        // What is empty may as well be absent.
        let found = found.unwrap_or_else(|| Some(String::new()));
        assert_eq!(found.as_deref(), Some(text), "{query}");
    } else {
        let body: serde_json::Value = serde_json::from_slice(&sent.body).expect("it is JSON");
        assert_eq!(body["Text"], text);
    }
}

fn decode(encoded: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = encoded.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

/// Clients of the three vendors, which take long to make.
fn clients() -> &'static [ServiceClient; 3] {
    static CLIENTS: OnceLock<[ServiceClient; 3]> = OnceLock::new();
    CLIENTS.get_or_init(|| {
        let config = Config::builder(Credential::none()).no_proxy().build();
        let config = config.expect("the configuration is complete");
        let client = |service| ServiceClient::new(&config, service).expect("the host is one");
        [client(&TENCENT), client(&ZEGO), client(&HUAWEI)]
    })
}

struct Plain {
    text: String,
    texts: Vec<String>,
    notes: BTreeMap<String, String>,
    inner: Option<Box<Inner>>,
}

record! {
    Plain {
        0 => text: "Text",
        1 => texts: "Texts",
        2 => notes: "Notes",
        3 => inner: "Inner",
    }
}

struct Inner {
    text: Option<String>,
}

record! { Inner { 0 => text: "Text", } }

struct Placed {
    room: String,
    text: String,
    texts: Vec<String>,
}

record! {
    Placed {
        0 => room: "Room" path,
        1 => text: "Text",
        2 => texts: "Texts",
    }
}

const fn provider(name: &'static str, dispatch: Dispatch, arrays: ArrayStyle) -> Provider {
    Provider {
        name,
        telemetry_name: name,
        dispatch,
        arrays,
        clock_window: Duration::from_mins(5),
        errors: &[],
    }
}

const fn service(provider: &'static Provider) -> Service {
    Service {
        provider,
        name: "service",
        version: "v1",
        host: "service.example.com",
        errors: &[],
    }
}

static TENCENT: Service =
    service(&const { provider("tencent", Dispatch::Header, ArrayStyle::Indexed) });
static ZEGO: Service = service(&const { provider("zego", Dispatch::Query, ArrayStyle::Brackets) });
static HUAWEI: Service =
    service(&const { provider("huawei", Dispatch::Path, ArrayStyle::Repeated) });

static TENCENT_STORE: Operation = Operation {
    authentication: Authentication::Tc3,
    ..Operation::new(&TENCENT, "Store")
};
static ZEGO_STORE: Operation = Operation {
    authentication: Authentication::Zego,
    ..Operation::new(&ZEGO, "Store")
};
static HUAWEI_STORE: Operation = Operation {
    authentication: Authentication::Token,
    path: "/v1/rooms/{Room}",
    ..Operation::new(&HUAWEI, "Store")
};

#[cfg(test)]
mod tests {
    use std::path::Path;

    /// The seeds of a target, with what the fuzzer has found before.
    fn replay(target: &str, run: fn(&[u8])) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds");
        let folder = folder.join(target);
        let files = std::fs::read_dir(&folder).expect("the target has seeds");
        let mut count = 0;
        for file in files {
            let path = file.expect("the folder can be read").path();
            let data = std::fs::read(&path).expect("the file can be read");
            // Shown where the seed fails.
            let shown = format!("{}", path.display());
            let result = std::panic::catch_unwind(|| run(&data));
            assert!(result.is_ok(), "{shown} fails");
            count += 1;
        }
        assert!(count > 0, "{} has no seeds", folder.display());
    }

    #[test]
    fn replies() {
        replay("reply", super::reply);
    }

    #[test]
    fn headers() {
        replay("headers", super::headers);
    }

    #[test]
    fn events() {
        replay("events", super::events);
    }

    #[test]
    fn requests() {
        replay("request", super::request);
    }
}
