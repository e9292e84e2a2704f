//! What cannot be drawn or heard is said by `probe`, before a project is made; the streams that a
//! file marks as default come first; turned AVIF pictures are turned.

use crate::oracle::{ffprobe, make};
use cutroom_media::{MediaError, probe};
use cutroom_test_support::media;
use cutroom_types::{Orientation, Size};

/// The error that `probe` gives for a file with these bytes.
fn refusal(name: &str, bytes: &[u8]) -> MediaError {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    probe(&path).expect_err(name)
}

#[test]
fn pictures_that_do_not_decode() {
    for (name, code, says) in [
        ("images/flowers_lumachroma.exr", "media.decode.nothing", "video stream 0"),
        ("broken/invalid-bitstream.webm", "media.decode.nothing", "Invalid"),
    ] {
        let Some(path) = media(name) else { continue };
        let error = probe(&path).expect_err(name);
        assert_eq!(error.code(), code, "{name}: {error}");
        assert!(error.to_string().contains(says), "{name}: {error}");
    }
    // A stream that cannot be used beside one that can.
    if let Some(path) = media("broken/sample_missing_stsd.mp4") {
        let info = probe(&path).unwrap();
        assert!(info.video[0].defect.is_none() && info.audio[0].defect.is_some());
        assert!(
            info.warnings
                .iter()
                .any(|w| w == "stream 1 cannot be used: audio stream 0 cannot be decoded: the file does not say how it is coded"),
            "{:?}",
            info.warnings
        );
    }
    // A JPEG whose header states 300 megapixels.
    let dir = tempfile::tempdir().unwrap();
    let small = make(dir.path(), "a.jpg", &["-f", "lavfi", "-i", "testsrc2=size=64x48:rate=1:duration=1", "-frames:v", "1"]);
    let mut bytes = std::fs::read(small).unwrap();
    let frame_header = bytes.windows(4).position(|w| w[..2] == [0xFF, 0xC0] && w[2] == 0).unwrap();
    bytes[frame_header + 5..frame_header + 9].copy_from_slice(&[15_000_u16.to_be_bytes(), 20_000_u16.to_be_bytes()].concat());
    let error = refusal("large.jpg", &bytes);
    assert!(error.to_string().contains("20000x15000"), "{error}");
}

#[test]
fn text_and_chance_are_not_media() {
    let text = "A shopping list\r\nmilk\r\nbread\r\n".repeat(400);
    for (name, bytes) in [("list.txt", text.as_bytes().to_vec()), ("art.bin", vec![0x41; 30_000])] {
        let error = refusal(name, &bytes);
        assert_eq!(error.code(), "media.open.not_media", "{name}: {error}");
    }
    // Bytes that have the form of headerless AMR frames (mode 7: 32 bytes).
    let amr = [&[0x3C][..], &[0x55; 31]].concat().repeat(400);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("garbage");
    std::fs::write(&path, &amr).unwrap();
    assert_eq!(ffprobe(&path, &["-show_entries", "format=format_name"]).trim(), "amrnb", "what FFmpeg takes it for");
    assert_eq!(refusal("garbage.mp4", &amr).code(), "media.open.not_media");
    // Under its own name it is what it says.
    let named = dir.path().join("sound.amr");
    std::fs::write(&named, &amr).unwrap();
    assert_eq!(probe(&named).unwrap().audio[0].samples, 400 * 160);
}

/// Sound of 0.48 s whose time scale is damaged, so that its time stamps claim minutes.
#[test]
fn impossible_lengths() {
    let dir = tempfile::tempdir().unwrap();
    let path = make(
        dir.path(),
        "a.mp4",
        &["-f", "lavfi", "-i", "sine=duration=0.48:sample_rate=48000", "-c:a", "aac", "-use_editlist", "0"],
    );
    let mut bytes = std::fs::read(path).unwrap();
    let mdhd = bytes.windows(4).position(|w| w == b"mdhd").unwrap();
    assert_eq!(bytes[mdhd + 16..mdhd + 20], 48_000_u32.to_be_bytes());
    bytes[mdhd + 16..mdhd + 20].copy_from_slice(&40_u32.to_be_bytes());
    let error = refusal("b.mp4", &bytes);
    assert!(error.to_string().contains("time stamps claim") && error.to_string().contains("packets hold only 0.5"), "{error}");
}

/// The stream that is marked as default counts as number 0.
#[test]
fn default_streams_come_first() {
    let dir = tempfile::tempdir().unwrap();
    let source = [
        "-f",
        "lavfi",
        "-i",
        "testsrc2=size=64x48:rate=25:duration=0.4",
        "-f",
        "lavfi",
        "-i",
        "testsrc2=size=96x64:rate=25:duration=0.4",
        "-f",
        "lavfi",
        "-i",
        "sine=sample_rate=44100:duration=0.4",
        "-f",
        "lavfi",
        "-i",
        "sine=sample_rate=48000:duration=0.4",
        "-map",
        "0",
        "-map",
        "1",
        "-map",
        "2",
        "-map",
        "3",
        "-pix_fmt",
        "yuv420p",
        "-c:v",
        "mpeg4",
        "-c:a",
        "aac",
    ];
    for ending in ["mkv", "mp4"] {
        for (video, audio) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            let flag = |kind: &str, default: i32| {
                (0..2)
                    .flat_map(move |n| [format!("-disposition:{kind}:{n}"), if n == default { "default" } else { "0" }.to_owned()])
                    .collect::<Vec<_>>()
            };
            let flags = [flag("v", video), flag("a", audio)].concat();
            let arguments: Vec<&str> = source.iter().copied().chain(flags.iter().map(String::as_str)).collect();
            let info = probe(&make(dir.path(), &format!("a.{ending}"), &arguments)).unwrap();
            let (width, rate) = ([64, 96][video as usize], [44_100, 48_000][audio as usize]);
            assert_eq!((info.video[0].size.width, info.audio[0].rate_hz), (width, rate), "{ending}, defaults {video} and {audio}");
            assert_eq!((info.video.len(), info.audio.len()), (2, 2));
            let notes = info.warnings.iter().filter(|w| w.contains("is its default")).count();
            assert_eq!(notes, (video + audio) as usize, "{:?}", info.warnings);
        }
    }
}

#[test]
fn avif_is_turned() {
    let Some(path) = media("found/or6.avif") else { return };
    let info = probe(&path).unwrap();
    // EXIF orientation 6, of which the file was made.
    assert_eq!((info.video[0].size, info.video[0].orientation), (Size { width: 90, height: 60 }, Orientation::from_exif(6)));
}
