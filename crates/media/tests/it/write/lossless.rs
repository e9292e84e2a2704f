//! Lossless formats preserve every sample, as decoded by FFmpeg.
use crate::write::material::{listing, output, picture, probe, tags, video, write};
use cutroom_media::pixel;
use cutroom_media::write::{Rate, WriteSettings, Writer, container, video_codec, video_codecs, write_png};
use cutroom_types::{ColorModel, ColorTags, Picture, PictureFormat, Size};
use std::path::Path;

/// FFmpeg's raw pixel format for comparison, and whether it is packed. FFmpeg's conversions between
/// packed and planar RGB with alpha are not exact, so what it decodes as packed RGB is compared as
/// packed RGB.
fn layout(codec: &str, format: PictureFormat) -> (String, bool) {
    let packed = format.model == ColorModel::Rgb && (codec == "png" || (codec == "ffv1" && format.bits == 8));
    if packed {
        let name = format!(
            "rgb{}{}",
            if format.alpha { "a" } else { "" },
            match (format.bits, format.alpha) {
                (8, false) => "24",
                (8, true) => "",
                (_, false) => "48le",
                (_, true) => "64le",
            }
        );
        return (name, true);
    }
    (pixel::name(pixel::av_format(format).unwrap()).to_owned(), false)
}

/// All pictures in FFmpeg's raw video format.
fn raw(pictures: &[Picture], packed: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    for p in pictures {
        // Raw planar RGB is stored G, B, R.
        let mut order: Vec<usize> = (0..p.planes.len()).collect();
        order.sort_by_key(|k| if packed { *k } else { pixel::av_plane(p.format, *k) });
        if packed {
            let step = p.format.bytes_per_sample();
            for y in 0..p.size.height as usize {
                for x in 0..p.size.width as usize {
                    order.iter().for_each(|k| bytes.extend_from_slice(&p.planes[*k].row(y)[x * step..(x + 1) * step]));
                }
            }
        } else {
            for k in order {
                (0..p.planes[k].rows()).for_each(|y| bytes.extend_from_slice(p.planes[k].row(y)));
            }
        }
    }
    bytes
}

/// FFmpeg's options to decode a format: its own VP9 decoder does not read alpha.
fn decoder(codec: &str, format: PictureFormat) -> &'static [&'static str] {
    if codec == "vp9" && format.alpha { &["-c:v", "libvpx-vp9"] } else { &[] }
}

/// The raw video that FFmpeg decodes.
fn decode(input: &[&str], layout: &str) -> Vec<u8> {
    let mut args = vec!["-v", "error"];
    args.extend_from_slice(input);
    args.extend(["-map", "0:v", "-f", "rawvideo", "-pix_fmt", layout, "-"]);
    output("ffmpeg", &args)
}

fn round_trip(codec: &str, container_id: &str, format: PictureFormat, size: Size, folder: &Path) {
    let extension = container(container_id).unwrap().extensions[0];
    let path = folder.join(format!("{codec}-{}-{}.{extension}", format.to_string().replace(' ', "-"), size.width));
    let mut v = video(codec, Some(format), size);
    v.rate = Rate::Lossless;
    v.preset = video_codec(codec).unwrap().presets.first().filter(|p| p.parse::<u32>().is_err()).map(|p| (*p).to_owned());
    let settings = WriteSettings { container: container_id.into(), video: Some(v), sound: None, metadata: vec![] };
    write(&path, &settings, 3);
    let pictures: Vec<_> = (0..3).map(|n| picture(format, size, tags(format), n)).collect();
    let (name, packed) = layout(codec, format);
    let input = [decoder(codec, format), &["-i", path.to_str().unwrap()]].concat();
    let (want, got) = (raw(&pictures, packed), decode(&input, &name));
    let differing = want.iter().zip(&got).filter(|(a, b)| a != b).count();
    assert_eq!((got.len(), differing), (want.len(), 0), "{codec} {format} in {container_id}: bytes, bytes that differ");
}

