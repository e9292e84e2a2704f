//! Margins for effects that draw outside the content. The raster of a chain grows before the first
//! of them, and the grown window is placed; fit, position and anchor refer to the content, which
//! keeps its coordinates.
use super::{MAX_RASTER_SIDE_PX, placement};
use crate::place;
use cutroom_effects::Params;
use cutroom_timeline::{Canvas, Layer};
use cutroom_types::Size;

/// Margin in pixels of the content that the effects need on each side, horizontally and vertically,
/// beyond the `overhang` that the source has by itself. Zero where the content covers the canvas,
/// since the margin would not be visible.
pub(super) fn margin(layer: &Layer, content: Size, overhang: [u32; 2], canvas: &Canvas) -> [u32; 2] {
    let mut sum = overhang.map(|v| v as f32);
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
