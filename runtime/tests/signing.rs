//! Every signature that a vendor publishes or an official SDK computes, step by step.
//!
//! `vectors.json` and `sdk-vectors.json` are data from outside; each vector says where it comes
//! from. All that our code computes is compared with them, never with itself.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bindery_runtime::signing::huawei::{self, AppIdLogin};
use bindery_runtime::signing::tc3::{self, PayloadHash, Request, SigningKey};
use bindery_runtime::signing::tencent_v1::{self, Algorithm};
use bindery_runtime::signing::{query_string, zego};
use serde_json::Value;

/// What is checked of each vector. A vector that is not listed fails the test, and so does a line
/// without a vector.
const CHECKS: &[(&str, Check)] = &[
    ("tc-01-post-json", tc3_signature),
    ("tc-02-get", tc3_signature),
    ("tc-03-post-nonascii-escaped", tc3_signature),
    ("tc-04-post-nonascii-raw-utf8", tc3_signature),
    ("tc-05-post-token", tc3_signature),
    ("tc-05b-post-notoken", tc3_signature),
    ("tc-07-post-empty", tc3_signature),
    ("tc-08-get-empty", tc3_signature),
    ("tc-10-v1-hmacsha1-post", tencent_v1_form),
    ("tc-11-v1-hmacsha256-post", tencent_v1_form),
    ("tc-13-skip-sign", skipped_signature),
    ("tc-14-octet-stream", tc3_signature),
    ("tc-15-multipart", tc3_signature),
    ("tc-02b-get-sorted", tc3_signature),
    ("tc-18-post-empty-language-default", tc3_signature),
    ("tc-pub-1", tc3_signature),
    ("tc-pub-2", tc3_signature),
    ("tc-pub-3-v1-sha1", tencent_v1_published),
    ("zg-pub-1", zego_signature),
    ("zg-01", zego_query),
    ("zg-02", zego_query),
    ("hw-01-appid-user", huawei_app_id_login),
    ("hw-02-appid-admin", huawei_app_id_login),
    ("hw-04-appid-sp-admin", huawei_app_id_login),
    ("hw-05-account", huawei_account_login),
    ("hw-pub-1-unverifiable", huawei_published_format),
    ("sdk-unsigned-payload", tc3_signature),
    ("sdk-regional-host", tc3_signature),
    ("sdk-get-reserved-characters", tc3_signature),
    ("sdk-v1-token-reserved-characters", tencent_v1_form),
];

type Check = fn(&Vector);

struct Vector {
    id: String,
    inputs: Value,
    outputs: Value,
}

#[test]
fn every_vector_is_met() {
    let vectors: Vec<Vector> = [
        include_str!("vectors.json"),
        include_str!("sdk-vectors.json"),
    ]
    .into_iter()
    .flat_map(read)
    .collect();

    let ids: Vec<&str> = vectors.iter().map(|vector| vector.id.as_str()).collect();
    let checked: Vec<&str> = CHECKS.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, checked);

    for (vector, (_, check)) in vectors.iter().zip(CHECKS) {
        check(vector);
    }
}

#[test]
fn the_key_of_a_day_ends_with_it() {
    // 2023-11-14, from its first to its last second.
    let key = SigningKey::derive("secret", 1_700_000_000, "cvm");
    assert!(key.covers(1_699_920_000) && key.covers(1_700_006_399));
    assert!(!key.covers(1_699_919_999) && !key.covers(1_700_006_400));
}

#[test]
fn debug_shows_no_secret() {
    let key = SigningKey::derive("secret", 1_700_000_000, "cvm");
    assert_eq!(
        format!("{key:?}"),
        r#"SigningKey { scope: "2023-11-14/cvm/tc3_request", .. }"#
    );
    let request = Request {
        method: "GET",
        host: "cvm.tencentcloudapi.com",
        query: "Password=secret",
        content_type: "application/x-www-form-urlencoded",
        payload: &PayloadHash::signed(b""),
        action: None,
    };
    let signed = tc3::sign(&request, "id", &key, 1_700_000_000);
    assert_eq!(format!("{signed:?}"), "Signature { .. }");
    let signed = zego::sign(1, "nonce", "secret", 1_700_000_000);
    assert_eq!(format!("{signed:?}"), "Signature { .. }");
}

