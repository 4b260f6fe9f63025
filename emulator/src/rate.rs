//! Documented rate limits as token buckets.
//!
//! A bucket holds as many calls as one period allows and fills evenly, so that a burst of the
//! documented size passes and the next call has to wait.

use std::collections::HashMap;
use std::time::SystemTime;

use bindery_model::RateScope;
use serde_json::{Map, Value};

use crate::gateway::text;
use crate::route::Target;

/// How full each bucket is.
#[derive(Default)]
pub(crate) struct Buckets {
    levels: HashMap<Key, Level>,
}

/// Who is calling, for the limits that are not one caller's alone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller<'a> {
    /// The account or key.
    pub(crate) account: &'a str,
    /// The application.
    pub(crate) application: &'a str,
    /// The inputs, which name the room where there is one.
    pub(crate) arguments: &'a Map<String, Value>,
}

#[derive(PartialEq, Eq, Hash)]
struct Key {
    service: String,
    action: String,
    limit: usize,
    owner: String,
}

struct Level {
    tokens: f64,
    updated: SystemTime,
}

impl Buckets {
    /// Takes one call from every bucket of the action, or says whose limit is used up.
    pub(crate) fn take(
        &mut self,
        target: &Target<'_>,
        caller: Caller<'_>,
        now: SystemTime,
    ) -> Result<(), RateScope> {
        for (index, limit) in target.action.rate_limits.iter().enumerate() {
            let owner = match (limit.scope, &limit.by) {
                (RateScope::Room, Some(by)) => text(caller.arguments, by),
                (RateScope::Application, _) => caller.application.to_owned(),
                _ => caller.account.to_owned(),
            };
            let key = Key {
                service: target.service.host.clone(),
                action: target.action.name.clone(),
                limit: index,
                owner,
            };
            let capacity = f64::from(limit.count);
            let level = self.levels.entry(key).or_insert(Level {
                tokens: capacity,
                updated: now,
            });
            let elapsed = now.duration_since(level.updated).unwrap_or_default();
            let refill = capacity * elapsed.as_secs_f64() / limit.period.as_secs_f64();
            level.tokens = (level.tokens + refill).min(capacity);
            level.updated = now;
            if level.tokens < 1.0 {
                return Err(limit.scope);
            }
            level.tokens -= 1.0;
        }
        Ok(())
    }
}
