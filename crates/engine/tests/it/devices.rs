//! Playback on a sound device: what is seen and what is heard at the same time.
use crate::film::{Known, opened, settings};
use cutroom_devices::{TimerOptions, TimerOutput, now_secs};
use cutroom_engine::{Activity, AudioSink, DeviceSink, EngineSettings, LatePolicy, TimerSink, TransportCommand};
use cutroom_pipeline::Library;
use cutroom_project::{Clip, ClipSource, Composition, Media, MediaKind, Project, Track, TrackKind};
use cutroom_types::{AudioBlock, FrameRate, Size, Time};
use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

const RATE_HZ: u32 = 48_000;

/// A film of `frames` frames of a colour with a sound file of the samples that `sample` gives.
fn film(dir: &Path, rate: FrameRate, frames: i64, rate_hz: u32, sample: impl Fn(i64) -> f32) -> Project {
    let spec = hound::WavSpec { channels: 1, sample_rate: rate_hz, bits_per_sample: 32, sample_format: hound::SampleFormat::Float };
    let mut wav = hound::WavWriter::create(dir.join("s.wav"), spec).expect("a file");
    let length = rate.time_of_frame(frames);
    (0..=length.to_sample(rate_hz)).for_each(|n| wav.write_sample(sample(n)).expect("a sample"));
    wav.finalize().expect("a file");
    let mut main = Composition::new("main", Size { width: 16, height: 16 }, rate);
    main.sample_rate_hz = rate_hz;
    let mut picture = Track::new("v", TrackKind::Video);
    let whole = length - Time::ZERO;
    picture.clips.push(Clip::new("c", ClipSource::solid([0.5, 0.5, 0.5, 1.0]), Time::ZERO, whole).into());
    let mut sound = Track::new("a", TrackKind::Audio);
    sound.clips.push(Clip::new("s", ClipSource::media("s"), Time::ZERO, whole).into());
    main.tracks.extend([picture, sound]);
    let mut project = Project::new("film", main);
    project.media.push(Media::new("s", "s.wav", MediaKind::Audio));
    project
}

/// Blocks that a device played: time of the first frame, and its first channel.
type Played = Arc<Mutex<Vec<(f64, Vec<f32>)>>>;

fn device(options: TimerOptions, played: &Played) -> TimerOutput {
    let played = Arc::clone(played);
    let tap = move |secs: f64, samples: &[f32]| {
        played.lock().expect("the list").push((secs, samples.iter().step_by(2).copied().collect()));
    };
    TimerOutput { options, tap: Some(Arc::new(Mutex::new(tap))), ..TimerOutput::default() }
}

