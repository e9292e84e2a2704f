//! What is drawn into intermediates before it is sampled: nested compositions, sources under
//! effects that read other pixels, strong reductions.
use super::{LayerSource, Lowering, Masks, PassBuilder, check_size, working_space};
use crate::{
    RenderError, filter,
    mask::with_margin,
    program::{Intermediate, Pass, PassTarget, Planes, Sampling, SamplingSource, Stage, UNLIMITED},
};
use cutroom_effects::{
    SeparableWeights,
    color::{self, WorkingSpace},
    gaussian,
};
use cutroom_timeline::{Canvas, FramePlan};
use cutroom_types::{Affine, ColorTags, PictureFormat, Size};

/// An image in an intermediate, which may have fewer pixels than the image.
#[derive(Clone, Copy)]
pub(super) struct Stored {
    pub id: usize,
    pub size: Size,
    pub stored_from_full: Affine,
}

impl Stored {
    /// An image stored at its full size.
    pub(super) fn whole(id: usize, size: Size) -> Self {
        Self { id, size, stored_from_full: Affine::IDENTITY }
    }

    /// Reads the image over a raster of `size` whose pixels are mapped to the full image by
    /// `full_from_output`.
    pub(super) fn sampling(&self, full_from_output: &Affine, size: Size) -> Sampling {
        Sampling {
            source: SamplingSource::Intermediate(self.id),
            source_from_output: self.stored_from_full.after(full_from_output),
            window: UNLIMITED,
            bounds: [0, 0, size.width, size.height],
        }
    }
}

/// A reduced raster with a margin around the image.
#[derive(Clone, Copy)]
struct MipLevel {
    factor: u32,
    /// Margin on each side, in pixels of the reduced raster.
    margin: u32,
}

impl MipLevel {
    fn size(&self, full: Size) -> Size {
        let side = |n: u32| n.div_ceil(self.factor) + 2 * self.margin;
        Size { width: side(full.width), height: side(full.height) }
    }

    fn full_from_mip(&self) -> Affine {
        let (k, m) = (f64::from(self.factor), f64::from(self.margin));
        Affine::scale(k, k).after(&Affine::translate(-m, -m))
    }

    fn stored(&self, id: usize, full: Size) -> Stored {
        let (k, m) = (f64::from(self.factor), f64::from(self.margin));
        let stored_from_full = Affine::translate(m, m).after(&Affine::scale(1.0 / k, 1.0 / k));
        Stored { id, size: self.size(full), stored_from_full }
    }
}

/// How a large Gaussian is computed on a reduced image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Reduction {
    /// A power of two, at least 2.
    pub factor: u32,
    /// Standard deviation in pixels of the reduced image.
    pub sigma_px: f32,
}

impl Reduction {
    /// The largest factor, up to 64, that leaves a deviation of at least two and a half pixels;
    /// `None` when there is none. The variances of consecutive filters add up, so those of reducing
    /// and enlarging are subtracted.
    pub(super) fn of(sigma_px: f32) -> Option<Self> {
        let mut factor = 1u32;
        while sigma_px >= 5.0 * factor as f32 && factor < 64 {
            factor *= 2;
        }
        if factor < 2 {
            return None;
        }
        let k = f64::from(factor);
        let center = 8.0 * k;
        let taps = filter::taps(center, k, 16 * factor as usize);
        let distance = |i: usize| (taps.start as usize + i) as f64 + 0.5 - center;
        let down: f64 = taps.weights.iter().enumerate().map(|(i, w)| f64::from(*w) * distance(i).powi(2)).sum();
        // Doubling to pixels of size s: s²·(1/4·(3/2)² + 3/4·(1/2)²)
        let up: f64 = (0..factor.ilog2()).map(|i| 0.75 * f64::from(1 << (2 * i))).sum();
        let rest = (f64::from(sigma_px).powi(2) - down - up) / (k * k);
        Some(Self { factor, sigma_px: rest.sqrt() as f32 })
    }
}

