//! Colour conversions as lists of point kernels: code values → working colour → code values.
use crate::spec::Uniforms;
use cutroom_kernel::PointOp;
use cutroom_types::{Primaries, Transfer};

/// The space that layers are blended in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkingSpace {
    /// Linear light, else display-encoded by `transfer`.
    pub linear: bool,
    /// Primaries.
    pub primaries: Primaries,
    /// Transfer characteristics of the composition's result.
    pub transfer: Transfer,
}

/// One conversion step.
#[derive(Clone)]
pub struct ColorStep {
    /// Code.
    pub kernel: &'static dyn PointOp,
    /// Numbers.
    pub uniforms: Uniforms,
}
