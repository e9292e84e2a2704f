//! Compares effects on layers that are not opaque, and effects that draw outside a layer's outline,
//! with definitions in double precision.
use crate::oracles::{Oracle, floats, floats_of, list};
use crate::support::*;
use cutroom_effects::EFFECTS;
use cutroom_render::lower::{Lowered, LoweringCache, lower};
use cutroom_timeline::{Box2, Canvas, EffectUse, Fit, Layer, MaskMode, MaskUse, Outline, Transform};
use cutroom_types::Size;

/// A disc of radius 12 with a smooth edge in the middle of 64×64; its halves have different
/// colours.
fn disc() -> Vec<[f64; 4]> {
    (0..64 * 64)
        .map(|i| {
            let (x, y) = ((i % 64) as f64 - 31.5, (i / 64) as f64 - 31.5);
            let alpha = (12.5 - x.hypot(y)).clamp(0.0, 1.0);
            if x < 0.0 { [0.9, 0.4, 0.1, alpha] } else { [0.2, 0.5, 0.8, alpha] }.map(|v| f64::from(v as f32))
        })
        .collect()
}

/// A Gaussian over one value per pixel, cut at three deviations, with clamped edges.
fn blurred(s: &[f64], sigma: f64) -> Vec<f64> {
    let reach = (3.0 * sigma).ceil() as i64;
    let weights: Vec<f64> = (-reach..=reach).map(|k| (-(k * k) as f64 / (2.0 * sigma * sigma)).exp()).collect();
    let sum: f64 = weights.iter().sum();
    let pass = |s: &[f64], dx: i64, dy: i64| -> Vec<f64> {
        let read = |i: i64, k: i64| s[((i / 64 + k * dy).clamp(0, 63) * 64 + (i % 64 + k * dx).clamp(0, 63)) as usize];
        (0..64 * 64).map(|i| (-reach..=reach).map(|k| read(i, k) * weights[(k + reach) as usize] / sum).sum()).collect()
    };
    pass(&pass(s, 1, 0), 0, 1)
}

/// The halo has coverage: the blurred coverage of the bright parts is composited below the picture,
/// and the blurred light is added.
#[test]
fn glow_reaches_beyond_the_outline() {
    let s = disc();
    let got = floats_of(
        vec![used("glow", &[("threshold", n(0.0)), ("softness", n(0.1)), ("radius", n(6.0)), ("amount", n(0.7))])],
        &s,
        64,
        64,
    );
    // The soft threshold is from 0 to 0.05, so every opaque pixel is bright.
    let bright = |p: &[f64; 4]| {
        let t = ((0.2126 * p[0] + 0.7152 * p[1] + 0.0722 * p[2]) * p[3] / 0.05).clamp(0.0, 1.0);
        t * t * (3.0 - 2.0 * t)
    };
    let halo: Vec<Vec<f64>> = (0..4)
        .map(|k| {
            blurred(&s.iter().map(|p| if k < 3 { p[k] * p[3] * bright(p) } else { p[3] * bright(p) }).collect::<Vec<_>>(), 3.0)
        })
        .collect();
    let mut outside = 0;
    for (i, (g, p)) in got.iter().zip(&s).enumerate() {
        let alpha = p[3] + (1.0 - p[3]) * (0.7 * halo[3][i]).min(1.0);
        assert!((g[3] - alpha).abs() < 1e-4, "{i}: {g:?}, not {alpha}");
        outside += usize::from(p[3] == 0.0 && g[3] > 0.05);
        for k in 0..3 {
            let want = p[k] * p[3] + 0.7 * halo[k][i];
            assert!((g[k] * g[3] - want).abs() < 2e-4, "{i}: {g:?}, not {want} in {k}");
        }
    }
    assert!(outside > 100, "{outside}");
}

