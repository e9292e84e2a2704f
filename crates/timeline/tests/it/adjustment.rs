//! Adjustment layers: which picture of the tracks below they show.
use cutroom_effects::Catalog;
use cutroom_project::{
    AdjustmentSource, Animated, Clip, ClipSource, Composition, EffectInstance, Matte, MatteChannel, Media, MediaKind, Project,
    Track, TrackKind, from_json, validate,
};
use cutroom_timeline::{Content, FramePlan, Layer, plan_frame};
use cutroom_types::{FrameRate, ParamValue, Size, Time, TimeDelta};

fn rate() -> FrameRate {
    FrameRate::new(25, 1).unwrap()
}

fn at(frame: i64) -> Time {
    rate().time_of_frame(frame)
}

fn track(id: &str, clips: Vec<Clip>) -> Track {
    Track { clips: clips.into_iter().map(Into::into).collect(), ..Track::new(id, TrackKind::Video) }
}

/// A clip of `frames` frames from frame `start` on; a file plays from its beginning.
fn clip(id: &str, source: ClipSource, start: i64, frames: i64) -> Clip {
    Clip::new(id, source, at(start), at(start + frames) - at(start))
}

fn adjustment(id: &str, start: i64, frames: i64, effects: &[(&str, &str, f64)]) -> Clip {
    let mut c = clip(id, ClipSource::Adjustment(AdjustmentSource::default()), start, frames);
    let effect = |(i, (effect, param, value)): (usize, &(&str, &str, f64))| EffectInstance {
        id: format!("{id}{i}").as_str().into(),
        effect: (*effect).into(),
        enabled: true,
        params: [((*param).to_owned(), Animated::Constant(ParamValue::Number(*value)))].into(),
        extra: Default::default(),
    };
    c.video.effects = effects.iter().enumerate().map(effect).collect();
    c
}

fn film(tracks: Vec<Track>) -> Project {
    let mut c = Composition::new("main", Size { width: 64, height: 36 }, rate());
    c.tracks = tracks;
    let mut p = Project::new("test", c);
    p.media.push(Media::new("m", "m.mp4", MediaKind::Video));
    assert_eq!(validate(&p), vec![]);
    p
}

fn plan(p: &Project, n: i64) -> FramePlan {
    plan_frame(p, &p.main, &Catalog::builtin(), at(n)).unwrap()
}

fn shown(layer: &Layer) -> i64 {
    match &layer.content {
        Content::Media(frame) => rate().frame_at(frame.time),
        other => panic!("{other:?}"),
    }
}

fn inside(layer: &Layer) -> &FramePlan {
    match &layer.content {
        Content::Composition(plan) => plan,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_adjustment_stands_for_what_lies_below_while_it_lasts() {
    let base = || track("v1", vec![clip("a", ClipSource::media("m"), 0, 50)]);
    let above = track("v3", vec![clip("b", ClipSource::media("m"), 0, 50)]);
    let p = film(vec![base(), track("v2", vec![adjustment("x", 10, 20, &[("exposure", "exposure", 0.5)])]), above]);
    for (n, layers) in [(9, 2), (10, 3), (29, 3), (30, 2)] {
        let plan = plan(&p, n);
        assert_eq!(plan.layers.len(), layers, "frame {n}");
        assert_eq!(plan.layers[1].content == Content::Backdrop, layers == 3, "frame {n}");
    }
    assert_eq!(plan(&p, 10).layers[1].effects[0].effect.id, "exposure");
    // A neutral effect is left out; the layer then composites the picture over itself.
    let p = film(vec![base(), track("v2", vec![adjustment("x", 0, 50, &[("exposure", "exposure", 0.0)])])]);
    assert!(plan(&p, 3).layers[1].effects.is_empty());
}

#[test]
fn at_other_times_the_tracks_below_are_seen_as_they_were() {
    let a = clip("a", ClipSource::media("m"), 0, 20);
    let mut b = clip("b", ClipSource::media("m"), 20, 30);
    b.source_in = at(100);
    let p = film(vec![track("v1", vec![a, b]), track("v2", vec![adjustment("x", 0, 50, &[("echo", "echoes", 3.0)])])]);
    let plan_at = |n| plan(&p, n).layers[1].clone();
    // Three echoes a frame apart, across the cut.
    let top = plan_at(21);
    assert_eq!(top.content, Content::Backdrop);
    let seen: Vec<i64> = top.effects[0].inputs.iter().map(|l| shown(&inside(l).layers[0])).collect();
    assert_eq!(seen, [100, 19, 18]);
    // Before its start its first frame is held, which is the frame drawn.
    assert!(plan_at(0).effects[0].inputs.iter().all(|l| l.content == Content::Backdrop));
    // Posterised time: the layer itself shows another frame.
    let p = film(vec![
        track("v1", vec![clip("a", ClipSource::media("m"), 0, 50)]),
        track("v2", vec![adjustment("x", 0, 50, &[("posterize-time", "frameRate", 5.0)])]),
    ]);
    assert_eq!(shown(&inside(&plan(&p, 13).layers[1]).layers[0]), 10);
    assert_eq!(plan(&p, 15).layers[1].content, Content::Backdrop);
}

#[test]
fn as_a_matte_it_is_the_picture_below_it() {
    let mut cut = clip("c", ClipSource::media("m"), 0, 50);
    cut.video.matte = Some(Matte { track: "v2".into(), channel: MatteChannel::Luma, inverted: false, extra: Default::default() });
    let mut matte = track("v2", vec![adjustment("x", 0, 50, &[("exposure", "exposure", 0.5)])]);
    matte.matte_only = true;
    let p = film(vec![track("v1", vec![clip("a", ClipSource::media("m"), 0, 50)]), matte, track("v3", vec![cut])]);
    let plan = plan(&p, 7);
    let used = &plan.layers[1].matte.as_ref().unwrap().layer;
    assert_eq!((inside(used).layers.len(), shown(&inside(used).layers[0])), (1, 7));
    assert_eq!(used.effects[0].effect.id, "exposure");
}

#[test]
fn it_has_no_placement_and_no_audio() {
    let mut p = film(vec![track("v1", vec![adjustment("x", 0, 50, &[])])]);
    p.compositions[0].tracks[0].clip_mut(0).video.transform.rotation_degrees = Animated::Constant(5.0);
    let problems = validate(&p);
    assert_eq!((problems.len(), problems[0].json_path.as_str()), (1, "compositions[0].tracks[0].clips[0].video.transform"));
    let mut p = film(vec![track("v1", vec![adjustment("x", 0, 50, &[])])]);
    p.compositions[0].tracks[0].kind = TrackKind::Audio;
    assert_eq!(validate(&p)[0].code, "project.no_sound");
    let text = r#"{"schema_version": 2, "main": "c", "compositions": [{"id": "c", "size": {"width": 8, "height": 8}, "frame_rate": "25",
        "tracks": [{"id": "t", "clips": [{"id": "x", "source": {"type": "adjustment", "later": 1}, "start": 0, "duration": "1s"}]}]}]}"#;
    let p = from_json(text).unwrap();
    let clip = &p.compositions[0].tracks[0].clips[0];
    assert!(matches!(&clip.source, ClipSource::Adjustment(a) if a.extra.contains_key("later")) && clip.duration > TimeDelta::ZERO);
}
