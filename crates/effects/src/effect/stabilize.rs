//! Applies the stabiliser's measured correction of camera shake.
use crate::spec::*;
use cutroom_kernel::{At, Edge, MAX_UNIFORMS, Read, ReadKernel, Reads, Real, Rgba};

/// Rotates the picture by `rotation` (clockwise) and scales it by `scale` about its centre, shifts
/// it by `shiftX` of its width and `shiftY` of its height (right and down), and scales the result
/// by `zoom` about the centre. The stabiliser (`cutroom_analysis`) measures the camera's motion and
/// writes the keyframes. Outside the moved picture the result is transparent.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("shiftX", "Shift x", 0.0, -1.0, 1.0, Unit::None),
        ParamSpec::number("shiftY", "Shift y", 0.0, -1.0, 1.0, Unit::None),
        ParamSpec::number("rotation", "Rotation", 0.0, -180.0, 180.0, Unit::Degrees),
        ParamSpec::number("scale", "Scale", 1.0, 0.25, 4.0, Unit::None),
        ParamSpec::number("zoom", "Zoom", 1.0, 1.0, 2.0, Unit::None),
    ],
    neutral: |p| (0..3).all(|i| p.number(i) == 0.0) && p.number(3) * p.number(4) == 1.0,
    keeps_alpha: false,
    ..EffectSpec::new(
        "stabilize",
        "Stabilize",
        EffectFamily::Distort,
        "Moves the picture against the camera's shake, as the stabiliser measured it.",
        EffectKind::Sampled {
            kernel: |_| &Read(Stabilize),
            prepare: |p, r| {
                let rotation = p.number(2).to_radians();
                let size = 1.0 / p.number(3);
                let (c, s) = (size * Real::cos(rotation), size * Real::sin(rotation));
                let zoom = 1.0 / p.number(4);
                let (x, y) = (p.number(0) * r.width_px, p.number(1) * r.height_px);
                let (w, h) = (0.5 * r.width_px, 0.5 * r.height_px);
                Uniforms::new(&[w, h, c * zoom, s * zoom, w - (c * x + s * y), h - (c * y - s * x)])
            },
            edge: Edge::Transparent,
        },
    )
};

/// Uniforms: `[centre (2), cosine and sine of the inverse rotation, divided by both factors (2),
/// position read at the centre (2)]`.
struct Stabilize;

impl ReadKernel for Stabilize {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        let (x, y) = (at.x - p[0], at.y - p[1]);
        s.sample(0, p[4] + (p[2] * x + p[3] * y), p[5] + (p[2] * y - p[3] * x))
    }
}
