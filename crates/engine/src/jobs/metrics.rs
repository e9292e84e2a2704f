//! How many jobs wait and run, and how long.
use std::{collections::VecDeque, time::Duration};

/// Number of the last durations from which the 95th percentile is computed.
const LAST: usize = 512;

/// Statistics of durations.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Durations {
    /// Number of durations.
    pub count: u64,
    /// Mean of all.
    pub mean: Duration,
    /// The longest of all.
    pub max: Duration,
    /// 95 % of the last 512 were not longer.
    pub p95: Duration,
}

/// Figures of one pool and priority.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PoolMetrics {
    /// Jobs that wait now.
    pub waiting: usize,
    /// Jobs that run now.
    pub running: usize,
    /// Jobs accepted so far.
    pub submitted: u64,
    /// Jobs refused so far.
    pub refused: u64,
    /// Jobs that returned a value.
    pub finished: u64,
    /// Jobs that ended without a value: cancelled, late, beyond their limit, or by a panic.
    pub failed: u64,
    /// How long jobs waited before they began.
    pub waited: Durations,
    /// How long jobs ran.
    pub ran: Durations,
}

/// Collects durations.
#[derive(Clone, Debug, Default)]
pub(super) struct Collected {
    count: u64,
    sum: Duration,
    max: Duration,
    last: VecDeque<Duration>,
}

impl Collected {
    pub fn add(&mut self, duration: Duration) {
        self.count += 1;
        self.sum = self.sum.saturating_add(duration);
        self.max = self.max.max(duration);
        if self.last.len() == LAST {
            self.last.pop_front();
        }
        self.last.push_back(duration);
    }

    pub fn durations(&self) -> Durations {
        let mut last: Vec<Duration> = self.last.iter().copied().collect();
        last.sort_unstable();
        let rank = (last.len() * 95).div_ceil(100);
        Durations {
            count: self.count,
            mean: self.sum.checked_div(u32::try_from(self.count).unwrap_or(u32::MAX)).unwrap_or_default(),
            max: self.max,
            p95: rank.checked_sub(1).map_or(Duration::ZERO, |i| last[i]),
        }
    }
}

/// What is counted of one pool and priority.
#[derive(Clone, Debug, Default)]
pub(super) struct Counted {
    pub submitted: u64,
    pub refused: u64,
    pub finished: u64,
    pub failed: u64,
    pub waited: Collected,
    pub ran: Collected,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_95th_percentile_is_that_of_the_nearest_rank() {
        let mut collected = Collected::default();
        assert_eq!(collected.durations(), Durations::default());
        // Nearest rank of 1..=100: the 95th value.
        (1..=100).rev().for_each(|ms| collected.add(Duration::from_millis(ms)));
        let found = collected.durations();
        assert_eq!((found.count, found.max, found.p95), (100, Duration::from_millis(100), Duration::from_millis(95)));
        assert_eq!(found.mean, Duration::from_micros(50_500));
    }
}
