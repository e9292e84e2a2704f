//! The program that both back ends run: a list of passes over rasters, as plain data.
//!
//! A [`Program`] is the lowered, optimised form of one `FramePlan`. A [`Pass::Tiles`] evaluates a
//! straight-line list of [`Stage`]s for every pixel of its target, on registers that hold one RGBA
//! colour per pixel: on the CPU a stage is a loop over a cache-sized tile, on the GPU all stages of
//! a pass are one compute shader. A [`Pass::Convolve`] filters an intermediate. Intermediates are
//! premultiplied, in the working space: `f32` planes on the CPU and RGBA16F on the GPU.
use crate::ink_plane::InkPlane;
use cutroom_drawing::surface::InkMap;
use cutroom_effects::{BlendRef, NORMAL, Uniforms};
use cutroom_kernel::{At, Blend, BlendKernel, BlendOp, Edge, MixOp, PointOp, ReadOp, Real, Rgba, rgb};
use cutroom_types::{Affine, Picture, Size};
use std::sync::Arc;

/// Index into [`Program::pictures`].
pub type PictureId = usize;
/// Index into [`Program::intermediates`].
pub type IntermediateId = usize;
/// Index of a register of a tile pass. Register 0 holds the result.
pub type Reg = usize;

/// The work for one frame.
pub struct Program {
    /// Size of the output.
    pub size: Size,
    /// Source pictures, in order of first use.
    pub pictures: Vec<Picture>,
    /// Of text and shapes among them: which parts are not transparent. A back end need not look at it.
    pub inks: Vec<(PictureId, Arc<InkMap>)>,
    /// Rasters between passes.
    pub intermediates: Vec<Intermediate>,
    /// In order. The last one writes the output, or the last ones write one plane of it each.
    pub passes: Vec<Pass>,
}

impl Program {
    /// A program without passes.
    pub fn new(size: Size) -> Self {
        Self { size, pictures: Vec::new(), inks: Vec::new(), intermediates: Vec::new(), passes: Vec::new() }
    }

    /// Returns the present lengths of the lists, for [`Self::rewind`].
    pub fn mark(&self) -> [usize; 3] {
        [self.pictures.len(), self.intermediates.len(), self.passes.len()]
    }

    /// Removes everything added since [`Self::mark`] returned `to`.
    pub fn rewind(&mut self, to: [usize; 3]) {
        self.pictures.truncate(to[0]);
        self.inks.retain(|(id, _)| *id < to[0]);
        self.intermediates.truncate(to[1]);
        self.passes.truncate(to[2]);
    }
}

/// A raster in memory between two passes, premultiplied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Intermediate {
    /// Size in pixels.
    pub size: Size,
    /// Components that must be stored; a back end may store more.
    pub planes: Planes,
    /// States how it is computed, from which memory; `None` if unknown. Intermediates with equal
    /// keys are equal as long as the pictures of both programs are alive.
    pub key: Option<WorkKey>,
}

/// See [`Intermediate::key`].
pub type WorkKey = [u8; 32];

/// Stored planes of an intermediate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Planes {
    /// One plane: the register's first component.
    Gray,
    /// Three planes; alpha is 1.
    Opaque,
    /// Four planes.
    Rgba,
}

impl Planes {
    /// Number of planes.
    pub fn count(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::Opaque => 3,
            Self::Rgba => 4,
        }
    }
}

/// One write of a whole raster.
pub enum Pass {
    /// Stages computed per pixel.
    Tiles(TilePass),
    /// One plane of the output, in code values.
    Plane(PlanePass),
    /// A symmetric separable filter along one axis, with clamped edges.
    Convolve {
        /// Input.
        from: IntermediateId,
        /// Output, of the same size.
        to: IntermediateId,
        /// Along rows; otherwise along columns.
        horizontal: bool,
        /// `[0]` is the centre tap, `[k]` the weight of both neighbours at distance `k`.
        weights: Vec<f32>,
    },
}

impl Pass {
    /// The intermediate that it writes; `None` if it writes the output.
    pub fn target(&self) -> Option<IntermediateId> {
        match self {
            Self::Tiles(TilePass { target: PassTarget::Intermediate(id), .. }) | Self::Convolve { to: id, .. } => Some(*id),
            Self::Tiles(_) | Self::Plane(_) => None,
        }
    }

