//! Properties of every entry of the catalogue, tested by a loop over its lists.
use crate::support::*;
use cutroom_effects::{BLEND_MODES, EFFECTS, EffectRef, ParamKind, ParamSpec, Params, TRANSITIONS};
use cutroom_render::{OutputSpec, RenderOptions, Renderer, cpu::CpuRenderer};
use cutroom_timeline::{Content, EffectUse, Layer};
use cutroom_types::{ParamValue, Picture, PictureFormat, Size};

const REFERENCE_EFFECTS: &str = "brightness contrast saturation vibrance hue-shift temperature exposure levels invert box-blur gaussian-blur motion-blur \
    radial-blur zoom-blur pixelate kaleidoscope mirror rgb-split twirl wave bulge vignette grain sharpen posterize glow edge-detect scanlines threshold \
    chroma-key acuarela rom1 voxel-relief pixel-particle-disintegrate";
const REFERENCE_TRANSITIONS: &str = "crossfade additive-dissolve non-additive-dissolve blur-dissolve dip-to-black dip-to-white dip-to-color wipe-left \
    wipe-right wipe-up wipe-down center-wipe clock-wipe barn-door-horizontal barn-door-vertical circle-iris oval-iris diamond-iris square-iris \
    triangle-iris cross-iris star-iris push-left push-right push-up push-down slide-left slide-right slide-up slide-down flash light-leak light-sweep \
    chroma-leak lens-flare film-burn projector-flicker film-roll vignette-bloom block-glitch crt-collapse mosaic-glitch rgb-split-glitch \
    scanline-glitch checker-wipe doom-bars paint-splatter polka-dot-curtain random-blocks venetian-blinds-h venetian-blinds-v zig-zag-blocks \
    magnetic-tiles puzzle-push shatter-glass noise-dissolve water-drop swirl kaleidoscope rotate-left rotate-right rotate-90 zoom-in zoom-out \
    spin-zoom zoom-blur directional-blur whip-pan flip-horizontal flip-vertical card-spin roll-3d spinback-3d tumble-away";
/// Ids that existing projects may contain although the program that wrote them does not draw them.
/// The remaining ones of these are `smooth-cut` and `flow`, other names of `optical-flow`, and
/// `datamosh`, `fold-3d`, `origami-fold` and `neural-dream`, which are not implemented.
const PLANNED_TRANSITIONS: &str = "luma-fade signal-tear data-corrupt vhs-head-switch liquid-melt fly-eye hex-pixelize ink-bleed smoke-reveal portal-ring \
    thermal-bloom cube-3d door-3d page-peel";

#[test]
fn ids_of_existing_projects_are_there_and_unique() {
    for id in REFERENCE_EFFECTS.split_whitespace() {
        assert!(catalog().effect(id).is_some(), "effect {id}");
    }
    assert_eq!(REFERENCE_TRANSITIONS.split_whitespace().count(), 74);
    for id in REFERENCE_TRANSITIONS.split_whitespace().chain(PLANNED_TRANSITIONS.split_whitespace()) {
        assert!(catalog().transition(id).is_some(), "transition {id}");
    }
    let unique = |mut ids: Vec<&str>| {
        let n = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), n);
    };
    unique(EFFECTS.iter().map(|e| e.id).collect());
    unique(BLEND_MODES.iter().map(|e| e.id).collect());
    unique(TRANSITIONS.iter().map(|e| e.id).collect());
}

/// Defaults are inside their ranges, ids and units have one spelling, and values that are out of
/// range or not numbers are rejected.
#[test]
fn parameter_tables_are_sound() {
    let tables = EFFECTS.iter().map(|e| (e.id, e.params)).chain(TRANSITIONS.iter().map(|t| (t.id, t.params)));
    tables.for_each(|(id, params)| table_is_valid(id, params));
}

