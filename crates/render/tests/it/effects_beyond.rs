//! Effects after one that draws outside the content: they use the content's frame, and what was
//! drawn outside of it is changed together with the content.
use crate::oracles::floats;
use crate::support::*;
use cutroom_effects::{EFFECTS, EffectKind, Params};
use cutroom_timeline::{Canvas, EffectUse, Fit, Layer, Transform};
use cutroom_types::{ParamValue, Size};

const CANVAS: Size = Size { width: 160, height: 140 };
/// Position of the picture of 90×78 on the canvas.
const AT: [usize; 2] = [32, 30];

/// A blot on a transparent background, far enough from the edges that what is outside of them does
/// not matter.
fn blot() -> Vec<[f64; 4]> {
    (0..90 * 78)
        .map(|i| {
            let (x, y) = (f64::from(i % 90) - 41.0, f64::from(i / 90) - 36.0);
            let alpha = (0.25 * (14.0 - x.hypot(y * 1.2))).clamp(0.0, 1.0);
            [0.5 + 0.4 * (0.3 * x).sin(), 0.45 + 0.02 * y, 0.7 - 0.01 * x, alpha].map(|v| f64::from(v as f32))
        })
        .collect()
}

/// The picture with effects on a transparent canvas, premultiplied.
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

/// An effect with its defaults, or with other values where those change too little.
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
    let times = used.effect.other_times(Params::new(&used.params), 0.04);
    used.inputs = times.iter().map(|_| layer(media("a"))).collect();
    with_layers(used, &layer(media("map")))
}

