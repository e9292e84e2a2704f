//! Mosaic of a region, to hide a face or a plate.
use super::pixelate::oblong_blocks;
use crate::spec::*;

/// Every block of `size` by `size` pixels inside the rectangle (fractions of the raster) takes its mean colour.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("left", "Left", 0.25, 0.0, 1.0, ""),
        ParamSpec::number("top", "Top", 0.25, 0.0, 1.0, ""),
        ParamSpec::number("right", "Right", 0.75, 0.0, 1.0, ""),
        ParamSpec::number("bottom", "Bottom", 0.75, 0.0, 1.0, ""),
        ParamSpec::number("size", "Size", 16.0, 1.0, 128.0, "px"),
    ],
    neutral: |p| p.number(4) <= 1.0 || p.number(0) >= p.number(2) || p.number(1) >= p.number(3),
    keeps_alpha: false,
    ..EffectSpec::new(
        "mosaic-region",
        "Mosaic Region",
        Family::Stylize,
        "Hides a rectangle under blocks.",
        Shape::Steps(|p, r| {
            let (x, y) = (|v: f32| (v * r.width_px).round(), |v: f32| (v * r.height_px).round());
            let [left, top] = [x(p.number(0)), y(p.number(1))];
            oblong_blocks([p.number(4); 2], [left, top], [left, top, x(p.number(2)), y(p.number(3))])
        }),
    )
};