/// Straight colour is sharpened against the mean weighted by alpha: a uniform colour is unchanged
/// up to its outline, and so is alpha.
#[test]
fn sharpening_leaves_outlines_alone() {
    let s = disc();
    let even: Vec<[f64; 4]> = s.iter().map(|p| [0.6, 0.3, 0.2, p[3]].map(|v| f64::from(v as f32))).collect();
    for (id, set) in [("sharpen", [("amount", n(2.0)), ("radius", n(2.0))]), ("unsharp", [("amount", n(2.0)), ("radius", n(2.0))])]
    {
        for (g, p) in floats_of(vec![used(id, &set)], &even, 64, 64).iter().zip(&even) {
            assert!((g[3] - p[3]).abs() < 1e-6, "{id}: {g:?}, not {p:?}");
            assert!(p[3] < 1e-3 || (0..3).all(|k| (g[k] - p[k]).abs() < 1e-3), "{id}: {g:?}, not {p:?}");
        }
        let alpha = blurred(&s.iter().map(|p| p[3]).collect::<Vec<_>>(), 2.0);
        let means: Vec<Vec<f64>> = (0..3).map(|k| blurred(&s.iter().map(|p| p[k] * p[3]).collect::<Vec<_>>(), 2.0)).collect();
        for (i, (g, p)) in floats_of(vec![used(id, &set)], &s, 64, 64).iter().zip(&s).enumerate().filter(|(_, (_, p))| p[3] > 1e-3)
        {
            for k in 0..3 {
                let want = p[k] + 2.0 * (p[k] - means[k][i] / alpha[i]);
                assert!((g[k] - want).abs() < 1e-3, "{id} at {i}: {g:?}, not {want} in {k}");
            }
        }
    }
}

/// A stroke reaches as far as its width from a rectangle: whole pixels within it are opaque, its
/// edge is one pixel wide, corners are round.
#[test]
fn strokes_follow_the_distance_to_a_rectangle() {
    for width in [1.0, 2.5, 7.0, 18.3, 34.0] {
        let s: Vec<[f64; 4]> = (0..120 * 100)
            .map(|i| if (40..70).contains(&(i % 120)) && (38..60).contains(&(i / 120)) { [0.8, 0.2, 0.1, 1.0] } else { [0.0; 4] })
            .collect();
        let got = floats_of(vec![used("stroke", &[("width", n(width))])], &s, 120, 100);
        for (i, (g, p)) in got.iter().zip(&s).enumerate() {
            let (x, y) = ((i % 120) as f64 + 0.5, (i / 120) as f64 + 0.5);
            let (dx, dy) = ((40.0 - x).max(x - 70.0).max(0.0), (38.0 - y).max(y - 60.0).max(0.0));
            let want = if p[3] > 0.0 { 1.0 } else { (width + 0.5 - dx.hypot(dy)).clamp(0.0, 1.0) };
            // Corner pixels count as discs, a fifth of a pixel short of their corner.
            let room = if dx > 0.0 && dy > 0.0 { 0.22 } else { 2e-3 };
            assert!((g[3] - want).abs() < room, "{width} px at ({x}, {y}): {g:?}, not {want}");
        }
    }
}

const CANVAS: Size = Size { width: 96, height: 64 };
/// Placement of the inset of 40×24 pixels: 38..78, 14..38.
const INSET: Transform = Transform { fit: Fit::Native, position_px: [10.0, -6.0], ..Transform::IDENTITY };

/// An opaque picture of 40×24 on a transparent background.
fn inset(transform: Transform, effects: Vec<EffectUse>) -> Layer {
    Layer { transform, effects, ..layer(media("a")) }
}

fn picture_of_40() -> Vec<[f64; 4]> {
    (0..40 * 24)
        .map(|i| [0.2 + 0.6 * (i % 40) as f64 / 40.0, 0.9 - 0.6 * (i / 40) as f64 / 24.0, 0.4, 1.0].map(|v| f64::from(v as f32)))
        .collect()
}

fn on_nothing(l: Layer) -> Vec<[f64; 4]> {
    let a = rgba_picture(&picture_of_40(), 40, 24);
    floats(&plan(Canvas { background: [0.0; 4], ..canvas(CANVAS, false) }, vec![l]), &[("a", &a)])
}

fn shadow(softness: f64) -> EffectUse {
    used("drop-shadow", &[("angle", n(90.0)), ("distance", n(9.0)), ("softness", n(softness)), ("opacity", n(0.5))])
}

