//! Every output frame shows the source frame that the project specifies.
//!
//! Sources are lists of presentation times as a container would store them; the frame shown is
//! found by its interval, as a decoder does. The model that it is compared with uses frame numbers
//! and rationals, not the planner's code.
use cutroom_effects::Catalog;
use cutroom_project::{
    Alignment, Clip, ClipSource, ClipTimes, Composition, Media, MediaFacts, MediaKind, Project, Track, TrackKind, Transition,
    validate,
};
use cutroom_timeline::{Content, FramePlan, Layer, Timeline, sampling};
use cutroom_types::{FrameRate, Size, Time, TimeDelta};
use proptest::prelude::*;

const RATES: [(u32, u32); 8] = [(24000, 1001), (24, 1), (25, 1), (30000, 1001), (30, 1), (50, 1), (60000, 1001), (60, 1)];

fn rate((n, d): (u32, u32)) -> FrameRate {
    FrameRate::new(n, d).unwrap()
}

/// Time of frame `k` as stored in a container counting in `1 / ticks` seconds and read back in
/// flicks since the first frame, whose own timestamp is that of frame `offset`.
fn stored(rate: FrameRate, k: i64, ticks: i64, offset: i64) -> Time {
    let tick = |k: i64| {
        let (n, d) = (i128::from(k) * i128::from(ticks) * i128::from(rate.den()), i128::from(rate.num()));
        ((2 * n + d).div_euclid(2 * d)) as i64
    };
    Time::from_ratio_secs(tick(k + offset) - tick(offset), ticks)
}

/// The frame, among `count`, whose interval contains `t`.
fn shown(rate: FrameRate, ticks: i64, offset: i64, count: i64, t: Time) -> i64 {
    let (mut low, mut high) = (0, count);
    while high - low > 1 {
        let middle = (low + high) / 2;
        if stored(rate, middle, ticks, offset) <= t { low = middle } else { high = middle }
    }
    low
}

fn project(rate: FrameRate, clips: Vec<Clip>, transitions: Vec<Transition>) -> Project {
    let mut track = Track::new("v", TrackKind::Video);
    track.clips = clips.into_iter().map(Into::into).collect();
    track.transitions = transitions.into();
    let mut c = Composition::new("main", Size { width: 64, height: 36 }, rate);
    c.tracks.push(track);
    let mut p = Project::new("test", c);
    p.media.push(Media::new("m", "m.mp4", MediaKind::Video));
    p
}

/// The project whose source has frames of rate `source`.
fn with_source_rate(mut p: Project, source: FrameRate) -> Project {
    p.media[0].facts = Some(MediaFacts { frame_durations: vec![source.frame_duration()], ..MediaFacts::default() });
    p
}

fn clip(id: usize, rate: FrameRate, start: i64, frames: i64, source_in: Time, speed: f64) -> Clip {
    let (from, to) = (rate.time_of_frame(start), rate.time_of_frame(start + frames));
    let mut c = Clip::new(&format!("c{id}"), ClipSource::media("m"), from, to - from);
    c.source_in = source_in;
    c.speed = speed;
    c
}

fn source_time(layer: &Layer) -> Time {
    match &layer.content {
        Content::Media(frame) => frame.time,
        other => panic!("{other:?}"),
    }
}

fn only(plan: &FramePlan) -> &Layer {
    assert_eq!(plan.layers.len(), 1, "{plan:?}");
    &plan.layers[0]
}

/// Source and output have the same rate: at every rate, forwards and backwards, in exact and in
/// coarse time bases, starting anywhere.
#[test]
fn a_cut_at_its_own_rate_shows_every_frame_once() {
    for r in RATES.map(rate) {
        for ticks in [1000, 90_000, 12_800, i64::from(r.num())] {
            for offset in [0, 1, 2, 7] {
                for first in [0, 1, 13, 1000] {
                    let frames = 120;
                    let in_point = r.time_of_frame(first);
                    let out_point = r.time_of_frame(first + frames);
                    let forward = clip(0, r, 5, frames, in_point, 1.0);
                    let backward = clip(1, r, 5 + frames, frames, out_point, -1.0);
                    let p = project(r, vec![forward, backward], vec![]);
                    assert_eq!(validate(&p), vec![]);
                    let t = Timeline::new(&p, &p.main, &Catalog::builtin()).unwrap();
                    assert_eq!(t.frame_count(), 5 + 2 * frames);
                    for n in 0..5 {
                        assert!(t.frame(n).unwrap().layers.is_empty());
                    }
                    for k in 0..frames {
                        let see = |n| shown(r, ticks, offset, first + frames + 10, source_time(only(&t.frame(n).unwrap())));
                        assert_eq!(see(5 + k), first + k, "{r} fps, 1/{ticks} s, offset {offset}, frame {k}");
                        assert_eq!(see(5 + frames + k), first + frames - 1 - k, "{r} fps backwards, 1/{ticks} s, frame {k}");
                    }
                }
            }
        }
    }
}

