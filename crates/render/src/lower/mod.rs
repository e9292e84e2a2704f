//! Lowers a plan and its source pictures to a [`Program`]: places layers, leaves out invisible
//! ones, passes unmodified pictures through, and fuses per-pixel work into as few passes as
//! possible.
mod adjustment;
mod affine;
mod blend;
mod cache;
mod chain;
mod drawing;
mod intermediate;
mod lengths;
mod matte;
mod motion;
mod outline;
mod outset;
mod overlay;
mod pass;
mod planes;
mod point;
mod solid;
mod transition;
mod turn;
mod vector;

use crate::{
    OutputSpec, RenderError, SourcePictures,
    mask::with_margin,
    place::{self, Placed, is_integer, step},
    program::{Pass, PassTarget, PictureId, Program, Reg, Sampling, SamplingSource, Stage},
    same_work,
};
use blend::blend;
pub use cache::LoweringCache;
use chain::Rasterized;
use cutroom_effects::{
    Params,
    color::{self, ColorStep, WorkingSpace},
};
use cutroom_timeline::{BlendSpace, Canvas, Content, EffectUse, Fit, FramePlan, Layer, Placement, SourceFrame, Transform};
use cutroom_types::{Affine, AlphaMode, ColorTags, Picture, Size};
use pass::{Drawn, PassBuilder};
use point::{effect_frame, effect_params, to_domain, working_params};
use solid::solid_picture;
pub use turn::untouched_source;

/// Largest side of any raster in pixels, with effects' margins; compositions have a lower limit.
pub const MAX_RASTER_SIDE_PX: u32 = cutroom_kernel::MAX_FIELD_SIDE_PX;

/// The backdrop of a pass.
struct Stack {
    /// Stage that loads it into register 0.
    base: Stage,
    /// Register 0 holds a picture.
    started: bool,
    /// `base` draws something visible.
    filled: bool,
}

/// Result of lowering.
pub enum Lowered {
    /// The result is this source picture, unmodified.
    Untouched(Picture),
    /// The result is a source picture with turned or mirrored planes, unmodified otherwise.
    Turned(Picture),
    /// The result is drawn by this program.
    Program(Program),
}

/// Lowers a plan.
///
/// # Errors
/// Missing source pictures or LUTs, rasters that are empty or larger than [`MAX_RASTER_SIDE_PX`],
/// and sources or plans that are not supported.
pub fn lower(
    plan: &FramePlan,
    sources: &dyn SourcePictures,
    output: &OutputSpec,
    cache: &mut LoweringCache,
) -> Result<Lowered, RenderError> {
    check_size(plan.canvas.size)?;
    let mut l = Lowering { sources, cache, program: Program::new(plan.canvas.size), backdrop: None };
    if let Some(turn::Untouched { picture, turned }) = l.untouched(plan, output)? {
        return Ok(if turned { Lowered::Turned(picture) } else { Lowered::Untouched(picture) });
    }
    if l.planes(plan, output)? {
        same_work::merge(&mut l.program);
        return Ok(Lowered::Program(l.program));
    }
    let working = working_space(&plan.canvas);
    let mut pass = PassBuilder::new(plan.canvas.size);
    l.draw(plan, &mut pass)?;
    pass.base_copy = pass.base_picture.filter(|id| {
        let p = &l.program.pictures[*id];
        p.format == output.format && p.color == output.color && p.size == plan.canvas.size
    });
    if output.format.alpha || pass.translucent {
        // Files hold straight colour; without an alpha plane, translucent pixels show over black.
        if output.format.alpha {
            pass.stages.push(Stage::Unpremultiply { reg: 0 });
        }
    }
    pass.convert(0, color::encode_steps(working, output.format, output.color));
    l.program.passes.push(Pass::Tiles(pass.finish(PassTarget::Output)));
    same_work::merge(&mut l.program);
    Ok(Lowered::Program(l.program))
}

/// Number of the lowest layers that are hidden by an opaque one.
///
/// # Errors
/// As [`lower`].
pub fn hidden_layers(plan: &FramePlan, sources: &dyn SourcePictures) -> Result<usize, RenderError> {
    Lowering { sources, cache: &mut LoweringCache::default(), program: Program::new(plan.canvas.size), backdrop: None }
        .first_visible(plan)
}

