//! Projects made from clips: rates, dissolves, parts, patterns, music, shapes.
use crate::support::{Bench, ffmpeg};
use serde_json::Value;

const SECOND: i64 = 705_600_000;

/// A silent clip of a small test picture: `filter` after `testsrc` of `rate` and `secs`.
fn picture(b: &Bench, name: &str, rate: &str, secs: &str, filter: &str) {
    let source = format!("testsrc=s=64x36:r={rate}:d={secs}");
    ffmpeg(
        &["-f", "lavfi", "-i", &source, "-vf", filter, "-fps_mode", "vfr", "-c:v", "libx264", "-pix_fmt", "yuv420p"],
        &b.path(name),
    );
}

fn clips(document: &Value, track: usize) -> Vec<(i64, i64, i64)> {
    let clips = document["compositions"][0]["tracks"][track]["clips"].as_array().unwrap();
    let of = |c: &Value, name: &str| c[name].as_i64().unwrap_or(0);
    clips.iter().map(|c| (of(c, "start"), of(c, "duration"), of(c, "source_in"))).collect()
}

/// Every 16th frame is left out: the rate remains that of the others, which FFmpeg was given,
/// through the exact times of MP4 and the milliseconds of Matroska.
#[test]
fn skipped_frames_do_not_lower_the_frame_rate() {
    let b = Bench::new();
    for rate in ["30000/1001", "30", "24", "24000/1001", "60000/1001"] {
        picture(&b, "skip.mp4", rate, "3", "select='mod(n,16)'");
        ffmpeg(&["-i", b.path("skip.mp4").to_str().unwrap(), "-c", "copy"], &b.path("skip.mkv"));
        for file in ["skip.mp4", "skip.mkv"] {
            b.ok(&["new", "film.json", file, "--overwrite"]);
            assert_eq!(b.read_json("film.json")["compositions"][0]["frame_rate"], rate, "{file}");
        }
    }
    ffmpeg(
        &["-f", "lavfi", "-i", "testsrc=s=64x36:r=60000/1001:d=0.5", "-c:v", "libvpx-vp9", "-deadline", "realtime"],
        &b.path("p.webm"),
    );
    b.ok(&["new", "film.json", "p.webm", "--overwrite"]);
    assert_eq!(b.read_json("film.json")["compositions"][0]["frame_rate"], "60000/1001");
}

#[test]
fn a_dissolve_lasts_as_long_as_asked() {
    let b = Bench::new();
    for (rate, asked, frames) in [("30", "0.5s", 15), ("25", "1s", 25), ("25", "500ms", 13), ("30", "12f", 12)] {
        picture(&b, "a.mp4", rate, "2", "null");
        b.ok(&["new", "film.json", "a.mp4", "a.mp4", "--dissolve", asked, "--overwrite"]);
        let document = b.read_json("film.json");
        let length = document["compositions"][0]["tracks"][0]["transitions"][0]["duration"].as_i64().unwrap();
        let per_sec: i64 = rate.parse().unwrap();
        assert_eq!(length * per_sec, frames * SECOND, "{asked} at {rate}");
        let told = b.ok(&["validate", "film.json"]).out;
        assert!(told.contains(&format!("main composition {} frames", 4 * per_sec - frames)), "{told}");
    }
}

#[test]
fn parts_of_clips_with_music_under_them() {
    let b = Bench::new();
    b.clip("a.mp4", 75, "25");
    ffmpeg(&["-f", "lavfi", "-i", "sine=d=61"], &b.path("song.wav"));
    let ran = b.ok(&["new", "film.json", "a.mp4@1s..2.5s", "a.mp4@..10f", "song.wav@10s.."]);
    let document = b.read_json("film.json");
    let frame = SECOND / 25;
    // 1.5 s are 37.5 frames: the nearest whole number.
    assert_eq!(clips(&document, 0), [(0, 38 * frame, SECOND), (38 * frame, 10 * frame, 0)]);
    assert_eq!(clips(&document, 1), [(0, 48 * frame, 10 * SECOND)]);
    // 51 s of the song are named, 1.92 s are heard.
    assert!(ran.err.contains("note: song.wav: ends with the pictures; 49.080 s of it are not heard"), "{}", ran.err);
    assert!(ran.out.contains("1.920 s"), "{}", ran.out);
    b.ok(&["validate", "film.json"]);
    for (part, said) in [
        ("a.mp4@1s..9s", "the file ends at 3.000 s"),
        ("a.mp4@2s..1s", "the part from 2.000 s to 1.000 s is empty"),
        ("a.mp4@1..2", "\"1\" is not a time in the file"),
        ("none.mp4@1s..2s", "none.mp4"),
    ] {
        let ran = b.run(&["new", "other.json", part]);
        assert!(matches!(ran.code, 2 | 4) && ran.err.contains(said), "{part}: {}", ran.err);
    }
    assert!(!b.path("other.json").exists());
}

/// Sound that goes on after the picture is not left out in silence.
#[test]
fn sound_that_is_longer_than_its_picture_is_said() {
    let b = Bench::new();
    ffmpeg(
        &["-f", "lavfi", "-i", "testsrc=s=64x36:r=25:d=1", "-f", "lavfi", "-i", "sine=d=2", "-c:v", "mpeg4", "-c:a", "pcm_s16le"],
        &b.path("long.mov"),
    );
    let ran = b.ok(&["new", "film.json", "long.mov"]);
    assert!(ran.err.contains("long.mov: the sound goes on for 1.000 s after the picture"), "{}", ran.err);
}

#[test]
fn numbered_pictures_and_wildcards() {
    let b = Bench::new();
    ffmpeg(&["-f", "lavfi", "-i", "testsrc=s=64x36:r=25", "-frames:v", "12"], &b.path("IMG_%04d.png"));
    std::fs::remove_file(b.path("IMG_0005.png")).unwrap();
    let ran = b.ok(&["new", "film.json", "IMG_%04d.png", "--still", "2f"]);
    assert!(ran.out.contains("11 clips") && ran.out.contains("0.880 s"), "{}", ran.out);
    assert!(ran.err.contains("IMG_%04d.png: missing numbers are skipped: 5"), "{}", ran.err);
    let ran = b.ok(&["new", "film.json", "IMG_000?.png", "--still", "1f", "--overwrite"]);
    assert!(ran.out.contains("8 clips"), "{}", ran.out);
    let ran = b.run(&["new", "film.json", "x*.png", "--overwrite"]);
    assert!(ran.code == 4 && ran.err.contains("no file has such a name"), "{}", ran.err);
}

#[test]
fn upright_and_filled() {
    let b = Bench::new();
    b.clip("a.mp4", 5, "25");
    let made = |args: &[&str]| {
        b.ok(&[&["new", "film.json", "a.mp4", "--overwrite"], args].concat());
        let document = b.read_json("film.json");
        let composition = &document["compositions"][0];
        let fit = composition["tracks"][0]["clips"][0]["video"]["transform"]["fit"].as_str().unwrap_or("contain").to_owned();
        (composition["size"]["width"].as_i64().unwrap(), composition["size"]["height"].as_i64().unwrap(), fit)
    };
    assert_eq!(made(&["--portrait"]), (180, 320, "cover".to_owned()));
    assert_eq!(made(&["--portrait", "--fit", "contain", "--size", "64x36"]), (36, 64, "contain".to_owned()));
    assert_eq!(made(&["--fit", "cover"]), (320, 180, "cover".to_owned()));
}
