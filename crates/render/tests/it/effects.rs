//! Compares effects with their definitions, implemented here independently in double precision over
//! whole pictures, or with a second source, such as a published matrix. Pictures are drawn in gamma
//! space on the CPU; other tests compare CPU and GPU.
use crate::oracles::{Oracle, list};
use crate::support::*;
use cutroom_render::{Backend, OutputSpec, RenderOptions, Renderer};
use cutroom_timeline::{EffectUse, Layer};
use cutroom_types::{ColorTags, ParamValue, Picture, PictureFormat, TimeDelta};

type Rgb = [f64; 3];
const W: usize = 64;
const H: usize = 40;

/// Colours inside the gamut, with an edge, a gradient and fine detail; straight R'G'B' in floats.
fn source() -> Vec<Rgb> {
    (0..W * H)
        .map(|i| {
            let (x, y) = (i % W, i / W);
            let (u, v) = (x as f64 / W as f64, y as f64 / H as f64);
            let base = if x > 40 && y < 20 { [0.85, 0.3, 0.15] } else { [0.1 + 0.8 * u, 0.2 + 0.6 * v, 0.7 - 0.5 * u * v] };
            let detail = if (x / 2 + y / 3) % 2 == 0 { 0.04 } else { -0.04 };
            base.map(|c: f64| f64::from((c + detail) as f32))
        })
        .collect()
}

fn float_picture(pixels: &[Rgb], w: usize, h: usize) -> Picture {
    let f = PictureFormat::RGB_FLOAT;
    let planes = (0..3).map(|k| pixels.iter().flat_map(|p| (p[k] as f32).to_le_bytes()).collect()).collect();
    let tags = ColorTags { transfer: cutroom_types::Transfer::Bt709, ..ColorTags::SRGB };
    Picture::from_planes(f, size(w as u32, h as u32), tags, planes).unwrap()
}

/// Draws into R'G'B'A floats.
fn drawn_at(effects: Vec<EffectUse>, pixels: &[Rgb], w: usize, h: usize, secs: f64) -> Vec<[f64; 4]> {
    let a = float_picture(pixels, w, h);
    let mut cv = canvas(a.size, false);
    cv.background = [0.0; 4];
    let format = PictureFormat::RGB_FLOAT.with_alpha();
    let spec = OutputSpec { format, color: a.color };
    let time = TimeDelta((secs * 705_600_000.0) as i64);
    let effects = effects.into_iter().map(|e| EffectUse { time, ..e }).collect();
    let top = Layer { effects, ..layer(media("a")) };
    let mut renderer = Renderer::new(RenderOptions { backend: Backend::Cpu, threads: 1, ..RenderOptions::default() }).unwrap();
    let p = crate::oracles::render(&mut renderer, &plan(cv, vec![top]), &Pictures::of(&[("a", &a)]), &spec);
    (0..w * h).map(|i| std::array::from_fn(|k| f64::from(f32::from_bits(p.sample(k, i % w, i / w))))).collect()
}

fn drawn(e: EffectUse) -> Vec<[f64; 4]> {
    drawn_at(vec![e], &source(), W, H, 0.0)
}

/// Compares every pixel with a function of its position.
fn expect(e: EffectUse, room: f64, want: impl Fn(usize, usize) -> Rgb) {
    let id = e.effect.id;
    let got = drawn(e);
    for (i, px) in got.iter().enumerate() {
        let w = want(i % W, i / W);
        for k in 0..3 {
            assert!((px[k] - w[k]).abs() < room, "{id} at ({}, {}): {px:?}, not {w:?}", i % W, i / W);
        }
    }
}

/// Compares with a function of the pixel's own colour.
fn expect_color(e: EffectUse, want: impl Fn(Rgb) -> Rgb) {
    let s = source();
    expect(e, 2e-5, |x, y| want(s[y * W + x]));
}

