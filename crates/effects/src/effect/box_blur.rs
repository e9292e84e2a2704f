//! Box blur: averages over a square.
use crate::spec::*;

/// The mean of `2 · radius + 1` pixels along rows, then along columns; the fraction of a radius is
/// the weight of the outermost pixels.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[ParamSpec::number("radius", "Radius", 5.0, 0.0, 80.0, Unit::CanvasPx)],
    neutral: |p| p.number(0) == 0.0,
    keeps_alpha: false,
    ..EffectSpec::new(
        "box-blur",
        "Box Blur",
        EffectFamily::Blur,
        "Averages over a square.",
        EffectKind::Separable { weights: |p, _| mean(p.number(0)) },
    )
};

/// Returns equal weights within a radius in pixels.
fn mean(radius_px: f32) -> SeparableWeights {
    let whole = radius_px.floor() as usize;
    let share = radius_px - radius_px.floor();
    let mut w = vec![1.0; whole + 1];
    if share > 0.0 {
        w.push(share);
    }
    let sum = 2.0 * radius_px + 1.0;
    for x in &mut w {
        *x /= sum;
    }
    SeparableWeights { horizontal: w.clone(), vertical: w, sigma_px: None }
}
