//! What errors tell, and what they keep to themselves.

use std::error::Error as _;
use std::fmt::Debug;
use std::net::Ipv4Addr;
use std::time::Duration;

use bindery_runtime::{ActionError, Config, Credential, Error, ErrorKind, Response, RetryPolicy};

use crate::actions::{
    CreateAppIdToken, CreateToken, DescribeUserInfo, DescribeUsers, RemoveAll, ShowUserDetail,
    UserErrorCode, meeting, rtc, trtc,
};
use crate::server::{Script, Server, json, raw, reply};

fn tencent() -> Credential {
    Credential::tencent("AKIDEXAMPLEEXAMPLE", "the-key")
}

/// What a call becomes when the vendor answers with a code.
async fn refused(code: &str) -> [ActionError<UserErrorCode>; 2] {
    let body = format!(
        r#"{{"Response": {{"Error": {{"Code": "{code}", "Message": "Sorry."}},
            "RequestId": "fac0b0b1"}}}}"#
    );
    let server = Server::replying([body.as_str(), body.as_str()]).await;
    let config = server.config(tencent()).build();
    let client = trtc(&config.expect("the configuration is complete"));
    let read = client.call(DescribeUserInfo::example()).await;
    let write = client.call(RemoveAll {}).await;
    [
        read.expect_err("it is refused"),
        write.expect_err("it is refused"),
    ]
}

#[tokio::test]
async fn an_error_says_what_the_vendor_says() {
    let [error, _] = refused("ResourceNotFound.UserNotExist").await;
    assert_eq!(error.kind(), ErrorKind::Service);
    assert_eq!(
        error.code(),
        Some(UserErrorCode::ResourceNotFoundUserNotExist)
    );
    assert_eq!(error.request_id(), Some("fac0b0b1"));
    assert_eq!(error.status(), Some(200));
    assert!(error.has_code_prefix("ResourceNotFound"));
    assert!(error.has_code_prefix("ResourceNotFound.UserNotExist"));
    assert!(!error.has_code_prefix("ResourceNot"));
    assert!(!error.has_code_prefix("ResourceNotFound."));
    assert_eq!(
        error.to_string(),
        "DescribeUserInfo: ResourceNotFound.UserNotExist: Sorry. (request id fac0b0b1)"
    );

    let common: Error = error.into();
    assert_eq!(common.code(), Some("ResourceNotFound.UserNotExist"));
    let code: UserErrorCode = common.code_as().unwrap();
    assert_eq!(code, UserErrorCode::ResourceNotFoundUserNotExist);
    let line = common.request().unwrap().to_string();
    assert!(line.ends_with("/ (DescribeUserInfo)"), "{line}");
}

#[tokio::test]
async fn a_code_is_classified_by_its_longest_prefix() {
    for (code, is_so) in [
        (
            "AuthFailure.SecretIdNotFound",
            Error::is_authentication as fn(&Error) -> bool,
        ),
        ("AuthFailure.TokenFailure", Error::is_token_expired),
        ("AuthFailure.TokenFailure", Error::is_authentication),
        ("AuthFailure.SignatureExpire", Error::is_clock_skew),
        ("RequestLimitExceeded.IPLimitExceeded", Error::is_throttled),
        ("LimitExceeded", Error::is_quota_exceeded),
        ("ResourceNotFound.UserNotExist", Error::is_not_found),
        ("UnauthorizedOperation", Error::is_permission_denied),
        // The vendor's, the service's and the action's own.
        ("FailedOperation.Other", Error::is_invalid_request),
        ("FailedOperation.Busy.Briefly", Error::is_conflict),
        ("FailedOperation.Busy.Forever", Error::is_server_fault),
    ] {
        let [error, _] = refused(code).await;
        assert!(is_so(&error), "{error:?}");
    }
    let [error, _] = refused("LimitExceededElsewhere").await;
    assert!(!error.is_quota_exceeded(), "{error:?}");
}

#[tokio::test]
async fn only_a_server_that_failed_may_have_executed_what_it_refuses() {
    let [read, write] = refused("InternalError.DBError").await;
    assert!(!read.may_have_executed());
    assert!(write.may_have_executed());
    for code in ["RequestLimitExceeded", "AuthFailure", "ResourceNotFound"] {
        let [_, write] = refused(code).await;
        assert!(!write.may_have_executed(), "{code}");
    }
}

