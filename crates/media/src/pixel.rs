//! Converts `PictureFormat` to and from FFmpeg's `AVPixelFormat`.
//!
//! The canonical formats are FFmpeg's planar little-endian ones whose layout a [`PictureFormat`]
//! describes exactly, so that their planes are shared without a copy. Every other supported format
//! has a canonical format to which it is converted without loss.
use crate::error::MediaError;
use cutroom_types::{ColorModel, PictureFormat, Size};
use ffmpeg_next::ffi::{self, AVPixelFormat};
use std::{
    ffi::{CStr, CString},
    path::Path,
};

/// FFmpeg's format with exactly this layout; `None` when FFmpeg has none (gray with alpha exists
/// only packed, float YUV not at all).
pub fn av_format(format: PictureFormat) -> Option<AVPixelFormat> {
    let depth = match format.bits {
        8 => String::new(),
        32 => "f32le".to_owned(),
        9 | 10 | 12 | 14 | 16 => format!("{}le", format.bits),
        _ => return None,
    };
    let name = match (format.model, format.chroma_shift_x, format.chroma_shift_y) {
        (ColorModel::Gray, ..) if format.alpha => return None,
        (ColorModel::Gray, ..) if format.bits == 8 => "gray".to_owned(),
        (ColorModel::Gray, ..) => format!("gray{depth}"),
        (ColorModel::Rgb, ..) => format!("gbr{}p{depth}", if format.alpha { "a" } else { "" }),
        (ColorModel::Yuv, x, y) => {
            let sampling = match (x, y) {
                (0, 0) => "444",
                (0, 1) => "440",
                (1, 0) => "422",
                (1, 1) => "420",
                (2, 0) => "411",
                (2, 2) => "410",
                _ => return None,
            };
            format!("yuv{}{sampling}p{depth}", if format.alpha { "a" } else { "" })
        }
    };
    let name = CString::new(name).ok()?;
    // SAFETY: the name is a valid C string.
    let av = unsafe { ffi::av_get_pix_fmt(name.as_ptr()) };
    (av != AVPixelFormat::AV_PIX_FMT_NONE && picture_format(av) == Some(format)).then_some(av)
}

/// The layout of a canonical FFmpeg format; `None` for packed, big-endian, paletted and hardware
/// formats. The full-range aliases `yuvj…` have the layout of the corresponding `yuv…` formats (see
/// [`is_full_range_alias`]).
pub fn picture_format(av: AVPixelFormat) -> Option<PictureFormat> {
    let d = descriptor(av)?;
    let flag = |f: u32| d.flags & u64::from(f) != 0;
    if flag(ffi::AV_PIX_FMT_FLAG_BE as u32)
        || flag(ffi::AV_PIX_FMT_FLAG_PAL as u32)
        || flag(ffi::AV_PIX_FMT_FLAG_BITSTREAM as u32)
        || flag(ffi::AV_PIX_FMT_FLAG_HWACCEL as u32)
        || flag(ffi::AV_PIX_FMT_FLAG_BAYER as u32)
        || name(av).starts_with("xyz")
    {
        return None;
    }
    let alpha = flag(ffi::AV_PIX_FMT_FLAG_ALPHA as u32);
    let float = flag(ffi::AV_PIX_FMT_FLAG_FLOAT as u32);
    let bits = d.comp[0].depth;
    let storable = (8..=16).contains(&bits) || (float && bits == 32);
    if !storable {
        return None;
    }
    let model = match (usize::from(d.nb_components) - usize::from(alpha), flag(ffi::AV_PIX_FMT_FLAG_RGB as u32)) {
        (1, _) => ColorModel::Gray,
        (3, true) => ColorModel::Rgb,
        (3, false) => ColorModel::Yuv,
        _ => return None,
    };
    let format = PictureFormat {
        model,
        bits: bits as u8,
        chroma_shift_x: if model == ColorModel::Yuv { d.log2_chroma_w } else { 0 },
        chroma_shift_y: if model == ColorModel::Yuv { d.log2_chroma_h } else { 0 },
        alpha,
    };
    let planar = (0..format.plane_count()).all(|k| {
        let c = d.comp[k];
        c.plane as usize == av_plane(format, k)
            && c.depth == bits
            && c.shift == 0
            && c.offset == 0
            && c.step as usize == format.bytes_per_sample()
    });
    planar.then_some(format)
}

