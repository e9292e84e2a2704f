//! Compares masks, mattes, parents and motion blur with their definitions, computed here by other
//! means.
use crate::support::*;
use cutroom_render::{Backend, RenderOptions, Renderer, mask::coverage};
use cutroom_timeline::{Box2, Content, Layer, MaskMode, MaskUse, MatteUse, Outline, Placement, Transform};
use cutroom_types::{Affine, BezierPath, ColorTags, Picture, PictureFormat, Size, Vertex};

fn mask(outline: Outline) -> MaskUse {
    MaskUse {
        outline,
        mode: MaskMode::Add,
        inverted: false,
        opacity: 1.0,
        feather_px: 0.0,
        edge_feather_px: vec![],
        expansion_px: 0.0,
    }
}

fn area(center: [f64; 2], size: [f64; 2]) -> Box2 {
    Box2 { center, size, rotation_degrees: 0.0, corner_radius_px: 0.0 }
}

/// The middle half of the picture in both directions.
fn middle() -> Outline {
    Outline::Rectangle(area([0.5; 2], [0.5; 2]))
}
const S: Size = Size { width: 80, height: 40 };
fn at(c: &[f32], x: usize, y: usize) -> f32 {
    c[y * S.width as usize + x]
}

fn close(got: f32, want: f64, limit: f64, what: &str) {
    assert!((f64::from(got) - want).abs() <= limit, "{what}: {got}, not {want}");
}

#[test]
fn a_rectangle_on_whole_pixels_is_exact() {
    let c = coverage(&[mask(middle())], S);
    for y in 0..40 {
        for x in 0..80 {
            let inside = (20..60).contains(&x) && (10..30).contains(&y);
            assert_eq!(at(&c, x, y), f32::from(u8::from(inside)), "({x}, {y})");
        }
    }
    // Half a pixel to the right: the outer columns are half covered.
    let c = coverage(&[mask(Outline::Rectangle(area([0.5 + 0.5 / 80.0, 0.5], [0.5; 2])))], S);
    for (x, want) in [(19, 0.0), (20, 0.5), (21, 1.0), (59, 1.0), (60, 0.5), (61, 0.0)] {
        close(at(&c, x, 20), want, 1e-5, &format!("column {x}"));
    }
}

/// Oracle: the area of the shape.
#[test]
fn areas_are_those_of_the_shapes() {
    let sum = |m: MaskUse| coverage(&[m], S).iter().map(|v| f64::from(*v)).sum::<f64>();
    let ellipse = |degrees: f64| Outline::Ellipse(Box2 { rotation_degrees: degrees, ..area([0.5; 2], [0.35, 0.6]) });
    let want = std::f64::consts::PI * 14.0 * 12.0;
    for degrees in [0.0, 30.0, 90.0] {
        let got = sum(mask(ellipse(degrees)));
        assert!((got - want).abs() < want * 4e-3, "ellipse at {degrees}: {got}, not {want}");
    }
    // A rounded rectangle loses (4 − π)·r² at its corners.
    let got = sum(mask(Outline::Rectangle(Box2 { corner_radius_px: 8.0, ..area([0.5; 2], [0.5; 2]) })));
    let want = 40.0 * 20.0 - (4.0 - std::f64::consts::PI) * 64.0;
    assert!((got - want).abs() < want * 4e-3, "rounded: {got}, not {want}");
    // A circle of four cubic curves.
    let k = 0.5523;
    let (rx, ry) = (12.0 / 80.0, 12.0 / 40.0);
    let v = |x: f64, y: f64, tx: f64, ty: f64| Vertex {
        point: [0.5 + x * rx, 0.5 + y * ry],
        tangent_in: [-tx * rx * k, -ty * ry * k],
        tangent_out: [tx * rx * k, ty * ry * k],
    };
    let circle = BezierPath(vec![v(0.0, -1.0, 1.0, 0.0), v(1.0, 0.0, 0.0, 1.0), v(0.0, 1.0, -1.0, 0.0), v(-1.0, 0.0, 0.0, -1.0)]);
    let got = sum(mask(Outline::Path(circle)));
    let want = std::f64::consts::PI * 144.0;
    assert!((got - want).abs() < want * 5e-3, "circle: {got}, not {want}");
    assert_eq!(sum(mask(Outline::Rectangle(area([0.5; 2], [0.0, 0.5])))), 0.0);
}

