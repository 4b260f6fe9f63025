//! Users and rooms are managed: what one action changes, the others see. The emulator checks
//! signatures and inputs, and keeps what was changed.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;
use std::sync::Arc;

use bindery_emulator::{Emulator, Secrets, Server};
use bindery_sdk::huawei::meeting::v1 as meeting;
use bindery_sdk::tencent::{cam::v20190116 as cam, sts::v20180813 as sts, trtc::v20190722 as trtc};
use bindery_sdk::zego::rtc::v2 as rtc;
use bindery_sdk::{Config, Credential};

/// The vendors, and who may call them.
struct Vendors {
    server: Server,
    secrets: Secrets,
}

impl Vendors {
    async fn start() -> Self {
        let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec");
        let model = Arc::new(bindery_model::load(&spec).unwrap());
        let emulator = Emulator::new(model, Secrets::sample());
        Self {
            server: emulator.listen(([127, 0, 0, 1], 0).into()).await.unwrap(),
            secrets: Secrets::sample(),
        }
    }

    fn config(&self, credential: Credential) -> Config {
        Config::builder(credential)
            .endpoint(&self.server.url())
            .region("ap-singapore")
            .build()
            .unwrap()
    }

    fn tencent(&self) -> Config {
        let secrets = &self.secrets;
        let id = secrets.tencent_secret_id();
        self.config(Credential::tencent(id, secrets.tencent_secret_key()))
    }

    /// Logs in to Huawei Cloud Meeting.
    async fn huawei(&self) -> Config {
        let secrets = &self.secrets;
        let app = Credential::huawei_app_id(secrets.huawei_app_id(), secrets.huawei_app_key());
        let client = meeting::Client::new(&self.config(app)).unwrap();
        let login = client.create_app_id_token(meeting::CreateAppIdToken::new());
        let token = login.await.unwrap().into_inner().access_token.unwrap();
        self.config(Credential::huawei_token(token))
    }
}

#[tokio::test]
async fn sub_users_of_tencent_are_added_found_changed_and_deleted() {
    let vendors = Vendors::start().await;
    let client = cam::Client::new(&vendors.tencent()).unwrap();
    let before = client.list_users(cam::ListUsers::new()).await.unwrap();
    let before = before.data.len();

    let add = cam::AddUser::new("ada")
        .remark("analyst")
        .console_login(cam::ConsoleLogin::Allowed)
        .password("FakePassw0rd-EXAMPLE")
        .use_api(cam::add_user::KeyCreation::NewKey);
    let added = client.add_user(add).await.unwrap();
    assert!(added.mismatches().is_empty(), "{:?}", added.mismatches());
    assert_eq!(added.password.as_deref(), Some("FakePassw0rd-EXAMPLE"));
    assert!(!format!("{added:?}").contains("FakePassw0rd-EXAMPLE"));
    assert!(
        added
            .secret_key
            .as_deref()
            .is_some_and(|key| !key.is_empty())
    );

    let error = client.add_user(cam::AddUser::new("ada")).await.unwrap_err();
    assert_eq!(
        error.code(),
        Some(cam::AddUserErrorCode::InvalidParameterSubUserNameInUse)
    );
    assert!(!error.may_have_executed());

    let update = cam::UpdateUser::new("ada").remark("engineer");
    client.update_user(update).await.unwrap();
    let user = client.get_user(cam::GetUser::new("ada")).await.unwrap();
    assert_eq!(user.remark.as_deref(), Some("engineer"));
    assert_eq!(user.uin, added.uin);
    let listed = client.list_users(cam::ListUsers::new()).await.unwrap();
    assert_eq!(listed.data.len(), before + 1);

    client
        .delete_user(cam::DeleteUser::new("ada"))
        .await
        .unwrap();
    let error = client
        .delete_user(cam::DeleteUser::new("ada"))
        .await
        .unwrap_err();
    assert_eq!(
        error.code(),
        Some(cam::DeleteUserErrorCode::ResourceNotFoundUserNotExist)
    );
    assert!(error.is_not_found());
}

#[tokio::test]
async fn temporary_keys_of_tencent_sign_calls() {
    let vendors = Vendors::start().await;
    let client = sts::Client::new(&vendors.tencent()).unwrap();
    let role = sts::AssumeRole::new(sts::assume_role::Required {
        role_arn: "qcs::cam::uin/1250000000:roleName/audit".to_owned(),
        role_session_name: "audit".to_owned(),
    });
    let keys = client.assume_role(role).await.unwrap().into_inner();
    let keys = keys.credentials.unwrap();
    let credential = Credential::tencent(keys.tmp_secret_id.unwrap(), keys.tmp_secret_key.unwrap())
        .with_token(keys.token.unwrap());
    let client = cam::Client::new(&vendors.config(credential)).unwrap();
    let user = client.get_user(cam::GetUser::new("test124")).await.unwrap();
    assert_eq!(user.name.as_deref(), Some("test124"));
}

