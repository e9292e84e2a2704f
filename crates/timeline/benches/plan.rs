//! Planning a frame of 10 000 clips on 100 tracks: the index against a scan over all clips.
//! `cargo bench -p cutroom-timeline`.
use cutroom_effects::Catalog;
use cutroom_project::{Clip, ClipSource, Composition, Media, MediaKind, Project, Track, TrackKind};
use cutroom_timeline::Timeline;
use cutroom_types::{FrameRate, Size, Time};
use std::{hint::black_box, time::Instant};

/// What planning costs without an index: every clip of every track is asked whether it is on show.
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
        // Only one track has a clip at any given frame of this programme, as in a long edit: the rest is spread out.
        let shift = rate.time_of_frame((t * clips_per_track * 50) as i64) - Time::ZERO;
        (0..clips_per_track).for_each(|k| track.clip_mut(k).start += shift);
        c.tracks.push(track);
    }
    let mut p = Project::new("bench", c);
    p.media.push(Media::new("m", "m.mp4", MediaKind::Video));
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
}