fn tc3_signature(vector: &Vector) {
    let Vector {
        id,
        inputs,
        outputs,
    } = vector;
    let body = body(vector);
    let payload = if inputs["unsigned_payload"] == true {
        PayloadHash::unsigned()
    } else {
        PayloadHash::signed(&body)
    };
    let signed_headers = inputs["signed_headers"]
        .as_str()
        .unwrap_or("content-type;host");
    let query = outputs["query_string"].as_str().unwrap_or_default();
    let request = Request {
        method: text(inputs, "method"),
        host: text(inputs, "host"),
        query,
        content_type: inputs["content_type"]
            .as_str()
            .unwrap_or_else(|| text(&outputs["headers"], "Content-Type")),
        payload: &payload,
        action: signed_headers
            .contains("x-tc-action")
            .then(|| text(inputs, "action")),
    };
    let timestamp = integer(inputs, "timestamp");
    let key = SigningKey::derive(
        text(inputs, "secret_key"),
        timestamp,
        text(inputs, "service"),
    );
    let signed = tc3::sign(&request, text(inputs, "secret_id"), &key, timestamp);

    for name in ["body_sha256", "body_utf8_sha256"] {
        let hash = outputs[name].as_str().unwrap_or_default();
        assert!(signed.canonical_request.ends_with(hash), "{id}: {name}");
    }
    assert_eq!(
        signed.canonical_request,
        text(outputs, "canonical_request"),
        "{id}"
    );
    let (_, hash) = signed.string_to_sign.rsplit_once('\n').expect("four lines");
    assert_eq!(hash, text(outputs, "hashed_canonical_request"), "{id}");
    assert_eq!(
        signed.string_to_sign,
        text(outputs, "string_to_sign"),
        "{id}"
    );
    assert_eq!(signed.signature, text(outputs, "signature"), "{id}");
    let authorization = outputs["authorization"]
        .as_str()
        .unwrap_or_else(|| text(&outputs["headers"], "Authorization"));
    assert_eq!(signed.authorization, authorization, "{id}");
    if inputs["unsigned_payload"] == true {
        let sent = text(&outputs["headers"], "X-TC-Content-SHA256");
        assert_eq!(tc3::UNSIGNED_PAYLOAD, sent, "{id}");
    }
    assert_eq!(
        query_string(&decode(query)),
        spaces_as_percent(query),
        "{id}"
    );
}

fn skipped_signature(Vector { id, outputs, .. }: &Vector) {
    let sent = text(&outputs["headers"], "Authorization");
    assert_eq!(tc3::SKIP, sent, "{id}");
}

/// The body names everything that was signed, in an order of its own.
fn tencent_v1_form(vector: &Vector) {
    let Vector {
        id,
        inputs,
        outputs,
    } = vector;
    let form = text(outputs, "body");
    let mut parameters = decode(form);
    let sent = parameters.pop().expect("a parameter");
    assert_eq!(sent.0, "Signature", "{id}");

    let algorithm = [Algorithm::HmacSha1, Algorithm::HmacSha256]
        .into_iter()
        .find(|algorithm| algorithm.name() == text(inputs, "sign_method"))
        .expect("an algorithm of version 1");
    let signature = tencent_v1::sign(
        text(inputs, "method"),
        text(inputs, "host"),
        &parameters,
        text(inputs, "secret_key"),
        algorithm,
    );
    assert_eq!(
        signature.string_to_sign(),
        text(outputs, "string_to_sign"),
        "{id}"
    );
    assert_eq!(signature.value(), text(outputs, "signature"), "{id}");

    parameters.push((sent.0, signature.value().to_owned()));
    assert_eq!(query_string(&parameters), spaces_as_percent(form), "{id}");
}

/// The documentation gives the parameters, without `SignatureMethod` and apart from `SecretId`.
fn tencent_v1_published(vector: &Vector) {
    let Vector {
        id,
        inputs,
        outputs,
    } = vector;
    let mut parameters = vec![("SecretId", text(inputs, "secret_id").to_owned())];
    for (name, value) in inputs["params"].as_object().expect("an object") {
        let value = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        parameters.push((name, value));
    }
    let signature = tencent_v1::sign(
        text(inputs, "method"),
        text(inputs, "host"),
        &parameters,
        text(inputs, "secret_key"),
        Algorithm::HmacSha1,
    );
    assert_eq!(
        signature.string_to_sign(),
        text(outputs, "string_to_sign"),
        "{id}"
    );
    assert_eq!(signature.value(), text(outputs, "signature"), "{id}");
    assert_eq!(
        query_string(&[("Signature", signature.value())]),
        format!("Signature={}", text(outputs, "signature_urlencoded")),
        "{id}"
    );
}

/// The members of the login's body are the ones that its header signs.
fn huawei_app_id_login(vector: &Vector) {
    let Vector {
        id,
        inputs,
        outputs,
    } = vector;
    let body: Value = serde_json::from_str(text(outputs, "login_body")).expect("JSON");
    let several_tenants = inputs["tenant"] == "TenantSceneEnum.MULTI_TENANT";
    let login = AppIdLogin {
        app_id: text(&body, "appId"),
        corp_id: several_tenants.then(|| text(&body, "corpId")),
        user_id: text(&body, "userId"),
        expire_time: integer(&body, "expireTime"),
        nonce: text(&body, "nonce"),
    };
    let signature = huawei::sign(&login, text(inputs, "app_key"));
    assert_eq!(
        signature.string_to_sign(),
        text(outputs, "string_to_sign"),
        "{id}"
    );
    assert_eq!(
        signature.value(),
        text(outputs, "signature_lower_hex"),
        "{id}"
    );

    // The SDK writes the signature in upper case, the documentation in lower case.
    let sent = text(&outputs["login_headers"], "Authorization");
    let upper = text(outputs, "signature_upper_hex");
    assert_eq!(
        huawei::app_id_authorization(login.app_id, &signature),
        sent.replace(upper, &upper.to_lowercase()),
        "{id}"
    );
}

