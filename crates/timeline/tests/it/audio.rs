//! Voices: boundaries, cross-fades, nesting, and independence of how the audio is divided into
//! plans.
use cutroom_effects::Catalog;
use cutroom_project::{
    Animated, Clip, ClipSource, Composition, Curve, Ease, Keyframe, Media, MediaFacts, MediaKind, Project, Track, TrackKind,
    Transition, validate,
};
use cutroom_timeline::{Fade, FadeCurve, Timeline, Voice, plan_audio};
use cutroom_types::{FrameRate, Size, Span, Time, TimeDelta};
use proptest::prelude::*;
use std::collections::BTreeMap;

const SECOND: i64 = 705_600_000;
const HZ: u32 = 48_000;

fn project(rate: FrameRate, track: Track) -> Project {
    let mut c = Composition::new("main", Size { width: 64, height: 36 }, rate);
    c.tracks.push(track);
    let mut p = Project::new("test", c);
    p.media.push(Media::new("m", "m.mp4", MediaKind::Video));
    p
}

fn fps25() -> FrameRate {
    FrameRate::new(25, 1).unwrap()
}

fn clip(id: &str, start: i64, duration: i64, source_in: i64) -> Clip {
    let mut c = Clip::new(id, ClipSource::media("m"), Time(start), TimeDelta(duration));
    c.source_in = Time(source_in);
    c
}

fn dissolve(from: &str, to: &str, duration: i64) -> Transition {
    Transition {
        id: format!("{from}-{to}").as_str().into(),
        kind: "crossfade".into(),
        from: Some(from.into()),
        to: Some(to.into()),
        duration: TimeDelta(duration),
        alignment: Default::default(),
        params: Default::default(),
        audio_crossfade: true,
        audio_fade_shape: cutroom_types::FadeCurve::ConstantPower,
        extra: Default::default(),
    }
}

fn voices(p: &Project) -> Vec<Voice> {
    assert_eq!(validate(p), vec![]);
    plan_audio(p, &p.main, &Catalog::builtin(), 0, 1 << 40).unwrap().voices
}

#[test]
fn a_dissolve_cross_fades_both_clips_into_their_handles() {
    let mut t = Track::new("v", TrackKind::Video);
    t.clips = vec![clip("a", 0, 2 * SECOND, SECOND).into(), clip("b", 2 * SECOND, 2 * SECOND, 10 * SECOND).into()].into();
    t.transitions = vec![dissolve("a", "b", SECOND)].into();
    let mut p = project(fps25(), t);
    let v = voices(&p);
    let fade = |rising| Fade { first_sample: 72_000, end_sample: 120_000, rising, curve: FadeCurve::ConstantPower };
    assert_eq!((v[0].first_sample, v[0].end_sample, v[0].source_start.0), (0, 120_000, SECOND));
    assert_eq!(v[0].fades, [fade(false)]);
    assert_eq!((v[1].first_sample, v[1].end_sample, v[1].source_start.0), (72_000, 192_000, 10 * SECOND - SECOND / 2));
    assert_eq!(v[1].fades, [fade(true)]);
    // Without the cross-fade the sound changes at the cut.
    p.compositions[0].tracks[0].transitions[0].audio_crossfade = false;
    let v = voices(&p);
    assert_eq!((v[0].end_sample, v[1].first_sample), (96_000, 96_000));
    assert!(v.iter().all(|v| v.fades.is_empty()));
    // The same with the catalogue's parameter off.
    let x = &mut p.compositions[0].tracks[0].transitions[0];
    x.audio_crossfade = true;
    x.params = BTreeMap::from([("includeAudio".to_owned(), Animated::Constant(cutroom_types::ParamValue::Bool(false)))]);
    assert_eq!(voices(&p)[0].end_sample, 96_000);
}