/// The working space of a canvas.
pub fn working_space(canvas: &Canvas) -> WorkingSpace {
    WorkingSpace { linear: canvas.blend_space == BlendSpace::Linear, primaries: canvas.primaries, transfer: canvas.transfer }
}

/// The tags with which a source is read. Primaries that its file does not state are those of the
/// film, unless one of the two is HDR or the film has wide primaries: nothing is converted that
/// nobody stated, as FFmpeg and MLT do, and a clip of standard size, a still of it and one of HD
/// size agree.
fn read_as(picture: &Picture, working: WorkingSpace) -> ColorTags {
    let tags = picture.color;
    let is_standard = !tags.transfer.is_hdr() && !working.transfer.is_hdr() && !working.primaries.is_wide();
    if picture.are_primaries_guessed && is_standard { ColorTags { primaries: working.primaries, ..tags } } else { tags }
}

fn check_size(s: Size) -> Result<(), RenderError> {
    if s.width == 0 || s.height == 0 || s.width > MAX_RASTER_SIDE_PX || s.height > MAX_RASTER_SIDE_PX {
        return Err(RenderError::Unsupported(format!(
            "a raster of {}×{} pixels; sides go from 1 to {MAX_RASTER_SIDE_PX}",
            s.width, s.height
        )));
    }
    Ok(())
}

/// The source of a layer's pixels before placement.
struct LayerSource {
    source: SamplingSource,
    /// Size of the upright content with square pixels.
    content: Size,
    /// Maps content coordinates to source sample coordinates.
    source_from_content: Affine,
    source_size: Size,
    /// Steps from sampled values to straight working colour; none for intermediates, which hold
    /// working colour.
    decode: Vec<ColorStep>,
    premultiplied: bool,
    has_alpha: bool,
    /// The part of the content that is visible: left, top, right, bottom.
    crop: Option<[f64; 4]>,
    /// Margin of the source around the content on each side, horizontally and vertically, in pixels
    /// of the content.
    margin: [u32; 2],
    /// Of text and shapes: the part that is not transparent, in pixels of the content, which may
    /// reach beyond it.
    ink: Option<[f64; 4]>,
}

impl LayerSource {
    /// How far text and shapes reach beyond their content on each side, in its pixels.
    fn overhang(&self) -> [u32; 2] {
        let Some([left, top, right, bottom]) = self.ink else { return [0; 2] };
        let (w, h) = (f64::from(self.content.width), f64::from(self.content.height));
        [(-left).max(right - w), (-top).max(bottom - h)].map(|v| v.ceil().max(0.0) as u32)
    }

    /// The part of a layer's margin that the source fills itself: all of it if it reaches beyond its
    /// content.
    fn own_margin(&self, margin: [u32; 2]) -> [u32; 2] {
        if self.overhang() == [0; 2] { [0; 2] } else { margin }
    }

    /// The visible part, in samples of the source.
    fn window(&self) -> [f32; 4] {
        match &self.crop {
            Some(c) => place::window(&self.source_from_content, c, self.source_size),
            None => [0.0, 0.0, self.source_size.width as f32, self.source_size.height as f32],
        }
    }
}

/// Masks of a layer as grey pictures of the content's size, plus its margin if applied after
/// effects or if the source itself reaches into it.
#[derive(Clone, Copy, Default)]
struct Masks {
    /// Applied before the effects.
    before: Option<PictureId>,
    /// Applied after the effects.
    after: Option<PictureId>,
}

struct Lowering<'a> {
    sources: &'a dyn SourcePictures,
    cache: &'a mut LoweringCache,
    program: Program,
    /// The composited layers below the one being drawn.
    backdrop: Option<adjustment::Backdrop>,
}