#[test]
fn color_effects_follow_their_formulae() {
    expect_color(used("invert", &[]), |c| c.map(|v| 1.0 - v));
    expect_color(used("brightness", &[("amount", n(0.1))]), |c| c.map(|v| v + 0.1));
    expect_color(used("contrast", &[("amount", n(1.5))]), |c| c.map(|v| (v - 0.5) * 1.5 + 0.5));
    expect_color(used("vibrance", &[("amount", n(0.6))]), |c| {
        let spread = c.into_iter().fold(f64::MIN, f64::max) - c.into_iter().fold(f64::MAX, f64::min);
        c.map(|v| luma(c) + (v - luma(c)) * (1.0 + 0.6 * (1.0 - spread)))
    });
    expect_color(used("temperature", &[("temperature", n(0.5)), ("tint", n(-0.4))]), |c| [c[0] + 0.05, c[1] + 0.04, c[2] - 0.05]);
    expect_color(
        used(
            "levels",
            &[("inputBlack", n(0.2)), ("inputWhite", n(0.8)), ("gamma", n(1.7)), ("outputBlack", n(0.1)), ("outputWhite", n(0.9))],
        ),
        |c| c.map(|v| 0.1 + 0.8 * ((v - 0.2) / 0.6).clamp(0.0, 1.0).powf(1.0 / 1.7)),
    );
    expect_color(used("posterize", &[("levels", n(5.0))]), |c| c.map(|v| ((v * 5.0).floor() / 4.0).clamp(0.0, 1.0)));
    expect_color(used("solarize", &[("threshold", n(0.45))]), |c| c.map(|v| if v > 0.45 { 1.0 - v } else { v }));
    expect_color(used("threshold", &[("level", n(0.4))]), |c| [if luma(c) >= 0.4 { 1.0 } else { 0.0 }; 3]);
    // Matrix of Filter Effects Module Level 1 §8.3.
    expect_color(used("sepia", &[]), |c| {
        [[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]].map(|m| (0..3).map(|k| m[k] * c[k]).sum())
    });
    expect_color(
        used(
            "tint",
            &[
                ("dark", ParamValue::Color([0.1, 0.0, 0.2, 1.0])),
                ("light", ParamValue::Color([1.0, 0.9, 0.6, 1.0])),
                ("amount", n(0.7)),
            ],
        ),
        |c| {
            let y = luma(c);
            let t = [0.1 + 0.9 * y, 0.9 * y, 0.2 + 0.4 * y];
            std::array::from_fn(|k| c[k] + 0.7 * (t[k] - c[k]))
        },
    );
    expect_color(used("channel-mixer", &[("redGreen", n(0.5)), ("blueBlue", n(-0.3)), ("greenConstant", n(0.1))]), |c| {
        [c[0] + 0.5 * c[1], c[1] + 0.1, -0.3 * c[2]]
    });
    expect_color(
        used(
            "channel-mixer",
            &[("monochrome", ParamValue::Bool(true)), ("redRed", n(0.4)), ("redGreen", n(0.4)), ("redBlue", n(0.2))],
        ),
        |c| [0.4 * c[0] + 0.4 * c[1] + 0.2 * c[2]; 3],
    );
    expect_color(
        used("lift-gamma-gain", &[("lift", n(0.05)), ("gammaG", n(1.4)), ("gainR", n(1.2)), ("offsetB", n(-0.05))]),
        |c| {
            let (gain, power, offset) = ([1.2, 1.0, 1.0], [1.0, 1.0 / 1.4, 1.0], [0.0, 0.0, -0.05]);
            std::array::from_fn(|k| {
                let v: f64 = gain[k] * c[k] + 0.05 * (1.0 - c[k]) + offset[k];
                if v > 0.0 { v.powf(power[k]) } else { v }
            })
        },
    );
}

#[test]
fn hue_effects_follow_css() {
    expect_color(used("hsl", &[("hue", n(50.0)), ("saturation", n(1.3)), ("lightness", n(0.05))]), |c| {
        let [h, s, l] = to_hsl(c);
        from_hsl([h + 50.0 / 360.0, (s * 1.3).min(1.0), (l + 0.05).min(1.0)])
    });
    // Rotating the hue in HSV equals rotating it in HSL with s and v kept; a third of a turn
    // exchanges components.
    expect_color(used("hue-shift", &[("shift", n(1.0 / 3.0))]), |c| [c[2], c[0], c[1]]);
    expect_color(used("hue-shift", &[("shift", n(0.5))]), |c| {
        let (max, min) = (c.into_iter().fold(f64::MIN, f64::max), c.into_iter().fold(f64::MAX, f64::min));
        c.map(|v| max + min - v)
    });
    // Colours inside the range become grey, others are kept; far from the soft edges of the range.
    let s = source();
    let got =
        drawn(used("qualifier", &[("hueCenter", n(15.0)), ("hueWidth", n(40.0)), ("softness", n(0.02)), ("saturation", n(0.0))]));
    let (mut inside, mut outside) = (0, 0);
    for (c, px) in s.iter().zip(got) {
        let [h, sat, l] = to_hsl(*c);
        let d = ((h * 360.0 - 15.0 + 180.0).rem_euclid(360.0) - 180.0).abs();
        if d < 15.0 && sat > 0.2 {
            inside += 1;
            assert!((0..3).all(|k| (px[k] - l).abs() < 1e-4), "{c:?}: {px:?}");
        } else if d > 35.0 {
            outside += 1;
            assert!((0..3).all(|k| (px[k] - c[k]).abs() < 1e-4), "{c:?}: {px:?}");
        }
    }
    assert!(inside > 100 && outside > 100, "{inside} {outside}");
}

