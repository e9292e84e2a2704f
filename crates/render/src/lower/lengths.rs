//! Lengths of effects and masks: in a plan they are canvas pixels, measured on the fitted picture
//! before its own scale; kernels receive pixels of the content. So a clip looks the same whatever
//! the size of its source, and its lengths grow with it while it is scaled.
use crate::place;
use cutroom_effects::{EffectKind, Unit};
use cutroom_timeline::{EffectUse, Layer, Outline, Transform};
use cutroom_types::{ParamValue, Size};
use std::borrow::Cow;

/// Pixels of the content for each canvas pixel of the fitted picture. A picture that is stretched to
/// another shape has a different number along each axis; their geometric mean counts.
pub(super) fn content_per_canvas(transform: &Transform, content: Size, canvas: Size) -> f64 {
    let (x, y) = place::fitted(transform, content, canvas);
    if x == y { 1.0 / x } else { 1.0 / (x * y).sqrt() }
}

/// The layer with all lengths in pixels of its content.
pub(super) fn in_content_pixels(layer: &Layer, content: Size, canvas: Size) -> Cow<'_, Layer> {
    let per_canvas = content_per_canvas(&layer.transform, content, canvas);
    if per_canvas == 1.0 || (layer.masks.is_empty() && !layer.effects.iter().any(has_lengths)) {
        return Cow::Borrowed(layer);
    }
    let mut layer = layer.clone();
    scale(&mut layer, per_canvas);
    Cow::Owned(layer)
}

fn has_lengths(used: &EffectUse) -> bool {
    used.effect.params.iter().any(|p| p.unit == Unit::CanvasPx) || used.inputs.iter().any(|l| l.effects.iter().any(has_lengths))
}

/// Multiplies all lengths of a layer, and of the same layer at other times.
fn scale(layer: &mut Layer, by: f64) {
    let single = by as f32;
    for mask in &mut layer.masks {
        mask.feather_px *= single;
        mask.expansion_px *= single;
        mask.edge_feather_px.iter_mut().for_each(|(_, feather)| *feather *= single);
        if let Outline::Rectangle(b) | Outline::Ellipse(b) = &mut mask.outline {
            b.corner_radius_px *= by;
        }
    }
    for used in &mut layer.effects {
        let spec = used.effect.spec();
        for (param, value) in spec.params.iter().zip(&mut used.params) {
            if let (Unit::CanvasPx, ParamValue::Number(v)) = (param.unit, value) {
                *v *= by;
            }
        }
        // Pictures of other tracks are layers of their own, with their own size and placement.
        let times = match spec.kind {
            EffectKind::Layered { .. } => 0,
            _ => used.inputs.len().saturating_sub(spec.track_count()),
        };
        used.inputs[..times].iter_mut().for_each(|input| scale(input, by));
    }
}
