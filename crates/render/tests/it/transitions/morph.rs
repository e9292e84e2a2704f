//! Tests the morph on pictures with known movement, since it estimates movement from the pictures.
use super::*;
use cutroom_effects::TransitionKind;

/// Tested by the properties below instead of a formula for each pixel.
pub(super) const TESTED: &[&str] = &["optical-flow"];

/// Brightness without a period within the reach of the search.
fn texture(x: f64, y: f64) -> f64 {
    0.5 + 0.12 * (x / 5.3 + y / 9.1).sin()
        + 0.1 * (x / 8.7 - y / 6.1).cos()
        + 0.12 * (x / 17.0 + 0.4 * (y / 13.0).sin()).sin()
        + 0.1 * (y / 21.0).cos()
}

fn gray(s: Size, at: impl Fn(f64, f64) -> f64) -> Picture {
    let luma = (0..s.width * s.height)
        .map(|i| (16.0 + 219.0 * at(f64::from(i % s.width) + 0.5, f64::from(i / s.width) + 0.5)).round() as u8);
    let chroma = vec![128; (s.width * s.height) as usize];
    Picture::from_planes(YUV444, s, ColorTags::BT709, vec![luma.collect(), chroma.clone(), chroma]).unwrap()
}

fn between(id: &str, p: f32, a: &Picture, b: &Picture) -> Picture {
    let top = transition(id, p, &[], Some(layer(media("a"))), Some(layer(media("b"))));
    draw(&CpuRenderer::new(0).unwrap(), canvas(a.size, false), vec![top], &[("a", a), ("b", b)], FLOAT)
}

/// Mean difference from the expected values, inside a margin of the canvas, in codes of 8 bits.
fn apart(got: &Picture, margin: u32, want: impl Fn(f64, f64) -> f64) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for y in margin..got.size.height - margin {
        for x in margin..got.size.width - margin {
            sum += (value(got, 1, x as usize, y as usize) - want(f64::from(x) + 0.5, f64::from(y) + 0.5)).abs() * 255.0;
            count += 1.0;
        }
    }
    sum / count
}

/// The whole picture moves: at p it has moved by the share p, on canvases analysed at full size and
/// reduced.
#[test]
fn a_moving_picture_goes_on_moving() {
    for (s, way) in [(size(240, 136), [9.0, -5.0]), (size(640, 360), [26.0, 14.0])] {
        let k = f64::from(s.width) / 240.0;
        let at = |t: f64| move |x: f64, y: f64| texture((x - t * way[0]) / k, (y - t * way[1]) / k);
        let (a, b) = (gray(s, at(0.0)), gray(s, at(1.0)));
        for p in [0.3f32, 0.5, 0.7] {
            let (flow, dissolve) = (between("optical-flow", p, &a, &b), between("crossfade", p, &a, &b));
            let margin = s.width / 8;
            let (ours, plain) = (apart(&flow, margin, at(f64::from(p))), apart(&dissolve, margin, at(f64::from(p))));
            assert!(ours < 1.5 && ours * 5.0 < plain, "{}×{} at {p}: {ours} codes, a dissolve {plain}", s.width, s.height);
        }
    }
}

/// One object moves over a static background: it is visible half way, and the background does not
/// move.
#[test]
fn an_object_moves_over_a_still_background() {
    let s = size(240, 136);
    let scene = |left: f64| {
        move |x: f64, y: f64| {
            let inside = (left..left + 50.0).contains(&x) && (40.0..90.0).contains(&y);
            if inside { 0.25 + 0.9 * texture(2.0 * (x - left) + 300.0, 2.0 * y) * 0.8 } else { 0.5 * texture(x, y) }
        }
    };
    let (a, b) = (gray(s, scene(80.0)), gray(s, scene(96.0)));
    let (flow, dissolve) = (between("optical-flow", 0.5, &a, &b), between("crossfade", 0.5, &a, &b));
    let (ours, plain) = (apart(&flow, 16, scene(88.0)), apart(&dissolve, 16, scene(88.0)));
    assert!(ours * 2.0 < plain, "{ours} codes, a dissolve {plain}");
    for (x, y) in [(20usize, 20usize), (200, 110), (30, 100), (220, 30)] {
        let want = scene(88.0)(x as f64 + 0.5, y as f64 + 0.5);
        assert!((value(&flow, 1, x, y) - want).abs() < 2.0 / 255.0, "({x}, {y})");
    }
}

/// Every step has pixels, the last one those of the canvas. The number of steps is tested with the
/// catalogue.
#[test]
fn the_last_step_is_on_the_canvas() {
    let raster = cutroom_effects::EffectFrame {
        width_px: 1920.0,
        height_px: 1080.0,
        linear: true,
        primaries: cutroom_types::Primaries::Bt709,
        time_secs: 0.0,
        margin_px: [0.0; 2],
    };
    for t in TRANSITIONS {
        let TransitionKind::Steps(make) = t.kind else { continue };
        let values: Vec<_> = t.defaults();
        let steps = make(cutroom_effects::Params::new(&values), 0.5, &raster);
        assert!(steps.iter().all(|s| s.reduction > 0) && steps.last().is_some_and(|s| s.reduction == 1), "{}", t.id);
    }
}

/// Without detectable movement the result is a dissolve.
#[test]
fn flat_pictures_dissolve() {
    let s = size(64, 36);
    let got = between("optical-flow", 0.3, &gray(s, |_, _| 0.2), &gray(s, |_, _| 0.8));
    assert!(apart(&got, 0, |_, _| 0.2 + 0.6 * 0.3) < 0.6);
}
