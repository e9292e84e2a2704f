//! Compares effects on colour with their definitions in double precision and published numbers.
//! Drawn in gamma space on the CPU; other tests compare CPU and GPU.
use crate::oracles::{Oracle, floats_of, list};
use crate::support::*;
use cutroom_effects::Params;
use cutroom_timeline::EffectUse;
use cutroom_types::ParamValue;

type Rgb = [f64; 3];

/// A row of opaque colours with an effect.
fn drawn(e: EffectUse, colors: &[Rgb]) -> Vec<[f64; 4]> {
    let pixels: Vec<[f64; 4]> = colors.iter().map(|c| [c[0], c[1], c[2], 1.0]).collect();
    floats_of(vec![e], &pixels, colors.len(), 1)
}

/// Colours throughout the cube.
fn colors() -> Vec<Rgb> {
    (0..343).map(|i| [i % 7, i / 7 % 7, i / 49].map(|v| f64::from((0.02 + 0.16 * f64::from(v)) as f32))).collect()
}

fn expect(e: EffectUse, room: f64, want: impl Fn(Rgb) -> Rgb) {
    let (id, s) = (e.effect.id, colors());
    for (c, px) in s.iter().zip(drawn(e, &s)) {
        let w = want(*c);
        assert!((0..3).all(|k| (px[k] - w[k]).abs() < room) && px[3] == 1.0, "{id} of {c:?}: {px:?}, not {w:?}");
    }
}

/// Curves pass through their points and do not overshoot between rising points; two points make a
/// straight line.
#[test]
fn curves_go_through_their_points() {
    let text = t;
    let ramp: Vec<Rgb> = (0..=1000).map(|i| [f64::from(i) / 1000.0; 3]).collect();
    let along = |set: &[(&str, ParamValue)]| drawn(used("curves", set), &ramp);
    let got = along(&[("master", text("0,0.1 0.25,0.2 0.5,0.7 0.75,0.72 1,0.95"))]);
    for (x, y) in [(0, 0.1), (250, 0.2), (500, 0.7), (750, 0.72), (1000, 0.95)] {
        assert!((got[x][1] - y).abs() < 2e-3, "{x}: {:?}, not {y}", got[x]);
    }
    assert!(got.windows(2).all(|w| w[1][0] >= w[0][0] - 1e-6), "rising points give a rising curve");
    let got = along(&[("red", text("0,1 1,0")), ("blue", text("0,0 0.5,1 1,1"))]);
    for (i, px) in got.iter().enumerate() {
        let x = i as f64 / 1000.0;
        assert!((px[0] - (1.0 - x)).abs() < 1e-4 && (px[1] - x).abs() < 1e-4, "{x}: {px:?}");
    }
    // Mapping all luma to 0.5 keeps ratios of components; rotating the hue by half a turn
    // complements it; saturation 0 leaves grey.
    let colors: Vec<Rgb> = vec![[0.6, 0.3, 0.2], [0.2, 0.5, 0.35]];
    let one = |set: &[(&str, ParamValue)]| drawn(used("curves", set), &colors);
    for (px, c) in one(&[("luma", text("0,0.5 1,0.5"))]).iter().zip(&colors) {
        let k = 0.5 / luma(*c);
        assert!((0..3).all(|i| (px[i] - (c[i] * k)).abs() < 1e-3), "{px:?}");
    }
    for (px, c) in one(&[("hueSaturation", text("0,0 1,0"))]).iter().zip(&colors) {
        assert!((0..3).all(|i| (px[i] - luma(*c)).abs() < 2e-3), "{px:?} of {c:?}");
    }
    for (px, c) in one(&[("hueHue", text("0,1 1,1"))]).iter().zip(&colors) {
        let [h, s, l] = to_hsl(*c);
        let want = from_hsl([h + 0.5, s, l]);
        assert!((0..3).all(|i| (px[i] - want[i]).abs() < 2e-3), "{px:?}, not {want:?}");
    }
}