#[tokio::test]
async fn vendors_of_other_envelopes_are_understood() {
    let server = Server::replying([r#"{"Code": 206, "Message": "busy", "RequestId": "77"}"#]).await;
    let client = rtc(&server
        .config(Credential::zego(1, "secret"))
        .build()
        .unwrap());
    let error = client.call(users()).await.unwrap_err();
    assert!(error.is_throttled(), "{error:?}");
    assert_eq!(
        error.to_string(),
        "DescribeUsers: 206: busy (request id 77)"
    );

    let body = r#"{"error_code": "USG.201040000", "error_msg": "The user does not exist."}"#;
    let server = Server::start([reply(400, &["X-Request-Id: 88"], body.as_bytes())]).await;
    let client = meeting(
        &server
            .config(Credential::huawei_token("t"))
            .build()
            .unwrap(),
    );
    let error = client.call(user()).await.unwrap_err();
    assert_eq!(error.status(), Some(400));
    assert_eq!(
        error.to_string(),
        "ShowUserDetail: USG.201040000: The user does not exist. (request id 88)"
    );
}

#[tokio::test]
async fn strict_calls_fail_where_others_record() {
    let body = r#"{"Response": {"Total": "7", "UserList": [{"UserId": 1}], "RequestId": "id"}}"#;
    let server = Server::replying([body, body]).await;
    let client = trtc(&server.config(tencent()).strict(true).build().unwrap());
    let tolerant = client.call(DescribeUserInfo::example()).strict(false);
    let page = tolerant.await.unwrap();
    assert_eq!(page.total, Some(7));
    assert_eq!(page.mismatches().len(), 2);
    let error = client.call(DescribeUserInfo::example()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadReply);
    assert_eq!(error.mismatches(), page.mismatches());
    for path in ["$.Total", "$.UserList[0].UserId"] {
        assert!(error.to_string().contains(path), "{error}");
    }
}

#[tokio::test]
async fn a_credential_that_does_not_serve_says_which_one_does() {
    let config = Config::builder(Credential::zego(1, "secret"))
        .build()
        .unwrap();
    let login = CreateAppIdToken { user_name: None };
    let errors: [Error; 4] = [
        trtc(&config).call(RemoveAll {}).await.unwrap_err().into(),
        meeting(&config).call(user()).await.unwrap_err().into(),
        meeting(&config).call(login).await.unwrap_err().into(),
        meeting(&config)
            .call(CreateToken {})
            .await
            .unwrap_err()
            .into(),
    ];
    let needed = ["tencent", "huawei_token", "huawei_app_id", "huawei_account"];
    for (error, name) in errors.iter().zip(needed) {
        assert_eq!(error.kind(), ErrorKind::Build);
        assert!(
            error.to_string().contains(&format!("Credential::{name}")),
            "{error}"
        );
    }
}

#[tokio::test]
async fn what_cannot_be_called_is_refused_before_it_is_sent() {
    let build = |change: fn(bindery_runtime::ConfigBuilder) -> bindery_runtime::ConfigBuilder| {
        change(Config::builder(tencent())).build().map(drop)
    };
    build(|config| config.endpoint("https://trtc.tencentcloudapi.com/")).unwrap();
    build(|config| config.endpoint("http://localhost:8080")).unwrap();
    build(|config| config.endpoint("http://[::1]:8080")).unwrap();
    build(|config| config.insecure_endpoint("http://10.0.0.1")).unwrap();
    for error in [
        build(|config| config.endpoint("http://10.0.0.1")),
        build(|config| config.endpoint("http://localhost.example.com")),
        build(|config| config.endpoint("https://trtc.tencentcloudapi.com/v1")),
        build(|config| config.endpoint("https://trtc.tencentcloudapi.com/?a=b")),
        build(|config| config.endpoint("https://user@trtc.tencentcloudapi.com")),
        build(|config| config.endpoint("https://trtc.tencentcloudapi.com\\@example.com")),
        build(|config| config.endpoint("https://2130706433")),
        build(|config| config.endpoint("ftp://trtc.tencentcloudapi.com")),
        build(|config| config.endpoint("trtc.tencentcloudapi.com")),
        build(|config| config.insecure_endpoint("http://10.0.0.1/path")),
        build(|config| config.region("ap-singapore\r\nHost: example.com")),
        build(|config| config.region("")),
    ] {
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Build);
    }
    for credential in [
        Credential::tencent("", "key"),
        Credential::tencent("id", " key"),
        Credential::tencent("id", "key\n"),
        Credential::tencent("id", "key").with_token("to ken"),
        Credential::tencent("id", "key").with_user_id("user"),
        Credential::huawei_app_id("id", ""),
        Credential::huawei_account("li", "password "),
        Credential::huawei_token("t\u{f6}ken"),
        Credential::zego(1, ""),
    ] {
        let error = Config::builder(credential).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Build);
    }
    let config = Config::builder(tencent()).build().unwrap();
    let call = || trtc(&config).call(DescribeUserInfo::example());
    for call in [
        call(),
        call().region("a b"),
        call().endpoint("http://10.0.0.1"),
    ] {
        let error = call.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Build, "{error}");
    }
}

