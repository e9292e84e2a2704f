//! Times of frames where the container states them badly or FFmpeg reads them wrongly: AVI with
//! reordered frames, edit lists, streams that begin inside a group of pictures, repeats at the end.
//! Expected times are those of the encoder's own input or of the file's tables.

use crate::oracle::{adler, make};
use cutroom_media::{MediaIndex, MediaInfo, ReadOptions, VideoReader, probe};
use cutroom_test_support::media;
use cutroom_types::Time;
use std::path::Path;

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

/// The number of bytes before the first box `kind` in a file.
fn place_of(bytes: &[u8], kind: &[u8; 4]) -> usize {
    bytes.windows(4).position(|w| w == kind).unwrap_or_else(|| panic!("no {}", String::from_utf8_lossy(kind)))
}

/// Writes a big-endian number into a file's bytes.
fn put(bytes: &mut [u8], at: usize, value: i32) {
    bytes[at..at + 4].copy_from_slice(&value.to_be_bytes());
}

/// Edit lists that begin anywhere: frame n begins at its composition time less that of the edit,
/// which differs from FFmpeg's times whenever the edit does not begin with a frame that it shows.
#[test]
fn edit_lists_are_followed_to_the_tick() {
    let dir = tempfile::tempdir().unwrap();
    let source = "testsrc2=size=64x48:rate=25:duration=4";
    let x265 = "open-gop=1:keyint=25:min-keyint=25:bframes=3:scenecut=0:log-level=none";
    for (name, codec) in [
        ("h264", &["-c:v", "libx264", "-g", "30", "-bf", "2"][..]),
        ("hevc", &["-c:v", "libx265", "-tag:v", "hvc1", "-x265-params", x265]),
    ] {
        let whole = make(
            dir.path(),
            &format!("{name}.mp4"),
            &[&["-f", "lavfi", "-i", source, "-f", "lavfi", "-i", "sine=duration=4", "-video_track_timescale", "12800"][..], codec]
                .concat(),
        );
        let plain = std::fs::read(&whole).unwrap();
        let elst = place_of(&plain, b"elst");
        // Both codecs have the first frame two frames after the start of the media.
        let first = i32::from_be_bytes(plain[elst + 16..elst + 20].try_into().unwrap());
        assert_eq!(first, 2 * 512);
        for (from_ticks, length_ms) in
            [(0, 4000), (100, 3000), (512, 2000), (700, 3001), (20 * 512 + 511, 1500), (30 * 512 + 1, 2000)]
        {
            let mut bytes = plain.clone();
            put(&mut bytes, elst + 12, length_ms);
            put(&mut bytes, elst + 16, first + from_ticks);
            let path = dir.path().join("edited.mp4");
            std::fs::write(&path, bytes).unwrap();
            // The sound begins with the edit and is source time zero.
            let want: Vec<f64> = (0..100)
                .map(|n| n * 512 - from_ticks)
                .filter(|t| *t >= 0 && t * 10 < length_ms * 128)
                .map(|t| f64::from(t) / 12800.0)
                .collect();
            assert_near(&starts(&path), &want, &format!("{name} from {from_ticks}, {length_ms} ms"));
        }
        // Pictures of the edit, in order, by jumps and backwards, are those of the whole film.
        let mut bytes = plain.clone();
        put(&mut bytes, elst + 16, first + 27 * 512 + 300);
        let path = dir.path().join("edited.mp4");
        std::fs::write(&path, bytes).unwrap();
        let mut edited = VideoReader::open(&path, 0, ReadOptions::default()).unwrap();
        let mut plain = VideoReader::open(&whole, 0, ReadOptions::default()).unwrap();
        for i in [0, 1, 2, 30, 71, 70, 3, 2, 1, 0] {
            let (found, want) = (edited.frame(i).unwrap(), plain.frame(28 + i).unwrap());
            assert_eq!(adler(&found.picture), adler(&want.picture), "{name}: frame {i}");
        }
        assert!(edited.report().is_clean(), "{name}: {:?}", edited.report());
    }
}

