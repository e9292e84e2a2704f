//! Compares every blend mode with its published formula, implemented here independently in double
//! precision: W3C Compositing and Blending Level 1 (5.8, 9.1, 10), the PDF Blend Modes Addendum,
//! and the manuals of Photoshop and After Effects for modes that those do not define.
use crate::oracles::floats;
use crate::support::*;
use cutroom_effects::BLEND_MODES;
use cutroom_kernel::{At, Rgba, rgb};
use cutroom_timeline::{Canvas, Fit, Layer, Transform};
use cutroom_types::TimeDelta;

/// `B(cb, cs)` of a separable mode.
fn one(id: &str, b: f64, s: f64) -> Option<f64> {
    let dodge = |b: f64, s: f64| {
        if b == 0.0 {
            0.0
        } else if s == 1.0 {
            1.0
        } else {
            (b / (1.0 - s)).min(1.0)
        }
    };
    let burn = |b: f64, s: f64| {
        if b == 1.0 {
            1.0
        } else if s == 0.0 {
            0.0
        } else {
            1.0 - ((1.0 - b) / s).min(1.0)
        }
    };
    let hard = |b: f64, s: f64| if s <= 0.5 { b * 2.0 * s } else { b + (2.0 * s - 1.0) - b * (2.0 * s - 1.0) };
    Some(match id {
        "normal" => s,
        "darken" => b.min(s),
        "multiply" => b * s,
        "color-burn" => burn(b, s),
        "classic-color-burn" => {
            if s == 0.0 {
                0.0
            } else {
                (1.0 - (1.0 - b) / s).max(0.0)
            }
        }
        "linear-burn" => (b + s - 1.0).max(0.0),
        "add" | "linear-dodge" => (b + s).min(1.0),
        "lighten" => b.max(s),
        "screen" => 1.0 - (1.0 - b) * (1.0 - s),
        "color-dodge" => dodge(b, s),
        "classic-color-dodge" => {
            if s == 1.0 {
                1.0
            } else {
                (b / (1.0 - s)).min(1.0)
            }
        }
        "overlay" => hard(s, b),
        "hard-light" => hard(b, s),
        "soft-light" => {
            let d = if b <= 0.25 { ((16.0 * b - 12.0) * b + 4.0) * b } else { b.sqrt() };
            if s <= 0.5 { b - (1.0 - 2.0 * s) * b * (1.0 - b) } else { b + (2.0 * s - 1.0) * (d - b) }
        }
        "linear-light" => (b + 2.0 * s - 1.0).clamp(0.0, 1.0),
        "vivid-light" => {
            if s <= 0.5 {
                burn(b, 2.0 * s)
            } else {
                dodge(b, 2.0 * s - 1.0)
            }
        }
        "pin-light" => {
            if s <= 0.5 {
                b.min(2.0 * s)
            } else {
                b.max(2.0 * s - 1.0)
            }
        }
        "hard-mix" => f64::from(u8::from(b + s >= 1.0)),
        "difference" => (b - s).abs(),
        "exclusion" => b + s - 2.0 * b * s,
        "subtract" => (b - s).max(0.0),
        "divide" => {
            if s == 0.0 {
                1.0
            } else {
                (b / s).min(1.0)
            }
        }
        _ => return None,
    })
}

fn lum(c: [f64; 3]) -> f64 {
    0.3 * c[0] + 0.59 * c[1] + 0.11 * c[2]
}

fn limit(c: [f64; 3]) -> f64 {
    c.into_iter().fold(f64::MIN, f64::max)
}

fn min(c: [f64; 3]) -> f64 {
    c.into_iter().fold(f64::MAX, f64::min)
}

fn set_lum(c: [f64; 3], l: f64) -> [f64; 3] {
    let d = l - lum(c);
    let c = c.map(|v| v + d);
    let (l, n, x) = (lum(c), min(c), limit(c));
    c.map(|v| if n < 0.0 { l + (v - l) * l / (l - n) } else { v })
        .map(|v| if x > 1.0 { l + (v - l) * (1.0 - l) / (x - l) } else { v })
}

/// By sorting, as in §10.
fn set_sat(mut c: [f64; 3], s: f64) -> [f64; 3] {
    let mut order = [0, 1, 2];
    order.sort_by(|a, b| c[*a].total_cmp(&c[*b]));
    let [low, mid, high] = order;
    if c[high] > c[low] {
        c[mid] = (c[mid] - c[low]) * s / (c[high] - c[low]);
        c[high] = s;
    } else {
        c[mid] = 0.0;
        c[high] = 0.0;
    }
    c[low] = 0.0;
    c
}

fn whole(id: &str, b: [f64; 3], s: [f64; 3]) -> Option<[f64; 3]> {
    let sat = |c| limit(c) - min(c);
    Some(match id {
        "hue" => set_lum(set_sat(s, sat(b)), lum(b)),
        "saturation" => set_lum(set_sat(b, sat(s)), lum(b)),
        "color" => set_lum(s, lum(b)),
        "luminosity" => set_lum(b, lum(s)),
        "darker-color" => {
            if lum(b) <= lum(s) {
                b
            } else {
                s
            }
        }
        "lighter-color" => {
            if lum(b) >= lum(s) {
                b
            } else {
                s
            }
        }
        _ => std::array::from_fn(|k| one(id, b[k], s[k]).unwrap_or(f64::NAN)),
    })
    .filter(|c| !c[0].is_nan())
}

