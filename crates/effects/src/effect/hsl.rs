//! Hue, saturation, lightness.
use crate::{hue, spec::*};
use cutroom_kernel::{At, MAX_UNIFORMS, Point, PointKernel, Real, Rgba};

/// On HSL of display-encoded colour: hue plus degrees, saturation times a factor, lightness plus an
/// offset.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("hue", "Hue", 0.0, -180.0, 180.0, Unit::Degrees),
        ParamSpec::number("saturation", "Saturation", 1.0, 0.0, 3.0, Unit::None),
        ParamSpec::number("lightness", "Lightness", 0.0, -1.0, 1.0, Unit::None),
    ],
    domain: Domain::Display,
    neutral: |p| p.number(0) == 0.0 && p.number(1) == 1.0 && p.number(2) == 0.0,
    ..EffectSpec::new(
        "hsl",
        "HSL",
        EffectFamily::Color,
        "Turns hue, scales saturation, shifts lightness.",
        EffectKind::Point {
            kernel: |_| &Point(Hsl),
            prepare: |p, _| Uniforms::new(&[p.number(0) / 360.0, p.number(1), p.number(2)]),
        },
    )
};

struct Hsl;

impl PointKernel for Hsl {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        let (h, s, l) = hue::hsl(px.c);
        Rgba { c: hue::from_hsl(h + p[0], s * p[1], l + p[2]), ..px }
    }
}
