//! The role of a Tencent Cloud machine, from its metadata service.

#[cfg(test)]
mod canary;
#[cfg(test)]
pub(super) mod tests;

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
