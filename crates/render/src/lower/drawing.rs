//! Text and shapes as layer sources.
use super::{LayerSource, Lowering, placement, working_space};
use crate::{RenderError, place, program::SamplingSource};
use cutroom_drawing::DrawnPicture;
use cutroom_timeline::{Canvas, Drawing, Layer};
use cutroom_types::Affine;
use std::sync::Arc;

/// Range of pixels per canvas pixel at which drawings are drawn.
const SCALES: [f64; 2] = [1.0 / 16.0, 8.0];

impl Lowering<'_> {
    /// The source of a drawing, drawn so finely that the layer's placement does not enlarge it;
    /// `None` if nothing is visible.
    pub(super) fn drawn(&mut self, drawing: &Drawing, layer: &Layer, canvas: &Canvas) -> Result<Option<LayerSource>, RenderError> {
        let scale = self.drawing_scale(layer, canvas);
        self.drawn_at(drawing, scale, canvas)
    }

    /// Pixels per canvas pixel at which a layer's drawing is drawn.
    pub(super) fn drawing_scale(&self, layer: &Layer, canvas: &Canvas) -> f64 {
        let own = placement(layer);
        let placements = layer.shutter.iter().chain(layer.shutter.is_empty().then_some(&own));
        let enlarged = |p| {
            let map = place::place_window(p, canvas.size, [-1e6, -1e6, 1e6, 1e6], canvas.size)?.content_from_output;
            Some(1.0 / map.xx.hypot(map.yx).min(map.xy.hypot(map.yy)))
        };
        let scale = placements.filter_map(enlarged).fold(0.0, f64::max);
        // Few different scales, so that a slow zoom does not draw every frame anew.
        let scale = if scale > 0.0 { libm::exp2((libm::log2(scale) - 1e-6).ceil()) } else { 1.0 };
        scale.clamp(SCALES[0], SCALES[1])
    }

    /// A drawing as a picture.
    pub(super) fn draw_picture(&mut self, drawing: &Drawing, scale: f64, canvas: &Canvas) -> Result<DrawnPicture, RenderError> {
        Ok(self.cache.drawer.draw(drawing, scale, working_space(canvas), self.sources.fonts())?)
    }

    /// The source of a drawing with `scale` pixels per canvas pixel.
    pub(super) fn drawn_at(&mut self, drawing: &Drawing, scale: f64, canvas: &Canvas) -> Result<Option<LayerSource>, RenderError> {
        let drawn = self.draw_picture(drawing, scale, canvas)?;
        let Some(picture) = drawn.picture() else { return Ok(None) };
        let DrawnPicture { origin, content, scale, .. } = drawn.clone();
        let [x, y] = origin.map(f64::from);
        let size = picture.size;
        let ink = [x, y, x + f64::from(size.width), y + f64::from(size.height)].map(|v| v / scale);
        let id = self.program.pictures.len();
        self.program.pictures.push(picture);
        self.program.inks.extend(drawn.ink_map().map(|map| (id, Arc::clone(map))));
        Ok(Some(LayerSource {
            source: SamplingSource::Picture(id),
            content,
            source_from_content: Affine::translate(-x, -y).after(&Affine::scale(scale, scale)),
            source_size: size,
            // It is drawn in the working space.
            decode: Vec::new(),
            premultiplied: true,
            has_alpha: true,
            crop: None,
            margin: [0; 2],
            ink: Some(ink),
        }))
    }
}
