//! Plans drawn at a half and a quarter, against the whole picture reduced by the mean of its pixels.
use crate::{gpu_cases, support::*};
use cutroom_effects::{EFFECTS, TRANSITIONS};
use cutroom_render::{Backend, OutputSpec, RenderOptions, Renderer};
use cutroom_timeline::{
    Align, Alignment, Box2, Content, EffectUse, Fit, FramePlan, Layer, MaskMode, MaskUse, MatteUse, Outline, Placement,
    RenderScale, Transform,
};
use cutroom_types::{Affine, BezierPath, Picture, PictureFormat, Size};

/// Divisible by 4.
const CANVAS: Size = Size { width: 384, height: 216 };
/// Largest mean difference in codes of 8 bits.
const MEAN: f64 = 2.0;
/// Largest difference of 99 of 100 samples at a half, and at a quarter, where a pixel is 16 of the
/// picture, and edges are a larger part of it.
const MOST: [f64; 2] = [12.0, 26.0];
/// Largest mean difference of what [`EDGES`] names.
const MEAN_OF_EDGES: f64 = 5.0;
/// Largest difference of the mean brightness of what [`GRAINS`] names.
const BRIGHTNESS: f64 = 3.0;

/// What differs at its edges, and why; only means are compared.
const EDGES: &[(&str, &str)] = &[
    ("checkerboard", "edges between whole pixels only"),
    ("edge-detect", "lines that are one pixel wide"),
    ("threshold", "black or white, and a mean of both only if reduced afterwards"),
    ("posterize", "as threshold"),
    ("log-convert", "a steep curve"),
    ("center-wipe", "edges between whole pixels only"),
    ("barn-door-vertical", "edges between whole pixels only"),
    ("checker-wipe", "edges between whole pixels only"),
    ("doom-bars", "edges between whole pixels only"),
    ("film-burn", "a steep curve"),
    ("crt-collapse", "a line of few pixels"),
    ("mosaic-glitch", "cells of few pixels"),
    ("signal-tear", "rows of few pixels"),
    ("data-corrupt", "cells of few pixels"),
    ("paint-splatter", "small spots"),
    ("polka-dot-curtain", "small dots"),
    ("random-blocks", "edges between whole pixels only"),
    ("venetian-blinds-h", "edges between whole pixels only"),
    ("venetian-blinds-v", "edges between whole pixels only"),
    ("shatter-glass", "small splinters"),
];

/// What consists of single pixels or rows; only the mean brightness is compared.
const GRAINS: &[&str] = &["grain", "noise", "scanlines", "tv-static", "scanline-glitch", "noise-dissolve"];

/// It finds how the one picture moves to the other. These have nothing to do with each other, so what
/// it finds depends on single pixels.
const LEFT_OUT: &str = "optical-flow";

/// A picture with soft waves, edges and areas, whose details are several pixels large at a quarter.
fn scene(format: PictureFormat, size: Size, seed: u32) -> Picture {
    let buffers = (0..format.plane_count()).map(|k| {
        let p = format.plane_size(k, size);
        let value = |i: u32| {
            let (x, y) = (f64::from(i % p.width) / f64::from(p.width), f64::from(i / p.width) / f64::from(p.height));
            let s = f64::from(seed);
            let wave = (x * 9.0 + s).sin() * 30.0 + (y * 7.0 - x * 4.0 + s * 2.0).cos() * 25.0;
            let block = if ((x * 4.0 + s * 0.3) as u32 + (y * 3.0) as u32).is_multiple_of(2) { 25.0 } else { -25.0 };
            if format.is_chroma(k) { 128.0 + wave * 0.5 + block * 0.3 * (f64::from(k as u32) - 1.5) } else { 120.0 + wave + block }
        };
        (0..p.width * p.height).map(|i| value(i) as u8).collect()
    });
    Picture::from_planes(format, size, cutroom_types::ColorTags::BT709, buffers.collect()).unwrap()
}

fn pictures() -> Pictures {
    let of = |w, h, seed| scene(PictureFormat::YUV420P8, size(w, h), seed);
    let (a, b, other, small) = (of(768, 432, 1), of(480, 360, 2), of(480, 360, 3), of(141, 107, 4));
    Pictures::of(&[("a", &a), ("b", &b), ("other", &other), ("small", &small)])
}

/// Samples of the planes reduced by `n` in both directions.
fn reduced(p: &Picture, n: usize) -> Vec<f64> {
    let (w, h) = (p.size.width as usize / n, p.size.height as usize / n);
    let mut out = Vec::with_capacity(3 * w * h);
    for k in 0..3 {
        for y in 0..h {
            for x in 0..w {
                let sum: u32 = (0..n * n).map(|i| p.sample(k, x * n + i % n, y * n + i / n)).sum();
                out.push(f64::from(sum) / (n * n) as f64);
            }
        }
    }
    out
}

struct Checked {
    renderer: Renderer,
    pictures: Pictures,
    wrong: Vec<String>,
    count: usize,
}

