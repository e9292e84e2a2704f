//! Clips whose speed changes: which source frames they show, what they let sound, and what is asked
//! for between frames. Expected numbers are those of the formulae of the ramps.
use cutroom_effects::Catalog;
use cutroom_project::{
    Clip, ClipSource, Composition, FrameInterpolation, Media, MediaFacts, MediaKind, Project, TimeMap, Track, TrackKind, validate,
};
use cutroom_timeline::{AudioPlan, Content, FramePlan, SourceFrame, SourceFrames, Timeline};
use cutroom_types::{FLICKS_PER_SECOND, FrameRate, Size, Time, TimeDelta};
use serde_json::json;

const FLICKS: f64 = FLICKS_PER_SECOND as f64;

fn fps(n: u32) -> FrameRate {
    FrameRate::new(n, 1).unwrap()
}

fn secs(s: f64) -> TimeDelta {
    TimeDelta((s * FLICKS).round() as i64)
}

fn map(json: serde_json::Value) -> Option<TimeMap> {
    Some(serde_json::from_value(json).unwrap())
}

/// A film at 25 fps of one clip of 4 s, from 10 s on in a file of `source` frames a second.
fn film(source: u32, change: impl FnOnce(&mut Clip)) -> Project {
    let mut clip = Clip::new("c", ClipSource::media("m"), Time::ZERO, secs(4.0));
    clip.source_in = Time::from_ratio_secs(10, 1);
    change(&mut clip);
    let mut track = Track::new("v", TrackKind::Video);
    track.clips = vec![clip.into()].into();
    let mut c = Composition::new("main", Size { width: 64, height: 36 }, fps(25));
    c.tracks.push(track);
    let mut p = Project::new("test", c);
    let mut media = Media::new("m", "m.mp4", MediaKind::Video);
    media.facts = Some(MediaFacts { frame_durations: vec![fps(source).frame_duration()], ..MediaFacts::default() });
    p.media.push(media);
    assert_eq!(validate(&p), vec![]);
    p
}

fn shown(plan: &FramePlan) -> &SourceFrame {
    match &plan.layers[0].content {
        Content::Media(frame) => frame,
        other => panic!("{other:?}"),
    }
}

fn numbers(p: &Project, source: u32) -> Vec<i64> {
    let t = Timeline::new(p, &p.main, &Catalog::builtin()).unwrap();
    (0..t.frame_count()).map(|n| fps(source).frame_at(shown(&t.frame(n).unwrap()).time)).collect()
}

fn sound(p: &Project) -> AudioPlan {
    let t = Timeline::new(p, &p.main, &Catalog::builtin()).unwrap();
    t.sound(0, 4 * 48_000).unwrap()
}

#[test]
fn a_map_of_one_speed_shows_the_frames_of_that_speed() {
    for source in [24, 25, 30, 60] {
        for speed in [0.25, 0.5, 1.0, 1.5, 2.0, -1.0, -0.5] {
            let constant = numbers(&film(source, |c| c.speed = speed), source);
            let mapped = numbers(&film(source, |c| c.time_map = map(json!({"speed": speed}))), source);
            assert_eq!(mapped, constant, "{source} fps at {speed}");
            let end = format!("{}s", 4.0 * speed);
            let line = json!({"source": {"keyframes": [{"time": 0, "value": 0}, {"time": "4s", "value": end}]}});
            let mut times = numbers(&film(source, |c| c.time_map = map(line)), source);
            // After its last keyframe the source stands still, so that the last frame covers less.
            times.truncate(99);
            assert_eq!(times, constant[..99], "{source} fps at {speed}, by times");
        }
    }
}

#[test]
fn a_ramp_shows_the_predicted_numbers() {
    // Speed 1 to 3 in 4 s: t + t²/4.
    let ramp = json!({"speed": {"keyframes": [{"time": 0, "value": 1}, {"time": "4s", "value": 3}]}});
    for source in [25, 60] {
        let p = film(source, |c| c.time_map = map(ramp.clone()));
        let at = |t: f64| 10.0 + t + t * t / 4.0;
        let frame = 1.0 / f64::from(source);
        let expected: Vec<i64> = (0..100)
            .map(|n| {
                let (from, to) = (at(f64::from(n) / 25.0), at(f64::from(n + 1) / 25.0));
                ((from + (to - from).min(frame) / 2.0) * f64::from(source)).floor() as i64
            })
            .collect();
        assert_eq!(numbers(&p, source), expected);
    }
}

