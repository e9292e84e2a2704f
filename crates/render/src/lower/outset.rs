//! Effects that draw beyond a layer's edges. The raster of a chain grows before the first of them,
//! and what is placed is the grown window; the fit, the position and the anchor go by the content
//! as it was, which keeps its coordinates.
use super::{MAX_RASTER_SIDE_PX, placement};
use crate::place;
use cutroom_effects::Params;
use cutroom_timeline::{Canvas, Layer};
use cutroom_types::Size;

/// Pixels of the content that its effects need on each side, horizontally and vertically. None
/// where the content covers the canvas, since nobody would see them.
pub(super) fn margin(layer: &Layer, content: Size, canvas: &Canvas) -> [u32; 2] {
    let mut sum = [0.0f32; 2];
    for used in &layer.effects {
        let own = used.effect.outset(Params::new(&used.params));
        sum = [sum[0] + own[0], sum[1] + own[1]];
    }
    if sum == [0.0; 2] {
        return [0; 2];
    }
    let own = placement(layer);
    let mut placements = layer.shutter.iter().chain(layer.shutter.is_empty().then_some(&own));
    if placements.all(|p| place::place(p, content, canvas.size).is_some_and(|p| p.covers_canvas)) {
        return [0; 2];
    }
    let room = |side: u32| MAX_RASTER_SIDE_PX.saturating_sub(side) / 2;
    [(sum[0].ceil() as u32).min(room(content.width)), (sum[1].ceil() as u32).min(room(content.height))]
}
