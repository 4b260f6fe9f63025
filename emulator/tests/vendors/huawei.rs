//! Huawei Cloud Meeting: logins, tokens and users.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::signing::huawei_app_login;
use crate::support::{Emulation, NOW, Outgoing, Reply, model, vector};

const MEMBER: &str = "/v1/usg/dcs/corp/member/3e48b79b660e403cb5e0208f7be83961";
const TOKEN: &str = "/v1/usg/acs/token";

fn app_login(user_id: &str) -> Outgoing {
    let (authorization, body) = huawei_app_login(user_id, NOW + 600);
    Outgoing::new("POST", "/v2/usg/acs/auth/appauth")
        .header("Authorization", &authorization)
        .json(&body)
}

fn with_token(method: &str, target: &str, token: &str) -> Outgoing {
    Outgoing::new(method, target).header("X-Access-Token", token)
}

async fn log_in(emulation: &Emulation, user_id: &str) -> String {
    let reply = emulation.send(&app_login(user_id)).await;
    assert_eq!(
        reply.status,
        200,
        "{}",
        String::from_utf8_lossy(&reply.body)
    );
    reply.json()["accessToken"]
        .as_str()
        .expect("a token")
        .to_owned()
}

/// The status and the code of a refusal, after checking that it is wrapped as the vendor's.
fn refusal(reply: &Reply) -> (u16, String) {
    assert_eq!(
        reply.header("content-type"),
        Some("application/json;charset=UTF-8")
    );
    assert!(
        reply
            .header("x-request-id")
            .is_some_and(|id| !id.is_empty())
    );
    let body = reply.json();
    assert!(
        body["error_msg"]
            .as_str()
            .is_some_and(|message| !message.is_empty()),
        "{body}"
    );
    (
        reply.status,
        body["error_code"].as_str().expect("a code").to_owned(),
    )
}

fn unauthorized() -> (u16, String) {
    (401, "USG.000000004".to_owned())
}

fn vector_login(id: &str) -> Outgoing {
    let vector = vector(id);
    let outputs = &vector["outputs"];
    let url = outputs["login_url"].as_str().expect("a url");
    let path = url
        .strip_prefix("https://api.meeting.huaweicloud.com")
        .expect("the host");
    let mut request = Outgoing::new("POST", path).header("Host", "api.meeting.huaweicloud.com");
    for (name, value) in outputs["login_headers"].as_object().into_iter().flatten() {
        request = request.header(name, value.as_str().expect("text"));
    }
    request.body = outputs["login_body"].as_str().expect("a body").into();
    request
}

#[tokio::test]
async fn logins_of_the_official_sdk_are_accepted_byte_for_byte() {
    let emulation = Emulation::start().await;
    for id in [
        "hw-01-appid-user",
        "hw-02-appid-admin",
        "hw-04-appid-sp-admin",
        "hw-05-account",
    ] {
        let reply = emulation.send(&vector_login(id)).await;
        assert_eq!(
            reply.status,
            200,
            "{id}: {}",
            String::from_utf8_lossy(&reply.body)
        );
        let body = reply.json();
        assert_eq!(body["validPeriod"], 12 * 3600, "{id}");
        assert_eq!(body["expireTime"], NOW + 12 * 3600, "seconds");
        assert_eq!(body["createTime"], NOW * 1000, "milliseconds");
        let token = body["accessToken"].as_str().expect("a token");
        let detail = emulation.send(&with_token("GET", MEMBER, token)).await;
        assert_eq!(detail.status, 200, "{id}");
    }
}

#[tokio::test]
async fn the_pages_request_gets_the_pages_reply() {
    let emulation = Emulation::start().await;
    let token = log_in(&emulation, "alice@ent01").await;
    let target = format!("{MEMBER}?accountType=0");
    let request = with_token("GET", &target, &token).header("X-Request-Id", "chosen-by-caller");
    let reply = emulation.send(&request).await;
    assert_eq!(reply.header("x-request-id"), Some("chosen-by-caller"));
    assert_eq!(reply.header("date"), Some("Tue, 14 Nov 2023 22:13:20 GMT"));
    let model = model();
    let mut actions = model
        .providers
        .iter()
        .flat_map(|provider| &provider.services)
        .flat_map(|service| &service.actions);
    let action = actions
        .find(|action| action.name == "ShowUserDetail")
        .expect("the action");
    assert_eq!(Some(reply.json()), action.examples[0].response);
    assert_eq!(
        reply.json()["vmrList"][0]["status"],
        "0",
        "text, as on the page"
    );
}

