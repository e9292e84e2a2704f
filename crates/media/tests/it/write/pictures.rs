//! Files of pictures: numbered ones, GIF and WebP.
use crate::write::material::{listing, output, picture, probe, tags, video, write};
use cutroom_media::write::{Rate, VideoSettings, WriteSettings, container, video_codec};
use cutroom_types::{ColorTags, PictureFormat, Range, Size, Transfer};
use std::path::Path;

fn only(container: &str, v: VideoSettings) -> WriteSettings {
    WriteSettings { container: container.into(), video: Some(v), sound: None, metadata: vec![] }
}

/// What FFmpeg decodes, as floats of planes G, B, R and alpha.
fn floats(path: &Path, layout: &str) -> Vec<f32> {
    let raw = output("ffmpeg", &["-v", "error", "-i", path.to_str().unwrap(), "-f", "rawvideo", "-pix_fmt", layout, "-"]);
    raw.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect()
}

/// Every row of numbered files: names, number, size, and what ffprobe calls codec and layout.
#[test]
fn numbered_files_of_every_kind_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let size = Size { width: 65, height: 33 };
    for (id, codec, formats) in [
        ("jpeg-sequence", "mjpeg", &["yuvj420p", "yuvj422p", "yuvj444p"][..]),
        ("tiff-sequence", "tiff", &["rgb24", "rgba", "rgb48le", "rgba64le", "gray", "gray16le"]),
        ("dpx-sequence", "dpx", &["gbrp10le", "rgb24", "rgba", "gbrp12le", "rgb48be", "rgba64be"]),
        ("exr-sequence", "exr", &["gbrpf32le", "gbrapf32le"]),
    ] {
        let row = container(id).unwrap();
        let held = video_codec(codec).unwrap();
        for (n, profile) in held.profiles.iter().enumerate() {
            for (format, name) in profile.formats.iter().zip(formats) {
                let here = folder.path().join(format!("{id}-{n}-{name}"));
                std::fs::create_dir(&here).unwrap();
                let mut v = video(codec, None, size);
                v.format = *format;
                v.profile = Some(profile.id.into());
                v.color = held.fixed.over(ColorTags { range: Range::Full, ..tags(*format) }, format.model);
                write(&here.join(format!("f_%03d.{}", row.extensions[0])), &only(id, v), 3);
                let names: Vec<_> = (0..3).map(|n| format!("f_{n:03}.{}", row.extensions[0])).collect();
                assert_eq!(listing(&here), names);
                let file = here.join(&names[1]);
                let got = |entry: &str| probe(&file, "v:0", &format!("stream={entry}"));
                assert_eq!((got("codec_name"), got("pix_fmt")), (codec.to_owned(), (*name).to_owned()), "{id} {format}");
                assert_eq!(got("width,height"), "65\n33");
            }
        }
    }
}

/// Each of these holds every sample of each of its formats, as FFmpeg decodes them.
#[test]
fn tiff_dpx_and_qtrle_are_exact() {
    let folder = tempfile::tempdir().unwrap();
    let size = Size { width: 64, height: 34 };
    for (id, codec) in [("tiff-sequence", "tiff"), ("dpx-sequence", "dpx"), ("mov", "qtrle")] {
        let row = container(id).unwrap();
        for format in video_codec(codec).unwrap().profiles[0].formats {
            let mut v = video(codec, Some(*format), size);
            v.color.range = Range::Full;
            v.rate = Rate::Lossless;
            let color = v.color;
            let name = format!("{codec}-{}", format.to_string().replace(' ', "-"));
            let target = folder.path().join(match row.muxer {
                Some(_) => format!("{name}.{}", row.extensions[0]),
                None => format!("{name}-%d.{}", row.extensions[0]),
            });
            write(&target, &only(id, v), 5);
            let decode = |input: &[&str], layout: &str| {
                output("ffmpeg", &[&["-v", "error"], input, &["-f", "rawvideo", "-pix_fmt", layout, "-"]].concat())
            };
            let path = target.to_str().unwrap();
            let pictures = (0..5).map(|n| picture(*format, size, color, n));
            if [10, 12].contains(&format.bits) {
                let mut want = Vec::new();
                for p in pictures {
                    [1, 2, 0].into_iter().for_each(|k: usize| want.extend_from_slice(p.planes[k].data()));
                }
                assert!(decode(&["-i", path], &format!("gbrp{}le", format.bits)) == want, "{codec} {format}");
                continue;
            }
            let packed = match (format.plane_count(), format.bits) {
                (1, 8) => "gray",
                (1, _) => "gray16le",
                (3, 8) => "rgb24",
                (3, _) => "rgb48le",
                (_, 8) => "rgba",
                _ => "rgba64le",
            };
            let got = decode(&["-i", path], packed);
            let step = format.bytes_per_sample();
            let mut want = Vec::new();
            for p in pictures {
                for y in 0..34 {
                    for x in 0..64 {
                        p.planes.iter().for_each(|plane| want.extend_from_slice(&plane.row(y)[x * step..(x + 1) * step]));
                    }
                }
            }
            assert_eq!(got.len(), want.len(), "{codec} {format}");
            assert!(got == want, "{codec} {format}");
        }
    }
}

