//! Converts decoded frames to pictures. Canonical formats share the decoder's memory; every other
//! format is unpacked into planes without loss.
use crate::{
    av_frame::AvFrame,
    error::MediaError,
    hardware,
    pixel::{self, check_size},
    tags::AvColor,
};
use cutroom_types::{AlphaMode, ColorModel, Orientation, Picture, PictureFormat, Plane, PlaneMemory, Size};
use ffmpeg_next::ffi::{self, AVPixFmtDescriptor, AVPixelFormat};
use std::{path::Path, sync::Arc};

/// Properties of a stream that its frames may lack.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StreamTags {
    /// Colour codes of the container.
    pub color: AvColor,
    /// The container's sample aspect ratio, which takes precedence over that of the frames; (0, 0)
    /// when not stated.
    pub container_aspect: (u32, u32),
    /// Sample aspect ratio when neither the container nor the frame states one.
    pub usual_aspect: (u32, u32),
    /// Rotation and mirroring that turn the picture upright.
    pub orientation: Orientation,
    /// Whether it is a still image: untagged means sRGB.
    pub is_still: bool,
}

/// A plane of a frame, which keeps the frame alive.
struct FramePlane {
    _frame: Arc<AvFrame>,
    start: *const u8,
    len: usize,
}

// SAFETY: the memory belongs to the reference-counted frame and is not written after decoding.
unsafe impl Send for FramePlane {}

// SAFETY: as above.
unsafe impl Sync for FramePlane {}

impl PlaneMemory for FramePlane {
    fn bytes(&self) -> &[u8] {
        // SAFETY: the range was computed from the frame's own strides and lives as long as the
        // frame.
        unsafe { std::slice::from_raw_parts(self.start, self.len) }
    }
}

/// Converts a frame to a picture. A frame that is on a graphics device stays there.
pub(crate) fn picture(path: &Path, frame: &Arc<AvFrame>, tags: &StreamTags) -> Result<Picture, MediaError> {
    let f = frame.get();
    let size = check_size(path, f.width, f.height)?;
    let stored = hardware::stored_format(frame);
    let av = stored.unwrap_or_else(|| pixel::from_raw(f.format));
    let unsupported = || MediaError::Unsupported { path: path.into(), what: format!("pixel format {}", pixel::name(av)) };
    let format = pixel::canonical(av).ok_or_else(unsupported)?;
    let device = match stored {
        Some(_) => Some(hardware::surface_frame(frame, size).ok_or_else(unsupported)?),
        None => None,
    };
    let planes = if device.is_some() {
        Vec::new()
    } else if pixel::picture_format(av).is_some() {
        shared_planes(frame, format, size).ok_or_else(unsupported)?
    } else {
        let bytes = spread(f, av, format, size).ok_or_else(unsupported)?;
        let mut planes = Vec::with_capacity(bytes.len());
        for (k, b) in bytes.into_iter().enumerate() {
            let s = format.plane_size(k, size);
            let width = s.width as usize * format.bytes_per_sample();
            planes.push(Plane::new(Arc::new(b), 0, width, width, s.height as usize).ok_or_else(unsupported)?);
        }
        planes
    };
    // SAFETY: the frame is valid.
    let color = unsafe { AvColor::of_frame(frame.0) }.or(tags.color);
    let (color, guessed) = color.decide(format, size, pixel::is_full_range_alias(av), tags.is_still);
    let sar = f.sample_aspect_ratio;
    let sample_aspect = if tags.container_aspect != (0, 0) {
        tags.container_aspect
    } else if sar.num > 0 && sar.den > 0 {
        (sar.num as u32, sar.den as u32)
    } else {
        tags.usual_aspect
    };
    Ok(Picture {
        format,
        size,
        color,
        are_primaries_guessed: guessed.primaries,
        alpha: AlphaMode::Straight,
        sample_aspect,
        orientation: tags.orientation,
        stands_for: None,
        planes,
        device,
    })
}

