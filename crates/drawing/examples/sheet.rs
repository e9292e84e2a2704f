//! Draws a sheet of texts in several scripts and styles, and of shapes, as PNG files in a folder:
//! `cargo run -p cutroom-drawing --example sheet -- FOLDER`.
use cutroom_drawing::{Drawer, FontSet};
use cutroom_effects::color::WorkingSpace;
use cutroom_timeline::drawing::*;
use cutroom_types::Size;
use std::{fs::File, path::Path};

fn style(size_px: f32) -> TextStyle {
    TextStyle::plain(size_px)
}

fn block(text: &str, style: TextStyle) -> TextBlock {
    let mut block = TextBlock::plain(text, style, TextAlign::Center);
    block.flow.width_px = Some(900.0);
    block
}

fn main() {
    let folder = std::env::args().nth(1).expect("a folder");
    let canvas = Size { width: 1000, height: 500 };
    let mut texts: Vec<(&str, TextBlock)> = vec![];
    texts.push(("scripts", block("Hamburgefonts AVAWA To fi ffl\nΕλληνικά · Русский\n日本語の字幕、漢字かな交じり文。\nمرحبا بالعالم hello 123\nनमस्ते दुनिया क्षत्रिय\nEmoji 😀👍🏽👨‍👩‍👧 🇯🇵 ok", style(48.0))));
    let mut s = style(90.0);
    s.weight = 800.0;
    s.fill = Some(Paint::Gradient(Box::new(Gradient {
        kind: GradientKind::Linear { from: [0.0, 0.0], to: [0.0, 1.0] },
        stops: vec![(0.0, [1.0, 0.9, 0.2, 1.0]), (1.0, [1.0, 0.2, 0.1, 1.0])],
    })));
    s.strokes = vec![Stroke {
        paint: Paint::Solid([0.0, 0.0, 0.0, 1.0]),
        width_px: 8.0,
        position: StrokePosition::Outside,
        join: StrokeJoin::Round,
        cap: StrokeCap::Butt,
        dashes_px: vec![],
        dash_offset_px: 0.0,
    }];
    let mut b = block("Big & bold 2026", s.clone());
    b.shadows = vec![Shadow { color: [0.0, 0.0, 0.0, 0.7], offset_px: [8.0, 10.0], sigma_px: 6.0, spread_px: 0.0 }];
    texts.push(("bold", b));
    let mut v = block("縦書きの日本語、「括弧」と12 ABC。\nゆっくり行こう。", style(44.0));
    v.flow.vertical = true;
    v.flow.width_px = None;
    v.flow.height_px = Some(420.0);
    v.flow.align = TextAlign::Start;
    texts.push(("vertical", v));
    let mut p = block("Text that runs along a circle, all around", style(40.0));
    let k = 0.5519150244935106 * 180.0;
    let vertex =
        |x: f64, y: f64, dx: f64, dy: f64| cutroom_types::Vertex { point: [x, y], tangent_in: [-dx, -dy], tangent_out: [dx, dy] };
    p.path = Some(TextPath {
        path: cutroom_types::BezierPath(vec![
            vertex(-180.0, 0.0, 0.0, -k),
            vertex(0.0, -180.0, k, 0.0),
            vertex(180.0, 0.0, 0.0, k),
            vertex(0.0, 180.0, -k, 0.0),
        ]),
        closed: true,
        offset_px: 0.0,
    });
    p.flow.width_px = None;
    p.flow.align = TextAlign::Left;
    texts.push(("path", p));
    let mut a = block("Animated letters fly in", style(64.0));
    a.background = Some(TextBackground {
        paint: Paint::Solid([0.1, 0.1, 0.3, 0.8]),
        per_line: true,
        padding_px: [20.0, 10.0],
        radius_px: 14.0,
    });
    a.animations = vec![UnitAnimation {
        unit: TextUnit::Character,
        amounts: UnitAmounts {
            time_secs: 0.6,
            from_end: false,
            stagger_secs: 0.05,
            duration_secs: 0.4,
            order: UnitOrder::Forward,
            is_reversed: true,
            ease: Ease::OutCubic,
        },
        target: UnitLook { opacity: 0.0, offset_px: [0.0, 80.0], rotation_degrees: 40.0, sigma_px: 4.0, ..UnitLook::SAME },
    }];
    texts.push(("letters", a));
    let mut drawer = Drawer::default();
    let fonts = FontSet::shipped();
    let mut save = |name: &str, content: DrawingContent| {
        let drawing = Drawing { canvas, content };
        let start = std::time::Instant::now();
        let drawn = drawer.draw(&drawing, 1.0, working(), &fonts).unwrap();
        println!(
            "{name}: {:?} {:?} {:?} in {:.1} ms",
            drawn.content,
            drawn.origin,
            drawn.picture().map(|p| p.size),
            start.elapsed().as_secs_f64() * 1e3
        );
        let mut out = vec![[60u8, 90, 120]; (canvas.width * canvas.height) as usize];
        let (ox, oy) =
            ((canvas.width as i32 - drawn.content.width as i32) / 2, (canvas.height as i32 - drawn.content.height as i32) / 2);
        if let Some(p) = drawn.picture() {
            for y in 0..p.size.height as i32 {
                for x in 0..p.size.width as i32 {
                    let (cx, cy) = (ox + drawn.origin[0] + x, oy + drawn.origin[1] + y);
                    if cx < 0 || cy < 0 || cx >= canvas.width as i32 || cy >= canvas.height as i32 {
                        continue;
                    }
                    let v = |c: usize| f32::from_bits(p.sample(c, x as usize, y as usize));
                    let px = &mut out[(cy * canvas.width as i32 + cx) as usize];
                    for (c, out) in px.iter_mut().enumerate() {
                        *out = ((v(c) + (1.0 - v(3)) * f32::from(*out) / 255.0) * 255.0).round().clamp(0.0, 255.0) as u8;
                    }
                }
            }
        }
        let mut encoder =
            png::Encoder::new(File::create(Path::new(&folder).join(format!("{name}.png"))).unwrap(), canvas.width, canvas.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.write_header().unwrap().write_image_data(&out.concat()).unwrap();
    };
    for (name, block) in texts {
        save(name, DrawingContent::Text(Box::new(block)));
    }
    let shape = |outline: ShapeOutline, fill: [f32; 4]| Shape {
        outlines: vec![CombinedOutline { outline, mode: Default::default() }],
        fill: Some(Paint::Solid(fill)),
        strokes: vec![],
        trim: None,
        round_px: 0.0,
        copies: Copies::ONCE,
        opacity: 1.0,
    };
    let mut star = shape(
        ShapeOutline::Star { center: [-300.0, 0.0], points: 5, outer: 120.0, inner: Some(50.0), rotation_degrees: 0.0 },
        [1.0, 0.8, 0.1, 1.0],
    );
    star.round_px = 12.0;
    star.strokes = vec![Stroke { width_px: 6.0, position: StrokePosition::Center, ..s.strokes[0].clone() }];
    let mut union =
        shape(ShapeOutline::Ellipse { center: [0.0, 0.0], size: [200.0, 140.0], rotation_degrees: 20.0 }, [0.2, 0.8, 0.5, 1.0]);
    union.outlines.push(CombinedOutline {
        outline: ShapeOutline::Rectangle { center: [40.0, 20.0], size: [120.0, 120.0], radius: 20.0, rotation_degrees: 0.0 },
        mode: cutroom_types::MaskMode::Difference,
    });
    union.strokes =
        vec![Stroke { width_px: 4.0, position: StrokePosition::Outside, dashes_px: vec![12.0, 6.0], ..s.strokes[0].clone() }];
    let mut ring = shape(
        ShapeOutline::Rectangle { center: [0.0, 0.0], size: [12.0, 40.0], radius: 6.0, rotation_degrees: 0.0 },
        [1.0, 0.4, 0.4, 1.0],
    );
    ring.copies = Copies {
        arrangement: Arrangement::Circle { count: 24, radius: 200.0, start_degrees: 0.0, sweep_degrees: 360.0, turned: true },
        step: CopyStep { rotation_degrees: 0.0, scale: 1.0, opacity: 0.95 },
    };
    let arrow = shape(
        ShapeOutline::Arrow { from: [200.0, 150.0], to: [420.0, -120.0], width: 14.0, head: [50.0, 60.0], both: false },
        [1.0; 4],
    );
    let mut trim = shape(ShapeOutline::Ellipse { center: [320.0, 20.0], size: [160.0, 160.0], rotation_degrees: 0.0 }, [0.0; 4]);
    trim.fill = None;
    trim.trim = Some(Trim { start: 0.1, end: 0.7, offset: 0.0 });
    trim.strokes = vec![Stroke {
        paint: Paint::Gradient(Box::new(Gradient {
            kind: GradientKind::Conic { center: [0.5, 0.5], angle_degrees: 0.0 },
            stops: vec![(0.0, [1.0, 0.0, 0.0, 1.0]), (0.5, [0.0, 1.0, 0.0, 1.0]), (1.0, [0.0, 0.0, 1.0, 1.0])],
        })),
        width_px: 16.0,
        cap: StrokeCap::Round,
        position: StrokePosition::Center,
        ..s.strokes[0].clone()
    }];
    save(
        "shapes",
        DrawingContent::Shapes(Box::new(ShapeGroup {
            size_px: [1000.0, 500.0],
            shapes: vec![star, union, ring, arrow, trim],
            shadows: vec![Shadow { color: [0.0, 0.0, 0.0, 0.5], offset_px: [6.0, 6.0], sigma_px: 5.0, spread_px: 0.0 }],
        })),
    );
}

fn working() -> WorkingSpace {
    WorkingSpace { linear: false, primaries: cutroom_types::Primaries::Bt709, transfer: cutroom_types::Transfer::Bt709 }
}