/// Premultiplied colour and alpha from straight backdrop and source.
fn expected(id: &str, b: [f64; 3], ab: f64, s: [f64; 3], a: f64) -> Option<[f64; 4]> {
    let cut = |k: f64| [b[0] * ab * k, b[1] * ab * k, b[2] * ab * k, ab * k];
    Some(match id {
        "stencil-alpha" => cut(a),
        "stencil-luma" => cut(luma(s) * a),
        "silhouette-alpha" => cut(1.0 - a),
        "silhouette-luma" => cut(1.0 - luma(s) * a),
        "alpha-add" => {
            let total = (ab + a).min(1.0);
            let c: [f64; 3] = std::array::from_fn(|k| s[k] * a + b[k] * (total - a));
            [c[0], c[1], c[2], total]
        }
        "classic-difference" => {
            let c: [f64; 3] = std::array::from_fn(|k| if a > 0.0 { (b[k] * ab - s[k] * a).abs() } else { b[k] * ab });
            [c[0], c[1], c[2], a + ab * (1.0 - a)]
        }
        _ => {
            let j = whole(id, b, s)?;
            // W3C §5.8 with the backdrop's alpha: co = cs·αs·(1 − αb) + αs·αb·B + (1 − αs)·αb·cb.
            let c: [f64; 3] = std::array::from_fn(|k| s[k] * a * (1.0 - ab) + a * ab * j[k] + (1.0 - a) * ab * b[k]);
            [c[0], c[1], c[2], a + ab * (1.0 - a)]
        }
    })
}

#[test]
fn every_mode_follows_its_formula() {
    let levels = [0.0, 0.1, 0.25, 0.37, 0.5, 0.62, 0.75, 0.9, 1.0];
    let alphas = [0.0, 0.3, 0.75, 1.0];
    let mut checked = 0;
    for mode in BLEND_MODES {
        if matches!(mode.id, "dissolve" | "dancing-dissolve") {
            continue;
        }
        for i in 0..levels.len() * levels.len() {
            let (p, q) = (i % levels.len(), i / levels.len());
            let b = [levels[p], levels[(p + 3) % 9], levels[(p * 2 + q) % 9]];
            let s = [levels[q], levels[(q + 5) % 9], levels[(q * 2 + 1 + p) % 9]];
            for ab in alphas {
                for a in alphas {
                    let want = expected(mode.id, b, ab, s, a).unwrap_or_else(|| panic!("no formula for {}", mode.id));
                    let c = |v: [f64; 3], k: f64| rgb((v[0] * k) as f32, (v[1] * k) as f32, (v[2] * k) as f32);
                    let got = mode.kernel.eval_host(
                        Rgba { c: c(b, ab), a: ab as f32 },
                        Rgba { c: c(s, 1.0), a: a as f32 },
                        At { x: 0.5, y: 0.5 },
                        0.0,
                    );
                    // Steps are exactly at the tested levels: there single precision may take the
                    // other side.
                    let on_step = mode.id == "hard-mix" && (0..3).any(|k| (b[k] + s[k] - 1.0).abs() < 1e-6);
                    let near_tie = mode.id.ends_with("er-color") && (lum(b) - lum(s)).abs() < 1e-6;
                    if ab == 0.0 && matches!(mode.id, "divide") || on_step || near_tie {
                        continue;
                    }
                    for (g, w) in [got.c.r, got.c.g, got.c.b, got.a].iter().zip(want) {
                        // Quotients near their pole lose digits.
                        let room = if mode.id.contains("light") || mode.id.contains("dodge") || mode.id.contains("burn") {
                            1e-4
                        } else {
                            2e-5
                        };
                        assert!((f64::from(*g) - w).abs() < room, "{} b {b:?} {ab} s {s:?} {a}: {got:?}, not {want:?}", mode.id);
                        checked += 1;
                    }
                }
            }
        }
    }
    assert!(checked > 100_000, "{checked}");
}

/// The share of pixels that show the source equals its alpha; another seed selects other pixels.
#[test]
fn dissolves_show_pixels_by_alpha() {
    for id in ["dissolve", "dancing-dissolve"] {
        let mode = blend_mode(id);
        let shown = |alpha: f32, seed: f32| -> Vec<bool> {
            (0..40_000)
                .map(|i| {
                    let at = At { x: (i % 200) as f32 + 0.5, y: (i / 200) as f32 + 0.5 };
                    let px = mode.kernel.eval_host(
                        Rgba { c: rgb(0.0, 0.0, 0.0), a: 1.0 },
                        Rgba { c: rgb(1.0, 1.0, 1.0), a: alpha },
                        at,
                        seed,
                    );
                    assert!((px.c.r == 0.0 || px.c.r == 1.0) && px.a == 1.0);
                    px.c.r == 1.0
                })
                .collect()
        };
        for alpha in [0.0f32, 0.2, 0.5, 0.8, 1.0] {
            let share = shown(alpha, 3.0).iter().filter(|v| **v).count() as f32 / 40_000.0;
            assert!((share - alpha).abs() < 0.015, "{id} at {alpha}: {share}");
        }
        assert!(shown(0.5, 3.0) != shown(0.5, 4.0) && shown(0.5, 3.0) == shown(0.5, 3.0), "{id}");
    }
}

