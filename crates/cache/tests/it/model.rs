//! Random sequences against a simple model: the budget is never exceeded, what is found is what was
//! added last, and what was used last stays.
use cutroom_cache::{Key, Limits, MemoryCache, Store};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
    Put(u8, usize),
    Get(u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![(0..12_u8, 0..700_usize).prop_map(|(k, n)| Step::Put(k, n)), (0..12_u8).prop_map(Step::Get)];
    prop::collection::vec(step, 1..60)
}

fn key(n: u8) -> Key {
    Key([n; 32])
}

/// Keys and values, the most recently used last.
#[derive(Default)]
struct Model(Vec<(u8, Vec<u8>)>);

impl Model {
    fn used(&mut self, k: u8) -> Option<Vec<u8>> {
        let at = self.0.iter().position(|(n, _)| *n == k)?;
        let entry = self.0.remove(at);
        self.0.push(entry.clone());
        Some(entry.1)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn memory_is_least_recently_used(steps in steps()) {
        const BUDGET: usize = 2000;
        let (cache, mut model) = (MemoryCache::new(BUDGET), Model::default());
        let (mut hits, mut misses) = (0, 0);
        for (n, step) in steps.into_iter().enumerate() {
            match step {
                Step::Put(k, size) => {
                    let value = vec![n as u8; size];
                    cache.put(key(k), value.clone(), size);
                    model.0.retain(|(other, _)| *other != k);
                    model.0.push((k, value));
                    while model.0.iter().map(|(_, v)| v.len()).sum::<usize>() > BUDGET {
                        model.0.remove(0);
                    }
                }
                Step::Get(k) => {
                    let expected = model.used(k);
                    if expected.is_some() { hits += 1 } else { misses += 1 }
                    prop_assert_eq!(cache.get(key(k)), expected);
                }
            }
            let state = cache.state();
            prop_assert!(state.bytes <= BUDGET);
            prop_assert_eq!(state.entries, model.0.len());
            prop_assert_eq!((state.hits, state.misses), (hits, misses));
        }
    }

    /// On disk more than needed may be removed, but only from the end that was not used for longest.
    #[test]
    fn the_disk_keeps_what_was_used_last(steps in steps()) {
        const BUDGET: u64 = 2500;
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::new(dir.path(), Limits { budget_bytes: BUDGET, ..Limits::default() });
        let mut model = Model::default();
        for (n, step) in steps.into_iter().enumerate() {
            match step {
                Step::Put(k, size) => {
                    let value = vec![n as u8; size];
                    store.put("frame", key(k), &value);
                    model.0.retain(|(other, _)| *other != k);
                    model.0.push((k, value));
                    // What was added last is there.
                    prop_assert_eq!(store.get("frame", key(k)), model.used(k));
                }
                Step::Get(k) => match store.get("frame", key(k)) {
                    Some(found) => prop_assert_eq!(Some(found), model.used(k)),
                    None => if let Some(at) = model.0.iter().position(|(n, _)| *n == k) {
                        // All that was not used for longer is gone as well.
                        let gone: Vec<u8> = model.0.drain(..=at).map(|(k, _)| k).collect();
                        for k in gone {
                            prop_assert_eq!(store.get("frame", key(k)), None);
                        }
                    },
                },
            }
            let held: u64 = store.state().kinds.iter().map(|k| k.bytes).sum();
            prop_assert!(held <= BUDGET, "{} bytes", held);
            if n % 7 == 6 {
                // Another process.
                store = Store::new(dir.path(), Limits { budget_bytes: BUDGET, ..Limits::default() });
            }
        }
    }
}
