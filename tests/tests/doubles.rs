//! Code that calls the vendors is tested without them: with answers that the test gives, and with
//! what was recorded.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bindery_emulator::{Emulator, Secrets};
use bindery_sdk::huawei::meeting::v1 as meeting;
use bindery_sdk::tencent::{cam::v20190116 as cam, trtc::v20190722 as trtc};
use bindery_sdk::testing::{Double, Recording};
use bindery_sdk::zego::rtc::v2 as rtc;
use bindery_sdk::{Config, Credential, ErrorKind};
use serde_json::json;
use tokio::time::Instant;

fn tencent(double: &Double) -> Config {
    Config::builder(Credential::tencent("AKIDEXAMPLE", "secret"))
        .region("ap-singapore")
        .double(double)
        .build()
        .unwrap()
}

fn add_user() -> cam::AddUser {
    cam::AddUser::new("ada")
}

#[tokio::test(start_paused = true)]
async fn answers_come_in_their_order() {
    let double = Double::new();
    double
        .on::<cam::GetUser>()
        .throttled()
        .throttled()
        .output(|user| user.name = Some("ada".to_owned()));
    let client = cam::Client::new(&tencent(&double)).unwrap();
    let user = client.get_user(cam::GetUser::new("ada")).await.unwrap();
    assert_eq!(user.name.as_deref(), Some("ada"));
    assert_eq!(user.attempts(), 3);
    assert!(user.request_id().is_some());

    let seen = double.requests::<cam::GetUser>();
    assert_eq!(seen.len(), 3);
    assert_eq!(*seen[0].input(), json!({ "Name": "ada" }));
    assert_eq!(seen[0].host(), "cam.tencentcloudapi.com");
}

