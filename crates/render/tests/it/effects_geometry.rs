//! Compares position-based effects with their closed forms in double precision. Drawn in gamma
//! space on the CPU; other tests compare CPU and GPU.
use crate::oracles::{Oracle, floats_of, list};
use crate::support::*;
use cutroom_timeline::EffectUse;
use cutroom_types::ParamValue;
use std::f64::consts::TAU;

type Rgb = [f64; 3];
const W: usize = 64;
const H: usize = 40;

/// Smooth colours, so that interpolation does not lose digits.
fn source() -> Vec<[f64; 4]> {
    let color = |x: f64, y: f64| [0.5 + 0.4 * (0.13 * x + 0.05 * y).sin(), 0.2 + 0.6 * y / 40.0, 0.7 - 0.5 * x * y / 2560.0, 1.0];
    (0..W * H).map(|i| color((i % W) as f64, (i / W) as f64).map(|v| f64::from(v as f32))).collect()
}

/// Bilinear; the picture is mirrored at its edges.
fn at(s: &[[f64; 4]], x: f64, y: f64) -> Rgb {
    let fold = |v: f64, n: f64| {
        let v = v.rem_euclid(2.0 * n);
        if v > n { 2.0 * n - v } else { v }
    };
    let (u, v) = ((fold(x, W as f64) - 0.5).clamp(0.0, W as f64 - 1.0), (fold(y, H as f64) - 0.5).clamp(0.0, H as f64 - 1.0));
    let (i, j) = (u.floor() as usize, v.floor() as usize);
    let (a, b) = (u - i as f64, v - j as f64);
    let (i1, j1) = ((i + 1).min(W - 1), (j + 1).min(H - 1));
    std::array::from_fn(|k| {
        (s[j * W + i][k] * (1.0 - a) + s[j * W + i1][k] * a) * (1.0 - b)
            + (s[j1 * W + i][k] * (1.0 - a) + s[j1 * W + i1][k] * a) * b
    })
}

/// Compares every pixel with a function of its centre.
fn expect(e: EffectUse, room: f64, want: impl Fn(&[[f64; 4]], f64, f64) -> Rgb) {
    let (id, s) = (e.effect.id, source());
    for (i, px) in floats_of(vec![e], &s, W, H).iter().enumerate() {
        let w = want(&s, (i % W) as f64 + 0.5, (i / W) as f64 + 0.5);
        assert!((0..3).all(|k| (px[k] - w[k]).abs() < room) && px[3] == 1.0, "{id} at ({}, {}): {px:?}, not {w:?}", i % W, i / W);
    }
}

fn own(s: &[[f64; 4]], x: f64, y: f64) -> Rgb {
    let p = s[y as usize * W + x as usize];
    [p[0], p[1], p[2]]
}

#[test]
fn vignettes_darken_by_distance() {
    for (amount, size, softness, roundness) in [(0.5, 0.5, 0.5, 1.0), (1.0, 0.2, 0.9, 1.6), (0.7, 0.0, 0.3, 0.5)] {
        let set = [("amount", n(amount)), ("size", n(size)), ("softness", n(softness)), ("roundness", n(roundness))];
        expect(used("vignette", &set), 2e-5, |s, x, y| {
            let d = ((x - 32.0) / 32.0).hypot((y - 20.0) / 20.0 * roundness);
            own(s, x, y).map(|v| v * (1.0 - amount * smoothstep(size, size + softness, d)))
        });
    }
}

#[test]
fn waves_are_sines() {
    let set = [("amplitudeX", n(0.05)), ("amplitudeY", n(0.03)), ("frequencyX", n(3.0)), ("frequencyY", n(4.5))];
    expect(used("wave", &set), 1e-3, |s, x, y| {
        at(s, x + 0.05 * 64.0 * (TAU * 3.0 * y / 40.0).sin(), y + 0.03 * 40.0 * (TAU * 4.5 * x / 64.0).sin())
    });
}

