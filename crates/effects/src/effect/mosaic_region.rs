//! Mosaic of a region, to hide a face or a plate.
use super::{
    blur_region::{REGION, SHAPE, inside, is_empty},
    pixelate::oblong_blocks,
};
use crate::spec::*;

/// Every block of `size` by `size` pixels inside the rectangle (fractions of the raster), counted
/// from its top left corner, gets its mean colour; of the ellipse inscribed in the rectangle, the
/// parts of the same blocks inside it.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        REGION[0],
        REGION[1],
        REGION[2],
        REGION[3],
        ParamSpec::number("size", "Size", 16.0, 1.0, 512.0, Unit::CanvasPx),
        SHAPE,
    ],
    neutral: |p| p.number(4) <= 1.0 || is_empty(p),
    keeps_alpha: false,
    ..EffectSpec::new(
        "mosaic-region",
        "Mosaic Region",
        EffectFamily::Stylize,
        "Hides a rectangle or an ellipse under blocks.",
        EffectKind::Steps(|p, r| {
            let (x, y) = (|v: f32| (v * r.width_px).round(), |v: f32| (v * r.height_px).round());
            let [left, top] = [x(p.number(0)), y(p.number(1))];
            let mut steps = oblong_blocks([p.number(4); 2], [left, top], [left, top, x(p.number(2)), y(p.number(3))]);
            if p.text(5) == "ellipse" {
                steps.push(inside(p, r, 0.0, "ellipse"));
            }
            steps
        }),
    )
};
