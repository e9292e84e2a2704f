//! Settings that must not be written, and failures of writing, which leave no file.
use crate::write::material::{listing, output, picture, tones, video, write};
use cutroom_media::MediaError;
use cutroom_media::write::{AudioSettings, Rate, VideoSettings, WriteSettings, Writer, encoders, validate};
use cutroom_types::{AlphaMode, ColorTags, Matrix, PictureFormat, Range, Size};

const SIZE: Size = Size { width: 64, height: 48 };

fn settings(container: &str, video: Option<VideoSettings>, sound: Option<AudioSettings>) -> WriteSettings {
    WriteSettings { container: container.into(), video, sound, metadata: vec![] }
}

fn h264(change: impl FnOnce(&mut VideoSettings)) -> WriteSettings {
    let mut v = video("h264", None, SIZE);
    change(&mut v);
    settings("mp4", Some(v), None)
}

/// Settings that are refused, each with a part of the message that tells the user what is wrong or
/// valid.
fn refused() -> Vec<(WriteSettings, &'static str)> {
    let sound = |codec: &str, change: fn(&mut AudioSettings)| {
        let mut s = AudioSettings::new(codec, 48000, 2);
        change(&mut s);
        s
    };
    let of = |codec: &str, change: fn(&mut VideoSettings)| {
        let mut v = video(codec, None, SIZE);
        change(&mut v);
        Some(v)
    };
    vec![
        (settings("wmv", of("h264", |_| ()), None), "unknown container \"wmv\"; there are mp4"),
        (settings("mp4", None, None), "neither pictures nor sound"),
        (settings("webm", of("h264", |_| ()), None), "h264 cannot go into webm; it goes into mp4, mov, mkv"),
        (settings("mp4", of("prores", |_| ()), None), "it goes into mov, mkv"),
        (settings("mp4", None, Some(sound("pcm", |_| ()))), "pcm cannot go into mp4"),
        (settings("mov", None, Some(sound("opus", |_| ()))), "opus cannot go into mov"),
        (settings("png-sequence", of("png", |_| ()), Some(sound("aac", |_| ()))), "aac cannot go into png-sequence"),
        (settings("mp4", None, Some(sound("wma", |_| ()))), "unknown audio codec \"wma\""),
        (settings("webm", None, Some(sound("opus", |s| s.rate_hz = 44_100))), "opus cannot hold 44100 Hz; it holds 48000 Hz"),
        (settings("mp4", None, Some(sound("aac", |s| s.bits = Some(16)))), "lossy"),
        (settings("mkv", None, Some(sound("flac", |s| s.bits = Some(32)))), "it holds 16, 24"),
        (settings("mkv", None, Some(sound("flac", |s| s.bitrate_kbps = Some(320)))), "no bit rate"),
        (settings("mkv", None, Some(sound("flac", |s| s.channels = 9))), "9 channels"),
        (h264(|v| v.codec = "h263".into()), "unknown video codec \"h263\""),
        (h264(|v| v.size.width = 63), "h264 in yuv420 8-bit needs a width that 2 and a height that 2 divides, not 63×48; 64×48"),
        (h264(|v| v.size.width = 0), "h264 cannot hold 0×48"),
        (h264(|v| v.size.height = 1 << 20), "pixels"),
        (h264(|v| v.format = PictureFormat::yuv(12, 1, 1)), "h264 cannot hold yuv420 12-bit pictures; it holds"),
        (h264(|v| v.format = PictureFormat::YUV420P8.with_alpha()), "yuv420+alpha"),
        (h264(|v| v.preset = Some("fastest".into())), "no preset \"fastest\"; it has ultrafast"),
        (h264(|v| v.profile = Some("high9".into())), "no profile \"high9\""),
        (h264(|v| (v.profile, v.format) = (Some("main".into()), PictureFormat::yuv(10, 1, 1))), "main cannot hold yuv420 10-bit"),
        (h264(|v| v.rate = Rate::Crf(52.0)), "CRF 52 is not between 0 and 51"),
        (h264(|v| v.rate = Rate::Crf(f32::NAN)), "CRF NaN"),
        (h264(|v| v.sample_aspect = (0, 1)), "sample aspect 0:1"),
        (h264(|v| v.color.matrix = Matrix::Rgb), "matrix gbr"),
        (h264(|v| v.gop_frames = Some(0)), "key frames"),
        (h264(|v| v.extra = vec![("crf".into(), "20".into())]), "repeats"),
        (h264(|v| v.extra = vec![("no-such".into(), "1".into())]), "libx264 cannot be set up: it has no option \"no-such\""),
        (h264(|v| v.extra = vec![("aq-mode".into(), "best".into())]), "\"best\" is not a value for its option \"aq-mode\""),
        (h264(|v| v.extra = vec![("tune".into(), "loud".into())]), "libx264 cannot be set up"),
        (h264(|v| v.extra = vec![("x264-params".into(), "no-such=1".into())]), "no-such"),
        (settings("mp4", of("h265", |v| v.extra = vec![("x265-params".into(), "no-such=1".into())]), None), "no-such"),
        (settings("mp4", of("av1-aom", |v| v.extra = vec![("aom-params".into(), "no-such=1".into())]), None), "no-such"),
        (
            settings(
                "mp4",
                of("av1", |v| {
                    (v.size, v.extra) = (Size { width: 64, height: 64 }, vec![("svtav1-params".into(), "no-such=1".into())])
                }),
                None,
            ),
            "no-such",
        ),
        (settings("webm", of("vp9", |v| v.rate = Rate::Crf(20.5)), None), "whole number"),
        (settings("mov", of("prores", |v| v.rate = Rate::Crf(20.0)), None), "set by its profile"),
        (settings("mov", of("prores", |v| v.preset = Some("fast".into())), None), "no presets"),
        (settings("mov", of("prores", |v| v.color.range = Range::Full), None), "full-range samples"),
        (settings("mov", of("dnxhr", |_| ()), None), "dnxhr cannot hold 64×48"),
        (settings("mp4", of("av1", |v| (v.size.width, v.rate) = (640, Rate::Lossless)), None), "cannot hold 640×48"),
        (settings("mkv", of("ffv1", |v| v.rate = Rate::BitrateKbps(100)), None), "always lossless"),
    ]
}

