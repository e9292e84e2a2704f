//! Planning a frame of 10 000 clips on 100 tracks: the index against a scan over all clips.
//! `cargo bench -p cutroom-timeline`.
use cutroom_effects::Catalog;
use cutroom_project::{
    Animated, Clip, ClipSource, Composition, Curve, EffectInstance, Keyframe, Media, MediaKind, Project, Track, TrackKind,
};
use cutroom_timeline::Timeline;
use cutroom_types::{FrameRate, ParamValue, Size, Time};
use std::{hint::black_box, time::Instant};

/// Cost of planning without an index: checks for every clip of every track whether it is active.
fn scan(project: &Project, t: Time) -> usize {
    project.compositions[0].tracks.iter().map(|track| track.clips.iter().filter(|c| c.span().contains(t)).count()).sum()
}

fn project(tracks: usize, clips_per_track: usize) -> Project {
    let rate = FrameRate::new(25, 1).unwrap();
    let mut c = Composition::new("main", Size { width: 1920, height: 1080 }, rate);
    for t in 0..tracks {
        let mut track = Track::new(&format!("t{t}"), TrackKind::Video);
        for k in 0..clips_per_track as i64 {
            let (from, to) = (rate.time_of_frame(k * 50), rate.time_of_frame((k + 1) * 50));
            track.clips.push(Clip::new(&format!("c{t}-{k}"), ClipSource::media("m"), from, to - from).into());
        }
        // Only one track has a clip at any given frame, as in a long edit.
        let shift = rate.time_of_frame((t * clips_per_track * 50) as i64) - Time::ZERO;
        (0..clips_per_track).for_each(|k| track.clip_mut(k).start += shift);
        c.tracks.push(track);
    }
    let mut p = Project::new("bench", c);
    p.media.push(Media::new("m", "m.mp4", MediaKind::Video));
    p
}

/// Every track has an active clip, with a blend mode and two effects, one of them animated.
fn stacked(tracks: usize) -> Project {
    let rate = FrameRate::new(25, 1).unwrap();
    let length = rate.time_of_frame(1000) - Time::ZERO;
    let mut p = project(0, 0);
    for t in 0..tracks {
        let mut track = Track::new(&format!("track-{t}"), TrackKind::Video);
        let mut clip = Clip::new(&format!("a-clip-with-a-name-{t}"), ClipSource::media("m"), Time::ZERO, length);
        clip.video.blend = "screen".into();
        clip.video.opacity = 0.5.into();
        let ramp = [(0, 0.0), (999, 1.0)].map(|(n, v)| Keyframe::new(rate.time_of_frame(n).since_zero(), ParamValue::Number(v)));
        let ramp = Animated::Curve(Curve::new(ramp.into()).unwrap());
        for (id, param, value) in [("exposure", "exposure", ramp), ("tint", "amount", ParamValue::Number(0.5).into())] {
            let params = [(param.to_owned(), value)].into();
            let id = (id.to_owned(), format!("{id}-{t}"));
            clip.video.effects.push(EffectInstance {
                id: id.1.as_str().into(),
                effect: id.0,
                enabled: true,
                params,
                extra: Default::default(),
            });
        }
        track.clips.push(clip.into());
        p.compositions[0].tracks.push(track);
    }
    p
}

fn nanoseconds(frames: i64, mut each: impl FnMut(i64)) -> f64 {
    let start = Instant::now();
    (0..frames).for_each(&mut each);
    start.elapsed().as_nanos() as f64 / frames as f64
}

fn main() {
    println!("{:>8} {:>12} {:>12} {:>12} {:>7}", "clips", "prepare ms", "index ns", "scan ns", "ratio");
    for clips_per_track in [1, 10, 100] {
        let p = project(100, clips_per_track);
        let start = Instant::now();
        let timeline = Timeline::new(&p, &p.main, &Catalog::builtin()).unwrap();
        let prepare = start.elapsed().as_secs_f64() * 1e3;
        let total = timeline.frame_count();
        let step = |i: i64| (i * 7919) % total;
        let index = nanoseconds(20_000, |i| {
            black_box(timeline.frame(step(i)).unwrap());
        });
        let scanned = nanoseconds(2_000, |i| {
            black_box(scan(&p, p.compositions[0].frame_rate.time_of_frame(step(i))));
        });
        println!("{:>8} {prepare:>12.2} {index:>12.0} {scanned:>12.0} {:>7.1}", 100 * clips_per_track, scanned / index);
    }
    let p = stacked(100);
    let timeline = Timeline::new(&p, &p.main, &Catalog::builtin()).unwrap();
    let planned = nanoseconds(2_000, |i| {
        black_box(timeline.frame(i % 1000).unwrap());
    });
    println!("100 layers, 200 effects, half of them animated: {:.1} µs a frame", planned / 1e3);
}
