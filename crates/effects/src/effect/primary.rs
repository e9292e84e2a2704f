//! Primary correction: exposure, contrast, tonal ranges, balance and saturation in one kernel.
use crate::spec::*;
use cutroom_kernel::{At, K, MAX_UNIFORMS, Point, PointKernel, Real, Rgba, real::smoothstep, rgb};

/// Corrects the whole picture, display-encoded, in this order:
///
/// 1. red + 0.1 · temperature, blue − 0.1 · temperature, green − 0.1 · tint, as `temperature` does;
/// 2. times `2^exposure`, then black and white to 0 and 1: `(c − black) / (white − black)`;
/// 3. `(gain · c + lift · (1 − c) + offset)^(1/gamma)`, as `lift-gamma-gain` does;
/// 4. `(c − pivot) · contrast + pivot`;
/// 5. plus `0.25 · shadows · (1 − s(0, 0.5, Y)) + 0.25 · highlights · s(0.5, 1, Y)`, s being 3t² −
///    2t³ between its bounds;
/// 6. hue rotation by the matrix of Filter Effects Module Level 1 §9.6, which preserves luma;
/// 7. `Y + (c − Y) · saturation`, then `Y + (c − Y) · (1 + vibrance · (1 − (max − min)))`, as
///    `vibrance` does, but without clamping max − min.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("exposure", "Exposure", 0.0, -4.0, 4.0, Unit::Stops),
        ParamSpec::number("contrast", "Contrast", 1.0, 0.0, 3.0, Unit::None),
        ParamSpec::number("pivot", "Pivot", 0.5, 0.0, 1.0, Unit::None),
        ParamSpec::number("shadows", "Shadows", 0.0, -1.0, 1.0, Unit::None),
        ParamSpec::number("highlights", "Highlights", 0.0, -1.0, 1.0, Unit::None),
        ParamSpec::number("lift", "Lift", 0.0, -1.0, 1.0, Unit::None),
        ParamSpec::number("gamma", "Gamma", 1.0, 0.1, 4.0, Unit::None),
        ParamSpec::number("gain", "Gain", 1.0, 0.0, 4.0, Unit::None),
        ParamSpec::number("offset", "Offset", 0.0, -1.0, 1.0, Unit::None),
        ParamSpec::number("black", "Black", 0.0, -0.5, 0.5, Unit::None),
        ParamSpec::number("white", "White", 1.0, 0.51, 2.0, Unit::None),
        ParamSpec::number("saturation", "Saturation", 1.0, 0.0, 3.0, Unit::None),
        ParamSpec::number("vibrance", "Vibrance", 0.0, -1.0, 1.0, Unit::None),
        ParamSpec::number("hue", "Hue", 0.0, -180.0, 180.0, Unit::Degrees),
        ParamSpec::number("temperature", "Temperature", 0.0, -1.0, 1.0, Unit::None),
        ParamSpec::number("tint", "Tint", 0.0, -1.0, 1.0, Unit::None),
    ],
    domain: Domain::Display,
    neutral: |p| (0..16).all(|i| i == 2 || p.number(i) == if matches!(i, 1 | 6 | 7 | 10 | 11) { 1.0 } else { 0.0 }),
    ..EffectSpec::new(
        "primary",
        "Primary Correction",
        EffectFamily::Color,
        "Exposure, contrast, tonal ranges, balance and saturation in one.",
        EffectKind::Point { kernel: |_| &Point(Primary), prepare },
    )
};

fn prepare(p: Params<'_>, _: &EffectFrame) -> Uniforms {
    let scale = 1.0 / (p.number(10) - p.number(9));
    let (s, c) = (Real::sin(p.number(13).to_radians()), Real::cos(p.number(13).to_radians()));
    Uniforms::new(&[
        0.1 * p.number(14),
        -0.1 * p.number(15),
        Real::exp2(p.number(0)) * scale,
        -p.number(9) * scale,
        p.number(7) - p.number(5),
        p.number(5) + p.number(8),
        1.0 / p.number(6),
        p.number(1),
        p.number(2) - p.number(2) * p.number(1),
        0.25 * p.number(3),
        0.25 * p.number(4),
        0.213 + c * 0.787 - s * 0.213,
        0.715 - c * 0.715 - s * 0.715,
        0.072 - c * 0.072 + s * 0.928,
        0.213 - c * 0.213 + s * 0.143,
        0.715 + c * 0.285 + s * 0.140,
        0.072 - c * 0.072 - s * 0.283,
        0.213 - c * 0.213 - s * 0.787,
        0.715 - c * 0.715 + s * 0.715,
        0.072 + c * 0.928 + s * 0.072,
        p.number(11),
        p.number(12),
    ])
}

struct Primary;

impl PointKernel for Primary {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        #[inline(always)]
        fn tone<R: Real>(p: &[R; MAX_UNIFORMS], v: R) -> R {
            let v = v.mad(p[2], p[3]).mad(p[4], p[5]);
            // Values up to 0 are unchanged, since a power of a negative number is undefined.
            R::select(v.gt(0.0), v.max(1e-9).pow(p[6]), v).mad(p[7], p[8])
        }
        let c = rgb(tone(p, px.c.r + p[0]), tone(p, px.c.g + p[1]), tone(p, px.c.b - p[0]));
        let y = c.luma();
        let dark = K(1.0) - smoothstep(R::from(0.0), R::from(0.5), y);
        let light = smoothstep(R::from(0.5), R::from(1.0), y);
        let c = c.offset(dark * p[9] + light * p[10]);
        let c = rgb(c.dot([p[11], p[12], p[13]]), c.dot([p[14], p[15], p[16]]), c.dot([p[17], p[18], p[19]]));
        let y = c.luma();
        let c = rgb(y.mix(c.r, p[20]), y.mix(c.g, p[20]), y.mix(c.b, p[20]));
        let k = (K(1.0) - (c.max_component() - c.min_component())).mad(p[21], 1.0);
        let y = c.luma();
        Rgba { c: rgb(y.mix(c.r, k), y.mix(c.g, k), y.mix(c.b, k)), ..px }
    }
}
