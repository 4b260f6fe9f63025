//! AWS's SDK, with the smallest of its calls.

use aws_sdk_sts::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_sts::{Client, Config};

fn main() {
    harness::run(open, call);
}

fn open(url: &str) -> Client {
    let credentials = Credentials::new("AKIAIOSFODNN7EXAMPLE", "secret", None, None, "benchmark");
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(credentials)
        .endpoint_url(url)
        .build();
    Client::from_conf(config)
}

async fn call(client: Client) {
    let reply = client.get_caller_identity().send().await.expect("a reply");
    assert_eq!(reply.account(), Some("123456789012"));
}
