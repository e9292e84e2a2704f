//! A timeline from `Timeline::after` plans the same as a new one.
use cutroom_effects::Catalog;
use cutroom_project::{Clip, ClipSource, Composition, EffectInstance, Media, MediaKind, Project, Track, TrackKind};
use cutroom_timeline::{PlanError, Timeline};
use cutroom_types::{FrameRate, ParamValue, Size, Time, TimeDelta};
use std::sync::Arc;

fn project() -> Project {
    let rate = FrameRate::new(25, 1).unwrap();
    let size = Size { width: 64, height: 36 };
    let mut main = Composition::new("main", size, rate);
    for t in 0..4 {
        let mut track = Track::new(&format!("t{t}"), TrackKind::Video);
        for k in 0..20 {
            let source = if k % 7 == 3 { ClipSource::composition("inner") } else { ClipSource::media("m") };
            let start = rate.time_of_frame(k * 10);
            track.clips.push(Clip::new(&format!("c{t}-{k}"), source, start, rate.time_of_frame(10) - Time::ZERO).into());
        }
        main.tracks.push(track);
    }
    let mut inner = Composition::new("inner", size, rate);
    let mut track = Track::new("i0", TrackKind::Video);
    track.clips.push(Clip::new("i", ClipSource::media("m"), Time::ZERO, TimeDelta::from_secs_f64(4.0)).into());
    inner.tracks.push(track);
    let mut project = Project::new("film", main);
    project.compositions.push(inner);
    project.media.push(Media::new("m", "m.mp4", MediaKind::Video));
    project
}

fn effect(id: &str, amount: f64) -> EffectInstance {
    let params = [("amount".to_owned(), ParamValue::Number(amount).into())].into();
    EffectInstance { id: format!("e-{id}").into(), effect: id.into(), enabled: true, params, extra: Default::default() }
}

type Edit = (&'static str, fn(&mut Project));

/// Edits, each applied on top of those before it.
const EDITS: &[Edit] = &[
    ("nothing", |_| {}),
    ("an effect", |p| p.compositions[0].tracks[1].clip_mut(4).video.effects.push(effect("contrast", 1.5))),
    ("a value", |p| {
        p.compositions[0].tracks[1].clip_mut(4).video.effects[0].params.insert("amount".into(), ParamValue::Number(0.5).into());
    }),
    ("a blend mode", |p| p.compositions[0].tracks[2].clip_mut(0).video.blend = "screen".into()),
    ("a move", |p| p.compositions[0].tracks[3].clip_mut(19).start.0 += cutroom_types::FLICKS_PER_SECOND),
    ("a removal", |p| drop(p.compositions[0].tracks[0].clips.remove(5))),
    ("a nested clip", |p| p.compositions[1].tracks[0].clip_mut(0).video.effects.push(effect("brightness", 0.2))),
    ("tracks in another order", |p| p.compositions[0].tracks.swap(0, 3)),
    ("a track switched off", |p| p.compositions[0].tracks[1].enabled = false),
    ("a track alone", |p| p.compositions[0].tracks[2].solo = true),
    ("compositions in another order", |p| p.compositions.reverse()),
    ("a track less", |p| {
        let main = p.compositions.iter_mut().find(|c| c.id.as_str() == "main").unwrap();
        main.tracks.pop();
    }),
    ("another rate", |p| p.compositions[1].frame_rate = FrameRate::new(30, 1).unwrap()),
];

#[test]
fn it_plans_what_a_new_one_plans() {
    let mut p = project();
    let id = p.main.clone();
    let catalog = Catalog::builtin();
    let mut remade = Timeline::new(Arc::new(p.clone()), &id, &catalog).unwrap();
    for (name, edit) in EDITS {
        edit(&mut p);
        let edited = Arc::new(p.clone());
        remade = remade.after(Arc::clone(&edited)).unwrap();
        let fresh = Timeline::new(edited, &id, &catalog).unwrap();
        assert_eq!((remade.frame_count(), remade.sample_count()), (fresh.frame_count(), fresh.sample_count()), "{name}");
        for n in 0..fresh.frame_count() {
            assert_eq!(remade.frame(n).unwrap(), fresh.frame(n).unwrap(), "{name}, frame {n}");
        }
        assert_eq!(remade.sound(0, 48_000 * 9).unwrap(), fresh.sound(0, 48_000 * 9).unwrap(), "{name}");
    }
}

#[test]
fn it_refuses_what_a_new_one_refuses() {
    let p = project();
    let timeline = Timeline::new(Arc::new(p.clone()), &p.main, &Catalog::builtin()).unwrap();
    let mut circular = p.clone();
    circular.compositions[1].tracks[0].clip_mut(0).source = ClipSource::composition("main");
    assert!(matches!(timeline.after(Arc::new(circular)), Err(PlanError::Nesting { .. })));
    let mut gone = p;
    gone.compositions.remove(0);
    assert!(matches!(timeline.after(Arc::new(gone)), Err(PlanError::UnknownComposition(_))));
}
