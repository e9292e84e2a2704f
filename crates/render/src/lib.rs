//! Draws a [`cutroom_timeline::FramePlan`] from source pictures. Knows no files, clips or FFmpeg.
//!
//! Plan and pictures are lowered to a [`program::Program`] (layers placed, hidden ones dropped,
//! conversions and effects strung together); a back end runs it: [`cpu`] in SIMD tiles, [`gpu`] as
//! compute shaders.
#![deny(unsafe_code)]

mod buffer_pool;
pub mod cpu;
mod distance_field;
mod ends;
mod error;
pub mod filter;
pub mod gpu;
pub mod graph;
pub mod lower;
pub mod mask;
mod nearest;
pub mod place;
pub mod program;
pub mod renderer;
pub use ends::{OutputSpec, SourcePictures};
pub use error::RenderError;
pub use renderer::{Backend, RenderOptions, Renderer, SIMD_VARIABLE, Submitted};
