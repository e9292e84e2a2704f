//! Recordings concatenated by appending one MPEG file to another: their clocks restart, and the
//! parts must follow each other.

use crate::oracle::{adler, ffmpeg, ffmpeg_frames};
use cutroom_media::{AudioReader, MediaIndex, ReadOptions, VideoReader};
use std::path::{Path, PathBuf};

/// 2 s of numbered pictures with the given hue, and a tone.
fn part(dir: &Path, name: &str, hue: i32, hz: u32, args: &[&str]) -> PathBuf {
    let path = dir.join(name);
    let picture = format!("testsrc2=size=192x108:rate=25:duration=2,hue=h={hue}");
    let tone = format!("sine=frequency={hz}:sample_rate=48000:duration=2");
    let inputs = ["-f", "lavfi", "-i", &picture, "-f", "lavfi", "-i", &tone, "-pix_fmt", "yuv420p"];
    ffmpeg(&[&inputs[..], args, &[path.to_str().unwrap()]].concat());
    path
}

fn join(dir: &Path, name: &str, parts: &[&PathBuf]) -> PathBuf {
    let path = dir.join(name);
    std::fs::write(&path, parts.iter().flat_map(|p| std::fs::read(p).unwrap()).collect::<Vec<u8>>()).unwrap();
    path
}

/// Compares every frame with those of the parts, one after the other: in order, after jumps and
/// backward.
fn check_pictures(joined: &Path, parts: &[&PathBuf]) {
    let name = joined.file_name().unwrap().to_string_lossy().into_owned();
    let index = MediaIndex::scan(joined).unwrap();
    let info = index.info();
    let said = info.warnings.iter().filter(|w| w.contains("clock restarts")).count();
    assert_eq!(said, 1, "{name}: {:?}", info.warnings);
    let mut want = Vec::new();
    for p in parts {
        let own = MediaIndex::scan(p).unwrap();
        assert!(own.info().warnings.iter().all(|w| !w.contains("clock")), "{:?}", own.info().warnings);
        want.extend(ffmpeg_frames(p, 0, &[], &own.info().video[0], 1000, &[]));
    }
    assert_eq!((want.len(), info.video[0].frames), (50 * parts.len(), want.len()), "{name}");
    let open = || VideoReader::open_indexed(index.clone(), 0, ReadOptions::default()).unwrap();
    let mut reader = open();
    for (i, w) in want.iter().enumerate() {
        assert_eq!(adler(&reader.frame(i).unwrap().picture), *w, "{name}: frame {i} in order");
    }
    let mut reader = open();
    let mut k = 3usize;
    for _ in 0..40 {
        k = (k * 48_271 + 11) % want.len();
        assert_eq!(adler(&reader.frame(k).unwrap().picture), want[k], "{name}: frame {k} by a jump");
    }
    for i in (0..want.len()).rev() {
        assert_eq!(adler(&reader.frame(i).unwrap().picture), want[i], "{name}: frame {i} backwards");
    }
    // Each part begins where the one before ends, except that its audio may be longer.
    let starts: Vec<f64> = index.frame_spans(0).map(|s| s.start.as_secs_f64()).collect();
    for n in 1..parts.len() {
        let late = starts[50 * n] - starts[50 * n - 1] - 0.04;
        assert!((-1e-6..0.1).contains(&late), "{name}: part {n} begins {late} s late");
    }
    let length = 2.0 * parts.len() as f64;
    assert!((length - 0.01..length + 0.2).contains(&info.duration.as_secs_f64()), "{name}: {}", info.duration.as_secs_f64());
}

const H264: [&str; 8] = ["-c:v", "libx264", "-g", "12", "-bf", "2", "-c:a", "mp2"];
const MPEG2: [&str; 10] = ["-c:v", "mpeg2video", "-g", "9", "-bf", "2", "-q:v", "3", "-c:a", "mp2"];

#[test]
fn joined_streams_follow_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let d = dir.path();
    let (a, b) = (part(d, "a.ts", 0, 400, &H264), part(d, "b.ts", 120, 1000, &H264));
    // A clock that begins at 100 s; when a smaller one follows, FFmpeg assumes that it has wrapped
    // around.
    let late = part(d, "late.ts", 240, 700, &[&H264[..], &["-output_ts_offset", "100"]].concat());
    // A clock that wraps around within the file: the counter has 33 bits of 90 kHz.
    let turning = part(d, "turning.ts", 60, 700, &[&H264[..], &["-output_ts_offset", "95442.7"]].concat());
    for (name, parts) in [
        ("ab.ts", vec![&a, &b]),
        ("aba.ts", vec![&a, &b, &a]),
        ("late-a.ts", vec![&late, &a]),
        ("turning-a.ts", vec![&turning, &a]),
    ] {
        check_pictures(&join(d, name, &parts), &parts);
    }
    let (a, b) = (part(d, "a.vob", 0, 400, &MPEG2), part(d, "b.vob", 120, 1000, &MPEG2));
    check_pictures(&join(d, "ab.vob", &[&a, &b]), &[&a, &b]);
    // On its own, a clock that wraps around is not a restart.
    assert_eq!(MediaIndex::scan(&turning).unwrap().info().video[0].frames, 50);
}

/// The tone of each part is at the time of its pictures, also after jumps.
#[test]
fn joined_audio_follows_its_pictures() {
    let dir = tempfile::tempdir().unwrap();
    let (a, b) = (part(dir.path(), "a.ts", 0, 400, &H264), part(dir.path(), "b.ts", 120, 1000, &H264));
    let joined = join(dir.path(), "ab.ts", &[&a, &b]);
    let index = MediaIndex::scan(&joined).unwrap();
    let mut reader = AudioReader::open_indexed(index.clone(), 0).unwrap();
    let whole = reader.read(0, 4 * 48_000).unwrap().channels.remove(0);
    // The number of zero crossings gives the frequency of a tone.
    let hz = |from: usize| whole[from..from + 24_000].windows(2).filter(|w| w[0] < 0.0 && w[1] >= 0.0).count() * 2;
    for (from, want) in [(6_000, 400), (60_000, 400), (105_000, 1000), (150_000, 1000)] {
        assert!(hz(from).abs_diff(want) <= 2, "{} Hz at {from}", hz(from));
    }
    let mut reader = AudioReader::open_indexed(index, 0).unwrap();
    let mut k = 11usize;
    for _ in 0..20 {
        k = (k * 48_271 + 7919) % (4 * 48_000 - 2000);
        let block = reader.read(k as i64, 2000).unwrap();
        let max = block.channels[0].iter().zip(&whole[k..]).map(|(x, y)| (x - y).abs()).fold(0.0, f32::max);
        assert!(max < 1e-4, "{k}: {max}");
    }
    assert!(reader.report().is_clean(), "{:?}", reader.report());
}
