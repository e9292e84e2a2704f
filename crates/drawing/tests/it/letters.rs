//! Boxes, fills, strokes, shadows and animations of text.
use crate::support::{CANVAS, WHITE, at, draw, drawn, layout, moments, style, text, working};
use cutroom_drawing::{Drawer, DrawingError, FontSet};
use cutroom_timeline::drawing::*;
use std::sync::Arc;

fn stroke(width_px: f32, position: StrokePosition) -> Stroke {
    Stroke {
        paint: Paint::Solid([1.0, 0.0, 0.0, 1.0]),
        width_px,
        position,
        join: StrokeJoin::Round,
        cap: StrokeCap::Butt,
        dashes_px: vec![],
        dash_offset_px: 0.0,
    }
}

/// The area of Inter's full stop is that of its outline: a rounded square of known sides.
#[test]
fn text_is_as_large_as_its_outline_says() {
    let small = moments(&drawn(&text("■", style(40.0))), 3).0;
    let large = moments(&drawn(&text("■", style(80.0))), 3).0;
    assert!((large / small - 4.0).abs() < 1e-3, "{small} {large}");
    // The same at twice the pixels: four times as many of them.
    let fine = moments(&draw(DrawingContent::Text(Box::new(text("■", style(40.0)))), 2.0), 3).0;
    assert!((fine / small - 4.0).abs() < 1e-3);
}

/// Positions are not rounded to pixels: a hair space moves what follows by less than a pixel.
#[test]
fn letters_stand_between_pixels() {
    let middle = |tracking_px: f32| {
        let mut own = style(30.0);
        own.tracking_px = tracking_px;
        let mut block = text("ll", own);
        block.runs[0].style.fill = Some(Paint::Solid(WHITE));
        let last = layout(&block).glyphs[1].box_from_glyph.translation().x;
        (last, moments(&drawn(&block), 3).1[0])
    };
    let (a, drawn_a) = middle(0.0);
    let (b, drawn_b) = middle(0.25);
    assert!((b - a - 0.25).abs() < 1e-3);
    // The middle of both letters moves by half as much; the box's middle stays where it is.
    assert!((drawn_b - drawn_a).abs() < 0.3, "{drawn_a} {drawn_b}");
}

#[test]
fn text_that_does_not_fit_is_shrunk_clipped_or_an_error() {
    let mut block = text("A long line of words that needs room", style(40.0));
    (block.flow.width_px, block.flow.height_px) = (Some(200.0), Some(60.0));
    block.flow.overflow = Overflow::Shrink;
    let shrunk = layout(&block);
    assert!(shrunk.shrink < 1.0 && shrunk.lines.iter().all(|l| l.y1 <= 60.01 && l.x1 <= 200.01), "{shrunk:?}");
    block.flow.overflow = Overflow::Clip;
    let clipped = drawn(&block);
    assert_eq!(at(&clipped, 3, 100, 70), 0.0);
    assert!(clipped.picture().unwrap().size.height <= 62);
    block.flow.overflow = Overflow::Error;
    let error = cutroom_drawing::layout::arrange(&block, &mut FontSet::shipped()).unwrap_err();
    assert_eq!(error.code(), "drawing.overflow");
    let message = error.to_string();
    assert!(message.contains("has 200×60 px") && message.contains("A long line"), "{message}");
}

/// Inter's lines are 1.21 em high (its table `hhea`), however small.
#[test]
fn lines_of_small_letters_are_low() {
    for size_px in [4.0, 12.5, 18.0, 200.0] {
        let height = layout(&text("Ag", style(size_px))).lines[0].height();
        assert!((height - f64::from(size_px) * 1.21).abs() < 0.01 * f64::from(size_px), "{size_px}: {height}");
    }
}

#[test]
fn a_text_without_end_is_refused() {
    let block = text(&"x ".repeat(5_000_000), style(10.0));
    let error = cutroom_drawing::layout::arrange(&block, &mut FontSet::shipped()).unwrap_err();
    assert!(matches!(error, DrawingError::TooComplex { .. }), "{error}");
}

/// An outside stroke leaves the fill as it is; an inside one leaves the outline as it is.
#[test]
fn strokes_are_where_they_are_put() {
    let plain = moments(&drawn(&text("O", style(100.0))), 3).0;
    let with = |position| {
        let mut own = style(100.0);
        own.strokes = vec![stroke(4.0, position)];
        let drawn = drawn(&text("O", own));
        // Green is that of the fill alone: the stroke is red.
        (moments(&drawn, 3).0, moments(&drawn, 1).0)
    };
    let (outside, fill) = with(StrokePosition::Outside);
    assert!((fill - plain).abs() < plain * 2e-3 && outside > plain * 1.2, "{plain} {outside} {fill}");
    let (inside, fill) = with(StrokePosition::Inside);
    assert!((inside - plain).abs() < plain * 2e-3 && fill < plain * 0.9, "{plain} {inside} {fill}");
}

/// A Gaussian blur keeps the sum and the centroid; the offset moves the centroid.
#[test]
fn a_shadow_is_as_strong_as_the_text_and_moved() {
    let mut own = style(60.0);
    own.fill = None;
    let mut block = text("Sh", own);
    let shadow = Shadow { color: WHITE, offset_px: [0.0; 2], sigma_px: 0.0, spread_px: 0.0 };
    block.shadows = vec![shadow.clone()];
    let (sum, middle) = moments(&drawn(&block), 3);
    block.shadows = vec![Shadow { offset_px: [7.25, -3.5], sigma_px: 5.0, ..shadow }];
    let (soft, moved) = moments(&drawn(&block), 3);
    assert!((soft / sum - 1.0).abs() < 5e-3, "{sum} {soft}");
    assert!((moved[0] - middle[0] - 7.25).abs() < 0.02 && (moved[1] - middle[1] + 3.5).abs() < 0.02, "{middle:?} {moved:?}");
}

