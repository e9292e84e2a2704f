//! Damaged files and files that the linked FFmpeg cannot read lead to an error or a counted warning
//! within a time limit, never to a panic.

use cutroom_media::{AudioReader, MediaError, MediaIndex, ReadOptions, VideoReader};
use cutroom_test_support::media;
use cutroom_types::{CancelToken, Time};
use std::time::{Duration, Instant};

/// Reads all frames and the first 12 s of every audio stream; returns the number of frames and all
/// problems.
fn read_all(path: &std::path::Path) -> Result<(usize, String), MediaError> {
    let index = MediaIndex::scan(path)?;
    let mut oddities: Vec<String> = index.info().warnings.clone();
    let mut frames = 0;
    for n in 0..index.info().video.len() {
        match VideoReader::open_indexed(index.clone(), n, ReadOptions::default()) {
            Ok(mut r) => {
                for i in 0..r.frame_count() {
                    match r.frame(i) {
                        Ok(_) => frames += 1,
                        Err(e) => {
                            oddities.push(format!("{} {e}", e.code()));
                            break;
                        }
                    }
                }
                if !r.report().is_clean() {
                    oddities.push(format!("{:?}", r.report()));
                }
            }
            Err(e) => oddities.push(format!("{} {e}", e.code())),
        }
    }
    for n in 0..index.info().audio.len() {
        match AudioReader::open_indexed(index.clone(), n) {
            Ok(mut r) => {
                for second in 0..12 {
                    if let Err(e) = r.read(second * i64::from(r.rate_hz()), r.rate_hz() as usize) {
                        oddities.push(format!("{} {e}", e.code()));
                        break;
                    }
                }
                if !r.report().is_clean() {
                    oddities.push(format!("{:?}", r.report()));
                }
            }
            Err(e) => oddities.push(format!("{} {e}", e.code())),
        }
    }
    Ok((frames, oddities.join("; ")))
}

#[test]
fn every_broken_file_is_answered_in_time() {
    // `!` must fail to open; `?` must open and report a problem; `=` is undamaged, see below.
    for (name, want) in [
        ("broken/moov_missing.mp4", '!'),
        ("broken/sample_mdat_too_long.mp4", '?'),
        ("broken/sample_malformed_free_box.mp4", '!'),
        ("broken/sample_with_invalid_nalu.mp4", '?'),
        ("broken/sample_missing_stsd.mp4", '?'),
        ("broken/sample_empty_track.mp4", '?'),
        ("broken/invalid-bitstream.webm", '?'),
        ("broken/decord_corrupted.mp4", '?'),
        // Named for a defect of its first reader: ffmpeg -v warning reports nothing, and ffprobe
        // -count_frames returns the 280 frames and 431 packets of audio that the header declares.
        ("broken/failing_audio.mp4", '='),
        ("broken/git_lfs_pointer.mp4", '!'),
        ("broken/chunk_out_of_range.mp4", '!'),
        ("broken/no_timescale.mp4", '?'),
        ("images/flowers_lumachroma.exr", '?'),
    ] {
        let Some(path) = media(name) else { continue };
        let began = Instant::now();
        let result = read_all(&path);
        let took = began.elapsed();
        eprintln!("{name}: {result:?} in {:.1} s", took.as_secs_f32());
        assert!(took < Duration::from_secs(10), "{name}: {took:?}");
        match (want, &result) {
            ('!', Err(e)) => assert_eq!(e.code(), "media.open.not_media", "{name}"),
            ('?', Ok((_, odd))) => assert!(!odd.is_empty(), "{name}: nothing odd was said"),
            ('=', Ok((frames, odd))) => {
                assert_eq!((*frames, odd.as_str()), (280, ""), "{name}");
                let mut program = std::process::Command::new("ffmpeg");
                let said = program.args(["-v", "warning", "-nostdin", "-i"]).arg(&path).args(["-f", "null", "-"]).output().unwrap();
                assert!(said.status.success() && said.stderr.is_empty(), "{name}: ffmpeg finds a defect");
            }
            _ => panic!("{name}: expected {want}, got {result:?}"),
        }
    }
}

/// The scan reports damage of files that FFmpeg opens silently.
#[test]
fn damage_of_boxes_is_said_by_the_scan() {
    for (name, part) in
        [("broken/sample_mdat_too_long.mp4", "\"mdat\" of 99421 bytes ends 8 bytes behind"), ("broken/no_timescale.mp4", "mvhd")]
    {
        let Some(path) = media(name) else { continue };
        let warnings = MediaIndex::scan(&path).unwrap().info().warnings.join("; ");
        assert!(warnings.contains(part), "{name}: {warnings}");
    }
}