/// Memory of a frame's samples; four bytes a pixel where the format has no layout of ours.
pub fn frame_bytes(f: &ffi::AVFrame) -> usize {
    let side = |n: i32| u32::try_from(n).unwrap_or(0);
    let size = Size { width: side(f.width), height: side(f.height) };
    let samples = |s: Size| s.width as usize * s.height as usize;
    match picture_format(from_raw(f.format)) {
        Some(p) => (0..p.plane_count()).map(|k| samples(p.plane_size(k, size)) * p.bytes_per_sample()).sum(),
        None => samples(size) * 4,
    }
}

/// The index in `AVFrame::data` of plane `k`: FFmpeg stores planar RGB in the order G, B, R.
pub const fn av_plane(format: PictureFormat, k: usize) -> usize {
    match (format.model, k) {
        (ColorModel::Rgb, 0) => 2,
        (ColorModel::Rgb, 1) => 0,
        (ColorModel::Rgb, 2) => 1,
        _ => k,
    }
}

/// Whether the format is one of FFmpeg's deprecated `yuvj…`, which mean full range.
pub fn is_full_range_alias(av: AVPixelFormat) -> bool {
    name(av).starts_with("yuvj")
}

/// The canonical format that represents every value of `av`: itself if canonical, the planar
/// counterpart of packed and big-endian formats, 8-bit RGB with alpha for palettes. `None` for
/// hardware, Bayer and XYZ formats.
pub fn canonical(av: AVPixelFormat) -> Option<PictureFormat> {
    if let Some(f) = picture_format(av) {
        return Some(f);
    }
    let d = descriptor(av)?;
    let flag = |f: u32| d.flags & u64::from(f) != 0;
    if flag(ffi::AV_PIX_FMT_FLAG_HWACCEL as u32) || flag(ffi::AV_PIX_FMT_FLAG_BAYER as u32) || name(av).starts_with("xyz") {
        return None;
    }
    if flag(ffi::AV_PIX_FMT_FLAG_PAL as u32) {
        return Some(PictureFormat::RGB8.with_alpha());
    }
    let alpha = flag(ffi::AV_PIX_FMT_FLAG_ALPHA as u32);
    let colors = usize::from(d.nb_components) - usize::from(alpha);
    let deepest = d.comp[..usize::from(d.nb_components)].iter().map(|c| c.depth).max()?;
    let float = flag(ffi::AV_PIX_FMT_FLAG_FLOAT as u32);
    let bits = match deepest {
        _ if float => 32,
        ..=8 => 8,
        9 => 9,
        10 => 10,
        11 | 12 => 12,
        13 | 14 => 14,
        _ => 16,
    };
    let model = match (colors, flag(ffi::AV_PIX_FMT_FLAG_RGB as u32)) {
        (1, _) => ColorModel::Gray,
        (3, true) => ColorModel::Rgb,
        (3, false) => ColorModel::Yuv,
        _ => return None,
    };
    let yuv = model == ColorModel::Yuv;
    Some(PictureFormat {
        model,
        bits,
        chroma_shift_x: if yuv { d.log2_chroma_w } else { 0 },
        chroma_shift_y: if yuv { d.log2_chroma_h } else { 0 },
        alpha,
    })
}

/// FFmpeg's name of a format, such as `yuv420p10le`; empty for no format.
pub fn name(av: AVPixelFormat) -> &'static str {
    // SAFETY: FFmpeg returns null or a static C string for any value.
    unsafe {
        let p = ffi::av_get_pix_fmt_name(av);
        if p.is_null() { "" } else { CStr::from_ptr(p).to_str().unwrap_or("") }
    }
}