fn table_is_valid(id: &str, params: &[ParamSpec]) {
    for p in params {
        let default = p.kind.default_value();
        assert_eq!(p.kind.problem(&default), None, "{id}.{}", p.id);
        assert!(
            p.id.chars().all(|c| c.is_ascii_alphanumeric()) && p.id.starts_with(|c: char| c.is_ascii_lowercase()),
            "{id}.{}",
            p.id
        );
        assert!(!p.name.is_empty());
        let bad = |v: ParamValue| assert!(p.kind.problem(&v).is_some(), "{id}.{} takes {v:?}", p.id);
        match p.kind {
            ParamKind::Number { min, max, .. } => {
                assert!(min < max, "{id}.{}", p.id);
                [f64::NAN, f64::INFINITY, -f64::INFINITY, max + 1.0, min - 1.0]
                    .into_iter()
                    .for_each(|v| bad(ParamValue::Number(v)));
                bad(ParamValue::Text("x".into()));
            }
            ParamKind::Color { .. } => {
                bad(ParamValue::Color([f64::NAN, 0.0, 0.0, 1.0]));
                bad(ParamValue::Color([1.5, 0.0, 0.0, 1.0]));
                bad(ParamValue::Number(0.0));
            }
            ParamKind::Choice { options, .. } => {
                assert!(options.len() > 1);
                bad(ParamValue::Text("no such choice".into()));
            }
            ParamKind::File { .. } => {
                bad(ParamValue::Number(1.0));
                bad(ParamValue::Text("picture.jpg".into()));
            }
            ParamKind::Curve { .. } => {
                ["", "0,0", "0,0 0,1", "0,0 1,2", "0,0 x,1"].into_iter().for_each(|v| bad(ParamValue::Text(v.into())));
            }
            ParamKind::Media | ParamKind::Track | ParamKind::Key => bad(ParamValue::Number(1.0)),
            ParamKind::Bool { .. } => bad(ParamValue::Number(1.0)),
        }
    }
}

/// Default parameters, with numbers at `share` of the way from their minimum to their maximum.
fn at_share(spec: EffectRef, share: f64) -> EffectUse {
    let params = spec.params.iter().map(|p| match p.kind {
        ParamKind::Number { min, max, .. } => ParamValue::Number(min + (max - min) * share),
        k => k.default_value(),
    });
    crate::gpu_cases::with_inputs(EffectUse::new(spec, params.collect()), "b")
}

/// A picture with colours well inside the gamut.
fn muted(s: Size, shift: u32) -> Picture {
    let plane = |k: usize| -> Vec<u8> {
        (0..s.width * s.height)
            .map(|i| {
                let (x, y) = (i % s.width + shift, i / s.width);
                if k == 0 { 60 + ((x * 5 + y * 3) % 120) as u8 } else { 118 + ((x * 3 + y * k as u32) % 20) as u8 }
            })
            .collect()
    };
    Picture::from_planes(YUV444, s, cutroom_types::ColorTags::BT709, vec![plane(0), plane(1), plane(2)]).unwrap()
}

fn draw(cpu: &CpuRenderer, s: Size, effects: Vec<EffectUse>, format: PictureFormat) -> Picture {
    let (a, b) = (muted(s, 0), muted(s, 7));
    let effects: Vec<EffectUse> = effects.into_iter().map(|e| with_layers(e, &layer(media("a")))).collect();
    let c = crate::gpu_cases::Case {
        name: effects[0].effect.id.to_owned(),
        plan: plan(canvas(s, false), vec![Layer { effects, ..layer(media("a")) }]),
        pictures: Pictures::of(&[("a", &a), ("b", &b)]),
        output: OutputSpec { format, ..output(format) },
        max_codes: 1.0,
    };
    let p = crate::gpu_cases::program(&c);
    cpu.run(&p, &c.output).unwrap_or_else(|e| panic!("{}: {e}", c.name))
}

/// From one pixel to very wide, at the ends of every range: the picture has the right size and only
/// finite numbers.
#[test]
fn every_effect_draws_any_size_at_any_value() {
    catalog().effects().iter().filter(|e| crate::gpu_cases::is_drawn(e)).for_each(|e| draws_any_size_at_any_value(*e));
}

fn draws_any_size_at_any_value(e: EffectRef) {
    let cpu = CpuRenderer::new(0).unwrap();
    let float = PictureFormat::RGB_FLOAT;
    for (w, h) in [(1, 1), (2, 3), (37, 23)] {
        for share in [0.0, 0.37, 1.0] {
            let p = draw(&cpu, size(w, h), vec![at_share(e, share)], float);
            for k in 0..3 {
                for y in 0..h as usize {
                    for x in 0..w as usize {
                        let v = f32::from_bits(p.sample(k, x, y));
                        assert!(v.is_finite() && v.abs() < 1e4, "{} {w}×{h} at {share}: {v} in plane {k} at ({x}, {y})", e.id);
                    }
                }
            }
        }
    }
    let wide = draw(&cpu, size(8192, 3), vec![at_share(e, 0.5)], PictureFormat::YUV420P8);
    assert_eq!(wide.size, size(8192, 3), "{}", e.id);
}

/// Neutral values change nothing: drawn nevertheless, they produce the source's codes.
#[test]
fn neutral_values_change_nothing() {
    let count: usize = catalog().effects().iter().filter(|e| crate::gpu_cases::is_drawn(e)).map(|e| neutral_sets(*e)).sum();
    assert!(count > 20, "{count}");
}

