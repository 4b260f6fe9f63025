//! Streams of events, among them those that the vendor shows as examples.

use std::time::Duration;

use bindery_runtime::support::{
    Action, Authentication, Envelope, Kind, Operation, RegionUse, Slot, StreamError, Streamed,
    ValueMut,
};
use bindery_runtime::{
    ActionError, Clock, Credential, Error, ErrorKind, Event, EventStream, RetryPolicy, Timestamp,
    record,
};
use futures_core::Stream;
use serde_json::{Value, json as value};

use crate::actions::{DescribeUserInfo, UserErrorCode, trtc};
use crate::server::{Script, Server, json, raw, reply};
use crate::spans::Spans;

/// Talks to a model. It streams if it is asked to, and declares what an error looks like.
#[derive(Default)]
struct Chat {
    stream: Option<bool>,
}

record! {
    Chat {
        0 => stream: "Stream",
    }
}

struct ChatOutput {
    created: Option<i64>,
    choices: Vec<Choice>,
    error: Option<ErrorMsg>,
}

record! {
    ChatOutput {
        0 => created: "Created",
        1 => choices: "Choices",
        2 => error: "ErrorMsg",
    }
}

struct Choice {
    delta: Option<Delta>,
    finish_reason: Option<String>,
}

record! {
    Choice {
        0 => delta: "Delta" nullable,
        1 => finish_reason: "FinishReason" nullable,
    }
}

struct Delta {
    content: Option<String>,
}

record! {
    Delta {
        0 => content: "Content" nullable,
    }
}

struct ErrorMsg {
    msg: Option<String>,
    code: Option<i64>,
}

record! {
    ErrorMsg {
        0 => msg: "Msg",
        1 => code: "Code",
    }
}

impl Action for Chat {
    type Output = ChatOutput;
    type ErrorCode = UserErrorCode;

    const OPERATION: Operation = Operation {
        kind: Kind::Read,
        authentication: Authentication::Tc3,
        envelope: Envelope::Response,
        region: RegionUse::None,
        ..Operation::new(DescribeUserInfo::OPERATION.service, "Chat")
    };
}

impl Streamed for Chat {
    const ERROR: StreamError = StreamError::Object(&["ErrorMsg"]);

    fn switch(&mut self) -> Slot<'_> {
        ValueMut::as_slot(&mut self.stream)
    }
}

/// Speaks. It always streams.
struct Speak {}

record! {
    Speak {}
}

struct SpeakOutput {
    seq: Option<i64>,
}

record! {
    SpeakOutput {
        0 => seq: "Seq",
    }
}

impl Action for Speak {
    type Output = SpeakOutput;
    type ErrorCode = UserErrorCode;

    const OPERATION: Operation = Operation {
        name: "Speak",
        kind: Kind::Write,
        ..Chat::OPERATION
    };
}

impl Streamed for Speak {
    const ERROR: StreamError = StreamError::Envelope;
}

pub(crate) const STREAM: &str = "content-type: text/event-stream";

pub(crate) type Item<A> =
    Result<Event<<A as Action>::Output>, ActionError<<A as Action>::ErrorCode>>;

/// How long a stream may take to begin, and how long it may be silent, where that does not matter.
const LONG: Duration = Duration::from_secs(20);

async fn call<A: Streamed>(
    request: A,
    script: Script,
    limit: Duration,
) -> Result<EventStream<A>, ActionError<A::ErrorCode>> {
    let server = Server::start([script]).await;
    let config = server
        .config(Credential::tencent("AKIDEXAMPLEEXAMPLE", "the-key"))
        .attempt_timeout(limit)
        .idle_timeout(limit)
        .max_reply_bytes(1_000)
        .build();
    let client = trtc(&config.expect("the configuration is complete"));
    client.call(request).events().await
}

/// All that a stream returns.
pub(crate) async fn read<A: Streamed>(
    request: A,
    script: Script,
) -> (Vec<Item<A>>, Option<String>) {
    read_within(LONG, request, script).await
}

async fn read_within<A: Streamed>(
    limit: Duration,
    request: A,
    script: Script,
) -> (Vec<Item<A>>, Option<String>) {
    let stream = call(request, script, limit).await;
    let mut stream = stream.expect("the stream begins");
    let mut events = Vec::new();
    while let Some(event) = stream.next().await {
        events.push(event);
    }
    assert!(stream.next().await.is_none(), "an end is an end");
    (events, stream.request_id().map(str::to_owned))
}

async fn fail(script: Script, limit: Duration) -> Error {
    let (mut events, _) = read_within(limit, Speak {}, script).await;
    let error = events.pop().expect("an error").expect_err("an error");
    assert!(events.iter().all(Result::is_ok), "one error at most");
    error.into()
}

/// What the model says, and why it ends.
fn said(events: Vec<Item<Chat>>) -> (String, Option<String>) {
    let mut text = String::new();
    let mut reason = None;
    for event in events {
        let event = event.expect("an event");
        assert_eq!(event.mismatches(), []);
        assert!(event.created.is_some());
        for choice in event.into_inner().choices {
            let delta = choice.delta.and_then(|delta| delta.content);
            text.push_str(&delta.unwrap_or_default());
            reason = choice.finish_reason;
        }
    }
    (text, reason)
}

