//! Builder of a tile pass, and what drawing a layer leaves in it.
use super::affine;
use crate::program::{PassTarget, PictureId, Reg, Sampling, SamplingSource, Stage, TilePass};
use cutroom_effects::{Uniforms, color::ColorStep};
use cutroom_kernel::{At, MAX_UNIFORMS, Mix, MixKernel, MixOp, Real, Rgba};
use cutroom_types::{Affine, Size};

/// Straight colour times a grey mask.
const MASK: &dyn MixOp = &Mix(Mask);
/// Premultiplied colour times a grey mask.
const MASK_PREMULTIPLIED: &dyn MixOp = &Mix(MaskPremultiplied);

struct Mask;

impl MixKernel for Mask {
    #[inline(always)]
    fn eval<R: Real>(_: &[R; MAX_UNIFORMS], px: Rgba<R>, mask: Rgba<R>, _: At<R>) -> Rgba<R> {
        Rgba { c: px.c, a: px.a * mask.c.r }
    }
}

struct MaskPremultiplied;

impl MixKernel for MaskPremultiplied {
    #[inline(always)]
    fn eval<R: Real>(_: &[R; MAX_UNIFORMS], px: Rgba<R>, mask: Rgba<R>, _: At<R>) -> Rgba<R> {
        Rgba { c: px.c.scale(mask.c.r), a: px.a * mask.c.r }
    }
}

/// A tile pass under construction.
pub(super) struct PassBuilder {
    pub(super) size: Size,
    pub(super) stages: Vec<Stage>,
    pub(super) registers: usize,
    /// Register 0 may have alpha below 1.
    pub(super) translucent: bool,
    pub(super) base_picture: Option<PictureId>,
    pub(super) base_copy: Option<PictureId>,
}

impl PassBuilder {
    pub(super) fn new(size: Size) -> Self {
        Self { size, stages: Vec::new(), registers: 1, translucent: false, base_picture: None, base_copy: None }
    }

    pub(super) fn full(&self) -> [u32; 4] {
        [0, 0, self.size.width, self.size.height]
    }

    pub(super) fn use_register(&mut self, reg: Reg) {
        self.registers = self.registers.max(reg + 1);
    }

    /// Multiplies a register's alpha (and premultiplied colour) by a grey picture as large as the
    /// pass.
    pub(super) fn mask(&mut self, reg: Reg, mask: PictureId, size: Size, premultiplied: bool) {
        let map = Affine::IDENTITY;
        let window = [0.0, 0.0, size.width as f32, size.height as f32];
        self.placed_mask(
            reg,
            Sampling { source: SamplingSource::Picture(mask), source_from_output: map, window, bounds: self.full() },
            premultiplied,
        );
    }

    pub(super) fn placed_mask(&mut self, reg: Reg, sampling: Sampling, premultiplied: bool) {
        self.use_register(reg + 1);
        self.stages.push(Stage::Sample { reg: reg + 1, sampling });
        let kernel = if premultiplied { MASK_PREMULTIPLIED } else { MASK };
        self.stages.push(Stage::mix([reg, reg + 1], kernel, "mask", Uniforms::new(&[])));
    }

    pub(super) fn convert(&mut self, reg: Reg, steps: Vec<ColorStep>) {
        for ColorStep { kernel, uniforms } in steps {
            self.stages.push(Stage::Point { reg, kernel, uniforms, kernel_from_output: Affine::IDENTITY });
        }
    }

    pub(super) fn finish(self, target: PassTarget) -> TilePass {
        let stages = affine::merged(self.stages);
        TilePass { target, size: self.size, stages, registers: self.registers, base_copy: self.base_copy }
    }
}

/// A layer's pixels in a register, as straight colour.
pub(super) struct Drawn {
    pub(super) bounds: [u32; 4],
    /// Alpha is 1 inside the bounds.
    pub(super) opaque: bool,
    /// The picture whose unmodified pixels these are, at scale 1 and over the whole canvas.
    pub(super) picture: Option<PictureId>,
}
