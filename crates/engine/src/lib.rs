//! The running editor without a face, on `bevy_ecs`: stages, jobs, caches, transport.
#![forbid(unsafe_code)]

mod error;
pub mod jobs;

pub use error::EngineError;
