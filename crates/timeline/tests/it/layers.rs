//! What a plan lists and leaves out; nesting; keys; validation against the catalogue; and that
//! planning never panics.
use cutroom_effects::Catalog;
use cutroom_project::{
    Animated, Clip, ClipSource, Composition, Curve, EffectInstance, Keyframe, Mask, MaskShape, Matte, Media, MediaFacts, MediaKind,
    NullSource, PathShape, Project, StreamChoice, Track, TrackKind, Transition, from_json, validate,
};
use cutroom_timeline::{
    Content, FramePlan, Outline, PlanError, StreamKind, Timeline, plan_audio, plan_frame, source_uses, validate_against_catalog,
};
use cutroom_types::{BezierPath, FrameRate, ParamValue, Size, Time, TimeDelta};
use proptest::prelude::*;

const SECOND: i64 = 705_600_000;

fn comp(id: &str, fps: u32) -> Composition {
    Composition::new(id, Size { width: 64, height: 36 }, FrameRate::new(fps, 1).unwrap())
}

fn with(mut c: Composition, tracks: Vec<Vec<Clip>>) -> Composition {
    for (i, clips) in tracks.into_iter().enumerate() {
        let mut t = Track::new(&format!("{}-{i}", c.id), TrackKind::Video);
        t.clips = clips.into_iter().map(Into::into).collect();
        c.tracks.push(t);
    }
    c
}

fn clip(id: &str, source: ClipSource, start: i64, secs: i64) -> Clip {
    Clip::new(id, source, Time(start * SECOND), TimeDelta(secs * SECOND))
}

fn film(main: Composition) -> Project {
    let mut p = Project::new("t", main);
    p.media.push(Media::new("m", "m.mp4", MediaKind::Video));
    p.media.push(Media::new("still", "s.png", MediaKind::Image));
    p
}

fn plan(p: &Project, secs: i64) -> FramePlan {
    assert_eq!((validate(p), validate_against_catalog(p, &Catalog::builtin())), (vec![], vec![]));
    plan_frame(p, &p.main, &Catalog::builtin(), Time(secs * SECOND)).unwrap()
}

fn effect(id: &str, params: &[(&str, f64)]) -> EffectInstance {
    EffectInstance {
        id: id.into(),
        effect: id.into(),
        enabled: true,
        params: params.iter().map(|(n, v)| ((*n).to_owned(), Animated::Constant(ParamValue::Number(*v)))).collect(),
        extra: Default::default(),
    }
}

#[test]
fn what_cannot_be_seen_is_not_listed() {
    let mut p = film(with(comp("main", 25), vec![vec![clip("a", ClipSource::media("m"), 0, 4)]]));
    assert_eq!(plan(&p, 1).layers.len(), 1);
    let hidden: [fn(&mut Project); 9] = [
        |p| p.compositions[0].tracks[0].clip_mut(0).video.opacity = Animated::Constant(0.0),
        |p| p.compositions[0].tracks[0].opacity = Animated::Constant(0.0),
        |p| p.compositions[0].tracks[0].enabled = false,
        |p| p.compositions[0].tracks[0].clip_mut(0).enabled = false,
        |p| p.compositions[0].tracks[0].clip_mut(0).video.transform.scale = Animated::Constant([0.0, 1.0]),
        |p| p.compositions[0].tracks[0].clip_mut(0).video.transform.crop_left = Animated::Constant(1.0),
        |p| p.compositions[0].tracks[0].clip_mut(0).source = ClipSource::solid([1.0, 1.0, 1.0, 0.0]),
        |p| p.media[0].facts = Some(MediaFacts { video_streams: Some(0), ..Default::default() }),
        |p| {
            if let ClipSource::Media(m) = &mut p.compositions[0].tracks[0].clip_mut(0).source {
                m.video_stream = StreamChoice::None;
            }
        },
    ];
    for hide in &hidden {
        let mut q = p.clone();
        hide(&mut q);
        assert!(plan(&q, 1).layers.is_empty(), "{q:?}");
    }
    // An invisible stencil still lowers the backdrop's alpha.
    for hide in [0, 1, 4, 5].map(|i| hidden[i]) {
        let mut q = p.clone();
        hide(&mut q);
        q.compositions[0].tracks[0].clip_mut(0).video.blend = "stencil-alpha".into();
        let layers = plan(&q, 1).layers;
        assert_eq!(layers.iter().map(|l| (l.opacity, l.blend.id)).collect::<Vec<_>>(), [(0.0, "stencil-alpha")], "{q:?}");
    }
    // Solo of a video track hides the others.
    let mut second = Track::new("2", TrackKind::Video);
    second.clips = vec![clip("b", ClipSource::solid([1.0; 4]), 0, 4).into()].into();
    second.solo = true;
    p.compositions[0].tracks.push(second);
    assert_eq!(plan(&p, 1).layers.iter().map(|l| l.clip.as_str()).collect::<Vec<_>>(), ["b"]);
}

