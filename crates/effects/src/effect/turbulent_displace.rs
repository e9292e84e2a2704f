//! Turbulent displacement: displaces pixels along smooth noise.
use crate::{noise::value_noise, spec::*};
use cutroom_kernel::{At, Edge, K, MAX_UNIFORMS, Read, ReadKernel, Reads, Real, Rgba, rgb};

/// Displaces by less than `amount` pixels along value noise with cells of `size` pixels, in
/// `octaves` octaves of half the cell size and strength of the one before; `evolution` moves
/// through the noise.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("amount", "Amount", 20.0, -2000.0, 2000.0, Unit::CanvasPx),
        ParamSpec::number("size", "Size", 100.0, 2.0, 8000.0, Unit::CanvasPx),
        ParamSpec::number("evolution", "Evolution", 0.0, -1000.0, 1000.0, Unit::None),
        ParamSpec::quality("octaves", "Octaves", 3.0, 1.0, 6.0),
        ParamSpec::quality("seed", "Seed", 0.0, 0.0, 65535.0),
    ],
    domain: Domain::Working,
    neutral: |p| p.number(0) == 0.0,
    keeps_alpha: false,
    ..EffectSpec::new(
        "turbulent-displace",
        "Turbulent Displace",
        EffectFamily::Distort,
        "Moves pixels along smooth noise.",
        EffectKind::Sampled {
            kernel: |_| &Read(TurbulentDisplace),
            prepare: |p, _| {
                let z = p.number(2);
                let seed = |k: f32| frame_seed(z.floor() + k, p.number(4));
                Uniforms::new(&[p.number(3).round(), 1.0 / p.number(1), p.number(0), z - z.floor(), seed(0.0), seed(1.0)])
            },
            edge: Edge::Mirror,
        },
    )
};

struct TurbulentDisplace;

impl ReadKernel for TurbulentDisplace {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        let moved = s.sum(
            0,
            #[inline(always)]
            |i| {
                let k = i.exp2();
                let (x, y) = (at.x * p[1] * k + i * 37.0, at.y * p[1] * k + i * 17.0);
                let u = value_noise(x, y, p[4]).mix(value_noise(x, y, p[5]), p[3]);
                let v = value_noise(x + 1000.0, y, p[4]).mix(value_noise(x + 1000.0, y, p[5]), p[3]);
                let k = K(1.0) / k;
                Rgba { c: rgb((u - 0.5) * k, (v - 0.5) * k, k), a: k }
            },
        );
        s.sample(0, at.x + moved.c.r * p[2], at.y + moved.c.g * p[2])
    }
}
