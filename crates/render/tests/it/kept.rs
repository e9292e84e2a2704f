//! What the last frame computed, too, is not computed again, and the result is the same.
use crate::support::*;
use cutroom_render::{
    cpu::CpuRenderer,
    lower::{Lowered, LoweringCache, lower},
    program::{Program, WorkKey},
};
use cutroom_timeline::{Box2, EffectUse, FramePlan, Layer, MaskMode, MaskUse, Outline};
use cutroom_types::{ColorTags, Picture, PictureFormat};
use std::collections::HashSet;

/// An inset with round corners, a shadow and a border.
fn framed(id: &str, effects: Vec<EffectUse>) -> Layer {
    let mut l = layer(media(id));
    l.transform.scale = [0.6; 2];
    let corners = Box2 { center: [0.5; 2], size: [1.0; 2], rotation_degrees: 0.0, corner_radius_px: 9.0 };
    l.masks = vec![MaskUse {
        outline: Outline::Rectangle(corners),
        feather_px: 0.0,
        edge_feather_px: Vec::new(),
        expansion_px: 0.0,
        opacity: 1.0,
        inverted: false,
        mode: MaskMode::Add,
    }];
    l.effects = effects;
    l
}

fn program(p: &FramePlan, pictures: &Pictures, cache: &mut LoweringCache) -> Program {
    match lower(p, pictures, &output(PictureFormat::YUV420P8), cache).unwrap() {
        Lowered::Program(p) => p,
        _ => panic!("nothing to draw"),
    }
}

fn keys(p: &Program) -> HashSet<WorkKey> {
    p.intermediates.iter().filter_map(|i| i.key).collect()
}

fn moving(seed: u32) -> (Picture, Picture) {
    (picture(PictureFormat::YUV420P8, size(96, 54), seed), picture(PictureFormat::YUV420P8, size(96, 54), seed + 100))
}

/// Shadow and border of a moving picture under a still mask have the same keys in all frames, and
/// a renderer that has drawn other frames before draws the same bits as a new one.
#[test]
fn shadow_and_border_of_a_moving_picture_are_drawn_once() {
    let shadow = effect("drop-shadow", &[("distance", 4.0), ("softness", 6.0)]);
    let film = |effects: Vec<EffectUse>| plan(canvas(size(96, 54), false), vec![layer(media("below")), framed("inset", effects)]);
    let wide = film(vec![shadow.clone(), effect("stroke", &[("width", 6.0)])]);
    let narrow = film(vec![shadow, effect("stroke", &[("width", 3.0)])]);
    let out = output(PictureFormat::YUV420P8);
    let (mut cache, cpu) = (LoweringCache::default(), CpuRenderer::new(2).unwrap());
    let mut before: Option<HashSet<WorkKey>> = None;
    for (frame, p) in [&wide, &wide, &wide, &narrow, &narrow, &wide, &narrow].into_iter().enumerate() {
        let (below, inset) = moving(frame as u32);
        let pictures = Pictures::of(&[("below", &below), ("inset", &inset)]);
        let program = program(p, &pictures, &mut cache);
        let got = cpu.run(&program, &out).unwrap();
        let want = CpuRenderer::new(1).unwrap().run(&program, &out).unwrap();
        assert!(bytes(&got) == bytes(&want), "frame {frame}");
        let now = keys(&program);
        if (1..3).contains(&frame) {
            let same = before.as_ref().unwrap().intersection(&now).count();
            assert_eq!(now.len(), same, "frame {frame}");
            assert!(!now.is_empty());
        }
        before = Some(now);
    }
}

/// A still picture under a moving one keeps its filtered copy; one that is replaced by another in
/// the same place does not.
#[test]
fn other_pictures_have_other_keys() {
    let blurred = |id: &str| Layer { effects: vec![effect("gaussian-blur", &[("radius", 3.0)])], ..framed(id, vec![]) };
    let p = plan(canvas(size(96, 54), false), vec![layer(media("below")), blurred("inset")]);
    let (a, b) = (moving(1), moving(2));
    let mut cache = LoweringCache::default();
    let mut of =
        |below: &Picture, inset: &Picture| keys(&program(&p, &Pictures::of(&[("below", below), ("inset", inset)]), &mut cache));
    let first = of(&a.0, &a.1);
    assert!(!first.is_empty());
    assert_eq!(of(&b.0, &a.1), first);
    assert!(of(&a.0, &b.1).is_disjoint(&first));
}

