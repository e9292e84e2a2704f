//! Debanding: smooths the steps of gradients.
use crate::spec::*;
use cutroom_kernel::{At, Edge, MAX_UNIFORMS, Read, ReadKernel, Reads, Real, Rgba};

/// Per component: if four pixels at a random distance around this one all differ from it by less
/// than the threshold, their mean is used; display-encoded.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("threshold", "Threshold", 0.02, 0.0, 0.2, Unit::None),
        ParamSpec::number("range", "Range", 16.0, 1.0, 400.0, Unit::CanvasPx),
        ParamSpec::quality("seed", "Seed", 0.0, 0.0, 65_535.0),
    ],
    domain: Domain::Display,
    neutral: |p| p.number(0) == 0.0,
    keeps_alpha: false,
    ..EffectSpec::new(
        "deband",
        "Deband",
        EffectFamily::Stylize,
        "Smooths the steps of gradients.",
        EffectKind::Sampled {
            kernel: |_| &Read(Deband),
            prepare: |p, _| Uniforms::new(&[p.number(0), p.number(1), frame_seed(0.0, p.number(2))]),
            edge: Edge::Clamp,
        },
    )
};

struct Deband;

impl ReadKernel for Deband {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        #[inline(always)]
        fn one<R: Real>(c: R, n: [R; 4], limit: R) -> R {
            let flat = (n[0] - c).abs().max((n[1] - c).abs()).max((n[2] - c).abs()).max((n[3] - c).abs());
            R::select(flat.lt(limit), (n[0] + n[1] + (n[2] + n[3])) * 0.25, c)
        }
        let (i, j) = (at.x.floor(), at.y.floor());
        // Whole pixels, so that values of the picture itself are compared.
        let dx = (i.hash(j, p[2]) * p[1]).floor() + 1.0;
        let dy = (i.hash(j, p[2] + 1.0) * p[1]).floor() + 1.0;
        let here = s.sample(0, at.x, at.y);
        let (a, b) = (s.sample(0, at.x + dx, at.y + dy), s.sample(0, at.x - dx, at.y - dy));
        let (c, d) = (s.sample(0, at.x + dy, at.y - dx), s.sample(0, at.x - dy, at.y + dx));
        let limit = p[0];
        let r = one(here.c.r, [a.c.r, b.c.r, c.c.r, d.c.r], limit);
        let g = one(here.c.g, [a.c.g, b.c.g, c.c.g, d.c.g], limit);
        let b = one(here.c.b, [a.c.b, b.c.b, c.c.b, d.c.b], limit);
        Rgba { c: cutroom_kernel::rgb(r, g, b), a: here.a }
    }
}
