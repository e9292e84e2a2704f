//! Shapes against the areas that geometry gives.
use crate::support::{WHITE, at, draw, moments};
use cutroom_timeline::drawing::*;
use cutroom_types::{BezierPath, MaskMode};
use std::f64::consts::PI;

fn shape(outline: ShapeOutline) -> Shape {
    Shape {
        outlines: vec![CombinedOutline { outline, mode: MaskMode::Add }],
        fill: Some(Paint::Solid(WHITE)),
        strokes: vec![],
        trim: None,
        round_px: 0.0,
        copies: Copies::ONCE,
        opacity: 1.0,
    }
}

fn area(shapes: Vec<Shape>) -> f64 {
    moments(&drawn(shapes), 3).0
}

fn drawn(shapes: Vec<Shape>) -> cutroom_drawing::DrawnPicture {
    draw(DrawingContent::Shapes(Box::new(ShapeGroup { size_px: [400.0, 300.0], shapes, shadows: vec![] })), 1.0)
}

fn stroked(outline: ShapeOutline, width_px: f32) -> Shape {
    let stroke = Stroke {
        paint: Paint::Solid(WHITE),
        width_px,
        position: StrokePosition::Center,
        join: StrokeJoin::Miter,
        cap: StrokeCap::Butt,
        dashes_px: vec![],
        dash_offset_px: 0.0,
    };
    Shape { fill: None, strokes: vec![stroke], ..shape(outline) }
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < b * 2e-3 + 0.5
}

fn ellipse(w: f64, h: f64) -> ShapeOutline {
    ShapeOutline::Ellipse { center: [3.3, -2.7], size: [w, h], rotation_degrees: 30.0 }
}

fn rectangle(w: f64, h: f64, radius: f64) -> ShapeOutline {
    ShapeOutline::Rectangle { center: [0.25, 0.5], size: [w, h], radius, rotation_degrees: 0.0 }
}

fn star(points: u32, outer: f64, inner: Option<f64>) -> ShapeOutline {
    ShapeOutline::Star { center: [0.0; 2], points, outer, inner, rotation_degrees: 10.0 }
}

#[test]
fn areas_are_those_of_geometry() {
    let polygon = |n: f64, r: f64| n / 2.0 * r * r * (2.0 * PI / n).sin();
    let pentagram = 5.0 * 100.0 * 40.0 * (PI / 5.0).sin();
    let triangle = BezierPath::polygon(&[[0.0, 0.0], [100.0, 0.0], [0.0, 80.0]]);
    for (outline, expected) in [
        (ellipse(120.0, 70.0), PI * 60.0 * 35.0),
        (rectangle(101.0, 51.0, 0.0), 101.0 * 51.0),
        (rectangle(100.0, 60.0, 20.0), 6000.0 - (4.0 - PI) * 400.0),
        (star(6, 80.0, None), polygon(6.0, 80.0)),
        (star(5, 100.0, Some(40.0)), pentagram),
        (ShapeOutline::Path { path: triangle, closed: true }, 4000.0),
        (
            ShapeOutline::Arrow { from: [-100.0, 0.0], to: [100.0, 0.0], width: 10.0, head: [40.0, 50.0], both: false },
            160.0 * 10.0 + 40.0 * 50.0 / 2.0,
        ),
    ] {
        let found = area(vec![shape(outline.clone())]);
        assert!(close(found, expected), "{outline:?}: {found} for {expected}");
    }
}

#[test]
fn combinations_are_those_of_sets() {
    let circle = |x: f64| ShapeOutline::Ellipse { center: [x, 0.0], size: [100.0, 100.0], rotation_degrees: 0.0 };
    // Two circles of radius r whose centres are d apart share a lens.
    let (r, d): (f64, f64) = (50.0, 60.0);
    let lens = 2.0 * r * r * (d / (2.0 * r)).acos() - d / 2.0 * (4.0 * r * r - d * d).sqrt();
    let one = PI * r * r;
    for (mode, expected) in [
        (MaskMode::Add, 2.0 * one - lens),
        (MaskMode::Subtract, one - lens),
        (MaskMode::Intersect, lens),
        (MaskMode::Difference, 2.0 * (one - lens)),
    ] {
        let mut both = shape(circle(-30.0));
        both.outlines.push(CombinedOutline { outline: circle(30.0), mode });
        let found = area(vec![both]);
        assert!(close(found, expected), "{mode:?}: {found} for {expected}");
    }
}

#[test]
fn strokes_dashes_and_trims_have_their_lengths() {
    let line = ShapeOutline::Line { from: [-100.0, 0.0], to: [100.0, 0.0] };
    assert!(close(area(vec![stroked(line.clone(), 6.0)]), 1200.0));
    let mut dashed = stroked(line.clone(), 6.0);
    dashed.strokes[0].dashes_px = vec![10.0, 15.0];
    assert!(close(area(vec![dashed]), 6.0 * 80.0));
    let mut round = stroked(line.clone(), 20.0);
    round.strokes[0].cap = StrokeCap::Round;
    assert!(close(area(vec![round]), 200.0 * 20.0 + PI * 100.0));
    let mut part = stroked(ellipse(100.0, 100.0), 4.0);
    let whole = area(vec![part.clone()]);
    assert!(close(whole, PI * 100.0 * 4.0));
    part.trim = Some(Trim { start: 0.25, end: 0.5, offset: 0.9 });
    assert!(close(area(vec![part]), whole / 4.0));
}

/// Rounding takes (4 − π) r² from a rectangle, as round corners do.
#[test]
fn corners_are_rounded() {
    let mut rounded = shape(rectangle(100.0, 60.0, 0.0));
    rounded.round_px = 20.0;
    assert!(close(area(vec![rounded]), 6000.0 - (4.0 - PI) * 400.0));
}

#[test]
fn copies_stand_where_they_are_arranged() {
    let dot = || shape(ShapeOutline::Rectangle { center: [0.0; 2], size: [4.0, 4.0], radius: 0.0, rotation_degrees: 0.0 });
    let copied = |arrangement| Shape { copies: Copies { arrangement, ..Copies::ONCE }, ..dot() };
    let grid = drawn(vec![copied(Arrangement::Grid { columns: 5, rows: 3, spacing: [20.0, 30.0] })]);
    assert!(close(moments(&grid, 3).0, 15.0 * 16.0));
    for (column, row) in (0..5).flat_map(|c| (0..3).map(move |r| (c, r))) {
        assert_eq!(at(&grid, 3, 200 + (column - 2) * 20, 150 + (row - 1) * 30), 1.0, "{column} {row}");
    }
    let circle = Arrangement::Circle { count: 4, radius: 100.0, start_degrees: 0.0, sweep_degrees: 360.0, turned: false };
    let circle = drawn(vec![copied(circle)]);
    for (x, y) in [(0, -100), (100, 0), (0, 100), (-100, 0)] {
        assert_eq!(at(&circle, 3, 200 + x, 150 + y), 1.0, "{x} {y}");
    }
    let many = copied(Arrangement::Grid { columns: 200, rows: 50, spacing: [2.0, 6.0] });
    let content = DrawingContent::Shapes(Box::new(ShapeGroup { size_px: [400.0, 300.0], shapes: vec![many], shadows: vec![] }));
    assert!(draw(content, 1.0).picture().is_some());
}
