//! Content-addressed caches with budgets: [`Store`] keeps bytes on disk, for all processes of a user,
//! and [`MemoryCache`] keeps values in memory. What is in them can be made again; losing an entry
//! costs time and nothing else.
//!
//! A [`Key`] is a hash of everything that decides the value. The crate knows neither what the values
//! mean nor where files of projects are.
#![forbid(unsafe_code)]

mod entry;
mod folder;
mod key;
mod memory;
mod store;
mod usage;

pub use folder::{BUDGET_VARIABLE, DEFAULT_BUDGET_BYTES, FOLDER_VARIABLE, MAX_AGE, parse_bytes};
pub use key::{Key, KeyHasher};
pub use memory::{MemoryCache, MemoryCacheState};
pub use store::{KindState, Limits, Pruned, Selection, Store, StoreState, Verified};