    /// Calls `f` with each intermediate that it reads.
    pub fn for_each_input(&self, mut f: impl FnMut(IntermediateId)) {
        let mut source = |s: SamplingSource| {
            if let SamplingSource::Intermediate(id) = s {
                f(id);
            }
        };
        match self {
            Self::Tiles(t) => {
                for s in &t.stages {
                    match s {
                        Stage::Sample { sampling, .. } => source(sampling.source),
                        Stage::Read { inputs, .. } => inputs.iter().for_each(|id| source(SamplingSource::Intermediate(*id))),
                        _ => {}
                    }
                }
            }
            Self::Convolve { from, .. } => source(SamplingSource::Intermediate(*from)),
            Self::Plane(p) => {
                if let PlaneBase::Plane(s) = &p.base {
                    source(s.source);
                }
                p.over.iter().for_each(|o| source(o.sampling.source));
            }
        }
    }
}

/// Computes one output plane from planes of the same layout and tags.
pub struct PlanePass {
    /// Index of the plane in the output.
    pub plane: usize,
    /// Size of the plane in samples.
    pub size: Size,
    /// The lowest layer, which fills the plane.
    pub base: PlaneBase,
    /// Layers above it, from bottom to top.
    pub over: Vec<PlaneOver>,
}

/// The lowest layer of a [`PlanePass`].
pub enum PlaneBase {
    /// The same code everywhere.
    Code(f32),
    /// A single-plane picture or a grey intermediate.
    Plane(Sampling),
}

/// A layer of a [`PlanePass`]: `below + (plane − below) · coverage · opacity`.
pub struct PlaneOver {
    /// The picture of one plane, and alpha if it has `ink`, and its position.
    pub sampling: Sampling,
    /// 0..=1.
    pub opacity: f32,
    /// Of text and shapes: the picture's memory, premultiplied, on whole samples.
    pub ink: Option<Arc<InkPlane>>,
}

impl PlanePass {
    /// The same computation as stages on a grey register.
    pub fn to_tiles(&self) -> TilePass {
        let mut stages = vec![match &self.base {
            PlaneBase::Code(c) => Stage::Fill { reg: 0, color: [*c, *c, *c, 1.0] },
            PlaneBase::Plane(sampling) => Stage::Sample { reg: 0, sampling: *sampling },
        }];
        for PlaneOver { sampling, opacity, ink } in &self.over {
            stages.push(Stage::Sample { reg: 1, sampling: *sampling });
            if ink.is_some() {
                stages.push(Stage::Unpremultiply { reg: 1 });
            }
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

/// Stages and the target of their result.
pub struct TilePass {
    /// Target of register 0.
    pub target: PassTarget,
    /// Size of the target raster.
    pub size: Size,
    /// In order of execution.
    pub stages: Vec<Stage>,
    /// Number of registers used.
    pub registers: usize,
    /// Set when the bottom layer is an unmodified picture in the output's layout and tags: outside
    /// the bounds of every `Blend` the output equals this picture's planes, which a back end may
    /// copy instead of computing.
    pub base_copy: Option<PictureId>,
}

/// Target of a tile pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PassTarget {
    /// Register 0 (premultiplied working colour) is written to an intermediate.
    Intermediate(IntermediateId),
    /// Register 0 (code values of the output format, unrounded; alpha 0..=1) is written to the
    /// output's planes: rounded half up, clamped to the code range, chroma averaged to its sample
    /// positions.
    Output,
    /// The first component of register 0 is written to one plane of the output, rounded and
    /// clamped.
    Plane(usize),
}

/// Input of a sampling stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SamplingSource {
    /// Planes of a picture, read as raw code values (chroma interpolated to luma positions by its
    /// location) and alpha as 0..=1; without an alpha plane alpha is 1. Not yet multiplied by
    /// alpha.
    Picture(PictureId),
    /// An intermediate.
    Intermediate(IntermediateId),
}

/// How a source is read: an axis-aligned or rotated rectangle of it, with a soft edge one output
/// pixel wide (by covered area when axis-aligned, by distance when rotated).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampling {
    /// Input.
    pub source: SamplingSource,
    /// Maps output pixel coordinates (the centre of pixel `i` is `i + 0.5`) to stored source pixel
    /// coordinates.
    pub source_from_output: Affine,
    /// Visible part of the source in its pixels: left, top, right, bottom.
    pub window: [f32; 4],
    /// Output pixels that can be affected: left, top, right, bottom (exclusive), inside the target.
    pub bounds: [u32; 4],
}

