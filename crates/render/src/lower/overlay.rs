//! Text and shapes over planes: their colours as code values of the output, so that what lies below
//! is not converted to colour and back, and is only touched where they are not transparent.
use super::{Lowering, working_space};
use crate::{
    OutputSpec, RenderError, filter,
    ink_plane::{BLOCK, InkPlane},
    place,
    program::{PlaneOver, Sampling, SamplingSource},
};
use cutroom_drawing::surface::{InkMap, Surface};
use cutroom_effects::color::{self, WorkingSpace};
use cutroom_kernel::{At, Rgba, rgb};
use cutroom_timeline::{Canvas, Content, Drawing, Layer};
use cutroom_types::{Affine, Size};
use std::sync::Arc;

/// Number of overlays that are kept.
const KEPT: usize = 8;

/// The planes of a drawing that is placed on the canvas.
pub(super) struct Overlay {
    /// Each with the position of its first sample in the output's plane; `None` where nothing of it is
    /// on the canvas.
    planes: Vec<Option<([u32; 2], Arc<InkPlane>)>>,
}

#[derive(PartialEq)]
struct Key {
    picture: u64,
    /// Position of the picture on the canvas.
    at: [i64; 2],
    canvas: Size,
    working: WorkingSpace,
    output: OutputSpec,
}

/// Overlays of recent frames.
#[derive(Default)]
pub(super) struct OverlayCache(Vec<(Key, Arc<Overlay>)>);

impl OverlayCache {
    fn get(&mut self, key: Key, make: impl FnOnce(&Key) -> Result<Overlay, RenderError>) -> Result<Arc<Overlay>, RenderError> {
        let entry = match self.0.iter().position(|(k, _)| *k == key) {
            Some(at) => self.0.remove(at),
            None => {
                let made = Arc::new(make(&key)?);
                (key, made)
            }
        };
        let overlay = Arc::clone(&entry.1);
        if self.0.len() >= KEPT {
            self.0.remove(0);
        }
        self.0.push(entry);
        Ok(overlay)
    }
}

impl Overlay {
    /// One plane of it as a layer of a plane pass.
    pub(super) fn over(&self, plane: usize, opacity: f32, pictures: &mut Vec<cutroom_types::Picture>) -> Option<PlaneOver> {
        let ([x, y], ink) = self.planes.get(plane)?.as_ref()?;
        pictures.push(ink.picture()?);
        let Size { width, height } = ink.size();
        let sampling = Sampling {
            source: SamplingSource::Picture(pictures.len() - 1),
            source_from_output: Affine::translate(-f64::from(*x), -f64::from(*y)),
            window: [0.0, 0.0, width as f32, height as f32],
            bounds: [*x, *y, x + width, y + height],
        };
        Some(PlaneOver { sampling, opacity, ink: Some(Arc::clone(ink)) })
    }
}