#[test]
fn places_of_warps_are_as_defined() {
    let s = source();
    let at = |x: f64, y: f64| -> Rgb {
        // Bilinear with clamped edges.
        let (u, v) = ((x - 0.5).clamp(0.0, W as f64 - 1.0), (y - 0.5).clamp(0.0, H as f64 - 1.0));
        let (i, j) = (u.floor() as usize, v.floor() as usize);
        let (a, b) = (u - i as f64, v - j as f64);
        let (i1, j1) = ((i + 1).min(W - 1), (j + 1).min(H - 1));
        std::array::from_fn(|k| {
            (s[j * W + i][k] * (1.0 - a) + s[j * W + i1][k] * a) * (1.0 - b)
                + (s[j1 * W + i][k] * (1.0 - a) + s[j1 * W + i1][k] * a) * b
        })
    };
    let center = |x: usize, y: usize| (x as f64 + 0.5, y as f64 + 0.5);
    let (w, h) = (W as f64, H as f64);
    expect(used("flip", &[("vertical", ParamValue::Bool(true))]), 1e-4, |x, y| s[(H - 1 - y) * W + W - 1 - x]);
    expect(used("mirror", &[]), 1e-4, |x, y| s[y * W + x.min(W - 1 - x)]);
    expect(used("twirl", &[("amount", n(1.5)), ("radius", n(0.4))]), 2e-3, |x, y| {
        let (px, py) = center(x, y);
        let (dx, dy) = (px - w / 2.0, py - h / 2.0);
        let k = (1.0 - dx.hypot(dy) / (0.4 * h)).max(0.0);
        let a: f64 = 1.5 * k * k;
        at(w / 2.0 + dx * a.cos() - dy * a.sin(), h / 2.0 + dx * a.sin() + dy * a.cos())
    });
    expect(used("bulge", &[("amount", n(2.0)), ("radius", n(0.45))]), 2e-3, |x, y| {
        let (px, py) = center(x, y);
        let (dx, dy) = (px - w / 2.0, py - h / 2.0);
        let d = dx.hypot(dy) / (0.45 * h);
        let k = if d < 1.0 { d } else { 1.0 };
        at(w / 2.0 + dx * k, h / 2.0 + dy * k)
    });
    expect(used("rgb-split", &[("amount", n(0.05)), ("angle", n(0.7))]), 1e-3, |x, y| {
        let (px, py) = center(x, y);
        let (dx, dy) = (0.05 * w * 0.7f64.cos(), 0.05 * h * 0.7f64.sin());
        [at(px + dx, py + dy)[0], at(px, py)[1], at(px - dx, py - dy)[2]]
    });
    expect(used("motion-blur", &[("amount", n(0.1)), ("samples", n(9.0))]), 1e-3, |x, y| {
        let (px, py) = center(x, y);
        let sum = (0..9)
            .map(|i| at(px + 0.1 * w * ((f64::from(i) + 0.5) / 9.0 - 0.5), py))
            .fold([0.0; 3], |a, c| std::array::from_fn(|k| a[k] + c[k]));
        sum.map(|v| v / 9.0)
    });
    expect(used("directional-blur", &[("length", n(6.0)), ("angle", n(90.0))]), 1e-3, |x, y| {
        let (px, py) = center(x, y);
        let sum = (0..6).map(|i| at(px, py + f64::from(i) - 2.5)).fold([0.0; 3], |a, c| std::array::from_fn(|k| a[k] + c[k]));
        sum.map(|v| v / 6.0)
    });
    // Along axes through the centre straight lines are kept; elsewhere r(1 + k1 r²).
    expect(used("lens-distortion", &[("k1", n(-0.3)), ("k2", n(0.05))]), 2e-3, |x, y| {
        let (px, py) = center(x, y);
        let (dx, dy) = (px - w / 2.0, py - h / 2.0);
        let r2 = (dx * dx + dy * dy) / (w * w + h * h) * 4.0;
        let k = 1.0 - 0.3 * r2 + 0.05 * r2 * r2;
        at(w / 2.0 + dx * k, h / 2.0 + dy * k)
    });
}

