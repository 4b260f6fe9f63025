//! The crate `tencentcloud-sdk`, which has no types for this service: they are those that users
//! would write by hand.

use serde::{Deserialize, Serialize};
use tencentcloud_sdk::{ApiResponse, Client, Credentials, Endpoint, Operation};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DescribeUserInfo {
    comm_id: String,
    start_time: i64,
    end_time: i64,
    sdk_app_id: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_ids: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    page_number: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    page_size: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Reply {
    total: Option<u64>,
    user_list: Option<Vec<User>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "reading them is what is measured")]
struct User {
    room_str: Option<String>,
    user_id: Option<String>,
    join_ts: Option<u64>,
    leave_ts: Option<u64>,
    device_type: Option<String>,
    sdk_version: Option<String>,
    client_ip: Option<String>,
    finished: Option<bool>,
}

fn main() {
    harness::run(open, call);
}

fn open(url: &str) -> Client {
    let id = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE";
    let credentials = Credentials::new(id, "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE");
    let endpoint = Endpoint::loopback_http(url).expect("an endpoint");
    let client = Client::builder()
        .credentials(credentials.expect("a credential"))
        .region("ap-singapore")
        .endpoint("trtc", endpoint);
    client.build().expect("a client")
}

async fn call(client: Client) {
    let operation = Operation::new("trtc", "2019-07-22", "DescribeUserInfo");
    let request = DescribeUserInfo {
        comm_id: "1400188366_218695_1590065777".into(),
        start_time: 1_590_065_777,
        end_time: 1_590_065_877,
        sdk_app_id: 1_400_188_366,
        user_ids: Some(vec!["user1_54816741".into(), "user2_2107025".into()]),
        page_number: None,
        page_size: None,
    };
    let operation = operation.expect("an operation");
    let reply: ApiResponse<Reply> = client.execute(&operation, &request).await.expect("a reply");
    let users = reply.data.user_list.map(|users| users.len());
    assert_eq!((reply.data.total, users), (Some(2), Some(2)));
    assert!(reply.metadata.request_id.is_some());
}
