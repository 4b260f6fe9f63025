//! What a client remembers of the hosts that it calls.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::budget::Budget;
use crate::skew::Skew;

/// The hosts by name.
#[derive(Debug, Default)]
pub(crate) struct Peers(Mutex<HashMap<String, Arc<Peer>>>);

/// A host.
#[derive(Debug, Default)]
pub(crate) struct Peer {
    pub(crate) budget: Budget,
    pub(crate) skew: Skew,
}

impl Peers {
    /// What is known of a host.
    pub(crate) fn get(&self, host: &str) -> Arc<Peer> {
        let mut peers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(peer) = peers.get(host) {
            return peer.clone();
        }
        peers.entry(host.to_owned()).or_default().clone()
    }
}