/// A format number as FFmpeg stores it in frames and parameters; out-of-range numbers become
/// `NONE`.
pub fn from_raw(format: i32) -> AVPixelFormat {
    if format < 0 || format >= AVPixelFormat::AV_PIX_FMT_NB as i32 {
        return AVPixelFormat::AV_PIX_FMT_NONE;
    }
    // SAFETY: the bindings are generated from the linked FFmpeg's headers, where every number
    // in 0..NB is a variant.
    unsafe { std::mem::transmute::<i32, AVPixelFormat>(format) }
}

/// FFmpeg's static description of a format.
pub(crate) fn descriptor(av: AVPixelFormat) -> Option<&'static ffi::AVPixFmtDescriptor> {
    // SAFETY: FFmpeg returns null or a pointer to a static table entry.
    unsafe { ffi::av_pix_fmt_desc_get(av).as_ref() }
}

/// Checks that a picture has 1 to 32768 pixels per side and at most 2²⁸ pixels in all.
pub(crate) fn check_size(path: &Path, width: i32, height: i32) -> Result<cutroom_types::Size, MediaError> {
    const MAX_SIDE: i32 = 32_768;
    const MAX_PIXELS: i64 = 1 << 28;
    if width <= 0 || height <= 0 || width > MAX_SIDE || height > MAX_SIDE || i64::from(width) * i64::from(height) > MAX_PIXELS {
        return Err(MediaError::Unsupported { path: path.into(), what: format!("a picture of {width}×{height} pixels") });
    }
    Ok(cutroom_types::Size { width: width as u32, height: height as u32 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_name(n: &str) -> AVPixelFormat {
        let c = CString::new(n).unwrap();
        // SAFETY: valid C string.
        unsafe { ffi::av_get_pix_fmt(c.as_ptr()) }
    }

    #[test]
    fn every_canonical_format_round_trips() {
        let mut found = 0;
        for raw in 0..AVPixelFormat::AV_PIX_FMT_NB as i32 {
            let av = from_raw(raw);
            let Some(f) = picture_format(av) else { continue };
            found += 1;
            if !is_full_range_alias(av) {
                assert_eq!(av_format(f), Some(av), "{}", name(av));
            }
        }
        assert!(found > 60, "{found}");
    }

    #[test]
    fn layouts_are_what_their_names_say() {
        for (n, f) in [
            ("yuv420p", PictureFormat::YUV420P8),
            ("yuva444p12le", PictureFormat::yuv(12, 0, 0).with_alpha()),
            ("yuv410p", PictureFormat::yuv(8, 2, 2)),
            ("gbrp", PictureFormat::RGB8),
            ("gbrapf32le", PictureFormat::RGB_FLOAT.with_alpha()),
            ("gray14le", PictureFormat { model: ColorModel::Gray, ..PictureFormat::yuv(14, 0, 0) }),
            ("yuvj422p", PictureFormat::yuv(8, 1, 0)),
        ] {
            assert_eq!(picture_format(by_name(n)), Some(f), "{n}");
        }
        for n in ["nv12", "rgb24", "yuv420p10be", "pal8", "p010le", "ya8", "uyvy422", "vaapi", "xyz12le", "monow", "bayer_bggr8"] {
            assert_eq!(picture_format(by_name(n)), None, "{n}");
        }
    }

    #[test]
    fn packed_formats_have_a_canonical_twin() {
        for (n, twin) in [
            ("nv12", "yuv420p"),
            ("rgb24", "gbrp"),
            ("argb", "gbrap"),
            ("pal8", "gbrap"),
            ("rgba64le", "gbrap16le"),
            ("p010le", "yuv420p10le"),
            ("uyvy422", "yuv422p"),
            ("yuv422p10be", "yuv422p10le"),
            ("rgb565le", "gbrp"),
            ("monow", "gray"),
        ] {
            assert_eq!(canonical(by_name(n)), picture_format(by_name(twin)), "{n}");
        }
        assert_eq!(canonical(by_name("ya8")), Some(PictureFormat { model: ColorModel::Gray, ..PictureFormat::RGB8 }.with_alpha()));
    }
}
