//! Effects after one that draws beyond the picture's edges: they go by the picture as it was, and what was drawn there is changed along with it.
mod common;
use common::*;
use cutroom_effects::{EFFECTS, Params, Shape};
use cutroom_timeline::{Canvas, EffectUse, Fit, Layer, Transform};
use cutroom_types::Size;

const CANVAS: Size = Size { width: 160, height: 140 };
/// Where the picture of 90×78 lies on it.
const AT: [usize; 2] = [32, 30];

/// A blot on nothing, far enough from the edges that it makes no difference what lies beyond them.
fn blot() -> Vec<[f64; 4]> {
    (0..90 * 78)
        .map(|i| {
            let (x, y) = (f64::from(i % 90) - 41.0, f64::from(i / 90) - 36.0);
            let alpha = (0.25 * (14.0 - x.hypot(y * 1.2))).clamp(0.0, 1.0);
            [0.5 + 0.4 * (0.3 * x).sin(), 0.45 + 0.02 * y, 0.7 - 0.01 * x, alpha].map(|v| f64::from(v as f32))
        })
        .collect()
}

/// The picture under effects on an empty canvas, colour multiplied by alpha.
fn drawn(pixels: &[[f64; 4]], effects: Vec<EffectUse>) -> Vec<[f64; 4]> {
    let (a, map) = (rgba_picture(pixels, 90, 78), rgba_picture(&pattern(), 90, 78));
    let transform = Transform { fit: Fit::Native, position_px: [-3.0, -1.0], ..Transform::IDENTITY };
    let l = Layer { transform, effects, ..layer(media("a")) };
    let cv = Canvas { background: [0.0; 4], ..canvas(CANVAS, false) };
    let straight = floats(&plan(cv, vec![l]), &[("a", &a), ("map", &map)]);
    straight.into_iter().map(|[r, g, b, a]| [r * a, g * a, b * a, a]).collect()
}
fn pattern() -> Vec<[f64; 4]> {
    (0..90 * 78).map(|i| [f64::from(i % 90) / 90.0, f64::from(i / 90) / 78.0, 0.5, 1.0].map(|v| f64::from(v as f32))).collect()
}

fn is_content(i: usize) -> bool {
    let (x, y) = (i % 160, i / 160);
    (AT[0]..AT[0] + 90).contains(&x) && (AT[1]..AT[1] + 78).contains(&y)
}

fn shadow(opacity: f64, distance: f64) -> EffectUse {
    used("drop-shadow", &[("angle", n(55.0)), ("distance", n(distance)), ("softness", n(3.0)), ("opacity", n(opacity))])
}

/// Its defaults, or others where those change nothing or too little.
fn telling(id: &str) -> EffectUse {
    let set: &[(&str, f64)] = match id {
        "corner-pin" => &[("topLeftX", 0.1), ("topLeftY", 0.05), ("bottomRightX", 0.9), ("bottomLeftY", 0.8)],
        "stabilize" => &[("shiftX", 0.08), ("shiftY", -0.05), ("rotation", 15.0), ("zoom", 1.2)],
        "lens-distortion" => &[("k1", 0.3), ("centerX", 0.4)],
        "pixel-particle-disintegrate" => &[("progress", 0.3)],
        "voxel-relief" => &[("tilt", 50.0), ("yaw", 20.0), ("columns", 40.0)],
        "glow" | "stroke" | "drop-shadow" => unreachable!("they draw beyond the edges themselves"),
        _ => &[],
    };
    let mut used = effect(id, set);
    if let Some(Shape::Temporal { times, .. }) = cutroom_effects::effect(id).map(|e| e.shape) {
        used.inputs = times(Params(&used.params), 0.04).iter().map(|_| layer(media("a"))).collect();
    }
    with_layers(used, &layer(media("map")))
}

#[test]
fn frames_stay_the_pictures() {
    let s = blot();
    let plain = drawn(&s, vec![]);
    let (mut wrong, mut idle) = (Vec::new(), Vec::new());
    let stays = |e: &&&cutroom_effects::EffectSpec| e.is_wide() && (e.outset_px)(Params(&effect(e.id, &[]).params)) == [0.0; 2];
    for e in EFFECTS.iter().filter(stays).filter(|e| !matches!(e.shape, Shape::Time(_))) {
        let alone = drawn(&s, vec![telling(e.id)]);
        // Without opacity the shadow leaves nothing but room for it.
        let after = drawn(&s, vec![shadow(0.0, 17.0), telling(e.id)]);
        let apart = |a: &[[f64; 4]], b: &[[f64; 4]]| {
            let all = (0..a.len()).filter(|i| is_content(*i)).flat_map(|i| (0..4).map(move |k| (i, k)));
            all.map(|(i, k)| (a[i][k] - b[i][k]).abs()).fold(0.0, f64::max)
        };
        println!("{:30} {:.6} of {:.3}", e.id, apart(&alone, &after), apart(&alone, &plain));
        if apart(&alone, &plain) < 4e-3 {
            idle.push(e.id);
        }
        if apart(&alone, &after) > 2e-4 {
            wrong.push(format!("{}: {}", e.id, apart(&alone, &after)));
        }
    }
    assert_eq!(idle, ["acuarela", "deband", "denoise-temporal", "echo", "rom1"], "what stands still, and what is smooth");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A shadow turns round with the picture, about the picture's middle.
#[test]
fn what_is_beyond_the_edges_goes_along() {
    let s = blot();
    let (shaded, turned) = (drawn(&s, vec![shadow(0.8, 50.0)]), drawn(&s, vec![shadow(0.8, 50.0), effect("flip", &[])]));
    let beyond = (0..shaded.len()).filter(|i| !is_content(*i)).map(|i| shaded[i][3]).fold(0.0, f64::max);
    assert!(beyond > 0.1, "the shadow stays inside");
    // Columns whose counterpart lies on the canvas.
    for (i, got) in turned.iter().enumerate().filter(|(i, _)| i % 160 < 2 * AT[0] + 90) {
        let want = shaded[i / 160 * 160 + (2 * AT[0] + 90 - 1 - i % 160)];
        for k in 0..4 {
            assert!((got[k] - want[k]).abs() < 1e-4, "({}, {}): {got:?}, expected {want:?}", i % 160, i / 160);
        }
    }
}
