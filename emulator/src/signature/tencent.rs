//! Tencent Cloud: TC3-HMAC-SHA256 and its predecessors HmacSHA1 and HmacSHA256.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{hex, hmac_sha1, hmac_sha256, sha256_hex};
use crate::clock;
use crate::request::Request;

/// Says that the body is not covered by the signature, and is hashed in its stead.
const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// A parsed `Authorization: TC3-HMAC-SHA256 …` header.
#[derive(Debug, PartialEq)]
pub(crate) struct Authorization<'a> {
    /// The id of the key that signed.
    pub(crate) secret_id: &'a str,
    /// The day of the credential scope.
    pub(crate) date: &'a str,
    /// The service of the credential scope.
    pub(crate) service: &'a str,
    /// The signed headers, separated by semicolons.
    pub(crate) signed_headers: &'a str,
    /// The signature in hexadecimal digits.
    pub(crate) signature: &'a str,
}

impl<'a> Authorization<'a> {
    /// Parses the header; none when it is malformed or leaves out a header that must be signed.
    pub(crate) fn parse(header: &'a str) -> Option<Self> {
        let parts = header.strip_prefix("TC3-HMAC-SHA256 ")?;
        let (mut credential, mut signed_headers, mut signature) = (None, None, None);
        for part in parts.split(',') {
            let (name, value) = part.trim().split_once('=')?;
            match name {
                "Credential" => credential = Some(value),
                "SignedHeaders" => signed_headers = Some(value),
                "Signature" => signature = Some(value),
                _ => return None,
            }
        }
        let mut scope = credential?.rsplitn(4, '/');
        if scope.next() != Some("tc3_request") {
            return None;
        }
        let authorization = Self {
            service: scope.next()?,
            date: scope.next()?,
            secret_id: scope.next()?,
            signed_headers: signed_headers?,
            signature: signature?,
        };
        let signs = |name| {
            authorization
                .signed_headers
                .split(';')
                .any(|signed| signed == name)
        };
        (signs("content-type") && signs("host")).then_some(authorization)
    }

    /// The signature that the request should carry; none when a signed header is absent.
    pub(crate) fn expected(
        &self,
        secret_key: &str,
        request: &Request,
        timestamp: i64,
    ) -> Option<String> {
        let canonical = self.canonical_request(request)?;
        let date = clock::utc_day(timestamp);
        let scope = format!("{date}/{}/tc3_request", self.service);
        let string_to_sign = format!(
            "TC3-HMAC-SHA256\n{timestamp}\n{scope}\n{}",
            sha256_hex(canonical.as_bytes())
        );
        let key = hmac_sha256(format!("TC3{secret_key}").as_bytes(), date.as_bytes());
        let key = hmac_sha256(&key, self.service.as_bytes());
        let key = hmac_sha256(&key, b"tc3_request");
        Some(hex(&hmac_sha256(&key, string_to_sign.as_bytes())))
    }

    fn canonical_request(&self, request: &Request) -> Option<String> {
        let header = |name| Some(format!("{name}:{}\n", request.header(name)?.to_lowercase()));
        let headers: String = self
            .signed_headers
            .split(';')
            .map(header)
            .collect::<Option<_>>()?;
        let payload = match request.header("x-tc-content-sha256") {
            Some(UNSIGNED_PAYLOAD) => sha256_hex(UNSIGNED_PAYLOAD.as_bytes()),
            _ => sha256_hex(&request.body),
        };
        let (method, path, query, signed) = (
            &request.method,
            &request.path,
            &request.query,
            self.signed_headers,
        );
        Some(format!(
            "{method}\n{path}\n{query}\n{headers}\n{signed}\n{payload}"
        ))
    }
}

/// The hash of a version 1 signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum V1Method {
    /// `HmacSHA1`, which is also meant when nothing is said.
    HmacSha1,
    /// `HmacSHA256`.
    HmacSha256,
}

/// The version 1 signature that a request with these decoded parameters should carry.
pub(crate) fn v1_signature(
    method: V1Method,
    secret_key: &str,
    request: &Request,
    params: &[(String, String)],
) -> String {
    let mut signed: Vec<_> = params
        .iter()
        .filter(|(name, _)| name != "Signature")
        .collect();
    signed.sort();
    let signed: Vec<_> = signed
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let host = request.header("host").unwrap_or_default();
    let string_to_sign = format!(
        "{}{host}{}?{}",
        request.method,
        request.path,
        signed.join("&")
    );
    let (key, message) = (secret_key.as_bytes(), string_to_sign.as_bytes());
    STANDARD.encode(match method {
        V1Method::HmacSha1 => hmac_sha1(key, message),
        V1Method::HmacSha256 => hmac_sha256(key, message),
    })
}
