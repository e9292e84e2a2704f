//! Values in memory, within a budget; those that were not used for longest are dropped first.
//!
//! `lru` does the ordering; it is small, widely used, and strictly least recently used, which makes
//! what stays predictable. Its bound counts entries, so that bytes are counted here.
use crate::Key;
use lru::LruCache;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A cache in memory with a budget in bytes. It is shared between threads; values are cheap to clone.
pub struct MemoryCache<V> {
    budget_bytes: usize,
    inner: Mutex<Inner<V>>,
}

struct Inner<V> {
    entries: LruCache<Key, (V, usize)>,
    bytes: usize,
    hits: u64,
    misses: u64,
}

/// What is in a [`MemoryCache`], and how it was used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryCacheState {
    /// Number of entries.
    pub entries: usize,
    /// Their sizes in all.
    pub bytes: usize,
    /// The budget in bytes.
    pub budget_bytes: usize,
    /// How often an entry was found.
    pub hits: u64,
    /// How often none was found.
    pub misses: u64,
}

impl<V: Clone> MemoryCache<V> {
    /// An empty cache.
    pub fn new(budget_bytes: usize) -> Self {
        let inner = Inner { entries: LruCache::unbounded(), bytes: 0, hits: 0, misses: 0 };
        Self { budget_bytes, inner: Mutex::new(inner) }
    }

    /// The value of a key, which is used by this.
    pub fn get(&self, key: Key) -> Option<V> {
        let mut inner = self.inner();
        let found = inner.entries.get(&key).map(|(value, _)| value.clone());
        if found.is_some() {
            inner.hits += 1
        } else {
            inner.misses += 1
        }
        found
    }

    /// Adds or replaces a value of `bytes` bytes; one that is larger than the budget is not kept.
    pub fn put(&self, key: Key, value: V, bytes: usize) {
        let mut inner = self.inner();
        if let Some((_, before)) = inner.entries.pop(&key) {
            inner.bytes -= before;
        }
        if bytes > self.budget_bytes {
            return;
        }
        while inner.bytes + bytes > self.budget_bytes {
            let Some((_, (_, least))) = inner.entries.pop_lru() else { break };
            inner.bytes -= least;
        }
        inner.bytes += bytes;
        inner.entries.put(key, (value, bytes));
    }

    /// Whether there is a value; this neither uses nor counts it.
    pub fn holds(&self, key: Key) -> bool {
        self.inner().entries.contains(&key)
    }

    /// Drops all values; the counters stay.
    pub fn clear(&self) {
        let mut inner = self.inner();
        inner.entries.clear();
        inner.bytes = 0;
    }

    /// What is in it, and how it was used.
    pub fn state(&self) -> MemoryCacheState {
        let inner = self.inner();
        MemoryCacheState {
            entries: inner.entries.len(),
            bytes: inner.bytes,
            budget_bytes: self.budget_bytes,
            hits: inner.hits,
            misses: inner.misses,
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner<V>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
