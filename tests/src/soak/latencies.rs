//! How long calls took, in the same memory however many there were.

use std::time::Duration;

/// Counts of durations, each kept to about 6 %.
#[derive(Clone, Debug)]
pub struct Latencies {
    buckets: Vec<u64>,
}

/// Each power of two is divided into so many buckets.
const PARTS: u64 = 16;
const BUCKETS: usize = 64 * 16;

impl Latencies {
    /// Counts a duration.
    pub fn add(&mut self, duration: Duration) {
        let microseconds = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        self.buckets[bucket(microseconds)] += 1;
    }

    /// Adds the counts of others.
    pub fn merge(&mut self, others: &Self) {
        for (mine, others) in self.buckets.iter_mut().zip(&others.buckets) {
            *mine += others;
        }
    }

    /// The duration that a share of all, given in thousandths, does not exceed.
    pub fn quantile(&self, thousandths: u64) -> Duration {
        let total: u64 = self.buckets.iter().sum();
        let rank = (total * thousandths).div_ceil(1000).max(1);
        let mut seen = 0;
        for (index, count) in self.buckets.iter().enumerate() {
            seen += count;
            if seen >= rank {
                return Duration::from_micros(end(index));
            }
        }
        Duration::ZERO
    }
}

impl Default for Latencies {
    fn default() -> Self {
        Self {
            buckets: vec![0; BUCKETS],
        }
    }
}

fn bucket(microseconds: u64) -> usize {
    let exponent = microseconds.max(PARTS).ilog2() - PARTS.ilog2();
    let part = microseconds >> exponent;
    usize::try_from(u64::from(exponent) * PARTS + part).unwrap_or(BUCKETS - 1)
}

/// The longest duration of a bucket, in microseconds.
fn end(bucket: usize) -> u64 {
    let bucket = u64::try_from(bucket).unwrap_or(u64::MAX);
    let exponent = (bucket / PARTS).saturating_sub(1);
    let part = bucket - exponent * PARTS;
    ((part + 1) << exponent) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_durations() {
        let mut latencies = Latencies::default();
        (1..=1000).for_each(|millisecond| latencies.add(Duration::from_millis(millisecond)));
        for (thousandths, milliseconds) in [(1, 1), (500, 500), (990, 990), (1000, 1000)] {
            let found = latencies.quantile(thousandths).as_micros();
            let expected = milliseconds * 1000;
            assert!(
                (expected..expected * 107 / 100).contains(&found),
                "{thousandths}: {found}"
            );
        }
        assert_eq!(Latencies::default().quantile(500), Duration::ZERO);
    }

    #[test]
    fn every_duration_has_a_bucket_that_it_does_not_exceed() {
        for exponent in 0..63 {
            for value in [1 << exponent, (1 << exponent) + 1, (2 << exponent) - 1] {
                assert!(end(bucket(value)) >= value, "{value}");
            }
        }
        assert!(bucket(u64::MAX) < BUCKETS);
    }
}
