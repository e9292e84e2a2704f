//! Channel mixer.
use crate::spec::*;
use cutroom_kernel::{At, MAX_UNIFORMS, Point, PointKernel, Real, Rgba, rgb};

/// A 3×3 matrix and an offset on display-encoded colour; `monochrome` takes the red row for all three.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("redRed", "Red from red", 1.0, -2.0, 2.0, ""),
        ParamSpec::number("redGreen", "Red from green", 0.0, -2.0, 2.0, ""),
        ParamSpec::number("redBlue", "Red from blue", 0.0, -2.0, 2.0, ""),
        ParamSpec::number("greenRed", "Green from red", 0.0, -2.0, 2.0, ""),
        ParamSpec::number("greenGreen", "Green from green", 1.0, -2.0, 2.0, ""),
        ParamSpec::number("greenBlue", "Green from blue", 0.0, -2.0, 2.0, ""),
        ParamSpec::number("blueRed", "Blue from red", 0.0, -2.0, 2.0, ""),
        ParamSpec::number("blueGreen", "Blue from green", 0.0, -2.0, 2.0, ""),
        ParamSpec::number("blueBlue", "Blue from blue", 1.0, -2.0, 2.0, ""),
        ParamSpec::number("redConstant", "Red constant", 0.0, -1.0, 1.0, ""),
        ParamSpec::number("greenConstant", "Green constant", 0.0, -1.0, 1.0, ""),
        ParamSpec::number("blueConstant", "Blue constant", 0.0, -1.0, 1.0, ""),
        ParamSpec::switch("monochrome", "Monochrome", false),
    ],
    domain: Domain::Display,
    neutral: |p| {
        (0..9).all(|i| p.number(i) == f32::from(u8::from(i % 4 == 0))) && (9..12).all(|i| p.number(i) == 0.0) && !p.bool(12)
    },
    ..EffectSpec::new(
        "channel-mixer",
        "Channel Mixer",
        Family::Color,
        "Makes each output channel a weighted sum of all three.",
        Shape::Point {
            kernel: |_| &Point(ChannelMixer),
            prepare: |p, _| {
                let mut u: [f32; 12] = std::array::from_fn(|i| p.number(i));
                if p.bool(12) {
                    // The red row makes the grey.
                    u = std::array::from_fn(|i| if i < 9 { u[i % 3] } else { u[9] });
                }
                Uniforms::new(&u)
            },
        },
    )
};

struct ChannelMixer;
impl PointKernel for ChannelMixer {
    const AFFINE: bool = true;
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        let c = px.c;
        Rgba {
            c: rgb(c.dot([p[0], p[1], p[2]]) + p[9], c.dot([p[3], p[4], p[5]]) + p[10], c.dot([p[6], p[7], p[8]]) + p[11]),
            ..px
        }
    }
}
