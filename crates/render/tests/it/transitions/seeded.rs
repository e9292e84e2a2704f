//! Transitions whose appearance is a matter of taste: properties that must hold nevertheless.
use super::*;

/// Inspected visually early, in the middle and late on the example scenes, with the reason why no
/// other source defines a formula.
pub(super) const LOOKED_AT: &[(&str, &str)] = &[
    ("light-leak", "a warm glow that crosses; its colour and width are a choice"),
    ("light-sweep", "a band of light that uncovers; its brightness is a choice"),
    ("chroma-leak", "three glows side by side; their widths are a choice"),
    ("lens-flare", "a core, a streak and a ghost; their sizes are a choice"),
    ("film-burn", "holes in smooth noise with a glowing rim"),
    ("projector-flicker", "frames in random order and brightness"),
    ("vignette-bloom", "corners close over a bloom; the amounts are a choice"),
    ("tv-static", "noise that hides the cut"),
    ("paint-splatter", "random drops that grow"),
    ("noise-dissolve", "smooth and fine noise with a soft edge"),
    ("shatter-glass", "random shards that fall"),
    ("liquid-melt", "smooth noise pulls at both pictures"),
    ("smoke-reveal", "two layers of drifting noise"),
    ("ink-bleed", "a disc frayed by smooth noise"),
    ("signal-tear", "bands at random places that slip at random"),
    ("thermal-bloom", "a palette of heat; its colours are a choice"),
];

/// Transitions in which each position changes to the incoming picture once, at a moment of its own.
const TAKING: &[&str] =
    &["film-burn", "paint-splatter", "noise-dissolve", "doom-bars", "random-blocks", "ink-bleed", "data-corrupt"];

fn flat(gray: f32) -> Layer {
    layer(Content::Solid([gray, gray, gray, 1.0]))
}

/// The share of the incoming picture at every pixel, measured with a black outgoing and a white
/// incoming side.
fn shares(cpu: &CpuRenderer, id: &str, p: f32, seed: f64) -> Vec<f64> {
    let top = transition(id, p, &[("seed", ParamValue::Number(seed))], Some(flat(0.0)), Some(flat(1.0)));
    let got = draw(cpu, canvas(size(160, 90), false), vec![top], &[], FLOAT);
    // Blue has the least light of a burn's rim.
    (0..90).flat_map(|y| (0..160).map(move |x| (x, y))).map(|(x, y)| value(&got, 2, x, y)).collect()
}

/// A position that has changed stays changed; the share of the area follows progress, whatever the
/// seed.
#[test]
fn places_change_over_once_and_in_time() {
    let cpu = CpuRenderer::new(0).unwrap();
    for id in TAKING.iter() {
        for seed in [0.0, 7.0] {
            let mut before: Option<Vec<f64>> = None;
            for step in 0..=20u8 {
                let p = f32::from(step) / 20.0;
                let now = shares(&cpu, id, p, seed);
                let area = now.iter().map(|v| v.clamp(0.0, 1.0)).sum::<f64>() / now.len() as f64;
                assert!((area - f64::from(p)).abs() < 0.3, "{id} at {p}, seed {seed}: {area} of the area");
                if let Some(before) = before {
                    // A rim brightens positions shortly before they change.
                    let back = before.iter().zip(&now).filter(|(a, b)| **a > **b + 0.25).count();
                    assert!(back * 50 <= now.len(), "{id} at {p}, seed {seed}: {back} places changed back");
                }
                before = Some(now);
            }
        }
    }
}

/// The same seed produces the same picture, another seed another one, for every transition with a
/// seed.
#[test]
fn seeds_decide() {
    let (cpu, s) = (CpuRenderer::new(0).unwrap(), size(64, 36));
    let mut count = 0;
    for t in TRANSITIONS.iter().filter(|t| t.param("seed").is_some()) {
        let at = |seed: f64| bytes(&drawn(&cpu, t.id, 0.45, &[("seed", ParamValue::Number(seed))], s));
        assert!(at(3.0) == at(3.0), "{}", t.id);
        assert!([1.0, 2.0, 5.0].into_iter().any(|k| at(0.0) != at(k)), "{}: its seed has no effect", t.id);
        count += 1;
    }
    assert!(count >= 13, "{count}");
    assert!(crate::support::transition("swirl").param("seed").is_some());
}

