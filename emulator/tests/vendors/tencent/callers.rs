//! Who is calling, and what for: signatures, time windows, actions, and the documented rate.

use serde_json::json;

use super::{code, get_user, result};
use crate::support::signing::Tencent;
use crate::support::{Emulation, NOW, Outgoing, vector_request};

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