/// Oracle: 3t² − 2t³ over the soft edge's width about the (moved) edge at x = 20.
#[test]
fn feather_and_expansion_follow_the_profile() {
    for (feather, expansion) in [(10.0f32, 0.0f32), (10.0, 3.0), (4.0, -5.0), (0.0, 2.0)] {
        let m = MaskUse { feather_px: feather, expansion_px: expansion, ..mask(middle()) };
        let c = coverage(&[m], S);
        for x in 8..35 {
            let d = x as f64 + 0.5 - 20.0 + f64::from(expansion);
            let t = (d / f64::from(feather.max(1.0)) + 0.5).clamp(0.0, 1.0);
            let want = if feather >= 2.0 { 3.0 * t * t - 2.0 * t * t * t } else { t };
            close(at(&c, x, 20), want, 1e-4, &format!("feather {feather}, expansion {expansion}, column {x}"));
        }
    }
}

#[test]
fn an_edge_may_have_its_own_feather() {
    // The top side (first to second vertex) is soft, the others are hard.
    let m = MaskUse { edge_feather_px: vec![(0, 8.0)], ..mask(middle()) };
    let c = coverage(&[m], S);
    for y in 5..16 {
        let t = ((y as f64 + 0.5 - 10.0) / 8.0 + 0.5).clamp(0.0, 1.0);
        close(at(&c, 40, y), 3.0 * t * t - 2.0 * t * t * t, 1e-3, &format!("row {y}"));
    }
    assert_eq!([at(&c, 19, 22), at(&c, 20, 22), at(&c, 40, 29), at(&c, 40, 30)], [0.0, 1.0, 1.0, 0.0]);
}

/// Round corners do not change the order of the sides: the right one is soft, from its middle to
/// where the corners begin.
#[test]
fn sides_of_a_rounded_rectangle_keep_their_feather() {
    let outline = Outline::Rectangle(Box2 { corner_radius_px: 3.0, ..area([0.5; 2], [0.5; 2]) });
    let c = coverage(&[MaskUse { edge_feather_px: vec![(1, 6.0)], ..mask(outline) }], S);
    for x in 54..66 {
        let t = ((60.0 - x as f64 - 0.5) / 6.0 + 0.5).clamp(0.0, 1.0);
        close(at(&c, x, 20), 3.0 * t * t - 2.0 * t * t * t, 1e-3, &format!("column {x}"));
    }
    assert_eq!([at(&c, 19, 20), at(&c, 20, 20)], [0.0, 1.0], "the left side is hard");
    assert_eq!(
        [at(&c, 40, 9), at(&c, 40, 10), at(&c, 40, 29), at(&c, 40, 30)],
        [0.0, 1.0, 1.0, 0.0],
        "so are the upper and the lower one"
    );
}

/// Oracle: the formulae of the modes, pixel by pixel, from the coverage of single masks.
#[test]
fn modes_join_as_defined() {
    let a = MaskUse { opacity: 0.75, feather_px: 6.0, ..mask(middle()) };
    let b = MaskUse { opacity: 0.5, ..mask(Outline::Ellipse(area([0.6, 0.5], [0.5, 0.8]))) };
    let (ca, cb) = (coverage(std::slice::from_ref(&a), S), coverage(std::slice::from_ref(&b), S));
    type Join = fn(f64, f64) -> f64;
    let modes: [(MaskMode, Join); 4] = [
        (MaskMode::Add, |c, m| 1.0 - (1.0 - c) * (1.0 - m)),
        (MaskMode::Subtract, |c, m| c - c * m),
        (MaskMode::Intersect, |c, m| c * m),
        (MaskMode::Difference, |c, m| c * (1.0 - m) + m * (1.0 - c)),
    ];
    for (mode, join) in modes {
        let both = coverage(&[a.clone(), MaskUse { mode, ..b.clone() }], S);
        let alone = coverage(&[MaskUse { mode, ..b.clone() }], S);
        let inverted = coverage(&[a.clone(), MaskUse { mode, inverted: true, ..b.clone() }], S);
        let start = if matches!(mode, MaskMode::Subtract | MaskMode::Intersect) { 1.0 } else { 0.0 };
        for i in 0..both.len() {
            let (c, m) = (f64::from(ca[i]), f64::from(cb[i]));
            close(both[i], join(c, m), 1e-6, &format!("{mode:?}"));
            close(alone[i], join(start, m), 1e-6, &format!("{mode:?} alone"));
            close(inverted[i], join(c, 0.5 - m), 1e-6, &format!("{mode:?} inverted"));
        }
    }
}