/// Points on the diagonal that stop short of its ends limit the range, and are not treated as
/// neutral.
#[test]
fn only_the_whole_diagonal_is_the_identity() {
    let neutral = |points: &str| spec("curves").is_neutral(Params::new(&used("curves", &[("red", t(points))]).params));
    assert!(neutral("0,0 1,1") && neutral("0,0 0.3,0.3 1,1"));
    assert!(!neutral("0.2,0.2 0.8,0.8") && !neutral("0,0 0.8,0.8") && !neutral("0,0.1 1,1"));
    let got = drawn(used("curves", &[("red", t("0.2,0.2 0.8,0.8"))]), &[[0.1; 3], [0.5; 3], [0.9; 3]]);
    for (px, want) in got.iter().zip([0.2, 0.5, 0.8]) {
        assert!((px[0] - want).abs() < 1e-4, "{px:?}, not {want}");
    }
}

/// Luma becomes what its curve specifies from black on, colour keeps its ratios above the darkest
/// sixteenth, and only hue curves limit saturation.
#[test]
fn raised_blacks_are_continuous() {
    let ramp: Vec<Rgb> = (0..=255).map(|i| [f64::from(i) / 255.0; 3]).collect();
    for (px, c) in drawn(used("curves", &[("luma", t("0,0.2 1,1"))]), &ramp).iter().zip(&ramp) {
        let want = 0.2 + 0.8 * c[0];
        assert!((0..3).all(|k| (px[k] - want).abs() < 1e-4), "{c:?}: {px:?}, not {want}");
    }
    expect(used("curves", &[("luma", t("0,0 1,0.5"))]), 1e-4, |c| c.map(|v| 0.5 * v));
    expect(used("curves", &[("luma", t("0,0.2 1,1"))]), 2e-4, |c| {
        let (y, d) = (luma(c), 0.2 - 0.2 * luma(c));
        if y >= 1.0 / 16.0 {
            c.map(|v| v * (1.0 + d / y))
        } else {
            c.map(|v| v * (1.0 + d * 256.0 * y) + d * (1.0 - 256.0 * y * y))
        }
    });
}

/// Hue curves are periodic: they have equal slope on both sides of red and meet there.
#[test]
fn hue_curves_join_at_red() {
    let row: Vec<Rgb> = [0.97, 0.99, 0.999, 0.0, 0.001, 0.01, 0.03].map(|h| from_hsl([h, 0.5, 0.5])).to_vec();
    let got = drawn(used("curves", &[("hueLuma", t("0,0.9 0.3,0.5 0.7,0.5"))]), &row);
    let gain: Vec<f64> = got.iter().zip(&row).map(|(g, c)| g[0] / c[0]).collect();
    assert!((gain[3] - 1.8).abs() < 5e-3, "{gain:?}");
    assert!((0..3).all(|i| (gain[i] - gain[6 - i]).abs() < 5e-3), "alike on both sides: {gain:?}");
    let got = drawn(used("curves", &[("hueLuma", t("0,0.4 1,0.8"))]), &row[2..5]);
    assert!((got[1][0] / row[3][0] - 1.2).abs() < 5e-3, "half way between both: {:?}", got[1]);
}

/// A white object lit at 3200 K becomes white; a higher temperature is warmer, without a step.
#[test]
fn white_balance_takes_out_the_light_s_color() {
    // Planckian 3200 K is at x 0.4234, y 0.3990 (colour-science 0.4, CIE 1931); linear BT.709 of
    // that at Y = 1, by the matrix of IEC 61966-2-1.
    let (x, y) = (0.4234, 0.3990);
    let (bx, bz) = (x / y, (1.0 - x - y) / y);
    let linear = [3.2406 * bx - 1.5372 - 0.4986 * bz, -0.9689 * bx + 1.8758 + 0.0415 * bz, 0.0557 * bx - 0.2040 + 1.0570 * bz];
    let lamp = linear.map(|v| oetf(0.3 * v));
    let px = drawn(used("white-balance", &[("temperature", n(3200.0))]), &[lamp])[0];
    for k in 0..3 {
        assert!((inverse_oetf(px[k]) / 0.3 - 1.0).abs() < 0.03, "{px:?}");
    }
    let of = |kelvin: f64| drawn(used("white-balance", &[("temperature", n(kelvin))]), &[[0.5; 3]])[0];
    let mut last = of(3500.0);
    for kelvin in (3550..=9000).step_by(50) {
        let next = of(f64::from(kelvin));
        let warmth = |p: [f64; 4]| p[0] - p[2];
        assert!(warmth(next) > warmth(last), "{kelvin} K is warmer: {next:?} after {last:?}");
        assert!((0..3).all(|k| (next[k] - last[k]).abs() < 0.03), "{kelvin} K: a step from {last:?} to {next:?}");
        last = next;
    }
}

