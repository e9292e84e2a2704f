//! Containers written to a stream while the film is made, and packages of segments.
use crate::write::material::{listing, output, picture, tones, video, write};
use cutroom_media::MediaError;
use cutroom_media::write::{AudioSettings, FileExtras, WriteSettings, Writer, container, containers};
use cutroom_types::Size;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

const SIZE: Size = Size { width: 64, height: 48 };

/// A stream that keeps what it gets, up to a limit.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>, Option<usize>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut kept = self.0.lock().unwrap();
        if self.1.is_some_and(|limit| kept.len() + bytes.len() > limit) {
            return Err(io::Error::from_raw_os_error(32));
        }
        kept.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn settings(id: &str) -> WriteSettings {
    let row = container(id).unwrap();
    let v = row.usual_video(false).map(|codec| {
        let mut v = video(codec, None, SIZE);
        v.gop_frames = Some(25);
        v
    });
    let sound = row.usual_audio(48_000, 2, false).map(|a| AudioSettings::new(a.id, 48_000, 2));
    WriteSettings { container: id.into(), video: v, sound, metadata: vec![] }
}

fn push(writer: &mut Writer, settings: &WriteSettings, n: u64) -> Result<(), MediaError> {
    if let Some(v) = &settings.video {
        writer.push_picture(&picture(v.format, v.size, v.color, n))?;
    }
    if settings.sound.is_some() {
        writer.push_audio(&tones(48_000, 2, n as usize * 1920, 1920))?;
    }
    Ok(())
}