/// An edit list of several parts: an empty one, a part from the middle, a part from the beginning.
#[test]
fn edits_follow_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let whole = make(
        dir.path(),
        "whole.mov",
        &[
            "-f",
            "lavfi",
            "-i",
            "testsrc2=size=64x48:rate=25:duration=4",
            "-f",
            "lavfi",
            "-i",
            "sine=duration=4",
            "-c:v",
            "libx264",
            "-g",
            "30",
            "-bf",
            "2",
            "-video_track_timescale",
            "12800",
        ],
    );
    let plain = std::fs::read(&whole).unwrap();
    let edits = |list: &[(i32, i32, i32)]| {
        // Movie timescale 1000; `moov` is at the end, so boxes in it may grow.
        let elst = place_of(&plain, b"elst");
        let body = [
            &(list.len() as u32).to_be_bytes()[..],
            &list.iter().flat_map(|e| [e.0, e.1, e.2]).flat_map(i32::to_be_bytes).collect::<Vec<u8>>(),
        ]
        .concat();
        let grown = body.len() as i32 - 16;
        let mut bytes = [&plain[..elst + 8], &body, &plain[elst + 24..]].concat();
        let moov = place_of(&bytes, b"moov");
        let trak = moov + place_of(&bytes[moov..], b"trak");
        let edts = moov + place_of(&bytes[moov..], b"edts");
        for at in [moov, trak, edts, elst] {
            let size = i32::from_be_bytes(bytes[at - 4..at].try_into().unwrap());
            put(&mut bytes, at - 4, size + grown);
        }
        let path = dir.path().join("edited.mov");
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let one = 1 << 16;
    // 0.2 s of nothing, 1 s from 2.01 s, 0.5 s from the beginning.
    let path = edits(&[(200, -1, one), (1000, 1024 + 25 * 1024 + 128, one), (500, 1024, one)]);
    let second = (51..76).map(|n| 0.2 + f64::from(n) / 25.0 - 2.01).filter(|t| *t < 1.2 - 1e-6);
    let want: Vec<f64> = second.chain((0..13).map(|n| 1.2 + f64::from(n) / 25.0).filter(|t| *t < 1.7 - 1e-6)).collect();
    assert_near(&starts(&path), &want, "three edits");
    let mut edited = VideoReader::open(&path, 0, ReadOptions::default()).unwrap();
    let mut reader = VideoReader::open(&whole, 0, ReadOptions::default()).unwrap();
    for (i, n) in [(0, 51), (24, 75), (25, 0), (37, 12), (24, 75), (0, 51)] {
        assert_eq!(adler(&edited.frame(i).unwrap().picture), adler(&reader.frame(n).unwrap().picture), "frame {i}");
    }
    // Speed is not followed, and said so.
    let warnings = probe(&edits(&[(2000, 1024, 2 * one)])).unwrap().warnings;
    assert!(warnings.iter().any(|w| w.contains("2 times the speed")), "{warnings:?}");
    // The last frame is shown until the edit ends, whatever length the table of samples states.
    let path = edits(&[(5000, 1024, one)]);
    assert_eq!(probe(&path).unwrap().video[0].span.end(), Time::from_secs_f64(5.0));
}

