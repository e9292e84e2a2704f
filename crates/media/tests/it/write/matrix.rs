//! Every video codec × container × pixel format that can be asked for, written and seen by ffprobe.
use crate::write::material::{Facts, tags, video, write};
use cutroom_media::pixel;
use cutroom_media::write::{Container, VideoCodec, WriteSettings, validate, video_codecs};
use cutroom_types::{ColorModel, ColorTags, PictureFormat, Size};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What ffprobe calls codec and pixel format.
fn names(codec: &VideoCodec, format: PictureFormat) -> (&str, String) {
    let of = |format| pixel::name(pixel::av_format(format).unwrap()).to_owned();
    let rgb8 = format.model == ColorModel::Rgb && format.bits == 8;
    let packed = |plain: &str, alpha: &str| if format.alpha { alpha.to_owned() } else { plain.to_owned() };
    match codec.id {
        "h265" => ("hevc", of(format)),
        "av1-aom" => ("av1", of(format)),
        "dnxhr" => ("dnxhd", of(format)),
        // Its decoder gives 12 bits of 4:4:4.
        "prores" if format.chroma_shift_x == 0 => ("prores", of(PictureFormat { bits: 12, ..format })),
        // Alpha is beside the pictures.
        "vp9" => ("vp9", of(PictureFormat { alpha: false, ..format })),
        "mjpeg" => ("mjpeg", of(format).replace("yuv", "yuvj")),
        "ffv1" if rgb8 => ("ffv1", packed("bgr0", "bgra")),
        "qtrle" => ("qtrle", packed("rgb24", "argb")),
        "gif" => ("gif", "bgra".into()),
        "png" if format.model == ColorModel::Rgb && format.bits == 16 => ("png", packed("rgb48be", "rgba64be")),
        "png" if format.bits == 16 => ("png", "gray16be".into()),
        "png" if rgb8 => ("png", packed("rgb24", "rgba")),
        other => (other, of(format)),
    }
}

fn is_440(f: PictureFormat) -> bool {
    f.model == ColorModel::Yuv && (f.chroma_shift_x, f.chroma_shift_y) == (0, 1)
}

/// Writes some pictures; `None` if the container refuses the format, as its row says.
fn written(folder: &Path, codec: &VideoCodec, container: &Container, format: PictureFormat) -> Option<Result<(), String>> {
    let size = if codec.id == "dnxhr" { Size { width: 256, height: 128 } } else { Size { width: 64, height: 64 } };
    let mut v = video(codec.id, None, size);
    v.format = format;
    v.color = codec.fixed.over(ColorTags { range: codec.only_range.unwrap_or(tags(format).range), ..tags(format) }, format.model);
    v.preset = codec.presets.first().filter(|p| p.parse::<u32>().is_err()).map(|p| (*p).to_owned());
    if codec.id.starts_with("av1") || codec.id == "vp9" {
        v.preset = codec.presets.last().map(|p| (*p).to_owned());
    }
    v.threads = 1;
    let settings = WriteSettings { container: container.id.into(), video: Some(v), sound: None, metadata: vec![] };
    if format.alpha && !codec.keeps_alpha(container) || is_440(format) && !container.holds_440 {
        assert!(validate(&settings).is_err(), "{} {format} in {}", codec.id, container.id);
        return None;
    }
    let name = format!("{}-{}-{}", codec.id, container.id, format.to_string().replace(' ', "-"));
    let path = folder.join(name).with_extension(container.extensions[0]);
    // Of a transport stream, ffprobe wants to see more than of other files.
    let frames = if container.id == "ts" { 25 } else { 3 };
    write(&path, &settings, frames);
    let facts = match std::panic::catch_unwind(|| Facts::of(&path)) {
        Ok(facts) => facts,
        Err(_) => return Some(Err(format!("{}: not readable", path.display()))),
    };
    let is = ["codec_name", "pix_fmt", "width", "height", "nb_read_packets"].map(|key| facts.stream("video", key));
    let (codec_name, pixels) = names(codec, format);
    let (width, height) = (size.width.to_string(), size.height.to_string());
    let want = [codec_name, &pixels, &width, &height, &frames.to_string()];
    Some(if is == want { Ok(()) } else { Err(format!("{} {format} in {}: {is:?} and not {want:?}", codec.id, container.id)) })
}

#[test]
fn every_codec_container_and_pixel_format() {
    let folder = tempfile::tempdir().unwrap();
    let mut all = Vec::new();
    for codec in video_codecs() {
        let mut formats: Vec<PictureFormat> = Vec::new();
        for format in codec.profiles.iter().flat_map(|p| p.formats) {
            if !formats.contains(format) {
                formats.push(*format);
            }
        }
        // Numbered pictures and WebP, of which ffprobe sees no film, are tested in `pictures.rs`.
        let containers = codec.containers().filter(|c| c.muxer.is_some() && c.id != "webp");
        all.extend(
            containers.flat_map(|container| formats.iter().map(move |format| (codec, container, *format)).collect::<Vec<_>>()),
        );
    }
    assert!(all.len() > 300, "{}", all.len());
    let (next, threads) = (AtomicUsize::new(0), std::thread::available_parallelism().map_or(2, usize::from));
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let work = || {
            let mut wrong = Vec::new();
            while let Some((codec, container, format)) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                wrong.extend(written(folder.path(), codec, container, *format).and_then(Result::err));
            }
            wrong
        };
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        running.into_iter().flat_map(|t| t.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), all.len(), wrong.join("\n"));
}
