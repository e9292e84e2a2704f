//! Chroma key: makes colours near one hue transparent and suppresses its spill in the rest.
use crate::spec::*;
use cutroom_kernel::{At, MAX_UNIFORMS, Point, PointKernel, Real, Rgb, Rgba, real::smoothstep, rgb};

/// Alpha times `smoothstep(tolerance, tolerance + softness, d)`, d being the distance from the key
/// in the BT.709 Cb/Cr plane of display-encoded colour (full range, ±0.5). Spill suppression mixes
/// the key's dominant component towards at most the mean of the other two.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec {
            id: "keyColor",
            name: "Key colour",
            kind: ParamKind::Choice { default: "green", options: &["green", "blue", "custom"] },
            unit: Unit::None,
        },
        ParamSpec { id: "tolerance", name: "Tolerance", kind: ParamKind::number(0.2, 0.0, 1.0), unit: Unit::None },
        ParamSpec { id: "softness", name: "Softness", kind: ParamKind::number(0.1, 0.0, 0.5), unit: Unit::None },
        ParamSpec { id: "spillSuppression", name: "Spill suppression", kind: ParamKind::number(0.5, 0.0, 1.0), unit: Unit::None },
        ParamSpec {
            id: "customColor",
            name: "Custom colour",
            kind: ParamKind::Color { default: [0.0, 1.0, 0.0, 1.0] },
            unit: Unit::None,
        },
    ],
    domain: Domain::Display,
    neutral: |_| false,
    keeps_alpha: false,
    ..EffectSpec::new(
        "chroma-key",
        "Chroma Key",
        EffectFamily::Keying,
        "Makes colours near the key transparent and suppresses its spill.",
        EffectKind::Point { kernel: |_| &Point(ChromaKey), prepare },
    )
};

#[inline(always)]
fn cb_cr<R: Real>(c: Rgb<R>) -> (R, R) {
    let y = c.luma();
    ((c.b - y) * (1.0 / 1.8556), (c.r - y) * (1.0 / 1.5748))
}

fn prepare(p: Params<'_>, _: &EffectFrame) -> Uniforms {
    let key = match p.text(0) {
        "green" => [0.0, 1.0, 0.0],
        "blue" => [0.0, 0.0, 1.0],
        _ => {
            let c = p.color(4);
            [c[0], c[1], c[2]]
        }
    };
    let (cb, cr) = cb_cr(rgb(key[0], key[1], key[2]));
    // Spill is suppressed in the key's largest component; a grey key has none.
    let max = key[0].max(key[1]).max(key[2]);
    let dominant = key.map(|k| if k == max && (key[0] != key[1] || key[1] != key[2]) { 1.0 } else { 0.0 });
    let tolerance = p.number(1);
    Uniforms::new(&[
        cb,
        cr,
        tolerance,
        tolerance + p.number(2).max(1e-4),
        p.number(3) * dominant[0],
        p.number(3) * dominant[1],
        p.number(3) * dominant[2],
    ])
}

struct ChromaKey;

impl PointKernel for ChromaKey {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        #[inline(always)]
        fn limit<R: Real>(c: R, a: R, b: R, k: R) -> R {
            c.mix(c.min((a + b) * 0.5), k)
        }
        let c = px.c;
        let (cb, cr) = cb_cr(c);
        let (db, dr) = (cb - p[0], cr - p[1]);
        let keep = smoothstep(p[2], p[3], (db * db + dr * dr).sqrt());
        Rgba { c: rgb(limit(c.r, c.g, c.b, p[4]), limit(c.g, c.r, c.b, p[5]), limit(c.b, c.r, c.g, p[6])), a: px.a * keep }
    }
}
