//! Cases 51 to 60: replies of servers that fail.

use bindery_runtime::ErrorKind;

use crate::script::{after_reading, json, reply};
use crate::{End, MayHaveExecuted, check};

use End::{Failure, Success};
use MayHaveExecuted::{No, Yes};

#[tokio::test]
async fn cases_51_and_52_servers_that_fail() {
    let error =
        r#"{"Response": {"Error": {"Code": "InternalError", "Message": "m"}, "RequestId": "id"}}"#;
    for status in [500, 502, 503, 504] {
        for step in [
            json(status, error),
            reply(status, &["content-type: text/html"], b"<html>"),
        ] {
            check(
                &format!("51 and 52, {status}"),
                vec![after_reading(step)],
                (Success(2), 2),
                (Failure(ErrorKind::Service, 1, Yes), 1),
            )
            .await;
        }
    }
}

#[tokio::test]
async fn case_53_a_page_in_the_place_of_a_reply_is_not_asked_for_again() {
    let page = reply(200, &["content-type: text/html"], b"<html>log in</html>");
    check(
        "53",
        vec![after_reading(page)],
        (Failure(ErrorKind::BadReply, 1, No), 1),
        (Failure(ErrorKind::BadReply, 1, Yes), 1),
    )
    .await;
}

#[tokio::test]
async fn case_76_redirects_are_not_followed() {
    for status in [301, 302, 307, 308] {
        let elsewhere = crate::script::Server::start([]).await;
        let location = format!("location: {}", elsewhere.url());
        check(
            &format!("76, {status}"),
            vec![after_reading(reply(status, &[&location], b""))],
            (Failure(ErrorKind::Redirect, 1, No), 1),
            (Failure(ErrorKind::Redirect, 1, Yes), 1),
        )
        .await;
        assert_eq!(elsewhere.connections(), 0);
    }
}
