//! What users write by hand who need one action: reqwest, serde's traits derived, and the signature
//! as the vendor's page shows it, which derives the day's key for each call.

mod types;

use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use types::{DescribeUserInfo, User};

const SECRET_ID: &str = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE";
const SECRET_KEY: &str = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE";
const CONTENT_TYPE: &str = "application/json; charset=utf-8";
const ACTION: &str = "DescribeUserInfo";

struct Client {
    http: reqwest::Client,
    url: String,
    host: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Envelope {
    response: Reply,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Reply {
    error: Option<Problem>,
    total: Option<u64>,
    user_list: Option<Vec<User>>,
    request_id: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "they are shown")]
struct Problem {
    code: String,
    message: String,
}

fn main() {
    let open = |url: &str| {
        Arc::new(Client {
            http: reqwest::Client::builder()
                .connect_timeout(Duration::from_secs(3))
                .timeout(Duration::from_secs(30))
                .build()
                .expect("a client"),
            url: url.to_owned(),
            host: url.replace("http://", ""),
        })
    };
    harness::run(open, call);
}

async fn call(client: Arc<Client>) {
    let body = serde_json::to_string(&DescribeUserInfo::example()).expect("a body");
    let now = Utc::now();
    let timestamp = now.timestamp();
    let date = now.format("%Y-%m-%d").to_string();
    let reply = client
        .http
        .post(&client.url)
        .header("Authorization", authorization(&client.host, &body, timestamp, &date))
        .header("Content-Type", CONTENT_TYPE)
        .header("X-TC-Action", ACTION)
        .header("X-TC-Timestamp", timestamp.to_string())
        .header("X-TC-Version", "2019-07-22")
        .header("X-TC-Region", "ap-singapore")
        .body(body)
        .send()
        .await
        .expect("a reply");
    let reply: Envelope = reply.json().await.expect("a reply that can be read");
    let Reply { error, total, user_list, request_id } = reply.response;
    assert!(error.is_none(), "{error:?}");
    assert_eq!((total, user_list.map(|users| users.len())), (Some(2), Some(2)));
    assert!(request_id.is_some());
}

fn authorization(host: &str, body: &str, timestamp: i64, date: &str) -> String {
    let action = ACTION.to_lowercase();
    let signed_headers = "content-type;host;x-tc-action";
    let hash = sha256_hex(body);
    let canonical_request = format!(
        "POST\n/\n\ncontent-type:{CONTENT_TYPE}\nhost:{host}\nx-tc-action:{action}\n\n\
         {signed_headers}\n{hash}"
    );
    let scope = format!("{date}/trtc/tc3_request");
    let hash = sha256_hex(&canonical_request);
    let string_to_sign = format!("TC3-HMAC-SHA256\n{timestamp}\n{scope}\n{hash}");
    let secret_date = hmac_sha256(format!("TC3{SECRET_KEY}").as_bytes(), date);
    let secret_service = hmac_sha256(&secret_date, "trtc");
    let secret_signing = hmac_sha256(&secret_service, "tc3_request");
    let signature = hex::encode(hmac_sha256(&secret_signing, &string_to_sign));
    format!(
        "TC3-HMAC-SHA256 Credential={SECRET_ID}/{scope}, SignedHeaders={signed_headers}, \
         Signature={signature}"
    )
}

fn hmac_sha256(key: &[u8], message: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn sha256_hex(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}
