//! reqwest alone: a request that was signed before, and a reply that nobody reads.

use std::sync::Arc;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};

const BODY: &str = r#"{"CommId":"1400188366_218695_1590065777","StartTime":1590065777,"EndTime":1590065877,"SdkAppId":1400188366,"UserIds":["user1_54816741","user2_2107025"]}"#;

const SIGNATURE: &str = "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2020-05-21/trtc/tc3_request, SignedHeaders=content-type;host;x-tc-action, Signature=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

struct Client {
    http: reqwest::Client,
    url: reqwest::Url,
    headers: HeaderMap,
}

fn main() {
    harness::run(|url| Arc::new(open(url)), call);
}

fn open(url: &str) -> Client {
    let headers = [
        (AUTHORIZATION.as_str(), SIGNATURE),
        (CONTENT_TYPE.as_str(), "application/json"),
        ("x-tc-action", "DescribeUserInfo"),
        ("x-tc-region", "ap-singapore"),
        ("x-tc-timestamp", "1590065777"),
        ("x-tc-version", "2019-07-22"),
    ];
    let headers = headers.map(|(name, value)| {
        let name = name.parse().expect("the name of a header");
        (name, HeaderValue::from_static(value))
    });
    Client {
        http: reqwest::Client::new(),
        url: url.parse().expect("a URL"),
        headers: headers.into_iter().collect(),
    }
}

async fn call(client: Arc<Client>) {
    let request = client.http.post(client.url.clone());
    let request = request.headers(client.headers.clone()).body(BODY);
    let reply = request.send().await.expect("a reply");
    assert!(reply.status().is_success());
    let reply = reply.bytes().await.expect("the whole reply");
    assert!(!reply.is_empty());
}
