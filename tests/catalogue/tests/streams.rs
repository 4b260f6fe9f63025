//! The vendor's examples of events through the generated types.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;

use bindery_catalogue::tencent::waf::v20180125 as waf;
use bindery_catalogue::tencent::{lkeap::v20240522 as lkeap, trtc::v20190722 as trtc};
use bindery_runtime::support::{Action, RecordMut, Streamed};
use bindery_runtime::{ActionError, Call, Config, Credential, Error, Event};
use bindery_tests::answer_with;
use serde_json::{Value, json};

type Events<A> = Vec<Result<Event<<A as Action>::Output>, ActionError<<A as Action>::ErrorCode>>>;

/// The events of the first example of an action, which stand behind what it says of them.
fn example(folder: &str, action: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/services");
    let text = std::fs::read_to_string(path.join(folder).join("examples.json")).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    let output = file["actions"][action][0]["output"].as_str().unwrap();
    output[output.find("data:").unwrap()..].to_owned()
}

/// Reads the first example of an action as a stream. `call` makes a call with a configuration.
async fn read<A: Streamed + RecordMut>(
    folder: &str,
    call: impl Fn(&Config, A) -> Call<A>,
) -> Events<A> {
    let body = example(folder, A::OPERATION.name);
    let server = answer_with(200, "text/event-stream", &body).unwrap();
    let credential = Credential::tencent("AKIDEXAMPLE", "secret");
    let config = Config::builder(credential).region("ap-guangzhou");
    let config = config.endpoint(server.url()).build().unwrap();
    let mut stream = call(&config, A::empty()).events().await.unwrap();
    let mut events = Vec::new();
    while let Some(event) = stream.next().await {
        events.push(event);
    }
    events
}

/// The data of an event, for what the metadata does not tell.
fn data<T>(event: &Event<T>) -> Value {
    serde_json::from_str(event.data()).unwrap()
}

#[tokio::test]
async fn what_the_metadata_describes_is_typed() {
    let events = read("lkeap/v20240522", |config, request| {
        lkeap::Client::new(config)
            .unwrap()
            .chat_completions(request)
    })
    .await;
    let mut said = String::new();
    for event in events {
        let event = event.unwrap();
        assert_eq!(event.mismatches(), []);
        assert_eq!(event.created, Some(1_738_697_628));
        for choice in event.into_inner().choices {
            let delta = choice.delta.unwrap();
            said.push_str(&delta.reasoning_content.unwrap_or_default());
        }
    }
    assert_eq!(said, "确定9.11");
}

#[tokio::test]
async fn what_it_leaves_out_can_be_read_nonetheless() {
    let events = read("trtc/v20190722", |config, request| {
        trtc::Client::new(config)
            .unwrap()
            .text_to_speech_sse(request)
    })
    .await;
    let [Ok(chunk), Err(error)] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!(data(chunk)["Audio"], "base64编码的音频数据...");
    assert_eq!(Error::code(error), Some("InternalError"));
    assert_eq!(error.message(), "internal error message");

    let events = read("waf/v20180125", |config, request| {
        waf::Client::new(config)
            .unwrap()
            .generate_llm_sec_answer(request)
    })
    .await;
    let events = events.into_iter().map(|event| data(&event.unwrap()));
    let mut events: Vec<Value> = events.collect();
    assert_eq!(
        events.pop(),
        Some(json!({"index": 38, "success": true, "end": true}))
    );
    let said = events.iter().map(|event| event["data"].as_str().unwrap());
    let said = said.collect::<String>();
    assert!(
        said.starts_with("您好！我是一款") && said.ends_with("您的吗？"),
        "{said}"
    );
}
