//! Lengths are canvas pixels: a film looks the same with a source and with its smaller copy.
use crate::oracles::floats;
use crate::support::*;
use cutroom_effects::{EFFECTS, EffectSpec, Unit};
use cutroom_timeline::{Box2, Canvas, EffectUse, Fit, Layer, MaskMode, MaskUse, Outline, Transform};
use cutroom_types::{ParamValue, Size};

const CANVAS: Size = Size { width: 120, height: 68 };

/// A picture of twice the canvas's size: waves, steps and a blot of alpha, premultiplied.
fn large() -> Vec<[f64; 4]> {
    (0..240 * 136)
        .map(|i| {
            let (x, y) = (f64::from(i % 240) / 2.0, f64::from(i / 240) / 2.0);
            let alpha = (0.25 * (44.0 - (x - 58.0).hypot((y - 33.0) * 1.9))).clamp(0.0, 1.0);
            let bright = if (x / 30.0) as i32 % 2 == 0 { 0.2 } else { 0.0 };
            let color = [0.45 + 0.3 * (0.14 * x).sin() + bright, 0.4 + 0.3 * (0.11 * y + 0.05 * x).cos(), 0.2 + y / 136.0];
            [color[0] * alpha, color[1] * alpha, color[2] * alpha, alpha]
        })
        .collect()
}

/// The means of two by two pixels: the smaller copy of a premultiplied picture.
fn halved(large: &[[f64; 4]]) -> Vec<[f64; 4]> {
    (0..120 * 68)
        .map(|i| {
            let at = (i / 120 * 2) * 240 + i % 120 * 2;
            let four = [at, at + 1, at + 240, at + 241].map(|k| large[k]);
            std::array::from_fn(|k| four.iter().map(|c| c[k]).sum::<f64>() / 4.0)
        })
        .collect()
}

fn straight(pixels: &[[f64; 4]]) -> Vec<[f64; 4]> {
    pixels.iter().map(|c| if c[3] > 0.0 { [c[0] / c[3], c[1] / c[3], c[2] / c[3], c[3]] } else { [0.0; 4] }).collect()
}

/// An effect whose lengths are several pixels.
fn telling(spec: &EffectSpec) -> EffectUse {
    let set: &[(&str, f64)] = match spec.id {
        "grain" => &[("size", 6.0), ("amount", 0.4)],
        "noise" => &[("size", 9.0)],
        "checkerboard" => &[("width", 16.0), ("height", 12.0), ("opacity", 0.6)],
        "pixel-particle-disintegrate" => &[("progress", 0.3), ("cellSize", 10.0)],
        "crop" => &[("left", 0.25), ("top", 0.3), ("feather", 9.0)],
        "sharpen" => &[("radius", 4.0)],
        "unsharp" => &[("radius", 6.0), ("amount", 1.0)],
        "turbulent-displace" => &[("amount", 12.0), ("size", 30.0)],
        "chroma-key" => &[("tolerance", 0.3), ("softness", 0.2), ("choke", 4.0), ("edgeBlur", 6.0)],
        _ => &[],
    };
    let mut used = effect(spec.id, set);
    if spec.id == "chroma-key" {
        // The waves have colours on both sides of this one.
        set_param(&mut used, "keyColor", t("custom"));
        set_param(&mut used, "customColor", ParamValue::Color([0.7, 0.2, 0.3, 1.0]));
    }
    with_layers(used, &layer(media("map")))
}

/// Premultiplied, over nothing.
fn drawn(source: &str, change: &dyn Fn(Layer) -> Layer, transform: Transform) -> Vec<[f64; 4]> {
    let (l, s) = (large(), halved(&large()));
    let pictures =
        [rgba_picture(&straight(&l), 240, 136), rgba_picture(&straight(&s), 120, 68), rgba_picture(&straight(&s), 120, 68)];
    let cv = Canvas { background: [0.0; 4], ..canvas(CANVAS, false) };
    let top = change(Layer { transform, ..layer(media(source)) });
    let list = [("large", &pictures[0]), ("small", &pictures[1]), ("map", &pictures[2])];
    floats(&plan(cv, vec![top]), &list).into_iter().map(|[r, g, b, a]| [r * a, g * a, b * a, a]).collect()
}

fn mean_difference(a: &[[f64; 4]], b: &[[f64; 4]]) -> f64 {
    let each = a.iter().zip(b).flat_map(|(a, b)| (0..4).map(|k| (a[k] - b[k]).abs()));
    each.sum::<f64>() / (4 * a.len()) as f64
}

