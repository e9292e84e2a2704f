//! Times of frames where the container states them badly or FFmpeg reads them wrongly: AVI with
//! reordered frames, edit lists, streams that begin inside a group of pictures, repeats at the end.
//! Expected times are those of the encoder's own input or of the file's tables.

use crate::oracle::ffmpeg;
use cutroom_media::{MediaIndex, probe};
use cutroom_test_support::media;
use cutroom_types::Time;
use std::path::{Path, PathBuf};

fn make(dir: &Path, name: &str, args: &[&str]) -> PathBuf {
    let path = dir.join(name);
    let mut all = args.to_vec();
    all.push(path.to_str().unwrap());
    ffmpeg(&all);
    path
}

/// Starts of the frames of the first video stream, seconds.
fn starts(path: &Path) -> Vec<f64> {
    MediaIndex::scan(path).unwrap().frame_spans(0).map(|s| s.start.as_secs_f64()).collect()
}

fn assert_near(found: &[f64], want: &[f64], what: &str) {
    let differs = |(a, b): (&f64, &f64)| (a - b).abs() > 1e-4;
    let first = found.iter().zip(want).position(differs);
    assert!(first.is_none() && found.len() == want.len(), "{what}: differs at {first:?}: {found:?} for {want:?}");
}

/// Pictures are skipped; AVI has an empty chunk in the place of each. Times are those of the frames
/// that the encoder received.
#[test]
fn avi_with_reordered_and_skipped_frames() {
    let dir = tempfile::tempdir().unwrap();
    let source = "testsrc2=size=64x48:rate=25:duration=4";
    for (name, codec, delay) in [
        ("h264", &["-c:v", "libx264", "-bf", "3"][..], 2),
        ("h264-flat", &["-c:v", "libx264", "-bf", "2", "-x264-params", "b-pyramid=none"], 1),
        ("mpeg4", &["-c:v", "mpeg4", "-bf", "2"], 1),
        ("mpeg2", &["-c:v", "mpeg2video", "-bf", "2"], 1),
        ("plain", &["-c:v", "mpeg4"], 0),
    ] {
        for (which, skip) in [("whole", "lt(n,0)"), ("regular", "eq(mod(n,5),3)"), ("hole", "between(n,50,69)")] {
            let kept = format!("select=not({})", skip.replace(',', "\\,"));
            let path = make(
                dir.path(),
                &format!("{name}-{which}.avi"),
                &[
                    &[
                        "-f",
                        "lavfi",
                        "-i",
                        source,
                        "-f",
                        "lavfi",
                        "-i",
                        "sine=duration=4",
                        "-vf",
                        &kept,
                        "-fps_mode",
                        "vfr",
                        "-g",
                        "30",
                    ][..],
                    codec,
                    &["-c:a", "pcm_s16le"],
                ]
                .concat(),
            );
            let is_kept = |n: &i32| match which {
                "whole" => true,
                "regular" => n % 5 != 3,
                _ => !(50..70).contains(n),
            };
            let want: Vec<f64> = (0..100).filter(is_kept).map(|n| f64::from(n) / 25.0).collect();
            let found = starts(&path);
            assert_eq!(found.len(), want.len(), "{name} {which}");
            // AVI has lost the times of the last `delay` frames.
            let known = want.len() - delay;
            assert_near(&found[..known], &want[..known], &format!("{name} {which}"));
            let end = probe(&path).unwrap().video[0].span.end().as_secs_f64();
            assert!((3.96 - 1e-6..=4.0 + 1e-6).contains(&end), "{name} {which} ends at {end}");
        }
    }
    let Some(path) = media("found/skip_h264b.avi") else { return };
    let found = starts(&path);
    let want: Vec<f64> = (0..50).chain(70..100).map(|n| f64::from(n) / 25.0).collect();
    assert_near(&found, &want, "skip_h264b.avi");
    let info = probe(&path).unwrap();
    assert_eq!(info.video[0].span.end(), Time::from_secs_f64(4.0));
    assert!(info.warnings.is_empty(), "{:?}", info.warnings);
}
