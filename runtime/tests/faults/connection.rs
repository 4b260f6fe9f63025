//! Cases 1 to 38: the connection fails, before, in, and after the request.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use bindery_runtime::{Config, Error, ErrorKind, Exhausted, FinishedAttempt, Intercept};
use tokio::net::TcpSocket;

use crate::actions::{Search, TencentRead, TencentWrite, Upload, tencent};
use crate::script::{Server, Step, after_reading, json, raw, reply};
use crate::{End, MayHaveExecuted, SUCCESS, call, check, check_with, config, end, exhausted, key};

use End::{Failure, Success};
use MayHaveExecuted::{No, Yes};

/// Opens a port after the first attempt has found it closed.
struct OpensLate(Mutex<Option<TcpSocket>>);

impl Intercept for OpensLate {
    fn after_reply(&self, _: &FinishedAttempt<'_>) {
        let closed = self.0.lock().expect("no test panics in here").take();
        if let Some(socket) = closed {
            let listener = socket.listen(1).expect("the port is still free");
            Server::listen(listener, [after_reading(json(200, SUCCESS))]);
        }
    }
}

/// A port that refuses connections, and that nobody else gets while the socket is kept.
pub(crate) fn closed_port() -> (TcpSocket, SocketAddr) {
    let socket = TcpSocket::new_v4().expect("there are sockets");
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    socket.bind(any).expect("a port is free");
    let address = socket.local_addr().expect("the socket is bound");
    (socket, address)
}

#[tokio::test]
async fn case_1_a_refused_connection_is_tried_again() {
    for is_read in [true, false] {
        let (socket, address) = closed_port();
        let config = Config::builder(key())
            .endpoint(&format!("http://{address}"))
            .intercept(OpensLate(Mutex::new(Some(socket))))
            .build()
            .unwrap();
        let client = tencent(&config);
        let result = if is_read {
            call(&client, TencentRead {}).await
        } else {
            call(&client, TencentWrite {}).await
        };
        assert_eq!(end(&result), Success(2));
    }
}

#[tokio::test]
async fn case_2_three_refusals_are_enough() {
    let (_socket, address) = closed_port();
    let url = format!("http://{address}");
    let client = tencent(&Config::builder(key()).endpoint(&url).build().unwrap());
    let results = [
        call(&client, TencentRead {}).await,
        call(&client, TencentWrite {}).await,
    ];
    for result in results {
        assert_eq!(end(&result), Failure(ErrorKind::NotSent, 3, No));
        assert_eq!(exhausted(&result), Some(Exhausted::Attempts));
    }
}

#[tokio::test]
async fn case_5_a_connection_that_nobody_accepts_times_out() {
    // A full queue of connections is not answered to.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut queued = Vec::new();
    while let Ok(stream) = tokio::time::timeout(
        Duration::from_millis(500),
        tokio::net::TcpStream::connect(address),
    )
    .await
    {
        queued.push(stream);
    }
    let config = || {
        let config = Config::builder(key()).endpoint(&format!("http://{address}"));
        config.connect_timeout(Duration::from_millis(100))
    };
    // An attempt may have less time than its connection: nothing is sent all the same.
    let hasty = config().connect_timeout(Duration::from_mins(1));
    let hasty = hasty.attempt_timeout(Duration::from_millis(100));
    for config in [config(), hasty] {
        let client = tencent(&config.build().unwrap());
        let results = [
            call(&client, TencentRead {}).await,
            call(&client, TencentWrite {}).await,
        ];
        for result in results {
            assert_eq!(end(&result), Failure(ErrorKind::NotSent, 3, No));
            assert!(result.as_ref().is_err_and(Error::is_timeout), "{result:?}");
        }
    }
}

/// A connection that is lost as soon as it is made. Whether the request was on its way by then is
/// a matter of luck; what is known either way is that it was not read twice.
#[tokio::test]
async fn cases_11_and_12_connections_that_are_lost_at_once() {
    for script in [vec![Step::Reset], vec![]] {
        for is_read in [true, false] {
            let server = Server::start([script.clone(), after_reading(json(200, SUCCESS))]).await;
            let client = tencent(&config(&server).build().unwrap());
            let result = if is_read {
                call(&client, TencentRead).await
            } else {
                call(&client, TencentWrite).await
            };
            match end(&result) {
                Success(2) => assert_eq!(server.requests().len(), 1),
                Failure(ErrorKind::MaybeSent, 1, Yes) if !is_read => {
                    assert_eq!(server.requests().len(), 0);
                }
                _ => panic!("{script:?}: {result:?}"),
            }
        }
    }
}