fn shared_planes(frame: &Arc<AvFrame>, format: PictureFormat, size: Size) -> Option<Vec<Plane>> {
    let f = frame.get();
    (0..format.plane_count())
        .map(|k| {
            let at = pixel::av_plane(format, k);
            let s = format.plane_size(k, size);
            let (rows, width) = (s.height as usize, s.width as usize * format.bytes_per_sample());
            let (start, stride) = (f.data[at].cast_const(), f.linesize[at] as isize);
            if start.is_null() || stride.unsigned_abs() < width {
                return None;
            }
            if stride > 0 {
                let len = stride as usize * (rows - 1) + width;
                return Plane::new(Arc::new(FramePlane { _frame: frame.clone(), start, len }), 0, stride as usize, width, rows);
            }
            // Stored bottom-up: the only layout that a plane cannot express, so it is copied.
            let mut copy = Vec::with_capacity(width * rows);
            for y in 0..rows as isize {
                // SAFETY: FFmpeg keeps `width` bytes at every row.
                copy.extend_from_slice(unsafe { std::slice::from_raw_parts(start.offset(stride * y), width) });
            }
            Plane::new(Arc::new(copy), 0, width, width, rows)
        })
        .collect()
}

/// Unpacks a frame into one tightly packed buffer per plane of `format`.
fn spread(f: &ffi::AVFrame, av: AVPixelFormat, format: PictureFormat, size: Size) -> Option<Vec<Vec<u8>>> {
    let d = pixel::descriptor(av)?;
    let palette = d.flags & u64::from(ffi::AV_PIX_FMT_FLAG_PAL as u32) != 0;
    let mut planes = Vec::new();
    for k in 0..format.plane_count() {
        let s = format.plane_size(k, size);
        // Components are in the order Y U V or R G B in every descriptor, alpha last.
        let component = if format.alpha && k + 1 == format.plane_count() { usize::from(d.nb_components) - 1 } else { k };
        let mut out = Vec::with_capacity(s.width as usize * s.height as usize * format.bytes_per_sample());
        for y in 0..s.height as usize {
            if palette {
                palette_row(f, s.width as usize, y, k, &mut out)?;
            } else {
                component_row(f, d, av, format, component, s.width as usize, y, &mut out)?;
            }
        }
        planes.push(out);
    }
    Some(planes)
}

/// The first `len` bytes of row `y` of FFmpeg's plane `plane`.
fn row(f: &ffi::AVFrame, plane: usize, y: usize, len: usize) -> Option<&[u8]> {
    let start = *f.data.get(plane)?;
    let stride = f.linesize[plane] as isize;
    if start.is_null() || stride.unsigned_abs() < len {
        return None;
    }
    // SAFETY: the row is inside the frame's plane and at least `len` bytes long.
    Some(unsafe { std::slice::from_raw_parts(start.offset(stride * y as isize), len) })
}

/// Appends row `y` of component `k` of a paletted frame. Palettes are 256 native-endian 0xAARRGGBB
/// words in plane 1.
fn palette_row(f: &ffi::AVFrame, width: usize, y: usize, k: usize, out: &mut Vec<u8>) -> Option<()> {
    let palette = f.data[1].cast_const();
    if palette.is_null() {
        return None;
    }
    // SAFETY: FFmpeg allocates AVPALETTE_SIZE (1024) bytes for a palette.
    let palette = unsafe { std::slice::from_raw_parts(palette, 1024) };
    let shift = [16, 8, 0, 24][k];
    out.extend(row(f, 0, y, width)?.iter().map(|&i| {
        let e = &palette[4 * usize::from(i)..][..4];
        (u32::from_ne_bytes([e[0], e[1], e[2], e[3]]) >> shift) as u8
    }));
    Some(())
}

