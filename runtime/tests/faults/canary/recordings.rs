//! Recordings, and doubles that replay them.

use bindery_runtime::testing::{Double, Recording};

use super::*;

#[tokio::test]
async fn case_78_secrets_stay_secret_in_recordings() {
    capture::start();
    let path = std::env::temp_dir().join(format!("bindery-canary-{}.jsonl", std::process::id()));
    let recording = Recording::create(&path).expect("the file can be made");
    show(&recording);
    for (credential, own) in credentials() {
        let config = impatient(Config::builder(credential)).record(&recording);
        let config = config.build().expect("it is complete");
        let quote = [own.as_slice(), &[INPUT, PATH, HEADER]].concat().join(" ");
        for script in scripts(&quote) {
            let server = Server::start(vec![script; 12]).await;
            send_all(&config, &server.url()).await;
        }
    }
    let double = Double::replay(&path).expect("it is a recording");
    let config = patient(Config::builder(Credential::tencent("id", KEY))).double(&double);
    let config = config.build().expect("it is complete");
    send_all(&config, "https://service.example.com").await;
    show(&double);
    show(&double.requests::<TencentPost>());
    note(std::fs::read_to_string(&path).expect("it is text"));
    std::fs::remove_file(&path).expect("the file can be removed");
    search();
}
