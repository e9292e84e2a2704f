//! Streams that change: single timestamps missing, channels, sample rate or sample aspect that
//! change within the stream, leading pictures after a cut, and a disk that fails during reading.

use crate::oracle::{adler, ffmpeg, ffmpeg_frames, ffprobe};
use cutroom_media::{AudioReader, MediaError, MediaIndex, ReadOptions, VideoReader};
use cutroom_types::Span;
use std::path::{Path, PathBuf};

const TS_PACKET: usize = 188;
const X264: [&str; 8] = ["-c:v", "libx264", "-g", "12", "-bf", "3", "-pix_fmt", "yuv420p"];

fn make(dir: &Path, name: &str, args: &[&str]) -> PathBuf {
    let path = dir.join(name);
    ffmpeg(&[args, &[path.to_str().unwrap()]].concat());
    path
}

fn join(dir: &Path, name: &str, parts: &[&PathBuf]) -> PathBuf {
    let path = dir.join(name);
    std::fs::write(&path, parts.iter().flat_map(|p| std::fs::read(p).unwrap()).collect::<Vec<u8>>()).unwrap();
    path
}

/// Removes both timestamps of the `n`-th picture of an MPEG transport stream (ISO/IEC 13818-1
/// §2.4.3.6): the flags are cleared, and the bytes become stuffing.
fn drop_stamps(bytes: &mut [u8], n: usize) {
    let header = |p: &[u8]| 4 + if p[3] & 0x20 != 0 { 1 + usize::from(p[4]) } else { 0 };
    let is_picture_start = |p: &[u8]| p[1] & 0x40 != 0 && p[header(p)..].starts_with(&[0, 0, 1, 0xE0]);
    let packet = bytes.chunks_exact_mut(TS_PACKET).filter(|p| is_picture_start(p)).nth(n).unwrap();
    let pes = header(packet);
    let length = usize::from(packet[pes + 8]);
    assert!(packet[pes + 7] & 0x80 != 0 && length >= 5);
    packet[pes + 7] &= 0x3F;
    packet[pes + 9..pes + 9 + length].fill(0xFF);
}

/// A recording with a gap of a second: frames keep their times when one, several or the first of
/// them have no timestamp.
#[test]
fn missing_timestamps_are_filled_in_between_the_others() {
    let dir = tempfile::tempdir().unwrap();
    let source = "testsrc2=size=192x108:rate=25:duration=4,select=lt(n\\,40)+gt(n\\,65)";
    let whole = make(dir.path(), "whole.ts", &[&["-f", "lavfi", "-i", source, "-fps_mode", "passthrough"][..], &X264].concat());
    let spans = |path: &Path| MediaIndex::scan(path).unwrap().frame_spans(0).collect::<Vec<Span>>();
    let want = spans(&whole);
    let pictures = ffmpeg_frames(&whole, 0, &[], &MediaIndex::scan(&whole).unwrap().info().video[0], 1000, &[]);
    assert_eq!((want.len(), pictures.len()), (74, 74));
    for lost in [&[20][..], &[21, 22, 23], &[5, 6, 50, 51, 70], &[0]] {
        let mut bytes = std::fs::read(&whole).unwrap();
        lost.iter().for_each(|&n| drop_stamps(&mut bytes, n));
        let path = dir.path().join("lost.ts");
        std::fs::write(&path, bytes).unwrap();
        let index = MediaIndex::scan(&path).unwrap();
        let warnings = &index.info().warnings;
        assert!(lost == [0] || warnings.iter().any(|w| w.contains("timestamps are missing")), "{lost:?}: {warnings:?}");
        for (n, (is, want)) in spans(&path).iter().zip(&want).enumerate() {
            let late = (is.start - want.start).as_secs_f64();
            assert!(late.abs() < 0.001, "{lost:?}: frame {n} is {late} s late");
        }
        let mut reader = VideoReader::open(&path, 0, ReadOptions::default()).unwrap();
        assert_eq!(reader.frame_count(), want.len(), "{lost:?}");
        for (n, w) in pictures.iter().enumerate() {
            assert_eq!(adler(&reader.frame(n).unwrap().picture), *w, "{lost:?}: frame {n}");
        }
    }
}

