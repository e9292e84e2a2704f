//! Text and shapes as layers: on both back ends, in every place of a layer, against what they are
//! without it.
use crate::{gpu_cases::Case, support::*};
use cutroom_drawing::{Drawer, FontSet};
use cutroom_render::{cpu::CpuRenderer, lower::working_space};
use cutroom_timeline::{
    Box2, Canvas, Content, Drawing, EffectUse, Fit, Layer, MaskMode, MaskUse, Outline, Transform,
    drawing::{
        CombinedOutline, Copies, DrawingContent, Paint, Shadow, Shape, ShapeGroup, ShapeOutline, TextAlign, TextBlock, TextStyle,
    },
};
use cutroom_types::{Picture, PictureFormat, Size};
use std::sync::Arc;

const CANVAS: Size = Size { width: 160, height: 90 };

fn text(words: &str) -> Drawing {
    let fill = Some(Paint::Solid([1.0, 0.8, 0.2, 1.0]));
    let style = TextStyle { weight: 700.0, fill, ..TextStyle::plain(30.0) };
    let shadow = Shadow { color: [0.0, 0.0, 0.0, 0.8], offset_px: [6.0, 5.0], sigma_px: 2.0, spread_px: 0.0 };
    let block = TextBlock { shadows: vec![shadow], ..TextBlock::plain(words, style, TextAlign::Center) };
    Drawing { canvas: CANVAS, content: DrawingContent::Text(Box::new(block)) }
}

fn disc() -> Drawing {
    let outline = ShapeOutline::Ellipse { center: [0.0; 2], size: [60.0, 60.0], rotation_degrees: 0.0 };
    let shape = Shape {
        outlines: vec![CombinedOutline { outline, mode: MaskMode::Add }],
        fill: Some(Paint::Solid([0.2, 0.6, 1.0, 0.7])),
        strokes: vec![],
        trim: None,
        round_px: 0.0,
        copies: Copies::ONCE,
        opacity: 1.0,
    };
    let group = ShapeGroup { size_px: [160.0, 90.0], shapes: vec![shape], shadows: vec![] };
    Drawing { canvas: CANVAS, content: DrawingContent::Shapes(Box::new(group)) }
}

fn drawn(drawing: Drawing) -> Layer {
    let mut layer = layer(Content::Drawing(Arc::new(drawing)));
    layer.transform.fit = Fit::Native;
    layer
}

fn effect(id: &str) -> EffectUse {
    let entry = spec(id);
    EffectUse::new(entry, entry.params.iter().map(|p| p.kind.default_value()).collect())
}

/// Drawings in every place of a layer.
pub fn cases() -> Vec<Case> {
    let back = picture(PictureFormat::YUV420P8, CANVAS, 3);
    let moved = |t: Transform| Layer { transform: Transform { fit: Fit::Native, ..t }, ..drawn(text("Ag 字")) };
    let mask = MaskUse {
        outline: Outline::Ellipse(Box2 { center: [0.5; 2], size: [0.8, 0.7], rotation_degrees: 0.0, corner_radius_px: 0.0 }),
        mode: MaskMode::Add,
        inverted: false,
        opacity: 1.0,
        feather_px: 6.0,
        edge_feather_px: vec![],
        expansion_px: 0.0,
    };
    let layers = [
        ("plain", drawn(text("Ag 字"))),
        ("between pixels", moved(Transform { position_px: [10.3, -4.6], ..Transform::IDENTITY })),
        ("enlarged", moved(Transform { scale: [2.5, 1.5], ..Transform::IDENTITY })),
        ("reduced", moved(Transform { scale: [0.4, 0.4], ..Transform::IDENTITY })),
        ("turned", moved(Transform { rotation_degrees: 30.0, ..Transform::IDENTITY })),
        ("cropped", moved(Transform { crop: [0.2, 0.0, 0.3, 0.0], ..Transform::IDENTITY })),
        ("half transparent", Layer { opacity: 0.5, ..drawn(text("Ag 字")) }),
        ("blurred", Layer { effects: vec![effect("gaussian-blur")], ..drawn(text("Ag 字")) }),
        ("masked", Layer { masks: vec![mask], ..drawn(text("Ag 字")) }),
        ("screened", Layer { blend: blend_mode("screen"), ..drawn(text("Ag 字")) }),
        ("emoji", drawn(text("😀🇯🇵"))),
        ("disc", drawn(disc())),
    ];
    let mut cases = Vec::new();
    for (name, layer) in layers {
        for linear in [false, true] {
            cases.push(Case {
                name: format!("{name}{}", if linear { ", linear light" } else { "" }),
                plan: plan(canvas(CANVAS, linear), vec![self::layer_of("v"), layer.clone()]),
                pictures: Pictures::of(&[("v", &back)]),
                output: output(YUV444),
                max_codes: 1.0,
            });
        }
    }
    // In the code values of the picture below.
    let nested = {
        let own = plan(Canvas { background: [0.0; 4], ..canvas(CANVAS, false) }, vec![drawn(text("Ag")), drawn(disc())]);
        layer(Content::Composition(Box::new(own)))
    };
    let odd = moved(Transform { position_px: [-71.0, 37.0], ..Transform::IDENTITY });
    for (name, above) in [
        ("over planes", vec![drawn(text("Ag 字")), Layer { opacity: 0.4, ..drawn(disc()) }]),
        ("over planes, at a corner", vec![odd]),
        ("over planes, nested", vec![nested]),
    ] {
        for format in [PictureFormat::YUV420P8, PictureFormat::yuv(10, 1, 0)] {
            let back = picture(format, CANVAS, 4);
            cases.push(Case {
                name: format!("{name}, {format}"),
                plan: plan(canvas(CANVAS, false), std::iter::once(self::layer_of("v")).chain(above.clone()).collect()),
                pictures: Pictures::of(&[("v", &back)]),
                output: output(format),
                max_codes: 1.0,
            });
        }
    }
    cases
}

