//! The role of a Tencent Cloud machine, from its metadata service.

use std::time::Duration;

use super::{ProvideCredential, Provided, parse};
use crate::error::{Error, ErrorKind};
use crate::{Credential, Timestamp, percent, record};

/// The temporary key of the role that is bound to a Tencent Cloud machine.
///
/// The metadata service is called at its one address, `metadata.tencentyun.com`, without a proxy
/// and without following redirects. Where it does not answer within a second, or says that no role
/// is bound, there is no credential at this place.
#[derive(Clone, Debug)]
pub struct CvmRole {
    base: String,
    role: Option<String>,
}

const BASE: &str = "http://metadata.tencentyun.com";
const PATH: &str = "/latest/meta-data/cam/security-credentials/";

const TIMEOUT: Duration = Duration::from_secs(1);
const ATTEMPTS: u32 = 3;

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
            .timeout(TIMEOUT)
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
        let (Some(id), Some(key), Some(token)) =
            (reply.tmp_secret_id, reply.tmp_secret_key, reply.token)
        else {
            return Err(broken(&format!(
                "has sent no key, but the code {:?}",
                reply.code.unwrap_or_default()
            )));
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
                // Machines of other vendors do not know the name, or nobody answers there.
                Err(error) if error.is_connect() => return Ok(None),
                Err(error) if error.is_timeout() => {}
                Err(error) => {
                    last = Some(broken("has not answered").with_source(error.without_url()));
                }
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
    let unread =
        |error: reqwest::Error| broken("has not answered").with_source(error.without_url());
    while let Some(chunk) = response.chunk().await.map_err(unread)? {
        if body.len() + chunk.len() > MAX_REPLY_BYTES {
            return Err(broken("has sent more than 64 KiB"));
        }
        body.extend_from_slice(&chunk);
    }
    String::from_utf8(body).map_err(|_| broken("has sent something else than text"))
}

fn broken(problem: &str) -> Error {
    Error::new(
        ErrorKind::Credential,
        format!("the metadata service of the machine {problem}"),
    )
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    /// What becomes of a service that answers all requests with the same bytes.
    async fn find(reply: String) -> Result<Option<Credential>, Error> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = stream.write_all(reply.as_bytes()).await;
            }
        });
        let role = CvmRole { base, role: None };
        role.find().await
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
        let key = format!(r#""TmpSecretKey": "{secret}", "Token": "{secret}""#);
        for reply in [
            format!("{{{key}}}"),
            format!(r#"{{"TmpSecretId": "id", "ExpiredTime": "{secret}", {key}}}"#),
            format!("{{{key}"),
            format!("\"{secret}\""),
            format!("HTTP/1.1 200 {secret}"),
        ] {
            let error = find(format!(
                "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{reply}"
            ));
            let error = error.await.unwrap_err();
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
