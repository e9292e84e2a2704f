//! Edge detection (Sobel).
use crate::spec::*;
use cutroom_kernel::{At, Edge, K, MAX_UNIFORMS, Read, ReadKernel, Reads, Real, Rgba, rgb};

/// `strength` times the length of the Sobel gradient of display-encoded BT.709 luma (Sobel and
/// Feldman 1968) of points `radius` apart, clamped to 0..=1, as grey; `invert` inverts it. Alpha is
/// unchanged.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("strength", "Strength", 1.0, 0.0, 5.0, Unit::None),
        ParamSpec::switch("invert", "Invert", false),
        ParamSpec::number("radius", "Radius", 1.0, 0.1, 20.0, Unit::CanvasPx),
    ],
    domain: Domain::Display,
    keeps_alpha: false,
    ..EffectSpec::new(
        "edge-detect",
        "Edge Detect",
        EffectFamily::Stylize,
        "Shows where the luma changes.",
        EffectKind::Sampled {
            kernel: |_| &Read(EdgeDetect),
            prepare: |p, _| Uniforms::new(&[p.number(0), f32::from(u8::from(p.bool(1))), p.number(2)]),
            edge: Edge::Clamp,
        },
    )
};

struct EdgeDetect;

impl ReadKernel for EdgeDetect {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        #[inline(always)]
        fn luma<R: Real, S: Reads<R>>(s: S, x: R, y: R) -> R {
            s.sample(0, x, y).c.luma()
        }
        let (l, r, u, d) = (at.x - p[2], at.x + p[2], at.y - p[2], at.y + p[2]);
        let (a, b, c) = (luma(s, l, u), luma(s, at.x, u), luma(s, r, u));
        let (e, f) = (luma(s, l, at.y), luma(s, r, at.y));
        let (g, h, i) = (luma(s, l, d), luma(s, at.x, d), luma(s, r, d));
        let gx = (c - a) + (f - e) * 2.0 + (i - g);
        let gy = (g - a) + (h - b) * 2.0 + (i - c);
        let v = ((gx * gx + gy * gy).sqrt() * p[0]).saturate();
        let alpha = s.sample(0, at.x, at.y).a;
        let v = R::select(p[1].gt(0.5), K(1.0) - v, v) * alpha;
        Rgba { c: rgb(v, v, v), a: alpha }
    }
}