impl Checked {
    fn new() -> Self {
        let options = RenderOptions { backend: Backend::Cpu, threads: 0, ..RenderOptions::default() };
        Self { renderer: Renderer::new(options).unwrap(), pictures: pictures(), wrong: Vec::new(), count: 0 }
    }

    fn check(&mut self, name: &str, plan: &FramePlan) {
        let output: OutputSpec = output(YUV444);
        let whole = self.renderer.render(plan, &self.pictures, &output).unwrap_or_else(|e| panic!("{name}: {e}"));
        for (n, limit) in [2usize, 4].into_iter().zip(MOST) {
            let scaled = plan.at_scale(RenderScale::new(1.0 / n as f64).unwrap());
            let got = self.renderer.render(&scaled, &self.pictures, &output).unwrap_or_else(|e| panic!("{name} at 1/{n}: {e}"));
            let (want, got) = (reduced(&whole, n), reduced(&got, 1));
            assert_eq!(want.len(), got.len(), "{name}");
            let mut off: Vec<f64> = want.iter().zip(&got).map(|(a, b)| (a - b).abs()).collect();
            off.sort_by(f64::total_cmp);
            let mean = off.iter().sum::<f64>() / off.len() as f64;
            let most = off[off.len() * 99 / 100];
            let luma = want.len() / 3;
            let bright = |v: &[f64]| v[..luma].iter().sum::<f64>() / luma as f64;
            let brightness = (bright(&want) - bright(&got)).abs();
            let is = |id: &str| name.split(' ').next() == Some(id);
            let fails = if GRAINS.iter().any(|id| is(id)) {
                brightness > BRIGHTNESS
            } else if EDGES.iter().any(|(id, _)| is(id)) {
                mean > MEAN_OF_EDGES
            } else {
                mean > MEAN || most > limit
            };
            if fails {
                self.wrong.push(format!("{name} at 1/{n}: mean {mean:.2}, 99 % {most:.1}, brightness {brightness:.2}"));
            }
            self.count += 1;
        }
    }

    fn finish(self, least: usize) {
        assert!(self.wrong.is_empty(), "{} of {}:\n{}", self.wrong.len(), self.count, self.wrong.join("\n"));
        assert!(self.count >= least, "{}", self.count);
    }
}

fn on(layers: Vec<Layer>, linear: bool) -> FramePlan {
    plan(canvas(CANVAS, linear), layers)
}

fn inset(content: Content) -> Layer {
    Layer { transform: Transform { scale: [0.7; 2], position_px: [9.0, -5.0], ..Transform::IDENTITY }, ..layer(content) }
}

/// An effect with pictures for all that it reads.
fn ready(used: EffectUse) -> EffectUse {
    if used.effect.spec().track_count() > 0 { with_layers(used, &layer(media("a"))) } else { gpu_cases::with_inputs(used, "other") }
}

/// Every effect on a file, on a nested composition, and on all that is below.
#[test]
fn effects_look_the_same_with_fewer_pixels() {
    let mut checked = Checked::new();
    let inner = || plan(canvas(CANVAS, false), vec![layer(media("a")), inset(media("b"))]);
    for entry in EFFECTS.iter().filter(|e| gpu_cases::is_drawn(e)) {
        let usual = effect(entry.id, &[]);
        for (kind, used) in [("with defaults", usual.clone()), ("changed", gpu_cases::moved(spec(entry.id)))] {
            let top = Layer { effects: vec![ready(used)], ..inset(media("b")) };
            checked.check(&format!("{} {kind}", entry.id), &on(vec![layer(media("a")), top], false));
        }
        let is_alone = gpu_cases::other_times(&usual).is_empty();
        if is_alone {
            let nested = Layer { effects: vec![ready(usual.clone())], ..inset(Content::Composition(Box::new(inner()))) };
            checked.check(&format!("{} on a composition", entry.id), &on(vec![layer(media("b")), nested], true));
            let all = Layer { effects: vec![ready(usual)], ..layer(Content::Backdrop) };
            checked.check(&format!("{} on all", entry.id), &on(vec![layer(media("a")), inset(media("b")), all], false));
        }
    }
    checked.finish(300);
}

#[test]
fn transitions_look_the_same_with_fewer_pixels() {
    let mut checked = Checked::new();
    for entry in TRANSITIONS.iter().filter(|t| t.id != LEFT_OUT) {
        for progress in [0.3, 0.8] {
            let top = gpu_cases::transition(entry.id, progress, layer(media("a")), inset(media("b")));
            checked.check(&format!("{} at {progress}", entry.id), &on(vec![top], false));
        }
    }
    checked.finish(300);
}

