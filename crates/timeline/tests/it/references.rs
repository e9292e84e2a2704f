//! Parameters that name a media or a track, and the handles of clips in transitions.
use cutroom_effects::Catalog;
use cutroom_project::{
    Animated, Clip, ClipSource, Composition, Curve, EffectInstance, Keyframe, Matte, Media, MediaKind, Params, Problem, Project,
    Track, TrackKind, Transition, validate,
};
use cutroom_timeline::{
    Content, Fit, Layer, PlanError, SourceFrame, SourceUser, handles, plan_frame, source_uses, validate_against_catalog,
};
use cutroom_types::{FrameRate, MediaId, ParamValue, Size, Span, Time, TimeDelta};

const SECOND: i64 = 705_600_000;

fn secs(s: f64) -> i64 {
    (s * SECOND as f64).round() as i64
}

fn text(value: &str) -> Animated<ParamValue> {
    Animated::Constant(ParamValue::Text(value.into()))
}

/// Tracks "t0", "t1", … with these clips.
fn film(tracks: Vec<Vec<Clip>>) -> Project {
    let mut main = Composition::new("main", Size { width: 64, height: 36 }, FrameRate::new(25, 1).unwrap());
    for (i, clips) in tracks.into_iter().enumerate() {
        let mut t = Track::new(&format!("t{i}"), TrackKind::Video);
        t.clips = clips.into_iter().map(Into::into).collect();
        main.tracks.push(t);
    }
    let mut p = Project::new("t", main);
    for (id, kind) in [("m", MediaKind::Video), ("map", MediaKind::Video), ("still", MediaKind::Image), ("song", MediaKind::Audio)]
    {
        p.media.push(Media::new(id, &format!("{id}.file"), kind));
    }
    p
}

fn clip(id: &str, source: ClipSource, start: f64, length: f64) -> Clip {
    Clip::new(id, source, Time(secs(start)), TimeDelta(secs(length)))
}

fn white(id: &str, start: f64, length: f64) -> Clip {
    clip(id, ClipSource::solid([1.0; 4]), start, length)
}

fn transition(kind: &str, params: &[(&str, &str)]) -> Transition {
    Transition {
        id: "x".into(),
        kind: kind.into(),
        from: Some("a".into()),
        to: Some("b".into()),
        duration: TimeDelta(SECOND),
        alignment: Default::default(),
        params: params.iter().map(|(k, v)| ((*k).to_owned(), text(v))).collect(),
        audio_crossfade: true,
        audio_fade_shape: cutroom_types::FadeCurve::ConstantPower,
        extra: Default::default(),
    }
}

fn displaced(by: &str) -> EffectInstance {
    let params: Params = [("track".to_owned(), text(by))].into();
    EffectInstance {
        id: format!("e{by}").as_str().into(),
        effect: "displacement-map".into(),
        enabled: true,
        params,
        extra: Default::default(),
    }
}

fn found(problems: &[Problem]) -> Vec<(&str, &str)> {
    problems.iter().map(|p| (p.code, p.json_path.as_str())).collect()
}

/// Two clips that meet at 4 s, with a luma wipe from 3.5 s to 4.5 s.
fn wiped(image: &[(&str, &str)]) -> Project {
    let mut p = film(vec![vec![white("a", 0.0, 4.0), white("b", 4.0, 4.0)]]);
    p.compositions[0].tracks[0].transitions.push(transition("luma-wipe", image));
    p
}