/// A connection that is lost once: what was certainly not executed is sent again whatever it does,
/// the rest only where it reads.
#[tokio::test]
async fn cases_13_to_16_and_24_to_28_connections_that_are_lost() {
    let retried = (Success(2), 2);
    let returned = |kind| (Failure(kind, 1, Yes), 1);
    let cut = "HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{\"Response\": {\"Tot";
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"Res\r\n";
    let unframed = "HTTP/1.0 200 OK\r\n\r\n{\"Response\": {\"Tot";
    let then_reset = |step: Step| vec![Step::Read, step, Step::Reset];
    let lost = |kind| (retried, returned(kind));
    let rows = [
        (
            "13 read and reset",
            vec![Step::Read, Step::Reset],
            lost(ErrorKind::MaybeSent),
        ),
        (
            "14 read and close",
            vec![Step::Read],
            lost(ErrorKind::MaybeSent),
        ),
        (
            "15 half a status line",
            after_reading(raw("HTTP/1.1 20")),
            lost(ErrorKind::MaybeSent),
        ),
        (
            "16 half the headers",
            after_reading(raw("HTTP/1.1 200 OK\r\ncontent-le")),
            lost(ErrorKind::MaybeSent),
        ),
        (
            "24 cut, closed",
            after_reading(raw(cut)),
            lost(ErrorKind::ReplyCut),
        ),
        (
            "25 cut, reset",
            then_reset(raw(cut)),
            lost(ErrorKind::ReplyCut),
        ),
        (
            "26 chunks cut",
            after_reading(raw(chunked)),
            lost(ErrorKind::ReplyCut),
        ),
        (
            "28 cut without a length",
            after_reading(raw(unframed)),
            lost(ErrorKind::ReplyCut),
        ),
    ];
    for (case, script, (read, write)) in rows {
        check(case, vec![script], read, write).await;
    }
}

/// Replies that cannot be read, and that another attempt would not mend.
#[tokio::test]
async fn cases_27_and_29_to_31_replies_that_are_not_http() {
    let headers = "x-name: y\r\n".repeat(200);
    let large = format!("x-large: {}\r\n", "y".repeat(1 << 20));
    for (case, text) in [
        (
            "27 no size of a chunk",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}".to_owned(),
        ),
        (
            "29 two lengths",
            "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n{}   ".to_owned(),
        ),
        ("30 garbage", "this is not HTTP\r\n\r\n".to_owned()),
        (
            "31 two hundred headers",
            format!("HTTP/1.1 200 OK\r\n{headers}\r\n{{}}"),
        ),
        (
            "31 a header of a megabyte",
            format!("HTTP/1.1 200 OK\r\n{large}\r\n{{}}"),
        ),
    ] {
        let script = after_reading(raw(&text));
        check(
            case,
            vec![script],
            (Failure(ErrorKind::BadReply, 1, No), 1),
            (Failure(ErrorKind::BadReply, 1, Yes), 1),
        )
        .await;
    }
}

#[tokio::test]
async fn cases_17_to_19_a_kept_connection_that_is_closed_is_replaced() {
    let success = || json(200, SUCCESS);
    for (case, last, attempts) in [
        ("17 closed", Step::Wait(Duration::ZERO), 1),
        ("18 reset", Step::Reset, 1),
    ] {
        let server =
            Server::start([vec![Step::Read, success(), last], after_reading(success())]).await;
        let client = tencent(&config(&server).build().unwrap());
        assert_eq!(end(&call(&client, TencentWrite {}).await), Success(1));
        server.wait_for_closings(1).await;
        // The end is known to this side, which has to read it before it takes the connection.
        tokio::time::sleep(Duration::from_millis(10)).await;
        let result = call(&client, TencentWrite {}).await;
        assert_eq!(end(&result), Success(attempts), "{case}: {result:?}");
        assert_eq!(server.connections(), 2, "{case}");
    }
    for (is_read, expected) in [
        (true, Success(2)),
        (false, Failure(ErrorKind::MaybeSent, 1, Yes)),
    ] {
        let script = vec![Step::Read, success(), Step::Read, Step::Reset];
        let server = Server::start([script, after_reading(success())]).await;
        let client = tencent(&config(&server).build().unwrap());
        call(&client, TencentWrite {}).await.unwrap();
        let result = if is_read {
            call(&client, TencentRead {}).await
        } else {
            call(&client, TencentWrite {}).await
        };
        assert_eq!(end(&result), expected, "19: {result:?}");
    }
}

#[tokio::test]
async fn case_20_a_refusal_is_read_while_the_request_is_still_being_sent() {
    let refusal = r#"{"Response": {"Error": {"Code": "RequestSizeLimitExceeded", "Message": "m"}, "RequestId": "id"}}"#;
    for status in [400, 413] {
        let refusal = reply(status, &["connection: close"], refusal.as_bytes());
        let script = vec![Step::ReadHead, refusal, Step::Stall];
        let server = Server::start([script.clone(), script]).await;
        let client = tencent(&config(&server).build().unwrap());
        // More than the connection takes up while nobody reads.
        let content = || vec![0; 16 << 20];
        let (read, write) = (Search { content: content() }, Upload { content: content() });
        for result in [call(&client, read).await, call(&client, write).await] {
            assert_eq!(end(&result), Failure(ErrorKind::Service, 1, No));
            let error = result.unwrap_err();
            assert_eq!(error.status(), Some(status));
            assert_eq!(error.code(), Some("RequestSizeLimitExceeded"), "{error:?}");
        }
    }
}