/// Every container that can be streamed: what comes is whole, in ffprobe's eyes, and much of it
/// comes before the end.
#[test]
fn streams_are_whole_and_come_early() {
    let folder = tempfile::tempdir().unwrap();
    for row in containers().iter().filter(|c| c.can_stream()) {
        let all = settings(row.id);
        let kept = Kept::default();
        let mut writer = Writer::create_stream(Path::new("a film"), &all, &FileExtras::default(), Box::new(kept.clone())).unwrap();
        assert_eq!(writer.hidden_path(), None);
        (0..150).for_each(|n| push(&mut writer, &all, n).unwrap());
        let early = kept.0.lock().unwrap().len();
        let report = writer.finish().unwrap();
        let bytes = kept.0.lock().unwrap().clone();
        assert_eq!(report.bytes, bytes.len() as u64, "{}", row.id);
        assert!(early > bytes.len() / 4, "{}: {early} of {} bytes before the end", row.id, bytes.len());
        let path = folder.path().join(format!("film.{}", row.extensions[0]));
        std::fs::write(&path, bytes).unwrap();
        let path = path.to_str().unwrap();
        if all.video.is_some() {
            let raw = output(
                "ffmpeg",
                &["-v", "error", "-i", path, "-map", "0:v", "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "gray", "-"],
            );
            assert_eq!(raw.len(), 150 * 64 * 48, "{}", row.id);
        }
        let raw = output("ffmpeg", &["-v", "error", "-i", path, "-map", "0:a", "-f", "s16le", "-ac", "1", "-"]);
        assert!((6 * 96_000 - 8192..6 * 96_000 + 8192).contains(&raw.len()), "{}: {}", row.id, raw.len());
        let starts = output("ffprobe", &["-v", "error", "-show_entries", "stream=start_time", "-of", "csv=p=0", path]);
        if row.id == "mp4" || row.id == "mov" {
            // Sound begins with its 1024 samples of priming, which players drop.
            assert_eq!(String::from_utf8(starts).unwrap(), "0.000000\n-0.021333\n", "{}", row.id);
        }
    }
    let refused =
        Writer::create_stream(Path::new("-"), &settings("wav"), &FileExtras::default(), Box::new(Kept::default())).err().unwrap();
    assert!(refused.to_string().contains("wav cannot be streamed"), "{refused}");
}

/// A reader that goes away ends the writing with the system's reason.
#[test]
fn a_closed_stream_is_an_error() {
    for id in ["mp4", "mkv", "ts"] {
        let all = settings(id);
        let kept = Kept(Arc::default(), Some(20_000));
        let mut writer = Writer::create_stream(Path::new("standard output"), &all, &FileExtras::default(), Box::new(kept)).unwrap();
        let error = (0..3000).find_map(|n| push(&mut writer, &all, n).err()).or_else(|| writer.finish().err()).unwrap();
        let text = error.to_string();
        assert!(text.starts_with("standard output: ") && text.contains("Broken pipe: the program that reads it"), "{id}: {text}");
    }
}

/// HLS and DASH: playlist and segments, nothing else; ffprobe reads the whole film from the
/// playlist.
#[test]
fn packages_are_whole_or_not_there() {
    let root = tempfile::tempdir().unwrap();
    for (id, extension) in [("hls", "m3u8"), ("dash", "mpd")] {
        let folder = root.path().join(id);
        let target = folder.join(format!("my %film$.{extension}"));
        let all = settings(id);
        let mut writer = Writer::create(&target, &all, false).unwrap();
        (0..200).for_each(|n| push(&mut writer, &all, n).unwrap());
        let names = listing(&folder);
        assert!(names.len() == 1 && names[0].starts_with('.'), "{id}: {names:?}");
        let report = writer.finish().unwrap();
        let names = listing(&folder);
        let total: u64 = names.iter().map(|n| std::fs::metadata(folder.join(n)).unwrap().len()).sum();
        assert_eq!(report.bytes, total, "{id}");
        assert!(names.iter().all(|n| n.starts_with("my %film$") || n.starts_with("my _film_-")), "{id}: {names:?}");
        // Eight seconds in segments of six.
        assert!(names.iter().filter(|n| n.ends_with(".m4s")).count() >= 2, "{id}: {names:?}");
        let text = std::fs::read_to_string(&target).unwrap();
        assert!(!text.contains("partial"), "{id}: {text}");
        if id == "hls" {
            assert!(
                text.contains("#EXT-X-PLAYLIST-TYPE:VOD") && text.contains("#EXT-X-ENDLIST") && text.contains("#EXT-X-MAP"),
                "{text}"
            );
        } else {
            assert!(text.contains("type=\"static\"") && text.contains("mediaPresentationDuration=\"PT8."), "{text}");
        }
        let path = target.to_str().unwrap();
        let raw = output(
            "ffmpeg",
            &["-v", "error", "-i", path, "-map", "0:v", "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "gray", "-"],
        );
        assert_eq!(raw.len(), 200 * 64 * 48, "{id}");
        // Not replaced without being asked; a shorter one leaves no segment of the longer.
        assert!(matches!(Writer::create(&target, &all, false), Err(MediaError::Exists { .. })));
        let mut writer = Writer::create(&target, &all, true).unwrap();
        (0..10).for_each(|n| push(&mut writer, &all, n).unwrap());
        writer.finish().unwrap();
        let raw = output(
            "ffmpeg",
            &["-v", "error", "-i", path, "-map", "0:v", "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "gray", "-"],
        );
        assert_eq!(raw.len(), 10 * 64 * 48, "{id}");
        assert!(listing(&folder).len() < names.len(), "{id}: {:?}", listing(&folder));
    }
    // A dropped one leaves nothing, not even the folder that was made for it.
    let folder = root.path().join("gone");
    let all = settings("hls");
    let mut writer = Writer::create(&folder.join("film.m3u8"), &all, false).unwrap();
    (0..200).for_each(|n| push(&mut writer, &all, n).unwrap());
    drop(writer);
    assert!(!folder.exists());
    assert!(Writer::create(&root.path().join("a/b/film.m3u8"), &all, false).is_err());
}

/// Stacked alpha in a codec without alpha, as FFmpeg decodes it: above the colour, below alpha as
/// luma.
#[test]
fn alpha_is_stacked() {
    let folder = tempfile::tempdir().unwrap();
    for (codec, id, bits) in [("h264", "mp4", 8), ("ffv1", "mkv", 10), ("h265", "mp4", 10)] {
        let mut v = video(codec, Some(cutroom_types::PictureFormat::yuv(bits, 1, 1)), Size { width: 64, height: 96 });
        v.stacked_alpha = true;
        v.rate = cutroom_media::write::Rate::Lossless;
        let drawn = v.drawn();
        assert_eq!((drawn.0.alpha, drawn.1), (true, SIZE));
        let color = v.color;
        let path = folder.path().join(format!("{codec}.{id}"));
        let all = WriteSettings { container: id.into(), video: Some(v), sound: None, metadata: vec![] };
        let mut writer = Writer::create(&path, &all, false).unwrap();
        let p = picture(drawn.0, SIZE, color, 3);
        writer.push_picture(&p).unwrap();
        writer.finish().unwrap();
        let layout = if bits == 8 { "yuv420p" } else { "yuv420p10le" };
        let raw = output(
            "ffmpeg",
            &["-v", "error", "-i", path.to_str().unwrap(), "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", layout, "-"],
        );
        let step = drawn.0.bytes_per_sample();
        let luma = 64 * 48 * step;
        assert_eq!(raw.len(), 2 * luma * 3 / 2);
        assert!(raw[..luma] == *p.planes[0].data(), "{codec}: colour");
        let code = |bytes: &[u8], i: usize| {
            if step == 1 { f64::from(bytes[i]) } else { f64::from(u16::from_le_bytes([bytes[2 * i], bytes[2 * i + 1]])) }
        };
        let (max, unit) = (f64::from((1 << bits) - 1), f64::from(1 << (bits - 8)));
        for i in 0..64 * 48 {
            let want = (16.0 * unit + code(p.planes[3].data(), i) / max * 219.0 * unit).round();
            assert_eq!(code(&raw[luma..], i), want, "{codec}, {i}");
        }
        let chroma = &raw[2 * luma..2 * luma + luma / 2];
        assert!(chroma[..luma / 4] == *p.planes[1].data(), "{codec}: chroma above");
        assert!((0..16 * 48).all(|i| code(&chroma[luma / 4..], i) == 128.0 * unit), "{codec}: chroma below");
    }
    let _ = write;
}
