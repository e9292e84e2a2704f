//! Chroma key: makes colours near the key transparent and suppresses its spill in the rest.
use super::gaussian_blur::gaussian;
use crate::spec::*;
use cutroom_kernel::{
    At, Edge, K, MAX_UNIFORMS, Mix, MixKernel, Point, PointKernel, Read, ReadKernel, Reads, Real, Rgb, Rgba, real::smoothstep, rgb,
};

/// The matte is `smoothstep(tolerance, tolerance + softness, d)`, d being a distance from the key in
/// the BT.709 Cb/Cr plane of display-encoded colour (full range, ±0.5), and multiplies alpha. For
/// `green`, `blue` (the pure colours) and `custom` it is the distance from one point. For
/// `green-screen` and `blue-screen` it is measured along the hue of usual screens: `s − (u − |v|)`,
/// u being the chroma along that hue, v across it, and s the screen's own chroma, so that brighter,
/// darker and stronger parts of a screen count like it, and a mixture of screen and grey has the
/// distance `s · share of grey`. s is 0.325 for green and 0.304 for blue.
///
/// `choke` takes the minimum of the matte in a square of this distance (the maximum if negative),
/// `edgeBlur` then blurs it with a Gaussian (standard deviation half the radius). Spill suppression
/// mixes the key's dominant component towards at most the mean of the other two.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::choice("keyColor", "Key colour", "green", &["green", "blue", "custom", "green-screen", "blue-screen"]),
        ParamSpec { id: "tolerance", name: "Tolerance", kind: ParamKind::number(0.2, 0.0, 1.0), unit: Unit::None },
        ParamSpec { id: "softness", name: "Softness", kind: ParamKind::number(0.1, 0.0, 0.5), unit: Unit::None },
        ParamSpec { id: "spillSuppression", name: "Spill suppression", kind: ParamKind::number(0.5, 0.0, 1.0), unit: Unit::None },
        ParamSpec {
            id: "customColor",
            name: "Custom colour",
            kind: ParamKind::Color { default: [0.0, 1.0, 0.0, 1.0] },
            unit: Unit::None,
        },
        ParamSpec::number("choke", "Choke", 0.0, -80.0, 80.0, Unit::CanvasPx),
        ParamSpec::number("edgeBlur", "Edge blur", 0.0, 0.0, 200.0, Unit::CanvasPx),
        ParamSpec::choice("show", "Show", "result", &["result", "matte"]),
    ],
    domain: Domain::Display,
    neutral: |_| false,
    keeps_alpha: false,
    wide: Some(WideSteps { needed: |p| p.number(5) != 0.0 || p.number(6) > 0.0, steps }),
    ..EffectSpec::new(
        "chroma-key",
        "Chroma Key",
        EffectFamily::Keying,
        "Makes colours near the key transparent and suppresses its spill.",
        EffectKind::Point { kernel: |_| &Point(ChromaKey), prepare },
    )
};

/// The green of a lit screen as cameras record it, #1db53a, and chroma-key blue (Pantone 2728 C),
/// #0047bb.
const SCREENS: [[f32; 3]; 2] = [[29.0 / 255.0, 181.0 / 255.0, 58.0 / 255.0], [0.0, 71.0 / 255.0, 187.0 / 255.0]];

#[inline(always)]
fn cb_cr<R: Real>(c: Rgb<R>) -> (R, R) {
    let y = c.luma();
    ((c.b - y) * (1.0 / 1.8556), (c.r - y) * (1.0 / 1.5748))
}

/// Uniforms: `[key's Cb and Cr, or the direction of a screen's hue, tolerance, tolerance + softness,
/// spill suppression per component (3), a screen's chroma or 0, matte shown?]`.
fn prepare(p: Params<'_>, _: &EffectFrame) -> Uniforms {
    let (key, is_screen) = match p.text(0) {
        "green" => ([0.0, 1.0, 0.0], false),
        "blue" => ([0.0, 0.0, 1.0], false),
        "green-screen" => (SCREENS[0], true),
        "blue-screen" => (SCREENS[1], true),
        _ => {
            let c = p.color(4);
            ([c[0], c[1], c[2]], false)
        }
    };
    let (cb, cr) = cb_cr(rgb(key[0], key[1], key[2]));
    let chroma = if is_screen { (cb * cb + cr * cr).sqrt() } else { 0.0 };
    let unit = if is_screen { chroma } else { 1.0 };
    // Spill is suppressed in the key's largest component; a grey key has none.
    let max = key[0].max(key[1]).max(key[2]);
    let dominant = key.map(|k| if k == max && (key[0] != key[1] || key[1] != key[2]) { 1.0 } else { 0.0 });
    let tolerance = p.number(1);
    Uniforms::new(&[
        cb / unit,
        cr / unit,
        tolerance,
        tolerance + p.number(2).max(1e-4),
        p.number(3) * dominant[0],
        p.number(3) * dominant[1],
        p.number(3) * dominant[2],
        chroma,
        f32::from(u8::from(p.text(7) == "matte")),
    ])
}