#[test]
fn wrong_settings_are_refused_before_anything_is_created() {
    let folder = tempfile::tempdir().unwrap();
    for (settings, text) in refused() {
        let error =
            Writer::create(&folder.path().join("film.bin"), &settings, false).err().unwrap_or_else(|| panic!("accepted: {text}"));
        assert!(error.to_string().contains(text), "{error} lacks: {text}");
        assert!(["media.write.settings", "media.encode.setup"].contains(&error.code()), "{error}");
        if matches!(error, MediaError::Settings { .. }) {
            assert_eq!(validate(&settings).unwrap_err(), error);
        }
    }
    assert_eq!(listing(folder.path()), [""; 0]);
}

#[test]
fn pictures_and_audio_must_fit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mp4");
    let all = settings("mp4", Some(video("h264", None, SIZE)), Some(AudioSettings::new("aac", 48000, 2)));
    let good = picture(PictureFormat::YUV420P8, SIZE, ColorTags::BT709, 0);
    let mut wrong = Vec::new();
    wrong.push((picture(PictureFormat::yuv(8, 1, 0), SIZE, ColorTags::BT709, 0), "yuv422 8-bit instead of yuv420 8-bit"));
    wrong.push((picture(good.format, Size { width: 66, height: 48 }, ColorTags::BT709, 0), "66×48 instead of 64×48"));
    wrong.push((picture(good.format, SIZE, ColorTags::guess(720, 480), 0), "colour tags"));
    let mut p = good.clone();
    p.sample_aspect = (2, 1);
    wrong.push((p, "sample aspect 2:1"));
    let mut p = good.clone();
    p.orientation.quarter_turns = 1;
    wrong.push((p, "upright"));
    let mut p = good.clone();
    p.planes.pop();
    wrong.push((p, "planes"));
    for (picture, text) in wrong {
        let mut writer = Writer::create(&path, &all, false).unwrap();
        writer.push_picture(&good).unwrap();
        let error = writer.push_picture(&picture).unwrap_err();
        assert!(error.to_string().starts_with("picture 1 does not fit") && error.to_string().contains(text), "{error}");
        assert!(writer.push_picture(&good).is_err() && writer.finish().is_err(), "a file with a hole must not be finished");
    }
    for block in [tones(44_100, 2, 0, 100), tones(48000, 1, 0, 100)] {
        let mut writer = Writer::create(&path, &all, false).unwrap();
        assert_eq!(writer.push_audio(&block).unwrap_err().code(), "media.write.mismatch");
    }
    // Premultiplied colour must not be stored as straight.
    let alpha = PictureFormat::yuv(8, 0, 0).with_alpha();
    let mkv = settings("mkv", Some(video("ffv1", Some(alpha), SIZE)), None);
    let mut p = picture(alpha, SIZE, ColorTags::BT709, 0);
    p.alpha = AlphaMode::Premultiplied;
    assert!(Writer::create(&path, &mkv, false).unwrap().push_picture(&p).unwrap_err().to_string().contains("straight"));
    // No picture was pushed.
    assert!(Writer::create(&path, &all, false).unwrap().finish().unwrap_err().to_string().contains("no picture"));
    assert_eq!(listing(folder.path()), [""; 0]);
}