/// Draws an effect with its defaults and with its minimum values, if they are neutral; returns how
/// many of the two are.
fn neutral_sets(e: EffectRef) -> usize {
    let cpu = CpuRenderer::new(0).unwrap();
    let s = size(48, 32);
    let plain = muted(s, 0);
    let lowest = e.params.iter().map(|p| match p.kind {
        ParamKind::Number { min, .. } => ParamValue::Number(min.max(0.0)),
        k => k.default_value(),
    });
    let sets: Vec<Vec<ParamValue>> = vec![e.defaults(), lowest.collect()];
    let neutral: Vec<_> = sets.into_iter().filter(|params| e.is_neutral(Params::new(params))).collect();
    let count = neutral.len();
    for params in neutral {
        let got = draw(&cpu, s, vec![crate::gpu_cases::with_inputs(EffectUse::new(e, params), "a")], YUV444);
        // Mirrors and shears by nothing resample exactly; noise of amount 0 adds nothing.
        let limit = difference(&got, &plain);
        assert!(limit <= 1, "{} is called neutral and changes {limit} codes", e.id);
    }
    count
}

/// Checks for an effect outside the lists what holds for every effect of the catalogue.
pub fn keeps_every_promise(e: EffectRef) {
    table_is_valid(e.id, e.params);
    draws_any_size_at_any_value(e);
    neutral_sets(e);
    for linear in [false, true] {
        crate::gpu_parity::check(vec![crate::gpu_cases::effect_case(e, linear)]);
    }
}

/// A transition shows only the outgoing picture at its start and only the incoming one at its end.
#[test]
fn transitions_begin_and_end_pure() {
    let mut renderer =
        Renderer::new(RenderOptions { backend: cutroom_render::Backend::Cpu, threads: 0, ..RenderOptions::default() }).unwrap();
    let s = size(64, 36);
    let (a, b) = (picture(YUV444, s, 1), picture(YUV444, s, 2));
    let pictures = Pictures::of(&[("a", &a), ("b", &b)]);
    let mut wrong = Vec::new();
    for t in TRANSITIONS {
        for (progress, want) in [(0.0, &a), (1.0, &b)] {
            let top = crate::gpu_cases::transition(t.id, progress, layer(media("a")), layer(media("b")));
            let got = renderer.render(&plan(canvas(s, false), vec![top]), &pictures, &output(YUV444)).unwrap();
            let limit = difference(&got, want);
            if limit > 2 {
                wrong.push(format!("{} at {progress} is {limit} codes from pure", t.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// In between a transition differs from both ends and changes with progress.
#[test]
fn transitions_are_on_their_way_in_between() {
    let mut renderer =
        Renderer::new(RenderOptions { backend: cutroom_render::Backend::Cpu, threads: 0, ..RenderOptions::default() }).unwrap();
    let s = size(64, 36);
    let (a, b) = (picture(YUV444, s, 1), picture(YUV444, s, 2));
    let pictures = Pictures::of(&[("a", &a), ("b", &b)]);
    for t in TRANSITIONS {
        let mut at = |progress: f32| {
            let top = crate::gpu_cases::transition(t.id, progress, layer(media("a")), layer(media("b")));
            bytes(&renderer.render(&plan(canvas(s, false), vec![top]), &pictures, &output(YUV444)).unwrap())
        };
        let (early, middle, late) = (at(0.3), at(0.5), at(0.7));
        assert!(early != middle && middle != late && early != late, "{}", t.id);
    }
}

/// A missing side is transparent, not black or undefined: the background is visible.
#[test]
fn transitions_from_nothing_uncover_the_background() {
    let mut renderer =
        Renderer::new(RenderOptions { backend: cutroom_render::Backend::Cpu, threads: 0, ..RenderOptions::default() }).unwrap();
    let s = size(64, 36);
    let a = picture(YUV444, s, 1);
    let pictures = Pictures::of(&[("a", &a)]);
    let mut cv = canvas(s, false);
    cv.background = [0.2, 0.4, 0.6, 1.0];
    let background = renderer.render(&plan(cv, vec![]), &pictures, &output(YUV444)).unwrap();
    let mut wrong = Vec::new();
    for t in TRANSITIONS.iter() {
        let mut top = crate::gpu_cases::transition(t.id, 0.0, layer(media("a")), layer(media("a")));
        if let Content::Transition { from, .. } = &mut top.content {
            *from = None;
        }
        let got = renderer.render(&plan(cv, vec![top]), &pictures, &output(YUV444)).unwrap();
        let limit = difference(&got, &background);
        if limit > 2 {
            wrong.push(format!("{}: {limit} codes", t.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
