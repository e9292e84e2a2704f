//! Pixel arithmetic that is written once and run by two back ends: as SIMD lanes on the CPU, and
//! traced to WGSL for the GPU.
//!
//! A kernel is generic Rust over [`Real`]. [`Point`], [`Blend`] and [`Mix`] turn a kernel type into
//! an object that a back end can store in a list. On the CPU it runs over tiles of planar `f32`
//! with the widest instruction set of the machine ([`SimdLevel`]); for the GPU the same generic
//! code is traced. The crate does not depend on what an effect means.
//!
//! Rules for kernels: they use only operations of `Real`; branches are `select`; literals are
//! constants, and all other values come from uniforms; closures are marked `#[inline(always)]` (a
//! closure without it leaves the target-feature context and runs 5 to 25 times slower). Nothing
//! uses FMA, so results are bit-identical on every CPU.
mod image;
pub mod lanes;
pub mod ops;
pub mod reads;
pub mod real;
pub mod rows;
pub mod trace;

pub use image::{Edge, InputImage, MAX_FIELD_SIDE_PX};
pub use lanes::SimdLevel;
pub use ops::{
    At, Blend, BlendKernel, BlendOp, Extent, MAX_UNIFORMS, Mix, MixKernel, MixOp, Point, PointKernel, PointOp, TILE_PITCH,
    TILE_ROWS, Tile,
};
pub use reads::{Inputs, Read, ReadKernel, ReadOp, Reads, TraceReads};
pub use real::{K, Mask, Real, Rgb, Rgba, rgb};
