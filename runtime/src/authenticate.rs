//! Proves who sends a request: for each authentication, what is added to the request.
//!
//! The clock and the random number generator are read in [`Stamp::fresh`] and nowhere else.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};

use crate::compose::Draft;
use crate::config::Endpoint;
use crate::credential::{HuaweiAccount, HuaweiApp, Secrets, TencentKey, ZegoApp};
use crate::encode::Parts;
use crate::error::Error;
use crate::operation::Authentication;
use crate::response::RequestLine;
use crate::send::Sending;
use crate::signing::huawei::{self, AppIdLogin};
use crate::signing::tc3::{self, PayloadHash, SigningKey};
use crate::signing::zego;
use crate::transport::Outgoing;

/// What differs between two attempts to send the same request.
pub(crate) struct Stamp {
    /// Seconds since 1970.
    pub(crate) time: i64,
    pub(crate) nonce: u128,
}

/// The key with which Tencent Cloud requests of one day are signed.
#[derive(Default)]
pub(crate) struct DayKey(Mutex<Option<Arc<SigningKey>>>);

const X_TC_TOKEN: HeaderName = HeaderName::from_static("x-tc-token");
const X_ACCESS_TOKEN: HeaderName = HeaderName::from_static("x-access-token");

/// How long a login can be used after it was signed.
const LOGIN_SECONDS: i64 = 600;

/// What Huawei Cloud Meeting calls a client that is a program.
const CLIENT_TYPE: u64 = 72;

/// Composes a request with the proof of who sends it.
pub(crate) fn sign(
    sending: &Sending<'_>,
    endpoint: &Endpoint,
    parts: Parts,
    stamp: &Stamp,
) -> Result<(Outgoing, RequestLine), Error> {
    let authentication = sending.operation.authentication;
    let secrets = sending.client.config.credential().secrets();
    let mut draft = Draft::new(sending, endpoint, parts, stamp)?;
    match (authentication, secrets) {
        (Authentication::None, _) => {}
        (Authentication::Skip, _) => draft.header(AUTHORIZATION, tc3::SKIP)?,
        (Authentication::Tc3, Secrets::Tencent(key)) => {
            if let Some(token) = &key.token {
                draft.secret_header(X_TC_TOKEN, token)?;
            }
            // The signature covers the request as it goes out, and so comes last.
            let (mut outgoing, line) = draft.finish()?;
            sign_tc3(sending, endpoint, &mut outgoing, key, stamp.time)?;
            return Ok((outgoing, line));
        }
        (Authentication::AppId, Secrets::HuaweiApp(app)) => log_in_app(&mut draft, app, stamp)?,
        (Authentication::Account, Secrets::HuaweiAccount(HuaweiAccount { account, password })) => {
            let authorization = huawei::account_authorization(account, password);
            draft.secret_header(AUTHORIZATION, &authorization)?;
            draft.member("account", account.as_str());
            draft.member("clientType", CLIENT_TYPE);
        }
        (Authentication::Token, Secrets::HuaweiToken(access_token)) => {
            draft.secret_header(X_ACCESS_TOKEN, access_token)?;
        }
        (Authentication::Zego, Secrets::Zego(app)) => sign_zego(&mut draft, app, stamp),
        (authentication, _) => return Err(unserved(authentication)),
    }
    draft.finish()
}

fn sign_tc3(
    sending: &Sending<'_>,
    endpoint: &Endpoint,
    outgoing: &mut Outgoing,
    credential: &TencentKey,
    time: i64,
) -> Result<(), Error> {
    let service = sending.operation.service;
    let signing_key = sending.client.day_key.on(time, || {
        SigningKey::derive(&credential.secret_key, time, service.name)
    });
    let content_type = outgoing.headers.get(CONTENT_TYPE).map(HeaderValue::to_str);
    let request = tc3::Request {
        method: outgoing.method.as_str(),
        host: endpoint.host(),
        query: outgoing.url.query().unwrap_or_default(),
        content_type: content_type.and_then(Result::ok).unwrap_or_default(),
        payload: &PayloadHash::signed(&outgoing.body),
        action: Some(sending.operation.name),
    };
    let signature = tc3::sign(&request, &credential.secret_id, &signing_key, time);
    let mut authorization = HeaderValue::from_str(&signature.authorization)
        .map_err(|error| Error::build("the signature is not a header").with_source(error))?;
    authorization.set_sensitive(true);
    outgoing.headers.insert(AUTHORIZATION, authorization);
    Ok(())
}