/// The projective map takes corners to corners and straight lines to straight lines: the
/// intersection of the diagonals is mapped to the intersection of the new ones.
#[test]
fn corner_pin_takes_corners_to_corners() {
    let (w, h) = (80usize, 80usize);
    // A cross on the diagonals.
    let pixels: Vec<Rgb> = (0..w * h)
        .map(|i| if (i % w).abs_diff(i / w) < 3 || (i % w + i / w).abs_diff(w - 1) < 3 { [1.0; 3] } else { [0.2; 3] })
        .collect();
    let corners = [(0.1, 0.2), (0.9, 0.05), (0.8, 0.95), (0.25, 0.7)];
    let names = ["topLeft", "topRight", "bottomRight", "bottomLeft"];
    let set: Vec<(String, ParamValue)> =
        names.iter().zip(corners).flat_map(|(name, (x, y))| [(format!("{name}X"), n(x)), (format!("{name}Y"), n(y))]).collect();
    let set: Vec<(&str, ParamValue)> = set.iter().map(|(k, v)| (k.as_str(), v.clone())).collect();
    let got = drawn_at(vec![used("corner-pin", &set)], &pixels, w, h, 0.0);
    let px = |x: f64, y: f64| got[(y * h as f64) as usize * w + (x * w as f64) as usize];
    // The intersection of the new diagonals.
    let [a, b, c, d] = corners;
    let t = {
        let (rx, ry, sx, sy) = (c.0 - a.0, c.1 - a.1, d.0 - b.0, d.1 - b.1);
        ((b.0 - a.0) * sy - (b.1 - a.1) * sx) / (rx * sy - ry * sx)
    };
    assert!(px(a.0 + t * (c.0 - a.0), a.1 + t * (c.1 - a.1))[0] > 0.9);
    for k in [0.3, 0.7] {
        let p = px(a.0 + k * (c.0 - a.0), a.1 + k * (c.1 - a.1));
        assert!(p[0] > 0.9 && p[3] > 0.99, "along the diagonal: {p:?}");
    }
    assert!(px(0.02, 0.02)[3] < 0.01 && px(0.95, 0.5)[3] < 0.01, "outside is transparent");
}

#[test]
fn means_of_blocks_and_boxes() {
    let s = source();
    let mean = |x0: usize, y0: usize, x1: usize, y1: usize| -> Rgb {
        let all: Vec<Rgb> = (y0..y1.min(H)).flat_map(|y| (x0..x1.min(W)).map(move |x| (x, y))).map(|(x, y)| s[y * W + x]).collect();
        std::array::from_fn(|k| all.iter().map(|c| c[k]).sum::<f64>() / all.len() as f64)
    };
    // 64 and 40 are not multiples of 7: blocks at the edges are cut.
    expect(used("pixelate", &[("size", n(7.0))]), 1e-4, |x, y| mean(x / 7 * 7, y / 7 * 7, x / 7 * 7 + 7, y / 7 * 7 + 7));
    expect(
        used("mosaic-region", &[("left", n(0.25)), ("top", n(0.2)), ("right", n(0.75)), ("bottom", n(0.8)), ("size", n(5.0))]),
        1e-4,
        |x, y| {
            if !(16..48).contains(&x) || !(8..32).contains(&y) {
                return s[y * W + x];
            }
            let (bx, by) = (16 + (x - 16) / 5 * 5, 8 + (y - 8) / 5 * 5);
            mean(bx, by, (bx + 5).min(48), (by + 5).min(32))
        },
    );
    // The same blocks, as far as the inscribed ellipse reaches: 32 by 24 pixels about (32, 20).
    let region = [("left", n(0.25)), ("top", n(0.2)), ("right", n(0.75)), ("bottom", n(0.8)), ("size", n(5.0))];
    let round = drawn(used("mosaic-region", &[&region[..], &[("shape", t("ellipse"))]].concat()));
    let (mut inside, mut outside) = (0, 0);
    for (x, y) in (0..H).flat_map(|y| (0..W).map(move |x| (x, y))) {
        let r = ((x as f64 - 31.5) / 16.0).hypot((y as f64 - 19.5) / 12.0);
        let (bx, by) = (16 + x.saturating_sub(16) / 5 * 5, 8 + y.saturating_sub(8) / 5 * 5);
        let want = match r {
            r if r < 0.9 => mean(bx, by, (bx + 5).min(48), (by + 5).min(32)),
            r if r > 1.1 => s[y * W + x],
            _ => continue,
        };
        (inside, outside) = (inside + usize::from(r < 1.0), outside + usize::from(r > 1.0));
        assert!((0..3).all(|k| (round[y * W + x][k] - want[k]).abs() < 1e-4), "({x}, {y}): {:?}, not {want:?}", round[y * W + x]);
    }
    assert!(inside > 400 && outside > 1000);
    let got = drawn(used("box-blur", &[("radius", n(3.0))]));
    for (x, y) in [(20, 20), (3, 3), (50, 30)] {
        let want = mean(x - 3, y - 3, x + 4, y + 4);
        assert!((0..3).all(|k| (got[y * W + x][k] - want[k]).abs() < 1e-4), "({x}, {y})");
    }
}

