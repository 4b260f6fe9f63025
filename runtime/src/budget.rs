//! How many retries a client may spend on one host: a bucket of tokens that retries empty and
//! successes refill.
//!
//! When a host is down, every call fails, and retrying them all multiplies the load just when the
//! host can bear it least. With the bucket, the retries of a client stop after a few dozen until
//! calls succeed again. The numbers are those of the AWS SDKs' standard retry mode.

use std::sync::{Mutex, PoisonError};

/// What a full bucket holds.
const CAPACITY: u32 = 500;

/// What a retry costs after a failure that is not the vendor's request to slow down.
const TRANSIENT: u32 = 14;

/// What a retry costs after the vendor has asked to slow down. Such retries wait longer, and so do
/// less harm.
const THROTTLED: u32 = 5;

/// What a call gives back that succeeds at once.
const REFUND: u32 = 1;

/// The tokens that are left.
#[derive(Debug)]
pub(crate) struct Budget(Mutex<u32>);

/// What a retry has taken out of a budget.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Withdrawal(u32);

impl Budget {
    /// Takes out what a retry costs, or nothing where that is more than is left.
    pub(crate) fn withdraw(&self, is_throttled: bool) -> Option<Withdrawal> {
        let cost = if is_throttled { THROTTLED } else { TRANSIENT };
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *left = left.checked_sub(cost)?;
        Some(Withdrawal(cost))
    }

    /// Puts in what a success earns: what its own retry took out, or else a little.
    pub(crate) fn deposit(&self, withdrawal: Option<Withdrawal>) {
        let amount = withdrawal.map_or(REFUND, |Withdrawal(cost)| cost);
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *left = left.saturating_add(amount).min(CAPACITY);
    }
}

#[cfg(test)]
impl Budget {
    pub(crate) fn left(&self) -> u32 {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self(Mutex::new(CAPACITY))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_is_down_is_retried_thirty_five_times() {
        let budget = Budget::default();
        let retries = std::iter::repeat_with(|| budget.withdraw(false))
            .take_while(Option::is_some)
            .count();
        assert_eq!(retries, 35);
        assert!(budget.withdraw(true).is_some(), "ten tokens are left");
    }

    #[test]
    fn successes_refill_it_up_to_its_capacity() {
        let budget = Budget::default();
        let withdrawal = budget.withdraw(false);
        budget.deposit(withdrawal);
        budget.deposit(None);
        assert_eq!(budget.left(), CAPACITY);
        while budget.withdraw(true).is_some() {}
        for _ in 0..TRANSIENT {
            assert!(budget.withdraw(false).is_none());
            budget.deposit(None);
        }
        assert!(budget.withdraw(false).is_some());
    }
}
