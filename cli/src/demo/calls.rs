//! The calls of the demo, in the order in which they are shown.

use bindery_emulator::Secrets;
use bindery_sdk::huawei::meeting::v1 as meeting;
use bindery_sdk::tencent::CommonErrorCode as TencentErrorCode;
use bindery_sdk::tencent::{cam::v20190116 as cam, tiw::v20190919 as tiw, trtc::v20190722 as trtc};
use bindery_sdk::zego::CommonErrorCode as ZegoErrorCode;
use bindery_sdk::zego::rtc::v2 as rtc;
use bindery_sdk::{ActionError, Config, Credential, Timestamp};

use super::show;
use crate::Failure;
use crate::output::say;

/// Makes all calls.
pub(super) async fn all(url: &str, secrets: &Secrets) -> Result<(), Failure> {
    let tencent = Credential::tencent(secrets.tencent_secret_id(), secrets.tencent_secret_key());
    let tencent = Config::builder(tencent)
        .endpoint(url)
        .region("ap-singapore")
        .build()?;
    tencent_tiw(&tencent).await?;
    tencent_trtc(&tencent).await?;
    tencent_cam(&tencent).await?;
    huawei_meeting(url, secrets).await?;
    let zego = Credential::zego(secrets.zego_app_id(), secrets.zego_server_secret());
    zego_rtc(&Config::builder(zego).endpoint(url).build()?).await?;
    wrong_secrets(url, secrets).await
}

async fn tencent_tiw(config: &Config) -> Result<(), Failure> {
    let client = tiw::Client::new(config)?;
    show::title("1. Tencent TIW DescribeUserStatus, as POST and as GET");
    show::reply(
        &client
            .describe_user_status(tiw::DescribeUserStatus::new())
            .await?,
    );
    show::reply(
        &client
            .describe_user_status(tiw::DescribeUserStatus::new())
            .get()
            .await?,
    );
    Ok(())
}

async fn tencent_trtc(config: &Config) -> Result<(), Failure> {
    let client = trtc::Client::new(config)?;
    show::title("2. Tencent TRTC DescribeUserInfo, one page");
    let call = |comm_id: &str, start: i64| -> Result<_, Failure> {
        Ok(trtc::DescribeUserInfo::new(
            trtc::describe_user_info::Required {
                comm_id: comm_id.into(),
                start_time: Timestamp::from_second(start)?,
                end_time: Timestamp::from_second(start + 100)?,
                sdk_app_id: 1_400_188_366,
            },
        ))
    };
    let request = call("1400188366_218695_1590065777", 1_590_065_777)?
        .user_ids(["user1_54816741", "user2_2107025"]);
    show::reply(&client.describe_user_info(request).await?);
    show::title("   the same action, all pages of a larger call as a stream");
    let request = call("1400188366_218696_1590065900", 1_590_065_900)?.page_size(6);
    let mut users = client.describe_user_info(request).items();
    let mut count = 0;
    while let Some(user) = users.next().await {
        let user = user?;
        count += 1;
        say!("    {count:2} {}", user.user_id.as_deref().unwrap_or("?"));
    }
    if count <= 6 {
        return Err("the stream ended with the first page".into());
    }
    Ok(())
}

async fn tencent_cam(config: &Config) -> Result<(), Failure> {
    let client = cam::Client::new(config)?;
    show::title("3. Tencent CAM GetUser, found and unknown");
    show::reply(&client.get_user(cam::GetUser::new("test124")).await?);
    let unknown = client.get_user(cam::GetUser::new("nobody")).await;
    show::refusal(unknown, ActionError::code)
}

async fn huawei_meeting(url: &str, secrets: &Secrets) -> Result<(), Failure> {
    show::title("4. Huawei Cloud Meeting: log in with an App ID, then query a user");
    let login = Credential::huawei_app_id(secrets.huawei_app_id(), secrets.huawei_app_key());
    let login = Config::builder(login).endpoint(url).build()?;
    let token = meeting::Client::new(&login)?
        .create_app_id_token(meeting::CreateAppIdToken::new())
        .await?;
    show::reply(&token);
    let token = token
        .into_inner()
        .access_token
        .ok_or("the login answered without a token")?;
    let config = Config::builder(Credential::huawei_token(token))
        .endpoint(url)
        .build()?;
    let client = meeting::Client::new(&config)?;
    let account = "3e48b79b660e403cb5e0208f7be83961";
    show::reply(
        &client
            .show_user_detail(meeting::ShowUserDetail::new(account))
            .await?,
    );
    let unknown = client
        .show_user_detail(meeting::ShowUserDetail::new("nobody@nowhere"))
        .await;
    show::refusal(unknown, |error| error.code_as::<meeting::CommonErrorCode>())
}

async fn zego_rtc(config: &Config) -> Result<(), Failure> {
    let client = rtc::Client::new(config)?;
    show::title("5. ZEGOCLOUD DescribeUsers, a room and an unknown room");
    let call = |room: &str| {
        client.describe_users(rtc::DescribeUsers::new(rtc::describe_users::Required {
            room_id: room.into(),
            user_id: vec!["a".into(), "b".into()],
        }))
    };
    show::reply(&call("room1").await?);
    show::refusal(call("no-such-room").await, ActionError::code)
}

async fn wrong_secrets(url: &str, secrets: &Secrets) -> Result<(), Failure> {
    show::title("6. A wrong secret for each vendor");
    let config = |credential| {
        Config::builder(credential)
            .endpoint(url)
            .region("ap-singapore")
            .build()
    };
    let tencent = config(Credential::tencent(
        secrets.tencent_secret_id(),
        "not the secret",
    ))?;
    let result = cam::Client::new(&tencent)?
        .get_user(cam::GetUser::new("test124"))
        .await;
    show::refusal(result, |error| error.code_as::<TencentErrorCode>())?;
    let huawei = config(Credential::huawei_app_id(
        secrets.huawei_app_id(),
        "not the secret",
    ))?;
    let result = meeting::Client::new(&huawei)?
        .create_app_id_token(meeting::CreateAppIdToken::new())
        .await;
    show::refusal(result, |error| error.code_as::<meeting::CommonErrorCode>())?;
    let zego = config(Credential::zego(secrets.zego_app_id(), "not the secret"))?;
    let request = rtc::DescribeUsers::new(rtc::describe_users::Required {
        room_id: "room1".into(),
        user_id: vec!["a".into()],
    });
    let result = rtc::Client::new(&zego)?.describe_users(request).await;
    show::refusal(result, |error| error.code_as::<ZegoErrorCode>())
}
