//! Identifiers that the vendors hand out: request ids and tokens.
//!
//! They are unique to a run and look as the vendors' do; nothing depends on their being secret.

use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest as _, Sha256};

use crate::signature::hex;

/// Where identifiers come from.
pub(crate) struct Identifiers {
    seed: i64,
    count: AtomicU64,
}

impl Identifiers {
    /// Identifiers that differ from those of a run with another seed.
    pub(crate) fn new(seed: i64) -> Self {
        Self {
            seed,
            count: AtomicU64::new(0),
        }
    }

    /// 64 hexadecimal digits.
    pub(crate) fn next_hex(&self) -> String {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        hex(&Sha256::digest(format!("{}:{count}", self.seed)))
    }

    /// An identifier in the form of a version 4 UUID.
    pub(crate) fn next_uuid(&self) -> String {
        let hex = self.next_hex();
        format!(
            "{}-{}-4{}-a{}-{}",
            &hex[..8],
            &hex[8..12],
            &hex[12..15],
            &hex[15..18],
            &hex[18..30]
        )
    }
}
