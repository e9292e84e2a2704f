//! Displacement by the picture of another track.
use crate::spec::*;
use cutroom_kernel::{At, Edge, MAX_UNIFORMS, Read, ReadKernel, Reads, Real, Rgba};

const CHANNELS: &[&str] = &["red", "green", "blue", "luma", "alpha"];

/// Moves the picture right and down by 2·`amount`·α·(v − 0.5) pixels, v being the chosen channel
/// (straight, display-encoded) and α the alpha of `track` at the position: white moves it by
/// `amount`, black by −`amount`; mid grey and transparent parts do not move it.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::track("track", "Map"),
        ParamSpec::choice("horizontal", "Horizontal", "red", CHANNELS),
        ParamSpec::choice("vertical", "Vertical", "green", CHANNELS),
        ParamSpec::number("amountX", "Amount X", 20.0, -2000.0, 2000.0, Unit::CanvasPx),
        ParamSpec::number("amountY", "Amount Y", 20.0, -2000.0, 2000.0, Unit::CanvasPx),
        ParamSpec::choice("edge", "Edge", "clamp", &["clamp", "transparent", "mirror", "repeat"]),
    ],
    neutral: |p| p.number(3) == 0.0 && p.number(4) == 0.0,
    keeps_alpha: false,
    ..EffectSpec::new(
        "displacement-map",
        "Displacement Map",
        EffectFamily::Distort,
        "Moves pixels by the colours of another track.",
        EffectKind::Layered {
            steps: |p, _| {
                let edge = match p.text(5) {
                    "transparent" => Edge::Transparent,
                    "mirror" => Edge::Mirror,
                    "repeat" => Edge::Repeat,
                    _ => Edge::Clamp,
                };
                let (across, down) = (weights(p.text(1)), weights(p.text(2)));
                let amounts = [2.0 * p.number(3), 2.0 * p.number(4)];
                let numbers = [&across[..], &down, &amounts].concat();
                vec![Step::SampleInputs(&Read(Displace), Uniforms::new(&numbers), edge, vec![0])]
            },
        },
    )
};

/// Returns the weights of red, green, blue and alpha in a channel.
fn weights(channel: &str) -> [f32; 4] {
    match channel {
        "green" => [0.0, 1.0, 0.0, 0.0],
        "blue" => [0.0, 0.0, 1.0, 0.0],
        "luma" => [0.2126, 0.7152, 0.0722, 0.0],
        "alpha" => [0.0, 0.0, 0.0, 1.0],
        _ => [1.0, 0.0, 0.0, 0.0],
    }
}

/// Uniforms: `[weights of the horizontal channel (4), of the vertical one (4), 2·amount x, 2·amount
/// y]`.
struct Displace;

impl ReadKernel for Displace {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        let map = s.sample(2, at.x, at.y);
        let (dx, dy) = (shift(map, [p[0], p[1], p[2], p[3]]), shift(map, [p[4], p[5], p[6], p[7]]));
        s.sample(0, at.x - dx * p[8], at.y - dy * p[9])
    }
}

/// Returns α·(v − 0.5). The map is premultiplied, so that only the alpha channel is multiplied by
/// alpha here.
#[inline(always)]
fn shift<R: Real>(map: Rgba<R>, w: [R; 4]) -> R {
    map.c.r * w[0] + map.c.g * w[1] + map.c.b * w[2] + map.a * map.a * w[3] - map.a * 0.5
}
