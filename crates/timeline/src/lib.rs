//! Pure planning: a project and a time become a plan of what to fetch, place and mix. Knows no files, GPUs or threads.
#![forbid(unsafe_code)]
pub mod plan;
pub use plan::*;