/// Imported projects carry float seconds: everything may be some flicks off, and no frame may be
/// lost or doubled.
#[test]
fn rounded_seconds_do_not_shift_frames() {
    for r in RATES.map(rate) {
        let jitter = |t: Time, by: i64| Time((t.0 + by).max(0));
        for by in [-300_000, -3, -1, 0, 1, 3, 300_000] {
            let cut = jitter(r.time_of_frame(50), by);
            let mut a = clip(0, r, 0, 50, r.time_of_frame(7), 1.0);
            a.duration = cut - a.start;
            let mut b = clip(1, r, 50, 50, r.time_of_frame(300), 1.0);
            b.duration = jitter(r.time_of_frame(100), by) - cut;
            b.start = cut;
            let p = project(r, vec![a, b], vec![]);
            let t = Timeline::new(&p, &p.main, &Catalog::builtin()).unwrap();
            assert_eq!(t.frame_count(), 100, "{r} {by}");
            for n in 0..100 {
                let want = if n < 50 { 7 + n } else { 300 + n - 50 };
                let at = source_time(only(&t.frame(n).unwrap()));
                assert_eq!(shown(r, 1000, 0, 1000, at), want, "{r}, {by} flicks, frame {n}");
            }
        }
    }
}

/// 25 fps in 50 doubles frames, 50 in 25 drops every second one, 24 in 60 is a 2:3 pattern.
#[test]
fn mixed_rates_show_the_nearest_frames() {
    let numbers = |source: (u32, u32), output: (u32, u32), count: i64| -> Vec<i64> {
        let (s, o) = (rate(source), rate(output));
        let p = with_source_rate(project(o, vec![clip(0, o, 0, count, Time::ZERO, 1.0)], vec![]), s);
        let t = Timeline::new(&p, &p.main, &Catalog::builtin()).unwrap();
        (0..count).map(|n| shown(s, i64::from(s.num()), 0, 1000, source_time(only(&t.frame(n).unwrap())))).collect()
    };
    assert_eq!(numbers((25, 1), (50, 1), 6), [0, 0, 1, 1, 2, 2]);
    assert_eq!(numbers((50, 1), (25, 1), 4), [0, 2, 4, 6]);
    assert_eq!(numbers((24, 1), (60, 1), 10), [0, 0, 1, 1, 1, 2, 2, 3, 3, 3]);
    assert_eq!(numbers((24000, 1001), (60000, 1001), 10), [0, 0, 1, 1, 1, 2, 2, 3, 3, 3]);
}

/// One clip of a cut list: gap before it, frames, first source frame, speed as a fraction,
/// direction, length of the transition from the clip before, and its alignment.
#[derive(Clone, Debug)]
struct Cut {
    gap: i64,
    frames: i64,
    first: i64,
    speed: (i64, i64),
    backwards: bool,
    dissolve: i64,
    alignment: Alignment,
}

fn cut() -> impl Strategy<Value = Cut> {
    (
        prop_oneof![3 => Just(0i64), 1 => 1i64..30],
        20i64..60,
        500i64..2000,
        prop_oneof![4 => Just((1i64, 1i64)), 1 => Just((2, 1)), 1 => Just((1, 2)), 1 => Just((1, 4)), 1 => Just((3, 1))],
        any::<bool>(),
        0i64..10,
        prop_oneof![Just(Alignment::Center), Just(Alignment::Start), Just(Alignment::End)],
    )
        .prop_map(|(gap, frames, first, speed, backwards, dissolve, alignment)| Cut {
            gap,
            frames,
            first,
            speed,
            backwards,
            dissolve,
            alignment,
        })
}

