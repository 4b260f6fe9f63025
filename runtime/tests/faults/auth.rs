//! Cases 42 and 73 to 75: the clock or the credential is wrong.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bindery_runtime::credentials::{ProvideCredential, Provided};
use bindery_runtime::{
    Clock, Config, ConfigBuilder, Credential, CredentialSource, ErrorKind, Exhausted,
    FinishedAttempt, Intercept, Timestamp,
};

use crate::actions::{HuaweiSigned, TencentRead, TencentWrite, ZegoWrite, huawei, tencent, zego};
use crate::script::{Script, Server, after_reading, json, reply};
use crate::{End, MayHaveExecuted, SUCCESS, call, config, config_as, end, exhausted};

use End::{Failure, Success};
use MayHaveExecuted::No;

const EXPIRED: &str = r#"{"Response": {"Error": {"Code": "AuthFailure.SignatureExpire", "Message": "m"}, "RequestId": "id"}}"#;
const WRONG: &str = r#"{"Response": {"Error": {"Code": "AuthFailure.SignatureFailure", "Message": "m"}, "RequestId": "id"}}"#;
const TOKEN: &str = r#"{"Response": {"Error": {"Code": "AuthFailure.TokenFailure", "Message": "m"}, "RequestId": "id"}}"#;

/// The instant that the servers' clocks show.
const DATE: &str = "date: Tue, 14 Nov 2023 22:13:20 GMT";
const NOW: i64 = 1_700_000_000;

fn dated(body: &str) -> Script {
    after_reading(reply(200, &[DATE], body.as_bytes()))
}

/// A client whose clock is off by so many seconds.
fn skewed(server: &Server, seconds: i64) -> ConfigBuilder {
    let now = Timestamp::from_second(NOW + seconds).expect("it is in range");
    config(server).clock(Clock::manual(now))
}

/// The times of the signatures that a server has read.
fn signed_at(server: &Server) -> Vec<i64> {
    let requests = server.requests();
    let times = requests.iter().map(|request| {
        let (_, time) = ["x-tc-timestamp: ", "&Timestamp=", "\"expireTime\":"]
            .iter()
            .find_map(|name| request.split_once(name))
            .expect("the request has a time");
        let end = time.find(|character: char| !character.is_ascii_digit());
        time[..end.unwrap_or(time.len())]
            .parse()
            .expect("it is a number")
    });
    times.collect()
}

