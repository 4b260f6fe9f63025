//! Bindery's checked-in bindings.

use bindery_sdk::tencent::trtc::v20190722::{Client, DescribeUserInfo, describe_user_info};
use bindery_sdk::{Config, Credential, Timestamp};

fn main() {
    harness::run(open, call);
}

fn open(url: &str) -> Client {
    let id = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE";
    let credential = Credential::tencent(id, "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE");
    let config = Config::builder(credential).region("ap-singapore");
    let config = config.endpoint(url).build().expect("a configuration");
    Client::new(&config).expect("a client")
}

async fn call(client: Client) {
    let time = |second| Timestamp::from_second(second).expect("a time");
    let request = DescribeUserInfo::new(describe_user_info::Required {
        comm_id: "1400188366_218695_1590065777".into(),
        start_time: time(1_590_065_777),
        end_time: time(1_590_065_877),
        sdk_app_id: 1_400_188_366,
    });
    let request = request.user_ids(["user1_54816741", "user2_2107025"]);
    let reply = client.describe_user_info(request).await.expect("a reply");
    assert_eq!((reply.total, reply.user_list.len()), (Some(2), 2));
    assert!(reply.request_id().is_some());
}
