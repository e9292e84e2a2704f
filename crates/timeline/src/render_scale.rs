//! Plans drawn at another size than their composition has, for previews and proxies: the same picture
//! with fewer pixels, or more.
//!
//! Everything in a plan that is measured in canvas pixels is multiplied: the canvas itself, those of
//! nested compositions, positions, margins, lengths of effects, of masks and of transitions. What is
//! measured in fractions stays. Text and shapes keep their own units, and only where they are placed
//! says at which size they are drawn; so do pictures of files that are shown pixel for pixel
//! ([`crate::Transform::native_scale`]).
use crate::{Content, EffectUse, FramePlan, Layer, Outline, Placement, Transform};
use cutroom_effects::{ParamSpec, Unit};
use cutroom_types::{Affine, ParamValue, Size};
use std::ops::RangeInclusive;

/// Pixels drawn for each pixel of the canvas, in both directions: 1/64..=4.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RenderScale(f64);

impl RenderScale {
    /// Every pixel is drawn.
    pub const FULL: Self = Self(1.0);
    /// Possible values.
    pub const RANGE: RangeInclusive<f64> = 1.0 / 64.0..=4.0;

    /// The scale of this value; `None` if it is outside of [`Self::RANGE`].
    pub fn new(value: f64) -> Option<Self> {
        Self::RANGE.contains(&value).then_some(Self(value))
    }

    /// Its value.
    pub fn value(self) -> f64 {
        self.0
    }

    /// The size in which a canvas is drawn: each side is rounded to the nearest whole number (halves
    /// up), and is at least 1.
    pub fn size(self, canvas: Size) -> Size {
        let side = |n: u32| (f64::from(n) * self.0 + 0.5).floor().clamp(1.0, f64::from(u32::MAX)) as u32;
        Size { width: side(canvas.width), height: side(canvas.height) }
    }
}

impl Default for RenderScale {
    fn default() -> Self {
        Self::FULL
    }
}

impl FramePlan {
    /// The plan that draws the same frame at another size. Source frames are the same.
    #[must_use]
    pub fn at_scale(&self, scale: RenderScale) -> Self {
        let mut plan = self.clone();
        if scale != RenderScale::FULL {
            plan_at(&mut plan, scale);
        }
        plan
    }
}

fn plan_at(plan: &mut FramePlan, scale: RenderScale) {
    plan.canvas.size = scale.size(plan.canvas.size);
    plan.layers.iter_mut().for_each(|layer| layer_at(layer, scale));
}

fn layer_at(layer: &mut Layer, scale: RenderScale) {
    let by = scale.0;
    match &mut layer.content {
        Content::Composition(plan) => plan_at(plan, scale),
        Content::Transition { transition, params, from, to, inputs, .. } => {
            lengths_at(transition.params, params, by);
            from.iter_mut().chain(to).for_each(|side| layer_at(side, scale));
            inputs.iter_mut().for_each(|input| layer_at(input, scale));
        }
        Content::Media(_) | Content::Solid(_) | Content::Backdrop | Content::Drawing(_) => {}
    }
    // Other contents have the size of a canvas, which is drawn at the scale itself.
    let has_own_pixels = matches!(layer.content, Content::Media(_) | Content::Drawing(_));
    let native = if has_own_pixels { by } else { 1.0 };
    transform_at(&mut layer.transform, by, native);
    layer.parent = moved(&layer.parent, by);
    for Placement { transform, parent } in &mut layer.shutter {
        transform_at(transform, by, native);
        *parent = moved(parent, by);
    }
    for mask in &mut layer.masks {
        mask.feather_px *= by as f32;
        mask.expansion_px *= by as f32;
        mask.edge_feather_px.iter_mut().for_each(|(_, feather)| *feather *= by as f32);
        if let Outline::Rectangle(b) | Outline::Ellipse(b) = &mut mask.outline {
            b.corner_radius_px *= by;
        }
    }
    for EffectUse { effect, params, inputs, .. } in &mut layer.effects {
        lengths_at(effect.params, params, by);
        inputs.iter_mut().for_each(|input| layer_at(input, scale));
    }
    if let Some(matte) = &mut layer.matte {
        layer_at(&mut matte.layer, scale);
    }
}

fn lengths_at(table: &[ParamSpec], values: &mut [ParamValue], by: f64) {
    for (param, value) in table.iter().zip(values) {
        if let (Unit::CanvasPx, ParamValue::Number(v)) = (param.unit, value) {
            *v *= by;
        }
    }
}

fn transform_at(transform: &mut Transform, by: f64, native: f64) {
    transform.native_scale *= native;
    transform.render_scale *= by;
    transform.position_px = transform.position_px.map(|v| (f64::from(v) * by) as f32);
    if let Some(align) = &mut transform.align {
        align.margin_px = align.margin_px.map(|v| v * by);
    }
}

/// A map of canvas pixels on the scaled canvas.
fn moved(map: &Affine, by: f64) -> Affine {
    Affine { x0: map.x0 * by, y0: map.y0 * by, ..*map }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Canvas;
    use cutroom_types::{BlendSpace, Primaries, Time, Transfer};

    #[test]
    fn sizes_are_rounded_to_whole_pixels() {
        let size = |w, h| Size { width: w, height: h };
        for (scale, from, to) in [
            (0.5, size(1920, 1080), size(960, 540)),
            (0.25, size(1921, 1), size(480, 1)),
            (0.5, size(5, 3), size(3, 2)),
            (1.0 / 3.0, size(100, 50), size(33, 17)),
            (4.0, size(3, 7), size(12, 28)),
            (1.0 / 64.0, size(16, 9), size(1, 1)),
        ] {
            assert_eq!(RenderScale::new(scale).unwrap().size(from), to, "{scale}");
        }
        for bad in [0.0, -1.0, 0.001, 4.1, f64::NAN, f64::INFINITY] {
            assert_eq!(RenderScale::new(bad), None, "{bad}");
        }
    }

    /// Twice a half is the whole again: what is multiplied is multiplied everywhere.
    #[test]
    fn a_half_and_then_twice_is_the_plan_itself() {
        let canvas = Canvas {
            size: Size { width: 640, height: 360 },
            blend_space: BlendSpace::Linear,
            primaries: Primaries::Bt709,
            transfer: Transfer::Bt709,
            background: [0.0; 4],
        };
        let mut layer = Layer::new("c".into(), Content::Solid([1.0; 4]));
        layer.transform.position_px = [12.0, -7.5];
        layer.parent = Affine::translate(3.0, 4.0);
        layer.shutter = vec![Placement { transform: layer.transform, parent: layer.parent }; 2];
        let inner = FramePlan { canvas, time: Time::ZERO, layers: vec![layer.clone()] };
        let mut outer = Layer::new("d".into(), Content::Composition(Box::new(inner)));
        outer.matte = Some(Box::new(crate::MatteUse { layer, luma: false, inverted: false }));
        let plan = FramePlan { canvas, time: Time::ZERO, layers: vec![outer] };
        let half = plan.at_scale(RenderScale::new(0.5).unwrap());
        assert_ne!(half, plan);
        assert_eq!(half.at_scale(RenderScale::new(2.0).unwrap()), plan);
        assert_eq!(plan.at_scale(RenderScale::FULL), plan);
    }
}
