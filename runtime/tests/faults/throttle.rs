//! Cases 41 to 50: the vendor asks to slow down, or is down.

use std::time::{Duration, Instant};

use bindery_runtime::{Clock, Credential, ErrorKind, Pacing, Timestamp};

use crate::actions::{
    HuaweiWrite, TencentPaced, TencentRead, TencentWrite, ZegoRead, ZegoWrite, huawei, tencent,
    zego,
};
use crate::script::{Server, after_reading, json, reply};
use crate::{End, MayHaveExecuted, SUCCESS, call, check, config, config_as, end};

use End::{Failure, Success};
use MayHaveExecuted::{No, Yes};

const THROTTLED: &str = r#"{"Response": {"Error": {"Code": "RequestLimitExceeded.UinLimitExceeded", "Message": "m"}, "RequestId": "id"}}"#;
const QUOTA: &str =
    r#"{"Response": {"Error": {"Code": "LimitExceeded", "Message": "m"}, "RequestId": "id"}}"#;

#[tokio::test]
async fn case_41_what_the_vendor_asks_for_is_kept_to() {
    // The last two by the clock that shows 22:13:20.
    for (hint, least, most) in [
        ("1", 1000, 5000),
        ("-1", 0, 4000),
        ("soon", 0, 4000),
        ("Tue, 14 Nov 2023 22:13:22 GMT", 1000, 5000),
        ("Tue, 14 Nov 2023 21:13:20 GMT", 0, 4000),
    ] {
        let header = format!("retry-after: {hint}");
        let server = Server::start([
            after_reading(reply(503, &[&header], b"{}")),
            after_reading(json(200, SUCCESS)),
        ])
        .await;
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        let config = config(&server).clock(Clock::manual(now));
        let client = tencent(&config.build().unwrap());
        let begun = Instant::now();
        let result = call(&client, TencentRead {}).await;
        assert_eq!(end(&result), Success(2), "{hint}");
        let elapsed = begun.elapsed().as_millis();
        assert!((least..most).contains(&elapsed), "{hint}: {elapsed} ms");
    }
}

#[tokio::test]
async fn case_43_throttling_is_tried_again_whatever_the_action_does() {
    let script = after_reading(json(200, THROTTLED));
    check("43", vec![script], (Success(2), 2), (Success(2), 2)).await;
}

