//! Temporary keys of Tencent Cloud's Security Token Service.
//!
//! The two actions are written by hand: the runtime cannot depend on generated code.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;
use std::{env, fmt};

use super::issuer::Issuer;
use super::{ProvideCredential, Provided, read_file};
use crate::error::{Error, ErrorKind};
use crate::operation::{
    Action, Authentication, Dispatch, Envelope, ErrorClass, Kind, Method, Operation, Provider,
    RegionUse, Service,
};
use crate::record::ArrayStyle;
use crate::{Config, Credential, Timestamp, record};

/// The temporary key of a role that another key may take.
///
/// ```no_run
/// use bindery_runtime::credentials::{AssumeRole, Environment};
/// use bindery_runtime::{Config, CredentialSource};
///
/// let own = Config::builder(CredentialSource::new(Environment::new()))
///     .region("ap-guangzhou")
///     .build()?;
/// let role = AssumeRole::new(&own, "qcs::cam::uin/100001234567:roleName/auditor", "nightly");
/// let config = Config::builder(CredentialSource::new(role)).region("ap-singapore").build()?;
/// # Ok::<(), bindery_runtime::Error>(())
/// ```
#[derive(Clone)]
pub struct AssumeRole {
    issuer: Issuer,
    role_arn: String,
    session_name: String,
    duration: Duration,
    external_id: Option<String>,
    policy: Option<String>,
}

/// The temporary key of a container in Tencent Kubernetes Engine, which proves who it is with a
/// token that the cluster has put into a file. The file is read at each renewal, since the cluster
/// replaces it.
#[derive(Clone)]
pub struct WebIdentity {
    /// Made when there is an identity, unless a configuration was given.
    issuer: OnceLock<Issuer>,
    variables: Variables,
}

/// Where the variables of the environment are read.
type Variables = fn(&str) -> Option<String>;

/// How long a temporary key is asked for. The vendor allows for 12 hours at the most.
const DURATION: Duration = Duration::from_hours(2);

impl AssumeRole {
    /// A role by its resource name, taken with the credential of a configuration. The configuration
    /// also says where the service is called; a region is needed, and any will do. The session's
    /// name stands in the vendor's audit log.
    pub fn new(
        config: &Config,
        role_arn: impl Into<String>,
        session_name: impl Into<String>,
    ) -> Self {
        Self {
            issuer: Issuer::new(config, &SERVICE),
            role_arn: role_arn.into(),
            session_name: session_name.into(),
            duration: DURATION,
            external_id: None,
            policy: None,
        }
    }

    /// How long each key lives, 2 hours unless set; the vendor allows for 12 at the most.
    #[must_use]
    pub fn duration(mut self, duration: Duration) -> Self {
        self.duration = duration;
        self
    }

    /// The id by which the role's owner knows the caller, where the role asks for one.
    #[must_use]
    pub fn external_id(mut self, id: impl Into<String>) -> Self {
        self.external_id = Some(id.into());
        self
    }

    /// A policy that narrows what the key may do, as JSON.
    #[must_use]
    pub fn policy(mut self, policy: impl Into<String>) -> Self {
        self.policy = Some(policy.into());
        self
    }

    async fn call(&self) -> Result<Credential, Error> {
        let request = AssumeRoleRequest {
            role_arn: self.role_arn.clone(),
            role_session_name: self.session_name.clone(),
            duration_seconds: Some(self.duration.as_secs()),
            external_id: self.external_id.clone(),
            policy: self.policy.as_deref().map(crate::percent::encode),
        };
        let client = self.issuer.client()?;
        let reply = client.call(request).await.map_err(Error::from)?;
        reply.into_inner().credential("AssumeRole")
    }
}

impl ProvideCredential for AssumeRole {
    fn provide(&self) -> Provided<'_> {
        Box::pin(async { self.call().await.map(Some) })
    }

    fn place(&self) -> String {
        format!("the role {}", self.role_arn)
    }
}

impl fmt::Debug for AssumeRole {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("AssumeRole")
            .field("role_arn", &self.role_arn)
            .field("session_name", &self.session_name)
            .finish_non_exhaustive()
    }
}

