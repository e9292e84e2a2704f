//! Zoom blur: towards a centre.
use crate::spec::*;
use cutroom_kernel::{At, Edge, MAX_UNIFORMS, Read, ReadKernel, Reads, Real, Rgba};

/// The mean of `samples` pixels from the pixel towards the centre, over `amount` of the way.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("amount", "Amount", 0.3, 0.0, 1.0, ""),
        ParamSpec::number("centerX", "Centre x", 0.5, 0.0, 1.0, ""),
        ParamSpec::number("centerY", "Centre y", 0.5, 0.0, 1.0, ""),
        ParamSpec::quality("samples", "Samples", 16.0, 4.0, 256.0),
    ],
    domain: Domain::Working,
    neutral: |p| p.number(0) == 0.0,
    keeps_alpha: false,
    ..EffectSpec::new(
        "zoom-blur",
        "Zoom Blur",
        Family::Blur,
        "Averages along lines towards a centre.",
        Shape::Field {
            kernel: |_| &Read(ZoomBlur),
            prepare: |p, r| {
                let n = p.number(3).round();
                Uniforms::new(&[
                    n,
                    1.0 / n,
                    -p.number(0) / n,
                    1.0 - 0.5 * p.number(0) / n,
                    p.number(1) * r.width_px,
                    p.number(2) * r.height_px,
                ])
            },
            edge: Edge::Mirror,
        },
    )
};

struct ZoomBlur;
impl ReadKernel for ZoomBlur {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        let (x, y) = (at.x - p[4], at.y - p[5]);
        let sum = s.sum(
            0,
            #[inline(always)]
            |i| {
                let k = p[3] + i * p[2];
                s.sample(0, p[4] + x * k, p[5] + y * k)
            },
        );
        Rgba { c: sum.c.scale(p[1]), a: sum.a * p[1] }
    }
}