fn huawei_account_login(vector: &Vector) {
    let Vector {
        id,
        inputs,
        outputs,
    } = vector;
    let body: Value = serde_json::from_str(text(outputs, "login_body")).expect("JSON");
    let authorization =
        huawei::account_authorization(text(&body, "account"), text(inputs, "password"));
    let sent = text(&outputs["login_headers"], "Authorization");
    assert_eq!(*authorization, sent, "{id}");
}

/// The vendor does not publish the key of this sample, so its signature can only be compared in
/// form, with one of another key.
fn huawei_published_format(vector: &Vector) {
    let Vector {
        id,
        inputs,
        outputs,
    } = vector;
    let login = AppIdLogin {
        app_id: text(inputs, "app_id"),
        corp_id: None,
        user_id: text(inputs, "user_id"),
        expire_time: integer(inputs, "expire_time"),
        nonce: text(inputs, "nonce"),
    };
    let signature = huawei::sign(&login, "another key");
    let form = |hex: &str| {
        let lower = hex
            .bytes()
            .all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
        (hex.len(), lower)
    };
    assert_eq!(
        form(signature.value()),
        form(text(outputs, "signature")),
        "{id}"
    );

    let authorization = huawei::app_id_authorization(login.app_id, &signature);
    let access = authorization
        .rsplit_once(",access=")
        .map(|(_, access)| access);
    assert_eq!(access, Some(text(outputs, "access_base64")), "{id}");
}

fn zego_signature(vector: &Vector) {
    let Vector {
        id,
        inputs,
        outputs,
    } = vector;
    let signature = zego::sign(
        u32::try_from(integer(inputs, "app_id")).expect("32 bits"),
        text(inputs, "signature_nonce"),
        text(inputs, "server_secret"),
        integer(inputs, "timestamp"),
    );
    assert_eq!(
        signature.string_to_sign(),
        text(outputs, "string_to_sign"),
        "{id}"
    );
    assert_eq!(signature.value(), text(outputs, "signature"), "{id}");
}

/// Brackets can be sent percent-encoded, as we do, or as they are.
fn zego_query(vector: &Vector) {
    zego_signature(vector);
    let Vector {
        id,
        inputs,
        outputs,
    } = vector;
    let mut parameters: Vec<(String, String)> = [
        ("Action", text(inputs, "action")),
        ("AppId", &inputs["app_id"].to_string()),
        ("SignatureNonce", text(inputs, "signature_nonce")),
        ("Timestamp", &inputs["timestamp"].to_string()),
        ("Signature", text(outputs, "signature")),
        ("SignatureVersion", zego::VERSION),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    let business: Vec<(String, String)> =
        serde_json::from_value(inputs["business_params"].clone()).expect("pairs");
    parameters.extend(business);

    let encoded = spaces_as_percent(text(outputs, "query_string_bracket_encoded"));
    assert_eq!(query_string(&parameters), encoded, "{id}");
    let plain = text(outputs, "query_string_plain_brackets");
    assert_eq!(decode(plain), parameters, "{id}");
}

fn read(json: &str) -> Vec<Vector> {
    let mut file: Value = serde_json::from_str(json).expect("JSON");
    let Value::Array(vectors) = file["vectors"].take() else {
        panic!("expected a list of vectors");
    };
    vectors
        .into_iter()
        .map(|mut vector| Vector {
            id: text(&vector, "id").to_owned(),
            inputs: vector["inputs"].take(),
            outputs: vector["outputs"].take(),
        })
        .collect()
}

fn body(
    Vector {
        inputs, outputs, ..
    }: &Vector,
) -> Vec<u8> {
    if let Some(encoded) = outputs["body_base64"].as_str() {
        return STANDARD.decode(encoded).expect("base64");
    }
    let body = outputs["body"]
        .as_str()
        .unwrap_or_else(|| text(inputs, "body"));
    body.as_bytes().to_vec()
}

fn text<'a>(object: &'a Value, member: &str) -> &'a str {
    object[member]
        .as_str()
        .unwrap_or_else(|| panic!("expected a text {member} in {object}"))
}

fn integer(object: &Value, member: &str) -> i64 {
    object[member]
        .as_i64()
        .unwrap_or_else(|| panic!("expected an integer {member} in {object}"))
}

fn decode(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

/// Python writes a space as `+`, and a plus sign always as `%2B`.
fn spaces_as_percent(query: &str) -> String {
    query.replace('+', "%20")
}
