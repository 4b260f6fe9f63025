//! Takes the secrets of a call out of what comes from outside: vendors, and the gateways before
//! them, quote the requests that they refuse.

use std::cmp::Reverse;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::Credential;
use crate::credential::HIDDEN;
use crate::percent;
use crate::record::{Peek, Record};
use crate::send::Sending;

/// What is shorter stands in a text by chance.
const SHORTEST: usize = 8;

/// The secrets of a call, in the forms in which they travel, the longest first.
pub(crate) struct Redaction(Vec<Zeroizing<String>>);

impl Redaction {
    /// The secrets of who calls, those in the request, and those that a proxy is told.
    pub(crate) fn of(sending: &Sending<'_>, credential: &Credential) -> Self {
        let mut secrets = secrets(sending.request);
        if let Ok(endpoint) = sending.endpoint() {
            secrets.extend(sending.client.config.http().proxies.secrets(&endpoint.base));
        }
        secrets.extend(credential.sent());
        secrets.retain(|secret| secret.len() >= SHORTEST);
        let forms = secrets.iter().flat_map(|secret| {
            let json = Value::from(secret.as_str()).to_string();
            [percent::encode(secret), json[1..json.len() - 1].to_owned()]
        });
        let forms: Vec<_> = forms.map(Zeroizing::new).collect();
        secrets.extend(forms);
        longest_first(&mut secrets);
        Self(secrets)
    }

    /// A text without the secrets.
    pub(crate) fn apply(&self, text: String) -> String {
        let hide = |text: String, secret: &Zeroizing<String>| text.replace(secret.as_str(), HIDDEN);
        self.0.iter().fold(text, hide)
    }
}

/// The texts in a record that the specification calls sensitive.
pub(crate) fn secrets(record: &dyn Record) -> Vec<Zeroizing<String>> {
    let mut secrets = Vec::new();
    collect_members(record, false, &mut secrets);
    longest_first(&mut secrets);
    secrets
}

/// One secret may be a part of another, of which nothing must be left.
fn longest_first(secrets: &mut [Zeroizing<String>]) {
    secrets.sort_unstable_by_key(|secret| Reverse(secret.len()));
}

fn collect_members(record: &dyn Record, is_sensitive: bool, secrets: &mut Vec<Zeroizing<String>>) {
    for (index, member) in record.members().iter().enumerate() {
        let is_sensitive = is_sensitive || member.is_sensitive();
        collect(record.peek(index), is_sensitive, secrets);
    }
}

fn collect(value: Peek<'_>, is_sensitive: bool, secrets: &mut Vec<Zeroizing<String>>) {
    match value {
        Peek::String(text) | Peek::StringEnum(text, _) if is_sensitive && !text.is_empty() => {
            secrets.push(Zeroizing::new(text.to_owned()));
        }
        Peek::Bytes(bytes) if is_sensitive && !bytes.is_empty() => {
            secrets.push(Zeroizing::new(STANDARD.encode(bytes)));
        }
        Peek::Json(value) if is_sensitive => collect_json(value, secrets),
        Peek::Record(record) => collect_members(record, is_sensitive, secrets),
        Peek::List(list) => {
            for index in 0..list.len() {
                collect(list.peek(index), is_sensitive, secrets);
            }
        }
        Peek::Map(map) => map.each(&mut |_, value| collect(value, is_sensitive, secrets)),
        _ => {}
    }
}

fn collect_json(value: &Value, secrets: &mut Vec<Zeroizing<String>>) {
    match value {
        Value::String(text) if !text.is_empty() => secrets.push(Zeroizing::new(text.clone())),
        Value::Array(items) => items.iter().for_each(|item| collect_json(item, secrets)),
        Value::Object(members) => members
            .values()
            .for_each(|item| collect_json(item, secrets)),
        _ => {}
    }
}
