//! The vendors' signatures, for requests that no vector covers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bindery_emulator::Secrets;
use hmac::{Hmac, KeyInit as _, Mac as _};
use md5::Md5;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::Outgoing;

/// A Tencent Cloud request, signed by TC3 unless something is changed afterwards.
#[derive(Clone)]
pub(crate) struct Tencent {
    pub(crate) service: &'static str,
    pub(crate) action: &'static str,
    pub(crate) version: &'static str,
    pub(crate) region: Option<&'static str>,
    pub(crate) timestamp: u64,
    pub(crate) secret_id: String,
    pub(crate) secret_key: String,
    /// Headers besides `content-type` and `host` that are to be signed.
    pub(crate) extra_signed: Vec<(&'static str, String)>,
    pub(crate) unsigned_payload: bool,
}

impl Tencent {
    pub(crate) fn new(service: &'static str, action: &'static str, version: &'static str) -> Self {
        let secrets = Secrets::sample();
        Self {
            service,
            action,
            version,
            region: None,
            timestamp: super::NOW,
            secret_id: secrets.tencent_secret_id().to_owned(),
            secret_key: secrets.tencent_secret_key().to_owned(),
            extra_signed: Vec::new(),
            unsigned_payload: false,
        }
    }

    pub(crate) fn post(&self, body: &Value) -> Outgoing {
        self.sign(
            "POST",
            "",
            body.to_string().into_bytes(),
            "application/json",
        )
    }

    pub(crate) fn get(&self, query: &str) -> Outgoing {
        self.sign(
            "GET",
            query,
            Vec::new(),
            "application/x-www-form-urlencoded",
        )
    }

    pub(crate) fn sign(
        &self,
        method: &str,
        query: &str,
        body: Vec<u8>,
        content_type: &str,
    ) -> Outgoing {
        let host = format!("{}.tencentcloudapi.com", self.service);
        let mut signed = vec![
            ("content-type", content_type.to_owned()),
            ("host", host.clone()),
        ];
        signed.extend(self.extra_signed.clone());
        let names: Vec<_> = signed.iter().map(|(name, _)| *name).collect();
        let names = names.join(";");
        let headers: Vec<_> = signed
            .iter()
            .map(|(name, value)| format!("{name}:{}\n", value.trim().to_lowercase()))
            .collect();
        let headers = headers.concat();
        let payload = if self.unsigned_payload {
            b"UNSIGNED-PAYLOAD".to_vec()
        } else {
            body.clone()
        };
        let canonical = format!(
            "{method}\n/\n{query}\n{headers}\n{names}\n{}",
            hex(&Sha256::digest(payload))
        );
        // The vectors' instant and those within a few hours of it.
        let date = if self.timestamp < 1_700_006_400 {
            "2023-11-14"
        } else {
            "2023-11-15"
        };
        let scope = format!("{date}/{}/tc3_request", self.service);
        let digest = hex(&Sha256::digest(canonical));
        let string_to_sign = format!("TC3-HMAC-SHA256\n{}\n{scope}\n{digest}", self.timestamp);
        let key = hmac_sha256(
            format!("TC3{}", self.secret_key).as_bytes(),
            date.as_bytes(),
        );
        let key = hmac_sha256(&hmac_sha256(&key, self.service.as_bytes()), b"tc3_request");
        let signature = hex(&hmac_sha256(&key, string_to_sign.as_bytes()));
        let credential = format!("{}/{scope}", self.secret_id);
        let target = if query.is_empty() {
            "/".to_owned()
        } else {
            format!("/?{query}")
        };
        let mut request = Outgoing::new(method, &target)
            .header("Host", &host)
            .header("Content-Type", content_type)
            .header("X-TC-Action", self.action)
            .header("X-TC-Version", self.version)
            .header("X-TC-Timestamp", &self.timestamp.to_string())
            .header(
                "Authorization",
                &format!(
                    "TC3-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, \
                     Signature={signature}"
                ),
            );
        if let Some(region) = self.region {
            request = request.header("X-TC-Region", region);
        }
        if self.unsigned_payload {
            request = request.header("X-TC-Content-SHA256", "UNSIGNED-PAYLOAD");
        }
        for (name, value) in self
            .extra_signed
            .iter()
            .filter(|(name, _)| *name != "x-tc-action")
        {
            request = request.header(name, value);
        }
        request.body = body;
        request
    }
}

/// The login of an app's user at Huawei Cloud Meeting.
pub(crate) fn huawei_app_login(user_id: &str, expire_time: u64) -> (String, Value) {
    let secrets = Secrets::sample();
    let nonce = "0123456789abcdef0123456789abcdef";
    let app_id = secrets.huawei_app_id();
    let message = format!("{app_id}:{user_id}:{expire_time}:{nonce}");
    let signature = hex(&hmac_sha256(
        secrets.huawei_app_key().as_bytes(),
        message.as_bytes(),
    ));
    let access = STANDARD.encode(app_id);
    let body = serde_json::json!({
        "appId": app_id, "clientType": 72, "expireTime": expire_time, "nonce": nonce,
        "userId": user_id,
    });
    (
        format!("HMAC-SHA256 signature={signature},access={access}"),
        body,
    )
}

/// The common parameters of a ZEGOCLOUD request.
pub(crate) fn zego_query(action: &str, nonce: &str, timestamp: u64) -> String {
    let secrets = Secrets::sample();
    let (app_id, secret) = (secrets.zego_app_id(), secrets.zego_server_secret());
    let signature = hex(&Md5::digest(format!("{app_id}{nonce}{secret}{timestamp}")));
    format!(
        "Action={action}&AppId={app_id}&SignatureNonce={nonce}&Timestamp={timestamp}\
         &Signature={signature}&SignatureVersion=2.0"
    )
}

fn hmac_sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    let digits: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.concat()
}
