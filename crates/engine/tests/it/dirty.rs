//! Which frames an edit may have changed, compared with the keys of all frames.
use crate::film::{SIZE, at, brightness, clip, effect, film, rate, settle, state};
use cutroom_effects::Catalog;
use cutroom_engine::{
    Urgency,
    dirty::{Dirty, dirty},
};
use cutroom_project::{
    Alignment, Clip, ClipSource, Composition, CompositionSource, Matte, MatteChannel, NullSource, Project, Track, TrackKind,
    Transition,
};
use cutroom_timeline::{PlanKey, RenderScale, Timeline, validate};
use cutroom_types::{CompositionId, ParamValue};
use proptest::{prelude::*, sample::Index};

const FRAMES: i64 = 60;

/// A film in which clips depend on each other in every way: a nested composition with two tracks, a
/// child of a null object, a matte, an effect that uses another track, a transition.
fn woven() -> Project {
    let mut project = film(3, 6, 10);
    let mut inner = Composition::new("inner", SIZE, rate());
    for t in 0..2 {
        let mut track = Track::new(&format!("i{t}"), TrackKind::Video);
        track.clips = (0..3).map(|k| clip(&format!("i{t}-{k}"), k * 10, (k + 1) * 10).into()).collect();
        inner.tracks.push(track);
    }
    let main = &mut project.compositions[0];
    main.duration = Some(at(FRAMES) - at(0));
    let mut nulls = Track::new("nulls", TrackKind::Video);
    nulls.clips.push(Clip::new("null", ClipSource::Null(NullSource::default()), at(0), at(5) - at(0)).into());
    main.tracks.push(nulls);
    let tracks = &mut main.tracks;
    tracks[0].clip_mut(1).source =
        ClipSource::Composition(CompositionSource { composition: "inner".into(), extra: Default::default() });
    tracks[1].clip_mut(2).video.parent = Some("null".into());
    let matte = Matte { track: "t2".into(), channel: MatteChannel::Alpha, inverted: false, extra: Default::default() };
    tracks[1].clip_mut(4).video.matte = Some(matte);
    let displaced = effect("d", "displacement", &[("layer", ParamValue::Text("t1".into()))]);
    tracks[2].clip_mut(3).video.effects.push(displaced);
    tracks[0].transitions.push(Transition {
        id: "x".into(),
        kind: "crossfade".into(),
        from: Some("c0-3".into()),
        to: Some("c0-4".into()),
        duration: at(4) - at(0),
        alignment: Alignment::Center,
        params: Default::default(),
        audio_crossfade: false,
        audio_fade_shape: cutroom_types::FadeCurve::ConstantPower,
        extra: Default::default(),
    });
    project.compositions.push(inner);
    project
}

fn keys(project: &Project) -> Vec<Result<PlanKey, String>> {
    let timeline = Timeline::new(project, &project.main, &Catalog::builtin()).unwrap();
    (0..FRAMES).map(|n| timeline.frame(n).map(|plan| plan.picture_key()).map_err(|e| e.to_string())).collect()
}

#[derive(Clone, Debug)]
enum Change {
    Brighten(Index, u8),
    Start(Index, i8),
    Length(Index, u8),
    Rotate(Index, u8),
    Enable(Index),
    Remove(Index),
    Transition(u8),
    TrackOpacity(Index, u8),
    Solo(Index),
    MatteOnly(Index),
    SwapTracks(Index, Index),
    Duration(u8),
    Background(u8),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let i = any::<Index>;
    let change = prop_oneof![
        4 => (i(), 0_u8..8).prop_map(|(c, n)| Change::Brighten(c, n)),
        4 => (i(), -6_i8..6).prop_map(|(c, n)| Change::Start(c, n)),
        3 => (i(), 1_u8..12).prop_map(|(c, n)| Change::Length(c, n)),
        3 => (i(), 0_u8..90).prop_map(|(c, n)| Change::Rotate(c, n)),
        2 => i().prop_map(Change::Enable),
        2 => i().prop_map(Change::Remove),
        2 => (0_u8..9).prop_map(Change::Transition),
        1 => (i(), 1_u8..8).prop_map(|(t, n)| Change::TrackOpacity(t, n)),
        1 => i().prop_map(Change::Solo),
        1 => i().prop_map(Change::MatteOnly),
        1 => (i(), i()).prop_map(|(a, b)| Change::SwapTracks(a, b)),
        1 => (30_u8..80).prop_map(Change::Duration),
        1 => (0_u8..9).prop_map(Change::Background),
    ];
    prop::collection::vec(change, 1..8)
}