/// Halfway along a linear gradient lies the mean of its colours.
#[test]
fn gradients_run_over_the_box() {
    let mut own = style(60.0);
    own.fill = Some(Paint::Gradient(Box::new(Gradient {
        kind: GradientKind::Linear { from: [0.0, 0.0], to: [1.0, 0.0] },
        stops: vec![(0.0, [1.0, 0.0, 0.0, 1.0]), (1.0, [0.0, 0.0, 1.0, 1.0])],
    })));
    let block = text("■■■■■■■■", own);
    let width = layout(&block).size[0];
    let drawn = drawn(&block);
    let y = drawn.content.height as i32 / 2;
    for x in (0..width as i32).filter(|x| at(&drawn, 3, *x, y) == 1.0) {
        let inset = (f64::from(drawn.content.width) - width) / 2.0;
        let t = ((f64::from(x) + 0.5 - inset) / width) as f32;
        assert!((at(&drawn, 0, x, y) - (1.0 - t)).abs() < 2e-3 && (at(&drawn, 2, x, y) - t).abs() < 2e-3, "{x}");
    }
}

fn appearing(time_secs: f64, order: UnitOrder) -> TextBlock {
    let mut block = text("■ ■ ■ ■", style(40.0));
    let amounts = UnitAmounts {
        time_secs,
        from_end: false,
        stagger_secs: 1.0,
        duration_secs: 1.0,
        order,
        is_reversed: true,
        ease: Ease::Linear,
    };
    block.animations =
        vec![UnitAnimation { unit: TextUnit::Character, amounts, target: UnitLook { opacity: 0.0, ..UnitLook::SAME } }];
    block
}

/// Letter `i` has the opacity `clamp(time − i)`, in the order that is asked for.
#[test]
fn letters_appear_one_after_another() {
    let places: Vec<i32> = {
        let block = text("■ ■ ■ ■", style(40.0));
        let drawn = drawn(&block);
        let inset = (f64::from(drawn.content.width) - layout(&block).size[0]) / 2.0;
        layout(&block).glyphs.iter().step_by(2).map(|g| (g.cell.center().x + inset) as i32).collect()
    };
    let alphas = |time: f64, order| {
        let drawn = drawn(&appearing(time, order));
        let y = drawn.content.height as i32 / 2;
        places.iter().map(|x| (at(&drawn, 3, *x, y) * 100.0).round() as i32).collect::<Vec<_>>()
    };
    assert_eq!(alphas(1.5, UnitOrder::Forward), [100, 50, 0, 0]);
    assert_eq!(alphas(1.5, UnitOrder::Backward), [0, 0, 50, 100]);
    assert_eq!(alphas(1.5, UnitOrder::FromMiddle), [0, 50, 50, 0]);
    assert_eq!(alphas(4.0, UnitOrder::Forward), [100, 100, 100, 100]);
    let mut random = alphas(1.0, UnitOrder::Random(7));
    random.sort_unstable();
    assert_eq!(random, [0, 0, 0, 100]);
}

/// Fonts that a text does not use change nothing: the same pixels on machines with different fonts.
#[test]
fn other_fonts_change_nothing() {
    let mut own = style(40.0);
    own.families = vec![Arc::from("Noto Serif")];
    let content = DrawingContent::Text(Box::new(text("Same pixels 字 سلام", own)));
    let drawing = Drawing { canvas: CANVAS, content };
    let bytes = |fonts: &FontSet| {
        let drawn = Drawer::default().draw(&drawing, 1.0, working(), fonts).unwrap();
        drawn.picture().unwrap().planes.iter().map(|p| p.data().to_vec()).collect::<Vec<_>>()
    };
    let mut more = FontSet::shipped();
    // Another family with Latin letters, as a machine may have it.
    let dejavu = std::fs::read("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf");
    let Ok(dejavu) = dejavu else { return eprintln!("skipped: no DejaVu Sans on this machine") };
    more.add("DejaVuSans.ttf", dejavu).unwrap();
    assert_eq!(bytes(&FontSet::shipped()), bytes(&more));
}

#[test]
fn letters_without_a_glyph_are_named() {
    let placed = layout(&text("a한b", style(20.0)));
    assert_eq!(placed.missing.into_iter().collect::<String>(), "한");
}

/// Fonts that end early, have damaged bytes or are no fonts are refused, or drawn with what is whole;
/// nothing panics.
#[test]
fn broken_fonts_are_refused_or_drawn() {
    let whole = include_bytes!("../../fonts/Inter.ttf");
    for len in [0, 1, 12, 1000, whole.len() / 2, whole.len() - 4] {
        assert!(FontSet::shipped().add("cut.ttf", whole[..len].to_vec()).is_err(), "{len} bytes");
    }
    let mut own = style(40.0);
    own.families = vec![Arc::from("Inter")];
    let drawing = Drawing { canvas: CANVAS, content: DrawingContent::Text(Box::new(text("Äfi 1", own))) };
    let mut random = 1u64;
    let mut next = |below: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize % below
    };
    for _ in 0..30 {
        let mut bytes = whole.to_vec();
        for _ in 0..200 {
            let at = next(bytes.len());
            bytes[at] = next(256) as u8;
        }
        let mut fonts = FontSet::shipped();
        if fonts.add("damaged.ttf", bytes).is_ok() {
            // An error has a code; a picture is a picture.
            if let Err(e) = Drawer::default().draw(&drawing, 1.0, working(), &fonts) {
                assert!(e.code().starts_with("drawing."), "{e}");
            }
        }
    }
}
