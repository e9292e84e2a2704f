//! Opens decoders of the streams of a file, and tells what there are.
use crate::{
    decoder::{Decoder, setup_error},
    error::MediaError,
    hardware::{self, Device, Negotiation},
    input::Input,
    report::ProblemSink,
};
use ffmpeg_next::ffi::{self, AVCodec, AVCodecContext, AVPixelFormat};
use std::{ffi::CStr, ptr, sync::Arc};

impl Decoder {
    /// Opens the decoder for stream `i`. `threads`: 0 for one per core.
    pub fn open(input: &Input, i: usize, threads: usize) -> Result<Self, MediaError> {
        Self::open_codec(input, i, choose(input, i)?, threads, None)
    }

    /// Opens the decoder for stream `i` in which a graphics device takes part. Whether the device
    /// decodes the stream turns out with its first frame.
    ///
    /// # Errors
    /// Why the device does not decode it.
    pub fn open_on(input: &Input, i: usize, device: &Device) -> Result<Self, String> {
        if has_side_alpha(input, i) {
            return Err("a card does not decode its alpha".into());
        }
        // SAFETY: the stream is valid.
        let id = unsafe { (*(*input.stream(i)).codecpar).codec_id };
        let codec = hardware::decoder(device.kind, id)?;
        // The device decodes; more threads would each hold surfaces.
        Self::open_codec(input, i, codec, 1, Some(device)).map_err(|e| e.to_string())
    }

    fn open_codec(
        input: &Input,
        i: usize,
        codec: *const AVCodec,
        threads: usize,
        device: Option<&Device>,
    ) -> Result<Self, MediaError> {
        let stream = input.stream(i);
        let sink = device.map_or_else(ProblemSink::default, |d| ProblemSink::with_device(Negotiation::with(d.kind)));
        let sink = Arc::new(sink);
        // SAFETY: the stream and its parameters are valid; the context is owned by `decoder` from
        // its creation on, and owns the reference to the device.
        unsafe {
            let par = (*stream).codecpar;
            let context = ffi::avcodec_alloc_context3(codec);
            if context.is_null() {
                return Err(MediaError::Internal { operation: "making a decoder", reason: "out of memory".into() });
            }
            let decoder = Self { context, sink, failures_in_a_row: 0, refused_packets: 0 };
            let r = ffi::avcodec_parameters_to_context(context, par);
            if r < 0 {
                return Err(setup_error(input.path(), &decoder, r));
            }
            (*context).opaque = Arc::as_ptr(&decoder.sink).cast_mut().cast();
            (*context).pkt_timebase = input.time_base(i);
            (*context).thread_count = threads as i32;
            if let Some(device) = device {
                (*context).hw_device_ctx = device.reference();
                (*context).get_format = Some(choose_format);
            }
            // Frames that refer to damaged ones are output, as in players.
            (*context).flags |= ffi::AV_CODEC_FLAG_OUTPUT_CORRUPT as i32;
            // Priming and padding samples are cut by `audio`, which knows their absolute positions.
            (*context).flags2 |= ffi::AV_CODEC_FLAG2_SKIP_MANUAL;
            let r = ffi::avcodec_open2(context, codec, ptr::null_mut());
            if r < 0 {
                return Err(setup_error(input.path(), &decoder, r));
            }
            Ok(decoder)
        }
    }
}

/// Name of the codec of stream `i`; the container's name of it where FFmpeg does not know it, and
/// "none" where the container states none.
pub(crate) fn codec_name(input: &Input, i: usize) -> String {
    if let Some(film) = input.film() {
        return film.codec.to_owned();
    }
    // SAFETY: the stream is valid and FFmpeg returns a static string.
    let (name, id, tag) = unsafe {
        let par = &*(*input.stream(i)).codecpar;
        (CStr::from_ptr(ffi::avcodec_get_name(par.codec_id)), par.codec_id, par.codec_tag)
    };
    if id == ffi::AVCodecID::AV_CODEC_ID_NONE && tag != 0 {
        return format!("\"{}\"", tag.to_le_bytes().escape_ascii());
    }
    name.to_string_lossy().into_owned()
}

/// Whether a VP8/VP9 stream carries alpha in block additions, which only libvpx decodes.
pub(crate) fn has_side_alpha(input: &Input, i: usize) -> bool {
    // SAFETY: the stream and its dictionary are valid.
    unsafe {
        let stream = input.stream(i);
        let entry = ffi::av_dict_get((*stream).metadata, c"alpha_mode".as_ptr(), ptr::null(), 0);
        matches!((*(*stream).codecpar).codec_id, ffi::AVCodecID::AV_CODEC_ID_VP8 | ffi::AVCodecID::AV_CODEC_ID_VP9)
            && !entry.is_null()
            && CStr::from_ptr((*entry).value).to_bytes() == b"1"
    }
}

/// Whether the linked FFmpeg has a decoder for stream `i`.
pub(crate) fn has_decoder(input: &Input, i: usize) -> bool {
    choose(input, i).is_ok()
}

fn choose(input: &Input, i: usize) -> Result<*const AVCodec, MediaError> {
    // SAFETY: the stream is valid; FFmpeg returns null or static codecs.
    unsafe {
        let id = (*(*input.stream(i)).codecpar).codec_id;
        let codec = if has_side_alpha(input, i) {
            let name = if id == ffi::AVCodecID::AV_CODEC_ID_VP8 { c"libvpx" } else { c"libvpx-vp9" };
            let codec = ffi::avcodec_find_decoder_by_name(name.as_ptr());
            if codec.is_null() {
                let codec = format!("{} with alpha (needs libvpx)", codec_name(input, i));
                return Err(MediaError::NoDecoder { path: input.path().into(), codec });
            }
            codec
        } else {
            ffi::avcodec_find_decoder(id)
        };
        if codec.is_null() {
            return Err(MediaError::NoDecoder { path: input.path().into(), codec: codec_name(input, i) });
        }
        Ok(codec)
    }
}

/// FFmpeg's question for the format of frames; `get_format` of contexts whose `opaque` is a sink
/// with a negotiation.
unsafe extern "C" fn choose_format(context: *mut AVCodecContext, offered: *const AVPixelFormat) -> AVPixelFormat {
    // SAFETY: FFmpeg passes the context that the function was set in, whose `opaque` is a sink that
    // outlives it, and a list that ends with NONE.
    unsafe {
        let sink = (*context).opaque.cast::<ProblemSink>();
        let mut count = 0;
        while *offered.add(count) != AVPixelFormat::AV_PIX_FMT_NONE {
            count += 1;
        }
        let offered = std::slice::from_raw_parts(offered, count);
        match (*sink).negotiation() {
            Some(negotiation) => negotiation.choose(offered),
            None => offered.last().copied().unwrap_or(AVPixelFormat::AV_PIX_FMT_NONE),
        }
    }
}