/// Streams cut anywhere, as a recording that joins a broadcast: what is shown begins with the first
/// picture that decodes whole, and each picture is that of the whole stream.
#[test]
fn streams_that_begin_inside_a_group() {
    let dir = tempfile::tempdir().unwrap();
    let source = "testsrc2=size=64x48:rate=25:duration=4";
    let closed = "keyint=25:min-keyint=25:bframes=3:scenecut=0";
    let open = "open-gop=1:keyint=25:min-keyint=25:bframes=3:scenecut=0";
    for (name, codec, first_shown) in [
        ("closed", &["-c:v", "libx264", "-x264-params", closed][..], 50),
        ("open", &["-c:v", "libx264", "-x264-params", open], 50),
        ("mpeg2", &["-c:v", "mpeg2video", "-g", "12", "-bf", "2"], 48),
        ("hevc", &["-c:v", "libx265", "-x265-params", &format!("{open}:log-level=none")], 50),
    ] {
        let arguments = ["-f", "lavfi", "-i", source, "-f", "lavfi", "-i", "sine=duration=4"];
        let whole = make(dir.path(), &format!("{name}.ts"), &[&arguments[..], codec, &["-c:a", "mp2"]].concat());
        let bytes = std::fs::read(&whole).unwrap();
        let cut = dir.path().join(format!("{name}-cut.ts"));
        std::fs::write(&cut, &bytes[bytes.len() * 2 / 5 / 188 * 188..]).unwrap();
        let index = MediaIndex::scan(&cut).unwrap();
        let (frames, warnings) = (index.info().video[0].frames, &index.info().warnings);
        assert!(warnings.iter().any(|w| w.contains("inside a group of pictures")), "{name}: {warnings:?}");
        let mut reader = VideoReader::open(&cut, 0, ReadOptions::default()).unwrap();
        let mut plain = VideoReader::open(&whole, 0, ReadOptions::default()).unwrap();
        let all: Vec<u32> = (0..100).map(|n| adler(&plain.frame(n).unwrap().picture)).collect();
        let first = 100 - frames;
        assert!(first <= first_shown, "{name}: begins with frame {first}");
        for i in (0..frames).chain([0, 30, 5, 1, 0]) {
            assert_eq!(adler(&reader.frame(i).unwrap().picture), all[first + i], "{name}: frame {i}");
        }
        assert!(reader.report().is_clean(), "{name}: {:?}", reader.report());
        // Picture and sound are still together: both end where they did.
        let [cut, whole] = [probe(&cut).unwrap(), probe(&whole).unwrap()];
        let apart = |i: &MediaInfo| i.video[0].span.end().as_secs_f64() - i.audio[0].span.end().as_secs_f64();
        assert!((apart(&cut) - apart(&whole)).abs() < 1e-3, "{name}: {} and {}", apart(&cut), apart(&whole));
    }
}

/// CRC of an Ogg page (RFC 3533 §6: polynomial 0x04c11db7, no reflection).
fn ogg_crc(page: &[u8]) -> u32 {
    page.iter().fold(0u32, |crc, b| {
        (0..8).fold(crc ^ u32::from(*b) << 24, |c, _| if c >> 31 == 1 { c << 1 ^ 0x04c1_1db7 } else { c << 1 })
    })
}

/// Empty packets at the end of Theora repeat its last frame; the granule position counts them.
#[test]
fn theora_repeats_at_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let path = make(
        dir.path(),
        "a.ogv",
        &["-f", "lavfi", "-i", "testsrc2=size=64x48:rate=25:duration=2", "-c:v", "libtheora", "-page_duration", "1"],
    );
    let plain = probe(&path).unwrap().video[0].clone();
    assert_eq!(plain.span.end(), Time::from_secs_f64(2.0));
    let bytes = std::fs::read(&path).unwrap();
    let at = bytes.windows(5).rposition(|w| w == b"OggS\0").unwrap();
    let segments = usize::from(bytes[at + 26]);
    let granule = i64::from_le_bytes(bytes[at + 6..at + 14].try_into().unwrap()) + 7;
    let table = [&bytes[at + 27..at + 27 + segments], &[0; 7][..]].concat();
    let mut page = [&bytes[at..at + 26], &[segments as u8 + 7], &table, &bytes[at + 27 + segments..]].concat();
    page[6..14].copy_from_slice(&granule.to_le_bytes());
    page[22..26].fill(0);
    let crc = ogg_crc(&page);
    page[22..26].copy_from_slice(&crc.to_le_bytes());
    std::fs::write(&path, [&bytes[..at], &page].concat()).unwrap();
    let longer = &probe(&path).unwrap().video[0];
    assert_eq!((longer.frames, longer.span.end()), (plain.frames, Time::from_secs_f64(2.28)), "57 frames of 1/25 s");
}
