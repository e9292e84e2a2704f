//! Projects whose work multiplies are refused before any work, and those that are not refused can
//! be planned: the bounds hold for every frame.
use cutroom_effects::{Catalog, Unit};
use cutroom_project::{
    AdjustmentSource, Animated, Clip, ClipSource, Composition, Curve, Ease, EffectInstance, Keyframe, Matte, MatteChannel, Media,
    MediaKind, Project, Track, TrackKind, Transition, validate,
};
use cutroom_timeline::{Content, FramePlan, Layer, PlanError, Timeline, validate_against_catalog};
use cutroom_types::{FrameRate, ParamValue, Size, Time, TimeDelta};
use proptest::prelude::*;
use std::sync::Arc;

const FRAMES: i64 = 40;

fn rate() -> FrameRate {
    FrameRate::new(25, 1).unwrap()
}

fn clip(id: &str, source: ClipSource) -> Clip {
    Clip::new(id, source, Time::ZERO, rate().time_of_frame(FRAMES).since_zero())
}

fn media(id: &str) -> Clip {
    clip(id, ClipSource::media("m"))
}

fn adjustment(id: &str) -> Clip {
    clip(id, ClipSource::Adjustment(AdjustmentSource::default()))
}

fn effect(id: &str, param: &str, value: ParamValue) -> EffectInstance {
    EffectInstance {
        id: format!("{id}-{value:?}").as_str().into(),
        effect: id.into(),
        enabled: true,
        params: [(param.to_owned(), Animated::Constant(value))].into(),
        extra: Default::default(),
    }
}

fn echo(n: u32) -> EffectInstance {
    effect("echo", "echoes", ParamValue::Number(f64::from(n)))
}

fn posterize(rate: f64) -> EffectInstance {
    effect("posterize-time", "frameRate", ParamValue::Number(rate))
}

fn with(mut clip: Clip, effect: EffectInstance) -> Clip {
    clip.video.effects.push(effect);
    clip
}

fn track_id(composition: &str, track: usize) -> String {
    format!("{}{track}", &composition[..1])
}

fn composition(id: &str, clips: Vec<Clip>) -> Composition {
    let mut c = Composition::new(id, Size { width: 64, height: 36 }, rate());
    let track =
        |(i, clip): (usize, Clip)| Track { clips: vec![clip.into()].into(), ..Track::new(&track_id(id, i), TrackKind::Video) };
    c.tracks = clips.into_iter().enumerate().map(track).collect();
    c
}

fn dissolve(id: &str, from: &str, to: &str) -> Transition {
    Transition {
        id: id.into(),
        kind: "crossfade".into(),
        from: Some(from.into()),
        to: Some(to.into()),
        duration: TimeDelta::ZERO,
        alignment: Default::default(),
        params: Default::default(),
        audio_crossfade: true,
        audio_fade_shape: cutroom_types::FadeCurve::ConstantPower,
        extra: Default::default(),
    }
}

fn film(compositions: Vec<Composition>) -> Project {
    let mut compositions = compositions.into_iter();
    let mut p = Project::new("test", compositions.next().unwrap());
    p.compositions.extend(compositions);
    p.media.push(Media::new("m", "m.mp4", MediaKind::Video));
    p
}

/// Number of layers of a plan, including all those inside layers.
fn layers(plan: &FramePlan) -> u64 {
    plan.layers.iter().map(of_layer).sum()
}

fn of_layer(layer: &Layer) -> u64 {
    let inside = match &layer.content {
        Content::Composition(plan) => layers(plan),
        Content::Transition { from, to, inputs, .. } => from.iter().chain(to).map(|l| &**l).chain(inputs).map(of_layer).sum(),
        _ => 0,
    };
    let used = layer.effects.iter().flat_map(|e| &e.inputs).chain(layer.matte.iter().map(|m| &m.layer)).map(of_layer).sum::<u64>();
    1 + inside + used
}

fn is_refused(p: &Project) -> bool {
    let refused = validate_against_catalog(p, &Catalog::builtin()).iter().any(|p| p.code == "project.nesting");
    assert_eq!(refused, matches!(Timeline::new(p, &p.main, &Catalog::builtin()), Err(PlanError::Nesting { .. })));
    refused
}

