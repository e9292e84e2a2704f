//! Motion blur along a line.
use super::directional_blur::AlongLine;
use crate::spec::*;
use cutroom_kernel::{Edge, Read, Real};

/// The mean of `samples` pixels along a line centred on the pixel. The line's length is `amount` as
/// a fraction of the raster, its horizontal part of the width and its vertical part of the height.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("amount", "Amount", 0.05, 0.0, 0.3, Unit::None),
        ParamSpec::number("angle", "Angle", 0.0, 0.0, core::f64::consts::TAU, Unit::Radians),
        ParamSpec::quality("samples", "Samples", 24.0, 4.0, 128.0),
    ],
    domain: Domain::Working,
    neutral: |p| p.number(0) == 0.0,
    keeps_alpha: false,
    ..EffectSpec::new(
        "motion-blur",
        "Motion Blur",
        EffectFamily::Blur,
        "Averages along a straight line.",
        EffectKind::Sampled {
            kernel: |_| &Read(AlongLine),
            prepare: |p, r| {
                let (n, a) = (p.number(2).round(), p.number(1));
                let (dx, dy) = (Real::cos(a) * p.number(0) * r.width_px, Real::sin(a) * p.number(0) * r.height_px);
                Uniforms::new(&[n, 1.0 / n, dx / n, dy / n, -0.5 * dx * (1.0 - 1.0 / n), -0.5 * dy * (1.0 - 1.0 / n)])
            },
            edge: Edge::Clamp,
        },
    )
};
