//! Directional blur, with length in pixels and angle in degrees.
use crate::spec::*;
use cutroom_kernel::{At, Edge, MAX_UNIFORMS, Read, ReadKernel, Reads, Real, Rgba};

/// The mean along a line of `length` pixels centred on the pixel, with one sample per pixel.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("length", "Length", 20.0, 0.0, 2000.0, Unit::CanvasPx),
        ParamSpec::number("angle", "Angle", 0.0, -360.0, 360.0, Unit::Degrees),
    ],
    domain: Domain::Working,
    neutral: |p| p.number(0) == 0.0,
    keeps_alpha: false,
    ..EffectSpec::new(
        "directional-blur",
        "Directional Blur",
        EffectFamily::Blur,
        "Averages along a straight line.",
        EffectKind::Sampled {
            kernel: |_| &Read(AlongLine),
            prepare: |p, _| {
                let n = p.number(0).ceil().max(1.0);
                let (step, a) = (p.number(0) / n, p.number(1).to_radians());
                let (dx, dy) = (Real::cos(a) * step, Real::sin(a) * step);
                Uniforms::new(&[n, 1.0 / n, dx, dy, -0.5 * dx * (n - 1.0), -0.5 * dy * (n - 1.0)])
            },
            edge: Edge::Clamp,
        },
    )
};

/// The mean along a line. Uniforms: number of samples and its inverse, the offset from one sample
/// to the next (2), the offset of the first sample (2).
pub(super) struct AlongLine;

impl ReadKernel for AlongLine {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        let sum = s.sum(
            0,
            #[inline(always)]
            |i| s.sample(0, at.x + p[4] + i * p[2], at.y + p[5] + i * p[3]),
        );
        Rgba { c: sum.c.scale(p[1]), a: sum.a * p[1] }
    }
}