/// A float picture with values below 0, above 1, and alpha.
fn float_picture(size: Size) -> cutroom_types::Picture {
    let format = PictureFormat::RGB_FLOAT.with_alpha();
    let count = (size.width * size.height) as usize;
    let plane = |k: usize| -> Vec<u8> {
        (0..count)
            .flat_map(|i| {
                let v = if k == 3 { (i % 5) as f32 / 4.0 } else { (i as f32 * 0.037 + k as f32).sin() * 7.5 };
                v.to_le_bytes()
            })
            .collect()
    };
    let color = ColorTags { transfer: Transfer::Linear, ..ColorTags::SRGB };
    cutroom_types::Picture::from_planes(format, size, color, (0..4).map(plane).collect()).unwrap()
}

/// EXR keeps floats, colour multiplied by alpha; half has 11 significant bits (IEEE 754 binary16),
/// of which FFmpeg cuts off the others.
#[test]
fn exr_is_float_and_associated() {
    let folder = tempfile::tempdir().unwrap();
    let size = Size { width: 40, height: 20 };
    let p = float_picture(size);
    for (profile, relative) in [("float", 0.0), ("half", 1.0 / 1024.0)] {
        let mut v = video("exr", Some(p.format), size);
        v.color = p.color;
        v.profile = Some(profile.into());
        let path = folder.path().join(format!("{profile}_%d.exr"));
        let mut writer = cutroom_media::write::Writer::create(&path, &only("exr-sequence", v), false).unwrap();
        writer.push_picture(&p).unwrap();
        writer.finish().unwrap();
        let got = floats(&folder.path().join(format!("{profile}_0.exr")), "gbrapf32le");
        let number = |k: usize, i: usize| f32::from_le_bytes(p.planes[k].data()[4 * i..4 * i + 4].try_into().unwrap());
        let count = (size.width * size.height) as usize;
        for i in 0..count {
            let alpha = number(3, i);
            for (slot, k) in [(0, 1), (1, 2), (2, 0), (3, 3)] {
                let want = if k == 3 { alpha } else { number(k, i) * alpha };
                let is = got[slot * count + i];
                assert!((is - want).abs() <= want.abs() * relative + 1e-7, "{profile}, plane {k}, {i}: {is} and not {want}");
            }
        }
    }
}

