//! The role of a Tencent Cloud machine, from its metadata service.

use std::time::Duration;

use super::{ProvideCredential, Provided, parse};
use crate::error::{Error, ErrorKind};
use crate::tls::Tls;
use crate::{Credential, Timestamp, percent, record};

/// The temporary key of the role that is bound to a Tencent Cloud machine.
///
/// The metadata service is called at its one address, `metadata.tencentyun.com`, without a proxy
/// and without following redirects. Where nobody accepts the connection, as on machines of other
/// vendors, or where it says that no role is bound, there is no credential at this place. Where it
/// accepts connections but does not answer within a second, three times, that is an error.
#[derive(Clone, Debug)]
pub struct CvmRole {
    base: String,
    role: Option<String>,
}

const BASE: &str = "http://metadata.tencentyun.com";
const PATH: &str = "/latest/meta-data/cam/security-credentials/";

/// The service is a hop away.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(500);
const TIMEOUT: Duration = Duration::from_secs(1);
const ATTEMPTS: u32 = 3;

/// What the service says where it sends a key.
const SUCCESS: &str = "Success";

/// The service sends a few hundred bytes.
const MAX_REPLY_BYTES: usize = 64 << 10;

struct Reply {
    code: Option<String>,
    tmp_secret_id: Option<String>,
    tmp_secret_key: Option<String>,
    token: Option<String>,
    /// Seconds since 1970.
    expired_time: Option<i64>,
}

record! {
    Reply {
        0 => code: "Code",
        1 => tmp_secret_id: "TmpSecretId",
        2 => tmp_secret_key: "TmpSecretKey" sensitive,
        3 => token: "Token" sensitive,
        4 => expired_time: "ExpiredTime",
    }
}

impl CvmRole {
    /// The role that is bound to the machine.
    pub fn new() -> Self {
        Self {
            base: BASE.to_owned(),
            role: None,
        }
    }

    /// A role by its name, where the machine's is not to be asked for.
    #[must_use]
    pub fn role(mut self, name: impl Into<String>) -> Self {
        self.role = Some(name.into());
        self
    }

    async fn find(&self) -> Result<Option<Credential>, Error> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            .tls_backend_preconfigured(Tls::default().config()?)
            .build()
            .map_err(|error| broken("cannot be called").with_source(error))?;
        let role = match &self.role {
            Some(role) => role.clone(),
            None => match self.get(&http, "").await? {
                Some(role) => role.trim().to_owned(),
                None => return Ok(None),
            },
        };
        if role.is_empty() || matches!(role.as_str(), "." | "..") {
            return Err(broken("has named no role"));
        }
        let Some(text) = self.get(&http, &percent::encode(&role)).await? else {
            return Ok(None);
        };
        let reply: Reply =
            parse(text.as_bytes()).ok_or_else(|| broken("has sent something else than a key"))?;
        let code = reply.code.unwrap_or_default();
        let (Some(id), Some(key), Some(token), SUCCESS) = (
            reply.tmp_secret_id,
            reply.tmp_secret_key,
            reply.token,
            code.as_str(),
        ) else {
            return Err(broken(&format!("has sent no key, but the code {code:?}")));
        };
        let credential = Credential::tencent(id, key).with_token(token);
        let expiry = reply.expired_time.map(Timestamp::from_second);
        match expiry {
            Some(Ok(expiry)) => Ok(Some(credential.with_expiry(expiry))),
            _ => Err(broken("has not said when the key expires")),
        }
    }

    /// Reads a page of the service. `None` stands for a page or a service that is not there.
    async fn get(&self, http: &reqwest::Client, page: &str) -> Result<Option<String>, Error> {
        let url = format!("{}{PATH}{page}", self.base);
        let mut last = None;
        for _ in 0..ATTEMPTS {
            match http.get(&url).send().await {
                Ok(response) if response.status().is_success() => {
                    return read(response).await.map(Some);
                }
                Ok(response) if response.status().as_u16() == 404 => return Ok(None),
                Ok(response) => {
                    last = Some(broken(&format!(
                        "has answered with status {}",
                        response.status()
                    )));
                    if !response.status().is_server_error() {
                        break;
                    }
                }
                // Machines of other vendors do not know the name, or nobody is there.
                Err(error) if error.is_connect() && error.is_timeout() => {}
                Err(error) if error.is_connect() => return Ok(None),
                Err(error) => last = Some(unanswered(error)),
            }
        }
        last.map_or(Ok(None), Err)
    }
}

