//! Who is calling: the keys and tokens of each vendor, kept out of sight.

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::signing::huawei;
use crate::{Error, Timestamp};

/// Who is calling, with the secrets that prove it.
///
/// A clone shares the secrets. They are wiped from memory with the last clone, and never printed.
///
/// ```
/// use bindery_runtime::Credential;
///
/// let credential = Credential::tencent("AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "the secret key");
/// assert!(!format!("{credential:?}").contains("secret key"));
/// ```
#[derive(Clone)]
pub struct Credential {
    secrets: Arc<Secrets>,
    expiry: Option<Timestamp>,
}

#[derive(Clone)]
pub(crate) enum Secrets {
    Tencent(TencentKey),
    HuaweiApp(HuaweiApp),
    HuaweiAccount(HuaweiAccount),
    HuaweiToken(Zeroizing<String>),
    Zego(ZegoApp),
    /// For actions that anybody may call.
    None,
    /// A part was given to a credential that has no place for it, which [`Credential::check`]
    /// reports.
    Misplaced(&'static str),
}

#[derive(Clone, PartialEq)]
pub(crate) struct TencentKey {
    pub(crate) secret_id: String,
    pub(crate) secret_key: Zeroizing<String>,
    pub(crate) token: Option<Zeroizing<String>>,
}

#[derive(Clone)]
pub(crate) struct HuaweiApp {
    pub(crate) app_id: String,
    pub(crate) app_key: Zeroizing<String>,
    pub(crate) user_id: Option<String>,
    pub(crate) corp_id: Option<String>,
}

#[derive(Clone)]
pub(crate) struct HuaweiAccount {
    pub(crate) account: String,
    pub(crate) password: Zeroizing<String>,
}

#[derive(Clone)]
pub(crate) struct ZegoApp {
    pub(crate) app_id: u32,
    pub(crate) server_secret: Zeroizing<String>,
    pub(crate) is_test: Option<bool>,
}

/// What is shown in the place of a secret.
pub(crate) const HIDDEN: &str = "***";

impl Credential {
    /// An API key of Tencent Cloud.
    pub fn tencent(secret_id: impl Into<String>, secret_key: impl Into<String>) -> Self {
        Self::new(Secrets::Tencent(TencentKey {
            secret_id: secret_id.into(),
            secret_key: Zeroizing::new(secret_key.into()),
            token: None,
        }))
    }

    /// An application of Huawei Cloud Meeting, which can log in for an access token. It logs in as
    /// the enterprise's administrator unless [`with_user_id`](Self::with_user_id) says otherwise.
    pub fn huawei_app_id(app_id: impl Into<String>, app_key: impl Into<String>) -> Self {
        Self::new(Secrets::HuaweiApp(HuaweiApp {
            app_id: app_id.into(),
            app_key: Zeroizing::new(app_key.into()),
            user_id: None,
            corp_id: None,
        }))
    }

    /// An account of Huawei Cloud Meeting, which can log in for an access token.
    pub fn huawei_account(account: impl Into<String>, password: impl Into<String>) -> Self {
        Self::new(Secrets::HuaweiAccount(HuaweiAccount {
            account: account.into(),
            password: Zeroizing::new(password.into()),
        }))
    }

    /// An access token of Huawei Cloud Meeting, as a login returns it.
    pub fn huawei_token(access_token: impl Into<String>) -> Self {
        Self::new(Secrets::HuaweiToken(Zeroizing::new(access_token.into())))
    }

    /// An application of ZEGOCLOUD.
    pub fn zego(app_id: u32, server_secret: impl Into<String>) -> Self {
        Self::new(Secrets::Zego(ZegoApp {
            app_id,
            server_secret: Zeroizing::new(server_secret.into()),
            is_test: None,
        }))
    }

    /// No credential, for actions that anybody may call.
    pub fn none() -> Self {
        Self::new(Secrets::None)
    }

    /// Adds the session token that belongs to a temporary key of Tencent Cloud.
    #[must_use]
    pub fn with_token(self, session_token: impl Into<String>) -> Self {
        self.with("session token", |secrets| match secrets {
            Secrets::Tencent(key) => {
                key.token = Some(Zeroizing::new(session_token.into()));
                true
            }
            _ => false,
        })
    }

    /// Lets an application of Huawei Cloud Meeting log in as one of its users, by the id that the
    /// user has in the application.
    #[must_use]
    pub fn with_user_id(self, id: impl Into<String>) -> Self {
        self.with("user id", |secrets| match secrets {
            Secrets::HuaweiApp(app) => {
                app.user_id = Some(id.into());
                true
            }
            _ => false,
        })
    }

    /// Names the enterprise that an application of a Huawei Cloud Meeting service provider acts
    /// for. Applications of a single enterprise must not name one; an empty id stands for the
    /// provider itself.
    #[must_use]
    pub fn with_corp_id(self, id: impl Into<String>) -> Self {
        self.with("enterprise id", |secrets| match secrets {
            Secrets::HuaweiApp(app) => {
                app.corp_id = Some(id.into());
                true
            }
            _ => false,
        })
    }

    /// Says whether ZEGOCLOUD's test environment is meant, which the vendor asks of projects that
    /// were made on or before 16 November 2021.
    #[must_use]
    pub fn with_test_environment(self, is_test: bool) -> Self {
        self.with("choice of the environment", |secrets| match secrets {
            Secrets::Zego(app) => {
                app.is_test = Some(is_test);
                true
            }
            _ => false,
        })
    }

