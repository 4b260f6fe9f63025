//! Huawei Cloud Meeting: the two ways to log in.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{hex, hmac_sha256};

/// What an app signs to log a user in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AppLogin<'a> {
    /// The app.
    pub(crate) app_id: &'a str,
    /// The enterprise; only apps that serve several of them name one.
    pub(crate) corp_id: Option<&'a str>,
    /// The user in the app's own terms; empty for the administrator.
    pub(crate) user_id: &'a str,
    /// The second after which the request is void.
    pub(crate) expire_time: i64,
    /// The random text.
    pub(crate) nonce: &'a str,
}

impl AppLogin<'_> {
    /// The signature in lower-case hexadecimal digits; the vendor takes either case.
    pub(crate) fn expected(&self, app_key: &str) -> String {
        let Self {
            app_id,
            user_id,
            expire_time,
            nonce,
            ..
        } = self;
        let message = match self.corp_id {
            Some(corp_id) => format!("{app_id}:{corp_id}:{user_id}:{expire_time}:{nonce}"),
            None => format!("{app_id}:{user_id}:{expire_time}:{nonce}"),
        };
        hex(&hmac_sha256(app_key.as_bytes(), message.as_bytes()))
    }
}

/// The parts of `HMAC-SHA256 signature=…,access=…`: the signature, and the app id where given.
pub(crate) fn parse_app_authorization(header: &str) -> Option<(&str, Option<String>)> {
    let (mut signature, mut access) = (None, None);
    for part in header.strip_prefix("HMAC-SHA256 ")?.split(',') {
        match part.trim().split_once('=')? {
            ("signature", value) => signature = Some(value),
            ("access", value) => access = Some(decode(value)?),
            _ => return None,
        }
    }
    Some((signature?, access))
}

/// The account and the password of `Basic …`.
pub(crate) fn parse_basic_authorization(header: &str) -> Option<(String, String)> {
    let decoded = decode(header.strip_prefix("Basic ")?)?;
    let (account, password) = decoded.split_once(':')?;
    Some((account.to_owned(), password.to_owned()))
}

fn decode(encoded: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()
}
