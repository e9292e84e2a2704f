//! Draws a [`cutroom_timeline::FramePlan`] from source pictures. Knows no files, clips or FFmpeg.
//!
//! Plan and pictures are lowered to a [`program::Program`] (layers placed, hidden ones dropped, conversions and effects strung
//! together); a back end runs it: [`cpu`] in SIMD tiles, [`gpu`] as compute shaders.
#![deny(unsafe_code)]

pub mod api;
pub mod cpu;
mod ends;
mod error;
mod field;
pub mod filter;
pub mod gpu;
pub mod graph;
pub mod lower;
pub mod mask;
mod nearest;
pub mod place;
mod pooled;
pub mod program;
pub use api::*;
pub use ends::{OutputSpec, SourcePictures};
pub use error::RenderError;