#[tokio::test]
async fn users_are_removed_from_rooms_of_tencent_and_rooms_dismissed() {
    let vendors = Vendors::start().await;
    let client = trtc::Client::new(&vendors.tencent()).unwrap();
    let remove = |user: &str| {
        client.remove_user(trtc::RemoveUser::new(trtc::remove_user::Required {
            sdk_app_id: 1_400_000_001,
            room_id: 1001,
            user_ids: vec![user.to_owned()],
        }))
    };
    remove("user_1").await.unwrap();
    remove("user_1").await.unwrap();
    // The room ends with its last user.
    remove("user_2").await.unwrap();
    let error = remove("user_2").await.unwrap_err();
    assert_eq!(
        error.code(),
        Some(trtc::RemoveUserErrorCode::FailedOperationRoomNotExist)
    );

    let dismiss = || {
        let required = trtc::dismiss_room_by_str_room_id::Required {
            sdk_app_id: 1_400_000_001,
            room_id: "abcd".to_owned(),
        };
        client.dismiss_room_by_str_room_id(trtc::DismissRoomByStrRoomId::new(required))
    };
    dismiss().await.unwrap();
    let error = dismiss().await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
}

#[tokio::test]
async fn users_of_zegocloud_are_counted_listed_in_parts_and_removed() {
    let vendors = Vendors::start().await;
    let secrets = &vendors.secrets;
    let zego = Credential::zego(secrets.zego_app_id(), secrets.zego_server_secret());
    let client = rtc::Client::new(&vendors.config(zego)).unwrap();
    let count = async |room: &str| {
        let rooms = client.describe_user_num(rtc::DescribeUserNum::new([room]));
        rooms.await.unwrap().user_count_list[0].user_count
    };
    assert_eq!(count("lobby").await, Some(3));

    let request = rtc::DescribeUserList::new("lobby")
        .limit(2)
        .mode(rtc::describe_user_list::LoginOrder::NewestFirst);
    let mut users = client.describe_user_list(request).items();
    let mut names = Vec::new();
    while let Some(user) = users.next().await {
        names.push(user.unwrap().user_id.unwrap());
    }
    assert_eq!(names, ["recorder", "listener", "host"]);

    let kick_out = rtc::KickoutUser::new(rtc::kickout_user::Required {
        room_id: "lobby".to_owned(),
        user_id: vec!["host".to_owned(), "recorder".to_owned()],
    });
    client.kickout_user(kick_out).await.unwrap();
    assert_eq!(count("lobby").await, Some(1));
    assert_eq!(count("nowhere").await, Some(0));
}

#[tokio::test]
async fn users_of_an_enterprise_are_added_searched_changed_and_deleted() {
    let vendors = Vendors::start().await;
    let client = meeting::Client::new(&vendors.huawei().await).unwrap();
    for number in 0..5 {
        let add = meeting::AddUser::new(format!("Analyst {number}"))
            .account(format!("analyst{number}"))
            .pwd("FakePassw0rd-EXAMPLE");
        let added = client.add_user(add).await.unwrap();
        assert_eq!(added.user_account, Some(format!("analyst{number}")));
    }
    let again = meeting::AddUser::new("Analyst").account("analyst0");
    let error = client.add_user(again).await.unwrap_err();
    assert_eq!(error.code(), Some(meeting::AddUserErrorCode::UserIdExists));

    let update = meeting::UpdateUser::new("analyst3").title("Lead");
    client.update_user(update).await.unwrap();

    let found = async || {
        // Beyond the end, the vendor returns the last users again.
        let search = meeting::SearchUsers::new().search_key("analyst").limit(2);
        let mut items = client.search_users(search).items();
        let mut found = Vec::new();
        while let Some(user) = items.next().await {
            let user = user.unwrap();
            found.push((user.user_account.unwrap(), user.title.unwrap_or_default()));
        }
        found
    };
    let users = found().await;
    let accounts: Vec<_> = users.iter().map(|(account, _)| account.as_str()).collect();
    let expected = ["analyst0", "analyst1", "analyst2", "analyst3", "analyst4"];
    assert_eq!(accounts, expected);
    assert_eq!(users[3].1, "Lead");

    let delete = |accounts: &[&str]| {
        client.batch_delete_users(meeting::BatchDeleteUsers::new(accounts.iter().copied()))
    };
    let error = delete(&["analyst1", "nobody"]).await.unwrap_err();
    assert_eq!(
        error.code(),
        Some(meeting::BatchDeleteUsersErrorCode::UserNotFound)
    );
    assert_eq!(found().await.len(), 5, "all are deleted or none");
    delete(&["analyst1", "analyst4"]).await.unwrap();
    assert_eq!(found().await.len(), 3);
}
