//! Tencent Cloud: the requests of its SDK are accepted, and everything documented is refused.

mod answers;
mod callers;
mod parameters;

use serde_json::{Value, json};

use crate::support::signing::Tencent;
use crate::support::{Reply, model};

const LONG_CALL: &str = "1400188366_218696_1590065900";

fn get_user() -> Tencent {
    Tencent::new("cam", "GetUser", "2019-01-16")
}

fn describe_user_info() -> Tencent {
    Tencent {
        region: Some("ap-singapore"),
        ..Tencent::new("trtc", "DescribeUserInfo", "2019-07-22")
    }
}

fn describe_room_info() -> Tencent {
    Tencent {
        action: "DescribeRoomInfo",
        ..describe_user_info()
    }
}

fn long_call(changes: &Value) -> Value {
    let mut body = json!({
        "CommId": LONG_CALL, "SdkAppId": 1_400_188_366,
        "StartTime": 1_590_065_900, "EndTime": 1_590_069_500,
    });
    for (name, value) in changes.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    body
}

/// The reply's code, after checking that everything around it is as the vendor's.
fn code(reply: &Reply) -> String {
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    let response = &reply.json()["Response"];
    let request_id = response["RequestId"].as_str().expect("a request id");
    assert_eq!(
        request_id.split('-').map(str::len).collect::<Vec<_>>(),
        [8, 4, 4, 4, 12]
    );
    match &response["Error"] {
        Value::Null => String::new(),
        error => {
            assert!(
                error["Message"]
                    .as_str()
                    .is_some_and(|message| !message.is_empty())
            );
            error["Code"].as_str().expect("a code").to_owned()
        }
    }
}

/// The result without its request id.
fn result(reply: &Reply) -> Value {
    assert_eq!(code(reply), "", "{}", reply.json());
    let mut response = reply.json()["Response"].take();
    response
        .as_object_mut()
        .expect("an object")
        .shift_remove("RequestId");
    response
}

/// The output that the page of an action shows.
fn page_output(action: &str) -> Value {
    let model = model();
    let mut actions = model
        .providers
        .iter()
        .flat_map(|provider| &provider.services)
        .flat_map(|service| &service.actions);
    let action = actions
        .find(|candidate| candidate.name == action)
        .expect("the action");
    let mut response = action.examples[0].response.clone().expect("a response");
    let mut response = response["Response"].take();
    response
        .as_object_mut()
        .expect("an object")
        .shift_remove("RequestId");
    response
}