#[test]
fn radial_and_zoom_blurs_are_means_along_their_ways() {
    let mean =
        |points: Vec<Rgb>| -> Rgb { std::array::from_fn(|k| points.iter().map(|p| p[k]).sum::<f64>() / points.len() as f64) };
    let (cx, cy, count) = (0.3 * 64.0, 0.6 * 40.0, 24);
    let set = |amount: f64| [("amount", n(amount)), ("centerX", n(0.3)), ("centerY", n(0.6)), ("samples", n(f64::from(count)))];
    expect(used("radial-blur", &set(0.6)), 2e-3, |s, x, y| {
        let turned = |a: f64| at(s, cx + (x - cx) * a.cos() - (y - cy) * a.sin(), cy + (x - cx) * a.sin() + (y - cy) * a.cos());
        mean((0..count).map(|i| turned(0.6 * ((f64::from(i) + 0.5) / f64::from(count) - 0.5))).collect())
    });
    expect(used("zoom-blur", &set(0.4)), 2e-3, |s, x, y| {
        let nearer = |k: f64| at(s, cx + (x - cx) * k, cy + (y - cy) * k);
        mean((0..count).map(|i| nearer(1.0 - 0.4 * (f64::from(i) + 0.5) / f64::from(count))).collect())
    });
}

/// Every sector shows the same content, mirrored about its middle.
#[test]
fn kaleidoscopes_mirror_sectors() {
    for (segments, rotation) in [(6.0, 0.4), (5.0, 0.0), (9.0, 2.0)] {
        expect(used("kaleidoscope", &[("segments", n(segments)), ("rotation", n(rotation))]), 3e-3, |s, x, y| {
            let (radius, sector) = ((x - 32.0).hypot(y - 20.0), TAU / segments);
            let within = ((y - 20.0).atan2(x - 32.0) - rotation).rem_euclid(sector);
            let a = (within - 0.5 * sector).abs() + rotation;
            at(s, 32.0 + radius * a.cos(), 20.0 + radius * a.sin())
        });
    }
}

#[test]
fn flares_are_a_core_a_streak_and_ghosts() {
    let set = [
        ("x", n(0.25)),
        ("y", n(0.4)),
        ("brightness", n(0.8)),
        ("size", n(1.5)),
        ("color", ParamValue::Color([1.0, 0.5, 0.25, 1.0])),
        ("streak", n(0.7)),
        ("ghosts", n(1.2)),
    ];
    expect(used("lens-flare", &set), 1e-4, |s, x, y| {
        let (lx, ly) = (0.25 * 64.0, 0.4 * 40.0);
        let (dx, dy) = ((x - lx) / 40.0, (y - ly) / 40.0);
        let core = 0.075f64.powi(2) / (0.075f64.powi(2) + dx * dx + dy * dy);
        let streak = 0.4 * (-(dy / 0.015).powi(2)).exp2() / (1.0 + 3.0 * dx.abs() / 1.5);
        let ghosts: f64 = [(0.5, 0.06, 0.12), (1.0, 0.12, 0.08), (1.6, 0.04, 0.15)]
            .map(|(along, radius, strength)| {
                let d = (x - 32.0 + (lx - 32.0) * along).hypot(y - 20.0 + (ly - 20.0) * along) / 40.0;
                strength * (1.0 - smoothstep(0.8 * radius * 1.5, radius * 1.5, d))
            })
            .iter()
            .sum();
        let light = 0.8 * (core + 0.7 * streak + 1.2 * ghosts);
        let c = own(s, x, y);
        [c[0] + light, c[1] + 0.5 * light, c[2] + 0.25 * light]
    });
}