/// The shadow of an opaque inset falls outside of it: a box moved down by nine pixels and blurred,
/// below the picture, whose position is unchanged.
#[test]
fn an_inset_casts_its_shadow_beyond_its_box() {
    for softness in [0.0f64, 4.0] {
        let inside = |x: i64, y: i64| f64::from(u8::from((38..78).contains(&x) && (14..38).contains(&y)));
        let moved: Vec<f64> = (0..96 * 64).map(|i| inside(i % 96, i / 96 - 9)).collect();
        let sigma = softness / 2.0;
        let reach = (3.0 * sigma).ceil() as i64;
        let weight = |k: i64| if sigma > 0.0 { (-(k * k) as f64 / (2.0 * sigma * sigma)).exp() } else { 1.0 };
        let sum: f64 = (-reach..=reach).map(weight).sum();
        let pass = |s: &[f64], dx: i64, dy: i64| -> Vec<f64> {
            let read = |i: i64, k: i64| s[((i / 96 + k * dy).clamp(0, 63) * 96 + (i % 96 + k * dx).clamp(0, 95)) as usize];
            (0..96 * 64).map(|i| (-reach..=reach).map(|k| read(i, k) * weight(k) / sum).sum()).collect()
        };
        let shade = pass(&pass(&moved, 1, 0), 0, 1);
        let plain = on_nothing(inset(INSET, vec![]));
        let got = on_nothing(inset(INSET, vec![shadow(softness)]));
        for (i, (g, p)) in got.iter().zip(&plain).enumerate() {
            let (x, y) = (i as i64 % 96, i as i64 / 96);
            if inside(x, y) > 0.0 {
                assert!((0..4).all(|k| (g[k] - p[k]).abs() < 1e-5), "the picture at ({x}, {y}): {g:?}, not {p:?}");
            } else {
                let want = 0.5 * shade[i];
                assert!((g[3] - want).abs() < 1e-4 && g[0].abs() < 1e-4, "softness {softness} at ({x}, {y}): {g:?}, not {want}");
            }
        }
    }
}

/// Scaled, rotated, fitted and anchored pictures have the same position with the effect as without.
#[test]
fn drawing_beyond_the_edges_moves_nothing() {
    let turned = Transform { rotation_degrees: 20.0, scale: [1.3, 0.9], anchor: [0.2, 0.7], ..INSET };
    let reduced = Transform { fit: Fit::Contain, scale: [0.5; 2], position_px: [7.5, 3.25], ..Transform::IDENTITY };
    let flipped = Transform { flip_horizontal: true, rotation_degrees: 90.0, ..INSET };
    for (transform, room) in [(INSET, 1e-5), (turned, 5e-3), (reduced, 5e-3), (flipped, 5e-3)] {
        let plain = on_nothing(inset(transform, vec![]));
        let got = on_nothing(inset(transform, vec![used("stroke", &[("width", n(6.0))]), shadow(3.0)]));
        let mut inside = 0;
        for (i, (g, p)) in got.iter().zip(&plain).enumerate() {
            // Resampling mixes the outermost pixels with the adjacent stroke.
            let (x, y) = (i % 96, i / 96);
            let whole = (2..94).contains(&x) && (2..62).contains(&y);
            if whole && (0..25).all(|k| plain[(y + k / 5 - 2) * 96 + x + k % 5 - 2][3] > 0.999) {
                inside += 1;
                assert!((0..4).all(|k| (g[k] - p[k]).abs() < room), "{transform:?} at ({}, {}): {g:?}, not {p:?}", i % 96, i / 96);
            }
        }
        let beyond = got.iter().zip(&plain).filter(|(g, p)| p[3] == 0.0 && g[3] > 0.99).count();
        assert!(inside > 300 && beyond > 100, "{transform:?}: {inside} {beyond}");
    }
}