/// The steps with a matte that is choked or blurred: the matte, changed, and the picture cut by it.
fn steps(p: Params<'_>, frame: &EffectFrame) -> Vec<Step> {
    let uniforms = prepare(p, frame);
    let mut steps = vec![Step::Point(&Point(MatteOnly), uniforms)];
    let choke = p.number(5);
    if choke != 0.0 {
        let reach = choke.abs().ceil();
        let grows = f32::from(u8::from(choke < 0.0));
        for (dx, dy) in [(choke.abs() / reach, 0.0), (0.0, choke.abs() / reach)] {
            steps.push(Step::Sample(&Read(Choke), Uniforms::new(&[2.0 * reach + 1.0, reach, dx, dy, grows]), Edge::Clamp));
        }
    }
    if p.number(6) > 0.0 {
        steps.push(Step::Separable(gaussian(0.5 * p.number(6))));
    }
    steps.push(Step::Mix(&Mix(CutByMatte), uniforms));
    steps
}

/// The matte of a straight colour.
#[inline(always)]
fn matte<R: Real>(p: &[R; MAX_UNIFORMS], c: Rgb<R>) -> R {
    let (cb, cr) = cb_cr(c);
    let (db, dr) = (cb - p[0], cr - p[1]);
    let (along, across) = (cb * p[0] + cr * p[1], (cb * p[1] - cr * p[0]).abs());
    let d = R::select(p[7].gt(0.0), p[7] - (along - across), (db * db + dr * dr).sqrt());
    smoothstep(p[2], p[3], d)
}

/// A straight colour without the key's spill.
#[inline(always)]
fn without_spill<R: Real>(p: &[R; MAX_UNIFORMS], c: Rgb<R>) -> Rgb<R> {
    #[inline(always)]
    fn limit<R: Real>(c: R, a: R, b: R, k: R) -> R {
        c.mix(c.min((a + b) * 0.5), k)
    }
    rgb(limit(c.r, c.g, c.b, p[4]), limit(c.g, c.r, c.b, p[5]), limit(c.b, c.r, c.g, p[6]))
}

struct ChromaKey;

impl PointKernel for ChromaKey {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        let (keep, c) = (matte(p, px.c), without_spill(p, px.c));
        let shown = p[8].gt(0.5);
        let c = rgb(R::select(shown, keep, c.r), R::select(shown, keep, c.g), R::select(shown, keep, c.b));
        Rgba { c, a: R::select(shown, px.a, px.a * keep) }
    }
}

/// The matte of premultiplied colour in all components.
struct MatteOnly;

impl PointKernel for MatteOnly {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        let m = matte(p, px.c.scale(K(1.0) / px.a.max(1e-5)));
        Rgba { c: rgb(m, m, m), a: m }
    }
}

/// The minimum, or the maximum, of a matte along a line. Uniforms: `[number of samples, the middle
/// one, from one to the next (2), maximum?]`.
struct Choke;

impl ReadKernel for Choke {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        let grows = p[4].gt(0.5);
        let most = s.max(
            0,
            #[inline(always)]
            |i| {
                let a = s.sample(0, at.x + (i - p[1]) * p[2], at.y + (i - p[1]) * p[3]).a.saturate();
                let v = R::select(grows, a, K(1.0) - a);
                Rgba { c: rgb(v, v, v), a: v }
            },
        );
        let m = R::select(grows, most.a, K(1.0) - most.a);
        Rgba { c: rgb(m, m, m), a: m }
    }
}

/// The first picture, keyed by the matte in the second.
struct CutByMatte;

impl MixKernel for CutByMatte {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], f: Rgba<R>, t: Rgba<R>, _: At<R>) -> Rgba<R> {
        let keep = t.a.saturate();
        let shown = p[8].gt(0.5);
        let a = R::select(shown, f.a, f.a * keep);
        let c = without_spill(p, f.c.scale(K(1.0) / f.a.max(1e-5))).scale(a);
        let grey = f.a * keep;
        Rgba { c: rgb(R::select(shown, grey, c.r), R::select(shown, grey, c.g), R::select(shown, grey, c.b)), a }
    }
}