#[test]
fn keys_of_every_color() {
    // H.273: Cb = (B − Y) / 1.8556, Cr = (R − Y) / 1.5748.
    let plane = |c: Rgb| [(c[2] - luma(c)) / 1.8556, (c[0] - luma(c)) / 1.5748];
    let custom = [0.2, 0.7, 0.9];
    let screens = [[29.0, 181.0, 58.0], [0.0, 71.0, 187.0]].map(|c: Rgb| c.map(|v| v / 255.0));
    let keys = [
        ("green", [0.0, 1.0, 0.0]),
        ("blue", [0.0, 0.0, 1.0]),
        ("custom", custom),
        ("green-screen", screens[0]),
        ("blue-screen", screens[1]),
    ];
    for (name, key) in keys {
        for (tolerance, softness, spill) in [(0.1, 0.3, 0.0), (0.25, 0.05, 0.7), (0.4, 0.5, 1.0)] {
            let set = [
                ("keyColor", t(name)),
                ("customColor", ParamValue::Color([custom[0], custom[1], custom[2], 1.0])),
                ("tolerance", n(tolerance)),
                ("softness", n(softness)),
                ("spillSuppression", n(spill)),
            ];
            let (s, k) = (colors(), plane(key));
            let limit = (0..3).max_by(|a, b| key[*a].total_cmp(&key[*b])).unwrap();
            for (c, px) in s.iter().zip(drawn(used("chroma-key", &set), &s)) {
                let p = plane(*c);
                let distance = if name.ends_with("-screen") {
                    // Along the screen's hue and across it, by angle and length.
                    let (chroma, angle) = (p[0].hypot(p[1]), p[1].atan2(p[0]) - k[1].atan2(k[0]));
                    k[0].hypot(k[1]) - (chroma * angle.cos() - (chroma * angle.sin()).abs())
                } else {
                    (p[0] - k[0]).hypot(p[1] - k[1])
                };
                let alpha = smoothstep(tolerance, tolerance + softness, distance);
                let matte = used("chroma-key", &[&set[..], &[("show", t("matte"))]].concat());
                let shown = drawn(matte, &[*c])[0];
                assert!((0..3).all(|i| (shown[i] - alpha).abs() < 1e-4) && shown[3] == 1.0, "{name} of {c:?}: {shown:?}");
                let mut want = *c;
                let others = (c[0] + c[1] + c[2] - c[limit]) / 2.0;
                want[limit] += spill * (c[limit].min(others) - c[limit]);
                assert!((px[3] - alpha).abs() < 1e-4, "{name} of {c:?}: {px:?}, not {alpha}");
                assert!(alpha < 1e-3 || (0..3).all(|i| (px[i] - want[i]).abs() < 1e-4), "{name} of {c:?}: {px:?}, not {want:?}");
            }
        }
    }
}