#[test]
fn frames_stay_the_pictures() {
    let s = blot();
    let plain = drawn(&s, vec![]);
    let (mut wrong, mut idle) = (Vec::new(), Vec::new());
    let stays = |e: &&&cutroom_effects::EffectSpec| {
        e.needs_intermediate() && (e.outset_px)(Params::new(&effect(e.id, &[]).params)) == [0.0; 2]
    };
    for e in EFFECTS.iter().filter(stays).filter(|e| !matches!(e.kind, EffectKind::Time(_))) {
        let alone = drawn(&s, vec![telling(e.id)]);
        // Without opacity the shadow only adds its margin.
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

/// A flipped shadow is flipped together with the picture, about the picture's centre.
#[test]
fn what_is_beyond_the_edges_goes_along() {
    let s = blot();
    let (shaded, turned) = (drawn(&s, vec![shadow(0.8, 50.0)]), drawn(&s, vec![shadow(0.8, 50.0), effect("flip", &[])]));
    let beyond = (0..shaded.len()).filter(|i| !is_content(*i)).map(|i| shaded[i][3]).fold(0.0, f64::max);
    assert!(beyond > 0.1, "the shadow stays inside");
    // Columns whose counterpart is on the canvas.
    for (i, got) in turned.iter().enumerate().filter(|(i, _)| i % 160 < 2 * AT[0] + 90) {
        let want = shaded[i / 160 * 160 + (2 * AT[0] + 90 - 1 - i % 160)];
        for k in 0..4 {
            assert!((got[k] - want[k]).abs() < 1e-4, "({}, {}): {got:?}, expected {want:?}", i % 160, i / 160);
        }
    }
}

/// Bilinear; transparent outside the canvas.
fn read(s: &[[f64; 4]], x: f64, y: f64) -> [f64; 4] {
    let (i, j) = ((x - 0.5).floor(), (y - 0.5).floor());
    let (u, v) = (x - 0.5 - i, y - 0.5 - j);
    let at = |x: f64, y: f64| {
        let inside = (0.0..160.0).contains(&x) && (0.0..140.0).contains(&y);
        if inside { s[y as usize * 160 + x as usize] } else { [0.0; 4] }
    };
    let (a, b, c, d) = (at(i, j), at(i + 1.0, j), at(i, j + 1.0), at(i + 1.0, j + 1.0));
    std::array::from_fn(|k| (a[k] * (1.0 - u) + b[k] * u) * (1.0 - v) + (c[k] * (1.0 - u) + d[k] * u) * v)
}

/// The margin of the raster around the picture: as much as the shadow needs.
fn room() -> [f64; 2] {
    let spec = spec("drop-shadow");
    (spec.outset_px)(Params::new(&shadow(0.8, 17.0).params)).map(|v| f64::from(v.ceil()))
}

/// Maps a position on the picture to the source position that is shown there.
type Map = fn(f64, f64) -> (f64, f64);

/// The shadow of an opaque picture is outside of it: it is moved with the picture, relative to the
/// picture's size.
#[test]
fn what_was_drawn_beyond_the_edges_moves_along() {
    let s: Vec<[f64; 4]> = pattern();
    let before = drawn(&s, vec![shadow(0.8, 17.0)]);
    let quarter = [("topLeftX", n(0.25)), ("topLeftY", n(0.25)), ("topRightX", n(0.75)), ("topRightY", n(0.25))];
    let below = [("bottomRightX", n(0.75)), ("bottomRightY", n(0.75)), ("bottomLeftX", n(0.25)), ("bottomLeftY", n(0.75))];
    let cases: [(EffectUse, Map); 6] = [
        (used("corner-pin", &[quarter, below].concat()), |x, y| (2.0 * x - 45.0, 2.0 * y - 39.0)),
        (used("flip", &[("vertical", ParamValue::Bool(true))]), |x, y| (90.0 - x, 78.0 - y)),
        (used("mirror", &[]), |x, y| (x.min(90.0 - x), y)),
        (used("stabilize", &[("shiftX", n(-0.1)), ("zoom", n(1.25))]), |x, y| {
            (45.0 + (x - 45.0) * 0.8 + 9.0, 39.0 + (y - 39.0) * 0.8)
        }),
        (used("bulge", &[("amount", n(2.0)), ("radius", n(1.0))]), |x, y| {
            let k = ((x - 45.0).hypot(y - 39.0) / 78.0).min(1.0);
            (45.0 + (x - 45.0) * k, 39.0 + (y - 39.0) * k)
        }),
        (used("lens-distortion", &[("k1", n(0.4)), ("centerX", n(0.3))]), |x, y| {
            let (u, v) = (x - 27.0, y - 39.0);
            let k = 1.0 + 0.4 * (u * u + v * v) / (45.0 * 45.0 + 39.0 * 39.0);
            (27.0 + u * k, 39.0 + v * k)
        }),
    ];
    let [mx, my] = room();
    for (e, map) in cases {
        let id = e.effect.id;
        let got = drawn(&s, vec![shadow(0.8, 17.0), e]);
        let mut beyond = 0;
        for (i, g) in got.iter().enumerate() {
            let (x, y) = ((i % 160) as f64 + 0.5 - AT[0] as f64, (i / 160) as f64 + 0.5 - AT[1] as f64);
            let drawn_there = (-mx..90.0 + mx).contains(&x) && (-my..78.0 + my).contains(&y);
            let (u, v) = map(x, y);
            let want = if drawn_there { read(&before, u + AT[0] as f64, v + AT[1] as f64) } else { [0.0; 4] };
            assert!((0..4).all(|k| (g[k] - want[k]).abs() < 2e-3), "{id} at ({x}, {y}): {g:?}, not {want:?}");
            let seen_beyond = !(0.0..90.0).contains(&u) || !(0.0..78.0).contains(&v);
            beyond += usize::from(seen_beyond && g[3] > 0.3);
        }
        assert!(beyond > 100, "{id}: {beyond}");
    }
}

/// Blocks are counted from the picture's corner; outside of the picture there are blocks as well.
#[test]
fn what_was_drawn_beyond_the_edges_is_pixelated_along() {
    let before = drawn(&pattern(), vec![shadow(0.8, 17.0)]);
    let got = drawn(&pattern(), vec![shadow(0.8, 17.0), effect("pixelate", &[("size", 6.0)])]);
    let (mut beyond, [mx, my]) = (0, room().map(|v| v as usize));
    for (i, g) in got.iter().enumerate() {
        let (x, y) = (i % 160, i / 160);
        // The picture begins two pixels after a multiple of six across, and at a multiple of six
        // down.
        let (left, top) = ((x + 4) / 6 * 6, y / 6 * 6);
        let block = (0..36).map(|k| (left + k % 6, top + k / 6)).filter(|(x, y)| (4..164).contains(x) && *y < 140);
        let block: Vec<_> = block.map(|(x, y)| before[y * 160 + x - 4]).collect();
        // Blocks cut by the raster's edge are the means of their remaining pixels.
        if left + 6 - 4 > AT[0] + 90 + mx || top + 6 > AT[1] + 78 + my || left < AT[0] + 4 - mx || top < AT[1] - my {
            continue;
        }
        for k in 0..4 {
            let want = block.iter().map(|p| p[k]).sum::<f64>() / 36.0;
            assert!((g[k] - want).abs() < 1e-4, "at ({x}, {y}): {g:?}, not {want} in {k}");
        }
        beyond += usize::from(!is_content(i) && g[3] > 0.3);
    }
    assert!(beyond > 300, "{beyond}");
    // Particles and columns are also made from the shadow.
    for id in ["pixel-particle-disintegrate", "voxel-relief"] {
        let made = |opacity| drawn(&pattern(), vec![shadow(opacity, 17.0), telling(id)]);
        let more = made(0.8).iter().zip(&made(0.0)).filter(|(a, b)| a[3] > b[3] + 0.2).count();
        assert!(more > 300, "{id}: {more}");
    }
}

/// The rows of an interlaced field are counted from the content, and the margin does not affect
/// them.
#[test]
fn fields_are_the_pictures() {
    for mode in ["linear", "edge", "bob", "blend"] {
        let deinterlace = || used("deinterlace", &[("mode", t(mode))]);
        let (alone, after) = (drawn(&pattern(), vec![deinterlace()]), drawn(&pattern(), vec![shadow(0.0, 17.0), deinterlace()]));
        for (i, (a, b)) in alone.iter().zip(&after).enumerate().filter(|(i, _)| mode != "edge" || (36..118).contains(&(i % 160))) {
            assert!((0..4).all(|k| (a[k] - b[k]).abs() < 1e-5), "{mode} at ({}, {}): {b:?}, not {a:?}", i % 160, i / 160);
        }
    }
}
