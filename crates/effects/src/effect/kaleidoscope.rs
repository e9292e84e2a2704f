//! Kaleidoscope: mirrors one sector into all others.
use crate::spec::*;
use cutroom_kernel::{At, Edge, MAX_UNIFORMS, Read, ReadKernel, Reads, Real, Rgba, real::atan2};

/// Half a sector of 2π / `segments` about the centre, mirrored into all others; the pattern is
/// rotated by `rotation`.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("segments", "Segments", 6.0, 2.0, 16.0, Unit::None),
        ParamSpec::number("rotation", "Rotation", 0.0, 0.0, core::f64::consts::TAU, Unit::Radians),
    ],
    domain: Domain::Working,
    keeps_alpha: false,
    ..EffectSpec::new(
        "kaleidoscope",
        "Kaleidoscope",
        EffectFamily::Distort,
        "Mirrors one sector all round.",
        EffectKind::Sampled {
            kernel: |_| &Read(Kaleidoscope),
            prepare: |p, r| {
                let sector = core::f32::consts::TAU / p.number(0).round();
                Uniforms::new(&[0.5 * r.width_px, 0.5 * r.height_px, sector, 1.0 / sector, p.number(1)])
            },
            edge: Edge::Mirror,
        },
    )
};

struct Kaleidoscope;

impl ReadKernel for Kaleidoscope {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        let (x, y) = (at.x - p[0], at.y - p[1]);
        let radius = (x * x + y * y).sqrt();
        let turned = (atan2(y, x) - p[4]) * p[3];
        // Sectors are mirrored about their middles, so that they are continuous.
        let a = (turned.fract() - 0.5).abs() * p[2] + p[4];
        s.sample(0, p[0] + radius * a.cos(), p[1] + radius * a.sin())
    }
}