/// Fails to compile for what cannot go to another thread or has to be pinned.
fn can_be_spawned<S: Stream + Send + Unpin + 'static>(_: &S) {}

#[tokio::test]
async fn the_vendors_examples_are_read_to_their_end() {
    let hello = "\n\n您好！我是由中国的深度求索（DeepSeek）公司开发的智能助手DeepSeek-R1。如您有任何任何\
        问题，我会尽我所能为您提供帮助。";
    for (body, text, id) in [
        (include_str!("data/hunyuan-chat.txt"), "1+1=2", None),
        // It ends with `[DONE]`.
        (include_str!("data/lkeap-chat.txt"), hello, None),
        // It numbers events, and names the call in each of them.
        (
            include_str!("data/cls-chat.txt"),
            "根据您的需求\"再统计5",
            Some("72"),
        ),
    ] {
        let script = reply(200, &[STREAM], body.as_bytes());
        let (events, request_id) = read(Chat::default(), script).await;
        let last = events.last().unwrap().as_ref().unwrap();
        assert_eq!(last.id(), id);
        assert_eq!(request_id.as_deref(), id.map(|_| "xxxxxxxx-xxxx"));
        assert_eq!(said(events), (text.to_owned(), Some("stop".to_owned())));
    }
}

#[tokio::test]
async fn an_error_in_an_event_is_the_last() {
    let body = include_str!("data/trtc-error.txt");
    let script = reply(200, &[STREAM, "X-TC-RequestId: outer"], body.as_bytes());
    let (events, _) = read(Speak {}, script).await;
    let [Ok(chunk), Err(error)] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!(chunk.seq, Some(0));
    // The metadata of the action has no field for it.
    let data: Value = serde_json::from_str(chunk.data()).unwrap();
    assert_eq!(data["ChunkId"], "chunk_0");
    assert!(
        !format!("{chunk:?}").contains("chunk_0"),
        "it may be secret"
    );
    assert_eq!(
        error.to_string(),
        "Speak: InternalError: internal error message (request id outer)"
    );
    assert!(error.is_server_fault() && error.may_have_executed());

    let body = "data: {\"ErrorMsg\": {\"Code\": 0, \"Msg\": \"\"}}\n\n\
        data: {\"ErrorMsg\": {\"Code\": 3004, \"Msg\": \"Busy.\"}, \"RequestId\": \"inner\"}\n\n\
        data: {}\n\n";
    let (events, _) = read(Chat::default(), reply(200, &[STREAM], body.as_bytes())).await;
    let [Ok(first), Err(error)] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!(first.error.as_ref().unwrap().code, Some(0));
    assert_eq!(error.to_string(), "Chat: 3004: Busy. (request id inner)");
}

#[tokio::test]
async fn events_are_asked_for_and_come_as_they_are_sent() {
    let body = "data: {\"Created\": 1}\n\n";
    let head = format!("HTTP/1.1 200 OK\r\n{STREAM}; charset=utf-8\r\n\r\n{body}");
    let server = Server::start([Script::Hang(head.into_bytes())]).await;
    let config = server
        .config(Credential::tencent("id", "key"))
        .build()
        .unwrap();
    let call = trtc(&config).call(Chat::default());
    let mut stream = tokio::spawn(call.events()).await.unwrap().unwrap();
    can_be_spawned(&stream);
    // The reply has not ended, and never will.
    assert_eq!(stream.next().await.unwrap().unwrap().created, Some(1));
    assert_eq!(server.request().json(), value!({"Stream": true}));
    let line = format!("POST {}/ (Chat)", server.url());
    assert_eq!(stream.request().to_string(), line);
}

#[tokio::test]
async fn one_reply_is_one_event() {
    let body = br#"{"Response": {"Created": "7", "RequestId": "id"}}"#;
    let script = reply(200, &["content-type: application/json"], body);
    let (events, request_id) = read(Chat::default(), script).await;
    let [Ok(event)] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!(event.created, Some(7));
    assert_eq!(event.data().as_bytes(), body);
    assert_eq!(event.mismatches().len(), 1);
    assert_eq!(request_id.as_deref(), Some("id"));

    let body = br#"{"Response": {"Error": {"Code": "LimitExceeded", "Message": ""}}}"#;
    for (script, limit, kind) in [
        (reply(200, &[], body), LONG, ErrorKind::Service),
        (
            reply(503, &[STREAM], b"data: {}\n\n"),
            LONG,
            ErrorKind::Service,
        ),
        (
            Script::Silence,
            Duration::from_millis(300),
            ErrorKind::Timeout,
        ),
    ] {
        let error = call(Chat::default(), script, limit).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
    }
}