#[test]
fn neutral_and_disabled_effects_are_gone_and_parameters_are_complete() {
    let mut c = clip("a", ClipSource::media("m"), 0, 4);
    let mut off = effect("brightness", &[("amount", 0.5)]);
    off.id = "off".into();
    off.enabled = false;
    c.video.effects = vec![effect("contrast", &[("amount", 1.0)]), off, effect("exposure", &[("exposure", 0.5)])];
    let mut p = film(with(comp("main", 25), vec![vec![c]]));
    let layer = plan(&p, 1).layers.remove(0);
    assert_eq!(layer.effects.len(), 1);
    let table: Vec<_> = Catalog::builtin().effect("exposure").unwrap().params.iter().map(|p| p.id).collect();
    assert_eq!(layer.effects[0].params.len(), table.len());
    assert_eq!(layer.effects[0].params[0], ParamValue::Number(0.5));
    // Animated from its neutral value: in the plan only where it is not neutral.
    let ramp = Curve::new(vec![
        Keyframe::new(TimeDelta(0), ParamValue::Number(0.0)),
        Keyframe::new(TimeDelta(2 * SECOND), ParamValue::Number(1.0)),
    ]);
    p.compositions[0].tracks[0].clip_mut(0).video.effects[2].params.insert("exposure".into(), Animated::Curve(ramp.unwrap()));
    assert!(plan(&p, 0).layers[0].effects.is_empty());
    assert_eq!(plan(&p, 1).layers[0].effects[0].params[0], ParamValue::Number(0.5));
}

#[test]
fn the_catalogue_objects_with_paths() {
    let mut c = clip("a", ClipSource::media("m"), 0, 4);
    c.video.blend = "glow-in-the-dark".into();
    c.video.effects =
        vec![effect("no-such", &[]), effect("contrast", &[("amount", 99.0)]), effect("exposure", &[("exposition", 1.0)])];
    c.video.effects[1].params.insert("amount".into(), Animated::Constant(ParamValue::Number(99.0)));
    let mut p = film(with(comp("main", 25), vec![vec![c]]));
    p.compositions[0].tracks[0].transitions.push(Transition {
        id: "x".into(),
        kind: "no-such-change".into(),
        from: None,
        to: Some("a".into()),
        duration: TimeDelta(SECOND),
        alignment: Default::default(),
        params: Default::default(),
        audio_crossfade: true,
        audio_fade_shape: cutroom_types::FadeCurve::ConstantPower,
        extra: Default::default(),
    });
    let found: Vec<_> = validate_against_catalog(&p, &Catalog::builtin()).into_iter().map(|p| (p.json_path, p.code)).collect();
    let at = |s: &str| format!("compositions[0].tracks[0].{s}");
    assert_eq!(
        found,
        [
            (at("clips[0].video.blend"), "project.unknown_blend_mode"),
            (at("clips[0].video.effects[0].effect"), "project.unknown_effect"),
            (at("clips[0].video.effects[1].params.amount"), "project.param"),
            (at("clips[0].video.effects[2].params.exposition"), "project.unknown_param"),
            (at("transitions[0].kind"), "project.unknown_transition"),
        ]
    );
    assert!(
        matches!(
            plan_frame(&p, &p.main, &Catalog::builtin(), Time(2 * SECOND)),
            Err(PlanError::Unknown { .. } | PlanError::Param { .. })
        ),
        "planning refuses too"
    );
}

/// A nested composition has its own frame grid: 10 fps inside 50 fps shows each inner frame five
/// times.
#[test]
fn nested_compositions_keep_their_frames() {
    let inner = with(comp("inner", 10), vec![vec![clip("i", ClipSource::media("m"), 0, 4)]]);
    let mut outer = clip("o", ClipSource::composition("inner"), 1, 2);
    outer.source_in = Time(SECOND);
    let mut p = film(with(comp("main", 50), vec![vec![outer]]));
    p.compositions.push(inner);
    assert_eq!(validate(&p), vec![]);
    let t = Timeline::new(&p, &p.main, &Catalog::builtin()).unwrap();
    for n in 0..100 {
        let plan = t.frame(50 + n).unwrap();
        let Content::Composition(inner) = &plan.layers[0].content else { panic!() };
        assert_eq!(inner.time, Time(SECOND + n / 5 * SECOND / 10));
        assert_eq!(inner.canvas.background, [0.0; 4]);
    }
    // A clip longer than its nested composition is an error, not a black gap.
    p.compositions[0].tracks[0].clip_mut(0).duration = TimeDelta(5 * SECOND);
    assert_eq!(validate(&p)[0].code, "project.past_source_end");
}