#[test]
fn loops_are_holes_by_the_even_odd_rule() {
    // A pentagram has a hole in its middle.
    let star: Vec<[f64; 2]> = (0..5)
        .map(|i| {
            let a = (f64::from(i) * 144.0 - 90.0f64).to_radians();
            [0.5 + 0.2 * a.cos(), 0.5 + 0.4 * a.sin()]
        })
        .collect();
    let c = coverage(&[mask(Outline::Path(BezierPath::polygon(&star)))], S);
    assert_eq!((at(&c, 40, 20), at(&c, 40, 7)), (0.0, 1.0));
}

fn float_solid(rgba: [f32; 4], s: Size) -> Picture {
    let n = s.width as usize * s.height as usize;
    let format = PictureFormat::RGB_FLOAT.with_alpha();
    let planes = rgba.iter().map(|v| v.to_le_bytes().repeat(n)).collect();
    let color = ColorTags { transfer: cutroom_types::Transfer::Bt709, ..ColorTags::SRGB };
    Picture::from_planes(format, s, color, planes).unwrap()
}

/// Draws layers in gamma space over `background` into floats; returns red of each pixel.
fn red(layers: Vec<Layer>, s: Size, background: [f32; 4]) -> Vec<f64> {
    let white = float_solid([1.0; 4], s);
    let mut cv = canvas(s, false);
    cv.background = background;
    let spec = cutroom_render::OutputSpec { format: PictureFormat::RGB_FLOAT, color: white.color };
    let mut renderer = Renderer::new(RenderOptions { backend: Backend::Cpu, threads: 1, ..RenderOptions::default() }).unwrap();
    let p = renderer.render(&plan(cv, layers), &Pictures::of(&[("white", &white)]), &spec).unwrap();
    (0..s.height as usize)
        .flat_map(|y| (0..s.width as usize).map(move |x| (x, y)))
        .map(|(x, y)| f64::from(f32::from_bits(p.sample(0, x, y))))
        .collect()
}

const BLACK: [f32; 4] = [0.0, 0.0, 0.0, 1.0];

#[test]
fn a_masked_layer_shows_what_lies_below() {
    let m = MaskUse { feather_px: 6.0, opacity: 0.8, ..mask(middle()) };
    let c = coverage(std::slice::from_ref(&m), S);
    let top = Layer { masks: vec![m], opacity: 0.5, ..layer(Content::Solid([0.9, 0.9, 0.9, 1.0])) };
    for (got, c) in red(vec![top], S, [0.2, 0.2, 0.2, 1.0]).into_iter().zip(c) {
        let want = 0.2 + (0.9 - 0.2) * 0.5 * f64::from(c);
        assert!((got - want).abs() < 1e-5, "{got}, not {want}");
    }
}

/// A mask before a blur is blurred with the picture; a mask after it has a hard edge.
#[test]
fn order_of_mask_and_effects() {
    let blurred = |after| Layer {
        masks: vec![mask(middle())],
        masks_after_effects: after,
        effects: vec![effect("box-blur", &[("radius", 3.0)])],
        ..layer(media("white"))
    };
    let row = |after| red(vec![blurred(after)], S, BLACK)[20 * 80..20 * 80 + 80].to_vec();
    let (before, after) = (row(false), row(true));
    // Seven taps across the edge at x = 20.
    for (x, want) in [(16, 0.0), (17, 1.0 / 7.0), (19, 3.0 / 7.0), (20, 4.0 / 7.0), (23, 1.0)] {
        assert!((before[x] - want).abs() < 1e-5, "before, column {x}: {}", before[x]);
    }
    assert!((after[19].abs() < 1e-6) && (after[20] - 1.0).abs() < 1e-6, "{} {}", after[19], after[20]);
}

