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

/// So many hosts are remembered without looking whether they are in use. A client has few, but
/// [`Call::endpoint`](crate::Call::endpoint) may name another each time.
const MAX_IDLE: usize = 256;

impl Peers {
    /// What is known of a host.
    pub(crate) fn get(&self, host: &str) -> Arc<Peer> {
        let mut peers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(peer) = peers.get(host) {
            return peer.clone();
        }
        if peers.len() >= MAX_IDLE {
            peers.retain(|_, peer| Arc::strong_count(peer) > 1);
        }
        peers.entry(host.to_owned()).or_default().clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_that_nobody_calls_are_forgotten_once_there_are_many() {
        let peers = Peers::default();
        let called = peers.get("called.example.com");
        for number in 0..10 * MAX_IDLE {
            peers.get(&format!("{number}.example.com"));
        }
        let kept = peers.0.lock().unwrap().len();
        assert!(kept <= MAX_IDLE, "{kept} are kept");
        assert!(Arc::ptr_eq(&called, &peers.get("called.example.com")));
    }
}
