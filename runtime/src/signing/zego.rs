//! Version 2.0 of the signature of ZEGOCLOUD's server API.
//!
//! Source: [Accessing Server APIs](https://docs.zegocloud.com/article/9781).
//!
//! It covers the application, a nonce and the time, so it proves who calls but protects nothing of
//! the request.

use md5::{Digest, Md5};
use zeroize::Zeroizing;

use super::{Signature, lower_hex};

/// The value of the parameter `SignatureVersion`.
pub const VERSION: &str = "2.0";

/// Signs any request of an application, for the parameter `Signature`.
///
/// `nonce` is the parameter `SignatureNonce`, 16 random hexadecimal digits that are used once.
/// `timestamp` is the parameter `Timestamp`, in seconds since 1970 and within ten minutes of the
/// server's clock. The [string to sign](Signature::string_to_sign) contains the secret.
///
/// ```
/// use bindery_runtime::signing::zego;
///
/// // The example of the vendor's documentation.
/// let secret = "9193cc662a4c0ec135ec71fb57194b38";
/// let signature = zego::sign(12345, "4fd24687296dd9f3", secret, 1_615_186_943);
/// assert_eq!(signature.value(), "43e5cfcca828314675f91b001390566a");
/// ```
pub fn sign(app_id: u32, nonce: &str, server_secret: &str, timestamp: i64) -> Signature {
    let (app_id, timestamp) = (app_id.to_string(), timestamp.to_string());
    let parts = [&app_id, nonce, server_secret, &timestamp];
    let string_to_sign = Zeroizing::new(parts.concat());
    let value = lower_hex(&Md5::digest(string_to_sign.as_bytes()));
    Signature {
        string_to_sign,
        value,
    }
}