/// Mean differences between the two sources: with lengths of the canvas, and with those of the source
/// (which a picture has that is not fitted, but scaled by its transform).
fn differences(change: &dyn Fn(Layer) -> Layer) -> [f64; 2] {
    let unscaled = Transform { fit: Fit::Native, scale: [0.5; 2], ..Transform::IDENTITY };
    let small = drawn("small", change, Transform::IDENTITY);
    [drawn("large", change, Transform::IDENTITY), drawn("large", change, unscaled)].map(|l| mean_difference(&l, &small))
}

/// A filter over a picture of half the size differs by what the two sizes resolve, here at most 1.5
/// of 255 on average; patterns of cells are blurred at their edges.
#[test]
fn effects_look_alike_on_a_source_and_its_smaller_copy() {
    let mut wrong = Vec::new();
    let plain = differences(&|l| l);
    assert!(plain[0] < 0.002, "the pictures themselves: {plain:?}");
    let mut count = 0;
    for spec in EFFECTS.iter().filter(|e| e.params.iter().any(|p| p.unit == Unit::CanvasPx)) {
        let used = telling(spec);
        let [ours, source_px] = differences(&|l| Layer { effects: vec![used.clone()], ..l });
        println!("{:30} {ours:.5}, in pixels of the source {source_px:.5}", spec.id);
        count += 1;
        let bound = match spec.id {
            // Random numbers per cell, a pixel or two of whose edges are mixed.
            "grain" | "noise" | "pixel-particle-disintegrate" => 0.025,
            "checkerboard" => 0.02,
            _ => 0.006,
        };
        // Debanding changes nothing in a picture without bands.
        let tells = spec.id == "deband" || source_px > 2.0 * ours;
        if ours > bound || !tells {
            wrong.push(format!("{}: {ours:.5}, in pixels of the source {source_px:.5}", spec.id));
        }
    }
    assert!(count >= 20, "{count} effects have lengths");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn masks_look_alike_on_a_source_and_its_smaller_copy() {
    let area = Box2 { center: [0.5; 2], size: [0.5, 0.6], rotation_degrees: 10.0, corner_radius_px: 9.0 };
    let mask = MaskUse {
        outline: Outline::Rectangle(area),
        mode: MaskMode::Add,
        inverted: false,
        opacity: 1.0,
        feather_px: 8.0,
        edge_feather_px: vec![(0, 14.0)],
        expansion_px: 4.0,
    };
    for masks_after_effects in [false, true] {
        let [ours, source_px] = differences(&|l| Layer {
            masks: vec![mask.clone()],
            masks_after_effects,
            effects: vec![effect("gaussian-blur", &[("radius", 3.0)])],
            ..l
        });
        assert!(ours < 0.002 && source_px > 5.0 * ours, "{ours} {source_px}");
    }
}

/// The lengths grow with the layer's own scale: a picture with a stroke, enlarged twice, has a stroke
/// twice as wide, as in other programs.
#[test]
fn lengths_follow_the_scale_of_the_clip() {
    let (w, h) = (40usize, 30usize);
    let white = rgba_picture(&vec![[1.0; 4]; w * h], w, h);
    let reach = |scale: f32, canvas_size: Size, fit: Fit| {
        let transform = Transform { fit, scale: [scale; 2], ..Transform::IDENTITY };
        let stroke = used("stroke", &[("width", n(3.0)), ("color", ParamValue::Color([0.0, 0.0, 0.0, 1.0]))]);
        let cv = Canvas { background: [0.0; 4], ..canvas(canvas_size, false) };
        let top = Layer { transform, effects: vec![stroke], ..layer(media("white")) };
        let px = floats(&plan(cv, vec![top]), &[("white", &white)]);
        let row = &px[canvas_size.height as usize / 2 * canvas_size.width as usize..][..canvas_size.width as usize];
        let black: f64 = row.iter().map(|c| c[3] * (1.0 - c[0])).sum();
        black / 2.0
    };
    let wide = Size { width: 160, height: 90 };
    for (scale, fit, expected) in
        [(1.0, Fit::Native, 3.0), (2.0, Fit::Native, 6.0), (0.5, Fit::Contain, 1.5), (0.8, Fit::Contain, 2.4)]
    {
        let got = reach(scale, wide, fit);
        assert!((got - expected).abs() < 0.12, "scale {scale}, {fit:?}: {got} pixels, not {expected}");
    }
}