/// A screen on the left, a subject on the right: the matte's edge moves by `choke`, and a blur of it is
/// the Gaussian's integral. The colour is that of the picture, not blurred.
#[test]
fn chokes_and_blurs_of_a_key() {
    const W: usize = 48;
    let picture: Vec<[f64; 4]> =
        (0..W * 8).map(|i| if i % W < 20 { [0.1, 0.7, 0.2, 1.0] } else { [0.75, 0.5, 0.4, 1.0] }).collect();
    let row = |set: &[(&str, ParamValue)]| {
        let key = [("keyColor", t("green-screen")), ("spillSuppression", n(1.0))];
        crate::oracles::floats_of(vec![used("chroma-key", &[&key, set].concat())], &picture, W, 8)[3 * W..4 * W].to_vec()
    };
    for (choke, edge) in [(0.0, 20.0), (3.0, 23.0), (-3.0, 17.0), (2.5, 22.5), (-0.25, 19.75)] {
        for (x, px) in row(&[("choke", n(choke))]).iter().enumerate() {
            let want = (x as f64 + 1.0 - edge).clamp(0.0, 1.0);
            assert!((px[3] - want).abs() < 2e-3, "choke {choke}, column {x}: {px:?}, not {want}");
            let own = if x < 20 { [0.1, 0.15, 0.2] } else { [0.75, 0.5, 0.4] };
            assert!(px[3] < 0.1 || (0..3).all(|k| (px[k] - own[k]).abs() < 1e-3), "choke {choke}, column {x}: {px:?}");
        }
    }
    for radius in [4.0f64, 9.0] {
        let sd = radius / 2.0;
        for (x, px) in row(&[("edgeBlur", n(radius))]).iter().enumerate().take(W - 16) {
            // The integral over the pixels to the right of the edge, by midpoints.
            let bell = |d: f64| (-d * d / (2.0 * sd * sd)).exp() / (sd * std::f64::consts::TAU.sqrt());
            let want: f64 = (20..20 + 64).map(|k| bell(k as f64 - x as f64)).sum();
            assert!((px[3] - want).abs() < 0.01, "edge blur {radius}, column {x}: {px:?}, not {want}");
        }
    }
    let matte = row(&[("choke", n(3.0)), ("show", t("matte"))]);
    assert!(matte.iter().enumerate().all(|(x, px)| px[3] == 1.0 && (px[0] - f64::from(u8::from(x >= 23))).abs() < 2e-3));
}

#[test]
fn exposure_and_saturation_follow_their_formulae() {
    expect(used("exposure", &[("exposure", n(-0.5)), ("offset", n(0.1)), ("gamma", n(1.8))]), 2e-5, |c| {
        c.map(|v| (v * 0.5f64.sqrt() + 0.1).max(0.0).powf(1.0 / 1.8))
    });
    expect(used("exposure", &[("exposure", n(1.0)), ("offset", n(-0.3)), ("gamma", n(0.6))]), 1e-4, |c| {
        c.map(|v| (v * 2.0 - 0.3).max(0.0).powf(1.0 / 0.6))
    });
    expect(used("exposure", &[("exposure", n(0.5)), ("offset", n(-0.2))]), 2e-5, |c| c.map(|v| v * 2f64.sqrt() - 0.2));
    for amount in [0.3, 1.7, 3.0] {
        expect(used("saturation", &[("amount", n(amount))]), 2e-5, |c| c.map(|v| luma(c) + (v - luma(c)) * amount));
    }
}

/// Scene light of the effect's result: the composition's transfer function is inverted.
fn light(curve: &str, set: &[(&str, ParamValue)], codes: &[Rgb]) -> Vec<Rgb> {
    let set: Vec<_> = [("curve", t(curve)), ("rollOff", ParamValue::Bool(false))].into_iter().chain(set.iter().cloned()).collect();
    drawn(used("log-convert", &set), codes).iter().map(|p| [p[0], p[1], p[2]].map(inverse_oetf)).collect()
}

