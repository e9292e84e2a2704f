//! What both back ends run: a list of passes over rasters, as plain data.
//!
//! A [`Program`] is the lowered, optimised form of one `FramePlan`. A [`Pass::Tiles`] evaluates a
//! straight list of [`Stage`]s for every pixel of its target, on registers that hold one RGBA
//! colour per pixel: on the CPU a stage is a loop over a cache-sized tile, on the GPU all stages of
//! a pass are one compute shader. A [`Pass::Convolve`] filters an intermediate. Intermediates are
//! premultiplied, working space, `f32` planes on the CPU and RGBA16F on the GPU.
use cutroom_effects::{BlendRef, NORMAL, Uniforms};
use cutroom_kernel::{At, Blend, BlendKernel, BlendOp, Edge, MixOp, PointOp, ReadOp, Real, Rgba, rgb};
use cutroom_types::{Affine, Picture, Size};
use std::sync::Arc;

/// Index into [`Program::pictures`].
pub type PictureId = usize;
/// Index into [`Program::intermediates`].
pub type IntermediateId = usize;
/// A register of a tile pass. Register 0 is the result.
pub type Reg = usize;

/// One frame's work.
pub struct Program {
    /// Size of the output.
    pub size: Size,
    /// Source pictures, in order of first use.
    pub pictures: Vec<Picture>,
    /// What is drawn on the way.
    pub intermediates: Vec<Intermediate>,
    /// In order; the last one writes the output, or the last ones a plane of it each.
    pub passes: Vec<Pass>,
}

impl Program {
    /// Nothing to do yet.
    pub fn new(size: Size) -> Self {
        Self { size, pictures: Vec::new(), intermediates: Vec::new(), passes: Vec::new() }
    }

    /// A state to come back to.
    pub fn mark(&self) -> [usize; 3] {
        [self.pictures.len(), self.intermediates.len(), self.passes.len()]
    }

    /// Takes back everything added since.
    pub fn rewind(&mut self, to: [usize; 3]) {
        self.pictures.truncate(to[0]);
        self.intermediates.truncate(to[1]);
        self.passes.truncate(to[2]);
    }
}

/// A picture in memory between passes, premultiplied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Intermediate {
    /// Size.
    pub size: Size,
    /// What need be kept of it; a back end may keep more.
    pub planes: Planes,
}

/// Planes of an intermediate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Planes {
    /// One; the register's first component.
    Gray,
    /// Three; alpha is 1.
    Opaque,
    /// Four.
    Rgba,
}

impl Planes {
    /// How many.
    pub fn count(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::Opaque => 3,
            Self::Rgba => 4,
        }
    }
}

/// One pass.
pub enum Pass {
    /// Stages per pixel.
    Tiles(TilePass),
    /// One plane of the output in code values.
    Plane(PlanePass),
    /// A symmetric separable filter along one axis; the outermost pixels go on beyond the edges.
    Convolve {
        /// Read.
        from: IntermediateId,
        /// Written, of the same size.
        to: IntermediateId,
        /// Along rows, else along columns.
        horizontal: bool,
        /// `[0]` is the centre tap, `[k]` both neighbours `k` away.
        weights: Vec<f32>,
    },
}

/// One output plane out of planes of the same layout and tags.
pub struct PlanePass {
    /// Index in the output.
    pub plane: usize,
    /// Samples.
    pub size: Size,
    /// What lies lowest; it fills the plane.
    pub base: PlaneBase,
    /// In order, from below.
    pub over: Vec<PlaneOver>,
}

/// The lowest layer of a [`PlanePass`].
pub enum PlaneBase {
    /// The same code everywhere.
    Code(f32),
    /// A single-plane picture.
    Plane(Sampling),
}

/// A layer of a [`PlanePass`]: `below + (plane − below) · coverage · opacity`.
pub struct PlaneOver {
    /// Which single-plane picture, where.
    pub sampling: Sampling,
    /// 0..=1.
    pub opacity: f32,
}

impl PlanePass {
    /// The same as stages on a grey register.
    pub fn to_tiles(&self) -> TilePass {
        let mut stages = vec![match &self.base {
            PlaneBase::Code(c) => Stage::Fill { reg: 0, color: [*c, *c, *c, 1.0] },
            PlaneBase::Plane(sampling) => Stage::Sample { reg: 0, sampling: *sampling },
        }];
        for PlaneOver { sampling, opacity } in &self.over {
            stages.push(Stage::Sample { reg: 1, sampling: *sampling });
            stages.push(Stage::Blend {
                backdrop: 0,
                source: 1,
                kernel: &Blend(NormalOpaque),
                mode: BlendRef::new(&NORMAL),
                opacity: *opacity,
                seed: 0.0,
                opaque_backdrop: true,
                bounds: sampling.bounds,
            });
        }
        TilePass { target: PassTarget::Plane(self.plane), size: self.size, stages, registers: 2, base_copy: None }
    }
}

/// Source over an opaque backdrop: alpha stays 1.
pub struct NormalOpaque;

impl BlendKernel for NormalOpaque {
    #[inline(always)]
    fn eval<R: Real>(b: Rgba<R>, s: Rgba<R>, _: At<R>, _: R) -> Rgba<R> {
        Rgba { c: rgb(b.c.r.mix(s.c.r, s.a), b.c.g.mix(s.c.g, s.a), b.c.b.mix(s.c.b, s.a)), a: b.a }
    }
}

/// Stages and where their result goes.
pub struct TilePass {
    /// Where register 0 goes.
    pub target: PassTarget,
    /// Raster size of the target.
    pub size: Size,
    /// In order.
    pub stages: Vec<Stage>,
    /// Registers used.
    pub registers: usize,
    /// This picture's planes are the output wherever no `Blend` reaches: the bottom layer is
    /// untouched and already in the output's layout and tags. A back end may copy there instead of
    /// computing.
    pub base_copy: Option<PictureId>,
}

