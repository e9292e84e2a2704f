//! Pictures and samples as FFmpeg frames. Planes are lent to the encoder without a copy wherever it
//! reads nothing outside them: each plane becomes a buffer whose free callback drops a reference to
//! the plane's memory.
use crate::MediaError;
use crate::pixel;
use crate::tags::AvColor;
use crate::write::video::Input;
use cutroom_types::{ColorModel, Picture, PictureFormat, Plane};
use ffmpeg_next::ffi::{self, AVPixelFormat, AVRational};
use std::ffi::c_void;

/// An FFmpeg frame, freed on drop.
pub(crate) struct AvFrame(*mut ffi::AVFrame);

impl AvFrame {
    pub fn as_ptr(&self) -> *const ffi::AVFrame {
        self.0
    }

    pub fn as_mut_ptr(&mut self) -> *mut ffi::AVFrame {
        self.0
    }

    pub fn empty() -> Result<Self, MediaError> {
        // SAFETY: plain allocation.
        let frame = unsafe { ffi::av_frame_alloc() };
        if frame.is_null() { Err(out_of_memory()) } else { Ok(Self(frame)) }
    }
}

impl Drop for AvFrame {
    fn drop(&mut self) {
        // SAFETY: allocated by `av_frame_alloc`, freed once.
        unsafe { ffi::av_frame_free(&mut self.0) };
    }
}

fn out_of_memory() -> MediaError {
    MediaError::Internal { operation: "allocating a frame", reason: "out of memory".into() }
}

/// Interleaved layout: for each sample of a pixel the plane that it is read from, `None` for
/// opaque padding.
struct Packing {
    av: AVPixelFormat,
    order: &'static [Option<usize>],
    /// Whether samples of two bytes are stored with the higher one first.
    big_endian: bool,
}

fn packing(input: Input, f: PictureFormat) -> Option<Packing> {
    use AVPixelFormat as A;
    use ColorModel::{Gray, Rgb};
    const RGB: &[Option<usize>] = &[Some(0), Some(1), Some(2)];
    const RGBA: &[Option<usize>] = &[Some(0), Some(1), Some(2), Some(3)];
    const ARGB: &[Option<usize>] = &[Some(3), Some(0), Some(1), Some(2)];
    const BGRA: &[Option<usize>] = &[Some(2), Some(1), Some(0), Some(3)];
    const BGR0: &[Option<usize>] = &[Some(2), Some(1), Some(0), None];
    const GRAY: &[Option<usize>] = &[Some(0)];
    let (av, order) = match (input, f.model, f.bits, f.alpha) {
        (Input::PlanesOrBgr, Rgb, 8, false) => (A::AV_PIX_FMT_BGR0, BGR0),
        (Input::PlanesOrBgr | Input::BgraOrPlanes | Input::Palette, Rgb, 8, true) => (A::AV_PIX_FMT_BGRA, BGRA),
        (Input::BgraOrPlanes | Input::Palette, Rgb, 8, false) => (A::AV_PIX_FMT_BGRA, BGR0),
        (Input::PackedArgb, Rgb, 8, true) => (A::AV_PIX_FMT_ARGB, ARGB),
        (Input::PackedRgb | Input::PackedRgbLittle | Input::PackedArgb, Rgb, 8, false) => (A::AV_PIX_FMT_RGB24, RGB),
        (Input::PackedRgb | Input::PackedRgbLittle, Rgb, 8, true) => (A::AV_PIX_FMT_RGBA, RGBA),
        (Input::PackedRgb, Rgb, 16, false) => (A::AV_PIX_FMT_RGB48BE, RGB),
        (Input::PackedRgb, Rgb, 16, true) => (A::AV_PIX_FMT_RGBA64BE, RGBA),
        (Input::PackedRgbLittle, Rgb, 16, false) => (A::AV_PIX_FMT_RGB48LE, RGB),
        (Input::PackedRgbLittle, Rgb, 16, true) => (A::AV_PIX_FMT_RGBA64LE, RGBA),
        (Input::PackedRgb | Input::PackedRgbLittle, Gray, 8, false) => (A::AV_PIX_FMT_GRAY8, GRAY),
        (Input::PackedRgb, Gray, 16, false) => (A::AV_PIX_FMT_GRAY16BE, GRAY),
        (Input::PackedRgbLittle, Gray, 16, false) => (A::AV_PIX_FMT_GRAY16LE, GRAY),
        _ => return None,
    };
    Some(Packing { av, order, big_endian: input == Input::PackedRgb })
}