#[tokio::test]
async fn case_44_numbers_are_codes_as_well() {
    let success = r#"{"Code": 0, "Message": "success", "RequestId": "id", "Data": {"Total": 7}}"#;
    let credential = || Credential::zego(1_234_567, "0123456789abcdef0123456789abcdef");
    let start = |code: u32| {
        let refusal = format!(r#"{{"Code": {code}, "Message": "m", "RequestId": "id"}}"#);
        Server::start([
            after_reading(json(200, &refusal)),
            after_reading(json(200, success)),
        ])
    };
    let client = |server: &Server| {
        let config = config_as(credential(), server);
        zego(&config.build().unwrap())
    };
    for (code, read, write) in [
        (7, Success(2), Success(2)),
        (206, Success(2), Success(2)),
        (1, Success(2), Failure(ErrorKind::Service, 1, Yes)),
        (
            105,
            Failure(ErrorKind::Service, 1, No),
            Failure(ErrorKind::Service, 1, No),
        ),
    ] {
        let server = start(code).await;
        assert_eq!(
            end(&call(&client(&server), ZegoRead {}).await),
            read,
            "{code}"
        );
        let server = start(code).await;
        assert_eq!(
            end(&call(&client(&server), ZegoWrite {}).await),
            write,
            "{code}"
        );
    }
}

#[tokio::test]
async fn case_45_the_gateway_throttles_with_a_status() {
    let refusal = r#"{"error_code": "APIGW.0308", "error_msg": "m"}"#;
    for status in [429, 400] {
        let server = Server::start([
            after_reading(json(status, refusal)),
            after_reading(json(200, r#"{"Total": 7}"#)),
        ])
        .await;
        let token = Credential::huawei_token("the-token-of-the-example");
        let config = config_as(token, &server).build().unwrap();
        let result = call(&huawei(&config), HuaweiWrite {}).await;
        assert_eq!(end(&result), Success(2), "{status}: {result:?}");
    }
}

#[tokio::test]
async fn case_46_a_quota_is_no_throttling() {
    let failure = (Failure(ErrorKind::Service, 1, No), 1);
    check(
        "46",
        vec![after_reading(json(200, QUOTA))],
        failure,
        failure,
    )
    .await;
}

/// The vendor's own SDK for Python calls on after a success and then fails.
#[tokio::test]
async fn case_47_a_success_ends_the_call() {
    let server = Server::start([
        after_reading(json(200, THROTTLED)),
        after_reading(json(200, SUCCESS)),
        after_reading(json(200, SUCCESS)),
    ])
    .await;
    let client = tencent(&config(&server).build().unwrap());
    let response = call(&client, TencentWrite {}).await.unwrap();
    assert_eq!((response.attempts(), response.total), (2, Some(7)));
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn case_48_a_host_that_is_down_is_not_flooded() {
    // Retries until the budget is at its end.
    const RETRIES: usize = 35;
    const CALLS: usize = 1000;
    const AT_A_TIME: usize = 200;
    let down = || after_reading(reply(503, &["connection: close"], b"{}"));
    let up = || after_reading(reply(200, &["connection: close"], SUCCESS.as_bytes()));
    let mut scripts = vec![down(); CALLS + RETRIES];
    // A budget of 10 is left, and a retry costs 14.
    scripts.extend((0..18).map(|_| up()));
    scripts.extend([down(), down(), up()]);
    let server = Server::start(scripts).await;
    let client = tencent(&config(&server).build().unwrap());
    for _ in 0..CALLS / AT_A_TIME {
        let calls: Vec<_> = (0..AT_A_TIME)
            .map(|_| {
                let client = client.clone();
                tokio::spawn(async move { call(&client, TencentRead {}).await.map(drop) })
            })
            .collect();
        for call in calls {
            let error = call.await.unwrap().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Service, "{error}");
        }
    }
    assert_eq!(server.requests().len(), CALLS + RETRIES);

    for _ in 0..18 {
        assert_eq!(end(&call(&client, TencentRead {}).await), Success(1));
    }
    let result = call(&client, TencentRead {}).await;
    assert_eq!(end(&result), Success(3), "{result:?}");
}

#[tokio::test]
async fn case_49_who_cannot_wait_for_a_rate_sends_nothing() {
    let script = || after_reading(json(200, SUCCESS));
    let server = Server::start(std::iter::repeat_with(script).take(9)).await;
    let paced = config(&server).pacing(Pacing::documented());
    let client = tencent(&paced.build().unwrap());
    for _ in 0..2 {
        assert_eq!(end(&call(&client, TencentPaced).await), Success(1));
    }
    let begun = Instant::now();
    let hurried = client.call(TencentPaced).timeout(Duration::from_secs(20));
    let error = hurried.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited, "{error}");
    assert!(!error.may_have_executed());
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn case_50_an_action_at_its_limit_does_not_hold_up_another() {
    let script = || after_reading(json(200, SUCCESS));
    let server = Server::start(std::iter::repeat_with(script).take(9)).await;
    let paced = config(&server).pacing(Pacing::documented());
    let client = tencent(&paced.build().unwrap());
    for _ in 0..2 {
        assert_eq!(end(&call(&client, TencentPaced).await), Success(1));
    }
    let waiting = tokio::spawn({
        let client = client.clone();
        async move { call(&client, TencentPaced).await.map(drop) }
    });
    assert_eq!(end(&call(&client, TencentWrite).await), Success(1));
    assert!(!waiting.is_finished());
    waiting.abort();
    assert_eq!(server.requests().len(), 3);
}