/// Codes of greys as published by the manufacturers: the tables of Sony and Panasonic (10 bits, 64
/// is 0 %), ARRI's 18 %, the encoding formulae of DJI and BT.2020, and the reference white of
/// BT.2408.
#[test]
fn camera_curves_give_back_published_grays() {
    let of_10_bits = |code: f64| (code - 64.0) / 876.0;
    let d_log = |x: f64| if x <= 0.0078 { 6.025 * x + 0.0929 } else { (x * 0.9892 + 0.0108).log10() * 0.256_663 + 0.584_555 };
    let cases = [
        ("s-log3", of_10_bits(95.0), 0.0),
        ("s-log3", of_10_bits(420.0), 0.18),
        ("s-log3", of_10_bits(598.0), 0.9),
        ("v-log", of_10_bits(128.0), 0.0),
        ("v-log", of_10_bits(433.0), 0.18),
        ("v-log", of_10_bits(602.0), 0.9),
        ("log-c3", 0.391_007, 0.18),
        ("log-c3", 0.092_809, 0.0),
        ("d-log", d_log(0.0), 0.0),
        ("d-log", d_log(0.004), 0.004),
        ("d-log", d_log(0.18), 0.18),
        ("d-log", d_log(0.9), 0.9),
        ("hlg", 0.75, 1.0),
        // BT.2100: half the signal is a twelfth of full light, 75 % slightly more than a quarter.
        ("hlg", 0.5, 1.0 / 12.0 / 0.264_963),
        ("hlg", 0.25, 1.0 / 48.0 / 0.264_963),
        ("pq", 0.580_69, 1.0),
        // 100 cd/m².
        ("pq", 0.508_078, 100.0 / 203.0),
        ("rec2020", 1.099_297 * 0.18f64.powf(0.45) - 0.099_297, 0.18),
        ("rec2020", 4.5 * 0.01, 0.01),
    ];
    for (curve, code, want) in cases {
        let got = light(curve, &[], &[[code; 3]])[0];
        assert!((0..3).all(|k| (got[k] - want).abs() < 1.5e-3 + 0.012 * want), "{curve} at {code}: {got:?}, not {want}");
    }
    // One stop doubles; full-range codes are read as such if selected; light above 0.8 approaches
    // 1.
    let got = light("log-c3", &[("exposure", n(1.0))], &[[0.391_007; 3]])[0];
    assert!((got[0] - 0.36).abs() < 5e-3, "{got:?}");
    let got = light("s-log3", &[("levels", t("signal"))], &[[420.0 / 1023.0; 3]])[0];
    assert!((got[0] - 0.18).abs() < 3e-3, "{got:?}");
    let rolled = drawn(used("log-convert", &[("curve", t("d-log"))]), &[[d_log(0.5); 3], [d_log(1.2); 3], [0.99; 3]]);
    let u = (1.2 - 0.8) / 0.2;
    for (px, want) in rolled.iter().zip([oetf(0.5), oetf(0.8 + 0.2 * u / (1.0 + u))]) {
        assert!((px[0] - want).abs() < 3e-3, "{px:?}, not {want}");
    }
    assert!(rolled[2][0] > 0.97 && rolled[2][0] < 1.0, "{:?}", rolled[2]);
}

/// ITU-R BT.2087 defines the conversion from BT.2020 to BT.709, ARRI that of its wide gamut to
/// BT.709.
#[test]
fn camera_gamuts_are_taken_to_the_composition_s() {
    let bt2087 = [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]];
    let arri = [[1.617_523, -0.537_287, -0.080_237], [-0.070_573, 1.334_613, -0.264_040], [-0.021_102, -0.226_954, 1.248_056]];
    let scene = [0.25, 0.2, 0.15];
    let rec2020 = scene.map(|v: f64| 1.099_297 * v.powf(0.45) - 0.099_297);
    // ARRI's encoding formula.
    let log_c3 = scene.map(|v: f64| 0.247_190 * (5.555_556 * v + 0.052_272).log10() + 0.385_537);
    for (curve, code, m) in [("rec2020", rec2020, bt2087), ("log-c3", log_c3, arri)] {
        let got = light(curve, &[], &[code])[0];
        for k in 0..3 {
            let want: f64 = (0..3).map(|j| m[k][j] * scene[j]).sum();
            assert!((got[k] - want).abs() < 3e-3, "{curve}: {got:?}, not {want} in {k}");
        }
    }
    let same = light("rec2020", &[("gamut", t("rec709"))], &[rec2020])[0];
    assert!((0..3).all(|k| (same[k] - scene[k]).abs() < 2e-3), "{same:?}");
}