#[tokio::test]
async fn users_are_found_by_either_account() {
    let emulation = Emulation::start().await;
    let token = log_in(&emulation, "bob@elsewhere").await;
    let member = |account: &str, kind: u8| {
        let target = format!("/v1/usg/dcs/corp/member/{account}?accountType={kind}");
        with_token("GET", &target, &token)
    };
    let third = emulation.send(&member("bob%40elsewhere", 1)).await.json();
    assert_eq!(
        third["thirdAccount"], "bob@elsewhere",
        "registered by the login"
    );
    let account = third["userAccount"].as_str().expect("an account");
    assert_eq!(emulation.send(&member(account, 0)).await.json(), third);
    let not_found = (400, "USG.201040000".to_owned());
    for request in [
        member("bob%40elsewhere", 0),
        member(account, 1),
        member("nobody", 0),
    ] {
        assert_eq!(
            refusal(&emulation.send(&request).await),
            not_found,
            "{request:?}"
        );
    }
    let by_default = with_token("GET", &format!("/v1/usg/dcs/corp/member/{account}"), &token);
    assert_eq!(
        emulation.send(&by_default).await.json(),
        third,
        "accountType is 0 by default"
    );
}

#[tokio::test]
async fn logins_are_refused() {
    let emulation = Emulation::start().await;
    let (authorization, body) = huawei_app_login("alice", NOW + 600);
    let login = |authorization: &str, body: &Value| {
        Outgoing::new("POST", "/v2/usg/acs/auth/appauth")
            .header("Authorization", authorization)
            .json(body)
    };
    let changed = |name: &str, value: Value| {
        let mut body = body.clone();
        body[name] = value;
        login(&authorization, &body)
    };
    let (expired, expired_body) = huawei_app_login("alice", NOW - 1);
    for request in [
        changed("userId", json!("mallory")),
        changed("expireTime", json!(0)),
        changed("corpId", json!("corp")),
        changed("appId", json!("another")),
        login(&authorization.replace("access=", "access=AAAA"), &body),
        login("Bearer x", &body),
        login("HMAC-SHA256 signature=,access=", &body),
        login(&expired, &expired_body),
        Outgoing::new("POST", "/v1/usg/acs/auth/account")
            .header("Authorization", "Basic YWxpY2VAZW50MDE6d3Jvbmc=")
            .json(&json!({ "account": "alice@ent01", "clientType": 72 })),
    ] {
        assert_eq!(
            refusal(&emulation.send(&request).await),
            unauthorized(),
            "{request:?}"
        );
    }
    let never = huawei_app_login("alice", 0);
    assert_eq!(
        emulation.send(&login(&never.0, &never.1)).await.status,
        200,
        "0 never expires"
    );
    let lower = login(
        &authorization
            .to_lowercase()
            .replace("hmac-sha256", "HMAC-SHA256"),
        &body,
    );
    assert_eq!(
        emulation.send(&lower).await.status,
        401,
        "base64 has two cases"
    );
    for request in [
        changed("nonce", json!("short")),
        changed("clientType", json!("72")),
        changed("nonce", Value::Null),
        changed("unheard", json!(1)),
    ] {
        assert_eq!(
            refusal(&emulation.send(&request).await).0,
            400,
            "{request:?}"
        );
    }
}