impl WebIdentity {
    /// As the environment variables say that the engine sets: `TKE_REGION`, `TKE_PROVIDER_ID`,
    /// `TKE_ROLE_ARN` and `TKE_WEB_IDENTITY_TOKEN_FILE`. Where they are not set, there is no
    /// credential at this place.
    pub fn from_environment() -> Self {
        Self {
            issuer: OnceLock::new(),
            variables: |name| env::var(name).ok().filter(|value| !value.is_empty()),
        }
    }

    /// Calls the service as a configuration says. Its credential is not used.
    #[must_use]
    pub fn config(mut self, config: &Config) -> Self {
        self.issuer = OnceLock::from(Issuer::new(config, &SERVICE));
        self
    }

    fn issuer(&self) -> Result<&Issuer, Error> {
        if let Some(issuer) = self.issuer.get() {
            return Ok(issuer);
        }
        let config = Config::builder(Credential::none()).build()?;
        Ok(self.issuer.get_or_init(|| Issuer::new(&config, &SERVICE)))
    }

    async fn find(&self) -> Result<Option<Credential>, Error> {
        let variable = self.variables;
        let Some(file) = variable("TKE_WEB_IDENTITY_TOKEN_FILE").map(PathBuf::from) else {
            return Ok(None);
        };
        let needed = |name: &str| {
            variable(name).ok_or_else(|| {
                broken(format!(
                    "TKE_WEB_IDENTITY_TOKEN_FILE is set but {name} is not"
                ))
            })
        };
        let region = needed("TKE_REGION")?;
        let role_arn = needed("TKE_ROLE_ARN")?;
        let provider_id = needed("TKE_PROVIDER_ID")?;
        let web_identity_token = read_file(&file).await.map_err(|error| {
            broken(format!("{} cannot be read", file.display())).with_source(error)
        })?;
        let request = WebIdentityRequest {
            provider_id,
            web_identity_token: web_identity_token.trim().to_owned(),
            role_arn,
            role_session_name: "bindery".to_owned(),
            duration_seconds: Some(DURATION.as_secs()),
        };
        let client = self.issuer()?.client()?;
        let reply = client
            .call(request)
            .region(region)
            .await
            .map_err(Error::from)?;
        reply
            .into_inner()
            .credential("AssumeRoleWithWebIdentity")
            .map(Some)
    }
}

impl ProvideCredential for WebIdentity {
    fn provide(&self) -> Provided<'_> {
        Box::pin(self.find())
    }

    fn place(&self) -> String {
        "the web identity of the container".to_owned()
    }
}

impl fmt::Debug for WebIdentity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("WebIdentity")
            .finish_non_exhaustive()
    }
}

struct AssumeRoleRequest {
    role_arn: String,
    role_session_name: String,
    duration_seconds: Option<u64>,
    external_id: Option<String>,
    policy: Option<String>,
}

record! {
    AssumeRoleRequest {
        0 => role_arn: "RoleArn",
        1 => role_session_name: "RoleSessionName",
        2 => duration_seconds: "DurationSeconds",
        3 => external_id: "ExternalId",
        4 => policy: "Policy",
    }
}

struct WebIdentityRequest {
    provider_id: String,
    web_identity_token: String,
    role_arn: String,
    role_session_name: String,
    duration_seconds: Option<u64>,
}

record! {
    WebIdentityRequest {
        0 => provider_id: "ProviderId",
        1 => web_identity_token: "WebIdentityToken" sensitive,
        2 => role_arn: "RoleArn",
        3 => role_session_name: "RoleSessionName",
        4 => duration_seconds: "DurationSeconds",
    }
}

struct TemporaryKey {
    credentials: Option<Keys>,
    expired_time: Option<i64>,
}

record! {
    TemporaryKey {
        0 => credentials: "Credentials",
        1 => expired_time: "ExpiredTime",
    }
}

struct Keys {
    token: Option<String>,
    tmp_secret_id: Option<String>,
    tmp_secret_key: Option<String>,
}

record! {
    Keys {
        0 => token: "Token" sensitive,
        1 => tmp_secret_id: "TmpSecretId",
        2 => tmp_secret_key: "TmpSecretKey" sensitive,
    }
}

