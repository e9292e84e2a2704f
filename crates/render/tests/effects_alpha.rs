//! Effects on layers that are not opaque, and those that draw beyond a layer's outline, against definitions in double precision.
mod common;
use common::*;

/// A disc of radius 12 with a smooth edge in the middle of 64×64, half of it of another colour.
fn disc() -> Vec<[f64; 4]> {
    (0..64 * 64)
        .map(|i| {
            let (x, y) = ((i % 64) as f64 - 31.5, (i / 64) as f64 - 31.5);
            let alpha = (12.5 - x.hypot(y)).clamp(0.0, 1.0);
            if x < 0.0 { [0.9, 0.4, 0.1, alpha] } else { [0.2, 0.5, 0.8, alpha] }.map(|v| f64::from(v as f32))
        })
        .collect()
}

/// A Gaussian over one value a pixel, cut at three deviations; the outermost pixels go on.
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

/// The halo covers what it shines on: blurred coverage of the bright parts, laid under the light.
#[test]
fn glow_reaches_beyond_the_outline() {
    let s = disc();
    let got = floats_of(
        vec![used("glow", &[("threshold", n(0.0)), ("softness", n(0.1)), ("radius", n(6.0)), ("amount", n(0.7))])],
        &s,
        64,
        64,
    );
    // From a threshold of 0 to 0.05: what is opaque is bright throughout.
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

/// Straight colour is sharpened against the mean weighted by alpha: an even colour stays as it is up to its outline, alpha untouched.
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

/// A stroke is as far as its width from a rectangle, however wide: whole pixels within it are full, its edge is a pixel wide, corners are round.
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