#[tokio::test]
async fn events_that_nobody_asked_for_are_a_clear_error() {
    let script = Script::Hang(format!("HTTP/1.1 200 OK\r\n{STREAM}\r\n\r\n").into_bytes());
    let server = Server::start([script]).await;
    let config = server
        .config(Credential::tencent("id", "key"))
        .build()
        .unwrap();
    let error = trtc(&config).call(Speak {}).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadReply, "{error}");
    assert!(error.to_string().contains("`events`"), "{error}");
    assert!(error.may_have_executed());
}

#[tokio::test]
async fn a_stream_that_breaks_off_says_so() {
    let head = |framing: &str| format!("HTTP/1.1 200 OK\r\n{STREAM}\r\n{framing}\r\n");
    let event = "data: {\"Seq\": 1}\n\n";
    let chunked = head("transfer-encoding: chunked\r\n");
    let length = event.len();
    for (text, kind) in [
        (
            format!("{chunked}{length:x}\r\n{event}\r\n"),
            ErrorKind::ReplyCut,
        ),
        (
            format!("{chunked}{length:x}\r\n{event}"),
            ErrorKind::ReplyCut,
        ),
        (
            format!("{}{event}", head("content-length: 90\r\n")),
            ErrorKind::ReplyCut,
        ),
        // Only the connection says where it ends.
        (
            format!("{}{event}data: {{\"Se", head("")),
            ErrorKind::ReplyCut,
        ),
        (
            format!("{}{event}data: {{\"Se", head("content-length: 28\r\n")),
            ErrorKind::BadReply,
        ),
        (
            format!("{}{event}data: oops\n\n{event}", head("")),
            ErrorKind::BadReply,
        ),
        (
            format!("{}{event}: {}", head(""), "x".repeat(1_000)),
            ErrorKind::TooLarge,
        ),
    ] {
        let error = fail(raw(&text), LONG).await;
        assert_eq!(error.kind(), kind, "{text:?}: {error}");
        assert!(error.may_have_executed());
        assert_eq!(error.status(), Some(200));
    }
}

#[tokio::test]
async fn only_silence_ends_a_stream_that_takes_long() {
    let head = format!("HTTP/1.1 200 OK\r\n{STREAM}\r\n\r\n");
    // Longer than the call may take until the stream begins.
    let body = "data: {\"Seq\": 1}\n\n:\n:\n:\n:\n:\n:\n:\n:\ndata: {\"Seq\": 2}\n\n";
    let limit = Duration::from_millis(1500);
    let slow = Script::Trickle(
        head.clone().into_bytes(),
        body.into(),
        Duration::from_millis(60),
    );
    let (events, _) = read_within(limit, Speak {}, slow).await;
    let numbers = events.into_iter().map(|event| event.unwrap().seq.unwrap());
    assert_eq!(numbers.collect::<Vec<_>>(), [1, 2]);

    let silent = Script::Hang(format!("{head}data: {{\"Seq\": 1}}\n\n").into_bytes());
    let error = fail(silent, limit).await;
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert!(error.is_timeout());
}

#[tokio::test]
async fn a_stream_tells_its_attempts_and_its_end() {
    let (spans, _guard) = Spans::start();
    let busy = r#"{"Response": {"Error": {"Code": "RequestLimitExceeded", "Message": "m"}}}"#;
    let body = b"data: {}\n\ndata: {\"ErrorMsg\": {\"Code\": 3004, \"Msg\": \"Busy.\"}}\n\n";
    let server = Server::start([json(200, busy), reply(200, &[STREAM], body)]).await;
    let config = server
        .config(Credential::tencent("id", "key"))
        .retry(RetryPolicy::standard().max_pause(Duration::from_millis(1)));
    let call = trtc(&config.build().unwrap()).call(Chat::default());
    let mut stream = call.events().await.unwrap();
    assert_eq!(stream.attempts(), 2);
    stream.next().await.unwrap().unwrap();
    assert_eq!(spans.error_of_call(), None);
    let error = stream.next().await.unwrap().unwrap_err();
    assert_eq!(error.attempts(), 2);
    assert_eq!(spans.error_of_call().as_deref(), Some("3004"));
}

#[tokio::test]
async fn a_stream_corrects_the_clock() {
    const NOW: i64 = 1_700_000_000;
    let headers = [STREAM, "date: Tue, 14 Nov 2023 22:23:20 GMT"];
    let scripts = [(); 2].map(|()| reply(200, &headers, b"data: {}\n\n"));
    let server = Server::start(scripts).await;
    let config = server
        .config(Credential::tencent("id", "key"))
        .clock(Clock::manual(Timestamp::from_second(NOW).unwrap()));
    let client = trtc(&config.build().unwrap());
    for _ in 0..2 {
        let stream = client.call(Speak {}).events().await.unwrap();
        assert_eq!(stream.attempts(), 1);
    }
    let requests = server.requests();
    let signed = requests.iter().map(|request| {
        let time = request.header("x-tc-timestamp").unwrap();
        time.parse::<i64>().unwrap() - NOW
    });
    let [first, second] = signed.collect::<Vec<_>>()[..] else {
        panic!("two requests");
    };
    // Half of the time that the exchange took is taken off.
    assert!(
        first == 0 && (590..=600).contains(&second),
        "{first} {second}"
    );
}
