//! Tencent Cloud: the requests of its SDK are accepted, and everything documented is refused.

use serde_json::{Value, json};

use crate::support::signing::Tencent;
use crate::support::{Emulation, NOW, Outgoing, Reply, model, vector, vector_request};

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

fn long_call(paging: Value) -> Value {
    let mut body = json!({
        "CommId": LONG_CALL, "SdkAppId": 1_400_188_366,
        "StartTime": 1_590_065_900, "EndTime": 1_590_069_500,
    });
    for (name, value) in paging.as_object().into_iter().flatten() {
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
async fn a_changed_byte_spoils_the_signature() {
    let emulation = Emulation::start().await;
    let mut post = vector_request("tc-01-post-json");
    let digit = post.body.len() - 2;
    post.body[digit] = b'7';
    let mut get = vector_request("tc-02-get");
    get.target = get.target.replace("PageSize=6", "PageSize=7");
    let mut v1 = vector_request("tc-11-v1-hmacsha256-post");
    let form = String::from_utf8(v1.body).expect("a form");
    v1.body = form.replace("PageSize=6", "PageSize=7").into_bytes();
    let host = vector_request("tc-01-post-json")
        .without("Host")
        .header("Host", "elsewhere");
    for request in [post, get, v1, host] {
        let reply = emulation.send(&request).await;
        assert_eq!(code(&reply), "AuthFailure.SignatureFailure", "{request:?}");
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
async fn every_way_to_sign_is_understood() {
    let emulation = Emulation::start().await;
    let body = json!({ "Name": "test124" });
    let with_action = Tencent {
        extra_signed: vec![("x-tc-action", "GetUser".to_owned())],
        ..get_user()
    };
    let unsigned = Tencent {
        unsigned_payload: true,
        ..get_user()
    };
    let mut altered = unsigned.post(&json!({ "Name": "nobody__" }));
    altered.body = body.to_string().into_bytes();
    for request in [
        get_user().get("Name=test124"),
        with_action.post(&body),
        unsigned.post(&body),
        altered,
        get_user().sign(
            "POST",
            "",
            body.to_string().into(),
            "application/json; charset=utf-8",
        ),
    ] {
        assert_eq!(
            result(&emulation.send(&request).await)["Uid"],
            1_001_774,
            "{request:?}"
        );
    }
}

#[tokio::test]
async fn callers_are_refused() {
    let emulation = Emulation::start().await;
    let body = json!({ "Name": "test124" });
    let sent = get_user().post(&body);
    let late = Tencent {
        timestamp: NOW - 301,
        ..get_user()
    };
    let early = Tencent {
        timestamp: NOW + 301,
        ..get_user()
    };
    let other_id = Tencent {
        secret_id: "AKIDOTHER".to_owned(),
        ..get_user()
    };
    let other_key = Tencent {
        secret_key: "other".to_owned(),
        ..get_user()
    };
    for (request, expected) in [
        (other_key.post(&body), "AuthFailure.SignatureFailure"),
        (
            other_key.get("Name=test124"),
            "AuthFailure.SignatureFailure",
        ),
        (other_id.post(&body), "AuthFailure.SecretIdNotFound"),
        (late.post(&body), "AuthFailure.SignatureExpire"),
        (early.post(&body), "AuthFailure.SignatureExpire"),
        (
            sent.clone().without("Authorization"),
            "AuthFailure.InvalidAuthorization",
        ),
        (
            sent.clone()
                .without("Authorization")
                .header("Authorization", "TC3-HMAC-SHA256 x"),
            "AuthFailure.InvalidAuthorization",
        ),
        (
            sent.clone()
                .without("Authorization")
                .header("Authorization", "SKIP"),
            "AuthFailure.InvalidAuthorization",
        ),
        (
            vector_request("tc-05-post-token"),
            "AuthFailure.TokenFailure",
        ),
    ] {
        assert_eq!(
            code(&emulation.send(&request).await),
            expected,
            "{request:?}"
        );
    }
    for timestamp in [NOW - 300, NOW + 300] {
        let request = Tencent {
            timestamp,
            ..get_user()
        }
        .post(&body);
        assert_eq!(
            code(&emulation.send(&request).await),
            "",
            "within the window"
        );
    }
}

#[tokio::test]
async fn actions_that_do_not_exist_are_refused() {
    let emulation = Emulation::start().await;
    let body = json!({ "Name": "test124" });
    let sent = get_user().post(&body);
    let post = |changed: Tencent| changed.post(&body);
    for (request, expected) in [
        (
            post(Tencent {
                action: "GetUsers",
                ..get_user()
            }),
            "InvalidAction",
        ),
        (
            post(Tencent {
                version: "2019-01-17",
                ..get_user()
            }),
            "NoSuchVersion",
        ),
        (
            post(Tencent {
                service: "cvm",
                ..get_user()
            }),
            "NoSuchProduct",
        ),
        (sent.clone().without("X-TC-Action"), "MissingParameter"),
        (sent.clone().without("X-TC-Version"), "MissingParameter"),
        (sent.clone().without("X-TC-Timestamp"), "MissingParameter"),
        (sent.clone().without("Content-Type"), "UnsupportedProtocol"),
        (
            Outgoing {
                method: "PUT".to_owned(),
                ..sent.clone()
            },
            "UnsupportedProtocol",
        ),
        (
            Outgoing {
                method: "DELETE".to_owned(),
                ..sent
            },
            "UnsupportedProtocol",
        ),
    ] {
        assert_eq!(
            code(&emulation.send(&request).await),
            expected,
            "{request:?}"
        );
    }
}

#[tokio::test]
async fn parameters_are_checked() {
    let emulation = Emulation::start().await;
    let too_many: Vec<_> = (0..101).map(|number| format!("user{number}")).collect();
    for (changes, expected) in [
        (json!({ "CommId": null }), "MissingParameter"),
        (json!({ "Unheard": 1 }), "UnknownParameter"),
        (json!({ "SdkAppId": "1400188366" }), "InvalidParameter"),
        (json!({ "SdkAppId": -1 }), "InvalidParameter"),
        (json!({ "SdkAppId": 1.5 }), "InvalidParameter"),
        (json!({ "CommId": 7 }), "InvalidParameter"),
        (json!({ "UserIds": "user1" }), "InvalidParameter"),
        (json!({ "UserIds": [7] }), "InvalidParameter"),
        (json!({ "UserIds": [] }), "InvalidParameterValue"),
        (json!({ "UserIds": too_many }), "InvalidParameterValue"),
        (
            json!({ "PageNumber": 0, "PageSize": 0 }),
            "InvalidParameterValue",
        ),
        (
            json!({ "PageNumber": 0, "PageSize": 101 }),
            "InvalidParameterValue",
        ),
        (
            json!({ "EndTime": 1_590_065_900 + 4 * 3600 + 1 }),
            "InvalidParameter.QueryScaleOversize",
        ),
        (
            json!({ "SdkAppId": 1_400_188_367 }),
            "InvalidParameter.SdkAppId",
        ),
        (json!({ "PageNumber": 0, "PageSize": 100 }), ""),
    ] {
        let request = describe_user_info().post(&long_call(changes.clone()));
        assert_eq!(code(&emulation.send(&request).await), expected, "{changes}");
        // The limit on the rate of calls is another test's.
        emulation.advance(1);
        let request = Tencent {
            timestamp: emulation.now(),
            ..describe_user_info()
        };
        assert_eq!(
            code(&emulation.send(&request.post(&long_call(json!({})))).await),
            ""
        );
    }
}

#[tokio::test]
async fn flattened_parameters_are_checked() {
    let emulation = Emulation::start().await;
    let call =
        format!("CommId={LONG_CALL}&SdkAppId=1400188366&StartTime=1590065900&EndTime=1590065901");
    for (query, expected) in [
        (call.clone(), ""),
        (format!("{call}&UserIds.0=guest01&UserIds.1=guest02"), ""),
        (format!("{call}&UserIds.1=guest01"), "InvalidParameter"),
        (format!("{call}&UserIds=guest01"), "InvalidParameter"),
        (format!("{call}&PageSize=six"), "InvalidParameter"),
        (format!("{call}&PageSize=101"), "InvalidParameterValue"),
        (format!("{call}&Unheard.0.Of=1"), "UnknownParameter"),
        (format!("{call}&CommId=twice"), "InvalidParameterValue"),
        (
            format!(
                "{call}&{}=1",
                vec!["deep"; 9_000].join(".").split_at(20_000).0
            ),
            "UnknownParameter",
        ),
        ("SdkAppId=1400188366".to_owned(), "MissingParameter"),
    ] {
        let reply = emulation.send(&describe_user_info().get(&query)).await;
        assert_eq!(code(&reply), expected, "{}", &query[..query.len().min(200)]);
    }
}

#[tokio::test]
async fn common_parameters_are_checked() {
    let emulation = Emulation::start().await;
    let body = json!({ "Name": "test124" });
    for (name, value, expected) in [
        ("X-TC-Language", "en-US", ""),
        ("X-TC-Language", "de-DE", "InvalidParameterValue"),
        ("X-TC-RequestClient", "SDK_PYTHON_3.1.195", ""),
        ("X-TC-RequestClient", "no blanks", "InvalidParameterValue"),
        ("X-TC-Region", "anywhere", ""),
    ] {
        let reply = emulation
            .send(&get_user().post(&body).header(name, value))
            .await;
        assert_eq!(code(&reply), expected, "{name}: {value}");
    }
    let malformed = get_user().post(&body).without("X-TC-Timestamp");
    let reply = emulation
        .send(&malformed.header("X-TC-Timestamp", "now"))
        .await;
    assert_eq!(code(&reply), "InvalidParameter");
    let traced = get_user().post(&body).header("X-TC-TraceId", "trace-7");
    assert_eq!(
        emulation.send(&traced).await.header("x-tc-traceid"),
        Some("trace-7")
    );
}

#[tokio::test]
async fn regions_are_checked() {
    let emulation = Emulation::start().await;
    for (region, expected) in [
        (None, "MissingParameter"),
        (Some("eu-frankfurt"), "UnsupportedRegion"),
        (Some("na-toronto"), ""),
    ] {
        let request = Tencent {
            region,
            ..describe_user_info()
        };
        let reply = emulation.send(&request.post(&long_call(json!({})))).await;
        assert_eq!(code(&reply), expected, "{region:?}");
    }
}

#[tokio::test]
async fn version_one_requests_are_checked() {
    let emulation = Emulation::start().await;
    let sent = vector_request("tc-10-v1-hmacsha1-post");
    let form = String::from_utf8(sent.body.clone()).expect("a form");
    let changed = |from: &str, to: &str| {
        assert!(form.contains(from), "{form}");
        Outgoing {
            body: form.replace(from, to).into_bytes(),
            ..sent.clone()
        }
    };
    for (request, expected) in [
        (changed("&Nonce=1234567890", ""), "MissingParameter"),
        (changed("Nonce=1234567890", "Nonce=-1"), "InvalidParameter"),
        (changed("&Timestamp=1700000000", ""), "MissingParameter"),
        (
            changed("Timestamp=1700000000", "Timestamp=1600000000"),
            "AuthFailure.SignatureExpire",
        ),
        (
            changed("SecretId=AKID", "SecretId=OTHER"),
            "AuthFailure.SecretIdNotFound",
        ),
        (
            changed("SignatureMethod=HmacSHA1", "SignatureMethod=MD5"),
            "InvalidParameterValue",
        ),
        (
            changed("Version=2019-07-22", "Version=2019-07-23"),
            "NoSuchVersion",
        ),
        (
            changed("Action=DescribeUserInfo", "Action=DescribeNothing"),
            "InvalidAction",
        ),
        (
            changed("Language=en-US", "Language=xx"),
            "InvalidParameterValue",
        ),
    ] {
        assert_eq!(
            code(&emulation.send(&request).await),
            expected,
            "{request:?}"
        );
    }
    // The form of a POST signs `POST…`, so it does not hold for a GET.
    let query = Outgoing {
        method: "GET".to_owned(),
        target: format!("/?{form}"),
        body: Vec::new(),
        ..sent
    };
    assert_eq!(
        code(&emulation.send(&query).await),
        "AuthFailure.SignatureFailure"
    );
}

#[tokio::test]
async fn the_documented_rate_is_kept() {
    let emulation = Emulation::start().await;
    let request = get_user().post(&json!({ "Name": "test124" }));
    for call in 0..20 {
        assert_eq!(code(&emulation.send(&request).await), "", "call {call}");
    }
    assert_eq!(
        code(&emulation.send(&request).await),
        "RequestLimitExceeded"
    );
    let other_action = vector_request("tc-07-post-empty");
    assert_eq!(
        code(&emulation.send(&other_action).await),
        "",
        "each action has its own limit"
    );
    emulation.advance(1);
    assert_eq!(code(&emulation.send(&request).await), "", "a second later");
}

#[tokio::test]
async fn users_of_a_call_come_in_pages() {
    let emulation = Emulation::start().await;
    let mut listed = Vec::new();
    for page in 0..4 {
        let paging = json!({ "PageNumber": page, "PageSize": 5 });
        let output = result(
            &emulation
                .send(&describe_user_info().post(&long_call(paging)))
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
                .send(&describe_user_info().post(&long_call(paging.clone())))
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
            .send(&describe_user_info().post(&long_call(unknown)))
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

#[tokio::test]
async fn requests_that_are_too_large_are_refused() {
    let emulation = Emulation::start().await;
    let long = get_user().get(&format!("Name={}", "x".repeat(33 * 1024)));
    assert_eq!(
        code(&emulation.send(&long).await),
        "RequestSizeLimitExceeded"
    );
    let mut form = vector_request("tc-10-v1-hmacsha1-post");
    form.body
        .extend(format!("&Filler={}", "x".repeat(1024 * 1024)).bytes());
    assert_eq!(
        code(&emulation.send(&form).await),
        "RequestSizeLimitExceeded"
    );
}

#[tokio::test]
async fn malformed_bodies_are_refused() {
    let emulation = Emulation::start().await;
    let deep = "[".repeat(100_000);
    for body in ["[]", "{", "7", "\u{0}", deep.as_str()] {
        let request = get_user().sign("POST", "", body.as_bytes().to_vec(), "application/json");
        let reply = emulation.send(&request).await;
        assert_eq!(code(&reply), "InvalidParameter", "{}", &body[..1]);
    }
    assert_eq!(vector("tc-07-post-empty")["outputs"]["body"], "{}");
    let empty = get_user().sign("POST", "", Vec::new(), "application/json");
    assert_eq!(code(&emulation.send(&empty).await), "MissingParameter");
}