/// On a device with latency, drift and jitter, each picture comes when its sound is heard.
#[test]
fn pictures_follow_what_is_heard() {
    let dir = tempfile::tempdir().expect("a folder");
    let rate = FrameRate::new(30_000, 1001).expect("a rate");
    // Each sample differs from all others.
    let project = film(dir.path(), rate, 90, RATE_HZ, |n| n as f32 / 262_144.0);
    let played = Played::default();
    let options = TimerOptions { latency_secs: 0.08, drift_ppm: 400.0, jitter_secs: 0.001, ..TimerOptions::default() };
    let output = device(options, &played);
    let sink = DeviceSink::open(Box::new(move || Box::new(output.clone())), RATE_HZ, 2).expect("a device");
    let handle = sink.device();
    let library = Arc::new(Library::new(dir.path()));
    let settings =
        EngineSettings { drawer: Box::new(Known), sink: Box::new(sink), policy: LatePolicy::Drop, library, ..settings() };
    let mut engine = opened(&project, settings);
    let whole = engine.document().expect("it is open").1.sound().and_then(|mut mix| mix.block(0, 144_144)).expect("its sound");
    engine.transport(TransportCommand::Play);
    let mut shown = Vec::new();
    let began = now_secs();
    loop {
        engine.update();
        let now = now_secs();
        shown.extend(engine.shown().into_iter().map(|s| (s.frame, now)));
        if engine.state().activity == Activity::Paused && !shown.is_empty() {
            break;
        }
        assert!(now - began < 30.0, "it does not end: {:?}", engine.state());
        engine.wait(Duration::from_millis(1));
    }
    assert!(engine.play_error().is_none());
    // When each sample was heard.
    let played = played.lock().expect("the list");
    let secs_per_sample = 1.0 / (f64::from(RATE_HZ) * 1.0004);
    let heard_at = |sample: i64| {
        let wanted = whole.channels[0][sample as usize];
        played.iter().find_map(|(secs, block)| {
            let at = block.iter().position(|s| *s >= wanted && *s > 0.0)?;
            Some(secs + at as f64 * secs_per_sample)
        })
    };
    let mut offsets: Vec<f64> = shown
        .iter()
        .filter(|(frame, _)| *frame > 3)
        .filter_map(|(frame, secs)| Some(secs - heard_at(rate.time_of_frame(*frame).to_sample(RATE_HZ))?))
        .collect();
    assert!(offsets.len() > 40, "{} pictures of 90", offsets.len());
    offsets.sort_by(f64::total_cmp);
    let (first, median, most) = (offsets[0], offsets[offsets.len() / 2], offsets[offsets.len() * 9 / 10]);
    println!(
        "pictures after their sound: {:.2} ms at least, {:.2} in the middle, {:.2} of nine in ten",
        first * 1e3,
        median * 1e3,
        most * 1e3
    );
    assert!(first > -0.005 && median.abs() < 0.01, "{first} {median} {most}");
    let status = handle.status();
    assert!((status.latency_secs - 0.08).abs() < 0.005 && !status.on_fallback, "{status:?}");
}

