//! Faults on request as a client sees them that knows nothing but TCP, and what the journal says of
//! them.

use std::io;
use std::time::{Duration, Instant};

use bindery_emulator::{Emulator, Fault, Faults, Journal, Secrets, Server};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::signing::Tencent;
use crate::support::{NOW, Outgoing, loopback, model};

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Seen {
    /// The connection was reset before a reply.
    Reset,
    /// The reply ended before its length.
    Cut,
    /// A reply with this status that is not the vendor's, and its media type.
    Page(u16, String),
    /// A refusal with this code.
    Refused(String),
    Success,
}

struct Emulation {
    server: Server,
    journal: Journal,
}

impl Emulation {
    async fn start(faults: Faults) -> Self {
        let emulator = Emulator::new(model(), Secrets::sample())
            .clock(|| std::time::UNIX_EPOCH + Duration::from_secs(NOW))
            .rate_limits(false)
            .faults(faults)
            .expect("the actions and codes exist");
        let journal = emulator.journal();
        let server = emulator.listen(loopback()).await.expect("a free port");
        Self { server, journal }
    }

    async fn see(&self, request: &Outgoing) -> Seen {
        let mut stream = TcpStream::connect(self.server.address())
            .await
            .expect("a listening server");
        let bytes = request.to_bytes();
        stream.write_all(&bytes).await.expect("it is taken");
        let mut received = Vec::new();
        match stream.read_to_end(&mut received).await {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {
                assert_eq!(received, b"");
                return Seen::Reset;
            }
            Err(error) => panic!("{error}"),
        }
        let text = String::from_utf8(received).expect("text");
        let (head, body) = text.split_once("\r\n\r\n").expect("a head");
        let header = |name: &str| {
            let mut lines = head.lines().filter_map(|line| line.split_once(": "));
            let found = lines.find(|(key, _)| key.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.to_owned()).unwrap_or_default()
        };
        let length: usize = header("content-length").parse().expect("a length");
        if body.len() < length {
            return Seen::Cut;
        }
        let status = head[9..12].parse().expect("a status");
        let body: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
        match &body["Response"] {
            response if !response.is_object() => Seen::Page(status, header("content-type")),
            response => match response["Error"]["Code"].as_str() {
                Some(code) => Seen::Refused(code.to_owned()),
                None => Seen::Success,
            },
        }
    }
}

fn add_user(name: &str) -> Outgoing {
    Tencent::new("cam", "AddUser", "2019-01-16").post(&json!({ "Name": name }))
}

fn get_user() -> Outgoing {
    Tencent::new("cam", "GetUser", "2019-01-16").post(&json!({ "Name": "test124" }))
}

#[tokio::test]
async fn a_script_says_what_becomes_of_each_request_and_the_journal_what_was_done() {
    let script = "cam:AddUser=reset-before,reset-after,html-502,json-503,truncate,throttle,\
                  InvalidParameter.SubUserFull,ok,delay-300ms";
    let emulation = Emulation::start(Faults::new().rule(script).expect("a rule")).await;
    let page = |status, media_type: &str| Seen::Page(status, media_type.to_owned());
    let refused = |code: &str| Seen::Refused(code.to_owned());
    // Whether it is executed stands beside what is seen.
    for (number, (expected, is_executed)) in [
        (Seen::Reset, false),
        (Seen::Reset, true),
        (page(502, "text/html"), false),
        (page(503, "application/json"), false),
        (Seen::Cut, true),
        (refused("RequestLimitExceeded.CreateUser"), false),
        (refused("InvalidParameter.SubUserFull"), false),
        (Seen::Success, true),
        (Seen::Success, true),
        (Seen::Success, true),
    ]
    .into_iter()
    .enumerate()
    {
        let begun = Instant::now();
        let name = format!("user{number}");
        assert_eq!(emulation.see(&add_user(&name)).await, expected, "{number}");
        let is_late = begun.elapsed() >= Duration::from_millis(300);
        assert!(number != 8 || is_late, "it is delayed");
        let effects = emulation.journal.effects("cam:AddUser");
        let done = effects.get(&json!({ "Name": name }).to_string());
        assert_eq!(done, is_executed.then_some(&1), "{number}");
        assert_eq!(emulation.see(&get_user()).await, Seen::Success);
    }
    let inputs = json!({ "Name": "test124", "Remark": "twice" });
    for _ in 0..2 {
        let update = Tencent::new("cam", "UpdateUser", "2019-01-16").post(&inputs);
        assert_eq!(emulation.see(&update).await, Seen::Success);
    }
    let take = || emulation.journal.take_effect("cam:UpdateUser", &inputs);
    assert_eq!((take(), take()), (2, 0), "it was done twice");
    let executed = emulation.journal.executed();
    assert_eq!((executed["cam:AddUser"], executed["cam:GetUser"]), (5, 10));
    assert_eq!(emulation.journal.faults().values().sum::<u64>(), 8);
    // What only reads has no effects.
    assert!(emulation.journal.effects("cam:GetUser").is_empty());
}

#[tokio::test]
async fn rates_choose_the_same_requests_in_each_run() {
    let run = async |seed: u64| {
        let faults = Faults::new().rate(0.2, Fault::all()).seed(seed);
        let emulation = Emulation::start(faults).await;
        let mut seen = Vec::new();
        for number in 0..100 {
            // The turns of another action change nothing.
            for _ in 0..number % 3 {
                emulation.see(&add_user("a")).await;
            }
            seen.push(emulation.see(&get_user()).await);
        }
        seen
    };
    let (first, again, other) = (run(7).await, run(7).await, run(8).await);
    assert_eq!(first, again);
    assert_ne!(first, other);
    let faults = first.iter().filter(|seen| **seen != Seen::Success).count();
    assert!((8..32).contains(&faults), "{faults} of 100");
}

#[tokio::test]
async fn a_vendor_that_tells_by_the_status_refuses_with_one() {
    let rule = "meeting:ShowUserDetail=throttle,USG.000000004";
    let emulation = Emulation::start(Faults::new().rule(rule).expect("a rule")).await;
    for (status, codes) in [(429, "APIG"), (401, "USG.000000004")] {
        let request = Outgoing::new("GET", "/v1/usg/dcs/corp/member/a");
        let reply = crate::support::send(emulation.server.address(), &request.to_bytes()).await;
        assert_eq!(reply.status, status);
        let code = reply.json()["error_code"].as_str().map(str::to_owned);
        assert!(code.is_some_and(|code| code.starts_with(codes)));
    }
}

#[test]
fn faults_that_cannot_happen_are_refused() {
    for (rule, expected) in [
        ("cam:AddUsers=truncate", "an action such as"),
        ("cam:AddUser=InvalidParameter.Nonsense", "a documented code"),
        ("html-700@1%", "an HTTP status"),
    ] {
        let faults = Faults::new().rule(rule).expect("it is written as a rule");
        let emulator = Emulator::new(model(), Secrets::sample());
        let Err(error) = emulator.faults(faults) else {
            panic!("{rule} is taken");
        };
        assert!(error.to_string().contains(expected), "{error}");
    }
}
