//! Configurations that are refused, and signatures.

use bindery_runtime::signing;

use super::*;
use crate::secure::HOST;

#[test]
fn case_78_secrets_stay_secret_where_nothing_can_be_called() {
    capture::start();
    let refused = [
        Config::builder(Credential::tencent("id", format!("{KEY}\n"))),
        Config::builder(Credential::tencent("id", KEY).with_token(format!("{TOKEN} {TOKEN}"))),
        Config::builder(Credential::huawei_token(ACCESS_TOKEN).with_token(TOKEN)),
        Config::builder(Credential::huawei_account("a:b", PASSWORD)),
        Config::builder(Credential::huawei_token(format!("{ACCESS_TOKEN}é"))),
        Config::builder(Credential::zego(1, format!(" {SERVER_SECRET}"))),
        Config::builder(Credential::none()).endpoint(&format!("https://a:{STRANGER}@b")),
        Config::builder(Credential::none()).endpoint(&format!("https://b/?{STRANGER}")),
        Config::builder(Credential::none()).proxy(format!("ftp://a:{PROXY_PASSWORD}@b")),
    ];
    for config in refused {
        show(&config);
        show_error(&config.build().expect_err("it is refused"));
    }
    let login = signing::huawei::AppIdLogin {
        app_id: "app-id",
        corp_id: None,
        user_id: "",
        expire_time: 1,
        nonce: "nonce",
    };
    show(&signing::huawei::sign(&login, APP_KEY));
    show(&signing::zego::sign(7, "nonce", SERVER_SECRET, 1));
    let pairs = [("Token", TOKEN)];
    let algorithm = signing::tencent_v1::Algorithm::HmacSha256;
    show(&signing::tencent_v1::sign(
        "GET", HOST, &pairs, KEY, algorithm,
    ));
    let now = jiff::Timestamp::now().as_second();
    let day_key = signing::tc3::SigningKey::derive(KEY, now, "trtc");
    show(&day_key);
    let request = signing::tc3::Request {
        method: "GET",
        host: HOST,
        query: &format!("Password={PATH}"),
        content_type: "",
        payload: &signing::tc3::PayloadHash::signed(INPUT.as_bytes()),
        action: None,
    };
    show(&signing::tc3::sign(&request, "id", &day_key, now));
    search();
}
