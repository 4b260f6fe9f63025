//! What goes out on the wire.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bindery_runtime::signing::tc3::{self, PayloadHash, SigningKey};
use bindery_runtime::{Credential, ErrorKind, Language};
use serde_json::json;

use crate::actions::{
    CreateAppIdToken, CreateToken, DescribeUserInfo, DescribeUsers, RemoveAll, ShowUserDetail,
    meeting, rtc, trtc,
};
use crate::server::{Request, Server};

const SUCCESS: &str = r#"{"Response": {"RequestId": "id"}}"#;

fn tencent() -> Credential {
    Credential::tencent("AKIDEXAMPLEEXAMPLE", "the-key")
}

/// Signs what came in once more.
pub(crate) fn tc3_authorization(request: &Request, action: &str) -> String {
    let header = |name| request.header(name).expect("the header is sent");
    let timestamp = header("x-tc-timestamp").parse().expect("it is in seconds");
    let (method, _) = request.line.split_once(' ').expect("a method comes first");
    let (_, query) = request.target().split_once('?').unwrap_or_default();
    let signed = tc3::Request {
        method,
        host: header("host"),
        query,
        content_type: header("content-type"),
        payload: &PayloadHash::signed(&request.body),
        action: Some(action),
    };
    let key = SigningKey::derive("the-key", timestamp, "trtc");
    tc3::sign(&signed, "AKIDEXAMPLEEXAMPLE", &key, timestamp).authorization
}

#[tokio::test]
async fn tencent_post_is_the_example_of_the_vendors_page() {
    let server = Server::replying([SUCCESS]).await;
    let credential = tencent().with_token("the-session-token");
    let config = server
        .config(credential)
        .language(Language::English)
        .build()
        .unwrap();
    let page = trtc(&config)
        .call(DescribeUserInfo::example())
        .await
        .unwrap();

    let request = server.request();
    assert_eq!(request.line, "POST / HTTP/1.1");
    for (name, value) in [
        ("host", server.host().as_str()),
        ("content-type", "application/json"),
        ("x-tc-action", "DescribeUserInfo"),
        ("x-tc-version", "2019-07-22"),
        ("x-tc-region", "ap-singapore"),
        ("x-tc-language", "en-US"),
        ("x-tc-token", "the-session-token"),
    ] {
        assert_eq!(request.header(name), Some(value), "{name}");
    }
    assert_eq!(
        request.json(),
        json!({
            "StartTime": 1_590_065_777,
            "CommId": "1400188366_218695_1590065777",
            "UserIds": ["user1_54816741", "user2_2107025"],
            "SdkAppId": 1_400_188_366,
            "EndTime": 1_590_065_877
        })
    );
    let authorization = request.header("authorization").unwrap();
    assert_eq!(
        authorization,
        tc3_authorization(&request, "DescribeUserInfo")
    );
    let line = format!("POST {}/ (DescribeUserInfo)", server.url());
    assert_eq!(page.request().to_string(), line);
}

#[tokio::test]
async fn tencent_get_has_the_query_of_the_vendors_sdk() {
    let server = Server::replying([SUCCESS]).await;
    let config = server.config(tencent()).build().unwrap();
    let mut request = DescribeUserInfo::example();
    request.page_number = Some(0);
    request.page_size = Some(6);
    trtc(&config).call(request).get().await.unwrap();

    // The query that tencentcloud-sdk-python-common 3.1.195 writes for the same inputs.
    let query = "CommId=1400188366_218695_1590065777&StartTime=1590065777&EndTime=1590065877\
        &SdkAppId=1400188366&UserIds.0=user1_54816741&UserIds.1=user2_2107025&PageNumber=0\
        &PageSize=6";
    let request = server.request();
    assert_eq!(request.line, format!("GET /?{query} HTTP/1.1"));
    let form = "application/x-www-form-urlencoded";
    assert_eq!(request.header("content-type"), Some(form));
    let authorization = request.header("authorization").unwrap();
    assert_eq!(
        authorization,
        tc3_authorization(&request, "DescribeUserInfo")
    );
}

#[tokio::test]
async fn tencent_request_without_inputs_has_an_empty_object() {
    let server = Server::replying([SUCCESS, SUCCESS]).await;
    let client = trtc(&server.config(tencent()).build().unwrap());
    client.call(RemoveAll {}).region("ap-mumbai").await.unwrap();
    client.call(RemoveAll {}).get().await.unwrap();

    let [post, get] = server.requests().try_into().ok().unwrap();
    assert_eq!(post.body, b"{}");
    assert_eq!(post.header("x-tc-region"), Some("ap-mumbai"));
    assert_eq!(get.line, "GET / HTTP/1.1");
    assert_eq!(get.body, b"");
}