/// AC-3 that changes from stereo to 5.1, as in broadcasts, and back: it is mixed to the first
/// layout as in ffmpeg, and reported.
#[test]
fn channels_that_change_are_mixed() {
    let dir = tempfile::tempdir().unwrap();
    let tones = |channels: usize| (1..=channels).map(|c| format!("0.1*sin({c}*1000*t)")).collect::<Vec<_>>().join("|");
    let stereo = format!("aevalsrc={}:s=48000:c=stereo:d=1.024", tones(2));
    let surround = format!("aevalsrc={}:s=48000:c=5.1:d=1.024", tones(6));
    let ac3 = |name: &str, source: &str| make(dir.path(), name, &["-f", "lavfi", "-i", source, "-c:a", "ac3"]);
    let (stereo, surround) = (ac3("stereo.ac3", &stereo), ac3("surround.ac3", &surround));
    for (name, parts, channels) in [("up.ac3", [&stereo, &surround], 2), ("down.ac3", [&surround, &stereo], 6)] {
        let path = join(dir.path(), name, &parts);
        let raw = ffmpeg(&["-i", path.to_str().unwrap(), "-f", "f32le", "-c:a", "pcm_f32le", "-"]);
        let want: Vec<f32> = raw.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect();
        let samples = want.len() / channels;
        let mut reader = AudioReader::open(&path, 0).unwrap();
        assert_eq!(reader.channels(), channels, "{name}");
        assert_eq!(reader.index().info().audio[0].layout, if channels == 2 { "stereo" } else { "5.1(side)" }, "{name}");
        let block = reader.read(0, samples).unwrap();
        for (c, got) in block.channels.iter().enumerate() {
            let off = got.iter().zip(want.iter().skip(c).step_by(channels)).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(off < 2e-4, "{name}: channel {c} differs by {off} from ffmpeg");
        }
        let report = reader.report();
        assert!(report.is_clean() && report.remarks.iter().any(|m| m.contains("channels change")), "{name}: {report:?}");
    }
}

/// There is no correct way to read such a stream at one rate, so an error is returned where the
/// rate changes.
#[test]
fn a_sample_rate_that_changes_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let mp3 = |rate: &str| {
        let args =
            ["-f", "lavfi", "-i", "sine=duration=2", "-ar", rate, "-c:a", "libmp3lame", "-write_xing", "0", "-id3v2_version", "0"];
        make(dir.path(), &format!("{rate}.mp3"), &args)
    };
    let path = join(dir.path(), "joined.mp3", &[&mp3("48000"), &mp3("44100")]);
    let mut reader = AudioReader::open(&path, 0).unwrap();
    reader.read(0, 80_000).unwrap();
    let error = reader.read(80_000, 48_000).unwrap_err();
    let time = error.time().map_or(0.0, |t| t.as_secs_f64());
    assert!(matches!(error, MediaError::Decode { .. }) && (1.9..2.3).contains(&time), "{error}");
    assert!(error.to_string().contains("44100 Hz"), "{error}");
}

/// A broadcast that changes from 4:3 to 16:9 within the stream.
#[test]
fn sample_aspect_follows_the_frames() {
    let dir = tempfile::tempdir().unwrap();
    let part = |aspect: &str| {
        let filter = format!("setsar={aspect}");
        let source = ["-f", "lavfi", "-i", "testsrc2=size=192x108:rate=25:duration=1", "-vf", &filter];
        make(dir.path(), &format!("{}.ts", aspect.replace('/', "_")), &[&source[..], &X264].concat())
    };
    let path = join(dir.path(), "both.ts", &[&part("12/11"), &part("16/11")]);
    let mut reader = VideoReader::open(&path, 0, ReadOptions::default()).unwrap();
    let aspects: Vec<(u32, u32)> = [0, 24, 25, 49, 3].into_iter().map(|n| reader.frame(n).unwrap().picture.sample_aspect).collect();
    assert_eq!(aspects, [(12, 11), (12, 11), (16, 11), (16, 11), (12, 11)]);
}