#[test]
fn echoes_multiply_through_adjustment_layers_and_nesting() {
    let adjusted = |below: u32, above: u32| {
        film(vec![composition("main", vec![with(media("a"), echo(below)), with(adjustment("x"), echo(above))])])
    };
    let nested = |inner: u32, outer: u32| {
        let clip = with(clip("n", ClipSource::composition("inner")), echo(outer));
        film(vec![composition("main", vec![clip]), composition("inner", vec![with(media("a"), echo(inner))])])
    };
    for p in [adjusted(15, 15), nested(15, 15)] {
        assert!(!is_refused(&p));
        assert!(Timeline::new(&p, &p.main, &Catalog::builtin()).unwrap().frame(20).is_ok());
    }
    for p in [adjusted(32, 32), nested(32, 32)] {
        assert!(is_refused(&p));
    }
}

/// Each uses the tracks below it twice: at the frame's time and at its own.
#[test]
fn posterised_adjustment_layers_double() {
    let stack = |n: u32| {
        let above = (0..n).map(|i| with(adjustment(&format!("x{i}")), posterize(3.0 + f64::from(i))));
        film(vec![composition("main", std::iter::once(media("a")).chain(above).collect())])
    };
    let p = stack(12);
    assert!(!is_refused(&p));
    let t = Timeline::new(&p, &p.main, &Catalog::builtin()).unwrap();
    assert!((0..FRAMES).map(|n| layers(&t.frame(n).unwrap())).max().unwrap() > 1_000, "they do");
    assert!(is_refused(&stack(16)));
    // A disabled layer costs nothing.
    let mut p = stack(16);
    p.compositions[0].tracks.iter_mut().skip(8).for_each(|t| t.clip_mut(0).enabled = false);
    assert!(!is_refused(&p));
}

/// The number of pictures that an effect needs may be animated; its maximum counts.
#[test]
fn animated_numbers_of_pictures_count_at_their_most() {
    let key = |frame: i64, v| Keyframe {
        ease: Ease::Linear,
        ..Keyframe::new(rate().time_of_frame(frame).since_zero(), ParamValue::Number(v))
    };
    let mut relief = effect("voxel-relief", "temporalBlend", ParamValue::Number(0.0));
    relief.params.insert("temporalBlend".into(), Animated::Curve(Curve::new(vec![key(0, 0.0), key(25, 0.95)]).unwrap()));
    let stack = |n: usize| {
        film(vec![composition(
            "main",
            std::iter::once(media("a")).chain((0..n).map(|i| with(adjustment(&format!("x{i}")), relief.clone()))).collect(),
        )])
    };
    assert!(!is_refused(&stack(1)));
    assert!(is_refused(&stack(3)));
}

/// Mattes, and tracks that effects after the echo name, are used once, however many pictures the
/// clip itself needs.
#[test]
fn what_is_seen_once_is_counted_once() {
    let mut cut = with(media("a"), echo(32));
    cut.video.effects.push(effect("displacement-map", "track", ParamValue::Text("m2".into())));
    cut.video.matte = Some(Matte { track: "m1".into(), channel: MatteChannel::Luma, inverted: false, extra: Default::default() });
    let mut p = film(vec![composition("main", vec![cut, with(media("b"), echo(31)), with(media("c"), echo(30))])]);
    p.compositions[0].tracks[1].matte_only = true;
    p.compositions[0].tracks[2].matte_only = true;
    assert_eq!((validate(&p), validate_against_catalog(&p, &Catalog::builtin())), (vec![], vec![]));
    assert!(Timeline::new(&p, &p.main, &Catalog::builtin()).unwrap().frame(35).is_ok());
    // Before the echo the track is used with each picture.
    p.compositions[0].tracks[0].clip_mut(0).video.effects.reverse();
    assert!(is_refused(&p));
}

