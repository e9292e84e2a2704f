//! Layers composited in one pass equal the same layers over a backdrop that was drawn separately.
use crate::gpu_cases::Case;
use crate::support::*;
use cutroom_render::cpu::CpuRenderer;
use cutroom_timeline::{Content, FramePlan, Layer, Placement, Transform};
use cutroom_types::{Affine, Picture, PictureFormat, Size};

/// More than one tile in both directions.
const SIZE: Size = Size { width: 400, height: 90 };

fn pictures() -> Pictures {
    let [a, b, c] = [1, 2, 3].map(|seed| picture(PictureFormat::YUV420P8, SIZE, seed));
    Pictures::of(&[("a", &a), ("b", &b), ("c", &c)])
}

fn case(name: &str, plan: FramePlan, format: PictureFormat) -> Case {
    Case { name: name.into(), plan, pictures: pictures(), output: output(format), max_codes: 1.0 }
}

fn draw(name: &str, plan: FramePlan, format: PictureFormat) -> Picture {
    let case = case(name, plan, format);
    CpuRenderer::new(2).unwrap().run(&crate::gpu_cases::program(&case), &case.output).unwrap()
}

fn small(id: &str) -> Layer {
    Layer { transform: Transform { scale: [0.2; 2], position_px: [-150.0, 20.0], ..Transform::IDENTITY }, ..layer(media(id)) }
}

/// Layers that read intermediates and do not sample anything themselves.
fn readers() -> Vec<(&'static str, Layer)> {
    let full = |id: &str| layer(media(id));
    let shutter = (0..4).map(|i| {
        let transform = Transform { position_px: [3.0 * i as f32, 0.0], ..Transform::IDENTITY };
        Placement { transform, parent: Affine::IDENTITY }
    });
    vec![
        ("field transition", crate::gpu_cases::transition("push-left", 0.4, full("b"), full("c"))),
        ("transition in steps", crate::gpu_cases::transition("optical-flow", 0.4, full("b"), full("c"))),
        ("motion blur", Layer { shutter: shutter.collect(), opacity: 0.8, ..full("c") }),
        ("field effect", Layer { effects: vec![effect("wave", &[])], opacity: 0.5, ..full("c") }),
        ("stabilised", Layer { effects: vec![effect("stabilize", &[("shiftX", 0.1), ("rotation", 3.0)])], ..full("c") }),
    ]
}

#[test]
fn what_a_register_held_before_limits_nothing() {
    for (name, top) in readers() {
        let below = || vec![layer(media("a")), small("b")];
        let got = draw(name, plan(canvas(SIZE, false), below().into_iter().chain([top.clone()]).collect()), YUV444);
        let nested = layer(Content::Composition(Box::new(plan(canvas(SIZE, false), below()))));
        let want = draw(name, plan(canvas(SIZE, false), vec![nested, top]), YUV444);
        assert!(difference(&got, &want) <= 1, "{name}: {} codes", difference(&got, &want));
    }
}

#[test]
fn both_back_ends_agree() {
    let Some(mut gpu) = gpu() else { return };
    let cpu = CpuRenderer::new(1).unwrap();
    for (name, top) in readers().into_iter().filter(|(name, _)| *name != "transition in steps") {
        let case = case(name, plan(canvas(SIZE, false), vec![layer(media("a")), small("b"), top]), YUV444);
        let (limit, _) = crate::gpu_cases::compare(&cpu, &mut gpu, &case).unwrap();
        assert!(limit <= 1.0, "{name}: {limit}");
    }
}

/// A stencil cuts an opaque background whether it is inside the canvas, outside of it, or has no
/// opacity.
#[test]
fn stencils_cut_where_nothing_of_them_is() {
    let stencil = |x: f32, opacity: f32| Layer {
        blend: blend_mode("stencil-alpha"),
        opacity,
        transform: Transform { scale: [0.1; 2], position_px: [x, 0.0], ..Transform::IDENTITY },
        ..layer(Content::Solid([1.0; 4]))
    };
    for below in [vec![], vec![layer(media("a"))]] {
        for top in [stencil(0.0, 1.0), stencil(500.0, 1.0), stencil(0.0, 0.0)] {
            let shown = format!("{} below, {:?}, {}", below.len(), top.transform.position_px, top.opacity);
            let visible = top.transform.position_px[0] == 0.0 && top.opacity == 1.0;
            let layers = below.iter().cloned().chain([top]).collect();
            let got = draw(&shown, plan(canvas(SIZE, false), layers), PictureFormat::RGB8.with_alpha());
            assert_eq!(got.sample(3, 5, 5), 0, "{shown}: the corner");
            assert_eq!(got.sample(3, 200, 45), if visible { 255 } else { 0 }, "{shown}: the middle");
        }
    }
}

/// A shutter during which nothing moves shows what is shown without a shutter: crops are applied
/// after effects, and what they remove is transparent.
#[test]
fn crops_come_after_effects_moving_or_not() {
    let transform = Transform { crop: [0.25, 0.0, 0.1, 0.2], ..Transform::IDENTITY };
    let shutter = vec![Placement { transform, parent: Affine::IDENTITY }; 3];
    for ids in [&[][..], &["gaussian-blur"], &["mirror", "exposure"], &["wave"]] {
        let effects: Vec<_> = ids.iter().map(|id| effect(id, &[])).collect();
        let still = Layer { transform, effects, ..layer(media("b")) };
        let moving = Layer { shutter: shutter.clone(), ..still.clone() };
        let over = |top: Layer| draw("crop", plan(canvas(SIZE, false), vec![layer(media("a")), top]), YUV444);
        let (got, want) = (over(moving), over(still));
        // The crop leaves columns 100 to 360 and rows up to 72.
        let at_edge = |x: usize, y: usize| x.abs_diff(100) < 2 || x.abs_diff(360) < 2 || y.abs_diff(72) < 2;
        for (x, y) in (0..400).flat_map(|x| (0..90).map(move |y| (x, y))).filter(|(x, y)| !at_edge(*x, *y)) {
            for k in 0..3 {
                let (g, w) = (got.sample(k, x, y), want.sample(k, x, y));
                assert!(g.abs_diff(w) <= 1, "{ids:?}, plane {k} at {x},{y}: {g}, not {w}");
            }
        }
    }
    // Pictures of other times are cropped as well, under effects that draw outside the content.
    let echo = crate::gpu_cases::with_inputs(effect("echo", &[]), "c");
    let top = Layer { transform, effects: vec![echo, effect("drop-shadow", &[])], ..layer(media("b")) };
    let got = draw("echo", plan(canvas(SIZE, false), vec![layer(media("a")), top]), YUV444);
    let want = draw("a", plan(canvas(SIZE, false), vec![layer(media("a")), Layer { opacity: 0.5, ..layer(media("a")) }]), YUV444);
    assert!(
        (5..90).all(|x| (0..3).all(|k| got.sample(k, x, 40).abs_diff(want.sample(k, x, 40)) <= 1)),
        "what is cropped away is not seen"
    );
}