#[test]
fn ffv1_holds_every_format_bit_for_bit() {
    let folder = tempfile::tempdir().unwrap();
    for profile in video_codec("ffv1").unwrap().profiles {
        for &format in profile.formats {
            round_trip("ffv1", "mkv", format, Size { width: 70, height: 46 }, folder.path());
        }
    }
    round_trip("ffv1", "mov", PictureFormat::yuv(10, 1, 0), Size { width: 1280, height: 720 }, folder.path());
    // Odd sizes of subsampled formats.
    round_trip("ffv1", "mkv", PictureFormat::YUV420P8, Size { width: 71, height: 45 }, folder.path());
}

#[test]
fn h264_h265_vp9_and_av1_are_lossless_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let mut done = Vec::new();
    for (codec, id) in [("h264", "mp4"), ("h265", "mp4"), ("vp9", "webm"), ("av1-aom", "mkv")] {
        for &format in video_codec(codec).unwrap().profiles.iter().flat_map(|p| p.formats) {
            // Profiles of H.264 and H.265 share formats.
            if !done.contains(&(codec, format)) {
                round_trip(codec, id, format, Size { width: 70, height: 46 }, folder.path());
                done.push((codec, format));
            }
        }
    }
}

/// Mean absolute difference of samples, as a fraction of full scale.
fn mean_error(a: &[u8], b: &[u8], format: PictureFormat) -> f64 {
    let samples = |bytes: &[u8]| -> Vec<f64> {
        match format.bytes_per_sample() {
            1 => bytes.iter().map(|b| f64::from(*b)).collect(),
            _ => bytes.as_chunks::<2>().0.iter().map(|b| f64::from(u16::from_le_bytes(*b))).collect(),
        }
    };
    let (a, b) = (samples(a), samples(b));
    let sum: f64 = a.iter().zip(&b).map(|(a, b)| (a - b).abs()).sum();
    sum / a.len() as f64 / f64::from((1u32 << format.bits) - 1)
}

/// Every profile and format of these lossy codecs can be written, and FFmpeg decodes the same
/// layout from it with a small error.
#[test]
fn every_profile_and_format_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let size = Size { width: 256, height: 128 };
    for codec in video_codecs().filter(|c| ["h264", "vp9", "av1", "prores", "dnxhr"].contains(&c.id)) {
        for profile in codec.profiles {
            for &format in profile.formats {
                let usual = codec.containers().find(|c| c.usual_video(false) == Some(codec.id));
                let container = usual.or_else(|| codec.containers().next()).unwrap();
                let extension = container.extensions[0];
                let file = format!("{}-{}-{}.{extension}", codec.id, profile.id, format.to_string().replace(' ', "-"));
                let path = folder.path().join(file);
                let mut v = video(codec.id, Some(format), size);
                v.profile = Some(profile.id.into());
                v.preset = codec.presets.last().filter(|_| codec.id != "h264").map(|p| (*p).to_owned());
                let settings = WriteSettings { container: container.id.into(), video: Some(v), sound: None, metadata: vec![] };
                write(&path, &settings, 2);
                let what = path.display();
                let shown = probe(&path, "v:0", "stream=pix_fmt");
                // ProRes 4444 has 12 bits, of which its encoder in FFmpeg is given 10.
                let bits = if profile.id.starts_with("4444") { 12 } else { format.bits };
                let expected = pixel::name(pixel::av_format(PictureFormat { bits, ..format }).unwrap());
                if decoder(codec.id, format).is_empty() {
                    assert_eq!(shown, expected, "{what}");
                } else {
                    assert_eq!(probe(&path, "v:0", "stream_tags=alpha_mode"), "1", "{what}");
                }
                let want = raw(&[picture(format, size, tags(format), 0)], false);
                let input = [decoder(codec.id, format), &["-i", path.to_str().unwrap()]].concat();
                let got = decode(&input, pixel::name(pixel::av_format(format).unwrap()));
                assert_eq!(got.len(), 2 * want.len(), "{what}");
                let error = mean_error(&want, &got[..want.len()], format);
                assert!(error < 0.04, "{what}: mean error {error} of full scale");
            }
        }
    }
}

