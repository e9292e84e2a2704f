//! Files made during the test by the ffmpeg program: open groups of pictures, variable rate, edit
//! lists, negative and late starts, missing timestamps, interlaced frames, rounded timestamps.
//! Every frame differs (testsrc2 counts), so a wrong frame is always detected.

use crate::oracle::{adler, ffmpeg_frames, make};
use cutroom_media::{MediaIndex, ReadOptions, VideoReader, probe};
use cutroom_types::{Deinterlace, FieldOrder, FrameRate, Time};
use std::path::Path;

const SOURCE: &str = "testsrc2=size=192x108:rate=25:duration=4";

/// Compares every frame with ffmpeg's: in order, scattered and backward.
fn check(path: &Path, filters: &[&str], deinterlace: Deinterlace) {
    check_lines(path, filters, deinterlace, FieldOrder::Auto);
}

fn check_lines(path: &Path, filters: &[&str], deinterlace: Deinterlace, field_order: FieldOrder) {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let index = MediaIndex::scan(path).unwrap();
    let info = index.info().video[0].clone();
    let want = ffmpeg_frames(path, 0, &[], &info, 100_000, filters);
    assert_eq!(info.frames, want.len(), "{name}: frames");
    let options = ReadOptions { deinterlace, field_order, window_bytes: 1 << 20, ..ReadOptions::default() };
    let open = || VideoReader::open_indexed(index.clone(), 0, options).unwrap();
    let mut reader = open();
    for (i, w) in want.iter().enumerate() {
        assert_eq!(adler(&reader.frame(i).unwrap().picture), *w, "{name}: frame {i} in order");
    }
    let mut reader = open();
    let mut k = 3usize;
    for _ in 0..60 {
        k = (k * 48_271 + 11) % want.len();
        let f = reader.frame(k).unwrap();
        assert_eq!((f.index, adler(&f.picture)), (k, want[k]), "{name}: frame {k} by a jump");
    }
    for i in (0..want.len()).rev() {
        assert_eq!(adler(&reader.frame(i).unwrap().picture), want[i], "{name}: frame {i} backwards");
    }
    assert!(reader.report().is_clean(), "{name}: {:?}", reader.report());
}

#[test]
fn groups_of_pictures_of_every_kind() {
    let dir = tempfile::tempdir().unwrap();
    for (name, codec) in [
        ("closed.mp4", &["-c:v", "libx264", "-g", "12", "-bf", "3"][..]),
        ("open.mp4", &["-c:v", "libx264", "-g", "12", "-bf", "3", "-x264-params", "open-gop=1:b-pyramid=normal"]),
        ("open.ts", &["-c:v", "libx264", "-g", "12", "-bf", "3", "-x264-params", "open-gop=1"]),
        ("open.mkv", &["-c:v", "libx264", "-g", "12", "-bf", "3", "-x264-params", "open-gop=1"]),
        ("long.mp4", &["-c:v", "libx264", "-g", "1000", "-bf", "2"]),
        ("refresh.ts", &["-c:v", "libx264", "-g", "20", "-x264-params", "intra-refresh=1"]),
        ("hevc.mp4", &["-c:v", "libx265", "-g", "12", "-x265-params", "open-gop=1:bframes=4:log-level=none"]),
        ("mpeg2.mpg", &["-c:v", "mpeg2video", "-g", "9", "-bf", "2", "-q:v", "3"]),
        ("mpeg4.avi", &["-c:v", "mpeg4", "-g", "12", "-bf", "2"]),
        ("h264.avi", &["-c:v", "libx264", "-g", "12", "-bf", "2"]),
        ("raw.h264", &["-c:v", "libx264", "-g", "12", "-bf", "2"]),
        ("vp9.webm", &["-c:v", "libvpx-vp9", "-g", "20", "-deadline", "realtime", "-cpu-used", "8"]),
        ("ffv1.mkv", &["-c:v", "ffv1"]),
    ] {
        let path = make(dir.path(), name, &[&["-f", "lavfi", "-i", SOURCE, "-pix_fmt", "yuv420p"][..], codec].concat());
        check(&path, &[], Deinterlace::Auto);
        let info = probe(&path).unwrap();
        let v = &info.video[0];
        assert_eq!((v.frames, v.is_constant_rate), (100, true), "{name}");
        assert_eq!((v.span.start, v.span.duration.as_secs_f64()), (Time::ZERO, 4.0), "{name}");
        assert_eq!(v.average_rate, FrameRate::new(25, 1), "{name}");
    }
}