#[test]
fn gain_pan_mute_and_solo() {
    let mut a = clip("a", 0, SECOND, 0);
    a.audio.gain_db = Animated::Constant(-20.0);
    a.audio.pan = Animated::Constant(-0.75);
    let mut t = Track::new("1", TrackKind::Audio);
    t.gain_db = Animated::Constant(20.0);
    t.pan = Animated::Constant(0.25);
    t.clips = vec![a.into()].into();
    let mut p = project(fps25(), t);
    let mut second = Track::new("2", TrackKind::Audio);
    second.clips = vec![clip("b", 0, SECOND, 0).into()].into();
    p.compositions[0].tracks.push(second);
    let v = voices(&p);
    assert_eq!((v[0].gain.as_slice(), v[0].pan.as_slice()), (&[(0, 1.0)][..], &[(0, -0.5)][..]));
    let heard = |p: &Project| voices(p).iter().map(|v| v.clip.to_string()).collect::<Vec<_>>();
    assert_eq!(heard(&p), ["a", "b"]);
    p.compositions[0].tracks[1].solo = true;
    assert_eq!(heard(&p), ["b"]);
    p.compositions[0].tracks[1].muted = true;
    assert!(heard(&p).is_empty());
    p.compositions[0].tracks[1].solo = false;
    p.compositions[0].tracks[1].muted = true;
    assert_eq!(heard(&p), ["a"]);
    p.compositions[0].tracks[0].clip_mut(0).audio.gain_db = Animated::Constant(-1000.0);
    assert!(heard(&p).is_empty(), "silence is not mixed");
    p.compositions[0].tracks[0].clip_mut(0).audio.gain_db = Animated::Constant(6.0);
    p.compositions[0].tracks[0].gain_db = Animated::Constant(0.0);
    // 10^(6/20), ISO 80000-8.
    assert!((voices(&p)[0].gain[0].1 - 1.995_262_3).abs() < 1e-6);
    p.media[0].facts = Some(MediaFacts { audio_streams: Some(0), ..Default::default() });
    assert!(heard(&p).is_empty(), "a file known to have no sound gives no voice");
}

/// Played backwards, a clip plays exactly the samples of its span, the last one first.
#[test]
fn backwards_is_the_mirror_image() {
    let mut t = Track::new("a", TrackKind::Audio);
    let mut c = clip("c", SECOND, SECOND, 3 * SECOND);
    c.speed = -1.0;
    t.clips = vec![c.into()].into();
    let v = &voices(&project(fps25(), t))[0];
    // Source samples 2 s..3 s: 143999 is played first, at 48000, and 96000 last.
    let heard = |n: i64| v.source_start.to_sample(HZ) - (n - v.first_sample);
    assert_eq!((v.first_sample, v.end_sample, heard(48_000), heard(95_999)), (48_000, 96_000, 143_999, 96_000));
}

#[test]
fn whether_there_is_audio_is_known_without_voices() {
    let mut t = Track::new("a", TrackKind::Audio);
    let mut c = clip("c", SECOND, SECOND, 0);
    let key = |secs: i64, value| Keyframe { ease: Ease::Linear, ..Keyframe::new(TimeDelta(secs * SECOND), value) };
    c.audio.gain_db = Animated::Curve(Curve::new(vec![key(0, -12.0), key(1, 0.0)]).unwrap());
    t.clips = vec![c.into()].into();
    let mut p = project(fps25(), t);
    let has = |p: &Project, samples: std::ops::Range<i64>| {
        Timeline::new(p, &p.main, &Catalog::builtin()).unwrap().has_audio(&samples).unwrap()
    };
    assert!(has(&p, 0..96_000) && has(&p, 95_999..96_000) && !has(&p, 0..48_000) && !has(&p, 96_000..1 << 40));
    p.compositions[0].tracks[0].clip_mut(0).audio.gain_db = Animated::Constant(-200.0);
    assert!(!has(&p, 0..96_000), "below the threshold of silence");
    p.compositions[0].tracks[0].clip_mut(0).audio.gain_db = Animated::Constant(0.0);
    p.media[0].facts = Some(MediaFacts { audio_streams: Some(0), ..Default::default() });
    assert!(!has(&p, 0..96_000), "a file without sound");
}

