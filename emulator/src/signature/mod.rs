//! The vendors' signatures, computed as their documentation says.
//!
//! Nothing here is shared with the code that signs on the client's side.

pub(crate) mod huawei;
pub(crate) mod tencent;
pub(crate) mod zego;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hmac_sha1(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha1>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

fn hmac_sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;
    use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde_json::Value;

    use super::huawei::{AppLogin, parse_app_authorization, parse_basic_authorization};
    use super::tencent::{Authorization, V1Method, v1_signature};
    use super::zego;
    use crate::form;
    use crate::request::Request;

    /// Published by the vendors, or computed by running their SDKs.
    fn vectors(prefix: &str) -> Vec<Value> {
        let vectors: Vec<Value> =
            serde_json::from_str(include_str!("../../tests/data/vectors.json"))
                .expect("the vectors are JSON");
        let named = |vector: &Value| text(&vector["id"]).starts_with(prefix);
        let vectors: Vec<_> = vectors.into_iter().filter(named).collect();
        assert!(!vectors.is_empty(), "no vector {prefix}");
        vectors
    }

    fn text(value: &Value) -> &str {
        value.as_str().expect("text")
    }

    fn request(vector: &Value) -> Request {
        let (inputs, outputs) = (&vector["inputs"], &vector["outputs"]);
        let mut headers = HeaderMap::new();
        let mut set = |name: &str, value: &str| {
            let name = HeaderName::try_from(name).expect("a header name");
            headers.insert(name, HeaderValue::from_str(value).expect("a header value"));
        };
        set("host", text(&inputs["host"]));
        for (name, value) in outputs["headers"].as_object().into_iter().flatten() {
            set(name, text(value));
        }
        if let Some(content_type) = inputs["content_type"].as_str() {
            set("content-type", content_type);
            set("x-tc-action", text(&inputs["action"]));
        }
        let body = outputs["body"].as_str().or(inputs["body"].as_str());
        let body = body.unwrap_or_default().as_bytes().to_vec();
        let bytes = outputs["body_base64"].as_str();
        let body = bytes.map_or(body, |bytes| STANDARD.decode(bytes).expect("base64"));
        Request {
            method: Method::from_bytes(text(&inputs["method"]).as_bytes()).expect("a method"),
            path: text(&inputs["path"]).to_owned(),
            query: outputs["query_string"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            headers,
            body: Bytes::from(body),
            oversized: false,
        }
    }

    #[test]
    fn tc3_equals_the_vectors() {
        let signed = |vector: &Value| vector["inputs"]["sign_method"] == "TC3-HMAC-SHA256";
        let vectors: Vec<_> = vectors("tc-").into_iter().filter(signed).collect();
        assert!(vectors.len() >= 12, "only {} vectors", vectors.len());
        for vector in vectors {
            let outputs = &vector["outputs"];
            let header = outputs["authorization"]
                .as_str()
                .unwrap_or_else(|| text(&outputs["headers"]["Authorization"]));
            let authorization = Authorization::parse(header).expect("a well-formed header");
            let secret_key = text(&vector["inputs"]["secret_key"]);
            let timestamp = vector["inputs"]["timestamp"].as_i64().expect("seconds");
            let expected = authorization.expected(secret_key, &request(&vector), timestamp);
            assert_eq!(
                expected.as_deref(),
                outputs["signature"].as_str(),
                "{}",
                vector["id"]
            );
            assert_eq!(authorization.signature, text(&outputs["signature"]));
        }
    }

    #[test]
    fn malformed_tc3_headers_are_not_parsed() {
        for header in [
            "",
            "TC3-HMAC-SHA256",
            "TC3-HMAC-SHA256 Credential=a/2023-11-14/cam/tc3_request",
            "TC3-HMAC-SHA256 Credential=a/cam/tc3_request, SignedHeaders=content-type;host, Signature=0",
            "TC3-HMAC-SHA256 Credential=a/2023-11-14/cam/tc3, SignedHeaders=content-type;host, Signature=0",
            "TC3-HMAC-SHA256 Credential=a/2023-11-14/cam/tc3_request, SignedHeaders=host, Signature=0",
        ] {
            assert_eq!(Authorization::parse(header), None, "{header}");
        }
    }

    #[test]
    fn version_one_equals_the_vectors() {
        for vector in vectors("tc-10")
            .into_iter()
            .chain(vectors("tc-11"))
            .chain(vectors("tc-pub-3"))
        {
            let inputs = &vector["inputs"];
            let request = request(&vector);
            let mut pairs = form::pairs(&request.body);
            if pairs.is_empty() {
                for (name, value) in inputs["params"].as_object().into_iter().flatten() {
                    let value = value
                        .as_str()
                        .map_or_else(|| value.to_string(), str::to_owned);
                    pairs.push((name.clone(), value));
                }
                pairs.push(("SecretId".to_owned(), text(&inputs["secret_id"]).to_owned()));
            }
            let method = match text(&inputs["sign_method"]) {
                "HmacSHA256" => V1Method::HmacSha256,
                _ => V1Method::HmacSha1,
            };
            let signature = v1_signature(method, text(&inputs["secret_key"]), &request, &pairs);
            assert_eq!(
                signature,
                text(&vector["outputs"]["signature"]),
                "{}",
                vector["id"]
            );
        }
    }

    #[test]
    fn app_logins_equal_the_vectors() {
        for vector in vectors("hw-")
            .iter()
            .filter(|vector| !vector["inputs"]["app_id"].is_null())
        {
            let (inputs, outputs) = (&vector["inputs"], &vector["outputs"]);
            let body: Value = serde_json::from_str(text(&outputs["login_body"])).expect("JSON");
            let login = AppLogin {
                app_id: text(&body["appId"]),
                corp_id: body["corpId"].as_str(),
                user_id: text(&body["userId"]),
                expire_time: body["expireTime"].as_i64().expect("seconds"),
                nonce: text(&body["nonce"]),
            };
            let expected = login.expected(text(&inputs["app_key"]));
            assert_eq!(
                expected,
                text(&outputs["signature_lower_hex"]),
                "{}",
                vector["id"]
            );
            let header = text(&outputs["login_headers"]["Authorization"]);
            let (signature, access) = parse_app_authorization(header).expect("well-formed");
            assert_eq!(signature, text(&outputs["signature_upper_hex"]));
            assert_eq!(access.as_deref(), inputs["app_id"].as_str());
        }
    }

    #[test]
    fn account_logins_equal_the_vector() {
        let vector = &vectors("hw-05")[0];
        let header = text(&vector["outputs"]["login_headers"]["Authorization"]);
        let expected =
            ["user_name", "password"].map(|name| text(&vector["inputs"][name]).to_owned());
        assert_eq!(parse_basic_authorization(header), Some(expected.into()));
        assert_eq!(
            parse_basic_authorization("Basic YWxpY2U="),
            None,
            "there is no colon"
        );
    }

    #[test]
    fn zego_equals_the_vectors() {
        for vector in vectors("zg-") {
            let inputs = &vector["inputs"];
            let app_id = inputs["app_id"].as_u64().expect("a number");
            let signature = zego::expected(
                u32::try_from(app_id).expect("32 bits"),
                text(&inputs["signature_nonce"]),
                text(&inputs["server_secret"]),
                inputs["timestamp"].as_i64().expect("seconds"),
            );
            assert_eq!(
                signature,
                text(&vector["outputs"]["signature"]),
                "{}",
                vector["id"]
            );
        }
    }
}