#[test]
fn edges_by_sobel() {
    let s = source();
    let l = |x: i64, y: i64| luma(s[(y.clamp(0, H as i64 - 1) * W as i64 + x.clamp(0, W as i64 - 1)) as usize]);
    expect(used("edge-detect", &[("strength", n(1.5))]), 1e-4, |x, y| {
        let (x, y) = (x as i64, y as i64);
        let gx = l(x + 1, y - 1) + 2.0 * l(x + 1, y) + l(x + 1, y + 1) - l(x - 1, y - 1) - 2.0 * l(x - 1, y) - l(x - 1, y + 1);
        let gy = l(x - 1, y + 1) + 2.0 * l(x, y + 1) + l(x + 1, y + 1) - l(x - 1, y - 1) - 2.0 * l(x, y - 1) - l(x + 1, y - 1);
        [(gx.hypot(gy) * 1.5).clamp(0.0, 1.0); 3]
    });
    expect(used("emboss", &[("strength", n(2.0)), ("angle", n(0.0))]), 1e-4, |x, y| {
        let (x, y) = (x as i64, y as i64);
        [((l(x + 1, y) - l(x - 1, y)) * 2.0 + 0.5).clamp(0.0, 1.0); 3]
    });
}

/// A Gaussian by its definition, cut at 3 deviations.
fn blurred(s: &[Rgb], sigma: f64) -> Vec<Rgb> {
    let reach = (3.0 * sigma).ceil() as i64;
    let weights: Vec<f64> = (-reach..=reach).map(|k| (-(k * k) as f64 / (2.0 * sigma * sigma)).exp()).collect();
    let sum: f64 = weights.iter().sum();
    let pass = |s: &[Rgb], dx: i64, dy: i64| -> Vec<Rgb> {
        (0..W * H)
            .map(|i| {
                let (x, y) = ((i % W) as i64, (i / W) as i64);
                std::array::from_fn(|c| {
                    (-reach..=reach)
                        .map(|k| {
                            let (u, v) = ((x + k * dx).clamp(0, W as i64 - 1), (y + k * dy).clamp(0, H as i64 - 1));
                            s[(v * W as i64 + u) as usize][c] * weights[(k + reach) as usize] / sum
                        })
                        .sum()
                })
            })
            .collect()
    };
    pass(&pass(s, 1, 0), 0, 1)
}

#[test]
fn what_is_made_of_a_blur() {
    let s = source();
    let b2 = blurred(&s, 2.0);
    expect(used("gaussian-blur", &[("radius", n(4.0))]), 1e-4, |x, y| b2[y * W + x]);
    expect(used("sharpen", &[("amount", n(1.5)), ("radius", n(2.0))]), 2e-4, |x, y| {
        std::array::from_fn(|k| s[y * W + x][k] + 1.5 * (s[y * W + x][k] - b2[y * W + x][k]))
    });
    // From a deviation of 5 on a Gaussian is computed on a reduced picture: within a quarter of an
    // 8-bit code, here on noise and counted twice.
    expect(used("unsharp", &[("amount", n(2.0)), ("radius", n(4.0)), ("threshold", n(0.02))]), 2e-3, |x, y| {
        let (c, b) = (s[y * W + x], blurred_at(&s, x, y));
        let d: Rgb = std::array::from_fn(|k| c[k] - b[k]);
        let l = luma(d).abs();
        let k = if l > 0.0 { (l - 0.02).max(0.0) / l } else { 0.0 };
        std::array::from_fn(|i| c[i] + 2.0 * k * d[i])
    });
    let bright: Vec<Rgb> = s.iter().map(|c| c.map(|v| v * smoothstep(0.45, 0.7, luma(*c)))).collect();
    let halo = blurred(&bright, 2.0);
    expect(used("glow", &[("amount", n(0.8)), ("threshold", n(0.6)), ("softness", n(0.5)), ("radius", n(4.0))]), 3e-4, |x, y| {
        std::array::from_fn(|k| s[y * W + x][k] + 0.8 * halo[y * W + x][k])
    });
    expect(
        used(
            "blur-region",
            &[("left", n(0.25)), ("top", n(0.2)), ("right", n(0.75)), ("bottom", n(0.8)), ("radius", n(4.0)), ("feather", n(0.0))],
        ),
        2e-4,
        |x, y| if (16..48).contains(&x) && (8..32).contains(&y) { b2[y * W + x] } else { s[y * W + x] },
    );
}