#[test]
fn png_sequences_and_single_files_are_exact() {
    let folder = tempfile::tempdir().unwrap();
    let size = Size { width: 65, height: 33 };
    for &format in video_codec("png").unwrap().profiles[0].formats {
        let here = folder.path().join(format.to_string().replace(' ', "-"));
        std::fs::create_dir(&here).unwrap();
        let color = ColorTags { range: cutroom_types::Range::Full, ..tags(format) };
        let mut v = video("png", Some(format), size);
        v.color = color;
        let settings = WriteSettings { container: "png-sequence".into(), video: Some(v), sound: None, metadata: vec![] };
        let pictures: Vec<_> = (0..12).map(|n| picture(format, size, color, n)).collect();
        let pattern = here.join("shot_%05d.png");
        let report = write(&pattern, &settings, 12);
        let names: Vec<_> = (0..12).map(|n| format!("shot_{n:05}.png")).collect();
        assert_eq!((report.video_frames, listing(&here)), (12, names), "{format}");
        let (name, packed) = layout("png", format);
        let got = decode(&["-start_number", "0", "-i", pattern.to_str().unwrap()], &name);
        assert!(got == raw(&pictures, packed), "{format}: sequence");

        let single = here.join("single.png");
        write_png(&single, &pictures[5]).unwrap();
        assert!(decode(&["-i", single.to_str().unwrap()], &name) == raw(&pictures[5..6], packed), "{format}: single file");
        assert_eq!(probe(&single, "v:0", "stream=width,height"), "65\n33");
    }
    // A target folder is created complete.
    let v = video("png", Some(PictureFormat::RGB8), size);
    let settings = WriteSettings { container: "png-sequence".into(), video: Some(v), sound: None, metadata: vec![] };
    let target = folder.path().join("frames");
    write(&target, &settings, 3);
    assert_eq!(listing(&target), ["00000.png", "00001.png", "00002.png"]);
    // Overwriting with a shorter sequence leaves none of the old frames.
    assert!(Writer::create(&target, &settings, false).is_err());
    let mut writer = Writer::create(&target, &settings, true).unwrap();
    writer.push_picture(&picture(PictureFormat::RGB8, size, ColorTags::SRGB, 7)).unwrap();
    assert_eq!(listing(&target).len(), 3, "the old sequence stays until the new one is whole");
    writer.finish().unwrap();
    assert_eq!(listing(&target), ["00000.png"]);
}

/// The same pictures and settings produce the same bytes, whatever else happens in the process.
#[test]
fn files_are_the_same_in_every_run() {
    let folder = tempfile::tempdir().unwrap();
    let size = Size { width: 128, height: 128 };
    for (codec, id) in [("h264", "mp4"), ("h264", "mkv"), ("h265", "mp4"), ("vp9", "webm"), ("av1", "mp4"), ("ffv1", "mkv")] {
        let settings = WriteSettings { container: id.into(), video: Some(video(codec, None, size)), sound: None, metadata: vec![] };
        let files = [0, 1].map(|run| {
            let path = folder.path().join(format!("{codec}{run}.{id}"));
            write(&path, &settings, 30);
            std::fs::read(path).unwrap()
        });
        assert!(files[0] == files[1], "{codec} in {id}");
    }
}

/// Alpha beside the pictures of VP9: our own reader finds it, and returns every sample. MP4 keeps
/// none.
#[test]
fn alpha_of_vp9_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let (format, size) = (PictureFormat::YUV420P8.with_alpha(), Size { width: 71, height: 45 });
    let mut v = video("vp9", Some(format), size);
    v.rate = Rate::Lossless;
    let settings =
        |container: &str| WriteSettings { container: container.into(), video: Some(v.clone()), sound: None, metadata: vec![] };
    for container in ["webm", "mkv"] {
        let path = folder.path().join(format!("a.{container}"));
        // More frames than the encoder looks ahead, so that it would hide some.
        write(&path, &settings(container), 40);
        let mut reader = cutroom_media::VideoReader::open(&path, 0, cutroom_media::ReadOptions::default()).unwrap();
        assert_eq!(reader.frame_count(), 40, "{container}");
        for n in 0..40 {
            let read = reader.frame(n as usize).unwrap().picture;
            assert_eq!(read.format, format, "{container}");
            assert!(raw(&[read], false) == raw(&[picture(format, size, tags(format), n)], false), "{container}, frame {n}");
        }
    }
    let refused = Writer::create(&folder.path().join("a.mp4"), &settings("mp4"), false).err().unwrap().to_string();
    assert!(refused.contains("no alpha") && refused.contains("webm"), "{refused}");
}