fn component_row(
    f: &ffi::AVFrame,
    d: &AVPixFmtDescriptor,
    av: AVPixelFormat,
    format: PictureFormat,
    component: usize,
    width: usize,
    y: usize,
    out: &mut Vec<u8>,
) -> Option<()> {
    let c = d.comp[component];
    let flag = |bit: u32| d.flags & u64::from(bit) != 0;
    let (big, bits_packed, float) = (
        flag(ffi::AV_PIX_FMT_FLAG_BE as u32),
        flag(ffi::AV_PIX_FMT_FLAG_BITSTREAM as u32),
        flag(ffi::AV_PIX_FMT_FLAG_FLOAT as u32),
    );
    let (step, offset) = (c.step as usize, c.offset as usize);
    let samples = |bytes: usize| row(f, c.plane as usize, y, (width - 1) * step + offset + bytes);
    if float {
        let read = samples(c.depth as usize / 8)?;
        for x in 0..width {
            let b = &read[x * step + offset..];
            let value = match (c.depth, big) {
                (16, false) => half_to_f32(u16::from_le_bytes([b[0], b[1]])),
                (16, true) => half_to_f32(u16::from_be_bytes([b[0], b[1]])),
                (32, false) => f32::from_le_bytes([b[0], b[1], b[2], b[3]]),
                (32, true) => f32::from_be_bytes([b[0], b[1], b[2], b[3]]),
                _ => return None,
            };
            out.extend_from_slice(&value.to_le_bytes());
        }
        return Some(());
    }
    if !bits_packed && c.depth == 8 && c.shift == 0 && format.bits == 8 {
        let read = samples(1)?;
        out.extend(read[offset..].iter().step_by(step).take(width));
        return Some(());
    }
    // Samples in separate 16-bit words.
    if !bits_packed
        && c.depth > 8
        && c.depth <= 16
        && i32::from(format.bits) == c.depth
        && step % 2 == 0
        && offset % 2 == 0
        && c.shift + c.depth <= 16
    {
        let read = samples(2)?;
        let mask = ((1u32 << c.depth) - 1) as u16;
        for x in 0..width {
            let b = &read[x * step + offset..];
            let word = if big { u16::from_be_bytes([b[0], b[1]]) } else { u16::from_le_bytes([b[0], b[1]]) };
            out.extend_from_slice(&(word >> c.shift & mask).to_le_bytes());
        }
        return Some(());
    }
    // All other layouts (5-6-5, 10-10-10-2, single bits): FFmpeg's own component reader, with
    // samples scaled so that full scale remains full scale.
    let mut line = vec![0u16; width];
    let mut data = [std::ptr::null::<u8>(); 4];
    for (to, from) in data.iter_mut().zip(f.data) {
        *to = from.cast_const();
    }
    // SAFETY: planes and strides are the frame's own, `line` holds `width` elements of two bytes.
    unsafe {
        ffi::av_read_image_line2(
            line.as_mut_ptr().cast(),
            data.as_mut_ptr(),
            f.linesize.as_ptr(),
            d,
            0,
            y as i32,
            component as i32,
            width as i32,
            0,
            2,
        );
    }
    let inverted = av == AVPixelFormat::AV_PIX_FMT_MONOWHITE;
    let (from_max, to_max) = ((1u32 << c.depth) - 1, (1u32 << format.bits) - 1);
    for v in line {
        let v = if inverted { from_max - u32::from(v) } else { u32::from(v) };
        let v = if format.model == ColorModel::Yuv {
            v << (i32::from(format.bits) - c.depth)
        } else {
            (v * to_max + from_max / 2) / from_max
        };
        match format.bytes_per_sample() {
            1 => out.push(v as u8),
            _ => out.extend_from_slice(&(v as u16).to_le_bytes()),
        }
    }
    Some(())
}