#[test]
fn times_are_those_of_the_container() {
    let dir = tempfile::tempdir().unwrap();
    let x264 = ["-c:v", "libx264", "-g", "10", "-bf", "2", "-pix_fmt", "yuv420p"];
    // Variable: every third frame is missing.
    let vfr = make(
        dir.path(),
        "vfr.mp4",
        &[&["-f", "lavfi", "-i", SOURCE, "-vf", "select=mod(n\\,3)", "-fps_mode", "vfr"][..], &x264].concat(),
    );
    check(&vfr, &[], Deinterlace::Auto);
    let index = MediaIndex::scan(&vfr).unwrap();
    assert!(!index.info().video[0].is_constant_rate);
    let starts: Vec<f64> = index.frame_spans(0).take(4).map(|s| s.start.as_secs_f64()).collect();
    assert_eq!(starts, [0.0, 0.04, 0.12, 0.16], "frames 1, 2, 4, 5 of 25 a second");
    // An edit list that begins in the middle of a group: 30 frames from 0.52 s on.
    let whole = make(dir.path(), "whole.mp4", &[&["-f", "lavfi", "-i", SOURCE][..], &x264].concat());
    let whole = whole.to_str().unwrap();
    let edit = make(dir.path(), "edit.mp4", &["-ss", "0.52", "-i", whole, "-t", "2", "-c", "copy"]);
    check(&edit, &[], Deinterlace::Auto);
    let mut reader = VideoReader::open(&edit, 0, ReadOptions::default()).unwrap();
    let first = adler(&reader.frame_at(Time::ZERO).unwrap().picture);
    let mut plain = VideoReader::open(Path::new(whole), 0, ReadOptions::default()).unwrap();
    assert_eq!(first, adler(&plain.frame(13).unwrap().picture), "0.52 s is frame 13");
    // Everything starts late or before zero: time zero is the first frame in both cases.
    for (name, offset) in [("late.ts", "100"), ("late.mkv", "7.5"), ("late.mp4", "3"), ("negative.mkv", "-0.24")] {
        let path = make(dir.path(), name, &["-itsoffset", offset, "-i", whole, "-c", "copy", "-avoid_negative_ts", "disabled"]);
        let info = probe(&path).unwrap();
        assert_eq!(info.video[0].span.start, Time::ZERO, "{name}: {:?}", info.start_in_file);
        let mut reader = VideoReader::open(&path, 0, ReadOptions::default()).unwrap();
        for t in [0.0, 0.5, 1.0, 3.99] {
            assert_eq!(reader.frame_at(Time::from_secs_f64(t + 0.001)).unwrap().index, (t * 25.0) as usize, "{name} at {t}");
        }
    }
    // Video that starts half a second after the audio keeps its offset.
    let apart = make(
        dir.path(),
        "apart.mkv",
        &[
            "-f",
            "lavfi",
            "-i",
            "sine=duration=4",
            "-itsoffset",
            "0.5",
            "-i",
            whole,
            "-map",
            "0:a",
            "-map",
            "1:v",
            "-c:v",
            "copy",
            "-c:a",
            "flac",
        ],
    );
    let info = probe(&apart).unwrap();
    assert_eq!((info.audio[0].span.start, info.video[0].span.start), (Time::ZERO, Time::from_secs_f64(0.5)));
    // Broadcast rates are exact in containers that round to milliseconds or 90 kHz.
    for (rate, n, d) in [("24000/1001", 24000, 1001), ("30000/1001", 30000, 1001), ("60000/1001", 60000, 1001), ("50", 50, 1)] {
        let source = format!("testsrc2=size=64x48:rate={rate}:duration=3");
        for ending in ["mkv", "ts", "mp4", "mov"] {
            let path = make(dir.path(), &format!("rate-{n}.{ending}"), &[&["-f", "lavfi", "-i", &source][..], &x264].concat());
            let index = MediaIndex::scan(&path).unwrap();
            let rate = FrameRate::new(n, d).unwrap();
            for (k, span) in index.frame_spans(0).enumerate() {
                assert_eq!(span.start, rate.time_of_frame(k as i64), "{rate} in {ending}: frame {k}");
            }
            assert_eq!(index.info().video[0].average_rate, Some(rate), "{rate} in {ending}");
        }
    }
}

#[test]
fn interlaced_frames_are_made_whole() {
    let dir = tempfile::tempdir().unwrap();
    let interlaced = make(
        dir.path(),
        "interlaced.mp4",
        &[
            "-f",
            "lavfi",
            "-i",
            "testsrc2=size=192x112:rate=50:duration=2",
            "-vf",
            "interlace=scan=tff:lowpass=0",
            "-c:v",
            "libx264",
            "-flags",
            "+ildct+ilme",
            "-x264-params",
            "tff=1:keyint=12:bframes=2",
            "-pix_fmt",
            "yuv420p",
        ],
    );
    check(&interlaced, &["-vf", "bwdif=mode=send_frame:deint=interlaced"], Deinterlace::Auto);
    check(&interlaced, &[], Deinterlace::Off);
    // Wrong flags: the same fields woven and flagged as progressive, or flagged with the opposite
    // field order.
    let unflagged = make(
        dir.path(),
        "unflagged.mkv",
        &["-i", interlaced.to_str().unwrap(), "-vf", "setfield=prog", "-c:v", "ffv1", "-field_order", "progressive"],
    );
    check(&unflagged, &[], Deinterlace::Auto);
    for (order, parity) in [(FieldOrder::Top, "tff"), (FieldOrder::Bottom, "bff"), (FieldOrder::Auto, "auto")] {
        let filter = format!("bwdif=mode=send_frame:deint=all:parity={parity}");
        check_lines(&unflagged, &["-vf", &filter], Deinterlace::On, order);
        check_lines(&interlaced, &["-vf", &filter], Deinterlace::On, order);
    }
}