/// By how many seconds a clock is off, what the server answers, what the call ends with, and the
/// time of the last signature.
fn clocks() -> [(&'static str, i64, Vec<Script>, End, i64); 8] {
    [
        (
            "late",
            -600,
            vec![dated(EXPIRED), dated(SUCCESS)],
            Success(2),
            NOW,
        ),
        (
            "early",
            600,
            vec![dated(EXPIRED), dated(SUCCESS)],
            Success(2),
            NOW,
        ),
        (
            "another day",
            90_000,
            vec![dated(EXPIRED), dated(SUCCESS)],
            Success(2),
            NOW,
        ),
        (
            "still refused",
            600,
            vec![dated(EXPIRED), dated(EXPIRED), dated(SUCCESS)],
            Failure(ErrorKind::Service, 2, No),
            NOW,
        ),
        (
            "below the threshold",
            200,
            vec![dated(EXPIRED), dated(SUCCESS)],
            Failure(ErrorKind::Service, 1, No),
            NOW + 200,
        ),
        (
            "without a date",
            600,
            vec![
                after_reading(reply(200, &[], EXPIRED.as_bytes())),
                dated(SUCCESS),
            ],
            Failure(ErrorKind::Service, 1, No),
            NOW + 600,
        ),
        (
            "from a cache",
            600,
            vec![
                after_reading(reply(200, &[DATE, "age: 0"], EXPIRED.as_bytes())),
                dated(SUCCESS),
            ],
            Failure(ErrorKind::Service, 1, No),
            NOW + 600,
        ),
        (
            "a wrong signature",
            600,
            vec![dated(WRONG), dated(SUCCESS)],
            Failure(ErrorKind::Service, 1, No),
            NOW + 600,
        ),
    ]
}

#[tokio::test]
async fn case_73_a_clock_that_is_wrong_is_corrected_once() {
    for (case, seconds, scripts, expected, last) in clocks() {
        let server = Server::start(scripts).await;
        let client = tencent(&skewed(&server, seconds).build().unwrap());
        let result = call(&client, TencentWrite {}).await;
        assert_eq!(end(&result), expected, "{case}: {result:?}");
        let signed = *signed_at(&server).last().unwrap();
        assert!((last..last + 60).contains(&signed), "{case}: {signed}");
    }
}

#[tokio::test]
async fn case_73_a_clock_is_not_corrected_where_nobody_wants_it() {
    let server = Server::start([dated(SUCCESS), dated(SUCCESS)]).await;
    let config = skewed(&server, 600).clock_correction(false);
    let client = tencent(&config.build().unwrap());
    for _ in 0..2 {
        assert_eq!(end(&call(&client, TencentWrite {}).await), Success(1));
    }
    let signed = signed_at(&server);
    assert!(
        signed.iter().all(|second| *second >= NOW + 600),
        "{signed:?}"
    );
}

#[tokio::test]
async fn case_73_every_reply_corrects_the_clock() {
    let server = Server::start([dated(SUCCESS), dated(SUCCESS)]).await;
    let client = tencent(&skewed(&server, 600).build().unwrap());
    for _ in 0..2 {
        assert_eq!(end(&call(&client, TencentWrite {}).await), Success(1));
    }
    let signed = signed_at(&server);
    assert!(signed[0] >= NOW + 600 && signed[1] < NOW + 60, "{signed:?}");
}

#[tokio::test]
async fn case_73_a_clock_is_corrected_where_nothing_is_left_for_retries() {
    let down = || after_reading(json(503, "{}"));
    let scripts = std::iter::repeat_with(down).take(18 + 35);
    let server = Server::start(scripts.chain([dated(EXPIRED), dated(SUCCESS)])).await;
    let client = tencent(&skewed(&server, 600).build().unwrap());
    for _ in 0..18 {
        assert!(call(&client, TencentRead {}).await.is_err());
    }
    let result = call(&client, TencentWrite {}).await;
    assert_eq!(end(&result), Failure(ErrorKind::Service, 1, No));
    assert_eq!(exhausted(&result), Some(Exhausted::Budget));
    assert_eq!(end(&call(&client, TencentWrite {}).await), Success(1));
    let signed = signed_at(&server);
    let [.., wrong, right] = signed[..] else {
        panic!("{signed:?}");
    };
    assert!(wrong >= NOW + 600 && right < NOW + 60, "{signed:?}");
}

#[tokio::test]
async fn case_73_the_clock_of_each_vendor_is_corrected() {
    let start = async |status: u16, refusal: &str, success: &str| {
        let refusal = after_reading(reply(status, &[DATE], refusal.as_bytes()));
        let server = Server::start([refusal, dated(success)]).await;
        let now = Timestamp::from_second(NOW + 1000).unwrap();
        (server, Clock::manual(now))
    };
    let refusal = r#"{"Code": 100000004, "Message": "m", "RequestId": "id"}"#;
    let success = r#"{"Code": 0, "Message": "success", "RequestId": "id", "Data": {"Total": 7}}"#;
    let (server, clock) = start(200, refusal, success).await;
    let secret = Credential::zego(1_234_567, "0123456789abcdef0123456789abcdef");
    let config = config_as(secret, &server).clock(clock).build().unwrap();
    let result = call(&zego(&config), ZegoWrite {}).await;
    assert_eq!(end(&result), Success(2), "{result:?}");
    let signed = signed_at(&server);
    assert!(
        signed[0] >= NOW + 1000 && signed[1] < NOW + 60,
        "{signed:?}"
    );

    let refusal = r#"{"error_code": "APIGW.0303", "error_msg": "m"}"#;
    let (server, clock) = start(401, refusal, r#"{"Total": 7}"#).await;
    let application = Credential::huawei_app_id("app-id", "the-key-of-the-example");
    let config = config_as(application, &server)
        .clock(clock)
        .build()
        .unwrap();
    let result = call(&huawei(&config), HuaweiSigned {}).await;
    assert_eq!(end(&result), Success(2), "{result:?}");
    let signed = signed_at(&server);
    assert_eq!(signed[0] - signed[1], 1000, "{signed:?}");
}

/// Sets a clock back by an hour after the first attempt.
struct SetsBack(Clock);

impl Intercept for SetsBack {
    fn after_reply(&self, attempt: &FinishedAttempt<'_>) {
        if attempt.number() == 1 {
            self.0.shift(-HOUR * 1000);
        }
    }
}

const HOUR: i64 = 60 * 60;

#[tokio::test]
async fn case_42_a_pause_does_not_notice_that_the_clock_is_set_back() {
    let busy = r#"{"Response": {"Error": {"Code": "RequestLimitExceeded", "Message": "m"}, "RequestId": "id"}}"#;
    let server = Server::start([busy, SUCCESS].map(|body| after_reading(json(200, body)))).await;
    let clock = Clock::manual(Timestamp::from_second(NOW).unwrap());
    let config = config(&server)
        .clock(clock.clone())
        .intercept(SetsBack(clock));
    let begun = Instant::now();
    let result = call(&tencent(&config.build().unwrap()), TencentWrite {}).await;
    assert_eq!(end(&result), Success(2), "{result:?}");
    assert!(begun.elapsed() < Duration::from_mins(1));
    let signed = signed_at(&server);
    assert!(
        signed[0] >= NOW && signed[1] < NOW - HOUR + 60,
        "{signed:?}"
    );
}

/// Provides keys that are numbered.
#[derive(Clone, Debug, Default)]
struct Numbered(Arc<AtomicUsize>);

impl ProvideCredential for Numbered {
    fn provide(&self) -> Provided<'_> {
        let number = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        Box::pin(async move {
            let credential = Credential::tencent(format!("AKIDnumber{number}"), "the-key");
            Ok(Some(credential))
        })
    }

    fn place(&self) -> String {
        "a test".to_owned()
    }
}

fn provided(server: &Server, provider: &Numbered) -> Config {
    Config::builder(CredentialSource::new(provider.clone()))
        .endpoint(&server.url())
        .build()
        .expect("the configuration is complete")
}

#[tokio::test]
async fn cases_74_and_75_a_refused_credential_is_replaced_once() {
    let server = Server::start([dated(TOKEN), dated(SUCCESS)]).await;
    let provider = Numbered::default();
    let result = call(&tencent(&provided(&server, &provider)), TencentWrite {}).await;
    assert_eq!(end(&result), Success(2), "{result:?}");
    assert_eq!(provider.0.load(Ordering::Relaxed), 2);
    assert!(server.requests()[1].contains("AKIDnumber2"));

    let server = Server::start([dated(TOKEN), dated(TOKEN), dated(SUCCESS)]).await;
    let provider = Numbered::default();
    let result = call(&tencent(&provided(&server, &provider)), TencentWrite {}).await;
    assert_eq!(end(&result), Failure(ErrorKind::Service, 2, No));
    assert_eq!(provider.0.load(Ordering::Relaxed), 2, "exactly one renewal");
}

#[tokio::test]
async fn case_75_a_fixed_credential_is_not_asked_for_again() {
    let server = Server::start([dated(TOKEN), dated(SUCCESS)]).await;
    let result = call(&tencent(&config(&server).build().unwrap()), TencentWrite {}).await;
    assert_eq!(end(&result), Failure(ErrorKind::Service, 1, No));
}