/// Light is only added to a mixture of both pictures.
#[test]
fn light_only_adds() {
    let (cpu, s) = (CpuRenderer::new(0).unwrap(), size(64, 36));
    let (a, b) = (side(s, 0), side(s, 1));
    for id in ["light-leak", "light-sweep", "chroma-leak", "lens-flare", "film-burn", "flash"] {
        let mut added = 0.0;
        for p in [0.1f32, 0.3, 0.5, 0.7, 0.9] {
            let got = drawn(&cpu, id, p, &[], s);
            for y in 0..36 {
                for x in 0..64 {
                    let (f, t) = (pixel(&a, x, y), pixel(&b, x, y));
                    for k in 0..3 {
                        let v = value(&got, k, x as usize, y as usize);
                        assert!(v >= f[k].min(t[k]) - 1e-3, "{id} at {p}, ({x}, {y}): {v} of {} and {}", f[k], t[k]);
                        added += (v - f[k].max(t[k])).max(0.0);
                    }
                }
            }
        }
        assert!(added > 100.0, "{id} adds {added}");
    }
}

/// A projector shows one of the two pictures as a whole, brighter or darker.
#[test]
fn a_flicker_shows_one_of_the_two() {
    let (cpu, s) = (CpuRenderer::new(0).unwrap(), size(64, 36));
    let sides = [side(s, 0), side(s, 1)];
    let mut shown = [0; 2];
    for step in 1..24u8 {
        let got = drawn(&cpu, "projector-flicker", f32::from(step) / 24.0 + 0.01, &[], s);
        let factor = |n: usize, x: i64, y: i64| value(&got, 1, x as usize, y as usize) / pixel(&sides[n], x, y)[1];
        let one = (0..2).find(|n| {
            [(3, 3), (40, 20), (60, 35)].into_iter().all(|(x, y)| (factor(*n, x, y) / factor(*n, 10, 10) - 1.0).abs() < 1e-3)
        });
        shown[one.unwrap_or_else(|| panic!("neither, at step {step}"))] += 1;
    }
    assert!(shown[0] > 4 && shown[1] > 4, "{shown:?}");
}

/// Snow is grey, and hides both pictures in the middle.
#[test]
fn static_is_gray_in_the_middle() {
    let got = drawn(&CpuRenderer::new(0).unwrap(), "tv-static", 0.5, &[], size(64, 36));
    let values: Vec<f64> = (0..36).flat_map(|y| (0..64).map(move |x| (x, y))).map(|(x, y)| value(&got, 0, x, y)).collect();
    for (i, v) in values.iter().enumerate() {
        assert!((value(&got, 2, i % 64, i / 64) - v).abs() < 1e-3);
    }
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    assert!((mean - 0.5).abs() < 0.05, "{mean}");
}

/// Shards and melted pictures: every colour is between those of the two pictures, except the light
/// at cracks.
#[test]
fn pieces_come_from_the_pictures() {
    let (cpu, s) = (CpuRenderer::new(0).unwrap(), size(64, 36));
    // In `side` green is 0.1 to 0.4 for one, 0.5 to 0.8 for the other.
    let spread =
        |p: &Picture| (0..36 * 64).map(|i| value(p, 1, i % 64, i / 64)).fold([9.0f64, -9.0], |[a, b], v| [a.min(v), b.max(v)]);
    let ([low, _], [_, high]) = (spread(&drawn(&cpu, "crossfade", 0.0, &[], s)), spread(&drawn(&cpu, "crossfade", 1.0, &[], s)));
    for p in [0.2f32, 0.5, 0.8] {
        let [a, b] = spread(&drawn(&cpu, "liquid-melt", p, &[], s));
        assert!(a >= low - 1e-3 && b <= high + 1e-3, "liquid-melt at {p}: {a} to {b}, not {low} to {high}");
        let [a, b] = spread(&drawn(&cpu, "shatter-glass", p, &[], s));
        assert!(a >= low - 1e-3 && b <= 1.0 + 1e-3, "shatter-glass at {p}: {a} to {b}");
    }
}
