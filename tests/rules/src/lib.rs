//! The repository's rules as data, and functions that list violations. The tests of this package
//! check the repository with them; `xtask` writes the generated documents from the same data.
//!
//! The package does not depend on any cutroom crate: it reads `cargo metadata`, manifests and
//! source text.
#![forbid(unsafe_code)]

pub mod architecture;
pub mod codes;
pub mod cycles;
pub mod layers;
pub mod licences;
pub mod sources;
pub mod words;