/// The pixel format of the frames made of pictures of `format`; `None` when FFmpeg has none.
pub(crate) fn frame_format(input: Input, format: PictureFormat) -> Option<AVPixelFormat> {
    if input == Input::SemiPlanar {
        return match (format.model, format.bits, format.chroma_shift_x, format.chroma_shift_y) {
            (ColorModel::Yuv, 8, 1, 1) => Some(AVPixelFormat::AV_PIX_FMT_NV12),
            (ColorModel::Yuv, 10, 1, 1) => Some(AVPixelFormat::AV_PIX_FMT_P010LE),
            _ => None,
        };
    }
    packing(input, format).map(|p| p.av).or_else(|| pixel::av_format(format))
}

/// The pixel format that the encoder gets for pictures of `format`; `None` when FFmpeg has none.
pub(crate) fn encoder_format(input: Input, format: PictureFormat) -> Option<AVPixelFormat> {
    let frames = frame_format(input, format);
    if input == Input::Palette { frames.map(|_| AVPixelFormat::AV_PIX_FMT_PAL8) } else { frames }
}

/// Converts a picture to the layout that the encoder needs, or that is made a palette of. The
/// encoder must have been opened with the picture's format.
pub(crate) fn video_frame(picture: &Picture, input: Input, pts: i64) -> Result<AvFrame, MediaError> {
    let av = frame_format(input, picture.format)
        .ok_or_else(|| MediaError::Internal { operation: "wrapping a picture", reason: picture.format.to_string() })?;
    let mut frame = AvFrame::empty()?;
    // SAFETY: the frame is valid and ours; all fields written are plain numbers.
    unsafe {
        let f = frame.0;
        (*f).width = picture.size.width as i32;
        (*f).height = picture.size.height as i32;
        (*f).format = av as i32;
        (*f).pts = pts;
        (*f).sample_aspect_ratio = AVRational { num: picture.sample_aspect.0 as i32, den: picture.sample_aspect.1 as i32 };
        AvColor::from_tags(picture.color).write_to_frame(f);
    }
    if let Some(packing) = packing(input, picture.format) {
        allocate(&mut frame)?;
        interleave(&mut frame, picture, &packing);
    } else if input == Input::SemiPlanar {
        allocate(&mut frame)?;
        join_chroma(&mut frame, picture);
    } else if input == Input::Premultiplied && picture.format.alpha {
        allocate(&mut frame)?;
        premultiply(&mut frame, picture);
    } else if input == Input::PaddedPlanes || !picture.planes.iter().all(|p| lendable(p, picture.format)) {
        allocate(&mut frame)?;
        copy_planes(&mut frame, picture);
    } else {
        lend_planes(&mut frame, picture)?;
    }
    Ok(frame)
}

/// Whether FFmpeg can read the plane in place: samples are naturally aligned and strides fit its
/// integers.
fn lendable(plane: &Plane, format: PictureFormat) -> bool {
    let sample = format.bytes_per_sample();
    plane.data().as_ptr().addr().is_multiple_of(sample)
        && plane.stride_bytes().is_multiple_of(sample)
        && i32::try_from(plane.stride_bytes()).is_ok()
}

fn lend_planes(frame: &mut AvFrame, picture: &Picture) -> Result<(), MediaError> {
    /// Drops the reference to the memory; may run on any of the encoder's threads.
    unsafe extern "C" fn give_back(share: *mut c_void, _data: *mut u8) {
        // SAFETY: `share` is the `Box<Plane>` leaked below; FFmpeg calls this exactly once, and
        // planes are `Send`.
        drop(unsafe { Box::from_raw(share.cast::<Plane>()) });
    }
    for (k, plane) in picture.planes.iter().enumerate() {
        let slot = pixel::av_plane(picture.format, k);
        let share = Box::into_raw(Box::new(plane.clone()));
        // SAFETY: the bytes live as long as `share`; the buffer is marked read-only, so nothing
        // writes through the pointer.
        unsafe {
            let bytes = (*share).data();
            let data = bytes.as_ptr().cast_mut();
            let buffer = ffi::av_buffer_create(data, bytes.len(), Some(give_back), share.cast(), ffi::AV_BUFFER_FLAG_READONLY);
            if buffer.is_null() {
                drop(Box::from_raw(share));
                return Err(out_of_memory());
            }
            (*frame.0).buf[slot] = buffer;
            (*frame.0).data[slot] = data;
            (*frame.0).linesize[slot] = plane.stride_bytes() as i32;
        }
    }
    Ok(())
}

