//! `TC3-HMAC-SHA256`, the signature of Tencent Cloud's API 3.0.
//!
//! Source: [Signature v3](https://www.tencentcloud.com/document/product/267/37447).
//!
//! The signature covers the method, the query, the content type, the host, the body and, where
//! [`Request::action`] is given, the action. Version, region, language and session token travel in
//! headers that it does not cover.

use std::fmt::{self, Debug, Formatter};

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{hmac_sha256, lower_hex, push_lower_hex};
use crate::civil;

/// The value of `Authorization` for the actions that are called without a credential.
///
/// These are the actions that hand out a credential to who proves an identity by other means. All
/// other headers are sent as usual.
pub const SKIP: &str = "SKIP";

/// The value of the header `X-TC-Content-SHA256` that goes with [`PayloadHash::unsigned`].
pub const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

const ALGORITHM: &str = "TC3-HMAC-SHA256";
const TERMINATOR: &str = "tc3_request";

/// How long a canonical request is without its query, as a rule, at the most.
const CANONICAL_LENGTH: usize = 320;

/// What of a request is signed. The path is always `/`.
///
/// The texts must be the ones that are sent, byte for byte. The vendor's documentation signs header
/// values in lower case while its SDKs sign them as they are; values in lower case satisfy both.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// `POST` or `GET`.
    pub method: &'a str,
    /// The header `Host`, with the port if it is not the default one.
    pub host: &'a str,
    /// The percent-encoded query without `?`, empty for `POST`.
    pub query: &'a str,
    /// The header `Content-Type`, which `GET` sends as well, as
    /// `application/x-www-form-urlencoded`.
    pub content_type: &'a str,
    /// The hash of the body, which is empty for `GET`.
    pub payload: &'a PayloadHash,
    /// The header `X-TC-Action`, if it is to be signed, in its usual case. The vendor's
    /// documentation signs it, its SDKs do not.
    pub action: Option<&'a str>,
}

/// What the signature says about the body.
///
/// It is computed once per call, since every attempt sends the same body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayloadHash([u8; 32]);

/// The key that signs all requests to one service on one day (UTC).
///
/// It is worth keeping, as deriving it takes three times the hashing of its use. It is wiped from
/// memory when dropped, and `Debug` does not show it.
pub struct SigningKey {
    key: Zeroizing<[u8; 32]>,
    day: i64,
    scope: String,
}

/// A signature and the texts that lead to it, named as in the vendor's documentation.
///
/// `Debug` shows none of them, as a query may hold secrets.
#[derive(Clone)]
pub struct Signature {
    /// The parts of the request that are signed.
    pub canonical_request: String,
    /// The algorithm, the timestamp, the scope and the hash of the canonical request.
    pub string_to_sign: String,
    /// The signature itself, 64 lower-case hexadecimal digits.
    pub signature: String,
    /// The value of the header `Authorization`.
    pub authorization: String,
}

impl PayloadHash {
    /// The hash of the bytes that are sent as body.
    pub fn signed(body: &[u8]) -> Self {
        Self(Sha256::digest(body).into())
    }

    /// Leaves the body out of the signature, for bodies that are not known in advance. The header
    /// `X-TC-Content-SHA256` must then say [`UNSIGNED_PAYLOAD`].
    pub fn unsigned() -> Self {
        Self::signed(UNSIGNED_PAYLOAD.as_bytes())
    }
}

impl SigningKey {
    /// Derives the key of the day that `timestamp`, in seconds since 1970, falls on.
    ///
    /// `service` is the first label of the host, such as `cvm`, also where a region follows it.
    pub fn derive(secret_key: &str, timestamp: i64, service: &str) -> Self {
        let date = civil::date(timestamp);
        let mut seed = Zeroizing::new(String::with_capacity("TC3".len() + secret_key.len()));
        seed.push_str("TC3");
        seed.push_str(secret_key);
        let mut key = Zeroizing::new(hmac_sha256(seed.as_bytes(), &date));
        *key = hmac_sha256(&*key, service);
        *key = hmac_sha256(&*key, TERMINATOR);
        Self {
            key,
            day: civil::day(timestamp),
            scope: format!("{date}/{service}/{TERMINATOR}"),
        }
    }

    /// Whether `timestamp`, in seconds since 1970, falls on the day of the key.
    pub fn covers(&self, timestamp: i64) -> bool {
        civil::day(timestamp) == self.day
    }
}

/// Signs a request that is sent with the header `X-TC-Timestamp: <timestamp>`.
///
/// `timestamp` is in seconds since 1970 and within five minutes of the server's clock. The key must
/// [cover](SigningKey::covers) it, else the server refuses the signature.
///
/// ```
/// use bindery_runtime::signing::tc3::{self, PayloadHash, Request, SigningKey};
///
/// // The example of the vendor's documentation.
/// let body = br#"{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}"#;
/// let timestamp = 1_551_113_065;
/// let key = SigningKey::derive("Gu5t9xGARNpq86cd98joQYCN3EXAMPLE", timestamp, "cvm");
/// let request = Request {
///     method: "POST",
///     host: "cvm.tencentcloudapi.com",
///     query: "",
///     content_type: "application/json; charset=utf-8",
///     payload: &PayloadHash::signed(body),
///     action: None,
/// };
/// let signed = tc3::sign(&request, "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", &key, timestamp);
/// assert_eq!(
///     signed.signature,
///     "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168",
/// );
/// ```
pub fn sign(request: &Request<'_>, secret_id: &str, key: &SigningKey, timestamp: i64) -> Signature {
    debug_assert!(key.covers(timestamp), "the key is one of another day");
    let SigningKey { key, scope, .. } = key;
    let signed_headers = request.signed_headers();
    let canonical_request = request.canonical(signed_headers);

    let timestamp = timestamp.to_string();
    let hash = lower_hex(&Sha256::digest(&canonical_request));
    let string_to_sign = [ALGORITHM, "\n", &timestamp, "\n", scope, "\n", &hash].concat();

    let signature = lower_hex(&hmac_sha256(&**key, &string_to_sign));
    let authorization = [
        ALGORITHM,
        " Credential=",
        secret_id,
        "/",
        scope,
        ", SignedHeaders=",
        signed_headers,
        ", Signature=",
        &signature,
    ];
    Signature {
        canonical_request,
        string_to_sign,
        authorization: authorization.concat(),
        signature,
    }
}

impl Request<'_> {
    fn signed_headers(&self) -> &'static str {
        match self.action {
            Some(_) => "content-type;host;x-tc-action",
            None => "content-type;host",
        }
    }

    fn canonical(&self, signed_headers: &str) -> String {
        let Self {
            method,
            host,
            query,
            content_type,
            payload,
            action,
        } = self;
        let mut canonical = String::with_capacity(CANONICAL_LENGTH + query.len());
        for part in [
            method,
            "\n/\n",
            query,
            "\ncontent-type:",
            content_type,
            "\nhost:",
            host,
            "\n",
        ] {
            canonical.push_str(part);
        }
        if let Some(action) = action {
            canonical.push_str("x-tc-action:");
            canonical.extend(action.chars().map(|letter| letter.to_ascii_lowercase()));
            canonical.push('\n');
        }
        canonical.push('\n');
        canonical.push_str(signed_headers);
        canonical.push('\n');
        push_lower_hex(&mut canonical, &payload.0);
        canonical
    }
}

impl Debug for SigningKey {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SigningKey")
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

impl Debug for Signature {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Signature").finish_non_exhaustive()
    }
}