impl TemporaryKey {
    fn credential(self, action: &str) -> Result<Credential, Error> {
        let incomplete = || broken(format!("{action} has answered without a key or its end"));
        let keys = self.credentials.ok_or_else(incomplete)?;
        let (Some(id), Some(key), Some(token), Some(end)) = (
            keys.tmp_secret_id,
            keys.tmp_secret_key,
            keys.token,
            self.expired_time,
        ) else {
            return Err(incomplete());
        };
        let expiry = Timestamp::from_second(end).map_err(|_| incomplete())?;
        Ok(Credential::tencent(id, key)
            .with_token(token)
            .with_expiry(expiry))
    }
}

/// The codes that decide about another attempt, which a test compares with those of the
/// specification, and those that say whose fault it is.
static PROVIDER: Provider = Provider {
    name: "tencent",
    telemetry_name: "tencentcloud",
    dispatch: Dispatch::Header,
    arrays: ArrayStyle::Indexed,
    clock_window: Duration::from_mins(5),
    errors: &[
        ("AuthFailure", ErrorClass::Authentication),
        ("AuthFailure.SignatureExpire", ErrorClass::ClockSkew),
        ("AuthFailure.TokenFailure", ErrorClass::Credential),
        ("InternalError", ErrorClass::Server),
        ("RequestLimitExceeded", ErrorClass::Throttled),
        ("ServiceUnavailable", ErrorClass::Server),
        ("UnauthorizedOperation", ErrorClass::Permission),
    ],
};

static SERVICE: Service = Service {
    provider: &PROVIDER,
    name: "sts",
    version: "2018-08-13",
    host: "sts.tencentcloudapi.com",
    // The code belongs to both actions.
    errors: &[("InvalidParameter.OverLimit", ErrorClass::Throttled)],
};

impl Action for AssumeRoleRequest {
    type Output = TemporaryKey;
    type ErrorCode = String;

    const OPERATION: Operation = Operation {
        authentication: Authentication::Tc3,
        ..issuing("AssumeRole")
    };
}

impl Action for WebIdentityRequest {
    type Output = TemporaryKey;
    type ErrorCode = String;

    const OPERATION: Operation = Operation {
        authentication: Authentication::Skip,
        ..issuing("AssumeRoleWithWebIdentity")
    };
}

/// Issuing a key twice does no harm: the first one expires unused.
const fn issuing(name: &'static str) -> Operation {
    Operation {
        kind: Kind::Idempotent,
        method: Method::Post,
        envelope: Envelope::Response,
        region: RegionUse::Required,
        ..Operation::new(&SERVICE, name)
    }
}

fn broken(message: String) -> Error {
    Error::new(ErrorKind::Credential, message)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// What the engine sets.
    fn variables(name: &str) -> Option<String> {
        let value = match name {
            "TKE_REGION" => "ap-guangzhou",
            "TKE_PROVIDER_ID" => "provider",
            "TKE_ROLE_ARN" => "qcs::cam::uin/1:roleName/a",
            "TKE_WEB_IDENTITY_TOKEN_FILE" => concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/tests/data/credentials/web-identity-token"
            ),
            _ => return None,
        };
        Some(value.to_owned())
    }

    /// A process in a container of the engine, or in none.
    pub(in crate::credentials) fn identity(config: Config, is_contained: bool) -> WebIdentity {
        WebIdentity {
            issuer: OnceLock::from(Issuer::new(&config, &SERVICE)),
            variables: if is_contained { variables } else { |_| None },
        }
    }

    #[tokio::test]
    async fn half_an_identity_is_an_error_that_names_what_is_missing() {
        let without: [(&str, Variables); 3] = [
            ("TKE_REGION", |name| {
                variables(name).filter(|_| name != "TKE_REGION")
            }),
            ("TKE_PROVIDER_ID", |name| {
                variables(name).filter(|_| name != "TKE_PROVIDER_ID")
            }),
            ("TKE_ROLE_ARN", |name| {
                variables(name).filter(|_| name != "TKE_ROLE_ARN")
            }),
        ];
        for (name, variables) in without {
            let identity = WebIdentity {
                issuer: OnceLock::new(),
                variables,
            };
            let error = identity.find().await.unwrap_err();
            assert!(
                error.message().contains(&format!("{name} is not")),
                "{error}"
            );
        }
        let unreadable = WebIdentity {
            issuer: OnceLock::new(),
            variables: |name| variables(name).map(|value| value.replace("-token", "-nothing")),
        };
        let error = unreadable.find().await.unwrap_err();
        assert!(error.message().ends_with("cannot be read"), "{error}");
    }
}