/// The picture is rotated about its centre, scaled, shifted and then zoomed; outside of it is
/// transparent.
#[test]
fn stabilised_pictures_lie_where_they_should() {
    let (degrees, scale, zoom, shift) = (4.0f64, 1.05, 1.3, [0.04, -0.06]);
    let set = [("shiftX", n(shift[0])), ("shiftY", n(shift[1])), ("rotation", n(degrees)), ("scale", n(scale)), ("zoom", n(zoom))];
    expect(used("stabilize", &set), 2e-4, |s, x, y| {
        let (x, y) = ((x - 32.0) / zoom - shift[0] * 64.0, (y - 20.0) / zoom - shift[1] * 40.0);
        let (c, sin) = (degrees.to_radians().cos() / scale, degrees.to_radians().sin() / scale);
        at(s, 32.0 + c * x + sin * y, 20.0 + c * y - sin * x)
    });
    // A quarter of the width to the right, by whole pixels; then a clockwise rotation, which moves
    // the right edge down.
    let s = source();
    let got = floats_of(vec![used("stabilize", &[("shiftX", n(0.25))])], &s, W, H);
    for (i, px) in got.iter().enumerate() {
        let want = if i % W < 16 { [0.0; 4] } else { s[i - 16] };
        assert!((0..4).all(|k| (px[k] - want[k]).abs() < 1e-5), "{i}: {px:?}, not {want:?}");
    }
    let dot: Vec<[f64; 4]> = (0..W * H).map(|i| if i == 20 * W + 47 { [1.0; 4] } else { [0.0, 0.0, 0.0, 1.0] }).collect();
    let got = floats_of(vec![used("stabilize", &[("rotation", n(90.0))])], &dot, W, H);
    // From 15.5 right and 0.5 down of the centre to 0.5 left and 15.5 down of it.
    assert!((got[35 * W + 31][0] - 1.0).abs() < 1e-3, "{:?}", got[35 * W + 31]);
}

/// The rows of one interlaced field are kept, the others computed from them according to the mode;
/// at the edges the only neighbour counts twice.
#[test]
fn fields_become_pictures() {
    let s: Vec<[f64; 4]> =
        source().iter().enumerate().map(|(i, p)| if i / W % 2 == 1 { [1.0 - p[0], p[2], p[1], 1.0] } else { *p }).collect();
    let luma = |c: Rgb| 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2];
    let px = |x: i64, y: i64| own(&s, x.clamp(0, W as i64 - 1) as f64, y as f64);
    let mean = |a: Rgb, b: Rgb| -> Rgb { std::array::from_fn(|k| (a[k] + b[k]) / 2.0) };
    for (field, keep) in [("top", 0), ("bottom", 1)] {
        for mode in ["linear", "edge", "bob", "blend"] {
            let got = floats_of(vec![used("deinterlace", &[("mode", t(mode)), ("field", t(field))])], &s, W, H);
            let mut turned = 0;
            for (i, g) in got.iter().enumerate() {
                let (x, y) = ((i % W) as i64, (i / W) as i64);
                let (up, down) = (if y == 0 { y + 1 } else { y - 1 }, if y == H as i64 - 1 { y - 1 } else { y + 1 });
                let straight = mean(px(x, up), px(x, down));
                let want = match mode {
                    "blend" => mean(px(x, y), straight),
                    _ if y % 2 == keep => px(x, y),
                    "linear" => straight,
                    "bob" if keep == 0 => px(x, up),
                    "bob" => px(x, down),
                    _ => {
                        let apart = |d: i64| (luma(px(x + d, up)) - luma(px(x - d, down))).abs();
                        let best =
                            [-1, 1, -2, 2].into_iter().fold(0, |best, d| if apart(d) + 0.002 < apart(best) { d } else { best });
                        turned += usize::from(best != 0);
                        mean(px(x + best, up), px(x - best, down))
                    }
                };
                assert!((0..3).all(|k| (g[k] - want[k]).abs() < 1e-4), "{mode}, {field} at ({x}, {y}): {g:?}, not {want:?}");
            }
            assert!(mode != "edge" || turned > 50, "{turned}");
        }
    }
}

/// Tests that compare effects with expected values (`oracles.rs`).
pub const ORACLES: &[Oracle] = list![
    vignettes_darken_by_distance,
    waves_are_sines,
    radial_and_zoom_blurs_are_means_along_their_ways,
    kaleidoscopes_mirror_sectors,
    flares_are_a_core_a_streak_and_ghosts,
    stabilised_pictures_lie_where_they_should,
    fields_become_pictures,
];
