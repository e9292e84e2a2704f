//! Plans whose pictures all have the output's layout and tags and are composited with opacity only:
//! their planes are blended separately, in code values. Code values are an affine map of
//! gamma-encoded colour, so over an opaque backdrop the result equals that of blending colour,
//! without the conversions, and chroma is resampled once instead of being interpolated to pixels
//! and averaged again. Text and shapes on whole pixels lie over them as planes of their own.
use super::{
    Lowering, PassBuilder,
    intermediate::{Reduction, Stored},
    overlay::Overlay,
    working_space,
};
use crate::{
    OutputSpec, RenderError,
    filter::{self, GridAxis},
    place,
    program::{Pass, PlaneBase, PlaneOver, PlanePass, Planes, Sampling, SamplingSource, Stage, UNLIMITED},
};
use cutroom_effects::{self as effects, Domain, EffectFrame, EffectKind, Params, color};
use cutroom_kernel::{At, Rgba, rgb};
use cutroom_timeline::{BlendSpace, Content, EffectUse, FramePlan, Layer};
use cutroom_types::{Affine, Picture, Primaries, Size, TimeDelta};
use std::sync::Arc;

/// A picture with its position and opacity.
struct PlacedPicture {
    picture: Picture,
    source_from_output: Affine,
    /// Output pixels that it covers, unrounded: left, top, right, bottom.
    edges: [f64; 4],
    covers_canvas: bool,
    opacity: f32,
    /// Standard deviation of a Gaussian over it, in its pixels.
    blur_px: Option<f32>,
}

/// What lies over the lowest picture.
enum Above {
    Picture(Box<PlacedPicture>),
    /// Text or shapes, with their opacity.
    Drawing(Arc<Overlay>, f32),
}