#[test]
fn layouts_arrive_as_they_are() {
    let dir = tempfile::tempdir().unwrap();
    // ffv1 and rawvideo hold every layout; 190 is not a multiple of the usual alignments, 107 is
    // odd.
    for pix_fmt in [
        "yuv420p",
        "yuv422p",
        "yuv444p",
        "yuv440p",
        "yuv411p",
        "yuv410p",
        "yuva420p",
        "yuva444p",
        "yuv420p10le",
        "yuv422p10le",
        "yuv444p12le",
        "yuv420p16le",
        "yuva444p10le",
        "gbrp10le",
        "gbrp12le",
        "gbrap16le",
        "gray",
        "gray10le",
        "gray16le",
    ] {
        let path = make(
            dir.path(),
            &format!("{pix_fmt}.mkv"),
            &[
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=190x107:rate=25:duration=0.12",
                "-pix_fmt",
                pix_fmt,
                "-strict",
                "-2",
                "-c:v",
                "ffv1",
            ],
        );
        let index = MediaIndex::scan(&path).unwrap();
        let info = index.info().video[0].clone();
        assert_eq!(info.pixel_format, pix_fmt);
        let mut reader = VideoReader::open_indexed(index, 0, ReadOptions::default()).unwrap();
        for (i, w) in ffmpeg_frames(&path, 0, &[], &info, 10, &[]).iter().enumerate() {
            let f = reader.frame(i).unwrap();
            assert_eq!(adler(&f.picture), *w, "{pix_fmt} frame {i}");
            assert_eq!(Some(f.picture.format), info.format);
        }
    }
}

/// Backward in steps of five frames, as at five times the speed: each group is decoded once, except
/// the first ones, until the direction is known.
#[test]
fn wide_steps_back_decode_each_group_once() {
    let dir = tempfile::tempdir().unwrap();
    let x264 = ["-c:v", "libx264", "-g", "50", "-bf", "2", "-pix_fmt", "yuv420p"];
    let source = "testsrc2=size=192x108:rate=25:duration=12";
    let path = make(dir.path(), "long.mp4", &[&["-f", "lavfi", "-i", source][..], &x264].concat());
    let index = MediaIndex::scan(&path).unwrap();
    let want = ffmpeg_frames(&path, 0, &[], &index.info().video[0].clone(), 1000, &[]);
    let mut reader = VideoReader::open_indexed(index, 0, ReadOptions { threads: 1, ..ReadOptions::default() }).unwrap();
    for i in (0..want.len()).rev().step_by(5) {
        assert_eq!(adler(&reader.frame(i).unwrap().picture), want[i], "frame {i}");
    }
    // 300 frames and at most two more groups; decoding from the keyframe for each frame would be
    // some 1500.
    assert!(reader.decoded_frames() <= 400, "{}", reader.decoded_frames());
}

/// Backward frame by frame through one long group: as many frames as fit into the memory are kept, so
/// that a group of 100 needs three runs with room for 50.
#[test]
fn the_window_of_backward_playback_holds_what_fits() {
    let dir = tempfile::tempdir().unwrap();
    let x264 = ["-c:v", "libx264", "-g", "250", "-sc_threshold", "0", "-pix_fmt", "yuv420p"];
    let path = make(dir.path(), "group.mp4", &[&["-f", "lavfi", "-i", SOURCE][..], &x264].concat());
    // 8-bit 4:2:0 has one and a half bytes a pixel.
    let window_bytes = 50 * 192 * 108 * 3 / 2;
    let options = ReadOptions { threads: 1, window_bytes, ..ReadOptions::default() };
    let mut reader = VideoReader::open_indexed(MediaIndex::scan(&path).unwrap(), 0, options).unwrap();
    for i in (0..100).rev() {
        assert_eq!(reader.frame(i).unwrap().index, i);
    }
    // To the last frame, of which four are kept; then to frames 95 and 45.
    assert!(reader.decoded_frames() <= 100 + 96 + 46 + 4, "{}", reader.decoded_frames());
}
