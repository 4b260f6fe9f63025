//! The vendors' pages as tests: each example request is what the typed request encodes to, each
//! example reply decodes to the values that the page prints.
//!
//! `data/pages/` holds the JSON of the pages, byte for byte.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use bindery_sdk::huawei::meeting::v1 as meeting;
use bindery_sdk::tencent::{cam::v20190116 as cam, tiw::v20190919 as tiw, trtc::v20190722 as trtc};
use bindery_sdk::zego::rtc::v2 as rtc;
use bindery_sdk::{Config, Credential, Timestamp};
use bindery_tests::answer;
use serde_json::{Value, json};

fn tencent(url: &str) -> Config {
    let credential = Credential::tencent("AKIDEXAMPLE", "secret");
    Config::builder(credential)
        .endpoint(url)
        .region("ap-singapore")
        .build()
        .unwrap()
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[tokio::test]
async fn tencent_cam_get_user() {
    let server = answer(200, include_str!("../data/pages/get_user.response.json")).unwrap();
    let client = cam::Client::new(&tencent(server.url())).unwrap();
    let user = client.get_user(cam::GetUser::new("test124")).await.unwrap();
    assert_eq!(user.uin, Some(100_000_546_533));
    assert_eq!(user.name.as_deref(), Some("test124"));
    assert_eq!(user.uid, Some(1_001_774));
    assert_eq!(user.remark.as_deref(), Some("test"));
    assert_eq!(user.console_login, Some(cam::ConsoleLogin::Allowed));
    assert_eq!(user.phone_num.as_deref(), Some("10086"));
    assert_eq!(user.country_code.as_deref(), Some("86"));
    assert_eq!(user.email.as_deref(), Some("123@qq.com"));
    assert_eq!(user.recently_login_ip.as_deref(), Some("1.1.1.1"));
    assert_eq!(
        user.recently_login_time.as_deref(),
        Some("2023-02-27 14:59:08")
    );
    assert_eq!(
        user.request_id(),
        Some("33674182-e53d-416b-b6ce-bd7e7536b5d6")
    );
    assert!(user.mismatches().is_empty(), "{:?}", user.mismatches());
    let request = server.received().unwrap();
    assert_eq!(request.line, "POST / HTTP/1.1");
    assert_eq!(request.header("x-tc-action"), Some("GetUser"));
    assert_eq!(request.header("x-tc-version"), Some("2019-01-16"));
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(
        request.json().unwrap(),
        parsed(include_str!("../data/pages/get_user.request.json"))
    );
}

#[tokio::test]
async fn tencent_tiw_describe_user_status() {
    let reply = include_str!("../data/pages/describe_user_status.response.json");
    let server = answer(200, reply).unwrap();
    let client = tiw::Client::new(&tencent(server.url())).unwrap();
    let status = client
        .describe_user_status(tiw::DescribeUserStatus::new())
        .get()
        .await
        .unwrap();
    assert_eq!(status.app_id, Some(1_250_000_060));
    assert_eq!(
        status.is_tiw_user,
        Some(tiw::WhiteboardActivation::Activated)
    );
    assert_eq!(status.is_saas_user, Some(1));
    assert_eq!(status.is_tiw_offline_record_user, Some(1));
    assert_eq!(status.is_authenticated, Some(1));
    assert_eq!(
        status.request_id(),
        Some("9f5a59d6-2b77-41b2-a945-78084577e225")
    );
    assert!(status.mismatches().is_empty(), "{:?}", status.mismatches());
    let request = server.received().unwrap();
    assert!(
        matches!(request.line.as_str(), "GET / HTTP/1.1" | "GET /? HTTP/1.1"),
        "{}",
        request.line
    );
    assert_eq!(request.header("x-tc-action"), Some("DescribeUserStatus"));
    assert_eq!(request.header("x-tc-version"), Some("2019-09-19"));
    assert_eq!(request.header("x-tc-region"), Some("ap-singapore"));
}

#[tokio::test]
async fn tencent_trtc_describe_user_info() {
    let reply = include_str!("../data/pages/describe_user_info.response.json");
    let server = answer(200, reply).unwrap();
    let client = trtc::Client::new(&tencent(server.url())).unwrap();
    let call = trtc::DescribeUserInfo::new(trtc::describe_user_info::Required {
        comm_id: "1400188366_218695_1590065777".into(),
        start_time: Timestamp::from_second(1_590_065_777).unwrap(),
        end_time: Timestamp::from_second(1_590_065_877).unwrap(),
        sdk_app_id: 1_400_188_366,
    });
    let call = call.user_ids(["user1_54816741", "user2_2107025"]);
    let page = client.describe_user_info(call).await.unwrap();
    assert_eq!(page.total, Some(1));
    assert_eq!(page.user_list.len(), 2);
    let second = &page.user_list[1];
    assert_eq!(second.room_str.as_deref(), Some("218695"));
    assert_eq!(second.user_id.as_deref(), Some("user2_2107025"));
    assert_eq!(
        second.join_ts.map(Timestamp::as_second),
        Some(1_590_065_700)
    );
    assert_eq!(
        second.leave_ts.map(Timestamp::as_second),
        Some(1_590_067_693)
    );
    assert_eq!(second.finished, Some(true));
    assert_eq!(second.device_type.as_deref(), Some(""));
    assert_eq!(second.sdk_version.as_deref(), Some("4.3.14"));
    assert_eq!(second.client_ip.as_deref(), Some("10.4.1.13"));
    assert_eq!(
        page.request_id(),
        Some("2e12e365-43e8-4efd-902d-906303e2ee4a")
    );
    assert!(page.mismatches().is_empty(), "{:?}", page.mismatches());
    let request = server.received().unwrap();
    let expected = parsed(include_str!(
        "../data/pages/describe_user_info.request.json"
    ));
    assert_eq!(request.json().unwrap(), expected);
}

#[tokio::test]
async fn huawei_show_user_detail() {
    let reply = include_str!("../data/pages/show_user_detail.response.json");
    let server = answer(200, reply).unwrap();
    let credential = Credential::huawei_token("stb7PzruAmA6d3JJD578jlAHczGfN4SIaup9");
    let config = Config::builder(credential)
        .endpoint(server.url())
        .build()
        .unwrap();
    let client = meeting::Client::new(&config).unwrap();
    let account = "3e48b79b660e403cb5e0208f7be83961";
    let call =
        meeting::ShowUserDetail::new(account).account_type(meeting::AccountType::MeetingAccount);
    let user = client.show_user_detail(call).await.unwrap();
    assert_eq!(
        user.active_time.map(Timestamp::as_millisecond),
        Some(1_601_221_696_783)
    );
    assert_eq!(user.admin_type, Some(meeting::AdminType::Member));
    assert!(user.corp.is_none());
    assert_eq!(user.country.as_deref(), Some("chinaPR"));
    let device = user.dev_type.as_ref().unwrap();
    assert!(device.device_size.is_none() && device.model.is_none());
    assert_eq!(user.function.as_ref().unwrap().enable_room, Some(true));
    assert_eq!(user.hide_phone, Some(true));
    assert_eq!(user.license.map(meeting::License::value), Some(0));
    assert_eq!(user.sort_level, Some(1));
    assert_eq!(user.status.map(meeting::UserStatus::value), Some(1));
    assert_eq!(user.user_type.map(meeting::UserType::value), Some(2));
    assert!(user.vision_account.is_none());
    let room = &user.vmr_list[0];
    assert_eq!(room.status.map(meeting::VmrStatus::value), Some(0));
    assert_eq!(room.vmr_name.as_deref(), Some("name's cloud meeting room"));
    assert!(room.vmr_mode.is_none() && room.vmr_pkg_id.is_none());
    let mismatches: Vec<String> = user.mismatches().iter().map(ToString::to_string).collect();
    assert_eq!(mismatches.len(), 1, "{mismatches:?}");
    assert!(
        mismatches[0].starts_with("$.vmrList[0].status: "),
        "{mismatches:?}"
    );
    let request = server.received().unwrap();
    assert_eq!(
        request.line,
        format!("GET /v1/usg/dcs/corp/member/{account}?accountType=0 HTTP/1.1")
    );
    assert_eq!(
        request.header("x-access-token"),
        Some("stb7PzruAmA6d3JJD578jlAHczGfN4SIaup9")
    );
}

#[tokio::test]
async fn zego_describe_users() {
    let reply = json!({
        "Code": 0,
        "Data": { "UserStatusList": [
            { "UserId": "a", "Status": 1, "LoginTime": 1_675_674_019_365_u64, "UserRole": 4 },
            { "UserId": "b", "Status": 0 },
        ] },
        "Message": "success",
        "RequestId": "TestRequestId1675674022729915000",
    });
    let server = answer(200, &reply.to_string()).unwrap();
    let credential = Credential::zego(1_234_567_890, "00000000000000000000000000fake00");
    let config = Config::builder(credential)
        .endpoint(server.url())
        .build()
        .unwrap();
    let client = rtc::Client::new(&config).unwrap();
    let call = rtc::DescribeUsers::new(rtc::describe_users::Required {
        room_id: "room1".into(),
        user_id: vec!["a".into(), "b".into()],
    });
    let users = client.describe_users(call).await.unwrap();
    let first = &users.user_status_list[0];
    assert_eq!(first.status, Some(rtc::UserPresence::InRoom));
    assert_eq!(first.user_role, Some(rtc::UserRole::Administrator));
    assert_eq!(
        first.login_time.map(Timestamp::as_millisecond),
        Some(1_675_674_019_365)
    );
    assert_eq!(
        users.user_status_list[1].status,
        Some(rtc::UserPresence::NotInRoom)
    );
    assert_eq!(users.request_id(), Some("TestRequestId1675674022729915000"));
    // The form that the vendor's own samples send: see wire order and brackets there.
    let request = server.received().unwrap();
    assert!(
        request
            .line
            .starts_with("GET /?Action=DescribeUsers&AppId=1234567890&SignatureNonce=")
    );
    assert!(request.line.contains("&SignatureVersion=2.0&"));
    assert!(
        request
            .line
            .ends_with("&RoomId=room1&UserId%5B%5D=a&UserId%5B%5D=b HTTP/1.1")
    );
}