/// Converts IEEE 754 binary16 to binary32, exactly.
fn half_to_f32(h: u16) -> f32 {
    let (sign, exponent, fraction) = (u32::from(h >> 15) << 31, u32::from(h >> 10 & 31), u32::from(h & 1023));
    match exponent {
        0 => f32::from_bits(sign | (fraction as f32 / 16_777_216.0).to_bits()),
        31 => f32::from_bits(sign | 0x7F80_0000 | fraction << 13),
        e => f32::from_bits(sign | (e + 112) << 23 | fraction << 13),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::CString;

    /// Fills a frame of each of these non-canonical formats with a pattern, unpacks it and compares
    /// every sample with FFmpeg's component reader.
    #[test]
    fn spreading_equals_swscale_for_byte_aligned_formats() {
        crate::init();
        for name in [
            "rgb24",
            "bgr24",
            "argb",
            "rgba",
            "abgr",
            "bgra",
            "0rgb",
            "rgb0",
            "nv12",
            "nv21",
            "nv16",
            "nv24",
            "yuyv422",
            "uyvy422",
            "ya8",
            "rgb48le",
            "rgb48be",
            "rgba64le",
            "rgba64be",
            "bgra64le",
            "p010le",
            "p210le",
            "yuv420p10be",
            "yuv444p16be",
            "gbrp10be",
            "gray16be",
        ] {
            let c = CString::new(name).unwrap();
            // SAFETY: valid C string.
            let av = unsafe { ffi::av_get_pix_fmt(c.as_ptr()) };
            let format = pixel::canonical(av).unwrap();
            let size = Size { width: 38, height: 6 };
            let frame = AvFrame::new();
            // SAFETY: the frame is owned; it gets a format, a size and buffers, which are then
            // filled row by row.
            unsafe {
                (*frame.0).format = av as i32;
                (*frame.0).width = 38;
                (*frame.0).height = 6;
                assert_eq!(ffi::av_frame_get_buffer(frame.0, 0), 0);
                let mut seed = 12345u32;
                for k in 0..4 {
                    let f = &*frame.0;
                    if f.data[k].is_null() {
                        continue;
                    }
                    let rows = if k == 0 { 6 } else { 6 >> pixel::descriptor(av).unwrap().log2_chroma_h };
                    for b in std::slice::from_raw_parts_mut(f.data[k], f.linesize[k] as usize * rows) {
                        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                        *b = (seed >> 24) as u8;
                    }
                }
            }
            let ours = spread(frame.get(), av, format, size).unwrap_or_else(|| panic!("{name}"));
            // Every sample as read by FFmpeg's component reader.
            let d = pixel::descriptor(av).unwrap();
            for (k, plane) in ours.iter().enumerate() {
                let component = if format.alpha && k + 1 == ours.len() { usize::from(d.nb_components) - 1 } else { k };
                let s = format.plane_size(k, size);
                for y in 0..s.height {
                    let mut line = vec![0u16; s.width as usize];
                    let mut data = frame.get().data.map(<*mut u8>::cast_const);
                    // SAFETY: as in `component_row`.
                    unsafe {
                        ffi::av_read_image_line2(
                            line.as_mut_ptr().cast(),
                            data.as_mut_ptr(),
                            frame.get().linesize.as_ptr(),
                            d,
                            0,
                            y as i32,
                            component as i32,
                            s.width as i32,
                            0,
                            2,
                        );
                    }
                    for (x, &want) in line.iter().enumerate() {
                        let at = y as usize * s.width as usize + x;
                        let got = if format.bits == 8 {
                            u16::from(plane[at])
                        } else {
                            u16::from_le_bytes([plane[2 * at], plane[2 * at + 1]])
                        };
                        assert_eq!(got, want, "{name} plane {k} at {x},{y}");
                    }
                }
            }
        }
    }

    #[test]
    fn halves() {
        for (h, v) in [(0x3C00, 1.0), (0xC000, -2.0), (0x0001, 5.960_464_5e-8), (0x7BFF, 65504.0), (0x0000, 0.0)] {
            assert_eq!(half_to_f32(h), v);
        }
        assert!(half_to_f32(0x7C00).is_infinite() && half_to_f32(0x7E00).is_nan());
    }
}
