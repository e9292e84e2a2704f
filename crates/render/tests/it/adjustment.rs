//! Compares adjustment layers with the same effects on a nested composition of the layers below.
use crate::gpu_cases::{Case, soft_ellipse};
use crate::support::*;
use cutroom_render::cpu::CpuRenderer;
use cutroom_timeline::{Box2, Content, EffectUse, FramePlan, Layer, MaskUse, Outline, Transform};
use cutroom_types::{Picture, PictureFormat, Size};

const SIZE: Size = Size { width: 80, height: 46 };

/// A picture with a smaller one over it, and a solid that hides part of both.
fn below() -> Vec<Layer> {
    let place = |scale, position_px| Transform { scale: [scale; 2], position_px, ..Transform::IDENTITY };
    let inset = Layer { transform: place(0.6, [9.0, -4.0]), opacity: 0.7, ..layer(media("b")) };
    let patch = Layer { transform: place(0.3, [-20.0, 10.0]), ..layer(Content::Solid([0.9, 0.2, 0.1, 0.8])) };
    vec![layer(media("a")), inset, patch]
}

fn pictures() -> Pictures {
    let a = picture(PictureFormat::YUV420P8, SIZE, 1);
    let b = picture(PictureFormat::YUV420P8, size(64, 40), 2);
    Pictures::of(&[("a", &a), ("b", &b)])
}

fn effects(ids: &[&str]) -> Vec<EffectUse> {
    let one = |id: &&str| match *id {
        "exposure" => effect("exposure", &[("exposure", 0.7)]),
        "saturation" => effect("saturation", &[("amount", 0.3)]),
        id => effect(id, &[]),
    };
    ids.iter().map(one).collect()
}

fn changed(content: Content, ids: &[&str]) -> Layer {
    Layer { effects: effects(ids), ..layer(content) }
}

fn stacked(linear: bool, top: Layer) -> FramePlan {
    plan(canvas(SIZE, linear), below().into_iter().chain([top]).collect())
}

/// The layers below as a nested composition.
fn nested(linear: bool) -> Content {
    Content::Composition(Box::new(plan(canvas(SIZE, linear), below())))
}

fn draw(plan: FramePlan, format: PictureFormat) -> Picture {
    let case = Case { name: "adjustment".into(), plan, pictures: pictures(), output: output(format), max_codes: 1.0 };
    CpuRenderer::new(2).unwrap().run(&crate::gpu_cases::program(&case), &case.output).unwrap()
}

const CHAINS: [&[&str]; 4] = [&["invert"], &["exposure", "saturation"], &["gaussian-blur", "exposure"], &["mirror"]];

#[test]
fn everything_below_is_changed_together() {
    for linear in [false, true] {
        for ids in CHAINS {
            let got = draw(stacked(linear, changed(Content::Backdrop, ids)), YUV444);
            let want = draw(plan(canvas(SIZE, linear), vec![changed(nested(linear), ids)]), YUV444);
            assert!(difference(&got, &want) <= 1, "{ids:?}, linear {linear}: {}", difference(&got, &want));
            assert!(difference(&got, &draw(plan(canvas(SIZE, linear), below()), YUV444)) > 20, "{ids:?} changes something");
        }
    }
}

#[test]
fn masks_and_opacity_say_where_and_how_much() {
    let area = Box2 { center: [0.25, 0.5], size: [0.5, 2.0], rotation_degrees: 0.0, corner_radius_px: 0.0 };
    let left = MaskUse { outline: Outline::Rectangle(area), opacity: 1.0, feather_px: 0.0, expansion_px: 0.0, ..soft_ellipse() };
    let top = Layer { masks: vec![left], ..changed(Content::Backdrop, &["invert"]) };
    let (got, plain) = (draw(stacked(false, top), YUV444), draw(plan(canvas(SIZE, false), below()), YUV444));
    let inverted = draw(stacked(false, changed(Content::Backdrop, &["invert"])), YUV444);
    let half = draw(stacked(false, Layer { opacity: 0.5, ..changed(Content::Backdrop, &["invert"]) }), YUV444);
    for (k, x, y) in (0..3).flat_map(|k| (0..80usize).flat_map(move |x| (0..46usize).map(move |y| (k, x, y)))) {
        let want = if x < 40 { inverted.sample(k, x, y) } else { plain.sample(k, x, y) };
        assert!(got.sample(k, x, y).abs_diff(want) <= 1, "plane {k} at {x},{y}");
        let mean = (f64::from(inverted.sample(k, x, y)) + f64::from(plain.sample(k, x, y))) / 2.0;
        assert!((f64::from(half.sample(k, x, y)) - mean).abs() <= 1.5, "half, plane {k} at {x},{y}");
    }
}

