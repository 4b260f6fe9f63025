//! Access tokens of Huawei Cloud Meeting, obtained by logging in.

use std::time::Duration;

use super::issuer::Issuer;
use super::{ProvideCredential, Provided};
use crate::credential::Secrets;
use crate::error::{Error, ErrorKind};
use crate::operation::{
    Action, Authentication, Dispatch, ErrorClass, Kind, Operation, Provider, Service,
};
use crate::record::ArrayStyle;
use crate::{Config, Credential, Timestamp, record};

/// The access token of Huawei Cloud Meeting that an application or an account gets by logging in.
///
/// The token lives as long as the vendor says, usually 12 to 24 hours. The vendor keeps up to 64
/// tokens of a user alive, so that several processes can log in side by side.
///
/// ```no_run
/// use bindery_runtime::credentials::HuaweiLogin;
/// use bindery_runtime::{Config, Credential, CredentialSource};
///
/// let application = Config::builder(Credential::huawei_app_id("app id", "app key")).build()?;
/// let config = Config::builder(CredentialSource::new(HuaweiLogin::new(&application))).build()?;
/// # Ok::<(), bindery_runtime::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct HuaweiLogin {
    issuer: Issuer,
}

impl HuaweiLogin {
    /// Logs in with the application or the account that a configuration holds. The configuration
    /// also says where the vendor is called.
    pub fn new(config: &Config) -> Self {
        Self {
            issuer: Issuer::new(config, &SERVICE),
        }
    }

    async fn log_in(&self) -> Result<Credential, Error> {
        let client = self.issuer.client()?;
        let credential = self.issuer.config().credentials().get().await?;
        let token = match credential.secrets() {
            Secrets::HuaweiAccount(_) => client.call(AccountLogin {}).await?.into_inner(),
            _ => client.call(AppIdLogin {}).await?.into_inner(),
        };
        let incomplete = || {
            let message = "the login has answered without a token or its end";
            Error::new(ErrorKind::Credential, message)
        };
        let access_token = token.access_token.ok_or_else(incomplete)?;
        let end = token.expire_time.ok_or_else(incomplete)?;
        let expiry = Timestamp::from_second(end).map_err(|_| incomplete())?;
        Ok(Credential::huawei_token(access_token).with_expiry(expiry))
    }
}

impl ProvideCredential for HuaweiLogin {
    fn provide(&self) -> Provided<'_> {
        Box::pin(async { self.log_in().await.map(Some) })
    }

    fn place(&self) -> String {
        "a login at Huawei Cloud Meeting".to_owned()
    }
}

struct AppIdLogin {}

struct AccountLogin {}

struct AccessToken {
    access_token: Option<String>,
    /// Seconds since 1970.
    expire_time: Option<i64>,
}

record! {
    AppIdLogin {}
}

record! {
    AccountLogin {}
}

record! {
    AccessToken {
        0 => access_token: "accessToken" sensitive,
        1 => expire_time: "expireTime",
    }
}

/// The codes that the specification lists, as a test makes sure.
static PROVIDER: Provider = Provider {
    name: "huawei",
    telemetry_name: "huaweicloud",
    dispatch: Dispatch::Path,
    arrays: ArrayStyle::Repeated,
    // The gateway allows for 15 minutes, but a login is signed for 10.
    clock_window: Duration::from_mins(10),
    errors: &[
        ("APIG.0308", ErrorClass::Throttled),
        ("APIGW.0101", ErrorClass::NotFound),
        ("APIGW.0301", ErrorClass::Authentication),
        ("APIGW.0302", ErrorClass::Permission),
        ("APIGW.0303", ErrorClass::ClockSkew),
        ("APIGW.0305", ErrorClass::Authentication),
        ("APIGW.0306", ErrorClass::Permission),
        ("APIGW.0307", ErrorClass::Credential),
        ("APIGW.0308", ErrorClass::Throttled),
    ],
};

static SERVICE: Service = Service {
    provider: &PROVIDER,
    name: "meeting",
    version: "v1",
    host: "api.meeting.huaweicloud.com",
    errors: &[
        ("USG.000000003", ErrorClass::Invalid),
        ("USG.000000004", ErrorClass::Credential),
        ("USG.201040000", ErrorClass::NotFound),
        ("USG.201040001", ErrorClass::Conflict),
    ],
};

impl Action for AppIdLogin {
    type Output = AccessToken;
    type ErrorCode = String;

    const OPERATION: Operation = Operation {
        path: "/v2/usg/acs/auth/appauth",
        authentication: Authentication::AppId,
        ..login("CreateAppIdToken")
    };
}

impl Action for AccountLogin {
    type Output = AccessToken;
    type ErrorCode = String;

    const OPERATION: Operation = Operation {
        path: "/v1/usg/acs/auth/account",
        authentication: Authentication::Account,
        ..login("CreateToken")
    };
}

/// Logging in twice may end somebody's token, the oldest of 64. Where it is not known whether a login
/// has succeeded, it is for the next renewal to log in again.
const fn login(name: &'static str) -> Operation {
    Operation {
        kind: Kind::Write,
        ..Operation::new(&SERVICE, name)
    }
}
