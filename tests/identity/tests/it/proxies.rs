//! Proxies: frame n of a proxy is frame n of its source and is shown at the same time, whatever the
//! source's frame lengths, edit lists and late starts; sound is that of the source.
use cutroom_identity::{
    FLICKS_PER_SECOND, Footage, Half, Rate, Timing,
    footage::{Coding, Spec, run},
    program, reader,
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const FRAMES: u16 = 40;

fn cutroom() -> Command {
    Command::new(program::path().unwrap())
}

/// Numbers of the frames of the film `name` of one file, and the samples of its sound.
fn exported(dir: &Path, name: &str, proxies: &str, has_audio: bool) -> (Vec<Option<u16>>, Vec<u32>) {
    let film = dir.join(format!("{name}.mkv"));
    let mut export = cutroom();
    export.arg("export").arg(dir.join("film.json")).arg("-o").arg(&film).args(["--video-codec", "ffv1", "--audio-codec", "pcm"]);
    run(export.args(["--overwrite", "--proxies", proxies])).unwrap();
    let marks = reader::pictures(&film).unwrap();
    let numbers = marks.iter().map(|halves| halves[0].as_ref().ok().and_then(Option::as_ref).map(|mark| mark.frame)).collect();
    let sound = if has_audio { reader::sound(&film, 0).unwrap().iter().map(|s| s.to_bits()).collect() } else { Vec::new() };
    (numbers, sound)
}

/// The only proxy in a folder.
fn proxy_in(folder: &Path) -> PathBuf {
    let files = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    let mut films = files.filter(|p| p.extension().is_some_and(|e| e == "mov"));
    let found = films.next().unwrap();
    assert!(films.next().is_none(), "several proxies in {}", folder.display());
    found
}

/// Makes a proxy of a file and compares films with and without it. `starts` are those of its frames,
/// in flicks since the start of the file, exact to `slack`.
fn check(name: &str, file: &Path, fps: &str, starts: &[i64], slack: i64, has_audio: bool) {
    let dir = program::scratch_dir(&format!("proxies-{name}")).unwrap();
    let project = dir.join("film.json");
    run(cutroom().arg("new").arg(&project).arg(file).args(["--fps", fps])).unwrap();
    run(cutroom().arg("proxy").arg(&project).args(["--scale", "1/4"])).unwrap();
    let proxy = proxy_in(&dir.join(".cutroom/proxies"));
    let stored = reader::starts(&proxy).unwrap();
    assert_eq!(stored.len(), starts.len(), "{name}: number of frames");
    for (n, (is, wanted)) in stored.iter().zip(starts).enumerate() {
        assert!((is - wanted).abs() <= slack, "{name}: frame {n} of the proxy starts at {is} flicks instead of {wanted}");
    }
    let (source, proxied) = (exported(&dir, "source", "off", has_audio), exported(&dir, "proxied", "1/4", has_audio));
    assert!(source.0.iter().all(Option::is_some) && source.0.len() > 10, "{name}: {:?}", source.0);
    assert_eq!(source.0, proxied.0, "{name}: frame numbers");
    assert!(source.1 == proxied.1, "{name}: the sound differs");
}

#[test]
fn proxies_have_the_same_frames_at_the_same_times() {
    let constant = |num, den| Timing::Constant(Rate::new(num, den));
    let variable = Timing::Variable { ticks_per_second: 90_000, pattern: &[3003, 1501, 6006, 3003, 4504] };
    let cases = [
        ("plain", constant(25, 1), Coding::Plain, "50"),
        ("b-frames", constant(30_000, 1001), Coding::BFrames, "60"),
        ("open-gop", constant(24_000, 1001), Coding::OpenGop, "60"),
        ("edit-list", constant(25, 1), Coding::EditList { first: 7 }, "60"),
        ("transport", constant(50, 1), Coding::Transport, "60"),
        ("matroska", constant(24_000, 1001), Coding::Matroska, "60"),
        ("variable", variable, Coding::BFrames, "100"),
    ];
    for (name, timing, coding, fps) in cases {
        let footage = Footage::make(Spec { clip: 92, half: Half::Upper, timing, coding, frames: FRAMES }).unwrap();
        let starts: Vec<i64> = footage.starts.iter().map(|(_, start)| *start).collect();
        let has_audio = !footage.clicks().is_empty();
        check(name, footage.path(), fps, &starts, 1, has_audio);
    }
}

/// A picture that starts later than its sound starts as late in the proxy.
#[test]
fn late_pictures_stay_late() {
    let dir = program::scratch_dir("proxies-late-source").unwrap();
    let timing = Timing::Constant(Rate::new(25, 1));
    let footage = Footage::make(Spec { clip: 93, half: Half::Upper, timing, coding: Coding::Plain, frames: FRAMES }).unwrap();
    let (late, input) = (dir.join("late.mkv"), footage.path().to_str().unwrap());
    let maps = ["-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "pcm_s16le"];
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-v", "error", "-nostdin", "-y", "-itsoffset", "0.1", "-i", input, "-i", input]).args(maps);
    run(ffmpeg.arg(&late)).unwrap();
    let starts: Vec<i64> = footage.starts.iter().map(|(_, start)| start + FLICKS_PER_SECOND / 10).collect();
    check("late", &late, "60", &starts, 1, true);
}
