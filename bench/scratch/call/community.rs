//! The crate `tencentcloud-sdk`, which has no types for this service: they are those that users
//! would write by hand.

mod types;

use serde::Deserialize;
use tencentcloud_sdk::{ApiResponse, Client, Credentials, Endpoint, Operation};

use types::{DescribeUserInfo, User};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Reply {
    total: Option<u64>,
    user_list: Option<Vec<User>>,
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
    let operation = operation.expect("an operation");
    let request = DescribeUserInfo::example();
    let reply: ApiResponse<Reply> = client.execute(&operation, &request).await.expect("a reply");
    let users = reply.data.user_list.map(|users| users.len());
    assert_eq!((reply.data.total, users), (Some(2), Some(2)));
    assert!(reply.metadata.request_id.is_some());
}