/// The steps in the order of the effect's description; the hue by the matrix that browsers use.
#[test]
fn the_primary_correction_follows_its_steps() {
    let set = [
        ("exposure", n(0.3)),
        ("contrast", n(1.2)),
        ("pivot", n(0.4)),
        ("shadows", n(0.4)),
        ("highlights", n(-0.6)),
        ("lift", n(0.04)),
        ("gamma", n(1.3)),
        ("gain", n(0.9)),
        ("offset", n(-0.02)),
        ("black", n(0.05)),
        ("white", n(1.1)),
        ("saturation", n(1.3)),
        ("vibrance", n(0.5)),
        ("hue", n(25.0)),
        ("temperature", n(0.4)),
        ("tint", n(-0.3)),
    ];
    expect(used("primary", &set), 5e-5, |c| {
        let c = [c[0] + 0.04, c[1] + 0.03, c[2] - 0.04];
        let c = c.map(|v| (v * 0.3f64.exp2() - 0.05) / 1.05);
        let c = c.map(|v| {
            let v = 0.9 * v + 0.04 * (1.0 - v) - 0.02;
            if v > 0.0 { v.powf(1.0 / 1.3) } else { v }
        });
        let c = c.map(|v| (v - 0.4) * 1.2 + 0.4);
        let y = luma(c);
        let c = c.map(|v| v + 0.25 * 0.4 * (1.0 - smoothstep(0.0, 0.5, y)) - 0.25 * 0.6 * smoothstep(0.5, 1.0, y));
        let (sin, cos) = 25f64.to_radians().sin_cos();
        let rows = [
            [0.213 + cos * 0.787 - sin * 0.213, 0.715 - cos * 0.715 - sin * 0.715, 0.072 - cos * 0.072 + sin * 0.928],
            [0.213 - cos * 0.213 + sin * 0.143, 0.715 + cos * 0.285 + sin * 0.140, 0.072 - cos * 0.072 - sin * 0.283],
            [0.213 - cos * 0.213 - sin * 0.787, 0.715 - cos * 0.715 + sin * 0.715, 0.072 + cos * 0.928 + sin * 0.072],
        ];
        let c = rows.map(|r| r[0] * c[0] + r[1] * c[1] + r[2] * c[2]);
        let y = luma(c);
        let c = c.map(|v| y + (v - y) * 1.3);
        let spread = c.into_iter().fold(f64::MIN, f64::max) - c.into_iter().fold(f64::MAX, f64::min);
        let y = luma(c);
        c.map(|v| y + (v - y) * (1.0 + 0.5 * (1.0 - spread)))
    });
    // Used alone, the parameters equal the effects of these names.
    for (id, set) in [
        ("temperature", [("temperature", n(0.5)), ("tint", n(-0.4))]),
        ("lift-gamma-gain", [("lift", n(0.1)), ("gamma", n(1.4))]),
        ("lift-gamma-gain", [("gain", n(1.2)), ("offset", n(-0.1))]),
    ] {
        let s = colors();
        for (a, b) in drawn(used("primary", &set), &s).iter().zip(drawn(used(id, &set), &s)) {
            assert!((0..3).all(|k| (a[k] - b[k]).abs() < 2e-5), "{id}: {a:?}, not {b:?}");
        }
    }
}

/// Tests that compare effects with expected values (`oracles.rs`).
pub const ORACLES: &[Oracle] = list![
    curves_go_through_their_points,
    only_the_whole_diagonal_is_the_identity,
    raised_blacks_are_continuous,
    hue_curves_join_at_red,
    white_balance_takes_out_the_light_s_color,
    chokes_and_blurs_of_a_key,
    keys_of_every_color,
    exposure_and_saturation_follow_their_formulae,
    camera_curves_give_back_published_grays,
    camera_gamuts_are_taken_to_the_composition_s,
    the_primary_correction_follows_its_steps,
];