/// H.265 cut before a keyframe with leading pictures: decodable ones (RADL) are output, and only
/// those that refer to pictures before the cut (RASL) are not.
#[test]
fn leading_pictures_after_a_cut() {
    let dir = tempfile::tempdir().unwrap();
    let source = ["-f", "lavfi", "-i", "testsrc2=size=192x108:rate=25:duration=2", "-pix_fmt", "yuv420p", "-c:v", "libx265"];
    for (name, params) in [("radl", "radl=2:open-gop=0"), ("rasl", "open-gop=1")] {
        let params = format!("{params}:keyint=12:min-keyint=12:bframes=4:b-adapt=0:scenecut=0:log-level=none");
        let muxer = ["-x265-params", &params, "-mpegts_flags", "pat_pmt_at_frames"];
        let whole = make(dir.path(), &format!("{name}.ts"), &[&source[..], &muxer].concat());
        let keys = ffprobe(&whole, &["-show_entries", "packet=pos,flags", "-of", "csv=p=0"]);
        let second: usize =
            keys.lines().filter(|l| l.contains('K')).nth(1).and_then(|l| l.split(',').find_map(|v| v.parse().ok())).unwrap();
        let bytes = std::fs::read(&whole).unwrap();
        // Start at the program association table (packet identifier 0) before the picture.
        let has_programs = |at: &usize| bytes[*at + 1] & 0x1F == 0 && bytes[*at + 2] == 0;
        let start = (0..second).step_by(TS_PACKET).rfind(has_programs).unwrap();
        let path = dir.path().join(format!("{name}-cut.ts"));
        std::fs::write(&path, &bytes[start..]).unwrap();
        let index = MediaIndex::scan(&path).unwrap();
        let want = ffmpeg_frames(&path, 0, &[], &index.info().video[0], 1000, &[]);
        let mut reader = VideoReader::open_indexed(index, 0, ReadOptions::default()).unwrap();
        let got: Vec<u32> = (0..reader.frame_count()).map(|n| adler(&reader.frame(n).unwrap().picture)).collect();
        assert_eq!(got, want, "{name}");
    }
}

/// Makes every further read of the file fail: its descriptor is replaced by that of a folder.
#[cfg(target_os = "linux")]
fn fail_reads_of(path: &Path) {
    unsafe extern "C" {
        fn dup2(from: i32, to: i32) -> i32;
    }
    let folder = std::fs::File::open("/").unwrap();
    let own = std::os::fd::AsRawFd::as_raw_fd(&folder);
    let numbers = std::fs::read_dir("/proc/self/fd").unwrap().filter_map(|e| e.ok()?.file_name().to_str()?.parse().ok());
    let mut failed = 0;
    for number in numbers.collect::<Vec<i32>>() {
        if std::fs::read_link(format!("/proc/self/fd/{number}")).is_ok_and(|p| p == path) {
            // SAFETY: both descriptors are open; only the demuxer under test reads from the second.
            assert!(unsafe { dup2(own, number) } >= 0);
            failed += 1;
        }
    }
    assert_eq!(failed, 1);
}

/// A disk that fails while frames or samples are read causes an error with the system's reason; the
/// last picture is not repeated for ever.
#[cfg(target_os = "linux")]
#[test]
fn a_failing_disk_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let source = ["-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=4", "-f", "lavfi", "-i", "sine=duration=4"];
    for (name, codecs) in [("film.mkv", ["-c:v", "ffv1", "-c:a", "flac"]), ("film.mov", ["-c:v", "mjpeg", "-c:a", "pcm_s16le"])] {
        let path = make(&dir.path().canonicalize().unwrap(), name, &[&source[..], &codecs].concat());
        let index = MediaIndex::scan(&path).unwrap();
        let mut pictures = VideoReader::open_indexed(index.clone(), 0, ReadOptions::default()).unwrap();
        pictures.frame(3).unwrap();
        fail_reads_of(&path);
        let error = (4..100).find_map(|n| pictures.frame(n).err()).expect("an error");
        assert!(matches!(error, MediaError::Unreadable { .. }) && error.to_string().contains("directory"), "{name}: {error}");
        drop(pictures);
        let mut sound = AudioReader::open_indexed(index, 0).unwrap();
        sound.read(0, 4800).unwrap();
        fail_reads_of(&path);
        let error = (1..36).find_map(|n| sound.read(4800 * n, 4800).err()).expect("an error");
        assert!(matches!(error, MediaError::Unreadable { .. }) && error.to_string().contains("directory"), "{name}: {error}");
    }
}