fn layer_of(id: &str) -> Layer {
    layer(media(id))
}

#[test]
fn both_back_ends_draw_text_and_shapes_alike() {
    crate::gpu_parity::check(cases());
}

fn frame(layers: Vec<Layer>) -> Picture {
    let case = Case {
        name: "drawing".into(),
        plan: plan(canvas(CANVAS, false), layers),
        pictures: Pictures::default(),
        output: output(PictureFormat::RGB_FLOAT),
        max_codes: 0.0,
    };
    CpuRenderer::new(1).unwrap().run(&crate::gpu_cases::program(&case), &case.output).unwrap()
}

fn value(p: &Picture, channel: usize, x: i32, y: i32) -> f32 {
    f32::from_bits(p.sample(channel, x as usize, y as usize))
}

/// In the middle of the canvas and not transformed, a text is what `drawing` makes of it over black,
/// to the bit.
#[test]
fn a_text_that_is_not_transformed_is_drawn_as_it_is() {
    let drawing = text("Ag 字");
    let plan = plan(canvas(CANVAS, false), vec![]);
    let own = Drawer::default().draw(&drawing, 1.0, working_space(&plan.canvas), &FontSet::shipped()).unwrap();
    let picture = own.picture().unwrap();
    let all = frame(vec![drawn(drawing)]);
    let corner = [(160 - own.content.width as i32) / 2, (90 - own.content.height as i32) / 2];
    let mut inside = 0;
    for y in 0..90 {
        for x in 0..160 {
            let (px, py) = (x - corner[0] - own.origin[0], y - corner[1] - own.origin[1]);
            let covered = px >= 0 && py >= 0 && px < picture.size.width as i32 && py < picture.size.height as i32;
            for c in 0..3 {
                let want = if covered { value(&picture, c, px, py) } else { 0.0 };
                assert!((value(&all, c, x, y) - want).abs() < 1e-6, "{x} {y} {c}: {} {want}", value(&all, c, x, y));
            }
            inside += usize::from(covered);
        }
    }
    assert!(inside > 1000);
}

/// Enlarged by two, a text has edges as sharp as one of twice the size: it is drawn anew, not
/// stretched.
#[test]
fn an_enlarged_text_is_sharp() {
    let Drawing { content: DrawingContent::Text(mut block), .. } = text("Il") else { unreachable!() };
    block.shadows.clear();
    let small = Drawing { canvas: CANVAS, content: DrawingContent::Text(block.clone()) };
    block.runs[0].style.size_px *= 2.0;
    // The optical size is that of the smaller one.
    block.runs[0].style.axes = vec![(*b"opsz", 30.0)];
    let large = Drawing { canvas: CANVAS, content: DrawingContent::Text(block) };
    let mut enlarged = drawn(small);
    enlarged.transform.scale = [2.0; 2];
    let (a, b) = (frame(vec![enlarged]), frame(vec![drawn(large)]));
    let mut sum = 0.0;
    for y in 0..90 {
        for x in 0..160 {
            sum += f64::from((value(&a, 0, x, y) - value(&b, 0, x, y)).abs());
        }
    }
    // Boxes are whole pixels, so one may lie half a pixel from the other.
    assert!(sum / (160.0 * 90.0) < 0.02, "{}", sum / (160.0 * 90.0));
}

/// What reaches beyond the box of a text, such as its shadow, is not cut off by effects and masks
/// that do not cut it.
#[test]
fn shadows_survive_effects() {
    let plain = frame(vec![layer(Content::Solid([1.0; 4])), drawn(text("Ag"))]);
    let mut with_effect = drawn(text("Ag"));
    let mut nothing = effect("gaussian-blur");
    set_param(&mut nothing, "radius", cutroom_types::ParamValue::Number(0.3));
    with_effect.effects = vec![nothing];
    let soft = frame(vec![layer(Content::Solid([1.0; 4])), with_effect]);
    for y in 0..90 {
        for x in 0..160 {
            let (a, b) = (value(&plain, 1, x, y), value(&soft, 1, x, y));
            assert!((a - b).abs() < 0.35, "{x} {y}: {a} {b}");
        }
    }
}

