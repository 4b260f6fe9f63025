//! The bindings that the build script made are called.

use std::path::Path;
use std::sync::Arc;

use bindery_build_script::sample::clock::v20240101::{Client, DescribeTime};
use bindery_emulator::{Emulator, Secrets};
use bindery_runtime::{Config, Credential, Timestamp};

#[tokio::test]
async fn an_action_of_ones_own_is_called() {
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("spec");
    let model = Arc::new(bindery_model::load(&spec).unwrap());
    let secrets = Secrets::sample();
    let credential = Credential::tencent(secrets.tencent_secret_id(), secrets.tencent_secret_key());
    let server = Emulator::new(model, secrets)
        .listen(([127, 0, 0, 1], 0).into())
        .await
        .unwrap();
    let config = Config::builder(credential)
        .endpoint(&server.url())
        .build()
        .unwrap();
    let client = Client::new(&config).unwrap();
    let time = client
        .describe_time(DescribeTime::new("Europe/Paris"))
        .await
        .unwrap();
    assert_eq!(
        time.now,
        Some(Timestamp::from_second(1_700_000_000).unwrap())
    );
    assert_eq!(time.zone.as_deref(), Some("Europe/Paris"));
    server.stop().await;
}