#[test]
fn dropping_leaves_nothing_and_an_old_file_stays() {
    let folder = tempfile::tempdir().unwrap();
    let mp4 = settings("mp4", Some(video("h264", None, SIZE)), None);
    let path = folder.path().join("film.mp4");
    let good = picture(PictureFormat::YUV420P8, SIZE, ColorTags::BT709, 0);
    let mut writer = Writer::create(&path, &mp4, false).unwrap();
    writer.push_picture(&good).unwrap();
    let names = listing(folder.path());
    assert!(names.len() == 1 && names[0].starts_with(".film.partial-") && names[0].ends_with(".mp4"), "{names:?}");
    drop(writer);
    assert_eq!(listing(folder.path()), [""; 0]);

    std::fs::write(&path, "old").unwrap();
    assert_eq!(Writer::create(&path, &mp4, false).err().unwrap(), MediaError::Exists { path: path.clone() });
    let mut writer = Writer::create(&path, &mp4, true).unwrap();
    writer.push_picture(&good).unwrap();
    drop(writer);
    assert_eq!(std::fs::read(&path).unwrap(), b"old");
    assert_eq!(listing(folder.path()), ["film.mp4"]);
    let mut writer = Writer::create(&path, &mp4, true).unwrap();
    writer.push_picture(&good).unwrap();
    writer.finish().unwrap();
    assert!(std::fs::read(&path).unwrap().len() > 500);

    // The target was created by someone else during writing, and must not be overwritten.
    let path = folder.path().join("late.mp4");
    let mut writer = Writer::create(&path, &mp4, false).unwrap();
    writer.push_picture(&good).unwrap();
    std::fs::write(&path, "someone else's").unwrap();
    assert_eq!(writer.finish().unwrap_err().code(), "media.write.exists");
    assert_eq!(std::fs::read(&path).unwrap(), b"someone else's");
    assert_eq!(listing(folder.path()), ["film.mp4", "late.mp4"]);
}

/// Every encoder can be dropped when an export is cancelled, before the first picture and after
/// some.
#[test]
fn every_encoder_can_be_dropped() {
    let folder = tempfile::tempdir().unwrap();
    for codec in cutroom_media::write::video_codecs() {
        for pictures in [0, 3] {
            let v = video(codec.id, None, Size { width: 256, height: 128 });
            let (format, color, size) = (v.format, v.color, v.size);
            let usual = codec.containers().next().unwrap().id;
            let (name, container) =
                if codec.id == "png" { ("p_%d.png".to_owned(), "png-sequence") } else { ("film".to_owned(), usual) };
            let mut writer = Writer::create(&folder.path().join(name), &settings(container, Some(v), None), false).unwrap();
            for n in 0..pictures {
                writer.push_picture(&picture(format, size, color, n)).unwrap();
            }
            drop(writer);
            assert_eq!(listing(folder.path()), [""; 0], "{}", codec.id);
        }
    }
}

#[test]
fn bad_targets_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let mp4 = settings("mp4", Some(video("h264", None, SIZE)), None);
    for target in [folder.path().join("missing/film.mp4"), folder.path().to_owned()] {
        let error = Writer::create(&target, &mp4, true).err().unwrap();
        assert_eq!((error.code(), error.path()), ("media.write.failed", Some(target.as_path())), "{error}");
    }
    let png = settings("png-sequence", Some(video("png", None, SIZE)), None);
    assert!(Writer::create(&folder.path().join("x.png"), &png, true).err().unwrap().to_string().contains("name_%05d.png"));
}

