//! Drawings of files, drawn at the size at which they are shown.
use super::{LayerSource, Lowering, placement, working_space};
use crate::{RenderError, place};
use cutroom_drawing::{DrawingError, Svg};
use cutroom_timeline::{Canvas, Content, Layer};
use cutroom_types::{Affine, Picture};
use std::sync::Arc;

/// Number of pictures that are kept.
const KEPT: usize = 8;
/// Range of pixels per pixel of the file.
const SCALES: [f64; 2] = [1.0 / 64.0, 64.0];

/// A file, the scale that was asked for, and the picture with its own scales.
type Entry = (Arc<Svg>, f64, (Picture, [f64; 2]));

/// Pictures of recent frames.
#[derive(Default)]
pub(super) struct VectorCache(Vec<Entry>);

impl VectorCache {
    /// A file drawn with about `scale` pixels per pixel of its own, and its exact scales.
    pub(super) fn draw(&mut self, svg: &Arc<Svg>, scale: f64) -> Result<(Picture, [f64; 2]), DrawingError> {
        let entry = match self.0.iter().position(|(of, at, _)| Arc::ptr_eq(of, svg) && *at == scale) {
            Some(at) => self.0.remove(at),
            None => (Arc::clone(svg), scale, svg.draw(scale)?),
        };
        let drawn = entry.2.clone();
        if self.0.len() >= KEPT {
            self.0.remove(0);
        }
        self.0.push(entry);
        Ok(drawn)
    }
}

impl Lowering<'_> {
    /// The source of a layer whose medium is a drawing, drawn so finely that its placement does not
    /// enlarge it; `None` for other media.
    pub(super) fn vector_source(
        &mut self,
        content: &Content,
        layer: &Layer,
        canvas: &Canvas,
    ) -> Result<Option<LayerSource>, RenderError> {
        let Content::Media(frame) = content else { return Ok(None) };
        let Some(svg) = self.sources.vector(frame) else { return Ok(None) };
        let size = svg.size();
        let own = placement(layer);
        let placements = layer.shutter.iter().chain(layer.shutter.is_empty().then_some(&own));
        let enlarged = |p| {
            let map = place::place(p, size, canvas.size)?.content_from_output;
            Some(1.0 / map.xx.hypot(map.yx).min(map.xy.hypot(map.yy)))
        };
        let scale = placements.filter_map(enlarged).fold(0.0, f64::max);
        // Few different scales, so that a slow zoom does not draw every frame anew.
        let scale = if scale > 0.0 { libm::exp2((libm::log2(scale) - 1e-6).ceil()) } else { 1.0 };
        let (picture, [x, y]) = self.cache.vectors.draw(&svg, scale.clamp(SCALES[0], SCALES[1]))?;
        self.picture_source(picture, size, Affine::scale(x, y), working_space(canvas)).map(Some)
    }
}
