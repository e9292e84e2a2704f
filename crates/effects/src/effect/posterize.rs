//! Posterise: reduces each component to a few levels.
use crate::spec::*;
use cutroom_kernel::{At, MAX_UNIFORMS, Point, PointKernel, Real, Rgba, rgb};

/// `min(floor(c · n), n − 1) / (n − 1)`, at least 0, on display-encoded values; n is the number of
/// levels, rounded.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[ParamSpec::number("levels", "Levels", 6.0, 2.0, 32.0, Unit::None)],
    domain: Domain::Display,
    ..EffectSpec::new(
        "posterize",
        "Posterize",
        EffectFamily::Stylize,
        "Reduces each component to a few levels.",
        EffectKind::Point {
            kernel: |_| &Point(Posterize),
            prepare: |p, _| {
                let n = p.number(0).round();
                Uniforms::new(&[n, n - 1.0, 1.0 / (n - 1.0)])
            },
        },
    )
};

struct Posterize;

impl PointKernel for Posterize {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        #[inline(always)]
        fn one<R: Real>(c: R, p: &[R; MAX_UNIFORMS]) -> R {
            (c * p[0]).floor().clamp(0.0, p[1]) * p[2]
        }
        Rgba { c: rgb(one(px.c.r, p), one(px.c.g, p), one(px.c.b, p)), ..px }
    }
}
