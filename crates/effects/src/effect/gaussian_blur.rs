//! Gaussian blur, and the Gaussian weights that other effects use.
use crate::spec::*;
use cutroom_kernel::Real;

/// A Gaussian of standard deviation `radius / 2` px, cut off at three standard deviations and
/// normalised. `samples` exists for compatibility with files of other systems and has no effect.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec { id: "radius", name: "Radius", kind: ParamKind::number(10.0, 0.0, 200.0), unit: Unit::CanvasPx },
        ParamSpec {
            id: "samples",
            name: "Samples",
            kind: ParamKind::Number { default: 5.0, min: 1.0, max: 64.0, animatable: false },
            unit: Unit::None,
        },
    ],
    neutral: |p| p.number(0) == 0.0,
    keeps_alpha: false,
    ..EffectSpec::new(
        "gaussian-blur",
        "Gaussian Blur",
        EffectFamily::Blur,
        "Blurs with a Gaussian; the standard deviation is half the radius.",
        EffectKind::Separable { weights: |p, _| gaussian(p.number(0) * 0.5) },
    )
};

/// Returns Gaussian weights for a standard deviation in pixels.
pub fn gaussian(sigma_px: f32) -> SeparableWeights {
    let reach = (3.0 * sigma_px).ceil().max(1.0) as usize;
    // exp(−k²/2σ²) as a power of two, with the polynomial of `Real`: equal bits on all machines.
    let fall = -core::f32::consts::LOG2_E / (2.0 * (sigma_px * sigma_px).max(1e-6));
    let mut w: Vec<f32> = (0..=reach).map(|k| Real::exp2((k * k) as f32 * fall)).collect();
    let sum = w[0] + 2.0 * w[1..].iter().sum::<f32>();
    for x in &mut w {
        *x /= sum;
    }
    SeparableWeights { horizontal: w.clone(), vertical: w, sigma_px: Some(sigma_px) }
}
