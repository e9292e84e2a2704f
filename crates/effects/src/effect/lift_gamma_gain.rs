//! Colour wheels: lift, gamma, gain and offset.
use crate::spec::*;
use cutroom_kernel::{At, K, MAX_UNIFORMS, Point, PointKernel, Real, Rgba, rgb};

/// `(gain · c + lift · (1 − c) + offset)^(1/gamma)` on display-encoded values; masters add to lift
/// and offset and multiply gain and gamma.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("lift", "Lift master", 0.0, -1.0, 1.0, Unit::None),
        ParamSpec::number("liftR", "Lift red", 0.0, -1.0, 1.0, Unit::None),
        ParamSpec::number("liftG", "Lift green", 0.0, -1.0, 1.0, Unit::None),
        ParamSpec::number("liftB", "Lift blue", 0.0, -1.0, 1.0, Unit::None),
        ParamSpec::number("gamma", "Gamma master", 1.0, 0.1, 4.0, Unit::None),
        ParamSpec::number("gammaR", "Gamma red", 1.0, 0.1, 4.0, Unit::None),
        ParamSpec::number("gammaG", "Gamma green", 1.0, 0.1, 4.0, Unit::None),
        ParamSpec::number("gammaB", "Gamma blue", 1.0, 0.1, 4.0, Unit::None),
        ParamSpec::number("gain", "Gain master", 1.0, 0.0, 4.0, Unit::None),
        ParamSpec::number("gainR", "Gain red", 1.0, 0.0, 4.0, Unit::None),
        ParamSpec::number("gainG", "Gain green", 1.0, 0.0, 4.0, Unit::None),
        ParamSpec::number("gainB", "Gain blue", 1.0, 0.0, 4.0, Unit::None),
        ParamSpec::number("offset", "Offset master", 0.0, -1.0, 1.0, Unit::None),
        ParamSpec::number("offsetR", "Offset red", 0.0, -1.0, 1.0, Unit::None),
        ParamSpec::number("offsetG", "Offset green", 0.0, -1.0, 1.0, Unit::None),
        ParamSpec::number("offsetB", "Offset blue", 0.0, -1.0, 1.0, Unit::None),
    ],
    domain: Domain::Display,
    neutral: |p| (0..16).all(|i| p.number(i) == if (4..12).contains(&i) { 1.0 } else { 0.0 }),
    ..EffectSpec::new(
        "lift-gamma-gain",
        "Lift Gamma Gain Offset",
        EffectFamily::Color,
        "Wheels for shadows, middle tones, highlights and everything.",
        EffectKind::Point {
            kernel: |_| &Point(Wheels),
            prepare: |p, _| {
                let sum = |i: usize, c: usize| p.number(i) + p.number(i + c);
                let product = |i: usize, c: usize| p.number(i) * p.number(i + c);
                let mut u = [0.0; 12];
                for c in 0..3 {
                    u[c] = product(8, c + 1);
                    u[3 + c] = sum(0, c + 1);
                    u[6 + c] = 1.0 / product(4, c + 1).max(0.01);
                    u[9 + c] = sum(12, c + 1);
                }
                Uniforms::new(&u)
            },
        },
    )
};

struct Wheels;

impl PointKernel for Wheels {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        #[inline(always)]
        fn one<R: Real>(c: R, gain: R, lift: R, power: R, offset: R) -> R {
            let v = c * gain + lift * (K(1.0) - c) + offset;
            // Values up to 0 are unchanged, since a power of a negative number is undefined.
            R::select(v.gt(0.0), v.max(1e-9).pow(power), v)
        }
        let c = px.c;
        Rgba {
            c: rgb(one(c.r, p[0], p[3], p[6], p[9]), one(c.g, p[1], p[4], p[7], p[10]), one(c.b, p[2], p[5], p[8], p[11])),
            ..px
        }
    }
}