/// No two passes of one frame do the same.
#[test]
fn equal_passes_are_drawn_once() {
    let (below, inset) = moving(1);
    let pictures = Pictures::of(&[("below", &below), ("inset", &inset)]);
    for effects in [vec![effect("stroke", &[])], vec![effect("drop-shadow", &[]), effect("stroke", &[])], vec![effect("glow", &[])]]
    {
        let mut whole = layer(media("inset"));
        whole.effects = effects.clone();
        whole.opacity = 0.5;
        for layers in
            [vec![framed("inset", effects.clone())], vec![whole], vec![framed("inset", effects.clone()), framed("inset", effects)]]
        {
            let p = program(&plan(canvas(size(96, 54), false), layers), &pictures, &mut LoweringCache::default());
            let all = p.intermediates.iter().map(|i| i.key.expect("every pass has a key"));
            assert_eq!(all.collect::<HashSet<_>>().len(), p.intermediates.len());
        }
    }
}

fn mask_mut(l: &mut Layer) -> &mut Box2 {
    match &mut l.masks[0].outline {
        Outline::Rectangle(b) => b,
        _ => panic!("not a rectangle"),
    }
}

/// One renderer that draws films whose masks, widths, places and pictures change, and that come
/// back to what they were, some of them in compositions of another size: the same bits as a new
/// renderer. Pictures are dropped after each frame, so that their memory is used again.
#[test]
fn what_was_drawn_before_never_shows() {
    type Change = fn(&mut Layer, f64);
    let changes: [(&str, Change); 6] = [
        ("mask", |l, k| mask_mut(l).size = [1.0 - 0.1 * k; 2]),
        ("corners", |l, k| mask_mut(l).corner_radius_px = 2.0 + 3.0 * k),
        ("stroke", |l, k| l.effects[1] = effect("stroke", &[("width", 2.0 + 1.5 * k)])),
        ("shadow", |l, k| l.effects[0] = effect("drop-shadow", &[("distance", 4.0 + k), ("softness", 6.0)])),
        ("place", |l, k| l.transform.position_px = [k as f32, 0.0]),
        ("nothing", |_, _| {}),
    ];
    let out = output(PictureFormat::YUV420P8);
    let (mut cache, cpu) = (LoweringCache::default(), CpuRenderer::new(2).unwrap());
    for (name, change) in changes {
        for (frame, k) in [0, 1, 1, 0, 2, 2, 2, 1, 0, 0].into_iter().enumerate() {
            let effects = vec![effect("drop-shadow", &[("distance", 4.0), ("softness", 6.0)]), effect("stroke", &[("width", 4.0)])];
            let mut inset = framed("inset", effects);
            change(&mut inset, f64::from(k));
            let canvas_size = if frame % 5 == 3 { size(80, 60) } else { size(96, 54) };
            let p = plan(canvas(canvas_size, frame % 4 == 2), vec![layer(media("below")), inset]);
            let (below, inset) = moving(if name == "nothing" { frame as u32 / 3 } else { frame as u32 });
            let pictures = Pictures::of(&[("below", &below), ("inset", &inset)]);
            let got = cpu.run(&program(&p, &pictures, &mut cache), &out).unwrap();
            let new = program(&p, &pictures, &mut LoweringCache::default());
            let want = CpuRenderer::new(1).unwrap().run(&new, &out).unwrap();
            assert!(bytes(&got) == bytes(&want), "{name}, frame {frame}");
        }
    }
}

/// What effects that draw below a layer make of an outline is what they make of the layer itself: a
/// picture whose alpha is 1 everywhere takes the other way, since its alpha might be anything.
#[test]
fn outlines_stand_for_their_layers() {
    // Smooth, since the filter of a reduction meets the edges of picture and outline one after the other.
    let ramp = |by_x: usize, by_y: usize| (0..96 * 54).map(|i| (20 + i % 96 * by_x + i / 96 * by_y) as u8).collect::<Vec<u8>>();
    let mut planes = vec![ramp(1, 2), ramp(2, 0), ramp(0, 3)];
    let opaque = Picture::from_planes(PictureFormat::RGB8, size(96, 54), ColorTags::SRGB, planes.clone()).unwrap();
    planes.push(vec![255; 96 * 54]);
    let with_alpha = Picture::from_planes(PictureFormat::RGB8.with_alpha(), opaque.size, opaque.color, planes).unwrap();
    let below = picture(PictureFormat::YUV420P8, size(96, 54), 8);
    let of_kind: Vec<_> = cutroom_effects::EFFECTS.iter().filter(|e| e.outlines).collect();
    assert!(of_kind.len() >= 2);
    let ways =
        [(true, false, 0.6), (true, true, 0.6), (false, false, 0.6), (false, true, 0.6), (false, true, 1.0), (true, true, 1.4)];
    for (e, (masked, linear, scale)) in of_kind.iter().flat_map(|e| ways.map(|w| (e, w))) {
        let mut inset = framed("inset", vec![effect(e.id, &[]), effect("stroke", &[("width", 3.0)])]);
        inset.transform.scale = [scale; 2];
        inset.transform.position_px = [30.0, 7.0];
        if !masked {
            inset.masks.clear();
        }
        let p = plan(canvas(size(96, 54), linear), vec![layer(media("below")), inset]);
        let [drawn, own] = [&opaque, &with_alpha].map(|inset| {
            let program = program(&p, &Pictures::of(&[("below", &below), ("inset", inset)]), &mut LoweringCache::default());
            CpuRenderer::new(1).unwrap().run(&program, &output(PictureFormat::YUV420P8)).unwrap()
        });
        let codes = difference(&drawn, &own);
        println!("{}, masked {masked}, linear {linear}, scale {scale}: {codes} codes", e.id);
        assert!(codes <= 2, "{}, masked {masked}, linear {linear}, scale {scale}: {codes} codes", e.id);
    }
}

