//! Samples of decoded frames: converted to f32 from the decoder's format, and mixed to other
//! channels where those of a stream change.
use crate::{av_frame::AvFrame, error::ffmpeg_text};
use ffmpeg_next::ffi::{self, AVChannelLayout, AVChannelOrder, AVSampleFormat, SwrContext};
use std::{ffi::CStr, fmt};

/// The channels of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Speakers {
    /// Number of channels.
    pub channels: usize,
    /// FFmpeg's channel mask; `None` when no mask describes them.
    pub mask: Option<u64>,
}

impl Speakers {
    /// The channels of a decoded frame.
    pub fn of(frame: &AvFrame) -> Self {
        let layout = &frame.get().ch_layout;
        Self { channels: usize::try_from(layout.nb_channels).unwrap_or(0), mask: native_mask(layout) }
    }

    /// Whether the number of channels is equal and the masks are, as far as both are known.
    pub fn is_like(self, other: Self) -> bool {
        self.channels == other.channels && (self.mask.is_none() || other.mask.is_none() || self.mask == other.mask)
    }

    /// FFmpeg's layout; the default one of the number of channels without a mask.
    fn layout(self) -> AVChannelLayout {
        // SAFETY: an all-zero layout is a valid value for FFmpeg to fill; default and native
        // layouts own no memory.
        unsafe {
            let mut layout: AVChannelLayout = std::mem::zeroed();
            if self.mask.is_none_or(|mask| ffi::av_channel_layout_from_mask(&mut layout, mask) < 0) {
                ffi::av_channel_layout_default(&mut layout, i32::try_from(self.channels).unwrap_or(0));
            }
            layout
        }
    }
}

impl fmt::Display for Speakers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&layout_name(&self.layout()))
    }
}

/// The mask of a layout in native order; `None` for other layouts.
pub(crate) fn native_mask(layout: &AVChannelLayout) -> Option<u64> {
    let is_native = layout.order == AVChannelOrder::AV_CHANNEL_ORDER_NATIVE;
    // SAFETY: layouts in native order hold their mask in the union.
    if is_native { Some(unsafe { layout.u.mask }) } else { None }
}