#[tokio::test]
async fn international_hosts_take_the_place_of_documented_ones() {
    // Whatever happens there, the name shows in the request line.
    let config = Config::builder(tencent())
        .international()
        .region("ap-singapore")
        .resolve(
            "trtc.intl.tencentcloudapi.com",
            [Ipv4Addr::LOCALHOST.into()],
        )
        .no_proxy()
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
    let call = trtc(&config).call(RemoveAll {});
    let error = call.timeout(Duration::from_secs(1)).await.unwrap_err();
    let line = error.request().unwrap().url();
    assert_eq!(line, "https://trtc.intl.tencentcloudapi.com/");
}

/// The part that all secrets of the test below have in common.
const CANARY: &str = "CANARY";

#[tokio::test]
async fn secrets_never_show() {
    for (secret, credential) in [
        (
            "CANARY-key",
            Credential::tencent("AKIDEXAMPLEEXAMPLE", "CANARY-key"),
        ),
        (
            "CANARY-token",
            Credential::tencent("AKIDEXAMPLEEXAMPLE", "CANARY-1").with_token("CANARY-token"),
        ),
        (
            "CANARY-app-key",
            Credential::huawei_app_id("app-id", "CANARY-app-key"),
        ),
        (
            "CANARY-password",
            Credential::huawei_account("li", "CANARY-password"),
        ),
        ("CANARY-access", Credential::huawei_token("CANARY-access")),
        ("CANARY-server", Credential::zego(7, "CANARY-server")),
    ] {
        hide(&credential);
        hide(&Config::builder(credential.clone()));
        let failures = failures(secret);
        let count = failures.len();
        let server = Server::start(failures).await;
        let config = server.config(credential.clone()).build().unwrap();
        hide(&config);
        for _ in 0..count {
            call_all(&config).await;
        }
        assert_eq!(server.requests().len(), count, "one action is served");

        let silent = Server::start([Script::Silence]).await;
        let impatient = silent.config(credential);
        let impatient = impatient.attempt_timeout(Duration::from_millis(100));
        call_all(&impatient.build().unwrap()).await;
    }
}

/// Calls an action of each authentication, of which the credential serves one.
async fn call_all(config: &Config) {
    let call = trtc(config).call(DescribeUserInfo::example());
    hide(&call);
    show(call.await);
    show(
        meeting(config)
            .call(CreateAppIdToken { user_name: None })
            .await,
    );
    show(meeting(config).call(CreateToken {}).await);
    show(meeting(config).call(user()).await);
    show(rtc(config).call(users()).await);
}

/// Ways for a call to end, some of which quote a secret.
fn failures(secret: &str) -> Vec<Script> {
    let quote = format!(r#"{{"error_code": "A", "error_msg": "no such user: {secret}"}}"#);
    vec![
        json(
            200,
            r#"{"Response": {}, "Code": 0, "accessToken": "CANARY"}"#,
        ),
        json(500, ""),
        json(401, &quote),
        reply(502, &[], format!("<p>{secret}</p>").as_bytes()),
        reply(302, &["location: https://example.com/?CANARY"], b""),
        reply(200, &[], b"<html>"),
        raw("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n{"),
        raw(""),
    ]
}

fn show<T: Debug>(result: Result<Response<T>, ActionError<UserErrorCode>>) {
    hide(&result);
    match result {
        Ok(response) => hide(&response.request().to_string()),
        Err(error) => {
            hide(&error.to_string());
            let mut source = error.source();
            while let Some(error) = source {
                hide(&error.to_string());
                source = error.source();
            }
        }
    }
}

fn hide(value: &dyn Debug) {
    let shown = format!("{value:?} {value:#?}");
    assert!(!shown.contains(CANARY), "{shown}");
}

fn user() -> ShowUserDetail {
    ShowUserDetail {
        account: "li".to_owned(),
        account_type: None,
        request_id: None,
    }
}

fn users() -> DescribeUsers {
    DescribeUsers {
        room_id: "room1".to_owned(),
        user_id: vec!["a".to_owned()],
        pass: Some("CANARY-pass".to_owned()),
    }
}
