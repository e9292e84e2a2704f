//! Compares what uses a second picture with its definition in double precision: effects that use
//! another track, transitions that follow an image. Drawn on the CPU; other tests compare CPU and
//! GPU.
use crate::oracles::{Oracle, list};
use crate::support::*;
use cutroom_render::{Backend, OutputSpec, RenderOptions, Renderer};
use cutroom_timeline::{Content, Fit, Layer, Transform};
use cutroom_types::{ColorTags, ParamValue, Picture, PictureFormat, Transfer};

type Rgba = [f64; 4];
const W: usize = 48;
const H: usize = 30;

/// Straight colour in floats from a function of the pixel.
fn drawn_by(w: usize, h: usize, f: impl Fn(usize, usize) -> Rgba) -> (Vec<Rgba>, Picture) {
    let pixels: Vec<Rgba> = (0..w * h).map(|i| f(i % w, i / w).map(|v| f64::from(v as f32))).collect();
    let format = PictureFormat::RGB_FLOAT.with_alpha();
    let planes = (0..4).map(|k| pixels.iter().flat_map(|p| (p[k] as f32).to_le_bytes()).collect()).collect();
    let tags = ColorTags { transfer: Transfer::Bt709, ..ColorTags::SRGB };
    let picture = Picture::from_planes(format, size(w as u32, h as u32), tags, planes).unwrap();
    (pixels, picture)
}

/// Colours with gradients and an edge, opaque.
fn scene(x: usize, y: usize) -> Rgba {
    let (u, v) = (x as f64 / W as f64, y as f64 / H as f64);
    if x > 30 && y < 14 { [0.85, 0.3, 0.15, 1.0] } else { [0.1 + 0.8 * u, 0.2 + 0.6 * v, 0.7 - 0.5 * u * v, 1.0] }
}

/// All channels differ, and some pixels are translucent.
fn map(x: usize, y: usize) -> Rgba {
    let (u, v) = (x as f64 / W as f64, y as f64 / H as f64);
    [0.2 + 0.6 * v, 0.9 - 0.7 * u, 0.5 + 0.4 * (7.0 * u).sin(), if x > 36 { 0.0 } else { 1.0 - 0.5 * v }]
}

/// Draws a layer over a transparent background, into straight display-encoded floats.
fn draw(layer: Layer, w: usize, h: usize, pictures: &[(&str, &Picture)], linear: bool) -> Vec<Rgba> {
    let mut cv = canvas(size(w as u32, h as u32), linear);
    cv.background = [0.0; 4];
    let format = PictureFormat::RGB_FLOAT.with_alpha();
    let spec = OutputSpec { format, color: pictures[0].1.color };
    let mut renderer = Renderer::new(RenderOptions { backend: Backend::Cpu, threads: 1, ..RenderOptions::default() }).unwrap();
    let p = crate::oracles::render(&mut renderer, &plan(cv, vec![layer]), &Pictures::of(pictures), &spec);
    (0..w * h).map(|i| std::array::from_fn(|k| f64::from(f32::from_bits(p.sample(k, i % w, i / w))))).collect()
}

/// Bilinear, with the first pixel's centre at (0.5, 0.5); `edge` returns the pixel index for an
/// integer coordinate, `None` for transparent.
fn sampled(pixels: &[Rgba], x: f64, y: f64, edge: impl Fn(i64, i64) -> Option<usize>) -> Rgba {
    let (x, y) = (x - 0.5, y - 0.5);
    let (x0, y0, u, v) = (x.floor() as i64, y.floor() as i64, x - x.floor(), y - y.floor());
    let mut sum = [0.0; 4];
    for (dx, dy, k) in [(0, 0, (1.0 - u) * (1.0 - v)), (1, 0, u * (1.0 - v)), (0, 1, (1.0 - u) * v), (1, 1, u * v)] {
        let at = edge(x0 + dx, W as i64).zip(edge(y0 + dy, H as i64));
        if let Some((x, y)) = at {
            let p = pixels[y * W + x];
            (0..3).for_each(|i| sum[i] += k * p[i] * p[3]);
            sum[3] += k * p[3];
        }
    }
    sum
}

fn clamp(i: i64, n: i64) -> Option<usize> {
    Some(i.clamp(0, n - 1) as usize)
}

fn luma(c: Rgba) -> f64 {
    0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2]
}