fn apply(project: &mut Project, change: &Change) {
    let clips: Vec<(usize, usize, usize)> = project
        .compositions
        .iter()
        .enumerate()
        .flat_map(|(c, composition)| composition.tracks.iter().enumerate().map(move |(t, track)| (c, t, track.clips.len())))
        .flat_map(|(c, t, clips)| (0..clips).map(move |k| (c, t, k)))
        .collect();
    let pick = |index: &Index, project: &mut Project, change: &dyn Fn(&mut Clip)| {
        let (c, t, k) = clips[index.index(clips.len())];
        change(project.compositions[c].tracks[t].clip_mut(k));
    };
    match change {
        Change::Brighten(index, n) => pick(index, project, &|c| c.video.effects = vec![brightness(f64::from(*n) / 8.0)]),
        Change::Start(index, by) => pick(index, project, &|c| c.start = c.start.saturating_add(at(i64::from(*by)).since_zero())),
        Change::Length(index, n) => pick(index, project, &|c| c.duration = at(i64::from(*n)).since_zero()),
        Change::Rotate(index, n) => pick(index, project, &|c| c.video.transform.rotation_degrees = f64::from(*n).into()),
        Change::Enable(index) => pick(index, project, &|c| c.enabled = !c.enabled),
        Change::Remove(index) => {
            let (c, t, k) = clips[index.index(clips.len())];
            project.compositions[c].tracks[t].clips.remove(k);
        }
        Change::Transition(n) => {
            let transitions = &mut project.compositions[0].tracks[0].transitions;
            match n {
                0 => transitions.clear(),
                n => transitions.iter_mut().for_each(|x| x.duration = at(i64::from(*n)).since_zero()),
            }
        }
        Change::TrackOpacity(t, n) => project.compositions[0].tracks[t.index(4)].opacity = (f64::from(*n) / 8.0).into(),
        Change::Solo(t) => {
            let track = &mut project.compositions[0].tracks[t.index(4)];
            track.solo = !track.solo;
        }
        Change::MatteOnly(t) => {
            let track = &mut project.compositions[0].tracks[t.index(4)];
            track.matte_only = !track.matte_only;
        }
        Change::SwapTracks(a, b) => project.compositions[0].tracks.swap(a.index(4), b.index(4)),
        Change::Duration(n) => project.compositions[0].duration = Some(at(i64::from(*n)).since_zero()),
        Change::Background(n) => project.compositions[0].background = [f64::from(*n) / 9.0, 0.0, 0.0, 1.0],
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    /// Frames outside the dirty ranges have the keys that they had.
    #[test]
    fn what_is_not_dirty_did_not_change(changes in changes()) {
        let before = woven();
        let mut after = before.clone();
        for change in &changes {
            let mut next = after.clone();
            apply(&mut next, change);
            // Only valid documents are opened: clips of a track do not overlap.
            if validate(&next, &Catalog::builtin()).is_empty() {
                after = next;
            }
        }
        let found = dirty(&before, &after, &CompositionId::from("main"));
        for (n, (old, new)) in keys(&before).into_iter().zip(keys(&after)).enumerate() {
            prop_assert!(old == new || found.contains(n as i64), "frame {n} of {found:?}: {old:?} and {new:?}");
        }
    }
}

/// The dirty ranges are those of the clips that were edited, or that depend on one, and not more.
#[test]
fn dirty_ranges_are_those_of_the_clips_concerned() {
    let before = woven();
    let ranges = |edit: &dyn Fn(&mut Project)| {
        let mut after = before.clone();
        edit(&mut after);
        match dirty(&before, &after, &"main".into()) {
            Dirty::Frames(ranges) => ranges.into_iter().map(|r| (r.start, r.end)).collect::<Vec<_>>(),
            Dirty::Everything => panic!("everything"),
        }
    };
    let clip = |p: &mut Project, c: usize, t: usize, k: usize| p.compositions[c].tracks[t].clip_mut(k).video.opacity = 0.5.into();
    assert_eq!(ranges(&|_| {}), []);
    // One frame more on each side.
    assert_eq!(ranges(&|p| clip(p, 0, 0, 0)), [(-1, 12)]);
    // An effect of c2-3, from 30 to 40, uses the track t1; c1-4 on that has the track t2 as its matte.
    assert_eq!(ranges(&|p| clip(p, 0, 1, 0)), [(-1, 12), (29, 42)]);
    assert_eq!(ranges(&|p| clip(p, 0, 2, 0)), [(-1, 12), (29, 42)]);
    // With the transition at its end.
    assert_eq!(ranges(&|p| clip(p, 0, 0, 3)), [(29, 44)]);
    // The nested composition is shown from frame 10 to 20.
    assert_eq!(ranges(&|p| clip(p, 1, 1, 2)), [(9, 22)]);
    // The null object lasts five frames, its child moves with it from 20 to 30; the effect of c2-3
    // uses the child's track.
    let null = |p: &mut Project| p.compositions[0].tracks[3].clip_mut(0).video.transform.rotation_degrees = 10.0.into();
    assert_eq!(ranges(&null), [(-1, 7), (19, 42)]);
    // Moved: where it was and where it is.
    let moved = |p: &mut Project| p.compositions[0].tracks[2].clip_mut(0).start = at(50);
    assert_eq!(ranges(&moved), [(-1, 12), (29, 42), (49, 62)]);
}

/// An edit in one of 100 clips, and its undo.
#[test]
fn an_edit_in_one_of_a_hundred_clips_keeps_the_others_frames() {
    let mut project = film(1, 100, 4);
    let mut engine = crate::film::engine(&project, crate::film::Known);
    let draw_all = |engine: &mut cutroom_engine::Engine| {
        let handles: Vec<_> = (0..400).map(|n| engine.request(n, RenderScale::FULL, Urgency::Normal)).collect();
        settle(engine);
        handles.iter().for_each(|h| assert!(h.poll().unwrap().unwrap().exact));
        engine.state().cache
    };
    // Frames of one colour are one picture, so each clip is one entry of the cache.
    let first = draw_all(&mut engine);
    assert_eq!((first.entries, engine.state().known_frames), (100, 400));
    let before = project.clone();
    project.compositions[0].tracks[0].clip_mut(50).video.effects = vec![brightness(0.25)];
    engine.send(state(&project, 2));
    engine.until_open(2, std::time::Duration::from_secs(20)).unwrap();
    // Six of 400 are planned again: four, and one on each side (the first after the clip twice).
    let known = engine.state().known_frames;
    assert!(known >= 393, "{known}");
    let second = draw_all(&mut engine);
    assert_eq!(second.entries, 101, "one clip was drawn again");
    assert!(second.misses - first.misses <= 4, "99 % are hits: {second:?}");
    // Undone: everything is there.
    engine.send(state(&before, 3));
    engine.until_open(3, std::time::Duration::from_secs(20)).unwrap();
    let third = draw_all(&mut engine);
    assert_eq!((third.entries, third.misses), (second.entries, second.misses));
}
