use std::net::{Ipv4Addr, SocketAddr};
use std::sync::mpsc::{self, Sender};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;

use super::*;
use crate::credentials::tests::{parts, recorded};

/// A metadata service that gives one answer to each request, and then answers no more.
pub(in crate::credentials) struct Metadata {
    address: SocketAddr,
    requests: watch::Receiver<Vec<String>>,
}

impl Metadata {
    pub(in crate::credentials) async fn start(answers: Vec<impl Into<Vec<u8>>>) -> Self {
        let answers: Vec<Vec<u8>> = answers.into_iter().map(Into::into).collect();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (record, requests) = watch::channel(Vec::new());
        tokio::spawn(async move {
            let mut answers = answers.into_iter();
            let mut unanswered = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = [0; 4096];
                let length = stream.read(&mut request).await.unwrap_or_default();
                let request = String::from_utf8_lossy(&request[..length]).into_owned();
                record.send_modify(|requests| requests.push(request));
                match answers.next() {
                    // The service may have gone away without reading all of it.
                    Some(answer) => drop(stream.write_all(&answer).await),
                    None => unanswered.push(stream),
                }
            }
        });
        Self { address, requests }
    }

    pub(in crate::credentials) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The role of the machine that this is the service of.
    pub(in crate::credentials) fn role(&self) -> CvmRole {
        CvmRole {
            base: self.url(),
            role: None,
        }
    }

    /// The requests that have come.
    pub(in crate::credentials) fn requests(&self) -> Vec<String> {
        self.requests.borrow().clone()
    }

    /// The first lines of the requests that have come.
    pub(in crate::credentials) fn asked(&self) -> Vec<String> {
        let line = |request: &String| request.lines().next().unwrap_or_default().to_owned();
        self.requests.borrow().iter().map(line).collect()
    }

    /// Waits until so many requests have come.
    async fn wait_for(&self, count: usize) {
        let mut requests = self.requests.clone();
        let waited = requests.wait_for(|requests| requests.len() >= count).await;
        waited.unwrap();
    }
}

pub(in crate::credentials) fn answer(status: u16, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} Status\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

/// The page of a role, in the form that the vendor documents.
pub(in crate::credentials) fn page() -> String {
    let page = r#"{
        "TmpSecretId": "AKIDmachine",
        "TmpSecretKey": "key",
        "ExpiredTime": 4102444800,
        "Expiration": "2100-01-01T00:00:00Z",
        "Token": "token",
        "Code": "Success"
    }"#;
    answer(200, page)
}

/// The role of a machine without the service, and the place where it would be: bound, so that
/// nobody else gets it, and not open.
pub(super) fn nobody() -> (TcpSocket, CvmRole) {
    let closed = TcpSocket::new_v4().unwrap();
    closed.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let address = closed.local_addr().unwrap();
    let role = CvmRole {
        base: format!("http://{address}"),
        role: None,
    };
    (closed, role)
}

/// What becomes of a service that gives the same answer to all requests.
async fn find(answer: String) -> Result<Option<Credential>, Error> {
    Metadata::start(vec![answer; 4]).await.role().find().await
}

/// The pages that the vendor's SDK for Python asks for were recorded by
/// `tests/data/credentials/record.py`.
#[tokio::test]
async fn the_vendors_pages_are_asked_for_and_read() {
    let urls = &recorded()["chain"][2]["urls"];
    assert_eq!(urls[0], format!("{}{PATH}", CvmRole::new().base));

    let metadata = Metadata::start(vec![answer(200, "EXAMPLE\n"), page()]).await;
    let found = metadata.role().find().await.unwrap().unwrap();
    let expected = ("AKIDmachine", "key", Some("token"));
    let (id, key, token) = parts(&found);
    assert_eq!((id.as_str(), key.as_str(), token.as_deref()), expected);
    let expiry = found.expiry().map(Timestamp::as_second);
    assert_eq!(expiry, Some(4_102_444_800));
    let asked = [&urls[0], &urls[1]].map(|url| {
        let url = url.as_str().unwrap();
        format!("GET {} HTTP/1.1", url.strip_prefix(BASE).unwrap())
    });
    assert_eq!(metadata.asked(), asked);
}