/// The source frame that frame `n` shows of a clip starting at `start`, by counting in half-open
/// rational intervals: forwards the source frame at `first + (n − start)·speed`, backwards the last
/// one before `end − (n − start)·speed`. Source and output have the same rate.
fn model_frame(c: &Cut, start: i64, n: i64) -> i64 {
    let (num, den) = c.speed;
    if c.backwards {
        let end = c.first * den - (n - start) * num;
        (end - 1).div_euclid(den)
    } else {
        (c.first * den + (n - start) * num).div_euclid(den)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Any source rate in any output rate: the frame shown is the one presented half of the shorter
    /// frame after the output frame starts, in rationals.
    #[test]
    fn mixed_rates_give_the_frames_of_the_model(s in 0..RATES.len(), o in 0..RATES.len(), start in 0i64..500, first in 0i64..500, n in 0i64..2000) {
        let ((sn, sd), (on, od)) = (RATES[s], RATES[o]);
        let (s, o) = (rate(RATES[s]), rate(RATES[o]));
        let p = with_source_rate(project(o, vec![clip(0, o, start, 2000, s.time_of_frame(first), 1.0)], vec![]), s);
        let t = Timeline::new(&p, &p.main, &Catalog::builtin()).unwrap();
        // first + n·od/on·sn/sd + min(od/on·sn/sd, 1)/2 as a fraction of 2·on·sd.
        let (sn, sd, on, od) = (i128::from(sn), i128::from(sd), i128::from(on), i128::from(od));
        let unit = 2 * on * sd;
        let at = i128::from(first) * unit + 2 * i128::from(n) * od * sn + (od * sn).min(on * sd);
        // Within a few flicks of a boundary either frame is right.
        let near = at.rem_euclid(unit).min(unit - at.rem_euclid(unit)) * 705_600_000 < 4 * unit * sn / sd;
        let want = (at / unit) as i64;
        let got = shown(s, i64::from(s.num()), 0, 10_000, source_time(only(&t.frame(start + n).unwrap())));
        prop_assert!(got == want || near, "{} in {}: frame {} shows {} instead of {}", s, o, n, got, want);
    }

    #[test]
    fn any_cut_list_gives_the_frames_of_the_model(r in 0..RATES.len(), ms in any::<bool>(), cuts in prop::collection::vec(cut(), 1..12)) {
        let r = rate(RATES[r]);
        let (mut clips, mut transitions, mut at) = (Vec::new(), Vec::new(), 0);
        let mut starts = Vec::new();
        for (i, c) in cuts.iter().enumerate() {
            at += c.gap;
            starts.push(at);
            let speed = c.speed.0 as f64 / c.speed.1 as f64 * if c.backwards { -1.0 } else { 1.0 };
            clips.push(clip(i, r, at, c.frames, r.time_of_frame(c.first), speed));
            if i > 0 && c.gap == 0 && c.dissolve > 0 {
                let length = r.time_of_frame(c.dissolve) - Time::ZERO;
                transitions.push(Transition {
                    id: format!("x{i}").as_str().into(), kind: "crossfade".into(),
                    from: Some(format!("c{}", i - 1).as_str().into()), to: Some(format!("c{i}").as_str().into()),
                    duration: length, alignment: c.alignment, params: Default::default(), audio_crossfade: true,
            audio_fade_shape: cutroom_types::FadeCurve::ConstantPower, extra: Default::default(),
                });
            }
            at += c.frames;
        }
        let p = project(r, clips, transitions);
        prop_assert_eq!(validate(&p), vec![]);
        let t = Timeline::new(&p, &p.main, &Catalog::builtin()).unwrap();
        prop_assert_eq!(t.frame_count(), at);
        let ticks = if ms { 1000 } else { i64::from(r.num()) };
        let see = |l: &Layer| shown(r, ticks, 0, 5000, source_time(l));
        for n in 0..at {
            // The model: the dissolve that covers the frame, or else the clip.
            let covering = cuts.iter().enumerate().find(|(i, c)| {
                if *i == 0 || c.gap > 0 || c.dissolve == 0 { return false }
                // Doubled, so that centred odd lengths are whole numbers; a frame is covered if its
                // middle is.
                let (cut2, d2) = (2 * starts[*i], 2 * c.dissolve);
                let from2 = match c.alignment { Alignment::Center => cut2 - d2 / 2, Alignment::Start => cut2, Alignment::End => cut2 - d2 };
                2 * n + 1 >= from2 && 2 * n + 1 < from2 + d2
            });
            let plan = t.frame(n).unwrap();
            if let Some((i, c)) = covering {
                let layer = only(&plan);
                let Content::Transition { progress, from: Some(from), to: Some(to), .. } = &layer.content else { panic!("{layer:?}") };
                prop_assert_eq!(see(from), model_frame(&cuts[i - 1], starts[i - 1], n), "from, frame {}", n);
                prop_assert_eq!(see(to), model_frame(c, starts[i], n), "to, frame {}", n);
                prop_assert!(*progress > 0.0 && *progress < 1.0);
                continue;
            }
            match (0..cuts.len()).find(|&i| n >= starts[i] && n < starts[i] + cuts[i].frames) {
                None => prop_assert!(plan.layers.is_empty()),
                Some(i) => {
                    let layer = only(&plan);
                    prop_assert_eq!(layer.clip.as_str(), format!("c{i}"));
                    prop_assert_eq!(see(layer), model_frame(&cuts[i], starts[i], n), "frame {} of {:?}", n, cuts[i]);
                }
            }
        }
        prop_assert!(t.frame(at).unwrap().layers.is_empty() && t.frame(-1).unwrap().layers.is_empty());
    }
}

/// A dissolve about a cut has exactly its number of frames, also if that is odd, and its progress
/// is evenly spread.
#[test]
fn progress_is_symmetric() {
    let r = rate((25, 1));
    for (frames, want) in [(4, vec![0.125, 0.375, 0.625, 0.875]), (3, vec![1.0 / 6.0, 0.5, 5.0 / 6.0]), (1, vec![0.5])] {
        let x = Transition {
            id: "x".into(),
            kind: "crossfade".into(),
            from: Some("c0".into()),
            to: Some("c1".into()),
            duration: TimeDelta(r.time_of_frame(frames).0),
            alignment: Alignment::Center,
            params: Default::default(),
            audio_crossfade: true,
            audio_fade_shape: cutroom_types::FadeCurve::ConstantPower,
            extra: Default::default(),
        };
        let p = project(r, vec![clip(0, r, 0, 20, Time::ZERO, 1.0), clip(1, r, 20, 20, r.time_of_frame(100), 1.0)], vec![x]);
        let t = Timeline::new(&p, &p.main, &Catalog::builtin()).unwrap();
        let seen: Vec<f32> = (0..40)
            .filter_map(|n| match &only(&t.frame(n).unwrap()).content {
                Content::Transition { progress, .. } => Some(*progress),
                _ => None,
            })
            .collect();
        assert_eq!(seen, want);
    }
}

/// The chosen source frame of output frame `n`, where source frame `k` starts at `phase + k` frames
/// of `source`, and the source is played from time zero at `speed`.
fn chosen(output: FrameRate, source: FrameRate, phase: i64, speed: f64, source_in: Time, n: i64) -> i64 {
    let lengths = sampling::FrameLengths { output: output.frame_duration(), source: Some(source.frame_duration()) };
    let at = sampling::source_time(output.time_of_frame(n), Time::ZERO, &ClipTimes::constant(source_in, speed), lengths);
    source.frame_at(Time(at.0 - phase))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    /// At equal rates every source frame is shown once, whatever the phase, and at most half a frame
    /// from its time; backwards likewise.
    #[test]
    fn equal_rates_show_each_frame_once_at_any_phase(r in 0..RATES.len(), phase in 0.0f64..1.0, n in 1i64..5000) {
        let r = rate(RATES[r]);
        let d = r.frame_duration().0;
        let phase = (phase * d as f64) as i64;
        let k = |n| chosen(r, r, phase, 1.0, Time::ZERO, n);
        prop_assert_eq!(k(n) - k(n - 1), 1);
        let late = phase + r.time_of_frame(k(n)).0 - r.time_of_frame(n).0;
        prop_assert!(late.abs() <= d / 2 + 2, "{} flicks of {}", late, d);
        let end = r.time_of_frame(6000);
        let back = |n| chosen(r, r, phase, -1.0, end, n);
        prop_assert_eq!(back(n - 1) - back(n), 1);
    }

    /// At other rates: of a source that is faster than the film the frame that starts nearest, of a
    /// slower one the frame that is presented in the middle of the film's.
    #[test]
    fn other_rates_show_the_nearest_frame_at_any_phase(o in 0..RATES.len(), s in 0..RATES.len(), phase in 0.0f64..1.0, n in 1i64..5000) {
        let (o, s) = (rate(RATES[o]), rate(RATES[s]));
        let d = s.frame_duration().0;
        let phase = (phase * d as f64) as i64;
        let k = chosen(o, s, phase, 1.0, Time::ZERO, n);
        let start = |k| phase + s.time_of_frame(k).0;
        let t = o.time_of_frame(n).0;
        if d <= o.frame_duration().0 {
            let off = |k| (start(k) - t).abs();
            prop_assert!(off(k) <= off(k - 1) + 4 && off(k) <= off(k + 1) + 4, "{} in {}: frame {} shows {}", s, o, n, k);
        } else {
            let middle = t + o.frame_duration().0 / 2;
            prop_assert!(start(k) <= middle + 2 && middle < start(k + 1) + 2, "{} in {}: frame {} shows {}", s, o, n, k);
            prop_assert!((0..=1).contains(&(k - chosen(o, s, phase, 1.0, Time::ZERO, n - 1))), "none is skipped");
        }
    }

    /// Frames that begin together with the film's survive a container's rounding to milliseconds.
    #[test]
    fn rounded_times_lose_no_frame(r in 0..RATES.len(), offset in 0i64..1000, n in 1i64..5000) {
        let r = rate(RATES[r]);
        let lengths = sampling::FrameLengths { output: r.frame_duration(), source: Some(r.frame_duration()) };
        let at = sampling::source_time(r.time_of_frame(n), Time::ZERO, &ClipTimes::constant(Time::ZERO, 1.0), lengths);
        prop_assert_eq!(shown(r, 1000, offset, n + 10, at), n);
    }
}