impl Lowering<'_> {
    fn fetch(&mut self, frame: &SourceFrame) -> Result<Picture, RenderError> {
        if let Some(svg) = self.sources.vector(frame) {
            return Ok(self.cache.vectors.draw(&svg, 1.0)?.0);
        }
        let missing = || RenderError::MissingSource { media: frame.media.clone(), time: frame.time };
        let p = self.sources.picture(frame).ok_or_else(missing)?;
        check_size(p.size)?;
        Ok(p)
    }

    /// Draws a whole plan into register 0 of `pass`, premultiplied.
    fn draw(&mut self, plan: &FramePlan, pass: &mut PassBuilder) -> Result<(), RenderError> {
        let working = working_space(&plan.canvas);
        let bg = color::working_color(plan.canvas.background, working);
        pass.translucent = bg[3] < 1.0;
        let fill = Stage::Fill { reg: 0, color: [bg[0] * bg[3], bg[1] * bg[3], bg[2] * bg[3], bg[3]] };
        let mut stack = Stack { base: fill, started: false, filled: bg[3] > 0.0 };
        // A nested plan's adjustment layers do not see the layers below it in the outer plan.
        let outer = self.backdrop.take();
        for layer in &plan.layers[self.first_visible(plan)?..] {
            if adjustment::is_adjustment(layer) && (stack.started || stack.filled) {
                if !stack.started {
                    pass.stages.push(stack.base);
                }
                // The adjustment layer may hide all that it adjusts.
                stack = Stack { base: self.store_backdrop(pass), started: false, filled: true };
            }
            for layer in adjustment::adjustment_layers(layer, pass.translucent && self.backdrop.is_some()) {
                self.composite_layer(&layer, &mut stack, &plan.canvas, pass)?;
            }
        }
        if !stack.started {
            pass.stages.push(stack.base);
        }
        self.backdrop = outer;
        Ok(())
    }

    /// Composites one layer over those of the pass.
    fn composite_layer(
        &mut self,
        layer: &Layer,
        stack: &mut Stack,
        canvas: &Canvas,
        pass: &mut PassBuilder,
    ) -> Result<(), RenderError> {
        // The first layer may be drawn into register 0 itself if it hides the background.
        let reg = usize::from(stack.started);
        let at = pass.stages.len();
        let registers = pass.registers;
        let before = self.program.mark();
        let affects_transparent = layer.blend.affects_transparent;
        let nothing = |pass: &mut PassBuilder| {
            pass.use_register(1);
            pass.stages.push(Stage::Fill { reg: 1, color: [0.0; 4] });
            Drawn { bounds: [0; 4], opaque: false, picture: None }
        };
        let mut drawn = match self.draw_layer(layer, canvas, pass, reg)? {
            Some(drawn) => drawn,
            // An invisible layer still lowers the backdrop's alpha.
            None if affects_transparent && (stack.started || stack.filled) => nothing(pass),
            None => return Ok(()),
        };
        let covers = drawn.opaque && drawn.bounds == pass.full() && layer.opacity == 1.0 && layer.blend.is_normal();
        if !stack.started && covers {
            stack.started = true;
            pass.translucent = false;
            pass.base_picture = drawn.picture;
            return Ok(());
        }
        if !stack.started {
            // Drawn again, over the backdrop.
            pass.stages.truncate(at);
            pass.registers = registers;
            self.program.rewind(before);
            pass.stages.push(stack.base.clone());
            stack.started = true;
            drawn = match self.draw_layer(layer, canvas, pass, 1)? {
                Some(drawn) => drawn,
                None if affects_transparent => nothing(pass),
                None => return Ok(()),
            };
        }
        blend(pass, layer, &drawn, working_space(canvas));
        Ok(())
    }

    /// Index of the topmost layer that hides everything below it, or 0.
    fn first_visible(&mut self, plan: &FramePlan) -> Result<usize, RenderError> {
        for (i, layer) in plan.layers.iter().enumerate().rev() {
            let Content::Media(frame) = &layer.content else { continue };
            if layer.opacity < 1.0 || !layer.blend.is_normal() || is_cut(layer) || !keeps_alpha(&layer.effects) {
                continue;
            }
            let p = self.fetch(frame)?;
            if p.format.alpha {
                continue;
            }
            let placed = place::place(&placement(layer), p.display_size(), plan.canvas.size);
            if placed.is_some_and(|p| p.covers_canvas) {
                return Ok(i);
            }
        }
        Ok(0)
    }

    /// Draws a layer's straight colour into `reg`, without its opacity. `None` when nothing of it
    /// is visible.
    fn draw_layer(
        &mut self,
        layer: &Layer,
        canvas: &Canvas,
        pass: &mut PassBuilder,
        reg: Reg,
    ) -> Result<Option<Drawn>, RenderError> {
        let drawn = self.draw_content(layer, canvas, pass, reg)?;
        match (&layer.matte, drawn) {
            (Some(matte), Some(drawn)) => self.cut_by_matte(matte, drawn, canvas, pass, reg),
            (_, drawn) => Ok(drawn),
        }
    }

    fn draw_content(
        &mut self,
        layer: &Layer,
        canvas: &Canvas,
        pass: &mut PassBuilder,
        reg: Reg,
    ) -> Result<Option<Drawn>, RenderError> {
        pass.use_register(reg);
        let working = working_space(canvas);
        match &layer.content {
            Content::Transition { transition, params, progress, from, to, inputs } => {
                self.draw_transition(*transition, params, *progress, [from.as_deref(), to.as_deref()], inputs, canvas, pass, reg)
            }
            Content::Backdrop if self.backdrop.is_none() => Ok(None),
            Content::Solid(rgba) if is_plain(layer) && layer.masks.is_empty() && point_only(&layer.effects) => {
                pass.stages.push(Stage::Fill { reg, color: color::working_color(*rgba, working) });
                let full = pass.full();
                let whole = Placed::whole(canvas.size);
                self.point_effects(&layer.effects, working, canvas.size, &whole.content_from_output, pass, reg)?;
                Ok(Some(Drawn { bounds: full, opaque: rgba[3] >= 1.0 && keeps_alpha(&layer.effects), picture: None }))
            }
            _ => {
                let source = match &layer.content {
                    Content::Drawing(drawing) => match self.drawn(drawing, layer, canvas)? {
                        Some(source) => source,
                        None => return Ok(None),
                    },
                    content => match self.vector_source(content, layer, canvas)? {
                        Some(source) => source,
                        None => self.layer_source(content, canvas)?,
                    },
                };
                self.draw_source(source, layer, canvas, pass, reg)
            }
        }
    }

    fn layer_source(&mut self, content: &Content, canvas: &Canvas) -> Result<LayerSource, RenderError> {
        let working = working_space(canvas);
        let picture = match content {
            Content::Media(frame) => self.fetch(frame)?,
            Content::Solid(rgba) => solid_picture(*rgba, canvas)?,
            Content::Composition(plan) => return self.nested(plan, working),
            Content::Backdrop => return self.backdrop_source(canvas),
            Content::Drawing(drawing) => {
                return match self.drawn_at(drawing, 1.0, canvas)? {
                    Some(source) => Ok(source),
                    None => self.layer_source(&Content::Solid([0.0; 4]), canvas),
                };
            }
            Content::Transition { .. } => return Err(RenderError::Unsupported("a transition inside an effect chain".into())),
        };
        let content_size = match content {
            Content::Solid(_) => canvas.size,
            _ => picture.display_size(),
        };
        let source_from_content = match content {
            Content::Solid(_) => Affine::scale(1.0 / f64::from(canvas.size.width), 1.0 / f64::from(canvas.size.height)),
            _ => source_from_content(&picture),
        };
        self.picture_source(picture, content_size, source_from_content, working)
    }

    /// A picture as a source whose upright content has a size.
    fn picture_source(
        &mut self,
        picture: Picture,
        content_size: Size,
        source_from_content: Affine,
        working: WorkingSpace,
    ) -> Result<LayerSource, RenderError> {
        check_size(content_size)?;
        let stored = picture.size;
        if let Some(what) = color::unsupported(picture.color) {
            return Err(RenderError::Unsupported(format!("{what} of a source picture")));
        }
        let decode = color::decode_steps(picture.format, read_as(&picture, working), working);
        let (has_alpha, premultiplied) = (picture.format.alpha, picture.alpha == AlphaMode::Premultiplied);
        let id = self.program.pictures.len();
        self.program.pictures.push(picture);
        Ok(LayerSource {
            source: SamplingSource::Picture(id),
            content: content_size,
            source_from_content,
            source_size: stored,
            decode,
            premultiplied,
            has_alpha,
            crop: None,
            margin: [0; 2],
            ink: None,
        })
    }

    /// Effects that read other pixels, and maps that a single sampling cannot compute well, use
    /// intermediates; the rest is sampled and computed in this pass.
    fn draw_source(
        &mut self,
        mut source: LayerSource,
        layer: &Layer,
        canvas: &Canvas,
        pass: &mut PassBuilder,
        reg: Reg,
    ) -> Result<Option<Drawn>, RenderError> {
        let working = working_space(canvas);
        let layer = &*lengths::in_content_pixels(layer, source.content, canvas.size);
        if !layer.shutter.is_empty() {
            return self.draw_moving(source, layer, canvas, pass, reg);
        }
        let (content, own) = (source.content, placement(layer));
        let margin = outset::margin(layer, content, source.overhang(), canvas);
        if source.ink.is_some() {
            source.margin = margin;
        }
        let is_bare = layer.effects.is_empty() && layer.masks.is_empty() && own.transform.crop == [0.0; 4];
        let placed = match (margin, source.ink.filter(|_| is_bare)) {
            (_, Some(ink)) => place::place_window(&own, content, ink, canvas.size),
            ([0, 0], None) => place::place(&own, content, canvas.size),
            _ => {
                let Some(cropped) = place::cropped(&own, content) else { return Ok(None) };
                source.crop = (own.transform.crop != [0.0; 4]).then_some(cropped);
                place::place_with_margin(&own, content, margin, canvas.size)
            }
        };
        let Some(mut placed) = placed else { return Ok(None) };
        let masks = self.layer_masks(layer, &source, margin)?;
        if margin != [0; 2]
            && let Some(points) = Self::framed(&source, layer, &placed, &masks, canvas)
        {
            return self.draw_framed(source, layer, points, &placed, masks, margin, canvas, pass, reg);
        }
        let last_wide = layer.effects.iter().rposition(needs_intermediate);
        let mut split = last_wide.map_or(0, |i| i + 1);
        // A rotated reduction is first reduced along the axes, and its masks with it.
        let map = source.source_from_content.after(&placed.content_from_output);
        let masked = !layer.masks.is_empty();
        if masked && !map.is_axis_aligned() && step(&map) > 1.0 + 1e-6 {
            split = layer.effects.len();
        }
        let (mut masks, rest) = (masks, &layer.effects[split..]);
        if split > 0 || (masked && !map.is_axis_aligned() && step(&map) > 1.0 + 1e-6) {
            let own = Masks { before: masks.before.take(), after: if rest.is_empty() { masks.after.take() } else { None } };
            // If the layer covers the whole raster unscaled, the last stages may run in this pass.
            let flat = placed.content_from_output == Affine::IDENTITY && placed.covers_canvas && source.content == pass.size;
            match self.run_chain(source, &layer.effects[..split], own, margin, canvas, flat && margin == [0; 2])? {
                Rasterized::Stored(stored) => source = stored,
                Rasterized::Open { stages, registers, premultiplied, opaque } => {
                    pass.use_register(reg + registers - 1);
                    pass.stages.extend(stages.into_iter().map(|s| s.shifted(reg)));
                    if premultiplied && !opaque {
                        pass.stages.push(Stage::Unpremultiply { reg });
                    }
                    self.point_effects(rest, working, pass.size, &Affine::IDENTITY, pass, reg)?;
                    if let Some(id) = masks.after {
                        pass.mask(reg, id, pass.size, false);
                    }
                    let opaque = opaque && masks.after.is_none() && keeps_alpha(rest);
                    return Ok(Some(Drawn { bounds: pass.full(), opaque, picture: None }));
                }
            }
        }
        self.turn_source(&mut source, &placed.content_from_output);
        let map = source.source_from_content.after(&placed.content_from_output);
        let unit = map.is_axis_aligned() && map.xx.abs() == 1.0 && map.yy.abs() == 1.0 && is_integer(map.x0) && is_integer(map.y0);
        if source.has_alpha && !source.premultiplied && !unit {
            source = self.rasterize_layer(source, &[], Masks::default(), [0; 2], canvas)?;
        }
        let map = source.source_from_content.after(&placed.content_from_output);
        if !map.is_axis_aligned() {
            let quarter = map.xx == 0.0 && map.yy == 0.0;
            if step(&map) > 1.0 + 1e-6 || quarter {
                source = self.reduce(source, step(&map).max(1.0), canvas)?;
            }
        }
        let map = source.source_from_content.after(&placed.content_from_output);
        placed.bounds = place::clip_bounds(placed.bounds, pass.full());
        if place::is_empty(placed.bounds) {
            return Ok(None);
        }
        let window = place::window(&source.source_from_content, &placed.window, source.source_size);
        pass.stages.push(Stage::Sample {
            reg,
            sampling: Sampling { source: source.source, source_from_output: map, window, bounds: placed.bounds },
        });
        let raw = source.decode.clone();
        pass.convert(reg, raw);
        if source.premultiplied && source.has_alpha {
            pass.stages.push(Stage::Unpremultiply { reg });
        }
        // With a margin, masks before the effects have already been applied by the chain.
        let over = with_margin(source.content, source.margin);
        let mask = |id| Sampling {
            source: SamplingSource::Picture(id),
            source_from_output: Affine::translate(f64::from(source.margin[0]), f64::from(source.margin[1]))
                .after(&placed.content_from_output),
            window: [0.0, 0.0, over.width as f32, over.height as f32],
            bounds: placed.bounds,
        };
        if let Some(id) = masks.before {
            pass.placed_mask(reg, mask(id), false);
        }
        self.point_effects(rest, working, source.content, &placed.content_from_output, pass, reg)?;
        if let Some(id) = masks.after {
            pass.placed_mask(reg, mask(id), false);
        }
        let opaque = !source.has_alpha && placed.is_full_inside && keeps_alpha(rest) && !masked;
        let picture = match source.source {
            SamplingSource::Picture(id) if rest.is_empty() && map == Affine::IDENTITY && opaque => Some(id),
            _ => None,
        };
        Ok(Some(Drawn { bounds: placed.bounds, opaque, picture }))
    }
}