fn inputs_at(p: &Project, at: f64) -> Vec<Layer> {
    let plan = plan_frame(p, &p.main, &Catalog::builtin(), Time(secs(at))).unwrap();
    match &plan.layers[0].content {
        Content::Transition { inputs, .. } => inputs.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_transition_gets_the_picture_it_names() {
    for (id, at, want) in [("still", 3.8, 0), ("map", 3.52, secs(0.04)), ("map", 3.8, secs(0.32))] {
        let p = wiped(&[("image", id)]);
        assert_eq!((validate(&p), validate_against_catalog(&p, &Catalog::builtin())), (vec![], vec![]));
        let inputs = inputs_at(&p, at);
        assert_eq!(inputs.len(), 1);
        assert_eq!(inputs[0].transform.fit, Fit::Stretch);
        assert_eq!(inputs[0].content, Content::Media(SourceFrame::nearest(id.into(), 0, Time(want))), "{id} at {at}");
        let uses = source_uses(&p, &p.main, &Catalog::builtin()).unwrap();
        assert_eq!(uses.len(), 1);
        assert_eq!((uses[0].media.as_str(), uses[0].user, uses[0].required), (id, SourceUser::Parameter("image"), true));
        assert_eq!(uses[0].json_path(), "compositions[0].tracks[0].transitions[0].params.image");
    }
    // Other transitions use no media.
    let mut p = wiped(&[]);
    p.compositions[0].tracks[0].transitions[0].kind = "crossfade".into();
    assert!(inputs_at(&p, 3.8).is_empty() && source_uses(&p, &p.main, &Catalog::builtin()).unwrap().is_empty());
}

#[test]
fn a_picture_that_is_not_there_is_a_problem_with_a_path() {
    let path = "compositions[0].tracks[0].transitions[0].params.image";
    for (params, code) in [
        (&[][..], "project.missing_param"),
        (&[("image", "")], "project.missing_param"),
        (&[("image", "elsewhere")], "project.dangling"),
        (&[("image", "song")], "project.no_picture"),
    ] {
        assert_eq!(found(&validate_against_catalog(&wiped(params), &Catalog::builtin())), [(code, path)]);
    }
    let mut p = wiped(&[("image", "elsewhere")]);
    assert!(
        matches!(source_uses(&p, &p.main, &Catalog::builtin()), Err(PlanError::UnknownMedia { media, .. }) if media == MediaId::from("elsewhere"))
    );
    assert!(plan_frame(&p, &p.main, &Catalog::builtin(), Time(secs(3.8))).is_err());
    let params = &mut p.compositions[0].tracks[0].transitions[0].params;
    params.insert("image".into(), Animated::Constant(ParamValue::Number(1.0)));
    assert_eq!(found(&validate_against_catalog(&p, &Catalog::builtin())), [("project.param", path)]);
    let keys = vec![Keyframe::new(TimeDelta(0), ParamValue::Text("still".into()))];
    p.compositions[0].tracks[0].transitions[0].params.insert("image".into(), Animated::Curve(Curve::new(keys).unwrap()));
    assert_eq!(found(&validate_against_catalog(&p, &Catalog::builtin())), [("project.not_animatable", path)]);
}

/// "t0" shows a clip for 2 s; the clip on "t1" is displaced by it for 4 s.
fn mapped() -> Project {
    let mut p = film(vec![vec![clip("m", ClipSource::media("m"), 0.0, 2.0)], vec![white("a", 0.0, 4.0)]]);
    p.compositions[0].tracks[0].matte_only = true;
    p.compositions[0].tracks[1].clip_mut(0).video.effects = vec![displaced("t0")];
    p
}

#[test]
fn an_effect_gets_what_the_track_shows_at_the_time() {
    let mut p = mapped();
    assert_eq!((validate(&p), validate_against_catalog(&p, &Catalog::builtin())), (vec![], vec![]));
    let plan = |p: &Project, at: f64| plan_frame(p, &p.main, &Catalog::builtin(), Time(secs(at))).unwrap();
    let one = plan(&p, 1.0);
    assert_eq!(one.layers.len(), 1, "the map itself is not seen");
    let used = &one.layers[0].effects[0];
    assert_eq!(used.inputs.len(), 1);
    assert_eq!(used.inputs[0].clip.as_str(), "m");
    assert!(matches!(used.inputs[0].content, Content::Media(SourceFrame { time, .. }) if time == Time(secs(1.02))));
    // It is part of the key, since it decides the pixels.
    assert_ne!(one.picture_key(), plan(&p, 1.04).picture_key());
    // Where the track is empty the effect is left out.
    assert!(plan(&p, 3.0).layers[0].effects.is_empty());
    p.compositions[0].tracks[0].enabled = false;
    assert!(plan(&p, 1.0).layers[0].effects.is_empty());
}

#[test]
fn a_track_that_cannot_be_used_is_a_problem_with_a_path() {
    let path = "compositions[0].tracks[1].clips[0].video.effects[0].params.track";
    let mut p = mapped();
    p.compositions[0].tracks.push(Track::new("sound", TrackKind::Audio));
    for (track, code) in
        [("", "project.missing_param"), ("t9", "project.dangling"), ("sound", "project.no_picture"), ("t1", "project.cycle")]
    {
        p.compositions[0].tracks[1].clip_mut(0).video.effects = vec![displaced(track)];
        assert_eq!(found(&validate_against_catalog(&p, &Catalog::builtin())), [(code, path)], "{track}");
    }
    p.compositions[0].tracks[1].clip_mut(0).video.effects[0].params.clear();
    assert_eq!(found(&validate_against_catalog(&p, &Catalog::builtin())), [("project.missing_param", path)]);
    // Cycles through other effects and through mattes; planning still ends.
    let mut by_effect = mapped();
    by_effect.compositions[0].tracks[0].clip_mut(0).video.effects = vec![displaced("t1")];
    assert_eq!(found(&validate_against_catalog(&by_effect, &Catalog::builtin())).len(), 2);
    let mut by_matte = mapped();
    by_matte.compositions[0].tracks[0].clip_mut(0).video.matte =
        Some(Matte { track: "t1".into(), channel: Default::default(), inverted: false, extra: Default::default() });
    assert_eq!(found(&validate_against_catalog(&by_matte, &Catalog::builtin())), [("project.cycle", path)]);
    for p in [by_effect, by_matte] {
        assert!(matches!(plan_frame(&p, &p.main, &Catalog::builtin(), Time(SECOND)), Err(PlanError::Nesting { .. })));
    }
}

/// Each track uses the one below ten times, or the chain is very long: refused, since planning
/// would not end in reasonable time.
#[test]
fn tracks_that_multiply_are_refused() {
    let chain = |tracks: usize, times: usize| {
        let mut p = film((0..tracks).map(|i| vec![white(&format!("c{i}"), 0.0, 1.0)]).collect());
        for i in 1..tracks {
            let effects =
                (0..times).map(|k| EffectInstance { id: format!("e{i}-{k}").as_str().into(), ..displaced(&format!("t{}", i - 1)) });
            p.compositions[0].tracks[i].clip_mut(0).video.effects = effects.collect();
        }
        p
    };
    let p = chain(4, 10);
    assert_eq!(validate_against_catalog(&p, &Catalog::builtin()), vec![]);
    assert!(plan_frame(&p, &p.main, &Catalog::builtin(), Time::ZERO).is_ok());
    for p in [chain(6, 10), chain(1000, 1)] {
        assert!(validate_against_catalog(&p, &Catalog::builtin()).iter().any(|p| p.code == "project.nesting"));
        assert!(matches!(plan_frame(&p, &p.main, &Catalog::builtin(), Time::ZERO), Err(PlanError::Nesting { .. })));
    }
}

/// Oracle: the frames counted by hand.
#[test]
fn handles_are_what_lies_beyond_the_clips() {
    let media = |id: &str, start: f64| clip(id, ClipSource::media("m"), start, 4.0);
    let project = |source_in: [f64; 2], speed: [f64; 2]| {
        let mut p = film(vec![vec![media("a", 0.0), media("b", 4.0)]]);
        let track = &mut p.compositions[0].tracks[0];
        for k in 0..2 {
            let clip = track.clip_mut(k);
            clip.source_in = Time(secs(source_in[k]));
            clip.speed = speed[k];
        }
        track.transitions.push(transition("crossfade", &[]));
        p
    };
    let held = |p: &Project, end: f64| {
        let found = handles(p, &p.main, &Catalog::builtin()).unwrap();
        assert_eq!(found.iter().map(|h| (h.clip.id.as_str(), h.after_end)).collect::<Vec<_>>(), [("a", true), ("b", false)]);
        assert!(found.iter().all(|h| h.place.to_string() == "compositions[0].tracks[0].transitions[0]" && h.is_audible));
        let sound = Span { start: Time::ZERO, duration: TimeDelta(secs(end)) };
        found.iter().map(|h| (h.held_frames(Time(secs(end))), h.silence(sound).0)).collect::<Vec<_>>()
    };
    // The transition is from 3.5 s to 4.5 s: its frames 87 to 99 are before the cut, 100 to 111
    // after; the middle of frame n is at (n + 1/2) / 25 s.
    assert_eq!(held(&project([0.0, 0.0], [1.0, 1.0]), 4.0), [(12, secs(0.5)), (13, secs(0.5))]);
    assert_eq!(held(&project([0.0, 0.0], [1.0, 1.0]), 4.2), [(7, secs(0.3)), (13, secs(0.5))]);
    assert_eq!(held(&project([0.0, 0.24], [1.0, 1.0]), 9.0), [(0, 0), (7, secs(0.26))]);
    assert_eq!(held(&project([0.0, 1.0], [1.0, 1.0]), 9.0), [(0, 0), (0, 0)]);
    // At double speed the same material lasts half as long; backwards, the ends are swapped.
    assert_eq!(held(&project([0.0, 0.48], [2.0, 2.0]), 8.4), [(7, secs(0.3)), (7, secs(0.26))]);
    assert_eq!(held(&project([4.2, 4.0], [-1.0, -1.0]), 4.3), [(7, secs(0.3)), (6, secs(0.2))]);
    // A transition inside a single clip has no handles.
    let mut fade = project([0.0, 0.0], [1.0, 1.0]);
    fade.compositions[0].tracks[0].transitions[0].to = None;
    assert!(handles(&fade, &fade.main, &Catalog::builtin()).unwrap().is_empty());
    let mut mute = project([0.0, 0.0], [1.0, 1.0]);
    mute.compositions[0].tracks[0].muted = true;
    assert!(handles(&mute, &mute.main, &Catalog::builtin()).unwrap().iter().all(|h| !h.is_audible));
}
