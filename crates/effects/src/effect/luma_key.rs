//! Luma key: makes dark or bright parts transparent.
use crate::spec::*;
use cutroom_kernel::{At, MAX_UNIFORMS, Point, PointKernel, Real, Rgba, real::smoothstep};

/// Alpha times `smoothstep(threshold, threshold + softness, Y)`, or with `keyBright` times
/// `1 − smoothstep(threshold − softness, threshold, Y)`. Y is BT.709 luma of display-encoded
/// colour.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("threshold", "Threshold", 0.1, 0.0, 1.0, Unit::None),
        ParamSpec::number("softness", "Softness", 0.1, 0.0, 1.0, Unit::None),
        ParamSpec::switch("keyBright", "Key bright parts", false),
    ],
    domain: Domain::Display,
    keeps_alpha: false,
    ..EffectSpec::new(
        "luma-key",
        "Luma Key",
        EffectFamily::Keying,
        "Makes dark or bright parts transparent.",
        EffectKind::Point {
            kernel: |_| &Point(LumaKey),
            prepare: |p, _| {
                let (t, s) = (p.number(0), p.number(1).max(1e-4));
                let bright = p.bool(2);
                Uniforms::new(&[
                    if bright { t - s } else { t },
                    if bright { t } else { t + s },
                    f32::from(u8::from(bright)),
                    if bright { -1.0 } else { 1.0 },
                ])
            },
        },
    )
};

struct LumaKey;

impl PointKernel for LumaKey {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        let k = smoothstep(p[0], p[1], px.c.luma());
        Rgba { a: px.a * k.mad(p[3], p[2]), ..px }
    }
}
