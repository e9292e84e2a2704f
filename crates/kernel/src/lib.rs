//! Pixel arithmetic written once, run twice: SIMD lanes on the CPU, traced to WGSL for the GPU.
//!
//! A kernel is generic Rust over [`Real`]. [`Point`], [`Blend`] and [`Mix`] turn a kernel type into
//! an object that a back end can hold in a list: on the CPU it runs over tiles of planar `f32` with
//! the widest instruction set the machine has ([`SimdLevel`]), on the GPU the same generic code is
//! traced. Knows nothing of what an effect means.
//!
//! Rules inside kernels: no operation outside `Real`; branches are `select`; literals are
//! constants, everything else comes from uniforms; closures carry `#[inline(always)]` (one that
//! does not falls out of the target-feature context and costs 5–25×). No FMA, so results are
//! bit-identical on every CPU.
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
