//! Sharpen: adds the difference from a blurred copy.
use super::{gaussian_blur::gaussian, unsharp::sharpened};
use crate::spec::*;

/// `c + amount · (c − blurred)`, the blur being a Gaussian with a standard deviation of `radius`
/// pixels; display-encoded.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("amount", "Amount", 1.0, 0.0, 5.0, Unit::None),
        ParamSpec::number("radius", "Radius", 1.0, 0.5, 20.0, Unit::CanvasPx),
    ],
    domain: Domain::Display,
    neutral: |p| p.number(0) == 0.0,
    keeps_alpha: false,
    ..EffectSpec::new(
        "sharpen",
        "Sharpen",
        EffectFamily::Stylize,
        "Adds the difference from a blurred copy.",
        EffectKind::Steps(|p, _| vec![Step::Separable(gaussian(p.number(1))), sharpened(p.number(0), 0.0)]),
    )
};
