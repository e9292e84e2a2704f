//! Effects over time: the source times at which a clip is shown, compared with a model that counts
//! frames.
use cutroom_effects::Catalog;
use cutroom_project::{
    Animated, BoxShape, Clip, ClipSource, Composition, EffectInstance, Mask, MaskOrder, MaskShape, Media, MediaKind, Project,
    Track, TrackKind, Transition, validate,
};
use cutroom_timeline::{Content, FramePlan, Layer, PlanError, Timeline, plan_frame, validate_against_catalog};
use cutroom_types::{FrameRate, ParamValue, Size, Time};

/// Frames of each clip.
const FRAMES: i64 = 50;

fn rate() -> FrameRate {
    FrameRate::new(25, 1).unwrap()
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

/// Frames `start` to `start + FRAMES` show the source from its frame `first` on.
fn clip(id: &str, start: i64, first: i64, effects: Vec<EffectInstance>) -> Clip {
    let (from, to) = (rate().time_of_frame(start), rate().time_of_frame(start + FRAMES));
    let mut c = Clip::new(id, ClipSource::media("m"), from, to - from);
    c.source_in = rate().time_of_frame(first);
    c.video.effects = effects;
    c
}

fn film(mut clips: Vec<Clip>) -> Project {
    for (i, e) in clips.iter_mut().flat_map(|c| &mut c.video.effects).enumerate() {
        e.id = format!("e{i}").as_str().into();
    }
    let mut track = Track::new("v", TrackKind::Video);
    track.clips = clips.into_iter().map(Into::into).collect();
    let mut c = Composition::new("main", Size { width: 64, height: 36 }, rate());
    c.tracks.push(track);
    let mut p = Project::new("test", c);
    p.media.push(Media::new("m", "m.mp4", MediaKind::Video));
    assert_eq!(validate(&p), vec![]);
    p
}

fn plan(p: &Project, n: i64) -> FramePlan {
    plan_frame(p, &p.main, &Catalog::builtin(), rate().time_of_frame(n)).unwrap()
}

/// Number of the source frame that a layer shows.
fn shown(layer: &Layer) -> i64 {
    match &layer.content {
        Content::Media(frame) => rate().frame_at(frame.time),
        other => panic!("{other:?}"),
    }
}

fn inputs(layer: &Layer) -> Vec<i64> {
    layer.effects[0].inputs.iter().map(shown).collect()
}

/// Checks every frame of a clip, including its first and last ones. The clip starts neither at the
/// start of the film nor at that of the source.
#[test]
fn other_times_are_frames_of_the_source_held_at_the_clip_s_edges() {
    let held = |n: i64| n.clamp(0, FRAMES - 1) + 100;
    let cases: [(EffectInstance, Vec<i64>); 6] = [
        (effect("echo", &[]), vec![-1, -2, -3, -4]),
        (effect("echo", &[("echoTime", 0.12), ("echoes", 2.0)]), vec![3, 6]),
        (effect("denoise-temporal", &[]), vec![-1, 1, -2, 2]),
        (effect("denoise-temporal", &[("radius", 3.0)]), vec![-1, 1, -2, 2, -3, 3]),
        (effect("acuarela", &[]), (1..=12).rev().map(|k| -k).collect()),
        (effect("rom1", &[]), (1..=12).rev().map(|k| -k).collect()),
    ];
    for (e, offsets) in cases {
        let id = e.effect.clone();
        let p = film(vec![clip("a", 10, 100, vec![e])]);
        assert_eq!(validate_against_catalog(&p, &Catalog::builtin()), vec![]);
        let timeline = Timeline::new(&p, &p.main, &Catalog::builtin()).unwrap();
        // From the last frame to the first, and each also separately: planning has no state.
        for n in (0..FRAMES).rev() {
            let all = timeline.frame_at(rate().time_of_frame(10 + n)).unwrap();
            assert_eq!(all, plan(&p, 10 + n));
            let layer = &all.layers[0];
            assert_eq!(shown(layer), held(n), "{id}");
            assert_eq!(inputs(layer), offsets.iter().map(|k| held(n + k)).collect::<Vec<_>>(), "{id} at frame {n}");
        }
    }
}

/// At 25 frames per second held at 10 per second, the frame shown is the last one that starts no
/// later than the step.
#[test]
fn posterised_time_holds_frames() {
    for (fps, last_of_step) in [(10.0, vec![0, 0, 0, 3, 3, 5, 5, 5, 8, 8, 10]), (25.0, (0..11).collect()), (60.0, (0..6).collect())]
    {
        let p = film(vec![clip("a", 10, 100, vec![effect("posterize-time", &[("frameRate", fps)])])]);
        for (n, want) in last_of_step.into_iter().enumerate() {
            let layer = plan(&p, 10 + n as i64).layers.remove(0);
            assert!(layer.effects.is_empty(), "it is over with planning");
            assert_eq!(shown(&layer), 100 + want, "frame {n} at {fps}");
        }
    }
    // At every rate, in whole numbers: the frame shown is that at ⌊t · rate⌋ / rate, where a frame
    // that starts up to 2 ms before an instant counts as starting at it; sampled half a frame later.
    for fps in 1..=60 {
        let p = film(vec![clip("a", 0, 0, vec![effect("posterize-time", &[("frameRate", fps as f64)])])]);
        for n in 0..FRAMES {
            let step = (n * 40 + 2) * fps / 1000;
            let want = (step * 1000 + 20 * fps) * 25 / (fps * 1000);
            assert_eq!(shown(&plan(&p, n).layers[0]), want, "frame {n} at {fps}");
        }
    }
}

/// Effects before it are held with the picture; effects after it are not.
#[test]
fn only_effects_before_are_posterised() {
    let held = effect("posterize-time", &[("frameRate", 5.0)]);
    let grain = || effect("grain", &[]);
    let before = film(vec![clip("a", 0, 0, vec![grain(), held.clone()])]);
    let after = film(vec![clip("a", 0, 0, vec![held, grain()])]);
    for n in 0..FRAMES {
        let time = |p: &Project| plan(p, n).layers[0].effects[0].time;
        assert_eq!(time(&before), rate().time_of_frame(n / 5 * 5) - Time::ZERO);
        assert_eq!(time(&after), rate().time_of_frame(n) - Time::ZERO);
    }
    // An echo of a held picture uses held pictures; a held echo uses the pictures around the held
    // frame.
    let held = || effect("posterize-time", &[("frameRate", 5.0)]);
    let p = film(vec![clip("a", 0, 0, vec![held(), effect("echo", &[])])]);
    assert_eq!((shown(&plan(&p, 11).layers[0]), inputs(&plan(&p, 11).layers[0])), (10, vec![10, 5, 5, 5]));
    let p = film(vec![clip("a", 0, 0, vec![effect("echo", &[]), held()])]);
    assert_eq!((shown(&plan(&p, 13).layers[0]), inputs(&plan(&p, 13).layers[0])), (10, vec![9, 8, 7, 6]));
}

/// In a transition both clips continue into their handles, and so do their other times.
#[test]
fn handles_of_transitions_have_their_own_past() {
    let mut p = film(vec![clip("a", 0, 100, vec![effect("echo", &[])]), clip("b", FRAMES, 200, vec![effect("echo", &[])])]);
    p.compositions[0].tracks[0].transitions.push(Transition {
        id: "x".into(),
        kind: "crossfade".into(),
        from: Some("a".into()),
        to: Some("b".into()),
        duration: rate().time_of_frame(10) - Time::ZERO,
        alignment: Default::default(),
        params: Default::default(),
        audio_crossfade: false,
        audio_fade_shape: cutroom_types::FadeCurve::ConstantPower,
        extra: Default::default(),
    });
    assert_eq!((validate(&p), validate_against_catalog(&p, &Catalog::builtin())), (vec![], vec![]));
    let sides = |n: i64| match plan(&p, n).layers.remove(0).content {
        Content::Transition { from, to, .. } => [from, to].map(|l| {
            let l = l.unwrap();
            (shown(&l), inputs(&l))
        }),
        other => panic!("{other:?}"),
    };
    // Two frames after the cut: the outgoing clip's past is complete, the incoming one's begins
    // with its first frame.
    assert_eq!(sides(FRAMES + 2), [(152, vec![151, 150, 149, 148]), (202, vec![201, 200, 200, 200])]);
    // Two frames before it: the incoming clip has no past except the frame drawn.
    assert_eq!(sides(FRAMES - 2), [(148, vec![147, 146, 145, 144]), (198, vec![198; 4])]);
}

/// A moving mask is applied to each picture as it was at that time, unless masks come after
/// effects.
#[test]
fn masks_cut_other_times_too() {
    let mut c = clip("a", 0, 0, vec![effect("echo", &[("echoes", 2.0)])]);
    let area = BoxShape {
        center: Animated::Constant([0.5; 2]),
        size: Animated::Constant([0.2; 2]),
        rotation_degrees: Animated::default(),
        corner_radius_px: Animated::default(),
        extra: Default::default(),
    };
    c.video.masks.push(Mask::new("k", MaskShape::Rectangle(area)));
    let ramp =
        [(0, [0.0, 0.0]), (10, [1.0, 0.0])].map(|(n, v)| cutroom_project::Keyframe::new(rate().time_of_frame(n) - Time::ZERO, v));
    c.video.masks[0].offset = Animated::Curve(cutroom_project::Curve::new(ramp.to_vec()).unwrap());
    let mut p = film(vec![c]);
    let layer = plan(&p, 8).layers.remove(0);
    let mask_center = |l: &Layer| match &l.masks[0].outline {
        cutroom_timeline::Outline::Rectangle(b) => b.center[0],
        other => panic!("{other:?}"),
    };
    let got: Vec<f64> = std::iter::once(&layer).chain(&layer.effects[0].inputs).map(mask_center).collect();
    assert!(got.iter().zip([1.3, 1.2, 1.1]).all(|(a, b)| (a - b).abs() < 1e-6), "{got:?}");
    p.compositions[0].tracks[0].clip_mut(0).video.mask_order = MaskOrder::AfterEffects;
    let layer = plan(&p, 8).layers.remove(0);
    assert!(layer.masks.len() == 1 && layer.effects[0].inputs.iter().all(|l| l.masks.is_empty()));
}

#[test]
fn neutral_effects_over_time_ask_for_nothing() {
    let reset = |id: &str| {
        let mut e = effect(id, &[]);
        e.params.insert("reset".into(), Animated::Constant(ParamValue::Bool(true)));
        e
    };
    for e in [
        effect("echo", &[("startingIntensity", 1.0), ("decay", 0.0)]),
        effect("denoise-temporal", &[("strength", 0.0)]),
        effect("acuarela", &[("opacity", 0.0)]),
        effect("acuarela", &[("strength", 0.0)]),
        effect("rom1", &[("opacity", 0.0)]),
        effect("rom1", &[("strength", 0.0)]),
        reset("acuarela"),
        reset("rom1"),
    ] {
        let what = format!("{e:?}");
        assert!(plan(&film(vec![clip("a", 0, 0, vec![e])]), 5).layers[0].effects.is_empty(), "{what}");
    }
}

/// Each multiplies the pictures that those before it need; above a limit the project is refused
/// before it exhausts the memory.
#[test]
fn stacks_of_them_have_a_limit() {
    let echoes = |n: f64| effect("echo", &[("echoes", n)]);
    let p = film(vec![clip("a", 0, 0, vec![echoes(3.0), echoes(2.0)])]);
    let layer = plan(&p, 20).layers.remove(0);
    // One picture of the first echo needs four; the second needs three such.
    assert_eq!(
        layer.effects[0].inputs.len() + layer.effects[1].inputs.iter().map(|l| 1 + l.effects[0].inputs.len()).sum::<usize>(),
        11
    );
    let p = film(vec![clip("a", 0, 0, vec![echoes(15.0), echoes(15.0)])]);
    assert_eq!(validate_against_catalog(&p, &Catalog::builtin()), vec![]);
    assert_eq!(plan(&p, 20).layers.len(), 1);
    let p = film(vec![clip("a", 0, 0, vec![echoes(32.0), echoes(32.0), echoes(32.0)])]);
    let problems = validate_against_catalog(&p, &Catalog::builtin());
    assert_eq!((problems.len(), problems[0].code), (1, "project.nesting"));
    assert!(problems[0].json_path.ends_with("clips[0].video.effects"), "{problems:?}");
    assert!(matches!(plan_frame(&p, &p.main, &Catalog::builtin(), Time::ZERO), Err(PlanError::Nesting { .. })));
}
