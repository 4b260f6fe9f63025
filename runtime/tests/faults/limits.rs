//! Cases 31 and 62: replies that exceed a limit which was set, and replies for which it was raised.

use bindery_runtime::{ConfigBuilder, Error, ErrorKind};

use crate::actions::{Output, TencentWrite, tencent};
use crate::http2::{self, Fate};
use crate::script::{Server, after_reading, json, reply};
use crate::secure::{Authority, HOST, reaching};
use crate::{SUCCESS, call, config};

/// Calls a server with a configuration.
async fn call_with(config: ConfigBuilder) -> Result<Output, Error> {
    let client = tencent(&config.build().expect("the configuration is complete"));
    let response = call(&client, TencentWrite {}).await?;
    Ok(response.into_inner())
}

/// Fails unless a reply was read, or was refused with an error that says what allows for it.
fn assert_limited(result: Result<Output, Error>, is_refused: bool, case: &str, remedy: &str) {
    if !is_refused {
        assert_eq!(result.expect(case).total, Some(7));
        return;
    }
    let error = result.expect_err(case);
    assert_eq!(error.kind(), ErrorKind::BadReply, "{case}: {error}");
    assert_eq!(error.attempts(), 1, "{case}: {error}");
    assert!(error.message().contains(remedy), "{case}: {error}");
}

#[tokio::test]
async fn case_31_more_headers_may_be_allowed_for_or_fewer() {
    for (count, limit, is_refused) in [
        (99, None, false),
        (100, None, true),
        (100, Some(101), false),
        (2_000, Some(2_001), false),
        (2_001, Some(2_001), true),
        (7, Some(8), false),
        (8, Some(8), true),
    ] {
        // The length is one more.
        let server = Server::start([after_reading(reply(
            200,
            &vec!["x-name: y"; count],
            SUCCESS.as_bytes(),
        ))])
        .await;
        let config = match limit {
            Some(limit) => config(&server).max_reply_headers(limit),
            None => config(&server),
        };
        let result = call_with(config).await;
        let case = format!("{count} headers with {limit:?}");
        assert_limited(result, is_refused, &case, "`max_reply_headers`");
    }
}

/// Each header counts for 34 bytes, and the status for 42.
#[tokio::test]
async fn case_31_larger_headers_may_be_allowed_for_or_smaller_ones() {
    let authority = Authority::new();
    let acceptor = authority.issue(HOST).acceptor(None, "h2");
    for (count, limit, is_refused) in [
        (500, None, true),
        (500, Some(18_000), false),
        (500, Some(16_500), true),
        (20, Some(800), false),
        (20, Some(600), true),
    ] {
        let server = http2::Server::start(acceptor.clone(), &[Fate::Headers(count)]).await;
        let config = reaching(server.address()).root_certificate(authority.pem());
        let config = match limit {
            Some(limit) => config.max_reply_header_bytes(limit),
            None => config,
        };
        let result = call_with(config).await;
        let case = format!("{count} headers with {limit:?}");
        assert_limited(result, is_refused, &case, "`max_reply_header_bytes`");
    }
}

#[tokio::test]
async fn case_62_a_limit_of_the_depth_counts_what_is_passed_over_as_well() {
    let body = |levels: usize| {
        // Two levels are the envelope and the result.
        let list = "[".repeat(levels - 2) + &"]".repeat(levels - 2);
        format!(r#"{{"Response": {{"New": {list}, "Total": 7}}}}"#)
    };
    for (levels, limit, is_refused) in [
        (200, 200, false),
        (200, 199, true),
        (4, 4, false),
        (4, 3, true),
    ] {
        let server = Server::start([after_reading(json(200, &body(levels)))]).await;
        let result = call_with(config(&server).max_reply_nesting(limit)).await;
        let case = format!("{levels} levels with {limit}");
        assert_limited(result, is_refused, &case, "`max_reply_nesting`");
    }

    // What a refusal says is not to be lost.
    let refusal = r#"{"Response": {"Error": {"Code": "LimitExceeded", "Message": "m"}}}"#;
    let server = Server::start([after_reading(json(400, refusal))]).await;
    let result = call_with(config(&server).max_reply_nesting(1)).await;
    let error = result.expect_err("it is a refusal");
    assert_eq!(error.code(), Some("LimitExceeded"), "{error}");
}