/// Every enclosing composition pans separately, except those that neither pan nor fold.
#[test]
fn nested_audio_is_panned_level_by_level() {
    let mut inner = Composition::new("inner", Size { width: 64, height: 36 }, fps25());
    let mut track = Track::new("t", TrackKind::Audio);
    let mut a = clip("a", 0, SECOND, 0);
    a.audio.pan = Animated::Constant(-0.5);
    track.pan = Animated::Constant(-0.5);
    track.clips = vec![a.into()].into();
    inner.tracks.push(track);
    let mut outer = Track::new("o", TrackKind::Video);
    let mut nest = Clip::new("nest", ClipSource::composition("inner"), Time(0), TimeDelta(SECOND));
    nest.audio.pan = Animated::Constant(1.0);
    outer.clips = vec![nest.into()].into();
    let mut p = project(fps25(), outer);
    p.compositions.push(inner);
    let levels = |p: &Project| {
        let v = voices(p).remove(0);
        let nested: Vec<_> = v.nested.into_iter().map(|n| (n.channels, n.pan)).collect();
        (nested, v.pan)
    };
    assert_eq!(levels(&p), (vec![(2, vec![(0, -1.0)])], vec![(0, 1.0)]));
    // The outer composition does not pan and has the same channels.
    p.compositions[0].tracks[0].clip_mut(0).audio.pan = Animated::Constant(0.0);
    assert_eq!(levels(&p), (vec![], vec![(0, -1.0)]));
    // The outer composition folds channels.
    p.compositions[0].channels = 6;
    assert_eq!(levels(&p), (vec![(2, vec![(0, -1.0)])], vec![(0, 0.0)]));
}

/// A clip at 1 s..5 s plays, at double speed, a composition in which the cut is at 4 s: the cut is
/// audible at 1 s + 4 s / 2.
#[test]
fn nested_audio_keeps_cuts_fades_and_speed() {
    for backwards in [false, true] {
        let mut t = Track::new("n", TrackKind::Audio);
        let mut a = clip("a", 0, 4 * SECOND, 0);
        a.audio.fade_in = TimeDelta(2 * SECOND);
        t.clips = vec![a.into(), clip("b", 4 * SECOND, 4 * SECOND, 100 * SECOND).into()].into();
        let mut inner = Composition::new("inner", Size { width: 8, height: 8 }, fps25());
        inner.tracks.push(t);
        let mut outer = Clip::new("outer", ClipSource::composition("inner"), Time(SECOND), TimeDelta(4 * SECOND));
        outer.speed = 2.0;
        if backwards {
            outer.source_in = Time(8 * SECOND);
            outer.speed = -2.0;
        }
        let mut track = Track::new("v", TrackKind::Video);
        track.clips = vec![outer.into()].into();
        let mut p = project(fps25(), track);
        p.compositions.push(inner);
        let v = voices(&p);
        let find = |id: &str| v.iter().find(|v| v.clip.as_str() == id).unwrap();
        let (a, b) = (find("a"), find("b"));
        if backwards {
            // Two samples of 48 kHz before the end: forwards, the samples played are 0, 2, 4, … of
            // the span.
            let step = 2 * SECOND / i64::from(HZ);
            assert_eq!((b.first_sample, b.end_sample, b.source_start.0, b.speed), (48_000, 144_000, 104 * SECOND - step, -2.0));
            assert_eq!((a.first_sample, a.end_sample, a.source_start.0, a.speed), (144_000, 240_000, 4 * SECOND - step, -2.0));
            assert_eq!(a.fades, [Fade { first_sample: 192_000, end_sample: 240_000, rising: false, curve: FadeCurve::Linear }]);
        } else {
            assert_eq!((a.first_sample, a.end_sample, a.source_start.0, a.speed), (48_000, 144_000, 0, 2.0));
            assert_eq!((b.first_sample, b.end_sample, b.source_start.0, b.speed), (144_000, 240_000, 100 * SECOND, 2.0));
            assert_eq!(a.fades, [Fade { first_sample: 48_000, end_sample: 96_000, rising: true, curve: FadeCurve::Linear }]);
        }
    }
}

