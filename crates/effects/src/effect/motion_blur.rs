//! Motion blur along a line.
use crate::spec::*;
use cutroom_kernel::{At, Edge, MAX_UNIFORMS, Read, ReadKernel, Reads, Real, Rgba};

/// The mean of `samples` pixels along a line `amount` of the raster long (of its width and height by direction), centred on the pixel.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("amount", "Amount", 0.05, 0.0, 0.3, ""),
        ParamSpec::number("angle", "Angle", 0.0, 0.0, core::f64::consts::TAU, "radians"),
        ParamSpec::quality("samples", "Samples", 24.0, 4.0, 128.0),
    ],
    domain: Domain::Working,
    neutral: |p| p.number(0) == 0.0,
    keeps_alpha: false,
    ..EffectSpec::new(
        "motion-blur",
        "Motion Blur",
        Family::Blur,
        "Averages along a straight line.",
        Shape::Field {
            kernel: |_| &Read(MotionBlur),
            prepare: |p, r| {
                let (n, a) = (p.number(2).round(), p.number(1));
                let (dx, dy) = (Real::cos(a) * p.number(0) * r.width_px, Real::sin(a) * p.number(0) * r.height_px);
                Uniforms::new(&[n, 1.0 / n, dx / n, dy / n, -0.5 * dx * (1.0 - 1.0 / n), -0.5 * dy * (1.0 - 1.0 / n)])
            },
            edge: Edge::Clamp,
        },
    )
};

struct MotionBlur;
impl ReadKernel for MotionBlur {
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