/// Devices bind 16 textures, so a pass reads few pictures, however many strokes a layer has.
#[test]
fn many_strokes_fit_a_device() {
    let (below, inset) = moving(1);
    let pictures = Pictures::of(&[("below", &below), ("inset", &inset)]);
    let strokes = (0..20).map(|i| effect("stroke", &[("width", 1.0 + 0.1 * f64::from(i))])).collect();
    let p = program(&plan(canvas(size(96, 54), false), vec![framed("inset", strokes)]), &pictures, &mut LoweringCache::default());
    for pass in &p.passes {
        let mut reads = 0;
        pass.for_each_input(|_| reads += 1);
        assert!(reads <= 12, "{reads}");
    }
}

/// A white picture in a white border is white from border to border, however it is scaled: shares
/// of picture and border add up to one.
#[test]
fn a_border_meets_its_picture_without_a_seam() {
    let f = PictureFormat::YUV420P8;
    let plain = |y: u8| {
        let planes = vec![vec![y; 96 * 54], vec![128; 48 * 27], vec![128; 48 * 27]];
        Picture::from_planes(f, size(96, 54), ColorTags::BT709, planes).unwrap()
    };
    let pictures = Pictures::of(&[("below", &plain(60)), ("inset", &plain(235))]);
    for (scale, masked) in [(0.6f32, true), (0.6, false), (0.37, true), (0.37, false), (0.8, true), (1.3, false)] {
        let mut inset = framed("inset", vec![effect("stroke", &[("width", 12.0)])]);
        inset.transform.scale = [scale; 2];
        inset.transform.position_px = [if scale > 1.0 { 60.0 } else { 0.3 }, 0.0];
        if !masked {
            inset.masks.clear();
        }
        let p = plan(canvas(size(96, 54), true), vec![layer(media("below")), inset]);
        let got = CpuRenderer::new(1).unwrap().run(&program(&p, &pictures, &mut LoweringCache::default()), &output(f)).unwrap();
        let row: Vec<u32> = (0..96).map(|x| got.sample(0, x, 27)).collect();
        let (first, last) = (row.iter().position(|y| *y > 200).unwrap(), row.iter().rposition(|y| *y > 200).unwrap());
        assert!(last - first > 20, "{row:?}");
        // Outer edges are soft.
        assert!(row[first + 3..last - 2].iter().all(|y| *y == 235), "scale {scale}, masked {masked}: {row:?}");
    }
}

/// A shadow without its layer stays one, also below other effects that draw around it.
#[test]
fn a_shadow_alone_hides_its_picture() {
    let f = PictureFormat::YUV420P8;
    let plain = |y: u8| {
        let planes = vec![vec![y; 96 * 54], vec![128; 48 * 27], vec![128; 48 * 27]];
        Picture::from_planes(f, size(96, 54), ColorTags::BT709, planes).unwrap()
    };
    let pictures = Pictures::of(&[("below", &plain(60)), ("inset", &plain(235))]);
    let mut alone = effect("drop-shadow", &[("distance", 0.0), ("opacity", 1.0)]);
    set_param(&mut alone, "shadowOnly", cutroom_types::ParamValue::Bool(true));
    for effects in [vec![alone.clone()], vec![effect("stroke", &[("width", 2.0)]), alone]] {
        let p = plan(canvas(size(96, 54), false), vec![layer(media("below")), framed("inset", effects)]);
        let got = CpuRenderer::new(1).unwrap().run(&program(&p, &pictures, &mut LoweringCache::default()), &output(f)).unwrap();
        assert_eq!([got.sample(0, 48, 27), got.sample(0, 2, 2)], [16, 60]);
    }
}
