//! What was executed, and how often: what a test counts its own calls against.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bindery_model::{Field, Kind};
use serde_json::{Map, Value};

use crate::route::Target;

/// What an emulator has executed. Clones share what they know, also while the server runs.
#[derive(Clone, Debug, Default)]
pub struct Journal(Arc<Mutex<Entries>>);

#[derive(Debug, Default)]
struct Entries {
    executed: BTreeMap<String, u64>,
    /// By action and by inputs.
    effects: BTreeMap<String, BTreeMap<String, u64>>,
    faults: BTreeMap<&'static str, u64>,
    /// What was answered to requests with an idempotency token, by action and token.
    answers: HashMap<(String, String), Value>,
}

impl Journal {
    /// How often each action was executed, by names such as `cam:AddUser`. A request that was
    /// refused was not executed, and neither was one whose idempotency token is known already.
    pub fn executed(&self) -> BTreeMap<String, u64> {
        self.entries().executed.clone()
    }

    /// How often an action that changes something was executed with the same inputs, by the inputs
    /// as JSON.
    pub fn effects(&self, action: &str) -> BTreeMap<String, u64> {
        self.entries()
            .effects
            .get(action)
            .cloned()
            .unwrap_or_default()
    }

    /// How often an action that changes something was executed with these inputs. It is forgotten
    /// then, so that long runs need no more memory than short ones.
    pub fn take_effect(&self, action: &str, inputs: &Value) -> u64 {
        let mut entries = self.entries();
        let effects = entries.effects.get_mut(action);
        let count = effects.and_then(|effects| effects.remove(&inputs.to_string()));
        count.unwrap_or_default()
    }

    /// How many faults of each kind were met: `reset-after`, `code`, and so on.
    pub fn faults(&self) -> BTreeMap<String, u64> {
        let entries = self.entries();
        let faults = entries.faults.iter();
        faults
            .map(|(kind, count)| ((*kind).to_owned(), *count))
            .collect()
    }

    pub(crate) fn count_fault(&self, kind: &'static str) {
        *self.entries().faults.entry(kind).or_default() += 1;
    }

    /// What the request was answered that had the same idempotency token.
    pub(crate) fn known(
        &self,
        target: &Target<'_>,
        arguments: &Map<String, Value>,
    ) -> Option<Value> {
        let key = (target.name(), token(target, arguments)?.to_owned());
        self.entries().answers.get(&key).cloned()
    }

    /// Notes that an action was executed.
    pub(crate) fn record(
        &self,
        target: &Target<'_>,
        arguments: &Map<String, Value>,
        output: &Value,
    ) {
        let name = target.name();
        let mut entries = self.entries();
        if let Some(token) = token(target, arguments) {
            let key = (name.clone(), token.to_owned());
            entries.answers.insert(key, output.clone());
        }
        if target.action.kind != Kind::Read {
            let effects = entries.effects.entry(name.clone()).or_default();
            *effects.entry(inputs(target, arguments)).or_default() += 1;
        }
        *entries.executed.entry(name).or_default() += 1;
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the caller has chosen, as JSON in the order of the parameters.
fn inputs(target: &Target<'_>, arguments: &Map<String, Value>) -> String {
    let chosen = |field: &&Field| !field.set_by_client;
    let fields = target.action.params.iter().filter(chosen);
    let inputs = fields.filter_map(|field| {
        let value = arguments.get(&field.name)?;
        Some((field.name.clone(), value.clone()))
    });
    Value::Object(inputs.collect()).to_string()
}

fn token<'a>(target: &Target<'_>, arguments: &'a Map<String, Value>) -> Option<&'a str> {
    let mut fields = target.action.params.iter();
    let field = fields.find(|field| field.idempotency_token)?;
    let token = arguments.get(&field.name)?.as_str()?;
    (!token.is_empty()).then_some(token)
}
