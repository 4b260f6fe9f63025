//! `HmacSHA1` and `HmacSHA256`, the signatures of Tencent Cloud's APIs before `TC3-HMAC-SHA256`.
//!
//! Source: [Signature](https://www.tencentcloud.com/document/product/1145/50459).
//!
//! All parameters of an action, the common ones included, stand in one flat list that is sorted and
//! signed. Prefer [`tc3`](super::tc3): here a body cannot be JSON, and an action's own parameter
//! cannot be told from a common one of the same name, such as `Language`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::Hmac;
use sha1::Sha1;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{Signature, hmac};

/// Which hash the signature is made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// HMAC with SHA-1, which the vendor assumes where the parameters name none.
    HmacSha1,
    /// HMAC with SHA-256.
    HmacSha256,
}

impl Algorithm {
    /// The value of the parameter `SignatureMethod`.
    pub fn name(self) -> &'static str {
        match self {
            Self::HmacSha1 => "HmacSHA1",
            Self::HmacSha256 => "HmacSHA256",
        }
    }
}

/// Signs all parameters of a request to the path `/` of a host.
///
/// `parameters` are decoded, in any order, and include `Action`, `Version`, `Timestamp`, `Nonce`,
/// `SecretId`, the [`SignatureMethod`](Algorithm::name) and whatever else is sent, but no
/// `Signature`: that is added afterwards, and everything is sent as a
/// [`query_string`](super::query_string), in the URL of a `GET` or the body of a `POST`.
///
/// ```
/// use bindery_runtime::signing::tencent_v1::{self, Algorithm};
///
/// // The example of the vendor's documentation.
/// let parameters = [
///     ("Action", "DescribeInstances"),
///     ("InstanceIds.0", "ins-09dx96dg"),
///     ("Limit", "20"),
///     ("Nonce", "11886"),
///     ("Offset", "0"),
///     ("Region", "ap-guangzhou"),
///     ("SecretId", "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE"),
///     ("Timestamp", "1465185768"),
///     ("Version", "2017-03-12"),
/// ];
/// let signature = tencent_v1::sign(
///     "GET",
///     "cvm.tencentcloudapi.com",
///     &parameters,
///     "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
///     Algorithm::HmacSha1,
/// );
/// assert_eq!(signature.value(), "EliP9YW3pW28FpsEdkXt/+WcGeI=");
/// ```
pub fn sign<N: AsRef<str>, V: AsRef<str>>(
    method: &str,
    host: &str,
    parameters: &[(N, V)],
    secret_key: &str,
    algorithm: Algorithm,
) -> Signature {
    let string_to_sign = string_to_sign(method, host, parameters);
    let key = secret_key.as_bytes();
    let value = match algorithm {
        Algorithm::HmacSha1 => STANDARD.encode(hmac::<Hmac<Sha1>>(key, &string_to_sign)),
        Algorithm::HmacSha256 => STANDARD.encode(hmac::<Hmac<Sha256>>(key, &string_to_sign)),
    };
    Signature {
        string_to_sign,
        value,
    }
}

/// Values are signed as they are, not percent-encoded.
fn string_to_sign<N: AsRef<str>, V: AsRef<str>>(
    method: &str,
    host: &str,
    parameters: &[(N, V)],
) -> Zeroizing<String> {
    let mut sorted: Vec<(&str, &str)> = parameters
        .iter()
        .map(|(name, value)| (name.as_ref(), value.as_ref()))
        .collect();
    // The sort is stable and looks at names only, so equal names stay in the order they are sent.
    sorted.sort_by_key(|(name, _)| *name);

    let length = sorted
        .iter()
        .map(|(name, value)| name.len() + value.len() + 2);
    let length = method.len() + host.len() + 2 + length.sum::<usize>();
    // A text that grows would leave copies of the session token behind.
    let mut text = Zeroizing::new(String::with_capacity(length));
    text.push_str(method);
    text.push_str(host);
    text.push_str("/?");
    for (index, (name, value)) in sorted.into_iter().enumerate() {
        if index > 0 {
            text.push('&');
        }
        text.push_str(name);
        text.push('=');
        text.push_str(value);
    }
    text
}
