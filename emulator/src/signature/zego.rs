//! ZEGOCLOUD: signature version 2.0.

use md5::{Digest as _, Md5};

use super::hex;

/// The signature that a request should carry; it covers neither parameters nor body.
pub(crate) fn expected(app_id: u32, nonce: &str, server_secret: &str, timestamp: i64) -> String {
    hex(&Md5::digest(format!(
        "{app_id}{nonce}{server_secret}{timestamp}"
    )))
}