#[test]
fn nesting_that_explodes_or_loops_is_refused() {
    let mut p = film(with(comp("c0", 25), vec![vec![clip("a", ClipSource::media("m"), 0, 4)]]));
    for i in 1..20 {
        let below = format!("c{}", i - 1);
        let tracks = (0..4).map(|k| vec![clip(&format!("n{i}{k}"), ClipSource::composition(&below), 0, 4)]).collect();
        p.compositions.push(with(comp(&format!("c{i}"), 25), tracks));
    }
    p.main = "c19".into();
    assert_eq!(validate(&p), vec![]);
    assert!(
        validate_against_catalog(&p, &Catalog::builtin())
            .iter()
            .any(|p| p.code == "project.nesting" && p.json_path == "compositions[19]")
    );
    assert_eq!(plan_frame(&p, &p.main, &Catalog::builtin(), Time::ZERO).unwrap_err().code(), "project.nesting");
    p.compositions[0].tracks[0].clip_mut(0).source = ClipSource::composition("c3");
    assert!(validate(&p).iter().any(|p| p.code == "project.cycle"));
    assert_eq!(plan_audio(&p, &p.main, &Catalog::builtin(), 0, 10).unwrap_err().code(), "project.nesting");
}

#[test]
fn stills_share_a_picture_key_and_frames_do_not_share_a_key() {
    let p = film(with(
        comp("main", 25),
        vec![vec![clip("a", ClipSource::media("still"), 0, 4), clip("b", ClipSource::media("still"), 4, 4)]],
    ));
    let (a, b, c) = (plan(&p, 0), plan(&p, 3), plan(&p, 5));
    assert_ne!(a.key(), b.key());
    assert_eq!((a.picture_key(), a.picture_key()), (b.picture_key(), c.picture_key()));
    assert_eq!(a.key(), plan(&p, 0).key());
}

#[test]
fn source_uses_name_clip_and_path() {
    let mut inner_clip = clip("i", ClipSource::media("m"), 0, 4);
    inner_clip.source_in = Time(12 * SECOND);
    inner_clip.speed = -2.0;
    let inner = with(comp("inner", 25), vec![vec![inner_clip]]);
    let mut p = film(with(
        comp("main", 25),
        vec![vec![clip("o", ClipSource::composition("inner"), 0, 4), clip("s", ClipSource::media("still"), 4, 1)]],
    ));
    p.compositions.push(inner);
    let uses = source_uses(&p, &p.main, &Catalog::builtin()).unwrap();
    let paths: Vec<String> = uses.iter().map(cutroom_timeline::SourceUse::json_path).collect();
    let short: Vec<_> =
        uses.iter().zip(&paths).map(|(u, path)| (u.clip.as_str(), u.kind, u.required, u.still, path.as_str())).collect();
    assert_eq!(
        short,
        [
            ("s", StreamKind::Video, true, true, "compositions[0].tracks[0].clips[1]"),
            ("i", StreamKind::Video, true, false, "compositions[1].tracks[0].clips[0]"),
            ("i", StreamKind::Audio, false, false, "compositions[1].tracks[0].clips[0]"),
        ]
    );
    assert_eq!((uses[1].span.start.0, uses[1].span.duration.0), (4 * SECOND, 8 * SECOND));
}

/// Ordinary and extreme numbers, so that some projects pass validation and some do not.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![4 => -2.0f64..2.0, 1 => Just(0.0), 1 => Just(1.0), 1 => -1e6f64..1e6, 1 => Just(1e300)]
}

fn flicks() -> impl Strategy<Value = i64> {
    prop_oneof![6 => 0i64..10 * SECOND, 1 => -SECOND..0, 1 => Just(0i64), 1 => any::<i64>()]
}