/// Layers dissolve independently of each other. Dissolve selects the same pixels in every frame,
/// dancing dissolve does not.
#[test]
fn stacked_dissolves_have_their_own_noise() {
    let pixel = rgba_picture(&[[1.0; 4]], 1, 1);
    for (id, dances) in [("dissolve", false), ("dancing-dissolve", true)] {
        let blend = |clip: &str, ms: i64| Layer {
            blend: blend_mode(id),
            opacity: 0.5,
            time: TimeDelta(ms * 705_600),
            transform: Transform { fit: Fit::Stretch, ..Transform::IDENTITY },
            ..Layer::new(clip.into(), media("a"))
        };
        let cv = Canvas { background: [0.0; 4], ..canvas(size(200, 200), false) };
        let shown =
            |layers: Vec<Layer>| -> Vec<bool> { floats(&plan(cv, layers), &[("a", &pixel)]).iter().map(|p| p[3] > 0.5).collect() };
        let share = |v: &[bool]| v.iter().filter(|s| **s).count() as f64 / v.len() as f64;
        // Of two layers at half opacity a quarter of the pixels shows neither.
        let both = shown(vec![blend("first", 40), blend("second", 40)]);
        assert!((share(&both) - 0.75).abs() < 0.01, "{id}: {}", share(&both));
        let one = shown(vec![blend("first", 40)]);
        assert!((share(&one) - 0.5).abs() < 0.01 && one == shown(vec![blend("first", 40)]), "{id}");
        assert_eq!(one != shown(vec![blend("first", 80)]), dances, "{id}");
    }
}

/// In linear light sums exceed white; display-encoded sums are clamped to white.
#[test]
fn sums_stop_at_white_unless_they_are_light() {
    let pixel = rgba_picture(&[[0.8, 0.3, 0.1, 1.0]], 1, 1);
    for id in ["add", "linear-dodge"] {
        let layers = || vec![layer(media("a")), Layer { blend: blend_mode(id), ..layer(media("a")) }];
        let gamma = floats(&plan(canvas(size(1, 1), false), layers()), &[("a", &pixel)])[0];
        let linear = floats(&plan(canvas(size(1, 1), true), layers()), &[("a", &pixel)])[0];
        for k in 0..3 {
            let v = [0.8, 0.3, 0.1][k];
            let light = 2.0 * inverse_oetf(v);
            assert!((gamma[k] - (2.0 * v).min(1.0)).abs() < 1e-4, "{id}: {gamma:?}");
            assert!((linear[k] - oetf(light)).abs() < 4e-3, "{id}: {linear:?}, not {}", oetf(light));
        }
    }
}

/// Modes that cut by luma use the luma of display-encoded colour, as luma mattes and keys do.
#[test]
fn stencils_go_by_display_encoded_luma() {
    let (below, above) = (rgba_picture(&[[0.5, 0.5, 0.5, 1.0]], 1, 1), rgba_picture(&[[0.9, 0.2, 0.4, 0.75]], 1, 1));
    let y = luma([0.9, 0.2, 0.4]);
    for linear in [false, true] {
        for (id, want) in [("stencil-luma", y * 0.75), ("silhouette-luma", 1.0 - y * 0.75)] {
            let cv = Canvas { background: [0.0; 4], ..canvas(size(1, 1), linear) };
            let layers = vec![layer(media("a")), Layer { blend: blend_mode(id), ..layer(media("b")) }];
            let got = floats(&plan(cv, layers), &[("a", &below), ("b", &above)])[0];
            assert!((got[3] - want).abs() < 3e-3 && (got[0] - 0.5).abs() < 3e-3, "{id}, linear {linear}: {got:?}, not {want}");
        }
    }
}

#[test]
fn all_thirty_seven_are_there() {
    let listed = "normal dissolve dancing-dissolve darken multiply color-burn classic-color-burn linear-burn darker-color add lighten screen color-dodge \
        classic-color-dodge linear-dodge lighter-color overlay soft-light hard-light linear-light vivid-light pin-light hard-mix difference \
        classic-difference exclusion subtract divide hue saturation color luminosity stencil-alpha stencil-luma silhouette-alpha silhouette-luma alpha-add";
    let mut count = 0;
    for id in listed.split_whitespace() {
        assert!(catalog().blend_mode(id).is_some(), "{id}");
        count += 1;
    }
    assert_eq!(count, 37);
}