impl Lowering<'_> {
    /// Appends one pass per plane if the plan allows it; `false` leaves the program unchanged.
    pub(super) fn planes(&mut self, plan: &FramePlan, output: &OutputSpec) -> Result<bool, RenderError> {
        let f = output.format;
        let is_affine = color::is_affine(f, output.color);
        if plan.canvas.blend_space != BlendSpace::Gamma || plan.canvas.background[3] < 1.0 || f.alpha || f.bits > 16 || !is_affine {
            return Ok(false);
        }
        // As when colour is written.
        let can_overlay = f.chroma_shift_x <= 1 && f.chroma_shift_y <= 1 && filter::written_sites(output).is_ok();
        let mut base: Option<PlacedPicture> = None;
        let mut over: Vec<Above> = Vec::new();
        for layer in &plan.layers[self.first_visible(plan)?..] {
            if let Content::Transition { transition, params, progress, from: Some(from), to: Some(to), .. } = &layer.content {
                if !transition.is_dissolve || !is_unchanged(layer) || layer.opacity < 1.0 {
                    return Ok(false);
                }
                let (Some(a), Some(mut b)) = (self.placed(from, plan, output)?, self.placed(to, plan, output)?) else {
                    return Ok(false);
                };
                if !(a.covers_canvas && b.covers_canvas && a.opacity == 1.0 && b.opacity == 1.0) {
                    return Ok(false);
                }
                let effect_frame = super::effect_frame(plan.canvas.size, [0; 2], working_space(&plan.canvas), TimeDelta::ZERO);
                b.opacity = (transition.prepare)(Params::new(params), *progress, &effect_frame).values[0];
                // Everything below is hidden.
                base = Some(a);
                over = vec![Above::Picture(Box::new(b))];
                continue;
            }
            if matches!(layer.content, Content::Drawing(_) | Content::Composition(_)) {
                let mut found = Vec::new();
                if !can_overlay || !self.overlays(layer, 1.0, &plan.canvas, output, &mut found)? {
                    return Ok(false);
                }
                over.extend(found.into_iter().map(|(overlay, opacity)| Above::Drawing(overlay, opacity)));
                continue;
            }
            let Some(p) = self.placed(layer, plan, output)? else { return Ok(false) };
            if p.covers_canvas && p.opacity == 1.0 {
                base = Some(p);
                over = Vec::new();
            } else if p.edges[0] < p.edges[2] && p.edges[1] < p.edges[3] {
                over.push(Above::Picture(Box::new(p)));
            }
        }
        if over.iter().any(|above| matches!(above, Above::Picture(p) if p.blur_px.is_some())) {
            return Ok(false);
        }
        let background = color::working_color(plan.canvas.background, working_space(&plan.canvas));
        let codes = color::encode_steps(working_space(&plan.canvas), f, output.color)
            .iter()
            .fold(Rgba { c: rgb(background[0], background[1], background[2]), a: 1.0 }, |px, s| {
                s.kernel.eval_host(&s.uniforms.values, px, At { x: 0.0, y: 0.0 })
            });
        let size = plan.canvas.size;
        let mut passes = Vec::new();
        for plane in 0..f.plane_count() {
            let plane_size = f.plane_size(plane, size);
            let base = match &base {
                Some(p) => match p.blur_px {
                    Some(sigma_px) => PlaneBase::Plane(self.blurred_plane(p, plane, sigma_px)),
                    None => PlaneBase::Plane(self.plane_sampling(p, plane, size, output)),
                },
                None => PlaneBase::Code([codes.c.r, codes.c.g, codes.c.b][plane]),
            };
            let mut above = Vec::with_capacity(over.len());
            for layer in &over {
                above.extend(match layer {
                    Above::Picture(p) => {
                        let sampling = self.plane_sampling(p, plane, size, output);
                        Some(PlaneOver { sampling, opacity: p.opacity, ink: None }).filter(|o| !place::is_empty(o.sampling.bounds))
                    }
                    Above::Drawing(overlay, opacity) => overlay.over(plane, *opacity, &mut self.program.pictures),
                });
            }
            passes.push(Pass::Plane(PlanePass { plane, size: plane_size, base, over: above }));
        }
        // After the passes of their intermediates.
        self.program.passes.extend(passes);
        Ok(true)
    }

    /// `None` when the layer is not an axis-aligned picture in the output's format, with at most a
    /// Gaussian as its only effect.
    fn placed(&mut self, layer: &Layer, plan: &FramePlan, output: &OutputSpec) -> Result<Option<PlacedPicture>, RenderError> {
        let Content::Media(frame) = &layer.content else { return Ok(None) };
        let blur_px = match &layer.effects[..] {
            [] => None,
            [only] => match blur_of(only) {
                Some(sigma_px) => Some(sigma_px),
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        if !layer.blend.is_normal() || super::is_cut(layer) {
            return Ok(None);
        }
        let mut picture = self.fetch(frame)?;
        // Turning may exchange the formats 4:2:2 and 4:4:0.
        if picture.format.bits != output.format.bits || picture.color != output.color {
            return Ok(None);
        }
        let content = picture.display_size();
        super::check_size(content)?;
        let nowhere = |picture| PlacedPicture {
            picture,
            source_from_output: Affine::IDENTITY,
            edges: [0.0; 4],
            covers_canvas: false,
            opacity: 0.0,
            blur_px: None,
        };
        let Some(placed) = place::place(&super::placement(layer), content, plan.canvas.size) else {
            return Ok(Some(nowhere(picture)));
        };
        let mut source_from_content = super::source_from_content(&picture);
        let mut map = source_from_content.after(&placed.content_from_output);
        if let Some(turned) = self.turned(&picture, &map) {
            source_from_content = turned.map(&source_from_content);
            map = turned.map(&map);
            picture = turned.picture;
        }
        if picture.format != output.format {
            return Ok(None);
        }
        let Some(inverse) = map.inverse() else { return Ok(Some(nowhere(picture))) };
        if !map.is_axis_aligned() {
            return Ok(None);
        }
        // Blurred planes require a picture that covers the canvas unscaled; half floats on a GPU
        // hold codes of up to ten bits.
        let is_canvas_px = super::lengths::content_per_canvas(&layer.transform, content, plan.canvas.size) == 1.0;
        let flat = is_canvas_px
            && map == Affine::IDENTITY
            && placed.covers_canvas
            && layer.opacity == 1.0
            && picture.color == output.color;
        let f = picture.format;
        if blur_px.is_some() && !(flat && f.bits <= 10 && f.chroma_shift_x == f.chroma_shift_y) {
            return Ok(None);
        }
        let [l, t, r, b] = place::window(&source_from_content, &placed.window, picture.size).map(f64::from);
        let ((x0, y0), (x1, y1)) = (inverse.apply(l, t), inverse.apply(r, b));
        let edges = [x0.min(x1), y0.min(y1), x0.max(x1), y0.max(y1)];
        Ok(Some(PlacedPicture {
            picture,
            source_from_output: map,
            edges,
            covers_canvas: placed.covers_canvas,
            opacity: layer.opacity,
            blur_px,
        }))
    }

    /// The sampling of one plane, with coordinates in samples of that plane on both sides.
    fn plane_sampling(&mut self, p: &PlacedPicture, plane: usize, canvas: Size, output: &OutputSpec) -> Sampling {
        let plane_size = output.format.plane_size(plane, canvas);
        let [gx, gy] = filter::format_grid(output.format, output.color.chroma, plane);
        let [sx, sy] = filter::plane_grid(&p.picture, plane);
        let m = &p.source_from_output;
        // Output pixel X is at X · scale + offset in the output's plane, and the source's grid has
        // the same scale.
        let axis = |a: f64, b: f64, g: GridAxis, s: GridAxis| b * s.scale + s.offset - g.offset * a;
        let map = Affine { xx: m.xx, xy: 0.0, x0: axis(m.xx, m.x0, gx, sx), yx: 0.0, yy: m.yy, y0: axis(m.yy, m.y0, gy, sy) };
        // Edges on or outside the canvas's edges leave whole samples there, wherever the samples
        // are in their block.
        let edge = |e: f64, g: GridAxis, end: u32| match e {
            e if e <= 0.0 => -1e6,
            e if e >= f64::from(end) => 1e6,
            e => e * g.scale + g.offset,
        };
        let (x0, x1) = (edge(p.edges[0], gx, canvas.width), edge(p.edges[2], gx, canvas.width));
        let (y0, y1) = (edge(p.edges[1], gy, canvas.height), edge(p.edges[3], gy, canvas.height));
        let clamp = |v: f64, end: u32| v.clamp(0.0, f64::from(end)) as u32;
        let bounds = [
            clamp(x0.floor(), plane_size.width),
            clamp(y0.floor(), plane_size.height),
            clamp(x1.ceil(), plane_size.width),
            clamp(y1.ceil(), plane_size.height),
        ];
        let ((ax, ay), (bx, by)) = (map.apply(x0, y0), map.apply(x1, y1));
        let window = [ax.min(bx), ay.min(by), ax.max(bx), ay.max(by)].map(|v| v as f32);
        let id = self.single_plane(&p.picture, plane);
        Sampling { source: SamplingSource::Picture(id), source_from_output: map, window, bounds }
    }

    /// Adds one plane of a picture as a picture of its own; returns its index.
    fn single_plane(&mut self, picture: &Picture, plane: usize) -> usize {
        self.program.pictures.push(picture.single_plane(plane));
        self.program.pictures.len() - 1
    }

    /// A plane filtered with a Gaussian.
    fn blurred_plane(&mut self, p: &PlacedPicture, plane: usize, sigma_px: f32) -> Sampling {
        let [grid, _] = filter::plane_grid(&p.picture, plane);
        let size = p.picture.format.plane_size(plane, p.picture.size);
        let picture = self.single_plane(&p.picture, plane);
        let sample = |map: &Affine, size: Size| Stage::Sample {
            reg: 0,
            sampling: Sampling {
                source: SamplingSource::Picture(picture),
                source_from_output: *map,
                window: UNLIMITED,
                bounds: [0, 0, size.width, size.height],
            },
        };
        let sigma_px = sigma_px * grid.scale as f32;
        let stored = match Reduction::of(sigma_px) {
            Some(by) => self.reduced_gaussian(size, Planes::Gray, by, |map, small| vec![sample(map, small)]),
            None => {
                let mut pass = PassBuilder::new(size);
                pass.stages.push(sample(&Affine::IDENTITY, size));
                let id = self.add_intermediate(size, pass, Planes::Gray);
                Stored::whole(self.convolve(id, &effects::gaussian(sigma_px)), size)
            }
        };
        stored.sampling(&Affine::IDENTITY, size)
    }
}

/// The standard deviation of an effect that is a Gaussian and may be applied to code values: large
/// enough for chroma of half the resolution.
fn blur_of(used: &EffectUse) -> Option<f32> {
    let spec = used.effect;
    let EffectKind::Separable { weights } = spec.kind else { return None };
    // Only a Gaussian has a deviation; its weights do not depend on the raster.
    let effect_frame = EffectFrame {
        width_px: 1.0,
        height_px: 1.0,
        linear: false,
        primaries: Primaries::Bt709,
        time_secs: 0.0,
        margin_px: [0.0; 2],
    };
    weights(Params::new(&used.params), &effect_frame).sigma_px.filter(|s| *s >= 2.0 && spec.domain == Domain::Working)
}

fn is_unchanged(layer: &Layer) -> bool {
    layer.effects.is_empty() && layer.blend.is_normal() && !super::is_cut(layer)
}
