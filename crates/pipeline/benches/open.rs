//! Measures opening a composition of 1000 and of 10 000 clips, and reopening it after an edit of
//! one clip: `cargo bench -p cutroom-pipeline`.
use cutroom_effects::Catalog;
use cutroom_media::write::write_png;
use cutroom_pipeline::{Library, OpenComposition, OpenOptions};
use cutroom_project::{Clip, ClipSource, Composition, EffectInstance, Media, MediaKind, Project, Track, TrackKind};
use cutroom_types::{CancelToken, ColorTags, FrameRate, ParamValue, Picture, PictureFormat, Size};
use std::{sync::Arc, time::Instant};

const SIZE: Size = Size { width: 64, height: 36 };

fn effect(id: &str, amount: f64) -> EffectInstance {
    let params = [("amount".to_owned(), ParamValue::Number(amount).into())].into();
    EffectInstance { id: id.into(), effect: "contrast".into(), enabled: true, params, extra: Default::default() }
}

fn project(tracks: usize, clips_per_track: usize) -> Project {
    let rate = FrameRate::new(25, 1).expect("a rate");
    let mut main = Composition::new("main", SIZE, rate);
    for t in 0..tracks {
        let mut track = Track::new(&format!("t{t}"), TrackKind::Video);
        for k in 0..clips_per_track as i64 {
            let (start, end) = (rate.time_of_frame(k * 50), rate.time_of_frame((k + 1) * 50));
            let mut clip = Clip::new(&format!("c{t}-{k}"), ClipSource::media(&format!("m{}", t % 4)), start, end - start);
            clip.video.effects = vec![effect(&format!("e{t}-{k}"), 1.2), effect(&format!("f{t}-{k}"), 0.8)];
            track.clips.push(clip.into());
        }
        main.tracks.push(track);
    }
    let mut project = Project::new("bench", main);
    project.media = (0..4).map(|i| Media::new(&format!("m{i}"), &format!("{i}.png"), MediaKind::Image)).collect();
    project
}

fn ms(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

fn main() {
    let dir = tempfile::tempdir().expect("a folder");
    for i in 0..4 {
        let planes = vec![vec![40 * i; 64 * 36]; 3];
        let picture = Picture::from_planes(PictureFormat::RGB8, SIZE, ColorTags::SRGB, planes).expect("a picture");
        write_png(&dir.path().join(format!("{i}.png")), &picture).expect("a file");
    }
    println!("{:>8} {:>10} {:>10} {:>10}", "clips", "open ms", "again ms", "edited ms");
    for (tracks, clips_per_track) in [(10, 100), (10, 1000), (100, 100)] {
        let mut p = project(tracks, clips_per_track);
        let library = Arc::new(Library::new(dir.path()));
        let (catalog, cancel) = (Catalog::builtin(), CancelToken::new());
        let open = |p: &Project| {
            let start = Instant::now();
            let opened = OpenComposition::open(p.clone(), &p.main, &catalog, &library, OpenOptions::default(), &cancel);
            (opened.unwrap_or_else(|problems| panic!("{problems:?}")), ms(start))
        };
        let (_, first) = open(&p);
        let (opened, again) = open(&p);
        p.compositions[0].tracks[3].clip_mut(5).video.opacity = 0.5.into();
        let start = Instant::now();
        opened.edited(p.clone(), &cancel).unwrap_or_else(|problems| panic!("{problems:?}"));
        println!("{:>8} {first:>10.1} {again:>10.1} {:>10.1}", tracks * clips_per_track, ms(start));
    }
}
