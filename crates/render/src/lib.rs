//! Draws a [`cutroom_timeline::FramePlan`] from source pictures. Does not depend on files, clips or
//! FFmpeg.
//!
//! A plan and its pictures are lowered to a [`program::Program`]: layers are placed, hidden ones
//! are left out, conversions and effects are fused into passes. A back end runs the program:
//! [`cpu`] in SIMD tiles, [`gpu`] as compute shaders.
#![deny(unsafe_code)]

mod buffer_pool;
pub mod cpu;
mod distance_field;
mod ends;
mod error;
pub mod filter;
mod frame;
pub mod gpu;
pub mod graph;
pub mod ink_plane;
pub mod lower;
pub mod mask;
mod nearest;
pub mod place;
pub mod program;
mod recovery;
pub mod renderer;
mod same_work;
mod turn_planes;
pub use ends::{OutputSpec, SourcePictures};
pub use error::RenderError;
pub use frame::{Frame, FrameReport};
pub use recovery::{FAULT_VARIABLE, GpuFault, GpuFaultKind};
pub use renderer::{Backend, InFlight, RenderOptions, Renderer, SIMD_VARIABLE, Submitted};
/// The version that devices from outside must be of.
pub use wgpu;