#[tokio::test]
async fn tokens_expire() {
    let emulation = Emulation::with_token_lifetime(Duration::from_mins(1)).await;
    let token = log_in(&emulation, "alice").await;
    assert_eq!(
        emulation
            .send(&with_token("GET", MEMBER, &token))
            .await
            .status,
        200
    );
    emulation.advance(60);
    let late = emulation.send(&with_token("GET", MEMBER, &token)).await;
    assert_eq!(refusal(&late), unauthorized());
    for request in [
        with_token("GET", MEMBER, "made up"),
        Outgoing::new("GET", MEMBER),
    ] {
        assert_eq!(refusal(&emulation.send(&request).await), unauthorized());
    }
}

#[tokio::test]
async fn tokens_are_renewed_and_deleted() {
    let emulation = Emulation::with_token_lifetime(Duration::from_mins(1)).await;
    let token = log_in(&emulation, "alice").await;
    emulation.advance(40);
    let renewed = emulation.send(&with_token("PUT", TOKEN, &token)).await;
    let renewed = renewed.json()["accessToken"]
        .as_str()
        .expect("a token")
        .to_owned();
    emulation.advance(40);
    assert_eq!(
        emulation
            .send(&with_token("GET", MEMBER, &renewed))
            .await
            .status,
        200
    );
    let deleted = emulation.send(&with_token("DELETE", TOKEN, &renewed)).await;
    assert_eq!((deleted.status, deleted.body.len()), (200, 0));
    let after = emulation.send(&with_token("GET", MEMBER, &renewed)).await;
    assert_eq!(refusal(&after), unauthorized());
}

#[tokio::test]
async fn tokens_are_validated() {
    let emulation = Emulation::start().await;
    let token = log_in(&emulation, "alice").await;
    let validate = |body: &Value| Outgoing::new("POST", "/v1/usg/acs/token/validate").json(body);
    let body = json!({ "token": token, "needGenNewToken": false, "needAccountInfo": true });
    let reply = emulation.send(&validate(&body)).await.json();
    assert_eq!(reply["accessToken"], token);
    assert_eq!(reply["user"]["thirdAccount"], "alice");
    let body = json!({ "token": token, "needGenNewToken": true });
    let reply = emulation.send(&validate(&body)).await.json();
    assert_ne!(reply["accessToken"], token);
    assert_eq!(reply["user"], Value::Null);
    let body = json!({ "token": "made up", "needGenNewToken": false });
    assert_eq!(
        refusal(&emulation.send(&validate(&body)).await),
        unauthorized()
    );
    let body = json!({ "token": token });
    assert_eq!(refusal(&emulation.send(&validate(&body)).await).0, 400);
}

#[tokio::test]
async fn the_sixty_fifth_token_ends_the_first() {
    let emulation = Emulation::start().await;
    let first = log_in(&emulation, "alice").await;
    let second = log_in(&emulation, "alice").await;
    for _ in 0..63 {
        log_in(&emulation, "alice").await;
    }
    let reply = emulation.send(&with_token("GET", MEMBER, &first)).await;
    assert_eq!(refusal(&reply), unauthorized());
    assert_eq!(
        emulation
            .send(&with_token("GET", MEMBER, &second))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn malformed_requests_are_refused() {
    let emulation = Emulation::start().await;
    let token = log_in(&emulation, "alice").await;
    for (method, target, expected) in [
        (
            "GET",
            "/v1/usg/dcs/corp/member/x?accountType=2".to_owned(),
            400,
        ),
        (
            "GET",
            "/v1/usg/dcs/corp/member/x?accountType=zero".to_owned(),
            400,
        ),
        ("GET", "/v1/usg/dcs/corp/member/x?unheard=1".to_owned(), 400),
        ("GET", "/v1/usg/dcs/corp/member/".to_owned(), 404),
        ("GET", "/v1/usg/dcs/corp/nothing".to_owned(), 404),
        ("POST", MEMBER.to_owned(), 404),
        ("GET", "/".to_owned(), 404),
        ("GET", "/v1/usg/dcs/corp/member/%ff%fe%".to_owned(), 400),
    ] {
        let reply = emulation.send(&with_token(method, &target, &token)).await;
        assert_eq!(refusal(&reply).0, expected, "{method} {target}");
    }
    let mut login = app_login("alice");
    login.body = b"{".to_vec();
    assert_eq!(refusal(&emulation.send(&login).await).0, 400);
}
