//! What must be drawn before it is sampled: nested compositions, sources under effects that need neighbours, strong reductions.
use super::{LayerSource, Lowering, Masks, PassBuilder, check_size, working_space};
use crate::{
    api::RenderError,
    program::{Pass, Sampling, Source, Stage, Target},
};
use cutroom_effects::{
    SeparableWeights,
    color::{self, WorkingSpace},
};
use cutroom_timeline::{Canvas, FramePlan};
use cutroom_types::{Affine, ColorModel, ColorTags, PictureFormat, Size};

impl Lowering<'_> {
    /// Draws a nested composition on its own canvas.
    pub(super) fn nested(&mut self, plan: &FramePlan, outer: WorkingSpace) -> Result<LayerSource, RenderError> {
        check_size(plan.canvas.size)?;
        let mut inner = PassBuilder::new(plan.canvas.size);
        self.draw(plan, &mut inner)?;
        let own = working_space(&plan.canvas);
        if own != outer {
            inner.stages.push(Stage::Unpremultiply { reg: 0 });
            // Through display-encoded values of the nested composition's own tags.
            let rgb = PictureFormat { model: ColorModel::Rgb, bits: 32, chroma_shift_x: 0, chroma_shift_y: 0, alpha: false };
            let tags = ColorTags { primaries: own.primaries, transfer: own.transfer, ..ColorTags::SRGB };
            inner.convert(0, color::encode_steps(own, rgb, tags));
            inner.convert(0, color::decode_steps(rgb, tags, outer));
            inner.stages.push(Stage::Premultiply { reg: 0 });
        }
        let size = plan.canvas.size;
        let id = self.add_intermediate(size, inner);
        Ok(LayerSource {
            source: Source::Intermediate(id),
            content: size,
            source_from_content: Affine::IDENTITY,
            source_size: size,
            decode: Vec::new(),
            premultiplied: true,
            has_alpha: true,
            crop: None,
        })
    }

    pub(super) fn add_intermediate(&mut self, size: Size, pass: PassBuilder) -> usize {
        let id = self.program.intermediates.len();
        self.program.intermediates.push(size);
        self.program.passes.push(Pass::Tiles(pass.finish(Target::Intermediate(id))));
        id
    }

    /// Filters an intermediate.
    pub(super) fn convolve(&mut self, from: usize, size: Size, weights: &SeparableWeights) -> usize {
        let mut id = from;
        for (horizontal, weights) in [(true, &weights.horizontal), (false, &weights.vertical)] {
            // A single weight is 1.
            if weights.len() > 1 {
                let to = self.program.intermediates.len();
                self.program.intermediates.push(size);
                self.program.passes.push(Pass::Convolve { from: id, to, horizontal, weights: weights.clone() });
                id = to;
            }
        }
        id
    }

    pub(super) fn intermediate_source(id: usize, size: Size) -> LayerSource {
        LayerSource {
            source: Source::Intermediate(id),
            content: size,
            source_from_content: Affine::IDENTITY,
            source_size: size,
            decode: Vec::new(),
            premultiplied: true,
            has_alpha: true,
            crop: None,
        }
    }

    /// Renders a source upright and smaller by `step`, so that a bilinear read of it is enough.
    pub(super) fn reduce(&mut self, source: LayerSource, step: f64, canvas: &Canvas) -> Result<LayerSource, RenderError> {
        let straight = source.has_alpha && !source.premultiplied;
        let source = if straight { self.widen(source, &[], Masks::default(), canvas)? } else { source };
        let content = source.content;
        let size = Size {
            width: ((f64::from(content.width) / step).ceil() as u32).max(1),
            height: ((f64::from(content.height) / step).ceil() as u32).max(1),
        };
        let content_from_small =
            Affine::scale(f64::from(content.width) / f64::from(size.width), f64::from(content.height) / f64::from(size.height));
        let map = source.source_from_content.after(&content_from_small);
        let mut pass = PassBuilder::new(size);
        let bounds = pass.full();
        let window = [0.0, 0.0, source.source_size.width as f32, source.source_size.height as f32];
        pass.stages
            .push(Stage::Sample { reg: 0, sampling: Sampling { source: source.source, source_from_output: map, window, bounds } });
        pass.convert(0, source.decode);
        if !source.premultiplied {
            pass.stages.push(Stage::Premultiply { reg: 0 });
        }
        let id = self.add_intermediate(size, pass);
        let mut reduced = Self::intermediate_source(id, size);
        reduced.content = content;
        reduced.source_from_content = content_from_small.inverse().unwrap_or(Affine::IDENTITY);
        Ok(reduced)
    }
}