/// A matte that is an adjustment layer above the clip it cuts has no picture to start from.
#[test]
fn a_matte_that_adjusts_what_it_cuts_is_a_cycle() {
    let mut cut = media("a");
    cut.video.matte = Some(Matte { track: "m1".into(), channel: MatteChannel::Luma, inverted: false, extra: Default::default() });
    let mut p = film(vec![composition("main", vec![cut, adjustment("x")])]);
    assert_eq!(validate(&p).iter().map(|p| p.code).collect::<Vec<_>>(), ["project.cycle"]);
    p.compositions[0].tracks[1].clip_mut(0).enabled = false;
    assert_eq!(validate(&p), []);
    p.compositions[0].tracks[1].clip_mut(0).enabled = true;
    // It is not a cycle if it adjusts another clip of the track, at another time; but it is one if
    // a transition shows both clips at once.
    let half = rate().time_of_frame(FRAMES / 2);
    let mut other = media("b");
    other.start = half;
    let (a, x) = (&mut p.compositions[0].tracks[0].clip_mut(0), other.clone());
    a.duration = half.since_zero();
    other.duration = half.since_zero();
    p.compositions[0].tracks[0].clips.push(other.into());
    let adjusts = &mut p.compositions[0].tracks[1].clip_mut(0);
    adjusts.start = x.start;
    adjusts.duration = half.since_zero();
    p.compositions[0].tracks[1].clips.insert(0, Clip { duration: half.since_zero(), ..media("c") }.into());
    assert_eq!(validate(&p), []);
    assert!((0..FRAMES).all(|n| Timeline::new(&p, &p.main, &Catalog::builtin()).unwrap().frame(n).is_ok()));
    p.compositions[0].tracks[0].transitions.push(Transition { duration: TimeDelta(half.0 / 2), ..dissolve("x", "a", "b") });
    assert_eq!(validate(&p).iter().map(|p| p.code).collect::<Vec<_>>(), ["project.cycle"]);
    let displaced = effect("displacement-map", "track", ParamValue::Text("m1".into()));
    let p = film(vec![composition("main", vec![with(media("a"), displaced), adjustment("x")])]);
    assert!(
        validate_against_catalog(&p, &Catalog::builtin()).iter().any(|p| p.code == "project.cycle"),
        "{:?}",
        validate_against_catalog(&p, &Catalog::builtin())
    );
}

