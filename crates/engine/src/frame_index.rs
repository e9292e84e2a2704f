//! Which key a frame of the current document has.
use cutroom_pipeline::FrameKey;
use cutroom_timeline::RenderScale;
use std::{collections::BTreeMap, ops::Range};

/// Which key the frames of the current document have, as far as they were planned. A cached frame is
/// found by it without planning again; after an undo the same keys return, and so do the pictures.
pub struct FrameIndex<K = FrameKey>(BTreeMap<u64, BTreeMap<i64, K>>);

impl<K> Default for FrameIndex<K> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K> FrameIndex<K> {
    /// The key of a frame at a scale.
    pub fn get(&self, n: i64, scale: RenderScale) -> Option<&K> {
        self.of(scale)?.get(&n)
    }

    /// Notes the key of a frame.
    pub fn set(&mut self, n: i64, scale: RenderScale, key: K) {
        self.0.entry(scale.value().to_bits()).or_default().insert(n, key);
    }

    /// Forgets a range of frames.
    pub fn forget(&mut self, frames: &Range<i64>) {
        if frames.is_empty() {
            return;
        }
        for keys in self.0.values_mut() {
            let mut later = keys.split_off(&frames.start);
            let mut kept = later.split_off(&frames.end);
            keys.append(&mut kept);
        }
    }

    /// Forgets all frames.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Number of frames whose key is known.
    pub fn len(&self) -> usize {
        self.0.values().map(BTreeMap::len).sum()
    }

    /// Whether no key is known.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The frame nearest to `n` that `is_there`, the earlier one of two.
    pub fn nearest(&self, n: i64, scale: RenderScale, is_there: impl Fn(&K) -> bool) -> Option<(i64, &K)> {
        let keys = self.of(scale)?;
        let before = keys.range(..=n).rev().find(|(_, key)| is_there(key));
        let within = before.map_or(i64::MAX, |(at, _)| n.saturating_add(n - at));
        let after = keys.range(n..within.max(n)).find(|(_, key)| is_there(key));
        after.or(before).map(|(at, key)| (*at, key))
    }

    fn of(&self, scale: RenderScale) -> Option<&BTreeMap<i64, K>> {
        self.0.get(&scale.value().to_bits())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_frame_that_is_there_is_found_on_both_sides() {
        let mut index = FrameIndex::default();
        let full = RenderScale::FULL;
        [(0, 1), (10, 2), (20, 3)].into_iter().for_each(|(n, key)| index.set(n, full, key));
        let at = |n: i64, without: i32| index.nearest(n, full, |key| *key != without).map(|(at, _)| at);
        assert_eq!([4, 5, 6, 10, 99, -5].map(|n| at(n, 0)), [0, 0, 10, 10, 20, 0].map(Some));
        assert_eq!([9, 11].map(|n| at(n, 2)), [0, 20].map(Some));
        index.forget(&(5..20));
        assert_eq!((index.len(), index.get(20, full), index.get(10, full)), (2, Some(&3), None));
    }
}
