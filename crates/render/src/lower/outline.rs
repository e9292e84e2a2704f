//! What effects such as a shadow or a stroke draw below a layer follows from the layer's alpha. As
//! long as that comes from masks alone, it is drawn from them, apart from the picture: passes that
//! do not read the picture are the same in many frames, and a back end may keep their results.
use super::{
    Drawn, LayerSource, Lowering, Masks, PassBuilder,
    chain::{Chain, ChainInput, Outline, inward},
    effect_frame, effect_params,
    intermediate::Stored,
    keeps_alpha, working_space,
};
use crate::{
    RenderError,
    place::{self, Placed},
    program::{PictureId, Planes, Reg, Sampling, SamplingSource, Stage, UNLIMITED},
};
use cutroom_effects::{EffectKind, Params, Step, Uniforms};
use cutroom_kernel::{At, MAX_UNIFORMS, Mix, MixKernel, Real, Rgba, rgb};
use cutroom_timeline::{Canvas, EffectUse, Layer};
use cutroom_types::{Affine, ColorTags, Picture, PictureFormat, Size};
use std::sync::LazyLock;

/// Pixels of one working colour, whose decoding is left out.
static WHITE: LazyLock<Option<Picture>> = LazyLock::new(|| pixel(1.0));
static BLACK: LazyLock<Option<Picture>> = LazyLock::new(|| pixel(0.0));

fn pixel(value: f32) -> Option<Picture> {
    let planes = vec![value.to_le_bytes().to_vec(); 3];
    Picture::from_planes(PictureFormat::RGB_FLOAT, Size { width: 1, height: 1 }, ColorTags::SRGB, planes)
}

/// Black of the layer's outline, over and below which effects have drawn (`to`), with the straight
/// colour of the layer's own pixels in place of black; premultiplied.
struct Colored;

impl MixKernel for Colored {
    #[inline(always)]
    fn eval<R: Real>(_: &[R; MAX_UNIFORMS], own: Rgba<R>, all: Rgba<R>, _: At<R>) -> Rgba<R> {
        let c = |own_c: R, all_c: R| own_c.mad(own.a, all_c);
        Rgba { c: rgb(c(own.c.r, all.c.r), c(own.c.g, all.c.g), c(own.c.b, all.c.b)), a: all.a }
    }
}

impl Lowering<'_> {
    /// The number of the layer's effects that only change colours, if the others, at least one, all
    /// draw below the layer what its masks or edges outline, and keep the layer itself.
    pub(super) fn framed(source: &LayerSource, layer: &Layer, placed: &Placed, masks: &Masks, canvas: &Canvas) -> Option<usize> {
        let (count, working) =
            (layer.effects.iter().take_while(|e| keeps_alpha(std::slice::from_ref(*e))).count(), working_space(canvas));
        let below = |used: &EffectUse| {
            let spec = used.effect.spec();
            let EffectKind::Steps(steps) = spec.kind else { return false };
            let values = effect_params(spec, used, working);
            let frame = effect_frame(source.content, [0; 2], working, used.time);
            spec.outlines && matches!(steps(Params::new(&values), &frame).last(), Some(Step::Mix(..)))
        };
        let is_own = !source.has_alpha && source.crop.is_none() && masks.after.is_none();
        let rest = &layer.effects[count..];
        (is_own && !rest.is_empty() && placed.content_from_output.is_axis_aligned() && rest.iter().all(below)).then_some(count)
    }

    /// Draws a layer whose effects after the first `points` draw below it. Its outline, and what is
    /// below, are placed apart from the picture, which is read as without effects:
    ///
    /// ```text
    /// picture ∘ placement · outline ∘ placement + below ∘ placement
    /// ```
    ///
    /// where `below` is what the effects make of a black picture, which only adds its alpha.
    pub(super) fn draw_framed(
        &mut self,
        mut source: LayerSource,
        layer: &Layer,
        points: usize,
        placed: &Placed,
        masks: Masks,
        margin: [u32; 2],
        canvas: &Canvas,
        pass: &mut PassBuilder,
        reg: Reg,
    ) -> Result<Option<Drawn>, RenderError> {
        let bounds = place::clip_bounds(placed.bounds, pass.full());
        if place::is_empty(bounds) {
            return Ok(None);
        }
        let (Some(white), Some(black)) = (&*WHITE, &*BLACK) else {
            return Err(RenderError::Unsupported("a picture of one pixel".into()));
        };
        let (points, effects) = layer.effects.split_at(points);
        let white = self.plain(white, source.content);
        let outline = self.rasterize_layer(white, &[], masks, margin, canvas)?;
        let black = self.plain(black, source.content);
        let below = self.rasterize_layer(black, effects, masks, margin, canvas)?;
        let at = &placed.content_from_output;
        let [outline, below] =
            [(outline, Planes::Gray), (below, Planes::Rgba)].map(|(s, p)| self.placed_still(&s, p, placed, bounds));
        self.turn_source(&mut source, at);
        let map = source.source_from_content.after(at);
        pass.use_register(reg + 1);
        let picture = Sampling { source: source.source, source_from_output: map, window: UNLIMITED, bounds };
        pass.stages.push(Stage::Sample { reg, sampling: picture });
        pass.convert(reg, source.decode);
        self.point_effects(points, working_space(canvas), source.content, at, pass, reg)?;
        pass.placed_mask(reg, outline, false);
        pass.stages.push(Stage::Sample { reg: reg + 1, sampling: below });
        pass.stages.push(Stage::mix([reg, reg + 1], &Mix(Colored), "outline", Uniforms::new(&[])));
        pass.stages.push(Stage::Unpremultiply { reg });
        Ok(Some(Drawn { bounds, opaque: false, picture: None }))
    }

    /// A picture of one pixel in place of a layer's content.
    fn plain(&mut self, pixel: &Picture, content: Size) -> LayerSource {
        self.program.pictures.push(pixel.clone());
        LayerSource {
            source: SamplingSource::Picture(self.program.pictures.len() - 1),
            content,
            source_from_content: pixel_from(content),
            source_size: pixel.size,
            decode: Vec::new(),
            premultiplied: false,
            has_alpha: false,
            crop: None,
            margin: [0; 2],
            ink: None,
        }
    }

    /// Draws what is stored into a raster of the pixels that it covers; returns how that is read.
    fn placed_still(&mut self, source: &LayerSource, planes: Planes, placed: &Placed, bounds: [u32; 4]) -> Sampling {
        let [left, top, right, bottom] = bounds;
        let size = Size { width: right - left, height: bottom - top };
        let canvas_from_raster = Affine::translate(f64::from(left), f64::from(top));
        let mut pass = PassBuilder::new(size);
        let sampling = Sampling {
            source: source.source,
            source_from_output: source.source_from_content.after(&placed.content_from_output).after(&canvas_from_raster),
            window: place::window(&source.source_from_content, &placed.window, source.source_size),
            bounds: pass.full(),
        };
        pass.stages.push(Stage::Sample { reg: 0, sampling });
        Sampling {
            source: SamplingSource::Intermediate(self.add_intermediate(size, pass, planes)),
            source_from_output: Affine::translate(-f64::from(left), -f64::from(top)),
            window: [0.0, 0.0, size.width as f32, size.height as f32],
            bounds,
        }
    }
}