    /// Says when the vendor stops accepting the credential. A source of credentials is asked for
    /// another in time.
    #[must_use]
    pub fn with_expiry(mut self, expiry: Timestamp) -> Self {
        self.expiry = Some(expiry);
        self
    }

    /// When the vendor stops accepting the credential, where that is known.
    pub fn expiry(&self) -> Option<Timestamp> {
        self.expiry
    }

    /// Whether this is a clone of another, not only equal to it.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.secrets, &other.secrets)
    }

    /// Whether this is the same key of Tencent Cloud as another.
    pub(crate) fn is_same_key(&self, other: &Self) -> bool {
        match (self.secrets(), other.secrets()) {
            (Secrets::Tencent(key), Secrets::Tencent(other)) => key == other,
            _ => false,
        }
    }

    /// Refuses what no vendor can have issued, such as a key with the line break of its file.
    pub(crate) fn check(&self) -> Result<(), Error> {
        match self.secrets() {
            Secrets::Tencent(key) => {
                check_sent("secret id", &key.secret_id)?;
                check_kept("secret key", &key.secret_key)?;
                let token = key.token.as_ref();
                token.map_or(Ok(()), |token| check_sent("session token", token))
            }
            Secrets::HuaweiApp(app) => {
                check_kept("app id", &app.app_id)?;
                check_kept("app key", &app.app_key)
            }
            Secrets::HuaweiAccount(HuaweiAccount { account, password }) => {
                check_kept("account", account)?;
                // In HTTP's basic authentication the first colon ends the account.
                if account.contains(':') {
                    return Err(Error::build("the account of the credential has a colon"));
                }
                check_kept("password", password)
            }
            Secrets::HuaweiToken(access_token) => check_sent("access token", access_token),
            Secrets::Zego(app) => check_kept("server secret", &app.server_secret),
            Secrets::None => Ok(()),
            Secrets::Misplaced(part) => Err(Error::build(format!(
                "the credential has no place for a {part}"
            ))),
        }
    }

    /// The secrets in the forms in which a request holds them, or in which somebody who quotes it
    /// may know them.
    pub(crate) fn sent(&self) -> Vec<Zeroizing<String>> {
        match self.secrets() {
            Secrets::Tencent(key) => {
                let token = key.token.clone();
                std::iter::once(key.secret_key.clone())
                    .chain(token)
                    .collect()
            }
            Secrets::HuaweiApp(app) => vec![app.app_key.clone()],
            Secrets::HuaweiAccount(HuaweiAccount { account, password }) => {
                let authorization = huawei::account_authorization(account, password);
                let encoded = authorization.trim_start_matches("Basic ").to_owned();
                vec![password.clone(), Zeroizing::new(encoded)]
            }
            Secrets::HuaweiToken(access_token) => vec![access_token.clone()],
            Secrets::Zego(app) => vec![app.server_secret.clone()],
            Secrets::None | Secrets::Misplaced(_) => Vec::new(),
        }
    }

    pub(crate) fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    fn new(secrets: Secrets) -> Self {
        Self {
            secrets: Arc::new(secrets),
            expiry: None,
        }
    }

    fn with(mut self, part: &'static str, place: impl FnOnce(&mut Secrets) -> bool) -> Self {
        let secrets = Arc::make_mut(&mut self.secrets);
        if !place(secrets) {
            *secrets = Secrets::Misplaced(part);
        }
        self
    }
}

/// Checks a part that is computed with, but does not travel as it is.
fn check_kept(part: &str, value: &str) -> Result<(), Error> {
    if value.is_empty() {
        return Err(Error::build(format!(
            "the {part} of the credential is empty"
        )));
    }
    if value.trim() != value {
        return Err(Error::build(format!(
            "the {part} of the credential begins or ends with white space"
        )));
    }
    Ok(())
}

/// Checks a part that travels in a header.
fn check_sent(part: &str, value: &str) -> Result<(), Error> {
    check_kept(part, value)?;
    if value.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(())
    } else {
        Err(Error::build(format!(
            "the {part} of the credential has characters other than visible ASCII"
        )))
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.secrets() {
            Secrets::Tencent(key) => formatter
                .debug_struct("Tencent")
                .field("secret_id", &Shortened(&key.secret_id))
                .field("has_token", &key.token.is_some())
                .finish_non_exhaustive(),
            Secrets::HuaweiApp(app) => formatter
                .debug_struct("HuaweiAppId")
                .field("app_id", &Shortened(&app.app_id))
                .finish_non_exhaustive(),
            Secrets::HuaweiAccount(HuaweiAccount { account, .. }) => formatter
                .debug_struct("HuaweiAccount")
                .field("account", &Shortened(account))
                .finish_non_exhaustive(),
            Secrets::HuaweiToken(_) => formatter
                .debug_struct("HuaweiToken")
                .finish_non_exhaustive(),
            Secrets::Zego(app) => formatter
                .debug_struct("Zego")
                .field("app_id", &app.app_id)
                .finish_non_exhaustive(),
            Secrets::None => formatter.write_str("None"),
            Secrets::Misplaced(part) => formatter.debug_tuple("Misplaced").field(part).finish(),
        }
    }
}

/// The first four and the last two characters of an id, enough to tell one's own ids apart.
struct Shortened<'a>(&'a str);

impl fmt::Debug for Shortened<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = self.0.chars().count();
        if length < 12 {
            return formatter.write_str("…");
        }
        let first: String = self.0.chars().take(4).collect();
        let last: String = self.0.chars().skip(length - 2).collect();
        write!(formatter, "{first}…{last}")
    }
}