#[tokio::test]
async fn case_23_interim_replies_are_passed_over() {
    let interim =
        "HTTP/1.1 100 Continue\r\n\r\n".repeat(3) + "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n";
    let Step::Write(last) = json(200, SUCCESS) else {
        unreachable!("a reply is written")
    };
    let script = vec![Step::Read, raw(&interim), Step::Write(last)];
    check("23", vec![script], (Success(1), 1), (Success(1), 1)).await;
}

/// An attempt that takes too long ends, whatever the server sends in the meantime.
#[tokio::test]
async fn cases_35_to_37_attempts_that_take_too_long() {
    const LIMIT: Duration = Duration::from_millis(1500);
    let limited = |server: &Server| config(server).attempt_timeout(LIMIT);
    let drip = |text: &str| {
        let bytes = text.as_bytes().to_vec();
        Step::Drip(bytes, Duration::from_millis(60))
    };
    let check = async |case: &str, script: Vec<Step>| {
        let read = (Success(2), 2);
        let write = (Failure(ErrorKind::Timeout, 1, Yes), 1);
        check_with(case, limited, vec![script], read, write).await;
    };
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 90\r\n";
    tokio::join!(
        check("35 never answers", after_reading(Step::Stall)),
        check("36 headers byte by byte", after_reading(drip(head))),
        check(
            "37 body byte by byte",
            vec![
                Step::Read,
                raw(&format!("{head}\r\n")),
                drip(&" ".repeat(90))
            ],
        ),
    );
}

#[tokio::test]
async fn case_39_a_pause_beyond_the_deadline_is_not_begun() {
    const LIMIT: Duration = Duration::from_mins(1);
    let refusal = r#"{"Response": {"Error": {"Code": "RequestLimitExceeded", "Message": "m"}, "RequestId": "id"}}"#;
    let slow = reply(200, &["retry-after: 120"], refusal.as_bytes());
    let server = Server::start([after_reading(slow)]).await;
    let client = tencent(&config(&server).total_timeout(LIMIT).build().unwrap());
    let begun = Instant::now();
    let result = call(&client, TencentRead {}).await;
    assert!(begun.elapsed() < LIMIT / 2);
    assert_eq!(end(&result), Failure(ErrorKind::Service, 1, No));
    assert_eq!(exhausted(&result), Some(Exhausted::Deadline));
    assert!(result.is_err_and(|error| error.is_throttled()));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn case_40_a_call_that_is_dropped_closes_its_connection() {
    let server = Server::start([vec![
        Step::Read,
        raw("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n"),
        Step::Read,
    ]])
    .await;
    let client = tencent(&config(&server).build().unwrap());
    let dropped = tokio::spawn(async move { call(&client, TencentRead {}).await.map(drop) });
    server.wait_for_requests(1).await;
    dropped.abort();
    assert!(dropped.await.is_err_and(|error| error.is_cancelled()));
    server.wait_for_closings(1).await;
    assert_eq!((server.connections(), server.requests().len()), (1, 1));
}

/// Tells how many attempts have ended.
struct Ends(tokio::sync::watch::Sender<u32>);

impl Intercept for Ends {
    fn after_reply(&self, _: &FinishedAttempt<'_>) {
        self.0.send_modify(|count| *count += 1);
    }
}

#[tokio::test]
async fn case_40_a_call_that_is_dropped_in_a_pause_is_not_sent_again() {
    let busy = reply(503, &["retry-after: 60"], b"{}");
    let server = Server::start([
        vec![Step::Read, busy, Step::Read, json(200, SUCCESS)],
        after_reading(json(200, SUCCESS)),
    ])
    .await;
    let (ends, mut ended) = tokio::sync::watch::channel(0);
    let config = config(&server).intercept(Ends(ends));
    let client = tencent(&config.build().unwrap());
    let dropped = tokio::spawn({
        let client = client.clone();
        async move { call(&client, TencentRead {}).await.map(drop) }
    });
    ended.wait_for(|count| *count == 1).await.unwrap();
    assert!(!dropped.is_finished());
    dropped.abort();
    assert!(dropped.await.is_err_and(|error| error.is_cancelled()));
    let result = call(&client, TencentWrite {}).await;
    assert_eq!(end(&result), Success(1), "{result:?}");
    assert_eq!(server.requests().len(), 2);
}
