//! Secondary correction: corrects or isolates a range of hue, saturation and lightness.
use crate::{hue, spec::*};
use cutroom_kernel::{At, K, MAX_UNIFORMS, Point, PointKernel, Real, Rgba, real::smoothstep, rgb};

/// A matte is computed from HSL hue within half the width of the centre, and HSL saturation and
/// BT.709 luma within their ranges, all with soft edges. Inside the matte hue is rotated,
/// saturation scaled, then gain and offset are applied, on display-encoded values.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("hueCenter", "Hue centre", 120.0, 0.0, 360.0, Unit::Degrees),
        ParamSpec::number("hueWidth", "Hue width", 60.0, 0.0, 360.0, Unit::Degrees),
        ParamSpec::number("satLow", "Saturation from", 0.1, 0.0, 1.0, Unit::None),
        ParamSpec::number("satHigh", "Saturation to", 1.0, 0.0, 1.0, Unit::None),
        ParamSpec::number("lumLow", "Luma from", 0.0, 0.0, 1.0, Unit::None),
        ParamSpec::number("lumHigh", "Luma to", 1.0, 0.0, 1.0, Unit::None),
        ParamSpec::number("softness", "Softness", 0.1, 0.0, 1.0, Unit::None),
        ParamSpec::number("hue", "Hue", 0.0, -180.0, 180.0, Unit::Degrees),
        ParamSpec::number("saturation", "Saturation", 1.0, 0.0, 3.0, Unit::None),
        ParamSpec::number("gain", "Gain", 1.0, 0.0, 4.0, Unit::None),
        ParamSpec::number("offset", "Offset", 0.0, -1.0, 1.0, Unit::None),
        ParamSpec::choice("show", "Show", "result", &["result", "matte", "isolated"]),
        ParamSpec::switch("invert", "Invert", false),
    ],
    domain: Domain::Display,
    neutral: |p| p.number(7) == 0.0 && p.number(8) == 1.0 && p.number(9) == 1.0 && p.number(10) == 0.0 && p.text(11) == "result",
    ..EffectSpec::new(
        "qualifier",
        "Qualifier",
        EffectFamily::Color,
        "Corrects only colours within a range of hue, saturation and lightness.",
        EffectKind::Point { kernel: |_| &Point(Qualifier), prepare },
    )
};

fn prepare(p: Params<'_>, _: &EffectFrame) -> Uniforms {
    let invert = p.bool(12);
    let show = match p.text(11) {
        "matte" => 1.0,
        "isolated" => 2.0,
        _ => 0.0,
    };
    let (whole, sign) = if invert { (1.0, -1.0) } else { (0.0, 1.0) };
    // A band of 360° or more contains every hue.
    let half = if p.number(1) >= 360.0 { 1.0 } else { p.number(1) / 720.0 };
    Uniforms::new(&[
        p.number(0) / 360.0,
        half,
        p.number(2),
        p.number(3),
        p.number(4),
        p.number(5),
        p.number(6).max(1e-4) * 0.5,
        p.number(7) / 360.0,
        p.number(8),
        p.number(9),
        p.number(10),
        whole,
        sign,
        show,
    ])
}

struct Qualifier;

impl PointKernel for Qualifier {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        #[inline(always)]
        fn band<R: Real>(v: R, low: R, high: R, soft: R) -> R {
            smoothstep(low - soft, low, v) * (K(1.0) - smoothstep(high, high + soft, v))
        }
        let (h, s, l) = hue::hsl(px.c);
        let y = px.c.luma();
        // Shortest distance from the centre in turns.
        let d = ((h - p[0] + 0.5).fract() - 0.5).abs();
        let near = K(1.0) - smoothstep(p[1], p[1] + p[6], d);
        let m = near * band(s, p[2], p[3], p[6]) * band(y, p[4], p[5], p[6]);
        let m = m.mad(p[12], p[11]);
        let c = hue::from_hsl(h + p[7], s * p[8], l).scale(p[9]).offset(p[10]);
        let result = rgb(px.c.r.mix(c.r, m), px.c.g.mix(c.g, m), px.c.b.mix(c.b, m));
        let (matte, alone) = (p[13].gt(0.5) & p[13].lt(1.5), p[13].gt(1.5));
        let shown = result.map(
            #[inline(always)]
            |c| R::select(matte, m, R::select(alone, c * m, c)),
        );
        Rgba { c: shown, ..px }
    }
}