impl Lowering<'_> {
    /// Draws a nested composition on its own canvas into an intermediate, in the `outer` working
    /// space.
    pub(super) fn nested(&mut self, plan: &FramePlan, outer: WorkingSpace) -> Result<LayerSource, RenderError> {
        check_size(plan.canvas.size)?;
        let mut inner = PassBuilder::new(plan.canvas.size);
        self.draw(plan, &mut inner)?;
        let own = working_space(&plan.canvas);
        if own != outer {
            inner.stages.push(Stage::Unpremultiply { reg: 0 });
            // Converted through display-encoded values with the nested composition's own tags.
            let rgb = PictureFormat::RGB_FLOAT;
            let tags = ColorTags { primaries: own.primaries, transfer: own.transfer, ..ColorTags::SRGB };
            inner.convert(0, color::encode_steps(own, rgb, tags));
            inner.convert(0, color::decode_steps(rgb, tags, outer));
            inner.stages.push(Stage::Premultiply { reg: 0 });
        }
        let id = self.add_intermediate(plan.canvas.size, inner, Planes::Rgba);
        Ok(Self::intermediate_source(id, plan.canvas.size))
    }

    pub(super) fn add_intermediate(&mut self, size: Size, pass: PassBuilder, planes: Planes) -> usize {
        let id = self.new_intermediate(size, planes);
        self.program.passes.push(Pass::Tiles(pass.finish(PassTarget::Intermediate(id))));
        id
    }

    fn new_intermediate(&mut self, size: Size, planes: Planes) -> usize {
        self.program.intermediates.push(Intermediate { size, planes, key: None });
        self.program.intermediates.len() - 1
    }

    /// Applies a separable filter to an intermediate; returns the intermediate with the result.
    pub(super) fn convolve(&mut self, from: usize, weights: &SeparableWeights) -> usize {
        let Intermediate { size, planes, .. } = self.program.intermediates[from];
        let mut id = from;
        for (horizontal, weights) in [(true, &weights.horizontal), (false, &weights.vertical)] {
            // A single weight is 1, so the filter changes nothing.
            if weights.len() > 1 {
                let to = self.new_intermediate(size, planes);
                self.program.passes.push(Pass::Convolve { from: id, to, horizontal, weights: weights.clone() });
                id = to;
            }
        }
        id
    }

    /// Filters a whole intermediate; a large Gaussian is computed on a reduced image.
    pub(super) fn filter(&mut self, from: usize, weights: &SeparableWeights) -> Stored {
        let Intermediate { size, planes, .. } = self.program.intermediates[from];
        match weights.sigma_px.and_then(Reduction::of) {
            Some(by) => self.reduced_gaussian(size, planes, by, |full_from_small, small| {
                vec![Stage::Sample { reg: 0, sampling: Stored::whole(from, size).sampling(full_from_small, small) }]
            }),
            None => Stored::whole(self.convolve(from, weights), size),
        }
    }

    /// A Gaussian of the image that `stages` draw, given the map from the reduced raster to the
    /// full one and the reduced size. The image is reduced with triangles, filtered, and enlarged
    /// by linear interpolation in steps of two, up to half its size. Doubling with weights 1/4 and
    /// 3/4 blurs all pixels equally.
    pub(super) fn reduced_gaussian(
        &mut self,
        size: Size,
        planes: Planes,
        by: Reduction,
        stages: impl FnOnce(&Affine, Size) -> Vec<Stage>,
    ) -> Stored {
        // Edges are clamped at full resolution as far as the filter reaches, since reduced pixels
        // at an edge differ from what is outside of it.
        let weights = gaussian(by.sigma_px);
        let margin = weights.horizontal.len() as u32 + 2;
        let (mut factor, mut mip) = (by.factor, MipLevel { factor: by.factor, margin });
        let mut pass = PassBuilder::new(mip.size(size));
        pass.stages = stages(&mip.full_from_mip(), mip.size(size));
        let id = self.add_intermediate(mip.size(size), pass, planes);
        let mut stored = mip.stored(self.convolve(id, &weights), size);
        while factor > 2 {
            factor /= 2;
            mip = MipLevel { factor, margin: 2 };
            let mut pass = PassBuilder::new(mip.size(size));
            let sampling = stored.sampling(&mip.full_from_mip(), mip.size(size));
            pass.stages.push(Stage::Sample { reg: 0, sampling });
            stored = mip.stored(self.add_intermediate(mip.size(size), pass, planes), size);
        }
        stored
    }

    /// A layer source that is stored in an intermediate, premultiplied.
    pub(super) fn stored_source(stored: &Stored, content: Size, opaque: bool) -> LayerSource {
        LayerSource {
            source: SamplingSource::Intermediate(stored.id),
            content,
            source_from_content: stored.stored_from_full,
            source_size: stored.size,
            decode: Vec::new(),
            premultiplied: true,
            has_alpha: !opaque,
            crop: None,
            margin: [0; 2],
            ink: None,
        }
    }

    /// A layer source that is a whole intermediate, premultiplied, with alpha.
    pub(super) fn intermediate_source(id: usize, size: Size) -> LayerSource {
        Self::stored_source(&Stored::whole(id, size), size, false)
    }

    /// Renders a source upright and reduced by `step`, so that a bilinear read of it suffices.
    pub(super) fn reduce(&mut self, source: LayerSource, step: f64, canvas: &Canvas) -> Result<LayerSource, RenderError> {
        let straight = source.has_alpha && !source.premultiplied;
        let source = if straight { self.rasterize_layer(source, &[], Masks::default(), [0; 2], canvas)? } else { source };
        let (content, margin) = (source.content, source.margin);
        let whole = with_margin(content, margin);
        let size = Size {
            width: ((f64::from(whole.width) / step).ceil() as u32).max(1),
            height: ((f64::from(whole.height) / step).ceil() as u32).max(1),
        };
        let scale = Affine::scale(f64::from(whole.width) / f64::from(size.width), f64::from(whole.height) / f64::from(size.height));
        let content_from_small = Affine::translate(-f64::from(margin[0]), -f64::from(margin[1])).after(&scale);
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
        let id = self.add_intermediate(size, pass, Planes::Rgba);
        let mut reduced = Self::intermediate_source(id, size);
        reduced.content = content;
        reduced.margin = margin;
        reduced.source_from_content = content_from_small.inverse().unwrap_or(Affine::IDENTITY);
        Ok(reduced)
    }
}
