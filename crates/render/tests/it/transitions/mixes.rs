//! Transitions that mix the two pictures at the same position by a share that depends only on
//! progress or on colour.
use super::*;

pub(super) const TABLE: &[(&str, Definition, usize)] = &[
    ("crossfade", |m, x, y| mix2(here(m, x, y), m.p), 0),
    (
        "additive-dissolve",
        |m, x, y| {
            let [f, t] = here(m, x, y);
            add(scale(f, (2.0 - 2.0 * m.p).min(1.0)), scale(t, (2.0 * m.p).min(1.0)))
        },
        0,
    ),
    (
        "non-additive-dissolve",
        |m, x, y| {
            let [f, t] = here(m, x, y);
            let (f, t) = (scale(f, (2.0 - 2.0 * m.p).min(1.0)), scale(t, (2.0 * m.p).min(1.0)));
            std::array::from_fn(|i| f[i].max(t[i]))
        },
        0,
    ),
    (
        "blur-dissolve",
        |m, x, y| {
            // A Gaussian, cut at three deviations.
            let sigma = 0.02 * m.h * peak(m.p);
            let reach = (3.0 * sigma).ceil().max(1.0) as i64;
            let (mut sum, mut all) = ([0.0; 4], 0.0);
            for i in -reach..=reach {
                for j in -reach..=reach {
                    let k = (-((i * i + j * j) as f64) / (2.0 * sigma * sigma)).exp();
                    sum = add(sum, scale(mix2(m.both(x + i as f64, y + j as f64, Beyond::Same), m.p), k));
                    all += k;
                }
            }
            scale(sum, 1.0 / all)
        },
        0,
    ),
    ("dip-to-black", |m, x, y| dip(m, x, y, 0.0), 0),
    ("dip-to-white", |m, x, y| dip(m, x, y, 1.0), 0),
    // Black is its default.
    ("dip-to-color", |m, x, y| dip(m, x, y, 0.0), 0),
    (
        "luma-fade",
        |m, x, y| {
            let [f, t] = here(m, x, y);
            mix(f, t, by_luma(luma(f), m.p, 0.3))
        },
        0,
    ),
    // In these tests the controlling picture is the incoming one, mirrored.
    (
        "luma-wipe",
        |m, x, y| {
            let [f, t] = here(m, x, y);
            mix(f, t, by_luma(luma(m.sample(1, m.w - x, y, Beyond::Same)), m.p, 0.1))
        },
        0,
    ),
    (
        "flash",
        |m, x, y| {
            let c = mix2(here(m, x, y), late(m.p, 0.4, 0.6));
            let light = peak(m.p) * peak(m.p) * 1.2;
            [c[0] + light, c[1] + light, c[2] + light, 1.0]
        },
        0,
    ),
];

fn here(m: &Moment, x: f64, y: f64) -> [Color; 2] {
    m.both(x, y, Beyond::Same)
}

fn dip(m: &Moment, x: f64, y: f64, gray: f64) -> Color {
    let [f, t] = here(m, x, y);
    mix(if m.p < 0.5 { f } else { t }, [gray, gray, gray, 1.0], peak(m.p))
}

/// BT.709 item 3.2.
fn luma(c: Color) -> f64 {
    0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2]
}

/// 1 − smoothstep(p·(1 + s) − s, p·(1 + s), l).
fn by_luma(l: f64, p: f64, s: f64) -> f64 {
    let edge = p * (1.0 + s);
    1.0 - eased(((l - (edge - s)) / s).clamp(0.0, 1.0))
}

#[test]
fn mixes_are_as_defined() {
    check_all(TABLE);
}

/// The middle frame has the requested colour; `invert` and `softness` change the luma key.
#[test]
fn parameters_count() {
    let (cpu, s) = (CpuRenderer::new(0).unwrap(), size(64, 32));
    let got = drawn(&cpu, "dip-to-color", 0.5, &[("color", ParamValue::Color([0.8, 0.4, 0.2, 1.0]))], s);
    for (k, want) in [0.8, 0.4, 0.2].into_iter().enumerate() {
        assert!((value(&got, k, 20, 10) - want).abs() < 1e-3);
    }
    let (a, b) = (side(s, 0), side(s, 1));
    let got = drawn(&cpu, "luma-fade", 0.4, &[("invert", ParamValue::Bool(true)), ("softness", ParamValue::Number(0.5))], s);
    for (x, y) in [(3i64, 3i64), (40, 12), (63, 31), (22, 0)] {
        let (f, t) = (pixel(&a, x, y), pixel(&b, x, y));
        let k = by_luma(1.0 - luma([f[0], f[1], f[2], 1.0]), f64::from(0.4f32), 0.5);
        for c in 0..3 {
            let want = f[c] + (t[c] - f[c]) * k;
            assert!((value(&got, c, x as usize, y as usize) - want).abs() < 0.5 / 255.0, "({x}, {y}) {c}");
        }
    }
}

/// In linear light the key still uses the luma of display-encoded colour.
#[test]
fn luma_fade_keys_on_display_luma_in_linear_light() {
    let (cpu, s) = (CpuRenderer::new(0).unwrap(), size(64, 32));
    let (a, b) = (side(s, 0), side(s, 1));
    let top = transition("luma-fade", 0.4, &[], Some(layer(media("a"))), Some(layer(media("b"))));
    let got = draw(&cpu, canvas(s, true), vec![top], &[("a", &a), ("b", &b)], FLOAT);
    for (x, y) in [(3i64, 3i64), (40, 12), (63, 31), (22, 0)] {
        let (f, t) = (pixel(&a, x, y), pixel(&b, x, y));
        let k = by_luma(luma([f[0], f[1], f[2], 1.0]), f64::from(0.4f32), 0.3);
        for c in 0..3 {
            let want = oetf(inverse_oetf(f[c]) * (1.0 - k) + inverse_oetf(t[c]) * k);
            assert!((value(&got, c, x as usize, y as usize) - want).abs() < 1.5 / 255.0, "({x}, {y}) {c}");
        }
    }
}