#[test]
fn layers_above_are_left_alone_and_the_background_is_not() {
    let above =
        Layer { transform: Transform { scale: [0.5; 2], ..Transform::IDENTITY }, ..layer(Content::Solid([0.0, 0.0, 1.0, 1.0])) };
    let mut p = plan(canvas(SIZE, false), vec![changed(Content::Backdrop, &["invert"]), above]);
    p.canvas.background = [0.25, 0.5, 0.75, 1.0];
    let got = draw(p.clone(), PictureFormat::RGB8);
    let at = |x: usize, y: usize| [0, 1, 2].map(|k| got.sample(k, x, y));
    // Limited range: 16 + 219·v.
    let is = |x, y, rgb: [f64; 3]| {
        let near = at(x, y).into_iter().zip(rgb).all(|(g, v)| (f64::from(g) - (16.0 + 219.0 * v)).abs() <= 1.0);
        assert!(near, "at {x},{y}: {:?}, expected {rgb:?}", at(x, y));
    };
    is(2, 2, [0.75, 0.5, 0.25]);
    is(40, 23, [0.0, 0.0, 1.0]);
    // Over a transparent background there is nothing to adjust.
    p.canvas.background = [0.0; 4];
    p.layers.truncate(1);
    let nothing = draw(p, PictureFormat::RGB8.with_alpha());
    assert!((0..80).all(|x| nothing.sample(3, x, 7) == 0));
}

/// Over translucent layers the adjusted picture replaces the backdrop instead of covering it: alpha
/// is unchanged, and opacity and masks mix both pictures.
#[test]
fn translucent_pictures_stay_so() {
    let color = [0.75f32, 0.5, 0.25];
    let area = Box2 { center: [0.25, 0.5], size: [0.5, 2.0], rotation_degrees: 0.0, corner_radius_px: 0.0 };
    let left = MaskUse { outline: Outline::Rectangle(area), opacity: 1.0, feather_px: 0.0, expansion_px: 0.0, ..soft_ellipse() };
    for (opacity, masks, share) in [(1.0, vec![], [1.0, 1.0]), (0.5, vec![], [0.5, 0.5]), (1.0, vec![left], [1.0, 0.0])] {
        let base = Layer { opacity: 0.5, ..layer(Content::Solid([color[0], color[1], color[2], 1.0])) };
        let top = Layer { opacity, masks, ..changed(Content::Backdrop, &["invert"]) };
        let mut p = plan(canvas(SIZE, false), vec![base, top]);
        p.canvas.background = [0.0; 4];
        let got = draw(p, PictureFormat::RGB8.with_alpha());
        for (x, k) in [(5, share[0]), (70, share[1])] {
            assert!(got.sample(3, x, 20).abs_diff(128) <= 1, "alpha {} at {x}", got.sample(3, x, 20));
            for (plane, c) in color.iter().enumerate() {
                // Limited range: 16 + 219·v.
                let want = 16.0 + 219.0 * f64::from(c + k * (1.0 - 2.0 * c));
                let code = f64::from(got.sample(plane, x, 20));
                assert!((code - want).abs() <= 1.5, "plane {plane} at {x}, opacity {opacity}: {code}, not {want}");
            }
        }
    }
}

#[test]
fn one_after_the_other_and_in_transitions() {
    let both = || vec![changed(Content::Backdrop, &["invert"]), changed(Content::Backdrop, &["exposure"])];
    let two = plan(canvas(SIZE, true), below().into_iter().chain(both()).collect());
    let inner = plan(canvas(SIZE, true), vec![changed(nested(true), &["invert"])]);
    let want = plan(canvas(SIZE, true), vec![changed(Content::Composition(Box::new(inner)), &["exposure"])]);
    assert!(difference(&draw(two, YUV444), &draw(want, YUV444)) <= 1);
    let [a, b] = [changed(Content::Backdrop, &["invert"]), changed(Content::Backdrop, &["exposure"])];
    let got = draw(stacked(true, crate::gpu_cases::transition("crossfade", 0.3, a, b)), YUV444);
    let [a, b] = [changed(nested(true), &["invert"]), changed(nested(true), &["exposure"])];
    let want = draw(plan(canvas(SIZE, true), vec![crate::gpu_cases::transition("crossfade", 0.3, a, b)]), YUV444);
    assert!(difference(&got, &want) <= 1);
}

#[test]
fn both_back_ends_agree() {
    let Some(mut gpu) = gpu() else { return };
    let cpu = CpuRenderer::new(1).unwrap();
    for linear in [false, true] {
        for ids in CHAINS {
            let top = Layer { masks: vec![soft_ellipse()], opacity: 0.9, ..changed(Content::Backdrop, ids) };
            let name = format!("adjustment by {ids:?}, linear {linear}");
            let case = Case { name, plan: stacked(linear, top), pictures: pictures(), output: output(YUV444), max_codes: 1.0 };
            let (limit, _) = crate::gpu_cases::compare(&cpu, &mut gpu, &case).unwrap();
            assert!(limit <= 1.0, "{}: {limit}", case.name);
        }
    }
}