/// Delays are whole hundredths of a second; the start of each picture is the nearest one to its
/// time.
#[test]
fn gif_keeps_time_and_colour() {
    let folder = tempfile::tempdir().unwrap();
    let size = Size { width: 48, height: 32 };
    for (rate, frames) in [("30000/1001", 61), ("12", 25), ("50", 20)] {
        let mut v = video("gif", None, size);
        v.frame_rate = rate.parse().unwrap();
        let fps = v.frame_rate.as_f64();
        let path = folder.path().join(format!("{}.gif", rate.replace('/', "-")));
        write(&path, &only("gif", v.clone()), frames);
        let times = probe(&path, "v:0", "packet=pts");
        let times: Vec<i64> = times.lines().map(|t| t.parse().unwrap()).collect();
        let want: Vec<i64> = (0..frames).map(|n| (n as f64 * 100.0 / fps).round() as i64).collect();
        // FFmpeg's reader counts from the first.
        assert_eq!(times[..], want[..], "{rate}");
        let decoded = output(
            "ffmpeg",
            &["-v", "error", "-i", path.to_str().unwrap(), "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
        );
        let one = (size.width * size.height * 3) as usize;
        assert_eq!(decoded.len(), one * frames as usize, "{rate}");
        for (n, got) in decoded.chunks_exact(one).enumerate() {
            let p = picture(v.format, size, v.color, n as u64);
            let count = one / 3;
            let sum: i64 = (0..count)
                .flat_map(|i| (0..3).map(move |k| (i, k)))
                .map(|(i, k)| (i64::from(got[3 * i + k]) - i64::from(p.planes[k].data()[i])).abs())
                .sum();
            let mean = sum as f64 / one as f64;
            assert!(mean < 16.0, "{rate}, picture {n}: mean error {mean}");
        }
        // NETSCAPE2.0 with 0: for ever.
        let bytes = std::fs::read(&path).unwrap();
        let at = bytes.windows(11).position(|w| w == b"NETSCAPE2.0").unwrap();
        assert_eq!(bytes[at + 11..at + 15], [3, 1, 0, 0]);
    }
    let mut v = video("gif", None, size);
    v.frame_rate = "60".parse().unwrap();
    let refused = cutroom_media::write::validate(&only("gif", v)).unwrap_err().to_string();
    assert!(refused.contains("50"), "{refused}");
}

/// What is transparent in one picture shows nothing of the one before.
#[test]
fn gif_and_webp_keep_alpha() {
    let folder = tempfile::tempdir().unwrap();
    let size = Size { width: 32, height: 16 };
    let format = PictureFormat::RGB8.with_alpha();
    let one = |n: usize| {
        let count = 32 * 16;
        // A square of 8 pixels that moves by 8.
        let alpha: Vec<u8> = (0..count).map(|i| if (i % 32) / 8 == n { 255 } else { 0 }).collect();
        let planes = vec![vec![200; count], vec![40; count], vec![(n * 80) as u8; count], alpha];
        cutroom_types::Picture::from_planes(format, size, ColorTags::SRGB, planes).unwrap()
    };
    for (id, codec) in [("gif", "gif"), ("webp", "webp")] {
        let path = folder.path().join(format!("alpha.{id}"));
        let mut v = video(codec, Some(format), size);
        if codec == "webp" {
            v.rate = Rate::Lossless;
        }
        let mut writer = cutroom_media::write::Writer::create(&path, &only(id, v), false).unwrap();
        (0..4).for_each(|n| writer.push_picture(&one(n)).unwrap());
        writer.finish().unwrap();
        // FFmpeg reads no animated WebP: our own reader, which is a decoder of another library.
        let mut reader = cutroom_media::VideoReader::open(&path, 0, cutroom_media::ReadOptions::default()).unwrap();
        assert_eq!(reader.frame_count(), 4, "{id}");
        for n in 0..4 {
            let (got, want) = (reader.frame(n).unwrap().picture, one(n));
            let alpha = |p: &cutroom_types::Picture| p.planes[3].data().to_vec();
            assert!(alpha(&got) == alpha(&want), "{id}, picture {n}: alpha");
            for (i, a) in alpha(&want).iter().enumerate().filter(|(_, a)| **a > 0) {
                let pixel = |p: &cutroom_types::Picture| [0, 1, 2].map(|k| i32::from(p.planes[k].data()[i]));
                let far = pixel(&got).iter().zip(pixel(&want)).map(|(a, b)| (a - b).abs()).max().unwrap();
                assert!(
                    far <= if id == "gif" { 8 } else { 0 },
                    "{id}, picture {n}, {i}, alpha {a}: {:?} and not {:?}",
                    pixel(&got),
                    pixel(&want)
                );
            }
        }
    }
}

/// Lossy WebP: pictures, times to the millisecond, and the quality changes the size.
#[test]
fn webp_keeps_time_and_has_quality() {
    let folder = tempfile::tempdir().unwrap();
    let size = Size { width: 64, height: 48 };
    let mut bytes = Vec::new();
    for crf in [0.0, 20.0, 90.0] {
        let mut v = video("webp", None, size);
        v.frame_rate = "30".parse().unwrap();
        v.rate = Rate::Crf(crf);
        let path = folder.path().join(format!("{crf}.webp"));
        bytes.push(write(&path, &only("webp", v), 30).bytes);
        let reader = cutroom_media::VideoReader::open(&path, 0, cutroom_media::ReadOptions::default()).unwrap();
        assert_eq!(reader.frame_count(), 30);
        // The 30 durations of 33 and 34 ms of ANMF (bytes 12 to 14 of the chunk) are 1000 ms.
        let file = std::fs::read(&path).unwrap();
        let (mut at, mut total, mut count) = (12, 0, 0);
        while at + 8 <= file.len() {
            let size = u32::from_le_bytes(file[at + 4..at + 8].try_into().unwrap()) as usize;
            if &file[at..at + 4] == b"ANMF" {
                total += u32::from_le_bytes([file[at + 20], file[at + 21], file[at + 22], 0]);
                count += 1;
            }
            at += 8 + size.next_multiple_of(2);
        }
        assert!((count, total) == (30, 1000) || (count, total) == (30, 999), "{count} pictures, {total} ms");
    }
    assert!(bytes[0] > bytes[1] && bytes[1] > bytes[2], "{bytes:?}");
}
