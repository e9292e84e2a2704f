//! Channel mixer: each component becomes a weighted sum of all three.
use crate::{color::Affine, spec::*};
use cutroom_kernel::Point;

/// A 3×3 matrix and an offset on display-encoded colour; `monochrome` uses the red row for all
/// three components.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("redRed", "Red from red", 1.0, -2.0, 2.0, Unit::None),
        ParamSpec::number("redGreen", "Red from green", 0.0, -2.0, 2.0, Unit::None),
        ParamSpec::number("redBlue", "Red from blue", 0.0, -2.0, 2.0, Unit::None),
        ParamSpec::number("greenRed", "Green from red", 0.0, -2.0, 2.0, Unit::None),
        ParamSpec::number("greenGreen", "Green from green", 1.0, -2.0, 2.0, Unit::None),
        ParamSpec::number("greenBlue", "Green from blue", 0.0, -2.0, 2.0, Unit::None),
        ParamSpec::number("blueRed", "Blue from red", 0.0, -2.0, 2.0, Unit::None),
        ParamSpec::number("blueGreen", "Blue from green", 0.0, -2.0, 2.0, Unit::None),
        ParamSpec::number("blueBlue", "Blue from blue", 1.0, -2.0, 2.0, Unit::None),
        ParamSpec::number("redConstant", "Red constant", 0.0, -1.0, 1.0, Unit::None),
        ParamSpec::number("greenConstant", "Green constant", 0.0, -1.0, 1.0, Unit::None),
        ParamSpec::number("blueConstant", "Blue constant", 0.0, -1.0, 1.0, Unit::None),
        ParamSpec::switch("monochrome", "Monochrome", false),
    ],
    domain: Domain::Display,
    neutral: |p| {
        (0..9).all(|i| p.number(i) == f32::from(u8::from(i % 4 == 0))) && (9..12).all(|i| p.number(i) == 0.0) && !p.bool(12)
    },
    ..EffectSpec::new(
        "channel-mixer",
        "Channel Mixer",
        EffectFamily::Color,
        "Makes each output channel a weighted sum of all three.",
        EffectKind::Point {
            kernel: |_| &Point(Affine),
            prepare: |p, _| {
                let mut u: [f32; 12] = std::array::from_fn(|i| p.number(i));
                if p.bool(12) {
                    // Grey from the red row.
                    u = std::array::from_fn(|i| if i < 9 { u[i % 3] } else { u[9] });
                }
                Uniforms::new(&u)
            },
        },
    )
};