/// Compares large Gaussians with their definition (cut at three deviations; the implementation is
/// cut elsewhere, hence a tolerance of half an 8-bit code on edges), on noise and on hard edges in
/// every phase of the reduced raster.
#[test]
fn large_gaussians_are_gaussians() {
    let edges: Vec<Rgb> = (0..W * H)
        .map(|i| [f64::from(u8::from(i % W > 31)), f64::from(u8::from(i / W > 17)), f64::from(u8::from((i % W + i / W) % 29 > 13))])
        .collect();
    for (what, pixels, limit) in [("noise", source(), 1e-3), ("edges", edges, 2.2e-3)] {
        for sigma in [4.9, 5.0, 6.1, 7.9, 8.0, 10.0, 25.0] {
            let want = blurred(&pixels, sigma);
            let got = drawn_at(vec![used("gaussian-blur", &[("radius", n(2.0 * sigma))])], &pixels, W, H, 0.0);
            let worst = got.iter().zip(&want).flat_map(|(g, w)| (0..3).map(move |k| (g[k] - w[k]).abs())).fold(0.0, f64::max);
            assert!(worst < limit, "{what}, deviation {sigma}: off by {worst}");
            assert!(got.iter().all(|p| p[3] == 1.0), "{what}, deviation {sigma}: not opaque");
        }
    }
}

fn blurred_at(s: &[Rgb], x: usize, y: usize) -> Rgb {
    // The radius of `unsharp` is the deviation.
    thread_local!(static KEPT: std::cell::OnceCell<Vec<Rgb>> = const { std::cell::OnceCell::new() });
    KEPT.with(|k| k.get_or_init(|| blurred(s, 4.0))[y * W + x])
}

#[test]
fn the_bilateral_filter_is_tomasi_s() {
    let s = source();
    let fall = |d2: f64, sigma: f64| (-d2 / (2.0 * sigma * sigma)).exp();
    expect(used("denoise", &[("strength", n(0.08)), ("radius", n(2.0))]), 1e-4, |x, y| {
        let c = s[y * W + x];
        let (mut sum, mut weights) = ([0.0; 3], 0.0);
        for dy in -2i64..=2 {
            for dx in -2i64..=2 {
                let (u, v) = ((x as i64 + dx).clamp(0, W as i64 - 1) as usize, (y as i64 + dy).clamp(0, H as i64 - 1) as usize);
                let o = s[v * W + u];
                let distance: f64 = (0..3).map(|k| (o[k] - c[k]).powi(2)).sum();
                let w = fall((dx * dx + dy * dy) as f64, 1.0) * fall(distance, 0.08);
                sum = std::array::from_fn(|k| sum[k] + o[k] * w);
                weights += w;
            }
        }
        sum.map(|v| v / weights)
    });
}

#[test]
fn keys_cuts_and_generators() {
    let s = source();
    let got = drawn(used("luma-key", &[("threshold", n(0.3)), ("softness", n(0.2))]));
    for (c, px) in s.iter().zip(&got) {
        assert!((px[3] - smoothstep(0.3, 0.5, luma(*c))).abs() < 1e-4, "{c:?}: {px:?}");
    }
    let got = drawn(used("crop", &[("left", n(0.25)), ("bottom", n(0.5))]));
    for (i, px) in got.iter().enumerate() {
        let inside = i % W >= 16 && i / W < 20;
        assert!((px[3] - f64::from(u8::from(inside))).abs() < 1e-5, "({}, {}): {px:?}", i % W, i / W);
    }
    // 64×40 contains a picture of aspect 2 that is 64×32: bars of 4 rows.
    let got = drawn(used("letterbox", &[("aspect", n(2.0))]));
    for (i, px) in got.iter().enumerate() {
        let bar = !(4..36).contains(&(i / W));
        let want = if bar { [0.0; 3] } else { s[i] };
        assert!((0..3).all(|k| (px[k] - want[k]).abs() < 1e-4), "row {}", i / W);
    }
    expect(used("checkerboard", &[("width", n(8.0)), ("height", n(5.0))]), 1e-5, |x, y| {
        [if (x / 8 + y / 5) % 2 == 0 { 1.0 } else { 0.0 }; 3]
    });
    expect(used("gradient", &[]), 1e-5, |x, _| [(x as f64 + 0.5) / W as f64; 3]);
    expect(used("gradient", &[("shape", ParamValue::Text("radial".into()))]), 1e-4, |x, y| {
        [((x as f64 + 0.5 - 32.0).hypot(y as f64 + 0.5 - 20.0) / 20.0).min(1.0); 3]
    });
    let scan = |y: usize| 1.0 - 0.3 * (1.0 - (std::f64::consts::TAU * 20.0 * 2.0 * (y as f64 + 0.5) / H as f64).sin()) / 2.0;
    expect(used("scanlines", &[("density", n(2.0))]), 1e-4, |x, y| s[y * W + x].map(|v| v * scan(y)));
}

