//! Source over (Porter and Duff 1984; W3C Compositing and Blending Level 1 §5.1).
use crate::spec::{BlendSpec, NORMAL_ID};
use cutroom_kernel::{At, Blend, BlendKernel, Real, Rgba, rgb};

/// `co = cs·αs + cb·(1 − αs)`.
pub static SPEC: BlendSpec = BlendSpec::new(NORMAL_ID, "Normal", &Blend(Normal));

struct Normal;

impl BlendKernel for Normal {
    #[inline(always)]
    fn eval<R: Real>(b: Rgba<R>, s: Rgba<R>, _: At<R>, _: R) -> Rgba<R> {
        let keep = R::from(1.0) - s.a;
        Rgba { c: rgb(s.c.r * s.a + b.c.r * keep, s.c.g * s.a + b.c.g * keep, s.c.b * s.a + b.c.b * keep), a: s.a + b.a * keep }
    }
}
