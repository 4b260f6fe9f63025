//! Cases 33, 34 and 51 to 76: replies of servers that fail, or that say something else than they
//! should.

use std::io::Write;

use bindery_runtime::{Credential, ErrorKind};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::actions::{HuaweiWrite, Remove, TencentWrite, huawei, tencent};
use crate::script::{Server, Step, after_reading, json, raw, reply};
use crate::{End, MayHaveExecuted, SUCCESS, call, check, config, config_as, end};

use End::{Failure, Success};
use MayHaveExecuted::{No, Yes};

#[tokio::test]
async fn case_33_nothing_is_a_reply_where_nothing_is_expected() {
    for status in ["204 No Content", "200 OK\r\ncontent-length: 0"] {
        let nothing = || after_reading(raw(&format!("HTTP/1.1 {status}\r\n\r\n")));
        let server = Server::start([nothing(), nothing()]).await;
        let client = tencent(&config(&server).build().unwrap());
        assert_eq!(end(&call(&client, Remove).await), Success(1), "{status}");
        let result = call(&client, TencentWrite).await;
        assert_eq!(end(&result), Failure(ErrorKind::BadReply, 1, Yes));
        let message = result.unwrap_err().to_string();
        assert!(message.contains("empty"), "{message}");
    }
}

/// What follows a reply is nobody's: taken for the next one, it would answer another call.
#[tokio::test]
async fn case_34_bytes_after_a_reply_are_not_taken_for_the_next_one() {
    let Step::Write(mut bytes) = json(200, SUCCESS) else {
        unreachable!("a reply is written")
    };
    bytes.extend_from_slice(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
    let scripts = [
        vec![Step::Read, Step::Write(bytes), Step::Read, Step::Stall],
        after_reading(json(200, SUCCESS)),
    ];
    let server = Server::start(scripts).await;
    let client = tencent(&config(&server).build().unwrap());
    for _ in 0..2 {
        let result = call(&client, TencentWrite).await;
        assert_eq!(end(&result), Success(1), "{result:?}");
        assert_eq!(result.unwrap().total, Some(7));
    }
    assert_eq!(server.connections(), 2);
}

/// Replies that came as a whole and cannot be read. What the vendor did is not undone by asking
/// again, not even for those that read: the next reply would be no better.
#[tokio::test]
async fn cases_56_to_72_replies_that_cannot_be_read() {
    for (case, headers, body) in [
        (
            "56 cut before it was sent",
            &[][..],
            &SUCCESS.as_bytes()[..30],
        ),
        (
            "57 more than one value",
            &[],
            b"{\"Response\": {\"Total\": 7}} {}",
        ),
        (
            "61 in an unknown encoding",
            &["content-encoding: br"],
            b"\x0b\x02\x80{}\x03",
        ),
        ("63 not UTF-8", &[], b"{\"Response\": {\"Name\": \"\xff\"}}"),
        ("72 not a number", &[], b"{\"Response\": {\"Total\": NaN}}"),
        ("72 infinity", &[], b"{\"Response\": {\"Total\": Infinity}}"),
        (
            "72 minus infinity",
            &[],
            b"{\"Response\": {\"Total\": -Infinity}}",
        ),
    ] {
        check(
            case,
            vec![after_reading(reply(200, headers, body))],
            (Failure(ErrorKind::BadReply, 1, No), 1),
            (Failure(ErrorKind::BadReply, 1, Yes), 1),
        )
        .await;
    }
}

#[tokio::test]
async fn case_62_depth_that_nobody_asked_for_is_passed_over() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    for member in ["New", "Name"] {
        let body = format!(r#"{{"Response": {{"{member}": {deep}, "Total": 7}}}}"#);
        let server = Server::start([after_reading(json(200, &body))]).await;
        let client = tencent(&config(&server).build().unwrap());
        let output = call(&client, TencentWrite).await.unwrap();
        assert_eq!((output.total, output.name.as_deref()), (Some(7), None));
    }
}

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
        check(
            &format!("76, {status}, to the same server"),
            vec![after_reading(reply(status, &["location: /other"], b""))],
            (Failure(ErrorKind::Redirect, 1, No), 1),
            (Failure(ErrorKind::Redirect, 1, Yes), 1),
        )
        .await;
    }
}

/// The same bytes in a compressed form.
fn compressed(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder
        .write_all(content)
        .expect("memory can be written to");
    encoder.finish().expect("memory can be written to")
}

#[tokio::test]
async fn cases_58_and_59_replies_that_are_too_large() {
    let bomb = compressed(&vec![b' '; 64 << 20]);
    let plain = vec![b' '; 20 << 20];
    let chunk = [b"100000\r\n", &plain[..1 << 20], b"\r\n"].concat();
    let chunked = [
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
        &chunk.repeat(20)[..],
    ];
    for (case, step) in [
        ("58 a bomb", reply(200, &["content-encoding: gzip"], &bomb)),
        ("59 by its length", reply(200, &[], &plain)),
        ("59 while it is read", Step::Write(chunked.concat())),
    ] {
        check(
            case,
            vec![after_reading(step)],
            (Failure(ErrorKind::TooLarge, 1, No), 1),
            (Failure(ErrorKind::TooLarge, 1, Yes), 1),
        )
        .await;
    }
}

#[tokio::test]
async fn case_60_compressed_replies_that_are_broken_or_cut() {
    let whole = compressed(SUCCESS.as_bytes());
    let mut corrupt = whole.clone();
    corrupt[12] ^= 0xff;
    let send = |body: &[u8]| {
        let reply = reply(200, &["content-encoding: gzip"], body);
        vec![after_reading(reply)]
    };
    let once = (Success(1), 1);
    check("60 whole", send(&whole), once, once).await;
    check(
        "60 corrupt",
        send(&corrupt),
        (Failure(ErrorKind::BadReply, 1, No), 1),
        (Failure(ErrorKind::BadReply, 1, Yes), 1),
    )
    .await;
    check(
        "60 cut",
        send(&whole[..whole.len() / 2]),
        (Success(2), 2),
        (Failure(ErrorKind::ReplyCut, 1, Yes), 1),
    )
    .await;
}

#[tokio::test]
async fn case_32_a_request_id_that_is_no_text_is_shown_as_well_as_it_can_be() {
    let head = b"HTTP/1.1 400 Bad Request\r\nx-request-id: a\xffb\r\ncontent-length: 40\r\n\r\n";
    let body = br#"{"error_code": "A.1", "error_msg": "m"} "#;
    let server = Server::start([after_reading(Step::Write([&head[..], body].concat()))]).await;
    let token = Credential::huawei_token("the-token-of-the-example");
    let client = huawei(&config_as(token, &server).build().unwrap());
    let error = call(&client, HuaweiWrite {}).await.unwrap_err();
    assert_eq!(error.code(), Some("A.1"), "{error}");
    assert_eq!(error.request_id(), Some("a\u{fffd}b"));
}