fn channel(c: Rgba, name: &str) -> f64 {
    match name {
        "red" => c[0],
        "green" => c[1],
        "blue" => c[2],
        "alpha" => c[3],
        _ => luma(c),
    }
}

/// Asserts that premultiplied colours agree.
fn close(got: &[Rgba], want: impl Fn(usize, usize) -> Rgba, room: f64, what: &str) {
    for (i, g) in got.iter().enumerate() {
        let w = want(i % W, i / W);
        let g = [g[0] * g[3], g[1] * g[3], g[2] * g[3], g[3]];
        assert!((0..4).all(|k| (g[k] - w[k]).abs() < room), "{what} at ({}, {}): {g:?}, not {w:?}", i % W, i / W);
    }
}

#[test]
fn displacement_is_twice_the_distance_from_gray() {
    let (source, a) = drawn_by(W, H, scene);
    let (of_map, m) = drawn_by(W, H, map);
    let mirror = |i: i64, n: i64| {
        let r = i.rem_euclid(2 * n);
        Some(if r < n { r } else { 2 * n - 1 - r } as usize)
    };
    type Edge = fn(i64, i64) -> Option<usize>;
    let edges: [(&str, Edge); 4] = [
        ("clamp", clamp),
        ("mirror", mirror),
        ("repeat", clamp),
        ("transparent", |i, n| (0..n).contains(&i).then_some(i as usize)),
    ];
    for (k, (horizontal, vertical)) in
        [("red", "green"), ("blue", "luma"), ("alpha", "red"), ("luma", "alpha")].into_iter().enumerate()
    {
        let (name, edge) = edges[k];
        let (ax, ay) = (9.0, -7.0);
        let set =
            [("horizontal", t(horizontal)), ("vertical", t(vertical)), ("amountX", n(ax)), ("amountY", n(ay)), ("edge", t(name))];
        let used = with_layers(used("displacement-map", &set), &layer(media("m")));
        let got = draw(Layer { effects: vec![used], ..layer(media("a")) }, W, H, &[("a", &a), ("m", &m)], false);
        let want = |x: usize, y: usize| {
            let c = of_map[y * W + x];
            let shift = |which, amount: f64| 2.0 * amount * c[3] * (channel(c, which) - 0.5);
            let (x, y) = (x as f64 + 0.5 - shift(horizontal, ax), y as f64 + 0.5 - shift(vertical, ay));
            // The repeated picture has no interpolated seam.
            let (x, y) = if name == "repeat" { (x.rem_euclid(W as f64), y.rem_euclid(H as f64)) } else { (x, y) };
            sampled(&source, x, y, edge)
        };
        close(&got, want, 1e-4, &format!("{horizontal}, {vertical}, {name}"));
    }
}

/// By whole pixels: white moves right and down by the amounts, black in the opposite direction, mid
/// grey and transparent pixels not at all; also in linear light.
#[test]
fn white_moves_one_way_and_black_the_other() {
    let (source, a) = drawn_by(W, H, scene);
    for linear in [false, true] {
        for (color, x, y) in [
            ([1.0, 1.0, 1.0, 1.0], 4i64, 3i64),
            ([0.0, 0.0, 0.0, 1.0], -4, -3),
            ([0.5, 0.5, 0.5, 1.0], 0, 0),
            ([1.0, 0.0, 0.5, 1.0], 4, -3),
            ([1.0, 0.0, 0.5, 0.0], 0, 0),
        ] {
            let by = layer(Content::Solid(color));
            let used = with_layers(used("displacement-map", &[("amountX", n(4.0)), ("amountY", n(3.0))]), &by);
            let got = draw(Layer { effects: vec![used], ..layer(media("a")) }, W, H, &[("a", &a)], linear);
            let want = |i: usize, j: usize| {
                let from = clamp(i as i64 - x, W as i64).zip(clamp(j as i64 - y, H as i64)).unwrap();
                source[from.1 * W + from.0]
            };
            close(&got, want, if linear { 4e-3 } else { 1e-5 }, &format!("{color:?}, linear {linear}"));
        }
    }
}

