//! What the vendors know: users, calls, rooms and tokens. One file for each vendor.
//!
//! The worlds start from the examples of the model's pages. An action without a handler here is
//! answered with its example.

pub(crate) mod huawei;
pub(crate) mod tencent;
pub(crate) mod zego;

use std::time::Duration;

use bindery_model::{Action, Model, Service};
use serde_json::{Map, Value};

use crate::reply;
use crate::secrets::Secrets;

/// The worlds of all vendors.
pub(crate) struct World {
    pub(crate) tencent: tencent::World,
    pub(crate) huawei: huawei::World,
    pub(crate) zego: zego::World,
}

impl World {
    /// A world that starts from the model's examples.
    pub(crate) fn new(model: &Model, secrets: &Secrets, token_lifetime: Duration) -> Self {
        Self {
            tencent: tencent::World::new(model),
            huawei: huawei::World::new(model, secrets, token_lifetime),
            zego: zego::World::new(model),
        }
    }
}

/// Every action of every provider, with its service.
fn actions(model: &Model) -> impl Iterator<Item = (&Service, &Action)> {
    let services = model
        .providers
        .iter()
        .flat_map(|provider| &provider.services);
    services.flat_map(|service| service.actions.iter().map(move |action| (service, action)))
}

/// The examples of an action: each request with the output of its reply.
fn examples<'m>(
    model: &'m Model,
    service: &'m str,
    action: &'m str,
) -> impl Iterator<Item = (&'m Map<String, Value>, Value)> {
    actions(model)
        .filter(move |(owner, candidate)| owner.name == service && candidate.name == action)
        .flat_map(|(_, action)| action.examples.iter().map(move |example| (action, example)))
        .filter_map(|(action, example)| {
            let output = reply::unwrap(action.envelope, example.response.as_ref()?)?;
            Some((&example.request, output))
        })
}