/// Everything that is pushed is heard once, in order, also after it was cleared while it played.
#[test]
fn what_is_pushed_is_heard() {
    let played = Played::default();
    let output = device(TimerOptions::default(), &played);
    let mut sink = DeviceSink::open(Box::new(move || Box::new(output.clone())), RATE_HZ, 2).expect("a device");
    let block = |from: i64| {
        let channel: Vec<f32> = (from..from + 2400).map(|n| n as f32 / 262_144.0).collect();
        AudioBlock { rate_hz: RATE_HZ, channels: vec![channel.clone(), channel] }
    };
    for first in [1000_i64, 50_000, 100_000] {
        sink.clear(RATE_HZ);
        assert_eq!((sink.consumed(), sink.buffered()), (0, 0));
        let all = 8 * 2400;
        (0..8).for_each(|k| sink.push(block(first + k * 2400)));
        sink.start();
        if first == 50_000 {
            // Stopped in the middle: the rest is never heard.
            std::thread::sleep(Duration::from_millis(150));
            sink.pause();
            let consumed = sink.consumed();
            assert!(consumed > 0 && consumed < all, "{consumed}");
            continue;
        }
        sink.finish();
        let mut last = 0;
        for _ in 0..2000 {
            let consumed = sink.consumed();
            assert!(consumed >= last && consumed <= all);
            last = consumed;
            if consumed == all {
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        assert_eq!((last, sink.buffered()), (all, 0));
        let played = std::mem::take(&mut *played.lock().expect("the list"));
        let heard: Vec<i64> = played.iter().flat_map(|(_, b)| b).map(|s| (f64::from(*s) * 262_144.0).round() as i64).collect();
        let from = heard.iter().position(|n| *n >= first + 480).expect("it is heard");
        // Past the fade at the beginning and before that at the end.
        let run = &heard[from..from + 8 * 2400 - 960];
        assert!(run.windows(2).all(|w| w[1] == w[0] + 1), "gaps after sample {}", run[0]);
    }
}

/// Without new sound there is silence, which is counted, and the time stands still.
#[test]
fn time_stands_still_while_there_is_no_sound() {
    let output = device(TimerOptions::default(), &Played::default());
    let mut sink = DeviceSink::open(Box::new(move || Box::new(output.clone())), RATE_HZ, 2).expect("a device");
    sink.clear(RATE_HZ);
    sink.push(AudioBlock { rate_hz: RATE_HZ, channels: vec![vec![0.25; 9600]; 2] });
    sink.start();
    std::thread::sleep(Duration::from_millis(500));
    let before = (sink.consumed(), sink.missed());
    assert!(before.0 <= 9600 && before.1 > 2400, "{before:?}");
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(sink.consumed(), before.0);
    // Another rate: a new player, from zero.
    sink.clear(44_100);
    assert_eq!((sink.consumed(), sink.buffered()), (0, 0));
    assert!(sink.missed() >= before.1);
    sink.push(AudioBlock { rate_hz: 44_100, channels: vec![vec![0.25; 8820]; 2] });
    sink.finish();
    sink.start();
    std::thread::sleep(Duration::from_millis(700));
    assert_eq!(sink.consumed(), 8820);
}

/// Plays a film with a click at every tenth frame by a simulated clock; pictures and clicks are where
/// the time code says, to the end.
fn clicks_and_pictures(rate: FrameRate, frames: i64) {
    const HZ: u32 = 8000;
    let dir = tempfile::tempdir().expect("a folder");
    let clicks: Vec<i64> = (0..frames).step_by(10).map(|n| rate.time_of_frame(n).to_sample(HZ)).collect();
    let is_click = |n: i64| clicks.binary_search(&n).is_ok();
    let project = film(dir.path(), rate, frames, HZ, |n| if is_click(n) { 0.9 } else { 0.0 });
    let now = Arc::new(Mutex::new(Duration::ZERO));
    let read = Arc::clone(&now);
    let heard: Arc<Mutex<Vec<i64>>> = Arc::default();
    let hears = Arc::clone(&heard);
    let sink = TimerSink::with_clock(Box::new(move || *read.lock().expect("the time"))).heard_by(move |first, block| {
        let found = block.channels[0].iter().enumerate().filter(|(_, s)| **s > 0.3).map(|(i, _)| first as i64 + i as i64);
        hears.lock().expect("the list").extend(found);
    });
    let library = Arc::new(Library::new(dir.path()));
    let settings =
        EngineSettings { drawer: Box::new(Known), sink: Box::new(sink), policy: LatePolicy::Drop, library, ..settings() };
    let mut engine = opened(&project, settings);
    engine.transport(TransportCommand::Play);
    let (mut next, mut worst) = (0, 0.0_f64);
    let step = Duration::from_millis(4);
    loop {
        engine.update();
        for shown in engine.shown() {
            assert_eq!(shown.frame, next, "a picture is missing");
            next += 1;
            let late = (shown.at - rate.time_of_frame(shown.frame)).as_secs_f64();
            assert!(late >= 0.0, "frame {} comes before its sound", shown.frame);
            worst = worst.max(late);
        }
        if engine.state().activity == Activity::Paused {
            break;
        }
        match engine.is_idle() {
            true => *now.lock().expect("the time") += step,
            false => engine.wait(Duration::from_micros(50)),
        }
    }
    assert!(engine.play_error().is_none());
    assert_eq!(next, frames);
    println!("{frames} frames at {:.3}: pictures at most {:.2} ms after their sound", rate.as_f64(), worst * 1e3);
    // The clock is read every 4 ms.
    assert!(worst < 0.0045, "{worst}");
    let heard = heard.lock().expect("the list");
    assert_eq!(heard.len(), clicks.len());
    assert!(heard.iter().zip(&clicks).all(|(a, b)| (a - b).abs() <= 1), "a click is more than a sample off");
}

#[test]
fn pictures_and_clicks_stay_together() {
    clicks_and_pictures(FrameRate::new(30_000, 1001).expect("a rate"), 600);
    clicks_and_pictures(FrameRate::new(60_000, 1001).expect("a rate"), 600);
}

/// An hour: minutes of work.
#[test]
#[ignore = "takes minutes; run it by name"]
fn pictures_and_clicks_stay_together_for_an_hour_at_29_97() {
    clicks_and_pictures(FrameRate::new(30_000, 1001).expect("a rate"), 107_892);
}

/// The same with twice the frames.
#[test]
#[ignore = "takes minutes; run it by name"]
fn pictures_and_clicks_stay_together_for_an_hour_at_59_94() {
    clicks_and_pictures(FrameRate::new(60_000, 1001).expect("a rate"), 215_784);
}
