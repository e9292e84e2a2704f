//! The repository's rules as data and as functions that list what breaks them. `tests/rules.rs`
//! holds the tree to them; `xtask` writes the generated documents from the same data.
//!
//! Knows nothing of editing: it reads `cargo metadata`, manifests and source text.
#![forbid(unsafe_code)]

pub mod architecture;
pub mod codes;
pub mod cycles;
pub mod layers;
pub mod licences;
pub mod sources;
pub mod words;