#[tokio::test]
async fn the_name_of_a_role_leads_to_no_other_page() {
    let metadata = Metadata::start(vec![page()]).await;
    let role = metadata.role().role("../a b?c");
    assert!(role.find().await.unwrap().is_some());
    let asked = ["GET /latest/meta-data/cam/security-credentials/..%2Fa%20b%3Fc HTTP/1.1"];
    assert_eq!(metadata.asked(), asked);
    for name in ["", ".", ".."] {
        let metadata = Metadata::start(vec![answer(200, name), page()]).await;
        assert!(metadata.role().find().await.is_err(), "{name:?}");
        assert_eq!(metadata.asked().len(), 1, "{name:?}");
    }
}

#[tokio::test]
async fn a_machine_without_a_role_or_a_service_has_no_credential() {
    let metadata = Metadata::start(vec![answer(404, "")]).await;
    assert!(metadata.role().find().await.unwrap().is_none());
    assert_eq!(metadata.asked().len(), 1);

    let (_closed, nobody) = nobody();
    assert!(nobody.find().await.unwrap().is_none());
}

/// Stops paused time until it is dropped. Otherwise it goes on while the network is waited for.
fn stop_time() -> Sender<()> {
    let (running, stopped) = mpsc::channel();
    tokio::task::spawn_blocking(move || stopped.recv());
    running
}

#[tokio::test(start_paused = true)]
async fn a_service_that_says_nothing_has_a_second_for_each_attempt() {
    let stopped = stop_time();
    let metadata = Metadata::start(Vec::<String>::new()).await;
    let role = metadata.role();
    let finding = tokio::spawn(async move { role.find().await });
    for attempt in 1..=3 {
        metadata.wait_for(attempt).await;
        tokio::time::advance(Duration::from_millis(999)).await;
        tokio::task::yield_now().await;
        assert_eq!(metadata.asked().len(), attempt);
        assert!(!finding.is_finished());
        tokio::time::advance(Duration::from_millis(1)).await;
    }
    let error = finding.await.unwrap().unwrap_err();
    assert!(error.message().contains("within a second"), "{error}");
    assert_eq!(metadata.asked().len(), 3);
    drop(stopped);
}

#[tokio::test]
async fn a_service_that_fails_is_asked_again_and_one_that_refuses_is_not() {
    let fail = || answer(503, "");
    let answers = vec![fail(), fail(), answer(200, "EXAMPLE"), fail(), page()];
    let metadata = Metadata::start(answers).await;
    assert!(metadata.role().find().await.unwrap().is_some());

    for (status, requests) in [(503, 3), (403, 1)] {
        let metadata = Metadata::start(vec![answer(status, ""); 4]).await;
        let error = metadata.role().find().await.unwrap_err();
        assert!(error.message().contains(&status.to_string()), "{error}");
        assert_eq!(metadata.asked().len(), requests);
    }
}

#[tokio::test]
async fn a_service_that_points_elsewhere_is_not_followed() {
    let elsewhere = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let target = elsewhere.local_addr().unwrap();
    for status in [301, 302, 307, 308] {
        let found = find(format!(
            "HTTP/1.1 {status} Moved\r\nlocation: http://{target}/\r\ncontent-length: 0\r\n\r\n"
        ));
        let error = found.await.unwrap_err();
        assert!(error.to_string().contains(&status.to_string()), "{error}");
    }
    let followed = tokio::time::timeout(Duration::from_millis(50), elsewhere.accept());
    assert!(followed.await.is_err());
}

#[tokio::test]
async fn what_is_no_key_is_not_shown() {
    let secret = "kX3vQ9zT5mB7";
    let key = format!(r#""Code": "Success", "TmpSecretKey": "{secret}", "Token": "{secret}""#);
    for reply in [
        format!("{{{key}}}"),
        format!(r#"{{"TmpSecretId": "id", "ExpiredTime": "{secret}", {key}}}"#),
        format!(r#"{{{key}, "TmpSecretId": "id", "ExpiredTime": 1, "Code": "Failed"}}"#),
        format!("{{{key}"),
        format!("\"{secret}\""),
        format!("HTTP/1.1 200 {secret}"),
    ] {
        let error = find(answer(200, &reply)).await.unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains(&secret[..8]), "{shown}");
    }
}

#[tokio::test]
async fn a_service_that_does_not_come_to_an_end_is_not_read_to_it() {
    let endless = "x".repeat(MAX_REPLY_BYTES + 1);
    let error = find(format!("HTTP/1.1 200 OK\r\n\r\n{endless}"))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("64 KiB"), "{error}");
}