#[tokio::test(start_paused = true)]
async fn an_action_without_an_answer_is_named_and_not_tried_again() {
    let double = Double::new();
    double.on::<cam::GetUser>().output(|_| {}).always();
    let client = cam::Client::new(&tencent(&double)).unwrap();
    for _ in 0..3 {
        client.get_user(cam::GetUser::new("ada")).await.unwrap();
    }
    let error = client.add_user(add_user()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Build);
    assert!(error.to_string().contains("AddUser"), "{error}");
    assert_eq!(double.requests::<cam::AddUser>().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_may_have_been_executed_is_not_sent_again() {
    let double = Double::new();
    double
        .on::<cam::AddUser>()
        .unreachable()
        .lost()
        .output(|user| user.uin = Some(1));
    let client = cam::Client::new(&tencent(&double)).unwrap();
    let error = client.add_user(add_user()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MaybeSent);
    assert!(error.may_have_executed());
    assert_eq!(error.attempts(), 2);
    assert_eq!(double.unused::<cam::AddUser>(), 1);
}

#[tokio::test(start_paused = true)]
async fn every_vendor_is_answered_in_its_own_envelope() {
    let double = Double::new();
    double.on::<trtc::DescribeUserInfo>().error(
        trtc::DescribeUserInfoErrorCode::MissingParameterCommId,
        "no CommId",
    );
    double
        .on::<rtc::DescribeUserNum>()
        .json(json!({ "UserCountList": [{ "RoomId": "r", "UserCount": 2 }] }))
        .error("100000004", "the signature has expired");
    double
        .on::<meeting::ShowUserDetail>()
        .json(json!({ "name": "ada" }))
        .status(503, "<html>")
        .error("USG.201040001", "no such user");

    let client = trtc::Client::new(&tencent(&double)).unwrap();
    let call = trtc::DescribeUserInfo::new(trtc::describe_user_info::Required {
        comm_id: String::new(),
        start_time: bindery_sdk::Timestamp::UNIX_EPOCH,
        end_time: bindery_sdk::Timestamp::UNIX_EPOCH,
        sdk_app_id: 1,
    });
    let error = client.describe_user_info(call).await.unwrap_err();
    assert_eq!(
        error.code(),
        Some(trtc::DescribeUserInfoErrorCode::MissingParameterCommId)
    );

    let zego = Config::builder(Credential::zego(1, "0123456789abcdef0123456789abcdef"));
    let client = rtc::Client::new(&zego.double(&double).build().unwrap()).unwrap();
    let rooms = client
        .describe_user_num(rtc::DescribeUserNum::new(["r"]))
        .await;
    assert_eq!(rooms.unwrap().user_count_list[0].user_count, Some(2));
    let error = client
        .describe_user_num(rtc::DescribeUserNum::new(["r"]))
        .await;
    let error = error.unwrap_err().into_error();
    assert_eq!(error.code(), Some("100000004"));

    let huawei = Config::builder(Credential::huawei_token("token"));
    let client = meeting::Client::new(&huawei.double(&double).build().unwrap()).unwrap();
    let call = || client.show_user_detail(meeting::ShowUserDetail::new("1"));
    assert_eq!(call().await.unwrap().name.as_deref(), Some("ada"));
    let error = call().await.unwrap_err().into_error();
    assert_eq!(error.code(), Some("USG.201040001"));
    assert_eq!(error.attempts(), 2);
}

#[tokio::test(start_paused = true)]
async fn answers_take_the_time_that_they_are_given() {
    let double = Double::new();
    double
        .on::<cam::GetUser>()
        .after(Duration::from_secs(7))
        .output(|_| {});
    let client = cam::Client::new(&tencent(&double)).unwrap();
    let begun = Instant::now();
    client.get_user(cam::GetUser::new("ada")).await.unwrap();
    assert_eq!(begun.elapsed().as_secs(), 7);
}

/// Logs in, asks for two users, of whom one is not there, and returns what it saw.
async fn look_up(login: Config, config: impl Fn(Credential) -> Config) -> Vec<String> {
    let client = meeting::Client::new(&login).unwrap();
    let token = client
        .create_app_id_token(meeting::CreateAppIdToken::new())
        .await
        .unwrap()
        .into_inner();
    let credential = Credential::huawei_token(token.access_token.unwrap());
    let client = meeting::Client::new(&config(credential)).unwrap();
    let mut seen = vec![format!("{:?}", token.user)];
    for account in ["3e48b79b660e403cb5e0208f7be83961", "nobody@nowhere"] {
        let call = client.show_user_detail(meeting::ShowUserDetail::new(account));
        seen.push(match call.await {
            Ok(user) => format!("{:?}", user.into_inner()),
            Err(error) => format!("{error}"),
        });
    }
    seen
}

#[tokio::test]
async fn a_recording_answers_as_the_vendor_did_and_holds_no_secret() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let path = folder.join("look_up.jsonl");
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec");
    let model = Arc::new(bindery_model::load(&spec).unwrap());
    let secrets = Secrets::sample();
    let app_key = secrets.huawei_app_key().to_owned();
    let app = Credential::huawei_app_id(secrets.huawei_app_id(), &*app_key);
    let server = Emulator::new(model, secrets);
    let server = server.listen(([127, 0, 0, 1], 0).into()).await.unwrap();
    let recording = Recording::create(&path).unwrap();
    let recorded = |credential| {
        let config = Config::builder(credential).endpoint(&server.url());
        config.record(&recording).build().unwrap()
    };
    let first = look_up(recorded(app.clone()), recorded).await;
    server.stop().await;

    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), 3);
    assert!(!text.contains(&app_key));
    for line in text.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        for secret in ["accessToken", "refreshToken"] {
            let value = &line["body"][secret];
            assert!(value.is_null() || value == "[hidden]", "{line}");
        }
    }

    let double = Double::replay(&path).unwrap();
    let replayed = |credential| Config::builder(credential).double(&double).build().unwrap();
    let second = look_up(replayed(app), replayed).await;
    assert_eq!(first, second);

    let client = meeting::Client::new(&replayed(Credential::huawei_token("token"))).unwrap();
    let other = meeting::ShowUserDetail::new("somebody else");
    let error = client.show_user_detail(other).await.unwrap_err();
    assert!(error.to_string().contains("record it again"), "{error}");
}

#[test]
fn what_is_no_recording_is_named_with_its_line() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("broken.jsonl");
    std::fs::write(&path, "{\"action\": 1}\n").unwrap();
    let error = Double::replay(&path).unwrap_err().to_string();
    assert!(error.contains("broken.jsonl:1"), "{error}");
}