/// Reads an intermediate of the pass's size without resampling.
fn whole_intermediate(id: usize, size: Size, reg: Reg) -> Stage {
    let (w, h) = (size.width, size.height);
    Stage::Sample {
        reg,
        sampling: Sampling {
            source: SamplingSource::Intermediate(id),
            source_from_output: Affine::IDENTITY,
            window: [0.0, 0.0, w as f32, h as f32],
            bounds: [0, 0, w, h],
        },
    }
}

/// Maps upright square pixels to stored pixels.
fn source_from_content(picture: &Picture) -> Affine {
    let (stored, (n, d)) = (picture.stands_for.unwrap_or(picture.size), picture.sample_aspect);
    let width = ((u64::from(stored.width) * u64::from(n) + u64::from(d) / 2) / u64::from(d)).max(1) as u32;
    let map = Affine::scale(f64::from(stored.width) / f64::from(width), 1.0)
        .after(&picture.orientation.stored_from_upright(Size { width, ..stored }));
    if picture.size == stored {
        return map;
    }
    let part = |own: u32, of: u32| f64::from(own) / f64::from(of.max(1));
    Affine::scale(part(picture.size.width, stored.width), part(picture.size.height, stored.height)).after(&map)
}

/// Whether none of the effects can make an opaque picture translucent.
fn keeps_alpha(chain: &[EffectUse]) -> bool {
    chain.iter().all(|used| used.effect.keeps_alpha && !needs_intermediate(used))
}

fn needs_intermediate(used: &EffectUse) -> bool {
    used.effect.needs_intermediate_for(Params::new(&used.params))
}

fn point_only(chain: &[EffectUse]) -> bool {
    !chain.iter().any(needs_intermediate)
}

/// Whether the layer is only fitted and centred.
fn is_plain(layer: &Layer) -> bool {
    let t = &layer.transform;
    let (native_scale, render_scale) = (t.native_scale, t.render_scale);
    *t == Transform { fit: t.fit, native_scale, render_scale, ..Transform::IDENTITY }
        && matches!(t.fit, Fit::Contain | Fit::Cover | Fit::Stretch | Fit::Native)
        && layer.parent == Affine::IDENTITY
        && layer.shutter.is_empty()
}

/// Whether parts of the layer may be hidden other than by its picture's edges.
fn is_cut(layer: &Layer) -> bool {
    !layer.masks.is_empty() || layer.matte.is_some() || !layer.shutter.is_empty()
}

fn placement(layer: &Layer) -> Placement {
    Placement { transform: layer.transform, parent: layer.parent }
}