/// Allocates the frame's own memory, padded as encoders require.
fn allocate(frame: &mut AvFrame) -> Result<(), MediaError> {
    // SAFETY: size and format are set; the frame has no buffers yet.
    if unsafe { ffi::av_frame_get_buffer(frame.0, 0) } < 0 { Err(out_of_memory()) } else { Ok(()) }
}

/// Row `y` of `data[slot]`, `len` bytes.
fn row_mut(frame: &mut AvFrame, slot: usize, y: usize, len: usize) -> &mut [u8] {
    // SAFETY: `allocate` gave the slot rows of at least `len` bytes, `linesize` apart, for the
    // frame's format and size; the callers stay within these.
    unsafe {
        let start = (*frame.0).data[slot].add(y * (*frame.0).linesize[slot] as usize);
        std::slice::from_raw_parts_mut(start, len)
    }
}

fn copy_planes(frame: &mut AvFrame, picture: &Picture) {
    for (k, plane) in picture.planes.iter().enumerate() {
        let slot = pixel::av_plane(picture.format, k);
        for y in 0..plane.rows() {
            let from = plane.row(y);
            row_mut(frame, slot, y, from.len()).copy_from_slice(from);
        }
    }
}

/// Copies planes with Cb and Cr alternating in one; 10 bits go to the upper ones of 16, as P010 has
/// them.
fn join_chroma(frame: &mut AvFrame, picture: &Picture) {
    let sample = picture.format.bytes_per_sample();
    let shift = 16 - u32::from(picture.format.bits.max(8));
    let put = |to: &mut [u8], from: &[u8]| match sample {
        1 => to[0] = from[0],
        _ => to[..2].copy_from_slice(&(u16::from_le_bytes([from[0], from[1]]) << shift).to_le_bytes()),
    };
    let luma = &picture.planes[0];
    for y in 0..luma.rows() {
        let to = row_mut(frame, 0, y, luma.width_bytes());
        to.chunks_exact_mut(sample).zip(luma.row(y).chunks_exact(sample)).for_each(|(to, from)| put(to, from));
    }
    for (k, plane) in picture.planes[1..3].iter().enumerate() {
        for y in 0..plane.rows() {
            let to = row_mut(frame, 1, y, plane.width_bytes() * 2);
            let pairs = to.chunks_exact_mut(2 * sample).zip(plane.row(y).chunks_exact(sample));
            pairs.for_each(|(to, from)| put(&mut to[k * sample..], from));
        }
    }
}

/// Copies float planes with colour multiplied by alpha.
fn premultiply(frame: &mut AvFrame, picture: &Picture) {
    let (color, alpha) = picture.planes.split_at(picture.planes.len() - 1);
    let number = |bytes: &[u8; 4]| f32::from_le_bytes(*bytes);
    for (k, plane) in color.iter().enumerate() {
        let slot = pixel::av_plane(picture.format, k);
        for y in 0..plane.rows() {
            let (from, by) = (plane.row(y).as_chunks::<4>().0, alpha[0].row(y).as_chunks::<4>().0);
            let to = row_mut(frame, slot, y, plane.width_bytes());
            for ((to, value), alpha) in to.as_chunks_mut::<4>().0.iter_mut().zip(from).zip(by) {
                *to = (number(value) * number(alpha)).to_le_bytes();
            }
        }
    }
    let slot = pixel::av_plane(picture.format, color.len());
    for y in 0..alpha[0].rows() {
        let from = alpha[0].row(y);
        row_mut(frame, slot, y, from.len()).copy_from_slice(from);
    }
}

fn interleave(frame: &mut AvFrame, picture: &Picture, packing: &Packing) {
    let sample = picture.format.bytes_per_sample();
    let pixel_bytes = packing.order.len() * sample;
    for y in 0..picture.size.height as usize {
        let to = row_mut(frame, 0, y, picture.size.width as usize * pixel_bytes);
        for (i, plane) in packing.order.iter().enumerate() {
            let Some(plane) = plane else {
                to.iter_mut().skip(i * sample).step_by(pixel_bytes).for_each(|b| *b = 0xff);
                continue;
            };
            let from = picture.planes[*plane].row(y);
            if sample == 1 {
                for (to, from) in to[i..].iter_mut().step_by(pixel_bytes).zip(from) {
                    *to = *from;
                }
            } else if !packing.big_endian {
                for (to, from) in to[2 * i..].chunks_mut(pixel_bytes).zip(from.chunks_exact(2)) {
                    to[..2].copy_from_slice(from);
                }
            } else {
                for (to, from) in to[2 * i..].chunks_mut(pixel_bytes).zip(from.chunks_exact(2)) {
                    to[0] = from[1];
                    to[1] = from[0];
                }
            }
        }
    }
}