impl Lowering<'_> {
    /// Adds the overlays of a layer, with their opacities, if it consists of drawings that lie on whole
    /// pixels; `false` otherwise.
    pub(super) fn overlays(
        &mut self,
        layer: &Layer,
        opacity: f32,
        canvas: &Canvas,
        output: &OutputSpec,
        found: &mut Vec<(Arc<Overlay>, f32)>,
    ) -> Result<bool, RenderError> {
        let is_bare =
            layer.effects.is_empty() && layer.blend.is_normal() && !super::is_cut(layer) && layer.transform.crop == [0.0; 4];
        let opacity = opacity * layer.opacity;
        match &layer.content {
            Content::Drawing(drawing) if is_bare => {
                let Some(overlay) = self.overlay(drawing, layer, canvas, output)? else { return Ok(false) };
                found.extend(overlay.map(|o| (o, opacity)));
                Ok(true)
            }
            // A title: a transparent composition of drawings.
            Content::Composition(plan) if is_bare => {
                let inner = &plan.canvas;
                let is_same = inner.size == canvas.size && working_space(inner) == working_space(canvas);
                // What overlaps fades together.
                let fades_alike = layer.opacity == 1.0 || plan.layers.len() == 1;
                let placed = place::place(&super::placement(layer), inner.size, canvas.size);
                let is_whole = placed.is_some_and(|p| p.content_from_output == Affine::IDENTITY && p.covers_canvas);
                if !(is_same && fades_alike && is_whole && inner.background[3] == 0.0) {
                    return Ok(false);
                }
                for layer in &plan.layers {
                    if !self.overlays(layer, opacity, canvas, output, found)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// `None` if the drawing is not on whole pixels; `Some(None)` if nothing of it is visible.
    fn overlay(
        &mut self,
        drawing: &Drawing,
        layer: &Layer,
        canvas: &Canvas,
        output: &OutputSpec,
    ) -> Result<Option<Option<Arc<Overlay>>>, RenderError> {
        let own = super::placement(layer);
        if self.drawing_scale(layer, canvas) != 1.0 {
            return Ok(None);
        }
        let drawn = self.draw_picture(drawing, 1.0, canvas)?;
        let (Some(surface), Some(map_of_ink)) = (drawn.surface(), drawn.ink_map()) else { return Ok(Some(None)) };
        let whole = [0.0, 0.0, f64::from(drawn.content.width), f64::from(drawn.content.height)];
        let Some(placed) = place::place_window(&own, drawn.content, [whole[0] - 1e6, whole[1] - 1e6, 1e6, 1e6], canvas.size) else {
            return Ok(None);
        };
        let map = placed.content_from_output;
        let is_unit = map.is_axis_aligned() && map.xx == 1.0 && map.yy == 1.0;
        if !is_unit || !super::is_integer(map.x0) || !super::is_integer(map.y0) {
            return Ok(None);
        }
        let at = [-map.x0 as i64 + i64::from(drawn.origin[0]), -map.y0 as i64 + i64::from(drawn.origin[1])];
        let working = working_space(canvas);
        let key = Key { picture: drawn.id(), at, canvas: canvas.size, working, output: *output };
        self.cache.overlays.get(key, |key| planes(surface, map_of_ink, key)).map(|o| Some(Some(o)))
    }
}

/// The planes of a surface that lies on the canvas.
fn planes(surface: &Surface, map: &InkMap, key: &Key) -> Result<Overlay, RenderError> {
    let (f, tags) = (key.output.format, key.output.color);
    let steps = color::encode_steps(key.working, f, tags);
    let codes = |c: [f32; 3]| {
        let px = Rgba { c: rgb(c[0], c[1], c[2]), a: 1.0 };
        let px = steps.iter().fold(px, |px, s| s.kernel.eval_host(&s.uniforms.values, px, At { x: 0.0, y: 0.0 }));
        [px.c.r, px.c.g, px.c.b]
    };
    // Codes are an affine map of colour: columns for red, green and blue, and what alpha adds.
    let zero = codes([0.0; 3]);
    let columns = [codes([1.0, 0.0, 0.0]), codes([0.0, 1.0, 0.0]), codes([0.0, 0.0, 1.0])];
    let sites = filter::written_sites(&key.output)?;
    let plane = |k: usize| {
        let weights = [columns[0][k] - zero[k], columns[1][k] - zero[k], columns[2][k] - zero[k], zero[k]];
        let shifts = if f.is_chroma(k) { [f.chroma_shift_x, f.chroma_shift_y] } else { [0; 2] };
        let axes = [0, 1].map(|i| Axis::new(shifts[i], sites[i]));
        ink_plane(surface, map, key.at, key.canvas, f.plane_size(k, key.canvas), axes, weights)
    };
    Ok(Overlay { planes: (0..f.plane_count()).map(plane).collect() })
}

/// How samples of a plane are averaged from pixels along one axis, as when colour is written.
#[derive(Clone, Copy)]
struct Axis {
    shift: u8,
    /// The first pixel of a sample, from the first of its block.
    from: i64,
    weights: &'static [f32],
}

impl Axis {
    fn new(shift: u8, is_first: bool) -> Self {
        let (from, weights): (_, &[f32]) = match (shift, is_first) {
            (0, _) => (0, &[1.0]),
            (_, true) => (-1, &[0.25, 0.5, 0.25]),
            (_, false) => (0, &[0.5, 0.5]),
        };
        Self { shift, from, weights }
    }

    /// The samples that depend on pixels of a range.
    fn samples(self, pixels: [i64; 2], len: u32) -> [i64; 2] {
        // The last pixel may also be the first of the next sample.
        let last = (pixels[1] - 1 - self.from) >> self.shift;
        [pixels[0] >> self.shift, (last + 1).min(i64::from(len))]
    }
}

fn ink_plane(
    surface: &Surface,
    map: &InkMap,
    at: [i64; 2],
    canvas: Size,
    plane: Size,
    [across, down]: [Axis; 2],
    weights: [f32; 4],
) -> Option<([u32; 2], Arc<InkPlane>)> {
    let (width, height) = (surface.pixels.width() as i64, surface.pixels.height() as i64);
    let [x_end, y_end] = [i64::from(canvas.width), i64::from(canvas.height)];
    let visible = [[at[0].max(0), (at[0] + width).min(x_end)], [at[1].max(0), (at[1] + height).min(y_end)]];
    if visible.iter().any(|[from, to]| from >= to) {
        return None;
    }
    let ([x0, x1], [y0, y1]) = (across.samples(visible[0], plane.width), down.samples(visible[1], plane.height));
    let size = Size { width: u32::try_from(x1 - x0).ok()?, height: u32::try_from(y1 - y0).ok()? };
    let ink = InkPlane::new(size, |y, x, codes, alphas| {
        let first = ((x0 + x as i64) << across.shift) + across.from;
        let n = ((codes.len() - 1) << across.shift) + across.weights.len();
        let (from, to) = (first.max(visible[0][0]), (first + n as i64).min(visible[0][1]));
        let row = |i: usize| (((y0 + y as i64) << down.shift) + down.from + i as i64).clamp(0, y_end - 1) - at[1];
        if from >= to || !(0..down.weights.len()).any(|i| map.has(row(i), from - at[0]..to - at[0])) {
            return false;
        }
        // The pixels of the block, averaged down; those beyond the canvas are those at its edge.
        let mut line = [[0.0f32; 4]; 2 * BLOCK + 2];
        let mut any = 0.0f32;
        for (i, w) in down.weights.iter().enumerate() {
            let row = row(i);
            if row < 0 || row >= height {
                continue;
            }
            let start = (row * width + from - at[0]) as usize;
            let source = &surface.values[start..start + (to - from) as usize];
            for (l, s) in line[(from - first) as usize..].iter_mut().zip(source) {
                *l = [l[0] + s[0] * w, l[1] + s[1] * w, l[2] + s[2] * w, l[3] + s[3] * w];
                any = any.max(s[3]);
            }
        }
        if any == 0.0 {
            return false;
        }
        if first < 0 {
            line[0] = line[1];
        }
        if first + n as i64 > x_end {
            line[n - 1] = line[n - 2];
        }
        for (i, (code, alpha)) in codes.iter_mut().zip(alphas).enumerate() {
            let pixels = &line[i << across.shift..];
            let mut mean = [0.0f32; 4];
            for (px, w) in pixels.iter().zip(across.weights) {
                mean = [mean[0] + px[0] * w, mean[1] + px[1] * w, mean[2] + px[2] * w, mean[3] + px[3] * w];
            }
            *code = mean[0] * weights[0] + mean[1] * weights[1] + mean[2] * weights[2] + mean[3] * weights[3];
            *alpha = mean[3];
        }
        true
    });
    Some(([x0 as u32, y0 as u32], Arc::new(ink)))
}
