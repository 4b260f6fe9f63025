//! What is asked for: names, types, ranges, regions and sizes.

use serde_json::json;

use super::{LONG_CALL, code, describe_user_info, get_user, long_call};
use crate::support::signing::Tencent;
use crate::support::{Emulation, vector, vector_request};

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
        let request = describe_user_info().post(&long_call(&changes));
        assert_eq!(code(&emulation.send(&request).await), expected, "{changes}");
        // The limit on the rate of calls is another test's.
        emulation.advance(1);
        let request = Tencent {
            timestamp: emulation.now(),
            ..describe_user_info()
        };
        assert_eq!(
            code(&emulation.send(&request.post(&long_call(&json!({})))).await),
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
        let reply = emulation.send(&request.post(&long_call(&json!({})))).await;
        assert_eq!(code(&reply), expected, "{region:?}");
    }
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