fn any_composition(id: &'static str, inner: Option<&'static str>) -> impl Strategy<Value = Composition> {
    let effect = prop_oneof![
        4 => Just(None),
        2 => (1u32..5).prop_map(|n| Some(echo(n))),
        2 => (2u32..9).prop_map(|r| Some(posterize(f64::from(r)))),
        1 => (0usize..5).prop_map(|t| Some(effect("displacement-map", "track", ParamValue::Text(t.to_string().into())))),
    ];
    let track = (0u8..4, prop::collection::vec(effect, 0..3), prop::option::weighted(0.2, 0usize..5), any::<bool>(), any::<bool>());
    prop::collection::vec(track, 1..6).prop_map(move |tracks| {
        let clips = tracks.iter().enumerate().map(|(i, (kind, effects, matte, _, _))| {
            let name = format!("{id}{i}");
            let mut c = match (kind, inner) {
                (2, _) => adjustment(&name),
                (3, Some(inner)) => clip(&name, ClipSource::composition(inner)),
                _ => media(&name),
            };
            c.video.effects = effects.iter().flatten().cloned().collect();
            c.video.matte = matte.map(|t| Matte {
                track: t.to_string().as_str().into(),
                channel: MatteChannel::Alpha,
                inverted: false,
                extra: Default::default(),
            });
            c
        });
        let mut c = composition(id, clips.collect());
        let count = c.tracks.len();
        for (t, (_, _, _, matte_only, joined)) in c.tracks.iter_mut().zip(&tracks) {
            t.matte_only = *matte_only;
            if *joined {
                // A second half, with a dissolve to it.
                let half = rate().time_of_frame(FRAMES / 2).since_zero();
                let mut second = Clip::clone(&t.clips[0]);
                second.id = format!("{}b", second.id).as_str().into();
                t.clip_mut(0).duration = half;
                second.start = Time(half.0);
                second.duration = half;
                let between = dissolve(&format!("{}x", second.id), t.clips[0].id.as_str(), second.id.as_str());
                t.transitions.push(Transition { duration: TimeDelta(half.0 / 2), ..between });
                t.clips.push(second.into());
            }
            // Makes names refer to existing tracks and ids unique.
            let near = |t: &str| track_id(id, t.parse::<usize>().unwrap() % count);
            for clip in t.clips.iter_mut().map(Arc::make_mut) {
                if let Some(m) = &mut clip.video.matte {
                    m.track = near(m.track.as_str()).as_str().into();
                }
                for (i, e) in clip.video.effects.iter_mut().enumerate() {
                    e.id = format!("{}-{i}", clip.id).as_str().into();
                    if let Some(Animated::Constant(ParamValue::Text(t))) = e.params.get_mut("track") {
                        *t = near(t).into();
                    }
                }
            }
        }
        c
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]
    /// A project without problems has a plan of at most 10000 layers for every frame.
    #[test]
    fn what_is_accepted_is_planned(main in any_composition("main", Some("inner")), inner in any_composition("inner", None)) {
        let p = film(vec![main, inner]);
        prop_assume!(validate(&p).is_empty() && validate_against_catalog(&p, &Catalog::builtin()).is_empty());
        let t = Timeline::new(&p, &p.main, &Catalog::builtin()).unwrap();
        for n in [0, 7, FRAMES / 2 - 1, FRAMES / 2, FRAMES - 1] {
            let plan = t.frame(n);
            prop_assert!(plan.is_ok(), "{plan:?}");
            prop_assert!(layers(&plan.unwrap()) <= 10_000);
        }
    }
}

/// What a film of 1920×1080 could always use, four times as long, is allowed in one of 7680×4320: every
/// look can be taken along.
#[test]
fn lengths_fit_films_of_8k() {
    let hd: &[(&str, &str, f64)] = &[
        ("blur-region", "radius", 100.0),
        ("blur-region", "feather", 500.0),
        ("box-blur", "radius", 20.0),
        ("checkerboard", "width", 4000.0),
        ("checkerboard", "height", 4000.0),
        ("chroma-key", "choke", 20.0),
        ("chroma-key", "edgeBlur", 50.0),
        ("crop", "feather", 500.0),
        ("deband", "range", 100.0),
        ("directional-blur", "length", 500.0),
        ("displacement-map", "amountX", 500.0),
        ("displacement-map", "amountY", -500.0),
        ("drop-shadow", "distance", 1000.0),
        ("drop-shadow", "softness", 200.0),
        ("edge-detect", "radius", 5.0),
        ("emboss", "radius", 5.0),
        ("gaussian-blur", "radius", 50.0),
        ("glow", "radius", 100.0),
        ("grain", "size", 5.0),
        ("mosaic-region", "size", 128.0),
        ("noise", "size", 200.0),
        ("pixel-particle-disintegrate", "cellSize", 64.0),
        ("pixelate", "size", 64.0),
        ("sharpen", "radius", 5.0),
        ("stroke", "width", 50.0),
        ("turbulent-displace", "amount", -500.0),
        ("turbulent-displace", "size", 2000.0),
        ("unsharp", "radius", 100.0),
    ];
    let catalog = Catalog::builtin();
    let with_unit =
        catalog.effects().iter().flat_map(|e| e.params.iter().filter(|p| p.unit == Unit::CanvasPx).map(|p| (e.id, p.id)));
    let mut lengths: Vec<_> = with_unit.collect();
    let mut listed: Vec<_> = hd.iter().map(|(e, p, _)| (*e, *p)).collect();
    lengths.sort_unstable();
    listed.sort_unstable();
    assert_eq!(listed, lengths);
    for (id, param, value) in hd.iter().filter(|(id, ..)| *id != "displacement-map") {
        let mut c = composition("main", vec![with(media("a"), effect(id, param, ParamValue::Number(4.0 * value)))]);
        c.size = Size { width: 7680, height: 4320 };
        let p = film(vec![c]);
        let found = validate_against_catalog(&p, &catalog);
        assert!(found.is_empty(), "{id} {param}: {found:?}");
        assert!(Timeline::new(&p, &p.main, &catalog).unwrap().frame(0).is_ok(), "{id} {param}");
    }
}