/// Where a tile pass writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PassTarget {
    /// Register 0 (premultiplied working colour) into an intermediate.
    Intermediate(IntermediateId),
    /// Register 0 (code values of the output format, unrounded; alpha 0..=1) into the output's
    /// planes: rounded half up, clamped to the code range, chroma averaged to its sample positions.
    Output,
    /// One component of register 0 into one plane of the output, rounded and clamped.
    Plane(usize),
}

/// What a sampling stage reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SamplingSource {
    /// Planes of a picture: gives raw code values (chroma interpolated to luma positions by its
    /// location), alpha as 0..=1. A missing alpha plane is 1. Not yet multiplied by alpha.
    Picture(PictureId),
    /// An intermediate.
    Intermediate(IntermediateId),
}

/// An axis-aligned or rotated rectangle of the source, with a soft (area or distance) edge one
/// output pixel wide.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampling {
    /// Read from.
    pub source: SamplingSource,
    /// Output pixel coordinates (centre of pixel `i` is `i + 0.5`) to stored source pixel
    /// coordinates.
    pub source_from_output: Affine,
    /// Visible part of the source in its pixels: left, top, right, bottom.
    pub window: [f32; 4],
    /// Output pixels that can be touched: left, top, right, bottom (exclusive), inside the target.
    pub bounds: [u32; 4],
}

impl Stage {
    /// Mixes `to` into `from` where the kernel sees the pixels of the output.
    pub fn mix([from, to]: [Reg; 2], kernel: &'static dyn MixOp, id: &'static str, uniforms: Uniforms) -> Self {
        Self::Mix { from, to, kernel, id, uniforms, kernel_from_output: Affine::IDENTITY }
    }

    /// The same on registers that lie `by` higher.
    pub fn shifted(mut self, by: Reg) -> Self {
        match &mut self {
            Self::Fill { reg, .. }
            | Self::Sample { reg, .. }
            | Self::Unpremultiply { reg }
            | Self::Premultiply { reg }
            | Self::Point { reg, .. }
            | Self::Read { reg, .. }
            | Self::Fade { reg, .. } => *reg += by,
            Self::Blend { backdrop: a, source: b, .. } | Self::Mix { from: a, to: b, .. } => {
                *a += by;
                *b += by;
            }
        }
        self
    }
}

/// A window without edges: what lies beyond the source's edge is its outermost pixels.
pub const UNLIMITED: [f32; 4] = [-1e6, -1e6, 1e6, 1e6];

/// One step of a tile pass. Stages that name `bounds` have no effect outside; there the source
/// alpha counts as zero.
#[derive(Clone)]
pub enum Stage {
    /// Fills a register with one premultiplied colour.
    Fill {
        /// Register.
        reg: Reg,
        /// Premultiplied working colour.
        color: [f32; 4],
    },
    /// Reads a picture or intermediate. Colour is edge-extended, alpha multiplied by the coverage
    /// of the window.
    Sample {
        /// Register.
        reg: Reg,
        /// What and where.
        sampling: Sampling,
    },
    /// Divides colour by alpha (0 where alpha is 0).
    Unpremultiply {
        /// Register.
        reg: Reg,
    },
    /// Multiplies colour by alpha.
    Premultiply {
        /// Register.
        reg: Reg,
    },
    /// A point kernel on straight colour (or on code values, for conversions).
    Point {
        /// Register.
        reg: Reg,
        /// Code.
        kernel: &'static dyn PointOp,
        /// Numbers.
        uniforms: Uniforms,
        /// Output pixel coordinates to the coordinates that the kernel sees.
        kernel_from_output: Affine,
    },
    /// A kernel that reads a table, or other pixels of intermediates.
    Read {
        /// Register.
        reg: Reg,
        /// Code.
        kernel: &'static dyn ReadOp,
        /// Numbers.
        uniforms: Uniforms,
        /// Output pixel coordinates to the coordinates that the kernel sees.
        kernel_from_output: Affine,
        /// Its inputs.
        inputs: Vec<IntermediateId>,
        /// Where the origin of those coordinates lies in the fields, in pixels.
        origin: [f32; 2],
        /// Beyond their edges.
        edge: Edge,
        /// Its table.
        table: Arc<[f32]>,
    },
    /// Blends straight `source` into premultiplied `backdrop`.
    Blend {
        /// Below and result.
        backdrop: Reg,
        /// Above.
        source: Reg,
        /// Code.
        kernel: &'static dyn BlendOp,
        /// Which one; for messages, and for the source over an opaque backdrop.
        mode: BlendRef,
        /// 0..=1.
        opacity: f32,
        /// Tells frames apart, for modes with noise; a whole number.
        seed: f32,
        /// Backdrop alpha is known to be 1.
        opaque_backdrop: bool,
        /// Pixels that can change.
        bounds: [u32; 4],
    },
    /// Mixes two premultiplied registers; `from` takes the result.
    Mix {
        /// Outgoing and result.
        from: Reg,
        /// Incoming.
        to: Reg,
        /// Code.
        kernel: &'static dyn MixOp,
        /// Catalogue id.
        id: &'static str,
        /// Numbers.
        uniforms: Uniforms,
        /// Output pixel coordinates to the coordinates that the kernel sees.
        kernel_from_output: Affine,
    },
    /// Multiplies all four components.
    Fade {
        /// Register.
        reg: Reg,
        /// 0..=1.
        opacity: f32,
    },
}