#[test]
fn mattes_cut_by_alpha_or_luma() {
    let below = 0.25;
    let matte_color = [0.6f32, 0.3, 0.1, 0.5];
    let luma = 0.2126 * 0.6 + 0.7152 * 0.3 + 0.0722 * 0.1;
    for (use_luma, inverted) in [(false, false), (false, true), (true, false), (true, true)] {
        let matte = Layer { masks: vec![mask(middle())], opacity: 0.8, ..layer(Content::Solid(matte_color)) };
        let top = Layer { matte: Some(Box::new(MatteUse { layer: matte, luma: use_luma, inverted })), ..layer(media("white")) };
        let got = red(vec![top], S, [below as f32, 0.0, 0.0, 1.0]);
        for (x, inside) in [(10, 0.0), (40, 1.0)] {
            let value = inside * 0.5 * 0.8 * if use_luma { luma } else { 1.0 };
            let cover = if inverted { 1.0 - value } else { value };
            let (got, want) = (got[20 * 80 + x], below + (1.0 - below) * cover);
            assert!((got - want).abs() < 1e-5, "luma {use_luma}, inverted {inverted}, column {x}: {got}, not {want}");
        }
    }
}

/// In linear light a luma matte still uses display-encoded luma.
#[test]
fn a_luma_matte_is_display_encoded() {
    let white = float_solid([1.0; 4], S);
    let mut cv = canvas(S, true);
    cv.background = BLACK;
    let matte = layer(Content::Solid([0.5, 0.5, 0.5, 1.0]));
    let top = Layer { matte: Some(Box::new(MatteUse { layer: matte, luma: true, inverted: false })), ..layer(media("white")) };
    let spec = cutroom_render::OutputSpec { format: PictureFormat::RGB_FLOAT.with_alpha(), color: white.color };
    cv.background = [0.0; 4];
    let mut renderer = Renderer::new(RenderOptions { backend: Backend::Cpu, threads: 1, ..RenderOptions::default() }).unwrap();
    let p = renderer.render(&plan(cv, vec![top]), &Pictures::of(&[("white", &white)]), &spec).unwrap();
    close(f32::from_bits(p.sample(3, 40, 20)), 0.5, 2e-3, "alpha");
}

/// Oracle: the mean of the placements drawn one by one.
#[test]
fn a_moving_layer_is_the_mean_of_its_placements() {
    let s = Size { width: 96, height: 64 };
    for (scale, turn) in [(0.3f32, 0.0f32), (0.3, 5.0), (1.2, 3.0)] {
        let at = |i: u8| Placement {
            transform: Transform {
                scale: [scale; 2],
                rotation_degrees: turn * f32::from(i),
                position_px: [4.0 * f32::from(i) - 14.0, 2.0],
                ..Transform::IDENTITY
            },
            parent: Affine::IDENTITY,
        };
        let shutter: Vec<Placement> = (0..8).map(at).collect();
        let one = |p: &Placement| Layer { transform: p.transform, ..layer(media("white")) };
        let each: Vec<Vec<f64>> = shutter.iter().map(|p| red(vec![one(p)], s, BLACK)).collect();
        let top = Layer { shutter: shutter.clone(), ..one(&shutter[0]) };
        let got = red(vec![top], s, BLACK);
        let mut worst = 0.0f64;
        for i in 0..got.len() {
            let want = each.iter().map(|e| e[i]).sum::<f64>() / 8.0;
            worst = worst.max((got[i] - want).abs());
        }
        // Edges of single placements are weighted by area, those of moving ones are bilinear: a
        // difference of part of a pixel in one placement of eight.
        assert!(worst < 0.08, "scale {scale}, turn {turn}: {worst}");
        let (sum, want) = (got.iter().sum::<f64>(), each.iter().flatten().sum::<f64>() / 8.0);
        assert!((sum - want).abs() < want * 0.01, "scale {scale}, turn {turn}: {sum}, not {want}");
    }
}

/// A parent that is rotated by 90° about the canvas's centre rotates its child.
#[test]
fn a_parent_moves_its_child() {
    let s = Size { width: 64, height: 64 };
    let child = Transform { scale: [0.25; 2], position_px: [16.0, 0.0], ..Transform::IDENTITY };
    let about = |a: Affine| Affine::translate(32.0, 32.0).after(&a).after(&Affine::translate(-32.0, -32.0));
    let bound = Layer { transform: child, parent: about(Affine::rotate_degrees(90.0)), ..layer(media("white")) };
    let direct = Transform { position_px: [0.0, 16.0], ..child };
    let (got, want) = (red(vec![bound], s, BLACK), red(vec![Layer { transform: direct, ..layer(media("white")) }], s, BLACK));
    assert!(got.iter().zip(&want).all(|(a, b)| (a - b).abs() < 1e-5));
}