#[test]
fn a_ramp_to_a_stop_holds_a_frame_and_one_through_it_turns() {
    let stop = json!({"speed": {"keyframes": [{"time": 0, "value": 1}, {"time": "2s", "value": 0}]}});
    let held = numbers(&film(25, |c| c.time_map = map(stop)), 25);
    assert_eq!(held[0], 250);
    // 1 s of source is passed in the ramp.
    assert!(held[50..].iter().all(|n| *n == 275), "{held:?}");
    let turn = json!({"speed": {"keyframes": [{"time": 0, "value": 1}, {"time": "4s", "value": -1}]}});
    let turned = numbers(&film(25, |c| c.time_map = map(turn)), 25);
    // The source reaches 11 s, where frame 275 begins.
    assert!([274, 275].contains(turned.iter().max().unwrap()), "{turned:?}");
    // The second half shows what the first did, backwards.
    let back: Vec<i64> = turned.iter().rev().copied().collect();
    assert!(turned.iter().zip(&back).all(|(a, b)| (a - b).abs() <= 1), "{turned:?}");
}

#[test]
fn a_held_time_and_a_jump_are_exact() {
    let jump = json!({"source": {"keyframes": [
        {"time": 0, "value": "2s", "ease": "hold"}, {"time": "2s", "value": "400ms"}, {"time": "4s", "value": "2400ms"}]}});
    let n = numbers(&film(25, |c| c.time_map = map(jump)), 25);
    assert_eq!(n[..50], [300; 50]);
    assert_eq!(n[50..], (260..310).collect::<Vec<_>>());
}

#[test]
fn a_nested_film_at_another_rate_is_ramped() {
    let mut p = film(30, |c| c.duration = secs(20.0));
    let mut inner = p.compositions.remove(0);
    inner.id = "inner".into();
    inner.frame_rate = fps(30);
    let mut clip = Clip::new("n", ClipSource::composition("inner"), Time::ZERO, secs(4.0));
    clip.time_map = map(json!({"speed": {"keyframes": [{"time": 0, "value": 0.5}, {"time": "4s", "value": 2.5}]}}));
    let mut track = Track::new("w", TrackKind::Video);
    track.clips = vec![clip.into()].into();
    let mut outer = Composition::new("main", Size { width: 64, height: 36 }, fps(25));
    outer.tracks.push(track);
    p.compositions = vec![outer, inner];
    assert_eq!(validate(&p), vec![]);
    let t = Timeline::new(&p, &p.main, &Catalog::builtin()).unwrap();
    let at = |t: f64| t / 2.0 + t * t / 4.0;
    for n in 0..100 {
        let (from, to) = (at(f64::from(n) / 25.0), at(f64::from(n + 1) / 25.0));
        let expected = 300 + ((from + (to - from).clamp(0.004, 1.0 / 30.0) / 2.0) * 30.0).floor() as i64;
        let plan = t.frame(i64::from(n)).unwrap();
        let Content::Composition(inner) = &plan.layers[0].content else { panic!("{plan:?}") };
        assert_eq!(fps(30).frame_at(shown(inner).time), expected, "frame {n}");
    }
    // Its sound runs at the product of the speeds.
    let voice = &t.sound(48_000, 48_000).unwrap().voices[0];
    let middle = voice.positions.iter().find(|p| p.sample == 72_000).unwrap();
    assert!((middle.source.as_secs_f64() - 10.0 - at(1.5)).abs() < 1e-6, "{middle:?}");
    assert!((middle.speed - (0.5 + 1.5 / 2.0)).abs() < 1e-6, "{middle:?}");
}

