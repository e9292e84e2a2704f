//! Hue shift: rotates HSV hue.
use crate::{
    hue::{from_hsv, hsv},
    spec::*,
};
use cutroom_kernel::{At, MAX_UNIFORMS, Point, PointKernel, Real, Rgba};

/// HSV hue of display-encoded colour plus `shift` turns (Smith, "Color Gamut Transform Pairs",
/// SIGGRAPH 1978).
pub static SPEC: EffectSpec = EffectSpec {
    params: &[ParamSpec::number("shift", "Shift", 0.0, 0.0, 1.0, Unit::Turns)],
    domain: Domain::Display,
    neutral: |p| p.number(0).fract() == 0.0,
    ..EffectSpec::new(
        "hue-shift",
        "Hue Shift",
        EffectFamily::Color,
        "Turns the hue, keeping HSV saturation and value.",
        EffectKind::Point { kernel: |_| &Point(HueShift), prepare: |p, _| Uniforms::new(&[p.number(0)]) },
    )
};

struct HueShift;

impl PointKernel for HueShift {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        let (h, s, v) = hsv(px.c);
        Rgba { c: from_hsv(h + p[0], s, v), ..px }
    }
}