impl Default for CvmRole {
    fn default() -> Self {
        Self::new()
    }
}

impl ProvideCredential for CvmRole {
    fn provide(&self) -> Provided<'_> {
        Box::pin(self.find())
    }

    fn place(&self) -> String {
        "the role of the machine".to_owned()
    }
}

async fn read(mut response: reqwest::Response) -> Result<String, Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unanswered)? {
        if body.len() + chunk.len() > MAX_REPLY_BYTES {
            return Err(broken("has sent more than 64 KiB"));
        }
        body.extend_from_slice(&chunk);
    }
    String::from_utf8(body).map_err(|_| broken("has sent something else than text"))
}

fn unanswered(error: reqwest::Error) -> Error {
    let problem = if error.is_timeout() {
        "has not answered within a second"
    } else {
        "has not answered"
    };
    broken(problem).with_source(error.without_url())
}

fn broken(problem: &str) -> Error {
    Error::new(
        ErrorKind::Credential,
        format!("the metadata service of the machine {problem}"),
    )
}

#[cfg(test)]
pub(super) mod tests {
    use std::net::{Ipv4Addr, SocketAddr};
    use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpSocket};
    use tokio::time::Instant;

    use super::*;
    use crate::credentials::tests::{parts, recorded};

    /// A metadata service that gives one answer to each request, and then answers no more.
    pub(in crate::credentials) struct Metadata {
        address: SocketAddr,
        asked: Arc<Mutex<Vec<String>>>,
    }

    impl Metadata {
        pub(in crate::credentials) async fn start(answers: Vec<String>) -> Self {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
            let address = listener.local_addr().unwrap();
            let asked = Arc::new(Mutex::new(Vec::new()));
            let record = asked.clone();
            tokio::spawn(async move {
                let mut answers = answers.into_iter();
                let mut unanswered = Vec::new();
                while let Ok((mut stream, _)) = listener.accept().await {
                    let mut request = [0; 4096];
                    let length = stream.read(&mut request).await.unwrap_or_default();
                    let request = String::from_utf8_lossy(&request[..length]);
                    let line = request.lines().next().unwrap_or_default().to_owned();
                    lock(&record).push(line);
                    match answers.next() {
                        // The service may have gone away without reading all of it.
                        Some(answer) => drop(stream.write_all(answer.as_bytes()).await),
                        None => unanswered.push(stream),
                    }
                }
            });
            Self { address, asked }
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
        pub(in crate::credentials) fn asked(&self) -> Vec<String> {
            lock(&self.asked).clone()
        }
    }

    fn lock(asked: &Mutex<Vec<String>>) -> MutexGuard<'_, Vec<String>> {
        asked.lock().unwrap_or_else(PoisonError::into_inner)
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

        // Bound, so that nobody else gets it, and not open.
        let closed = TcpSocket::new_v4().unwrap();
        closed.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        let address = closed.local_addr().unwrap();
        let nobody = CvmRole {
            base: format!("http://{address}"),
            role: None,
        };
        assert!(nobody.find().await.unwrap().is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn a_service_that_says_nothing_has_a_second_for_each_attempt() {
        let metadata = Metadata::start(vec![]).await;
        let begun = Instant::now();
        let error = metadata.role().find().await.unwrap_err();
        assert!(error.message().contains("within a second"), "{error}");
        assert_eq!(metadata.asked().len(), 3);
        let elapsed = begun.elapsed();
        assert!((3.0..3.5).contains(&elapsed.as_secs_f64()), "{elapsed:?}");
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
}
