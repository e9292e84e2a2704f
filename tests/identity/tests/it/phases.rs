//! Films whose picture does not begin with their sound, as remuxing makes them: `cutroom new` and
//! `export` show each frame exactly once, whatever the phase.
use cutroom_identity::{
    Footage, Half, Rate, Timing,
    footage::{Coding, Spec, run},
    program, reader,
};
use std::{path::Path, process::Command};

const FRAMES: u16 = 50;

/// A clip of coded frames with an AAC track, in MP4.
fn source(rate: Rate, dir: &Path) -> std::path::PathBuf {
    let spec = Spec { clip: 90, half: Half::Upper, timing: Timing::Constant(rate), coding: Coding::BFrames, frames: FRAMES };
    let picture = Footage::make(spec).unwrap();
    let path = dir.join("source.mp4");
    let tone = format!("sine=440:sample_rate=48000:duration={}", picture.end as f64 / cutroom_identity::FLICKS_PER_SECOND as f64);
    ffmpeg(
        &["-i", picture.path().to_str().unwrap(), "-f", "lavfi", "-i", &tone, "-map", "0:v", "-map", "1:a"],
        &["-c:v", "copy"],
        &path,
    );
    path
}

fn ffmpeg(before: &[&str], codecs: &[&str], to: &Path) {
    run(Command::new("ffmpeg").args(["-v", "error", "-nostdin", "-y"]).args(before).args(codecs).arg(to)).unwrap();
}

/// Numbers of the frames of a film made by `new` and `export` of one clip.
fn numbers(clip: &Path, dir: &Path) -> Vec<Option<u16>> {
    let (project, film) = (dir.join("film.json"), dir.join("film.mkv"));
    let cutroom = || Command::new(program::path().unwrap());
    run(cutroom().arg("new").arg(&project).arg(clip).arg("--overwrite")).unwrap();
    let lossless = ["--video-codec", "ffv1", "--overwrite"];
    run(cutroom().arg("export").arg(&project).arg("-o").arg(&film).args(lossless)).unwrap();
    let marks = reader::pictures(&film).unwrap();
    marks.iter().map(|halves| halves[0].as_ref().ok().and_then(Option::as_ref).map(|mark| mark.frame)).collect()
}

fn each_once(name: &str, clip: &Path, dir: &Path) -> Option<String> {
    let got = numbers(clip, dir);
    let want: Vec<_> = (0..FRAMES).map(Some).collect();
    (got != want).then(|| format!("{name}: {got:?}"))
}

#[test]
fn every_rate_and_phase_shows_each_frame_once() {
    let dir = program::scratch_dir("phases").unwrap();
    let mut wrong = Vec::new();
    for rate in [Rate::new(24000, 1001), Rate::new(25, 1), Rate::new(30000, 1001), Rate::new(50, 1), Rate::new(60000, 1001)] {
        let source = source(rate, &dir);
        let frame_ms = 1000.0 * rate.den as f64 / rate.num as f64;
        // The picture later than the sound, by parts of a frame; the container rounds it to 1 ms.
        for part in [0.0, 0.13, 0.3, 0.46, 0.54, 0.8, 0.96] {
            let lead_ms = (part * frame_ms).round();
            let clip = dir.join("lead.mkv");
            let offset = format!("{}", lead_ms / 1000.0);
            let input = source.to_str().unwrap();
            let pcm = ["-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "pcm_s16le"];
            ffmpeg(&["-itsoffset", &offset, "-i", input, "-i", input], &pcm, &clip);
            wrong.extend(each_once(&format!("{rate:?}, {lead_ms} ms"), &clip, &dir));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn remuxed_films_show_each_frame_once() {
    let dir = program::scratch_dir("remuxed").unwrap();
    let mut wrong = Vec::new();
    for rate in [Rate::new(25, 1), Rate::new(30000, 1001), Rate::new(60, 1)] {
        let source = source(rate, &dir);
        for container in ["mkv", "ts", "flv", "mov", "mp4", "m2ts"] {
            let clip = dir.join(format!("remuxed.{container}"));
            ffmpeg(&["-i", source.to_str().unwrap()], &["-c", "copy"], &clip);
            wrong.extend(each_once(&format!("{rate:?} in {container}"), &clip, &dir));
        }
        // And a film of our own with AAC in Matroska.
        let project = dir.join("film.json");
        let cutroom = || Command::new(program::path().unwrap());
        run(cutroom().arg("new").arg(&project).arg(&source).arg("--overwrite")).unwrap();
        let own = dir.join("own.mkv");
        let codecs = ["--video-codec", "ffv1", "--audio-codec", "aac", "--overwrite"];
        run(cutroom().arg("export").arg(&project).arg("-o").arg(&own).args(codecs)).unwrap();
        wrong.extend(each_once(&format!("{rate:?}, our own"), &own, &dir));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