/// Over a picture in the output's format only the pixels of the letters are computed, in code values:
/// limited-range BT.709 of the drawn colour over the picture's (ITU-R BT.709-6, 3.2 to 3.5), and chroma
/// from the six pixels around its place at the left of its block.
#[test]
fn a_text_over_a_picture_of_the_outputs_format_is_drawn_in_its_code_values() {
    let noise = picture(PictureFormat::YUV420P8, CANVAS, 3);
    let drawing = text("Ag 字");
    for opacity in [1.0f32, 0.6] {
        let case = Case {
            name: "over planes".into(),
            plan: plan(canvas(CANVAS, false), vec![layer_of("v"), Layer { opacity, ..drawn(drawing.clone()) }]),
            pictures: Pictures::of(&[("v", &noise)]),
            output: output(PictureFormat::YUV420P8),
            max_codes: 1.0,
        };
        let out = CpuRenderer::new(1).unwrap().run(&crate::gpu_cases::program(&case), &case.output).unwrap();
        let own = Drawer::default().draw(&drawing, 1.0, working_space(&case.plan.canvas), &FontSet::shipped()).unwrap();
        let corner = [(160 - own.content.width as i32) / 2 + own.origin[0], (90 - own.content.height as i32) / 2 + own.origin[1]];
        let surface = own.surface().unwrap();
        let ink = |x: i32, y: i32| surface.at(x.clamp(0, 159) - corner[0] + own.origin[0], y - corner[1] + own.origin[1]);
        let codes = |k: usize, [r, g, b, a]: [f64; 4]| {
            let y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
            match k {
                0 => 16.0 * a + 219.0 * y,
                1 => 128.0 * a + 224.0 * (b - y) / 1.8556,
                _ => 128.0 * a + 224.0 * (r - y) / 1.5748,
            }
        };
        let mut changed = 0;
        for k in 0..3 {
            let (w, h) = if k == 0 { (160, 90) } else { (80, 45) };
            for y in 0..h {
                for x in 0..w {
                    let mut mean = [0.0f64; 4];
                    let taps: &[(i32, i32, f64)] = if k == 0 {
                        &[(0, 0, 1.0)]
                    } else {
                        &[(-1, 0, 0.125), (0, 0, 0.25), (1, 0, 0.125), (-1, 1, 0.125), (0, 1, 0.25), (1, 1, 0.125)]
                    };
                    let step = if k == 0 { 1 } else { 2 };
                    for (dx, dy, weight) in taps {
                        let px = ink(x * step + dx, y * step + dy);
                        (0..4).for_each(|c| mean[c] += f64::from(px[c]) * weight);
                    }
                    let below = f64::from(noise.sample(k, x as usize, y as usize));
                    let want = below + (codes(k, mean) - below * mean[3]) * f64::from(opacity);
                    let got = f64::from(out.sample(k, x as usize, y as usize));
                    assert!((got - want).abs() < 0.51, "{opacity} plane {k} at {x} {y}: {got} for {want}");
                    changed += usize::from(mean[3] > 0.0);
                }
            }
        }
        assert!(changed > 1000, "{changed}");
    }
}

/// In linear light, too, only the parts with letters are computed: elsewhere the planes are the picture's,
/// and the letters are those of a film in which everything is computed.
#[test]
fn a_text_in_linear_light_leaves_the_rest_of_the_picture_as_it_is() {
    let noise = picture(YUV444, CANVAS, 3);
    let drawing = text("A  字");
    let case = Case {
        name: "linear".into(),
        plan: plan(canvas(CANVAS, true), vec![layer_of("v"), drawn(drawing.clone())]),
        pictures: Pictures::of(&[("v", &noise)]),
        output: output(YUV444),
        max_codes: 1.0,
    };
    let mut program = crate::gpu_cases::program(&case);
    let some = CpuRenderer::new(1).unwrap().run(&program, &case.output).unwrap();
    program.inks.clear();
    for pass in &mut program.passes {
        if let cutroom_render::program::Pass::Tiles(tiles) = pass {
            tiles.base_copy = None;
        }
    }
    let all = CpuRenderer::new(1).unwrap().run(&program, &case.output).unwrap();
    let own = Drawer::default().draw(&drawing, 1.0, working_space(&case.plan.canvas), &FontSet::shipped()).unwrap();
    let corner = [(160 - own.content.width as i32) / 2, (90 - own.content.height as i32) / 2];
    let (mut same, mut lettered) = (0, 0);
    for y in 0..90 {
        for x in 0..160 {
            let is_inked = own.surface().unwrap().at(x - corner[0], y - corner[1])[3] > 0.0;
            for k in 0..3 {
                let sample = |p: &Picture| p.sample(k, x as usize, y as usize);
                assert!(sample(&some).abs_diff(sample(&all)) <= 1, "plane {k} at {x} {y}");
                if !is_inked {
                    assert_eq!(sample(&some), sample(&noise), "plane {k} at {x} {y}");
                }
            }
            same += usize::from(!is_inked);
            lettered += usize::from(is_inked);
        }
    }
    assert!(same > 8000 && lettered > 500, "{same} {lettered}");
}
