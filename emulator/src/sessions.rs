//! Temporary keys, as Tencent Cloud's security token service hands them out.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use serde_json::{Map, Value, json};

use crate::clock;
use crate::identifiers::Identifiers;
use crate::route::Target;

/// How long a key is valid where the request does not say.
const USUAL_SECONDS: u64 = 7_200;

/// The temporary keys that were handed out, by their ids. Expired ones are kept, as they are
/// refused in another way than unknown ones.
pub(crate) struct Sessions {
    by_id: HashMap<String, Session>,
    longest: Duration,
}

/// A temporary key.
pub(crate) struct Session {
    secret_key: String,
    token: String,
    expires: SystemTime,
}

impl Sessions {
    /// No keys yet. Those to come are valid for as long as the request says, and so long at most.
    pub(crate) fn new(longest: Duration) -> Self {
        Self {
            by_id: HashMap::new(),
            longest,
        }
    }

    /// The key with this id.
    pub(crate) fn get(&self, secret_id: &str) -> Option<&Session> {
        self.by_id.get(secret_id)
    }

    /// Answers an action that hands out a key; none when the action is another one.
    pub(crate) fn answer(
        &mut self,
        target: &Target<'_>,
        arguments: &Map<String, Value>,
        identifiers: &Identifiers,
        now: SystemTime,
    ) -> Option<Value> {
        let assumes = target.service.name == "sts"
            && matches!(
                target.action.name.as_str(),
                "AssumeRole" | "AssumeRoleWithSAML" | "AssumeRoleWithWebIdentity"
            );
        if !assumes {
            return None;
        }
        let seconds = arguments.get("DurationSeconds").and_then(Value::as_u64);
        let lifetime = Duration::from_secs(seconds.unwrap_or(USUAL_SECONDS));
        let expires = now + lifetime.min(self.longest);
        let secret_id = format!("AKID{}EXAMPLE", identifiers.next_hex());
        let session = Session {
            secret_key: identifiers.next_hex(),
            token: identifiers.next_hex(),
            expires,
        };
        let output = json!({
            "Credentials": {
                "Token": session.token,
                "TmpSecretId": secret_id,
                "TmpSecretKey": session.secret_key,
            },
            "ExpiredTime": clock::seconds(expires),
            "Expiration": clock::iso_date(expires),
        });
        self.by_id.insert(secret_id, session);
        Some(output)
    }
}

impl Session {
    /// The secret half of the key, if it is used with its token and before it expires.
    pub(crate) fn secret_key(&self, token: &str, now: SystemTime) -> Option<&str> {
        (self.token == token && now < self.expires).then_some(&self.secret_key)
    }
}