fn log_in_app(draft: &mut Draft<'_>, app: &HuaweiApp, stamp: &Stamp) -> Result<(), Error> {
    let nonce = format!("{:032x}", stamp.nonce);
    let login = AppIdLogin {
        app_id: &app.app_id,
        corp_id: app.corp_id.as_deref(),
        user_id: app.user_id.as_deref().unwrap_or_default(),
        expire_time: stamp.time + LOGIN_SECONDS,
        nonce: &nonce,
    };
    let signature = huawei::sign(&login, &app.app_key);
    let authorization = huawei::app_id_authorization(&app.app_id, &signature);
    draft.secret_header(AUTHORIZATION, &authorization)?;
    draft.member("appId", login.app_id);
    draft.member("clientType", CLIENT_TYPE);
    draft.member("expireTime", login.expire_time);
    draft.member("nonce", login.nonce);
    if !login.user_id.is_empty() {
        draft.member("userId", login.user_id);
    }
    if let Some(corp_id) = login.corp_id.filter(|id| !id.is_empty()) {
        draft.member("corpId", corp_id);
    }
    Ok(())
}

fn sign_zego(draft: &mut Draft<'_>, app: &ZegoApp, stamp: &Stamp) {
    // Eight random bytes are asked for.
    let nonce = format!("{:016x}", stamp.nonce >> 64);
    let signature = zego::sign(app.app_id, &nonce, &app.server_secret, stamp.time);
    draft.pair("AppId", app.app_id.to_string());
    draft.pair("SignatureNonce", nonce);
    draft.pair("Timestamp", stamp.time.to_string());
    draft.pair("Signature", signature.value().to_owned());
    draft.pair("SignatureVersion", zego::VERSION.to_owned());
    if let Some(is_test) = app.is_test {
        draft.pair("IsTest", is_test.to_string());
    }
}

/// Says which credential an action needs, and where it comes from.
fn unserved(authentication: Authentication) -> Error {
    let needed = match authentication {
        Authentication::Tc3 => {
            "an API key of Tencent Cloud: make one in the console and use `Credential::tencent`"
        }
        Authentication::AppId => {
            "an application of Huawei Cloud Meeting: use `Credential::huawei_app_id` with the id \
             and the key that the console shows"
        }
        Authentication::Account => {
            "an account of Huawei Cloud Meeting: use `Credential::huawei_account`"
        }
        Authentication::Token => {
            "an access token of Huawei Cloud Meeting: log in first, and use \
             `Credential::huawei_token` with the token that the login returns"
        }
        Authentication::Zego => {
            "an application of ZEGOCLOUD: use `Credential::zego` with the id and the server \
             secret that the console shows"
        }
        Authentication::Skip | Authentication::None => "no credential",
    };
    Error::build(format!("the action needs {needed}"))
}

impl Stamp {
    /// The present time and a nonce that was never used.
    pub(crate) fn fresh() -> Result<Self, Error> {
        let elapsed = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_err(|error| Error::build("the clock is before 1970").with_source(error))?;
        let mut nonce = [0; 16];
        getrandom::fill(&mut nonce).map_err(|error| {
            Error::build("the system gives no random numbers").with_source(error)
        })?;
        Ok(Self {
            time: elapsed.as_secs().cast_signed(),
            nonce: u128::from_be_bytes(nonce),
        })
    }
}

impl DayKey {
    /// The key of the day that a time falls on, derived where it is not the last one used.
    fn on(&self, time: i64, derive: impl FnOnce() -> SigningKey) -> Arc<SigningKey> {
        let mut cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*cached {
            Some(key) if key.covers(time) => key.clone(),
            _ => cached.insert(Arc::new(derive())).clone(),
        }
    }
}
