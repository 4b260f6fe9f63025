//! The two ways to log in to Huawei Cloud Meeting.
//!
//! Source: [App ID
//! authentication](https://support.huaweicloud.com/intl/en-us/devg-meeting/meeting_20_0011.html).
//!
//! Only the login proves who asks. It returns an access token, which all other calls carry in the
//! header `X-Access-Token`, unsigned.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::{Signature, hmac_sha256, lower_hex};

/// The login of an application, `POST /v2/usg/acs/auth/appauth`.
///
/// The body of the request must repeat these values as they are signed.
#[derive(Clone, Copy, Debug)]
pub struct AppIdLogin<'a> {
    /// The application's id.
    pub app_id: &'a str,
    /// The enterprise, for an application of a service provider, where the empty text stands for
    /// the provider itself. `None` for an application of a single enterprise.
    pub corp_id: Option<&'a str>,
    /// The user's id in the application, or the empty text for the administrator.
    pub user_id: &'a str,
    /// Until when the signature can be used, in seconds since 1970; 0 stands for ever.
    pub expire_time: i64,
    /// A random text of 32 to 64 characters that is used once.
    pub nonce: &'a str,
}

/// Signs the login of an application with its key.
///
/// ```
/// use bindery_runtime::signing::huawei::{self, AppIdLogin};
///
/// let login = AppIdLogin {
///     app_id: "fakeappid0000000000000000EXAMPLE",
///     corp_id: None,
///     user_id: "",
///     expire_time: 1_700_000_600,
///     nonce: "01234567-89ab-4cde-8f01-23456789abcd",
/// };
/// let signature = huawei::sign(&login, "the application's key");
/// assert_eq!(
///     signature.string_to_sign(),
///     "fakeappid0000000000000000EXAMPLE::1700000600:01234567-89ab-4cde-8f01-23456789abcd",
/// );
/// ```
pub fn sign(login: &AppIdLogin<'_>, app_key: &str) -> Signature {
    let AppIdLogin {
        app_id,
        corp_id,
        user_id,
        expire_time,
        nonce,
    } = login;
    let string_to_sign = Zeroizing::new(match corp_id {
        Some(corp_id) => format!("{app_id}:{corp_id}:{user_id}:{expire_time}:{nonce}"),
        None => format!("{app_id}:{user_id}:{expire_time}:{nonce}"),
    });
    let value = lower_hex(&hmac_sha256(app_key.as_bytes(), &string_to_sign));
    Signature {
        string_to_sign,
        value,
    }
}

/// The value of `Authorization` for the login of an application.
///
/// The part `access` is younger than the rest, and required by the newest edition of the
/// documentation.
pub fn app_id_authorization(app_id: &str, signature: &Signature) -> String {
    let signature = signature.value();
    let access = STANDARD.encode(app_id);
    format!("HMAC-SHA256 signature={signature},access={access}")
}

/// The value of `Authorization` for the login of an account, `POST /v1/usg/acs/auth/account`, which
/// is HTTP's scheme [Basic](https://www.rfc-editor.org/rfc/rfc7617). It is as secret as the
/// password.
///
/// `account` must not contain a colon, as the receiver takes what follows the first one for the
/// password.
///
/// ```
/// use bindery_runtime::signing::huawei;
///
/// // The example of RFC 7617.
/// let authorization = huawei::account_authorization("Aladdin", "open sesame");
/// assert_eq!(*authorization, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
/// ```
pub fn account_authorization(account: &str, password: &str) -> Zeroizing<String> {
    let user_pass = Zeroizing::new(format!("{account}:{password}"));
    let encoded = Zeroizing::new(STANDARD.encode(user_pass.as_bytes()));
    Zeroizing::new(format!("Basic {}", *encoded))
}