#[test]
fn errors_name_their_cause() {
    let text = |name: &str| media(name).map(|p| MediaIndex::scan(&p).unwrap_err().to_string());
    for (name, part) in [("broken/git_lfs_pointer.mp4", "git lfs pull"), ("broken/moov_missing.mp4", "cut off")] {
        if let Some(t) = text(name) {
            assert!(t.contains(part), "{t}");
        }
    }
    let code = |p: &str| MediaIndex::scan(std::path::Path::new(p)).unwrap_err().code();
    assert_eq!(code("/nonexistent/a.mp4"), "media.open.not_found");
    assert_eq!(code("/dev/zero"), "media.open.unreadable");
    assert_eq!(code("/tmp"), "media.open.unreadable");
    let dir = tempfile::tempdir().unwrap();
    let empty = dir.path().join("empty.mp4");
    std::fs::write(&empty, b"").unwrap();
    assert_eq!(code(empty.to_str().unwrap()), "media.open.not_media");
    if let Some(p) = media("speech_jfk_16k_mono.wav") {
        let e = VideoReader::open(&p, 0, ReadOptions::default()).err().unwrap();
        assert_eq!(e.code(), "media.open.no_stream");
        let mut sound = AudioReader::open(&p, 0).unwrap();
        assert!(sound.read(i64::MAX - 5, 10).is_ok() && sound.read(i64::MIN + 5, 10).is_ok());
    }
    if let Some(p) = media("iphone_720p_rot90.mov") {
        let mut v = VideoReader::open(&p, 0, ReadOptions::default()).unwrap();
        let last = v.frame_count() - 1;
        assert_eq!(v.frame_at(Time(i64::MAX)).unwrap().index, last);
        assert_eq!(v.frame_at(Time(i64::MIN)).unwrap().index, 0);
    }
}

/// Recordings that were cut off and that FFmpeg plays up to the cut silently.
#[test]
fn a_missing_end_is_said() {
    let dir = tempfile::tempdir().unwrap();
    for (name, args) in [
        ("a.mp4", &["-c:v", "libx264", "-c:a", "aac", "-movflags", "+faststart"][..]),
        ("a.mkv", &["-c:v", "libx264", "-c:a", "flac"]),
    ] {
        let path = dir.path().join(name);
        let inputs =
            ["-f", "lavfi", "-i", "testsrc2=size=192x108:rate=25:duration=8", "-f", "lavfi", "-i", "sine=duration=8", "-g", "25"];
        crate::oracle::ffmpeg(&[&inputs[..], args, &[path.to_str().unwrap()]].concat());
        assert_eq!(MediaIndex::scan(&path).unwrap().info().warnings, Vec::<String>::new(), "{name} whole");
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, &whole[..whole.len() * 6 / 10]).unwrap();
        let warnings = MediaIndex::scan(&path).unwrap().info().warnings.join("; ");
        assert!(warnings.contains("cut off"), "{name}: {warnings}");
    }
}

#[test]
fn files_cut_off_anywhere_never_panic() {
    for name in
        ["iphone_720p_rot90.mov", "roadtrip_vp9_10bit_23976.webm", "anamorphic_mpeg1_sar64-45.mpg", "images/watermark_alpha.png"]
    {
        let Some(path) = media(name) else { continue };
        let whole = std::fs::read(&path).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let cut = dir.path().join(std::path::Path::new(name).file_name().unwrap());
        for part in [1, 10, 40, 70, 97] {
            std::fs::write(&cut, &whole[..whole.len() * part / 100]).unwrap();
            let _ = read_all(&cut);
        }
        // The same with inverted bytes.
        let mut bad = whole.clone();
        for k in (2000..bad.len()).step_by(1999) {
            bad[k] ^= 0xFF;
        }
        std::fs::write(&cut, &bad).unwrap();
        let _ = read_all(&cut);
    }
}

/// Scanning is cancelled before the file is opened and at every packet. The audio is 2·10⁹ samples
/// of silence.
#[test]
fn scanning_stops_when_cancelled() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("long.wav");
    let bytes = 4_000_000_000u32;
    let mut head = Vec::new();
    head.extend(b"RIFF");
    head.extend((bytes + 36).to_le_bytes());
    head.extend(b"WAVEfmt ");
    // PCM, 1 channel, 8000 Hz, 16 bits.
    head.extend([16, 0, 0, 0, 1, 0, 1, 0]);
    head.extend(8000u32.to_le_bytes());
    head.extend(16_000u32.to_le_bytes());
    head.extend([2, 0, 16, 0]);
    head.extend(b"data");
    head.extend(bytes.to_le_bytes());
    std::fs::write(&path, head).unwrap();
    // The rest is a hole, which needs no disk space.
    std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(u64::from(bytes) + 44).unwrap();
    let cancel = CancelToken::new();
    let soon = cancel.child_until(Instant::now() + Duration::from_millis(100));
    assert!(matches!(MediaIndex::scan_until(&path, &soon), Err(MediaError::Stopped { .. })));
    cancel.cancel();
    let missing = dir.path().join("none.wav");
    assert!(matches!(MediaIndex::scan_until(&missing, &cancel.child()), Err(MediaError::Stopped { .. })));
}