#[test]
fn sound_follows_a_map_in_runs_and_is_silent_while_it_stands_still() {
    let p = film(25, |c| {
        c.time_map = map(json!({"speed": {"keyframes": [
            {"time": 0, "value": 1}, {"time": "1s", "value": 2, "ease": "hold"}, {"time": "2s", "value": 0, "ease": "hold"},
            {"time": "3s", "value": -1}]}}));
    });
    let plan = sound(&p);
    let spans: Vec<_> = plan.voices.iter().map(|v| (v.first_sample, v.end_sample, v.speed)).collect();
    assert_eq!(spans, [(0, 96_000, 1.0), (144_000, 192_000, -1.0)]);
    let at = |voice: usize, sample: i64| *plan.voices[voice].positions.iter().find(|p| p.sample == sample).unwrap();
    for (sample, source, speed) in [(0, 10.0, 1.0), (24_000, 10.625, 1.5), (48_000, 11.5, 2.0), (72_000, 12.5, 2.0)] {
        let p = at(0, sample);
        assert!((p.source.as_secs_f64() - source).abs() < 1e-8 && (p.speed - speed).abs() < 1e-9, "{p:?}");
    }
    // Backwards, a sample plays the source that ends where the next one begins.
    let p = at(1, 168_000);
    assert!((p.source.as_secs_f64() - (13.5 - 0.5 - 1.0 / 48_000.0)).abs() < 1e-8 && p.speed == -1.0, "{p:?}");
    // The sound stops and starts again in 5 ms.
    let fades: Vec<_> = plan.voices.iter().flat_map(|v| &v.fades).map(|f| (f.first_sample, f.end_sample, f.rising)).collect();
    assert_eq!(fades, [(95_760, 96_000, false), (144_000, 144_240, true)]);
}

#[test]
fn plans_of_ramps_do_not_depend_on_the_range_asked_for() {
    for preserve_pitch in [false, true] {
        let p = film(25, |c| {
            c.time_map =
                map(json!({"speed": {"keyframes": [{"time": 0, "value": 1, "ease": "in_out_sine"}, {"time": "4s", "value": 2}]}}));
            c.audio.preserve_pitch = preserve_pitch;
        });
        let t = Timeline::new(&p, &p.main, &Catalog::builtin()).unwrap();
        let whole = &t.sound(0, 192_000).unwrap().voices[0];
        assert_eq!(whole.preserves_pitch, preserve_pitch);
        for first in [0, 1, 47_999, 100_000, 191_000] {
            let part = &t.sound(first, 1_000).unwrap().voices[0];
            assert!(part.positions.first().unwrap().sample <= first && part.positions.last().unwrap().sample >= first + 999);
            assert!(part.positions.iter().all(|p| whole.positions.contains(p)));
        }
    }
}

#[test]
fn between_frames_the_earliest_source_time_of_a_frame_counts() {
    let with = |source, frames, speed: f64| {
        let p = film(source, |c| {
            c.speed = speed;
            c.video.frames = frames;
        });
        let t = Timeline::new(&p, &p.main, &Catalog::builtin()).unwrap();
        (0..3).map(|n| shown(&t.frame(n).unwrap()).clone()).map(|f| (f.time.as_secs_f64(), f.frames)).collect::<Vec<_>>()
    };
    let frame = |n: u32| fps(n).frame_duration();
    assert_eq!(
        with(25, FrameInterpolation::Flow, 0.5),
        [(10.0, SourceFrames::Flow), (10.02, SourceFrames::Flow), (10.04, SourceFrames::Flow)]
    );
    // Backwards, the first frame covers the time before the clip's source_in.
    assert_eq!(with(25, FrameInterpolation::Flow, -0.5)[..2], [(9.98, SourceFrames::Flow), (9.96, SourceFrames::Flow)]);
    // The shutter is open for 180°: at four times the speed, for two source frames.
    assert_eq!(with(25, FrameInterpolation::Blend, 4.0)[1], (10.16, SourceFrames::Blend(TimeDelta(2 * frame(25).0))));
    assert_eq!(with(25, FrameInterpolation::Blend, 0.5)[1], (10.02, SourceFrames::Blend(frame(25))));
    for (source, speed, frames) in [
        (25, 0.5, SourceFrames::Flow),
        (24, 1.0, SourceFrames::Flow),
        (25, 1.0, SourceFrames::Nearest),
        (60, 0.5, SourceFrames::Nearest),
    ] {
        assert_eq!(with(source, FrameInterpolation::Auto, speed)[1].1, frames, "{source} fps at {speed}");
    }
}