#[tokio::test]
async fn zego_names_the_action_in_the_query_before_the_inputs() {
    let server = Server::replying([r#"{"Code": 0}"#]).await;
    let config = server
        .config(Credential::zego(1_234_567_890, "secret"))
        .build()
        .unwrap();
    let request = DescribeUsers {
        room_id: "room1".to_owned(),
        user_id: vec!["a".to_owned(), "b".to_owned()],
        pass: Some("hidden-pass".to_owned()),
    };
    let reply = rtc(&config).call(request).await.unwrap();

    let request = server.request();
    let pairs: Vec<(&str, &str)> = request
        .target()
        .strip_prefix("/?")
        .unwrap()
        .split('&')
        .map(|pair| pair.split_once('=').unwrap())
        .collect();
    let [
        ("Action", "DescribeUsers"),
        ("AppId", "1234567890"),
        ("SignatureNonce", nonce),
        ("Timestamp", timestamp),
        ("Signature", signature),
        ("SignatureVersion", "2.0"),
        ("RoomId", "room1"),
        ("UserId%5B%5D", "a"),
        ("UserId%5B%5D", "b"),
        ("Pass", "hidden-pass"),
    ] = pairs[..]
    else {
        panic!("{pairs:?}");
    };
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    assert!(nonce.len() == 16 && is_hex(nonce), "{nonce}");
    assert!(signature.len() == 32 && is_hex(signature), "{signature}");
    assert_eq!(timestamp.len(), 10);
    assert_eq!(
        reply.request().to_string(),
        format!(
            "GET {}/?Action=DescribeUsers&AppId=1234567890&SignatureNonce=***\
             &Timestamp={timestamp}&Signature=***&SignatureVersion=2.0&RoomId=room1\
             &UserId%5B%5D=a&UserId%5B%5D=b&Pass=***",
            server.url()
        )
    );
}

#[tokio::test]
async fn huawei_names_the_resource_in_the_path() {
    let server = Server::replying([r#"{"name": "Li"}"#]).await;
    let config = server
        .config(Credential::huawei_token("the-token"))
        .build()
        .unwrap();
    let request = ShowUserDetail {
        account: "a/b@example.com".to_owned(),
        account_type: Some(1),
        request_id: Some("my-id".to_owned()),
    };
    meeting(&config).call(request).await.unwrap();

    let request = server.request();
    let target = "/v1/usg/dcs/corp/member/a%2Fb%40example.com?accountType=1";
    assert_eq!(request.line, format!("GET {target} HTTP/1.1"));
    assert_eq!(request.header("x-access-token"), Some("the-token"));
    assert_eq!(request.header("x-request-id"), Some("my-id"));
    assert_eq!(request.header("content-type"), None);
}

#[tokio::test]
async fn huawei_logs_in_with_an_app_id() {
    let server = Server::replying([r#"{"accessToken": "t"}"#]).await;
    let credential = Credential::huawei_app_id("app-id", "app-key")
        .with_user_id("user-1")
        .with_corp_id("corp-1");
    let client = meeting(&server.config(credential).build().unwrap());
    let user_name = Some("Li".to_owned());
    client.call(CreateAppIdToken { user_name }).await.unwrap();

    let request = server.request();
    assert_eq!(request.line, "POST /v2/usg/acs/auth/appauth HTTP/1.1");
    assert_eq!(request.header("content-type"), Some("application/json"));
    let authorization = request.header("authorization").unwrap();
    let access = STANDARD.encode("app-id");
    assert!(authorization.starts_with("HMAC-SHA256 signature="));
    assert!(authorization.ends_with(&format!(",access={access}")));

    let mut body = request.json();
    let nonce = body["nonce"].take();
    assert!((32..=64).contains(&nonce.as_str().unwrap().len()));
    // Until ten minutes from now, in seconds.
    let now = bindery_runtime::Timestamp::try_from(std::time::SystemTime::now()).unwrap();
    let expires = body["expireTime"].take().as_i64().unwrap();
    assert!(
        (540..=600).contains(&(expires - now.as_second())),
        "{expires}"
    );
    assert_eq!(
        body,
        json!({
            "userName": "Li", "appId": "app-id", "clientType": 72, "userId": "user-1",
            "corpId": "corp-1", "expireTime": null, "nonce": null
        })
    );
}

#[tokio::test]
async fn huawei_logs_in_with_an_account() {
    let server = Server::replying([r#"{"accessToken": "t"}"#]).await;
    let credential = Credential::huawei_account("li", "open sesame");
    let client = meeting(&server.config(credential).build().unwrap());
    client.call(CreateToken {}).await.unwrap();

    let request = server.request();
    // RFC 7617, section 2: the account and the password with a colon between them, in base64.
    let authorization = format!("Basic {}", STANDARD.encode("li:open sesame"));
    assert_eq!(
        request.header("authorization"),
        Some(authorization.as_str())
    );
    assert_eq!(request.json(), json!({"account": "li", "clientType": 72}));
}

#[tokio::test]
async fn a_path_that_would_be_resolved_is_not_sent() {
    let server = Server::replying([]).await;
    let client = meeting(
        &server
            .config(Credential::huawei_token("token"))
            .build()
            .unwrap(),
    );
    for account in [".", "..", ""] {
        let request = ShowUserDetail {
            account: account.to_owned(),
            account_type: None,
            request_id: None,
        };
        let error = client.call(request).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Build, "{account:?}: {error}");
    }
    assert!(server.requests().is_empty());
}