/// The crop cuts the picture, and the shadow is that of the remaining part; a mask after the
/// effects also cuts the shadow; effects that depend on the picture's size use the content's size.
#[test]
fn crops_masks_and_vignettes_go_by_the_picture() {
    let cropped = Transform { crop: [0.25, 0.0, 0.0, 0.5], ..INSET };
    let got = on_nothing(inset(cropped, vec![shadow(0.0)]));
    let px = |x: usize, y: usize| got[y * 96 + x];
    assert!(px(47, 20)[3] < 1e-3 && px(48, 20)[3] > 0.999, "{:?} {:?}", px(47, 20), px(48, 20));
    // 12 of 24 rows remain: to row 26, their shadow to row 35.
    assert!(
        (px(60, 26)[3] - 0.5).abs() < 1e-3 && (px(60, 34)[3] - 0.5).abs() < 1e-3 && px(60, 35)[3] < 1e-3 && px(47, 30)[3] < 1e-3
    );
    // The left half of the picture, and of one picture height below it.
    let half = Box2 { center: [0.25, 1.0], size: [0.5, 2.0], rotation_degrees: 0.0, corner_radius_px: 0.0 };
    let mask = MaskUse {
        outline: Outline::Rectangle(half),
        mode: MaskMode::Add,
        inverted: false,
        opacity: 1.0,
        feather_px: 0.0,
        edge_feather_px: vec![],
        expansion_px: 0.0,
    };
    let masked = Layer { masks: vec![mask], masks_after_effects: true, ..inset(INSET, vec![shadow(0.0)]) };
    let got = on_nothing(masked);
    let px = |x: usize, y: usize| got[y * 96 + x];
    assert!(px(50, 30)[3] > 0.999 && px(58, 30)[3] < 1e-3, "{:?} {:?}", px(50, 30), px(58, 30));
    assert!((px(50, 42)[3] - 0.5).abs() < 1e-3 && px(58, 42)[3] < 1e-3, "{:?} {:?}", px(50, 42), px(58, 42));
    let vignette = || used("vignette", &[("amount", n(0.9))]);
    let (before, after) =
        (on_nothing(inset(INSET, vec![vignette(), shadow(4.0)])), on_nothing(inset(INSET, vec![shadow(4.0), vignette()])));
    for (i, (b, a)) in before.iter().zip(&after).enumerate().filter(|(_, (b, _))| b[3] > 0.999) {
        assert!((0..3).all(|k| (a[k] - b[k]).abs() < 1e-4), "{i}: {a:?}, not {b:?}");
    }
}

/// Rasters do not grow where the margin would be invisible, nor for effects that draw inside their
/// layer only.
#[test]
fn rasters_grow_only_for_what_is_seen_beyond() {
    let a = rgba_picture(&picture_of_40(), 40, 24);
    let largest = |l: Layer, canvas_size: Size| {
        let p = plan(canvas(canvas_size, false), vec![l]);
        match lower(&p, &Pictures::of(&[("a", &a)]), &output(YUV444), &mut LoweringCache::default()).unwrap() {
            Lowered::Program(p) => p.intermediates.iter().map(|i| i.size.width).max().unwrap_or(0),
            Lowered::Untouched(_) | Lowered::Turned(_) => 0,
        }
    };
    // A shadow that fell sideways would need 9 + ceil(1.5 · 4) + 1; this one falls down.
    assert_eq!(largest(inset(INSET, vec![shadow(4.0)]), CANVAS), 40 + 2 * 7);
    assert_eq!(largest(inset(Transform::IDENTITY, vec![shadow(4.0)]), a.size), 40);
    assert_eq!(largest(inset(INSET, vec![used("gaussian-blur", &[("radius", n(3.0))])]), CANVAS), 40);
    let growing = EFFECTS.iter().filter(|e| (e.outset_px)(cutroom_effects::Params::new(&used(e.id, &[]).params)) != [0.0; 2]);
    for e in growing {
        assert!(e.needs_intermediate() && !e.keeps_alpha, "{} needs a raster of its own", e.id);
    }
}

/// Tests that compare effects with expected values (`oracles.rs`).
pub const ORACLES: &[Oracle] = list![
    glow_reaches_beyond_the_outline,
    sharpening_leaves_outlines_alone,
    strokes_follow_the_distance_to_a_rectangle,
    an_inset_casts_its_shadow_beyond_its_box,
    crops_masks_and_vignettes_go_by_the_picture,
];
