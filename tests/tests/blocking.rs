//! Calls from code that is not asynchronous.

use bindery_sdk::tencent::cam::v20190116 as cam;
use bindery_sdk::tencent::trtc::v20190722 as trtc;
use bindery_sdk::testing::Double;
use bindery_sdk::{Config, Credential, ErrorKind, Timestamp};
use bindery_tests::answer;
use serde_json::json;
use tokio::runtime::Handle;

fn credential() -> Credential {
    Credential::tencent("AKIDEXAMPLE", "secret")
}

#[test]
fn a_call_goes_over_the_network_and_is_waited_for() {
    let body = r#"{"Response":{"Name":"ada","RequestId":"1"}}"#;
    for _ in 0..2 {
        let server = answer(200, body).unwrap();
        let config = Config::builder(credential()).endpoint(server.url());
        let client = cam::Client::new(&config.build().unwrap()).unwrap();
        let user = client.get_user(cam::GetUser::new("ada")).wait().unwrap();
        assert_eq!(user.name.as_deref(), Some("ada"));
        server.received().unwrap();
    }
}

#[test]
fn several_threads_wait_at_the_same_time() {
    let double = Double::new();
    let delay = std::time::Duration::from_millis(20);
    double
        .on::<cam::GetUser>()
        .after(delay)
        .output(|_| {})
        .always();
    let config = Config::builder(credential()).double(&double);
    let client = cam::Client::new(&config.build().unwrap()).unwrap();
    let call = || client.get_user(cam::GetUser::new("ada")).wait().is_ok();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(call)).collect();
        assert!(threads.into_iter().all(|thread| thread.join().unwrap()));
    });
}

#[test]
fn results_are_iterated_over_until_an_error() {
    let double = Double::new();
    let users =
        |count: usize| json!({ "Total": 3, "UserList": vec![json!({ "UserId": "u" }); count] });
    double
        .on::<trtc::DescribeUserInfo>()
        .json(users(2))
        .error("InvalidParameter.PageNumber", "no such page");
    let config = Config::builder(credential())
        .region("ap-singapore")
        .double(&double);
    let client = trtc::Client::new(&config.build().unwrap()).unwrap();
    let request = trtc::DescribeUserInfo::new(trtc::describe_user_info::Required {
        comm_id: "1_2_3".to_owned(),
        start_time: Timestamp::UNIX_EPOCH,
        end_time: Timestamp::UNIX_EPOCH,
        sdk_app_id: 1,
    });
    let items = client.describe_user_info(request.page_size(2u64)).items();
    let seen: Vec<_> = items
        .wait()
        .map(|item| item.map(|user| user.user_id))
        .collect();
    let [Ok(Some(_)), Ok(Some(_)), Err(error)] = &seen[..] else {
        panic!("{seen:?}");
    };
    let code = trtc::DescribeUserInfoErrorCode::InvalidParameterPageNumber;
    assert_eq!(error.code(), Some(code));
}

#[tokio::test]
async fn asynchronous_code_is_told_to_await() {
    let config = Config::builder(credential()).double(&Double::new());
    let client = cam::Client::new(&config.build().unwrap()).unwrap();
    let error = client
        .get_user(cam::GetUser::new("ada"))
        .wait()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Build);
    assert!(error.to_string().contains("await the call"), "{error}");
}

/// The bridge from asynchronous code to other code.
#[tokio::test]
async fn a_thread_that_may_wait_gives_the_call_to_its_runtime() {
    let double = Double::new();
    double.on::<cam::GetUser>().output(|_| {}).always();
    let config = Config::builder(credential()).double(&double);
    let client = cam::Client::new(&config.build().unwrap()).unwrap();
    let bridged = tokio::task::spawn_blocking(move || {
        let call = || client.get_user(cam::GetUser::new("ada"));
        let refused = call().wait().unwrap_err();
        assert!(refused.to_string().contains("block_on"), "{refused}");
        Handle::current().block_on(call().into_future()).is_ok()
    });
    assert!(bridged.await.unwrap());
}