/// Masks, mattes, parents, motion blur, places, text and shapes.
#[test]
fn layers_look_the_same_with_fewer_pixels() {
    let mut checked = Checked::new();
    let mask = |outline, feather_px, expansion_px| MaskUse {
        outline,
        mode: MaskMode::Add,
        inverted: false,
        opacity: 0.9,
        feather_px,
        edge_feather_px: vec![],
        expansion_px,
    };
    let box2 = Box2 { center: [0.45, 0.5], size: [0.7, 0.6], rotation_degrees: 15.0, corner_radius_px: 20.0 };
    let path = BezierPath::polygon(&[[0.1, 0.1], [0.9, 0.3], [0.6, 0.9], [0.2, 0.7]]);
    let masks = [
        ("rectangle", mask(Outline::Rectangle(box2), 0.0, 0.0)),
        ("soft rectangle", mask(Outline::Rectangle(box2), 16.0, 6.0)),
        ("ellipse", mask(Outline::Ellipse(box2), 24.0, -4.0)),
        ("path", mask(Outline::Path(path.clone()), 10.0, 0.0)),
        ("edges", MaskUse { edge_feather_px: vec![(1, 30.0)], ..mask(Outline::Path(path), 4.0, 3.0) }),
    ];
    for (name, mask) in masks {
        for content in [media("b"), Content::Solid([0.9, 0.2, 0.1, 0.8])] {
            let after = Layer {
                masks: vec![mask.clone()],
                masks_after_effects: true,
                effects: vec![effect("gaussian-blur", &[("radius", 6.0)])],
                ..inset(content.clone())
            };
            checked.check(&format!("{name} after a blur"), &on(vec![layer(media("a")), after], false));
            for linear in [false, true] {
                let top = Layer { masks: vec![mask.clone()], ..inset(content.clone()) };
                checked.check(name, &on(vec![layer(media("a")), top], linear));
            }
        }
    }
    let moving = |i: i32| Placement {
        transform: Transform {
            position_px: [4.0 * i as f32, 2.0 * i as f32],
            rotation_degrees: 3.0 * i as f32,
            ..inset(media("b")).transform
        },
        parent: Affine::translate(f64::from(i), 0.0),
    };
    let native = |t: Transform| Layer { transform: Transform { fit: Fit::Native, ..t }, ..layer(media("small")) };
    let corner = |point| Alignment { point, margin_px: [12.0, 8.0] };
    let blur = || vec![effect("gaussian-blur", &[("radius", 5.0)]), effect("drop-shadow", &[("distance", 8.0), ("opacity", 0.8)])];
    for (name, top) in [
        ("moving", Layer { shutter: (0..8).map(moving).collect(), ..inset(media("b")) }),
        ("bound", Layer { parent: Affine::translate(20.0, -9.0).after(&Affine::rotate_degrees(12.0)), ..inset(media("b")) }),
        ("native", native(Transform::IDENTITY)),
        (
            "native, moved and turned",
            native(Transform { position_px: [30.0, 12.0], rotation_degrees: 25.0, scale: [1.5; 2], ..Transform::IDENTITY }),
        ),
        ("native, aligned", native(Transform { align: Some(corner(Align::BottomRight)), ..Transform::IDENTITY })),
        (
            "native with lengths",
            Layer { effects: blur(), masks: vec![mask(Outline::Ellipse(box2), 9.0, 2.0)], ..native(Transform::IDENTITY) },
        ),
        (
            "aligned",
            Layer {
                transform: Transform { align: Some(corner(Align::TopLeft)), scale: [0.5; 2], ..Transform::IDENTITY },
                ..layer(media("b"))
            },
        ),
        ("cropped", Layer { transform: Transform { crop: [0.1, 0.2, 0.3, 0.1], ..Transform::IDENTITY }, ..layer(media("b")) }),
        (
            "matte",
            Layer {
                matte: Some(Box::new(MatteUse {
                    layer: Layer { masks: vec![mask(Outline::Ellipse(box2), 9.0, 2.0)], ..layer(media("a")) },
                    luma: true,
                    inverted: false,
                })),
                ..inset(media("b"))
            },
        ),
    ] {
        checked.check(name, &on(vec![layer(media("a")), top], false));
    }
    for case in crate::drawings::cases() {
        let mut plan = case.plan;
        plan.canvas.size = CANVAS;
        plan.layers[0] = layer(media("a"));
        checked.check(&format!("drawing {}", case.name), &plan);
        // In a composition of another size that is shown pixel for pixel.
        let mut inner = plan.clone();
        inner.canvas.size = size(320, 192);
        let nested = Layer {
            transform: Transform { fit: Fit::Native, position_px: [8.0, 4.0], ..Transform::IDENTITY },
            ..layer(Content::Composition(Box::new(inner)))
        };
        checked.check(&format!("nested drawing {}", case.name), &on(vec![layer(media("b")), nested], true));
    }
    checked.finish(100);
}

/// Twice as many pixels show the same, too: reduced again they are the picture.
#[test]
fn an_enlarged_plan_reduces_to_the_picture() {
    let mut checked = Checked::new();
    for case in crate::drawings::cases() {
        let mut plan = case.plan;
        plan.canvas.size = size(192, 108);
        plan.layers[0] = layer(media("a"));
        // The whole picture is that of twice the size; the plan is its half.
        checked.check(&case.name, &plan.at_scale(RenderScale::new(2.0).unwrap()));
    }
    checked.finish(20);
}