#[test]
fn noise_is_seeded_repeatable_and_has_the_stated_strength() {
    let flat = vec![[0.5; 3]; 200 * 200];
    let grain = |seed: f64, secs: f64, size: f64| {
        drawn_at(vec![used("grain", &[("amount", n(0.2)), ("seed", n(seed)), ("size", n(size))])], &flat, 200, 200, secs)
    };
    let a = grain(1.0, 0.5, 1.0);
    assert_eq!(a, grain(1.0, 0.5, 1.0), "the same frame");
    assert_ne!(a, grain(1.0, 0.75, 1.0), "another frame");
    assert_ne!(a, grain(2.0, 0.5, 1.0), "another seed");
    // Variance 1/4 · 0.2² · Y(1 − Y) with Y = 0.5.
    let deviation = |v: &[[f64; 4]]| (v.iter().map(|p| (p[0] - 0.5).powi(2)).sum::<f64>() / v.len() as f64).sqrt();
    assert!((deviation(&a) - 0.05).abs() < 0.002, "{}", deviation(&a));
    let mean = a.iter().map(|p| p[0]).sum::<f64>() / a.len() as f64;
    assert!((mean - 0.5).abs() < 0.001, "{mean}");
    // Neighbours are uncorrelated, or correlated within a grain.
    let related = |v: &[[f64; 4]], d: usize| {
        let c = (0..v.len() - d).map(|i| (v[i][0] - 0.5) * (v[i + d][0] - 0.5)).sum::<f64>() / (v.len() - d) as f64;
        c / deviation(v).powi(2)
    };
    assert!(related(&a, 1).abs() < 0.02 && related(&a, 200).abs() < 0.02, "{} {}", related(&a, 1), related(&a, 200));
    assert!(related(&grain(1.0, 0.5, 4.0), 1) > 0.6);
    let noise = drawn_at(vec![used("noise", &[("amount", n(1.0))])], &flat, 200, 200, 0.0);
    let mean = noise.iter().map(|p| p[1]).sum::<f64>() / noise.len() as f64;
    let variance = noise.iter().map(|p| (p[1] - mean).powi(2)).sum::<f64>() / noise.len() as f64;
    assert!((mean - 0.5).abs() < 0.01 && (variance - 1.0 / 12.0).abs() < 0.003, "uniform on 0..1: {mean} {variance}");
}

/// A coloured square on a transparent background: its shadow has the square's alpha, displaced and
/// in the shadow's colour; its stroke reaches as far as it is wide.
#[test]
fn shadows_and_strokes_lie_below() {
    let s = 60usize;
    let pixels: Vec<Rgb> = (0..s * s).map(|_| [0.8, 0.2, 0.1]).collect();
    // The crop leaves the square from 20 to 40.
    let cut = used("crop", &[("left", n(1.0 / 3.0)), ("top", n(1.0 / 3.0)), ("right", n(1.0 / 3.0)), ("bottom", n(1.0 / 3.0))]);
    let shadow = used("drop-shadow", &[("angle", n(0.0)), ("distance", n(6.0)), ("softness", n(0.0)), ("opacity", n(0.5))]);
    let got = drawn_at(vec![cut.clone(), shadow], &pixels, s, s, 0.0);
    let px = |x: usize, y: usize| got[y * s + x];
    assert!((px(30, 30)[0] - 0.8).abs() < 1e-3 && px(30, 30)[3] > 0.999, "{:?}", px(30, 30));
    assert!(px(43, 30)[0].abs() < 1e-3 && (px(43, 30)[3] - 0.5).abs() < 1e-3, "{:?}", px(43, 30));
    assert!(px(15, 30)[3] < 1e-3 && px(50, 30)[3] < 1e-3 && px(43, 44)[3] < 1e-3);
    let stroke = used("stroke", &[("width", n(5.0)), ("color", ParamValue::Color([0.0, 1.0, 0.0, 1.0]))]);
    let got = drawn_at(vec![cut, stroke], &pixels, s, s, 0.0);
    let px = |x: usize, y: usize| got[y * s + x];
    assert!((px(30, 30)[0] - 0.8).abs() < 1e-3);
    assert!((px(17, 30)[1] - 1.0).abs() < 1e-3 && px(17, 30)[3] > 0.99, "{:?}", px(17, 30));
    assert!(px(12, 30)[3] < 1e-3, "{:?}", px(12, 30));
    // Corners are round: 4.9 pixels off in both directions is farther than 5.
    assert!(px(15, 15)[3] < 0.2, "{:?}", px(15, 15));
}