/// Writing stops in the middle of a film, as on a full disk. The test runs in its own process, in
/// which files are limited to some 4 KiB (exceeding the limit is an error there, not the signal
/// that the system sends otherwise).
#[cfg(unix)]
#[test]
fn a_full_disk_leaves_nothing() {
    if std::env::var_os("CUTROOM_TEST_FULL_DISK").is_none() {
        let out = std::process::Command::new("sh")
            .args(["-c", "trap '' XFSZ && ulimit -f 8 && exec \"$0\" \"$@\""])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "write::failures::a_full_disk_leaves_nothing", "--nocapture"])
            .env("CUTROOM_TEST_FULL_DISK", "1")
            .output()
            .unwrap();
        let output = String::from_utf8_lossy(&out.stdout);
        assert!(out.status.success() && output.contains("1 passed"), "{output}{}", String::from_utf8_lossy(&out.stderr));
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path();
    for (codec, id, name) in [
        ("ffv1", "mkv", "film.mkv"),
        ("ffv1", "mov", "film.mov"),
        ("h264", "mp4", "film.mp4"),
        ("png", "png-sequence", "f_%03d.png"),
    ] {
        let mut v = video(codec, None, Size { width: 320, height: 240 });
        v.rate = Rate::Lossless;
        let (path, format, color, size) = (disk.join(name), v.format, v.color, v.size);
        let mut writer = Writer::create(&path, &settings(id, Some(v), None), false).unwrap();
        let error = (0..200)
            .find_map(|n| writer.push_picture(&picture(format, size, color, n)).err())
            .or_else(|| writer.finish().err())
            .unwrap_or_else(|| panic!("{name}: fits on the disk"));
        assert!(error.to_string().contains("File too large"), "{name}: {error}");
        assert_eq!(error.path(), Some(path.as_path()));
        assert_eq!(listing(disk), [""; 0], "{name}: after the error");
    }
}

/// First only pictures for a long time, then all audio: the file is complete and in order within
/// each stream.
#[test]
fn one_sided_pushing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mkv");
    let all = settings("mkv", Some(video("h264", None, SIZE)), Some(AudioSettings::new("pcm", 48000, 2)));
    let mut writer = Writer::create(&path, &all, false).unwrap();
    for n in 0..25 * 40 {
        writer.push_picture(&picture(PictureFormat::YUV420P8, SIZE, ColorTags::BT709, n)).unwrap();
    }
    writer.push_audio(&tones(48000, 2, 0, 40 * 48000)).unwrap();
    let report = writer.finish().unwrap();
    assert_eq!((report.video_frames, report.audio_samples), (1000, 40 * 48000));
    let raw = output("ffmpeg", &["-v", "error", "-i", path.to_str().unwrap(), "-map", "0:a", "-f", "s16le", "-"]);
    assert_eq!(raw.len(), 40 * 48000 * 4);
    let raw = output("ffmpeg", &["-v", "error", "-i", path.to_str().unwrap(), "-map", "0:v", "-f", "rawvideo", "-"]);
    assert_eq!(raw.len(), 1000 * 64 * 48 * 3 / 2);
}

#[test]
fn every_listed_encoder_is_reported() {
    let all = encoders();
    for name in ["libx264", "libx265", "libvpx-vp9", "libsvtav1", "prores_ks", "dnxhd", "ffv1", "png", "aac", "libopus", "flac"] {
        assert!(all.iter().any(|e| e.encoder == name && e.available), "{name}");
    }
}

/// A writer may move to another thread.
#[test]
fn writers_are_send() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mp4");
    let writer = Writer::create(&path, &settings("mp4", Some(video("h264", None, SIZE)), None), false).unwrap();
    std::thread::spawn(move || {
        let mut writer = writer;
        writer.push_picture(&picture(PictureFormat::YUV420P8, SIZE, ColorTags::BT709, 0)).unwrap();
        writer.finish().unwrap();
    })
    .join()
    .unwrap();
    write(&folder.path().join("b.mp4"), &settings("mp4", Some(video("h264", None, SIZE)), None), 1);
}
