//! Colour temperature and tint as offsets.
use crate::spec::*;
use cutroom_kernel::{At, MAX_UNIFORMS, Point, PointKernel, Real, Rgba, rgb};

/// On display-encoded values: red + 0.1 · temperature, blue − 0.1 · temperature, green − 0.1 ·
/// tint, so that positive values are warmer and more magenta. `white-balance` works in Kelvin.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("temperature", "Temperature", 0.0, -1.0, 1.0, Unit::None),
        ParamSpec::number("tint", "Tint", 0.0, -1.0, 1.0, Unit::None),
    ],
    domain: Domain::Display,
    neutral: |p| p.number(0) == 0.0 && p.number(1) == 0.0,
    ..EffectSpec::new(
        "temperature",
        "Temperature",
        EffectFamily::Color,
        "Shifts red against blue, and green.",
        EffectKind::Point {
            kernel: |_| &Point(Temperature),
            prepare: |p, _| Uniforms::new(&[0.1 * p.number(0), -0.1 * p.number(1)]),
        },
    )
};

struct Temperature;

impl PointKernel for Temperature {
    const AFFINE: bool = true;

    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        Rgba { c: rgb(px.c.r + p[0], px.c.g + p[1], px.c.b - p[0]), ..px }
    }
}
