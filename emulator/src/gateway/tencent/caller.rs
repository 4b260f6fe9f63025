//! Who is calling: permanent keys, temporary ones with their tokens, and the two signatures.

use std::time::SystemTime;

use bindery_model::Authentication;

use super::{Call, Proof, missing};
use crate::gateway::State;
use crate::reply::Refusal;
use crate::request::Request;
use crate::route::Target;
use crate::signature::tencent::{V1Method, v1_signature};
use crate::{clock, form};

/// Checks who signed, when, and what.
pub(super) fn authenticate(
    state: &State,
    request: &Request,
    call: &Call<'_>,
    target: &Target<'_>,
    now: SystemTime,
) -> Result<(), Refusal> {
    let refuse =
        |code: &str, message: &str| Err(Refusal::in_band(format!("AuthFailure.{code}"), message));
    let empty = Vec::new();
    let pairs = call.pairs.as_ref().unwrap_or(&empty);
    let (secret_id, token) = match &call.proof {
        Proof::Skip if target.action.authentication == Authentication::Skip => return Ok(()),
        Proof::Skip => return refuse("InvalidAuthorization", "the action requires a signature"),
        Proof::Tc3(authorization) => (authorization.secret_id, request.header("x-tc-token")),
        Proof::V1 => {
            let secret_id = form::value(pairs, "SecretId").ok_or_else(|| missing("SecretId"))?;
            (secret_id, form::value(pairs, "Token"))
        }
    };
    let key = secret_key(state, secret_id, token.unwrap_or_default(), now)?;
    let timestamp = call.timestamp.parse::<i64>().unwrap_or_default();
    let window = target.provider.clock_window.as_secs();
    if clock::seconds(now).abs_diff(timestamp) > window {
        return refuse(
            "SignatureExpire",
            "the timestamp is too far from the server's time",
        );
    }
    let genuine = if let Proof::Tc3(authorization) = &call.proof {
        let expected = authorization.expected(&key, request, timestamp);
        authorization.date == clock::utc_day(timestamp)
            && expected.as_deref() == Some(authorization.signature)
    } else {
        let signature = form::value(pairs, "Signature").ok_or_else(|| missing("Signature"))?;
        v1_signature(v1_method(pairs)?, &key, request, pairs) == signature
    };
    if genuine {
        Ok(())
    } else {
        refuse(
            "SignatureFailure",
            "the signature is not what the server computed",
        )
    }
}

/// The secret half of a key. A permanent one has no token, and a temporary one needs its own.
fn secret_key(
    state: &State,
    secret_id: &str,
    token: &str,
    now: SystemTime,
) -> Result<String, Refusal> {
    let secrets = &state.secrets;
    let sessions = state.sessions();
    let key = if secret_id == secrets.tencent_secret_id() {
        token.is_empty().then(|| secrets.tencent_secret_key())
    } else if let Some(session) = sessions.get(secret_id) {
        session.secret_key(token, now)
    } else {
        let message = "the secret id does not exist";
        return Err(Refusal::in_band("AuthFailure.SecretIdNotFound", message));
    };
    key.map(str::to_owned).ok_or_else(|| {
        let message = "the token does not belong to the key, or has expired";
        Refusal::in_band("AuthFailure.TokenFailure", message)
    })
}

fn v1_method(pairs: &[(String, String)]) -> Result<V1Method, Refusal> {
    match form::value(pairs, "SignatureMethod") {
        None | Some("HmacSHA1") => Ok(V1Method::HmacSha1),
        Some("HmacSHA256") => Ok(V1Method::HmacSha256),
        Some(_) => {
            let message = "the parameter `SignatureMethod` is neither HmacSHA1 nor HmacSHA256";
            Err(Refusal::in_band("InvalidParameterValue", message))
        }
    }
}
