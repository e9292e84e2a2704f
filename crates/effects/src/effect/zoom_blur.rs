//! Zoom blur: towards a centre.
use super::radial_blur::{CENTER, about_center, mean_about};
use crate::spec::*;
use cutroom_kernel::{At, Edge, MAX_UNIFORMS, Read, ReadKernel, Reads, Real, Rgba};

/// The mean of `samples` pixels from the pixel towards the centre, over `amount` of the distance.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("amount", "Amount", 0.3, 0.0, 1.0, Unit::None),
        CENTER[0],
        CENTER[1],
        ParamSpec::quality("samples", "Samples", 16.0, 4.0, 256.0),
    ],
    domain: Domain::Working,
    neutral: |p| p.number(0) == 0.0,
    keeps_alpha: false,
    ..EffectSpec::new(
        "zoom-blur",
        "Zoom Blur",
        EffectFamily::Blur,
        "Averages along lines towards a centre.",
        EffectKind::Sampled {
            kernel: |_| &Read(ZoomBlur),
            prepare: |p, r| about_center(p, r, -p.number(0), 1.0 - 0.5 * p.number(0) / p.number(3).round()),
            edge: Edge::Mirror,
        },
    )
};

struct ZoomBlur;

impl ReadKernel for ZoomBlur {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        mean_about(
            p,
            at,
            s,
            #[inline(always)]
            |k, x, y| (p[4] + x * k, p[5] + y * k),
        )
    }
}