fn any_clip() -> impl Strategy<Value = Clip> {
    (flicks(), flicks(), flicks(), number(), number(), 0..5usize, number()).prop_map(
        |(start, duration, source_in, speed, opacity, source, amount)| {
            let source = match source {
                0 => ClipSource::media("m"),
                1 => ClipSource::media("still"),
                2 => ClipSource::composition("inner"),
                3 => ClipSource::composition("main"),
                _ => ClipSource::solid([0.5; 4]),
            };
            let mut c = Clip::new("", source, Time(start), TimeDelta(duration));
            c.source_in = Time(source_in);
            c.speed = speed;
            c.video.opacity = Animated::Constant(opacity);
            c.audio.gain_db = Animated::Constant(amount);
            c.video.effects = vec![effect("exposure", &[("exposure", amount)])];
            c
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Planning never panics. A project without problems is planned without error, and the keys of
    /// its plans are equal exactly if the plans are.
    #[test]
    fn planning_never_panics(
        mut outer in prop::collection::vec(any_clip(), 0..5),
        mut inner in prop::collection::vec(any_clip(), 0..4),
        at in flicks(),
        length in flicks(),
        gap in 0i64..SECOND,
        tame in any::<bool>(),
        dissolve in flicks(),
    ) {
        for (name, clips) in [("o", &mut outer), ("i", &mut inner)] {
            let mut end = 0;
            for (i, c) in clips.iter_mut().enumerate() {
                c.id = format!("{name}{i}").as_str().into();
                c.video.effects[0].id = format!("{name}{i}").as_str().into();
                if tame {
                    // One after another, so that many of these are valid.
                    c.start = Time(end);
                    c.duration = TimeDelta(c.duration.0.rem_euclid(10 * SECOND) + 1);
                    c.source_in = Time(c.source_in.0.rem_euclid(SECOND));
                    c.speed = if c.speed.abs() < 0.001 || c.speed.abs() > 2.0 { 1.0 } else { c.speed.abs() };
                    c.video.opacity = Animated::Constant(0.5);
                    if matches!(&c.source, ClipSource::Composition(_)) { c.source = ClipSource::media("m"); }
                    c.video.effects[0].params.clear();
                    c.audio.gain_db = Animated::Constant(-1.0);
                    end += c.duration.0 + if i % 2 == 0 { 0 } else { gap };
                }
            }
        }
        let mut main = with(comp("main", 30), vec![outer]);
        if main.tracks[0].clips.len() > 1 {
            main.tracks[0].transitions.push(Transition {
                id: "x".into(), kind: "wipe-left".into(), from: Some("o0".into()), to: Some("o1".into()), duration: TimeDelta(dissolve),
                alignment: Default::default(), params: Default::default(), audio_crossfade: true,
            audio_fade_shape: cutroom_types::FadeCurve::ConstantPower, extra: Default::default(),
            });
        }
        if !tame { main.duration = Some(TimeDelta(length)); }
        let mut p = film(main);
        p.compositions.push(with(comp("inner", 24), vec![inner]));
        let valid = validate(&p).is_empty() && validate_against_catalog(&p, &Catalog::builtin()).is_empty();
        let (a, b) = (plan_frame(&p, &p.main, &Catalog::builtin(), Time(at)), plan_frame(&p, &p.main, &Catalog::builtin(), Time(at / 2)));
        let sound = plan_audio(&p, &p.main, &Catalog::builtin(), at / 14_700, 1024);
        let _ = source_uses(&p, &p.main, &Catalog::builtin());
        if valid {
            let (a, b) = (a.unwrap(), b.unwrap());
            prop_assert_eq!(a == b, a.key() == b.key());
            prop_assert!(sound.is_ok());
            let again = from_json(&cutroom_project::to_json(&p)).unwrap();
            prop_assert_eq!(&again, &p);
            prop_assert_eq!(plan_frame(&again, &p.main, &Catalog::builtin(), Time(at)).unwrap().key(), a.key());
        }
    }
}

fn white() -> ClipSource {
    ClipSource::solid([1.0; 4])
}

#[test]
fn masks_are_outlines_at_an_instant() {
    let mut p = film(with(comp("main", 25), vec![vec![clip("a", white(), 1, 4)]]));
    let key = |secs: i64, points: &[[f64; 2]]| Keyframe::new(TimeDelta(secs * SECOND), BezierPath::polygon(points));
    let (triangle, square) = ([[0.0, 0.0], [4.0, 0.0], [0.0, 1.0]], [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]);
    let path = Animated::Curve(Curve::new(vec![key(0, &triangle), key(2, &square)]).unwrap());
    let mut mask = Mask::new("k", MaskShape::Path(PathShape { path, extra: Default::default() }));
    mask.offset = Animated::Constant([0.25, 0.5]);
    let off = Mask { enabled: false, ..Mask::new("l", mask.shape.clone()) };
    p.compositions[0].tracks[0].clip_mut(0).video.masks = vec![mask, off];
    // Clip time is a second less; halfway, the added vertex is between the slanted side's middle
    // and the square's corner.
    let layer = &plan(&p, 2).layers[0];
    assert_eq!(layer.masks.len(), 1);
    let Outline::Path(path) = &layer.masks[0].outline else { panic!("{:?}", layer.masks) };
    let points: Vec<[f64; 2]> = path.0.iter().map(|v| v.point).collect();
    assert_eq!(points, [[0.25, 0.5], [2.75, 0.5], [1.75, 1.25], [0.25, 1.5]]);
    assert_ne!(plan(&p, 2).picture_key(), plan(&p, 3).picture_key());
}

#[test]
fn a_matte_is_what_its_track_shows() {
    let mut p = film(with(
        comp("main", 25),
        vec![vec![clip("m", white(), 0, 2)], vec![clip("a", white(), 0, 4)], vec![clip("b", white(), 0, 4)]],
    ));
    let tracks = &mut p.compositions[0].tracks;
    tracks[0].matte_only = true;
    let matte = |inverted| Some(Matte { track: "main-0".into(), channel: Default::default(), inverted, extra: Default::default() });
    tracks[1].clip_mut(0).video.matte = matte(false);
    tracks[2].clip_mut(0).video.matte = matte(true);
    let names = |p: &FramePlan| p.layers.iter().map(|l| l.clip.to_string()).collect::<Vec<_>>();
    let both = plan(&p, 1);
    assert_eq!(names(&both), ["a", "b"], "the matte track itself is not seen");
    assert!(both.layers.iter().all(|l| l.matte.as_ref().is_some_and(|m| m.layer.clip.as_str() == "m")));
    // Where the track is empty the matte is transparent.
    let none = plan(&p, 3);
    assert_eq!(names(&none), ["b"]);
    assert!(none.layers[0].matte.is_none());
    // A cycle is an error instead of an endless loop.
    p.compositions[0].tracks[0].clip_mut(0).video.matte = Some(Matte { track: "main-1".into(), ..matte(false).unwrap() });
    assert!(validate(&p).iter().any(|p| p.code == "project.cycle"));
    assert!(matches!(plan_frame(&p, &p.main, &Catalog::builtin(), Time(SECOND)), Err(PlanError::Nesting { .. })));
}

#[test]
fn null_objects_carry_what_is_bound_to_them() {
    let null = || ClipSource::Null(NullSource::default());
    let mut p = film(with(
        comp("main", 25),
        vec![vec![clip("n", null(), 0, 1)], vec![clip("o", null(), 0, 9)], vec![clip("a", white(), 0, 4)]],
    ));
    let tracks = &mut p.compositions[0].tracks;
    let turn = vec![Keyframe::new(TimeDelta(0), 0.0), Keyframe::new(TimeDelta(2 * SECOND), 180.0)];
    tracks[0].clip_mut(0).video.transform.rotation_degrees = Animated::Curve(Curve::new(turn).unwrap());
    tracks[0].clip_mut(0).video.parent = Some("o".into());
    tracks[1].clip_mut(0).video.transform.position_px = Animated::Constant([10.0, 0.0]);
    tracks[2].clip_mut(0).video.parent = Some("n".into());
    tracks[2].clip_mut(0).video.motion_blur = true;
    let one = plan(&p, 1);
    assert_eq!(one.layers.len(), 1, "null objects are not seen");
    // A quarter turn about the centre (32, 18), then 10 to the right, by hand: (42, 18) is mapped
    // to (32, 28) and that to (42, 28).
    let (x, y) = one.layers[0].parent.apply(42.0, 18.0);
    assert!((x - 42.0).abs() < 1e-9 && (y - 28.0).abs() < 1e-9, "{x} {y}");
    // The shutter is open from a quarter of a frame before to a quarter after: ±0.9° of rotation at
    // 25 frames a second, 16 samples inside it.
    let shutter = &one.layers[0].shutter;
    assert_eq!(shutter.len(), 16);
    let degrees = |i: usize| shutter[i].parent.yx.atan2(shutter[i].parent.xx).to_degrees();
    assert!((degrees(0) - (90.0 - 0.9 * 15.0 / 16.0)).abs() < 1e-6, "{}", degrees(0));
    assert!((degrees(15) - (90.0 + 0.9 * 15.0 / 16.0)).abs() < 1e-6, "{}", degrees(15));
    // After its last keyframe the null's curve is constant, and what does not move is not blurred.
    let three = plan(&p, 3);
    assert!(three.layers[0].shutter.is_empty());
    let (x, y) = three.layers[0].parent.apply(42.0, 18.0);
    assert!((x - 32.0).abs() < 1e-9 && (y - 18.0).abs() < 1e-9, "{x} {y}");
}