impl Stage {
    /// Mixes `to` into `from` with a kernel whose coordinates are output pixels.
    pub fn mix([from, to]: [Reg; 2], kernel: &'static dyn MixOp, id: &'static str, uniforms: Uniforms) -> Self {
        Self::Mix { from, to, kernel, id, uniforms, kernel_from_output: Affine::IDENTITY }
    }

    /// The same stage with all register indices increased by `by`.
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

/// A window without edges: outside the source its edge pixels are repeated.
pub const UNLIMITED: [f32; 4] = [-1e6, -1e6, 1e6, 1e6];

/// One step of a tile pass. Stages with `bounds` have no effect outside of them; there the source's
/// alpha counts as zero.
#[derive(Clone)]
pub enum Stage {
    /// Fills a register with one premultiplied colour.
    Fill {
        /// Register to fill.
        reg: Reg,
        /// Premultiplied working colour.
        color: [f32; 4],
    },
    /// Reads a picture or intermediate. Colour is clamped at the edges, alpha is multiplied by the
    /// coverage of the window.
    Sample {
        /// Register that receives the samples.
        reg: Reg,
        /// Source and placement.
        sampling: Sampling,
    },
    /// Divides colour by alpha (0 where alpha is 0).
    Unpremultiply {
        /// Register to convert.
        reg: Reg,
    },
    /// Multiplies colour by alpha.
    Premultiply {
        /// Register to convert.
        reg: Reg,
    },
    /// Applies a point kernel to straight colour (or to code values, in conversions).
    Point {
        /// Register to which the kernel is applied.
        reg: Reg,
        /// Kernel.
        kernel: &'static dyn PointOp,
        /// Uniforms.
        uniforms: Uniforms,
        /// Output pixel coordinates to the kernel's coordinates.
        kernel_from_output: Affine,
    },
    /// Applies a kernel that reads a table, or other pixels of intermediates.
    Read {
        /// Register to which the kernel is applied.
        reg: Reg,
        /// Kernel.
        kernel: &'static dyn ReadOp,
        /// Uniforms.
        uniforms: Uniforms,
        /// Output pixel coordinates to the kernel's coordinates.
        kernel_from_output: Affine,
        /// Intermediates that the kernel reads.
        inputs: Vec<IntermediateId>,
        /// Position of the origin of the kernel's coordinates in the inputs, in pixels.
        origin: [f32; 2],
        /// How inputs are read outside their edges.
        edge: Edge,
        /// Table that the kernel reads.
        table: Arc<[f32]>,
    },
    /// Blends straight `source` into premultiplied `backdrop`.
    Blend {
        /// Lower layers, and the result.
        backdrop: Reg,
        /// Upper layer.
        source: Reg,
        /// Kernel.
        kernel: &'static dyn BlendOp,
        /// Blend mode; for messages, and to recognise source over an opaque backdrop.
        mode: BlendRef,
        /// 0..=1.
        opacity: f32,
        /// Noise seed of the clip and, if the mode depends on time, of the frame; a whole number.
        seed: f32,
        /// Backdrop alpha is known to be 1.
        opaque_backdrop: bool,
        /// Pixels that can change.
        bounds: [u32; 4],
    },
    /// Mixes two premultiplied registers; the result is written to `from`.
    Mix {
        /// Outgoing picture, and the result.
        from: Reg,
        /// Incoming picture.
        to: Reg,
        /// Kernel.
        kernel: &'static dyn MixOp,
        /// Catalogue id.
        id: &'static str,
        /// Uniforms.
        uniforms: Uniforms,
        /// Output pixel coordinates to the kernel's coordinates.
        kernel_from_output: Affine,
    },
    /// Multiplies all four components by the opacity.
    Fade {
        /// Register to multiply.
        reg: Reg,
        /// 0..=1.
        opacity: f32,
    },
}
