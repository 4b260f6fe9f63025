//! Cases 21, 22 and 31: a server of HTTP/2 gives up a request, or all of them, or says too much.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bindery_runtime::ErrorKind;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::actions::{TencentRead, TencentWrite, tencent};
use crate::secure::{Authority, HOST, reaching};
use crate::{End, MayHaveExecuted, SUCCESS, call, end};

use End::{Failure, Success};
use MayHaveExecuted::{No, Yes};

/// What becomes of a request that was read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fate {
    Success,
    /// Its stream is reset for a reason.
    Reset(u32),
    /// Its stream is reset for a reason after a part of the reply.
    ResetInReply(u32),
    /// The connection ends for a reason, and the request is said to be unread.
    Unread(u32),
    /// The connection ends without a reason, after a request that is said to have been read.
    Lost,
    /// The reply has so many headers.
    Headers(usize),
}

const NO_ERROR: u32 = 0;
const INTERNAL_ERROR: u32 = 2;
const REFUSED_STREAM: u32 = 7;

// The types and flags of RFC 9113, section 6.
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// The name `:status` with the value `200`, from the table of RFC 7541, appendix A.
const STATUS_200: u8 = 0x88;

/// A server whose requests meet their fates one after the other. It counts them.
pub(crate) struct Server {
    address: SocketAddr,
    requests: Arc<AtomicUsize>,
}

impl Server {
    pub(crate) async fn start(acceptor: TlsAcceptor, fates: &[Fate]) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("a port is free");
        let address = listener.local_addr().expect("the listener is bound");
        let requests = Arc::<AtomicUsize>::default();
        let count = requests.clone();
        let fates = fates.to_vec();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, fates, count) = (acceptor.clone(), fates.clone(), count.clone());
                tokio::spawn(async move {
                    let mut stream = acceptor.accept(stream).await.ok()?;
                    stream.read_exact(&mut [0; PREFACE]).await.ok()?;
                    stream.write_all(&frame(SETTINGS, 0, 0, &[])).await.ok()?;
                    loop {
                        let number = request(&mut stream).await?;
                        let earlier = count.fetch_add(1, Ordering::Relaxed);
                        let fate = fates.get(earlier).copied().unwrap_or(Fate::Success);
                        stream.write_all(&frames(fate, number)).await.ok()?;
                        stream.flush().await.ok()?;
                        if matches!(fate, Fate::Lost) {
                            return stream.shutdown().await.ok();
                        }
                    }
                });
            }
        });
        Self { address, requests }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

/// The length of what a client says before its first frame.
const PREFACE: usize = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".len();

/// Reads the frames up to the end of a request, and returns the number of its stream.
async fn request(stream: &mut TlsStream<TcpStream>) -> Option<u32> {
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).await.ok()?;
        let length = u16::from_be_bytes([head[1], head[2]]);
        assert_eq!(head[0], 0, "no longer frame was allowed");
        let (kind, flags) = (head[3], head[4]);
        let number = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
        let mut body = vec![0; usize::from(length)];
        stream.read_exact(&mut body).await.ok()?;
        if matches!(kind, DATA | HEADERS) && flags & END_STREAM != 0 {
            return Some(number);
        }
    }
}

fn frames(fate: Fate, number: u32) -> Vec<u8> {
    let reset = |reason: u32| frame(RST_STREAM, 0, number, &reason.to_be_bytes());
    let end = |last: u32, reason: u32| {
        let body = [last.to_be_bytes(), reason.to_be_bytes()].concat();
        frame(GOAWAY, 0, 0, &body)
    };
    let headers = || frame(HEADERS, END_HEADERS, number, &[STATUS_200]);
    let data = |flags, text: &str| frame(DATA, flags, number, text.as_bytes());
    match fate {
        Fate::Headers(count) => {
            // The name `a` and the value `b`, which are not taken into the table.
            let block = [
                &[STATUS_200],
                [0, 1, b'a', 1, b'b'].repeat(count).as_slice(),
            ]
            .concat();
            let head = frame(HEADERS, END_HEADERS, number, &block);
            [head, data(END_STREAM, SUCCESS)].concat()
        }
        Fate::Success => [headers(), data(END_STREAM, SUCCESS)].concat(),
        Fate::Reset(reason) => reset(reason),
        Fate::ResetInReply(reason) => [headers(), data(0, "{"), reset(reason)].concat(),
        Fate::Unread(reason) => end(number - 1, reason),
        Fate::Lost => end(number, NO_ERROR),
    }
}

fn frame(kind: u8, flags: u8, number: u32, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).expect("no frame is long");
    let [high, low] = length.to_be_bytes();
    let head = [0, high, low, kind, flags];
    [&head[..], &number.to_be_bytes(), body].concat()
}

/// Calls an action that reads and one that writes at servers with the same fate for the first
/// request, and compares the ends and the numbers of requests.
async fn check(case: &str, fate: Fate, read: (End, usize), write: (End, usize)) {
    let authority = Authority::new();
    let acceptor = authority.issue(HOST).acceptor(None, "h2");
    for (is_read, expected) in [(true, read), (false, write)] {
        let server = Server::start(acceptor.clone(), &[fate]).await;
        let config = reaching(server.address).root_certificate(authority.pem());
        let client = tencent(&config.build().expect("the configuration is complete"));
        let result = if is_read {
            call(&client, TencentRead {}).await
        } else {
            call(&client, TencentWrite {}).await
        };
        let requests = server.requests.load(Ordering::Relaxed);
        assert_eq!((end(&result), requests), expected, "{case}: {result:?}");
    }
}

#[tokio::test]
async fn case_21_a_request_that_is_put_aside_is_sent_again_whatever_it_does() {
    let again = (Success(2), 2);
    check("refused", Fate::Reset(REFUSED_STREAM), again, again).await;
    check("going away", Fate::Unread(NO_ERROR), again, again).await;
    let once = (Success(1), 1);
    check("nothing", Fate::Success, once, once).await;
}

#[tokio::test]
async fn case_22_a_request_that_may_have_been_executed_is_not_sent_again_if_it_writes() {
    for (case, fate, kind) in [
        ("reset", Fate::Reset(INTERNAL_ERROR), ErrorKind::MaybeSent),
        ("lost", Fate::Lost, ErrorKind::MaybeSent),
        (
            "reset in the reply",
            Fate::ResetInReply(INTERNAL_ERROR),
            ErrorKind::ReplyCut,
        ),
    ] {
        check(case, fate, (Success(2), 2), (Failure(kind, 1, Yes), 1)).await;
    }
}

/// Each header counts for 34 bytes, of which 16 KiB are taken.
#[tokio::test]
async fn case_31_a_reply_with_too_many_headers_is_not_asked_for_again() {
    let once = (Success(1), 1);
    check("400 headers", Fate::Headers(400), once, once).await;
    check(
        "500 headers",
        Fate::Headers(500),
        (Failure(ErrorKind::BadReply, 1, No), 1),
        (Failure(ErrorKind::BadReply, 1, Yes), 1),
    )
    .await;
}
