//! What is answered: the pages' examples, and a world that agrees with itself.

use serde_json::json;

use super::{
    LONG_CALL, code, describe_room_info, describe_user_info, get_user, long_call, page_output,
    result,
};
use crate::support::{Emulation, vector_request};

#[tokio::test]
async fn requests_of_the_official_sdk_are_accepted_byte_for_byte() {
    let emulation = Emulation::start().await;
    let user_status = page_output("DescribeUserStatus");
    let call = page_output("DescribeUserInfo");
    for (id, expected) in [
        ("tc-07-post-empty", &user_status),
        ("tc-08-get-empty", &user_status),
        ("tc-05b-post-notoken", &page_output("GetUser")),
    ] {
        assert_eq!(
            &result(&emulation.send(&vector_request(id)).await),
            expected,
            "{id}"
        );
    }
    for id in [
        "tc-01-post-json",
        "tc-02-get",
        "tc-10-v1-hmacsha1-post",
        "tc-11-v1-hmacsha256-post",
    ] {
        let reply = result(&emulation.send(&vector_request(id)).await);
        assert_eq!(reply["UserList"], call["UserList"], "{id}");
    }
    for id in [
        "tc-03-post-nonascii-escaped",
        "tc-04-post-nonascii-raw-utf8",
    ] {
        let reply = emulation.send(&vector_request(id)).await;
        assert_eq!(code(&reply), "ResourceNotFound.UserNotExist", "{id}");
    }
}

#[tokio::test]
async fn pages_own_requests_get_pages_own_replies() {
    let emulation = Emulation::start().await;
    let page = json!({
        "StartTime": 1_590_065_777, "CommId": "1400188366_218695_1590065777",
        "UserIds": ["user1_54816741", "user2_2107025"],
        "SdkAppId": 1_400_188_366, "EndTime": 1_590_065_877,
    });
    let reply = emulation.send(&describe_user_info().post(&page)).await;
    assert_eq!(result(&reply), page_output("DescribeUserInfo"));
    assert_eq!(
        result(&reply)["Total"],
        1,
        "the page counts one and lists two"
    );
    let reply = emulation
        .send(&get_user().post(&json!({ "Name": "test124" })))
        .await;
    assert_eq!(result(&reply), page_output("GetUser"));
    assert_ne!(
        reply.json()["Response"]["RequestId"],
        "33674182-e53d-416b-b6ce-bd7e7536b5d6",
        "every reply has a request id of its own",
    );
}

#[tokio::test]
async fn users_of_a_call_come_in_pages() {
    let emulation = Emulation::start().await;
    let mut listed = Vec::new();
    for page in 0..4 {
        let paging = json!({ "PageNumber": page, "PageSize": 5 });
        let output = result(
            &emulation
                .send(&describe_user_info().post(&long_call(&paging)))
                .await,
        );
        let users = output["UserList"].as_array().expect("a list").clone();
        assert_eq!(
            output["Total"],
            users.len(),
            "the page says: the number of records returned"
        );
        listed.extend(users.iter().map(|user| user["UserId"].clone()));
    }
    let expected: Vec<_> = (1..=14)
        .map(|number| json!(format!("guest{number:02}")))
        .collect();
    assert_eq!(listed, expected);
    for (paging, expected) in [
        (json!({}), 6),
        (json!({ "PageSize": 5 }), 6),
        (json!({ "PageNumber": 2 }), 2),
        (json!({ "UserIds": ["guest03", "guest14", "nobody"] }), 2),
        (json!({ "PageNumber": u64::MAX, "PageSize": 100 }), 0),
    ] {
        let output = result(
            &emulation
                .send(&describe_user_info().post(&long_call(&paging)))
                .await,
        );
        assert_eq!(
            output["UserList"].as_array().map(Vec::len),
            Some(expected),
            "{paging}"
        );
    }
    let unknown = json!({ "CommId": "1400188366_1_1590065900" });
    let output = result(
        &emulation
            .send(&describe_user_info().post(&long_call(&unknown)))
            .await,
    );
    assert_eq!(output, json!({ "Total": 0, "UserList": null }));
}

#[tokio::test]
async fn rooms_and_their_users_agree() {
    let emulation = Emulation::start().await;
    let period = json!({
        "SdkAppId": 1_400_188_366, "StartTime": 1_590_065_777, "EndTime": 1_590_069_000,
    });
    let output = result(&emulation.send(&describe_room_info().post(&period)).await);
    let rooms = output["RoomList"].as_array().expect("a list");
    assert_eq!(output["Total"], 2);
    for room in rooms {
        let call = json!({
            "CommId": room["CommId"], "SdkAppId": 1_400_188_366,
            "StartTime": room["CreateTime"], "EndTime": room["DestroyTime"],
        });
        let output = result(&emulation.send(&describe_user_info().post(&call)).await);
        let users = output["UserList"].as_array().expect("a list");
        assert!(!users.is_empty());
        assert!(
            users
                .iter()
                .all(|user| user["RoomStr"] == room["RoomString"])
        );
        assert_eq!(users[0]["UserId"], room["UserId"]);
    }
    let mut one = period.clone();
    one["RoomId"] = json!("218696");
    let output = result(&emulation.send(&describe_room_info().post(&one)).await);
    assert_eq!(output["RoomList"][0]["CommId"], LONG_CALL);
    let day = json!({ "SdkAppId": 1, "StartTime": 0, "EndTime": 86_401 });
    let reply = emulation.send(&describe_room_info().post(&day)).await;
    assert_eq!(code(&reply), "InvalidParameter.QueryScaleOversize");
}