/// FFmpeg's name of a layout, such as `5.1(side)`.
pub(crate) fn layout_name(layout: &AVChannelLayout) -> String {
    let mut buffer = [0u8; 128];
    // SAFETY: the buffer is writable for the length given.
    let r = unsafe { ffi::av_channel_layout_describe(layout, buffer.as_mut_ptr().cast(), buffer.len()) };
    if r < 0 {
        return String::new();
    }
    CStr::from_bytes_until_nul(&buffer).map(|s| s.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Mixes frames of one layout to another at the same rate, with the default coefficients of
/// FFmpeg's libswresample.
pub(crate) struct Mixer {
    from: Speakers,
    to: Speakers,
    context: *mut SwrContext,
}

// SAFETY: the context is owned and used by one thread at a time (`&mut self`).
unsafe impl Send for Mixer {}

impl Mixer {
    /// A mixer; layouts that cannot be mixed are reported by [`Self::mix`].
    pub fn new(from: Speakers, to: Speakers) -> Self {
        // SAFETY: no preconditions; null is refused by `mix`.
        Self { from, to, context: unsafe { ffi::swr_alloc() } }
    }

    /// The layout that it mixes from.
    pub fn from(&self) -> Speakers {
        self.from
    }

    /// The frame's samples in the other layout; their number does not change.
    pub fn mix(&mut self, frame: &AvFrame) -> Result<AvFrame, String> {
        if self.context.is_null() {
            return Err("out of memory".into());
        }
        let (named, mixed) = (frame.share(), AvFrame::new());
        // SAFETY: both frames are valid and ours; the first call sets up the context from the
        // frames' properties. The layouts own no memory.
        let r = unsafe {
            (*named.0).ch_layout = self.from.layout();
            (*mixed.0).ch_layout = self.to.layout();
            (*mixed.0).sample_rate = frame.get().sample_rate;
            (*mixed.0).format = AVSampleFormat::AV_SAMPLE_FMT_FLTP as i32;
            ffi::swr_convert_frame(self.context, mixed.0, named.0)
        };
        match r {
            0 if mixed.get().nb_samples == frame.get().nb_samples => Ok(mixed),
            0 => Err("libswresample gave another number of samples".into()),
            r => Err(ffmpeg_text(r)),
        }
    }
}

impl Drop for Mixer {
    fn drop(&mut self) {
        // SAFETY: owned, freed once; null is allowed.
        unsafe { ffi::swr_free(&mut self.context) };
    }
}

/// Appends samples `skip..samples` of channel `c` as f32, full scale ±1. A channel that the frame
/// lacks and unsupported sample formats are silent.
pub(crate) fn append_channel(frame: &AvFrame, c: usize, skip: usize, samples: usize, out: &mut Vec<f32>) {
    let f = frame.get();
    let channels = usize::try_from(f.ch_layout.nb_channels).unwrap_or(0);
    if c >= channels || skip >= samples {
        out.resize(out.len() + (samples - skip), 0.0);
        return;
    }
    // SAFETY: every number that a decoder writes to an audio frame's format is a sample format of
    // the linked FFmpeg.
    let (format, planar) = unsafe {
        let format = std::mem::transmute::<i32, AVSampleFormat>(f.format.clamp(-1, AVSampleFormat::AV_SAMPLE_FMT_NB as i32 - 1));
        (ffi::av_get_packed_sample_fmt(format), ffi::av_sample_fmt_is_planar(format) != 0)
    };
    let width = match format {
        AVSampleFormat::AV_SAMPLE_FMT_U8 => 1,
        AVSampleFormat::AV_SAMPLE_FMT_S16 => 2,
        AVSampleFormat::AV_SAMPLE_FMT_S32 | AVSampleFormat::AV_SAMPLE_FMT_FLT => 4,
        AVSampleFormat::AV_SAMPLE_FMT_DBL | AVSampleFormat::AV_SAMPLE_FMT_S64 => 8,
        _ => {
            out.resize(out.len() + (samples - skip), 0.0);
            return;
        }
    };
    let (plane, first, step) = if planar { (c, 0, width) } else { (0, c * width, width * channels) };
    // SAFETY: FFmpeg keeps `nb_samples` samples of each channel in the planes of `extended_data`.
    let bytes = unsafe {
        let start = *f.extended_data.add(plane);
        std::slice::from_raw_parts(start.cast_const(), if planar { samples * width } else { samples * width * channels })
    };
    let each = (skip..samples).map(|i| &bytes[i * step + first..][..width]);
    match format {
        AVSampleFormat::AV_SAMPLE_FMT_U8 => out.extend(each.map(|b| (f32::from(b[0]) - 128.0) / 128.0)),
        AVSampleFormat::AV_SAMPLE_FMT_S16 => out.extend(each.map(|b| f32::from(i16::from_ne_bytes([b[0], b[1]])) / 32768.0)),
        AVSampleFormat::AV_SAMPLE_FMT_S32 => {
            out.extend(each.map(|b| (f64::from(i32::from_ne_bytes([b[0], b[1], b[2], b[3]])) / 2_147_483_648.0) as f32));
        }
        AVSampleFormat::AV_SAMPLE_FMT_FLT => out.extend(each.map(|b| f32::from_ne_bytes([b[0], b[1], b[2], b[3]]))),
        AVSampleFormat::AV_SAMPLE_FMT_DBL => {
            out.extend(each.map(|b| f64::from_ne_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]) as f32));
        }
        _ => out.extend(each.map(|b| {
            (i64::from_ne_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]) as f64 / 9_223_372_036_854_775_808.0) as f32
        })),
    }
}