/// The map is the other layer as placed on the canvas, opacity included, stretched over a layer of
/// another size.
#[test]
fn the_map_is_stretched_over_the_layer() {
    let (source, a) = drawn_by(W, H, scene);
    // On a canvas twice as wide and three times as high, white over the left half.
    let by = Layer {
        transform: Transform { fit: Fit::Stretch, scale: [0.5, 1.0], position_px: [-(W as f32) / 2.0, 0.0], ..Transform::IDENTITY },
        opacity: 0.5,
        ..layer(Content::Solid([1.0; 4]))
    };
    let used = with_layers(used("displacement-map", &[("amountX", n(8.0)), ("amountY", n(0.0))]), &by);
    let top = Layer { effects: vec![used], transform: Transform { fit: Fit::Native, ..Transform::IDENTITY }, ..layer(media("a")) };
    let got = draw(top, 2 * W, 3 * H, &[("a", &a)], false);
    for y in 0..H {
        for x in (0..W).filter(|x| x.abs_diff(W / 2) > 3) {
            let px = got[(y + H) * 2 * W + x + W / 2];
            let from = if x < W / 2 { x.saturating_sub(4) } else { x };
            let want = source[y * W + from];
            assert!((0..4).all(|k| (px[k] - want[k]).abs() < 1e-4), "({x}, {y}): {px:?}, not {want:?}");
        }
    }
}

fn wipe(progress: f32, set: &[(&str, ParamValue)], from: Option<Layer>, to: Option<Layer>, by: Content) -> Layer {
    let spec = transition("luma-wipe");
    let value = |id: &str| set.iter().find(|(n, _)| *n == id).map(|(_, v)| v.clone());
    let params = spec.params.iter().map(|p| value(p.id).unwrap_or_else(|| p.kind.default_value()));
    let (from, to) = (from.map(Box::new), to.map(Box::new));
    let inputs = vec![Layer { transform: Transform { fit: Fit::Stretch, ..Transform::IDENTITY }, ..layer(by) }];
    layer(Content::Transition { transition: spec, params: params.collect(), progress, from, to, inputs })
}

#[test]
fn a_luma_wipe_follows_brightness() {
    let (from, a) = drawn_by(W, H, scene);
    let (to, b) = drawn_by(W, H, |x, y| scene(W - 1 - x, H - 1 - y).map(|v| v * 0.9));
    let (of_map, m) = drawn_by(W, H, map);
    let pictures = [("a", &a), ("b", &b), ("m", &m)];
    for (progress, softness, invert) in
        [(0.0, 0.1, false), (0.3, 0.1, false), (0.5, 0.6, true), (0.8, 1.0, false), (0.6, 0.02, true), (1.0, 0.0, false)]
    {
        let set = [("softness", n(softness)), ("invert", ParamValue::Bool(invert))];
        let top = wipe(progress, &set, Some(layer(media("a"))), Some(layer(media("b"))), media("m"));
        let got = draw(top, W, H, &pictures, false);
        let (p, s) = (f64::from(progress), softness.max(1.0 / 1024.0));
        let want = |x: usize, y: usize| {
            let i = y * W + x;
            let l = luma(of_map[i]) * of_map[i][3];
            let l = if invert { 1.0 - l } else { l };
            let k = 1.0 - smoothstep(p * (1.0 + s) - s, p * (1.0 + s), l);
            // Premultiplied.
            let (f, t) = (from[i], to[i]);
            std::array::from_fn(|c| {
                let of = |p: Rgba| if c < 3 { p[c] * p[3] } else { p[3] };
                of(f) * (1.0 - k) + of(t) * k
            })
        };
        close(&got, want, 1e-4, &format!("{progress}, softness {softness}, invert {invert}"));
    }
}

/// Display-encoded grey of 0.3 counts as 0.3 in linear light too, and a missing side is
/// transparent.
#[test]
fn the_image_is_display_encoded_and_sides_may_be_missing() {
    let (_, a) = drawn_by(W, H, |_, _| [1.0; 4]);
    for linear in [false, true] {
        let top = wipe(0.5, &[("softness", n(1.0))], None, Some(layer(media("a"))), Content::Solid([0.3, 0.3, 0.3, 1.0]));
        let got = draw(top, W, H, &[("a", &a)], linear);
        let k = 1.0 - smoothstep(0.0, 1.0, 0.3);
        assert!(
            got.iter().all(|px| (px[3] - k).abs() < 2e-3 && (px[0] - 1.0).abs() < 2e-3),
            "{:?}, not {k}, linear {linear}",
            got[0]
        );
    }
}

/// Tests that compare effects with expected values (`oracles.rs`).
pub const ORACLES: &[Oracle] = list![
    displacement_is_twice_the_distance_from_gray,
    white_moves_one_way_and_black_the_other,
    the_map_is_stretched_over_the_layer,
];