/// Evaluates points as a mixer does: straight lines between them, constant outside.
fn read(points: &[(i64, f32)], at: i64) -> f32 {
    let after = points.partition_point(|p| p.0 <= at);
    if after == 0 {
        return points[0].1;
    }
    let a = points[after - 1];
    let Some(b) = points.get(after) else { return a.1 };
    a.1 + (b.1 - a.1) * ((at - a.0) as f32 / (b.0 - a.0) as f32)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    /// Neighbours share the boundary sample, and every sample belongs to the clip that a rational
    /// model states.
    #[test]
    fn cuts_fall_on_the_nearest_sample(frames in prop::collection::vec(1i64..40, 1..20), hz in prop_oneof![Just(44_100u32), Just(48_000)]) {
        let r = FrameRate::new(30000, 1001).unwrap();
        let mut t = Track::new("a", TrackKind::Audio);
        let mut at = 0;
        for (i, n) in frames.iter().enumerate() {
            let span = Span::new(r.time_of_frame(at), r.time_of_frame(at + n));
            t.clips.push(clip(&format!("c{i}"), span.start.0, span.duration.0, 3 * SECOND).into());
            at += n;
        }
        let mut p = project(r, t);
        p.compositions[0].sample_rate_hz = hz;
        let timeline = Timeline::new(&p, &p.main, &Catalog::builtin()).unwrap();
        let v = timeline.sound(0, 1 << 40).unwrap().voices;
        prop_assert_eq!(v.len(), frames.len());
        let mut at = 0;
        let nearest = |frame: i64| (frame * 1001 * i64::from(hz) * 2 + 30_000).div_euclid(2 * 30_000);
        for (v, n) in v.iter().zip(&frames) {
            prop_assert_eq!((v.first_sample, v.end_sample), (nearest(at), nearest(at + n)));
            // Within half a sample of the in point.
            let off = (v.source_start.0 - 3 * SECOND).abs();
            prop_assert!(off * 2 * i64::from(hz) <= SECOND + 2 * i64::from(hz));
            at += n;
        }
        prop_assert_eq!(v.last().unwrap().end_sample, timeline.sample_count());
    }

    /// Plans of any length have the same gains at every sample, jumps included.
    #[test]
    fn runs_do_not_change_curves(keys in prop::collection::btree_map(0i64..96_000, (-60.0f64..12.0, any::<bool>()), 1..6), run in 100usize..20_000) {
        let curve = Curve::new(keys.iter().map(|(at, (db, hold))| {
            let mut k = Keyframe::new(Time::of_sample(*at, HZ).since_zero(), *db);
            k.ease = if *hold { Ease::Hold } else { Ease::InOutSine };
            k
        }).collect()).unwrap();
        let mut c = clip("a", 0, 2 * SECOND, 0);
        c.audio.gain_db = Animated::Curve(curve.clone());
        let mut t = Track::new("a", TrackKind::Audio);
        t.clips.push(c.into());
        let p = project(fps25(), t);
        let timeline = Timeline::new(&p, &p.main, &Catalog::builtin()).unwrap();
        let whole = &timeline.sound(0, 96_000).unwrap().voices[0];
        let mut first = 0;
        while first < 96_000 {
            let plan = timeline.sound(first, run).unwrap();
            let v = &plan.voices[0];
            for at in (first..(first + run as i64).min(96_000)).step_by(37) {
                prop_assert_eq!(read(&v.gain, at).to_bits(), read(&whole.gain, at).to_bits(), "sample {}", at);
            }
            first += run as i64;
        }
        for (at, (db, _)) in &keys {
            let want = 10f64.powf(db / 20.0) as f32;
            prop_assert!((read(&whole.gain, *at) - want).abs() <= want * 1e-5, "key at {}", at);
        }
    }
}