/// Banding, two flat halves one 8-bit code apart, is smoothed; a real edge is kept.
#[test]
fn deband_joins_steps_and_keeps_edges() {
    let pixels = |step: f64| -> Vec<Rgb> { (0..W * H).map(|i| [if i % W < W / 2 { 0.5 } else { 0.5 + step }; 3]).collect() };
    let got = drawn_at(vec![used("deband", &[("range", n(12.0))])], &pixels(1.0 / 255.0), W, H, 0.0);
    let between = got.iter().filter(|p| p[0] > 0.5005 && p[0] < 0.5034).count();
    assert!(between > 100, "{between}");
    let got = drawn_at(vec![used("deband", &[])], &pixels(0.2), W, H, 0.0);
    assert!(got.iter().zip(pixels(0.2)).all(|(p, w)| (p[0] - w[0]).abs() < 1e-5));
}

/// Tetrahedral interpolation by sorting the three fractions, as described by Sakamoto and Itooka;
/// the shaper is interpolated linearly.
#[test]
fn look_up_tables_by_tetrahedra() {
    let (lut, s) = (strong_lut(), source());
    let (shaper, cube) = (lut.shaper.as_ref().unwrap(), lut.cube.as_ref().unwrap());
    let shaped = |c: Rgb| -> Rgb {
        std::array::from_fn(|k| {
            let t = ((c[k] + 0.1) / 1.3).clamp(0.0, 1.0) * 8.0;
            let i = (t as usize).min(7);
            let v = |i: usize| f64::from(shaper.values[3 * i + k]);
            v(i) + (v(i + 1) - v(i)) * (t - i as f64)
        })
    };
    let looked_up = |c: Rgb| -> Rgb {
        let t = c.map(|v| v.clamp(0.0, 1.0) * 4.0);
        let cell = t.map(|v| (v as usize).min(3));
        let fraction: Rgb = std::array::from_fn(|k| t[k] - cell[k] as f64);
        let mut order = [0, 1, 2];
        order.sort_by(|a, b| fraction[*b].total_cmp(&fraction[*a]));
        let value =
            |p: [usize; 3]| -> Rgb { std::array::from_fn(|k| f64::from(cube.values[3 * (p[0] + 5 * p[1] + 25 * p[2]) + k])) };
        let (mut at, mut sum, mut left) = (cell, [0.0; 3], 1.0);
        for axis in order {
            let v = value(at);
            sum = std::array::from_fn(|k| sum[k] + v[k] * (left - fraction[axis]));
            left = fraction[axis];
            at[axis] += 1;
        }
        let v = value(at);
        std::array::from_fn(|k| sum[k] + v[k] * left)
    };
    let file = ParamValue::Text("strong.cube".into());
    expect(used("lut", &[("file", file.clone())]), 1e-4, |x, y| looked_up(shaped(s[y * W + x])));
    expect(used("lut", &[("file", file), ("intensity", n(0.25))]), 1e-4, |x, y| {
        let (c, l) = (s[y * W + x], looked_up(shaped(s[y * W + x])));
        std::array::from_fn(|k| c[k] + 0.25 * (l[k] - c[k]))
    });
}

/// Tests that compare effects with expected values (`oracles.rs`).
pub const ORACLES: &[Oracle] = list![
    color_effects_follow_their_formulae,
    hue_effects_follow_css,
    places_of_warps_are_as_defined,
    corner_pin_takes_corners_to_corners,
    means_of_blocks_and_boxes,
    edges_by_sobel,
    what_is_made_of_a_blur,
    large_gaussians_are_gaussians,
    the_bilateral_filter_is_tomasi_s,
    keys_cuts_and_generators,
    noise_is_seeded_repeatable_and_has_the_stated_strength,
    shadows_and_strokes_lie_below,
    deband_joins_steps_and_keeps_edges,
    look_up_tables_by_tetrahedra,
];
