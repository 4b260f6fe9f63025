//! Proves who sends a request: for each authentication, what is added to the request.

use std::sync::{Arc, Mutex, PoisonError};

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};

use crate::compose::Draft;
use crate::credential::{Credential, HuaweiAccount, HuaweiApp, Secrets, TencentKey, ZegoApp};
use crate::encode::Parts;
use crate::endpoint::Endpoint;
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
    /// Milliseconds since 1970 by the vendor's clock.
    pub(crate) time: i64,
    /// Makes a number that is used once. Few requests need one, and the system takes its time.
    pub(crate) nonce: fn() -> Result<u128, Error>,
    pub(crate) credential: Credential,
}

/// The key with which Tencent Cloud requests of one day are signed, and the credential that it was
/// derived from.
#[derive(Default)]
pub(crate) struct DayKey(Mutex<Option<(Credential, Arc<SigningKey>)>>);

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
    let secrets = stamp.credential.secrets();
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
            sign_tc3(sending, endpoint, &mut outgoing, key, stamp)?;
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
        (Authentication::Zego, Secrets::Zego(app)) => sign_zego(&mut draft, app, stamp)?,
        (authentication, _) => return Err(unserved(authentication)),
    }
    draft.finish()
}

fn sign_tc3(
    sending: &Sending<'_>,
    endpoint: &Endpoint,
    outgoing: &mut Outgoing,
    key: &TencentKey,
    stamp: &Stamp,
) -> Result<(), Error> {
    let service = sending.operation.service;
    let time = stamp.second();
    let day_key = &sending.client.day_key;
    let signing_key = day_key.on(time, &stamp.credential, || {
        SigningKey::derive(&key.secret_key, time, service.name)
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
    let signature = tc3::sign(&request, &key.secret_id, &signing_key, time);
    let mut authorization = HeaderValue::from_str(&signature.authorization)
        .map_err(|error| Error::build("the signature is not a header").with_source(error))?;
    authorization.set_sensitive(true);
    outgoing.headers.insert(AUTHORIZATION, authorization);
    Ok(())
}

fn log_in_app(draft: &mut Draft<'_>, app: &HuaweiApp, stamp: &Stamp) -> Result<(), Error> {
    let nonce = format!("{:032x}", (stamp.nonce)()?);
    let login = AppIdLogin {
        app_id: &app.app_id,
        corp_id: app.corp_id.as_deref(),
        user_id: app.user_id.as_deref().unwrap_or_default(),
        expire_time: stamp.second() + LOGIN_SECONDS,
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

fn sign_zego(draft: &mut Draft<'_>, app: &ZegoApp, stamp: &Stamp) -> Result<(), Error> {
    // Eight random bytes are asked for.
    let nonce = format!("{:016x}", (stamp.nonce)()? >> 64);
    let signature = zego::sign(app.app_id, &nonce, &app.server_secret, stamp.second());
    draft.pair("AppId", app.app_id.to_string());
    draft.pair("SignatureNonce", nonce);
    draft.pair("Timestamp", stamp.second().to_string());
    draft.pair("Signature", signature.value().to_owned());
    draft.pair("SignatureVersion", zego::VERSION.to_owned());
    if let Some(is_test) = app.is_test {
        draft.pair("IsTest", is_test.to_string());
    }
    Ok(())
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
    /// Seconds since 1970.
    pub(crate) fn second(&self) -> i64 {
        self.time.div_euclid(1000)
    }
}

impl DayKey {
    /// A credential's key of the day that a time falls on, derived where it is not the last one
    /// used.
    fn on(
        &self,
        time: i64,
        credential: &Credential,
        derive: impl FnOnce() -> SigningKey,
    ) -> Arc<SigningKey> {
        let mut cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*cached {
            Some((owner, key)) if owner.is_same(credential) && key.covers(time) => key.clone(),
            _ => {
                let key = Arc::new(derive());
                *cached = Some((credential.clone(), key.clone()));
                key
            }
        }
    }
}