/// Maps pixels of a layer's content to the only pixel of a picture.
fn pixel_from(content: Size) -> Affine {
    Affine::scale(1.0 / f64::from(content.width), 1.0 / f64::from(content.height))
}

impl Chain<'_, '_> {
    /// An intermediate of the image's size with the image's alpha, drawn without the image; `None`
    /// if that is not possible.
    pub(super) fn stored_outline(&mut self) -> Option<usize> {
        let id = match self.outline {
            Outline::Own => return None,
            Outline::Stored(id) => id,
            Outline::Masked(mask) => self.draw_outline(mask)?,
            Outline::Pending(below, above, kernel, uniforms) => {
                let input = &mut ChainInput::Stored(below);
                self.apart(above, |chain| {
                    chain.step(Step::Mix(kernel, uniforms), Some(input), &[]);
                    chain.store()
                })
            }
        };
        self.outline = Outline::Stored(id);
        Some(id)
    }

    /// White where the content is, multiplied by the mask.
    fn draw_outline(&mut self, mask: Option<PictureId>) -> Option<usize> {
        let (w, h) = (self.content.width, self.content.height);
        let [x, y] = self.margin;
        let bounds = [x, y, x + w, y + h];
        let content_from_output = inward(self.margin);
        let pictures = &mut self.lowering.program.pictures;
        pictures.push(WHITE.clone()?);
        let white = Sampling {
            source: SamplingSource::Picture(pictures.len() - 1),
            source_from_output: pixel_from(self.content).after(&content_from_output),
            window: [0.0, 0.0, 1.0, 1.0],
            bounds,
        };
        let mut pass = PassBuilder::new(self.size);
        pass.stages.push(Stage::Sample { reg: 0, sampling: white });
        pass.stages.push(Stage::Premultiply { reg: 0 });
        if let Some(id) = mask {
            let window = [0.0, 0.0, w as f32, h as f32];
            let source = SamplingSource::Picture(id);
            pass.placed_mask(0, Sampling { source, source_from_output: content_from_output, window, bounds }, true);
        }
        Some(self.lowering.add_intermediate(self.size, pass, Planes::Rgba))
    }

    /// Runs the steps of an effect on an outline, and the last one on the image.
    pub(super) fn outlined(&mut self, outline: usize, mut steps: Vec<Step>) {
        let last = steps.pop_if(|s| matches!(s, Step::Mix(..)));
        let input = &mut ChainInput::Stored(outline);
        let size = self.size;
        let drawn = self.apart(Stored::whole(outline, size), |chain| {
            for step in steps {
                chain.step(step, Some(input), &[]);
            }
            if chain.open.is_some() {
                chain.store();
            }
            chain.stored
        });
        self.direct = None;
        match last {
            Some(Step::Mix(kernel, uniforms)) => {
                self.premultiply();
                self.limit_reads();
                let kernel_from_output = inward(self.margin);
                let pass = self.pass();
                pass.use_register(1);
                pass.stages.push(Stage::Sample { reg: 1, sampling: drawn.sampling(&Affine::IDENTITY, size) });
                pass.stages.push(Stage::Mix { from: 0, to: 1, kernel, id: "", uniforms, kernel_from_output });
                self.outline = Outline::Pending(outline, drawn, kernel, uniforms);
            }
            _ => {
                self.open = None;
                self.stored = drawn;
                self.outline = Outline::Own;
            }
        }
        self.opaque = false;
        self.premultiplied = true;
    }

    /// Runs steps on another premultiplied image of the same size; the chain's own image remains.
    fn apart<T>(&mut self, image: Stored, steps: impl FnOnce(&mut Self) -> T) -> T {
        let own = (self.open.take(), self.stored, self.direct.take(), self.premultiplied, self.opaque);
        (self.stored, self.premultiplied, self.opaque) = (image, true, false);
        let result = steps(self);
        (self.open, self.stored, self.direct, self.premultiplied, self.opaque) = own;
        result
    }
}
