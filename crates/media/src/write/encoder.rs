//! An opened FFmpeg encoder: frames in, packets out, on the caller's thread.
use crate::MediaError;
use crate::activity;
use crate::error::ffmpeg_text;
use crate::report::ProblemSink;
use crate::tags::AvColor;
use crate::write::device::CardFrames;
use crate::write::encoders::encoder_pointer;
use crate::write::frame::{AvFrame, encoder_format};
use crate::write::text::{self, TextPacket};
use crate::write::validate::{CheckedAudio, CheckedVideo};
use ffmpeg_next::ffi::{self, AVRational};
use std::ffi::CString;

/// An encoded packet, freed on drop.
pub(crate) struct AvPacket(*mut ffi::AVPacket);

// SAFETY: a packet is owned, and its bytes are shared only through counted references.
unsafe impl Send for AvPacket {}

impl AvPacket {
    /// A text as a packet, in ticks of text tracks.
    pub fn of_text(text: &TextPacket) -> Result<Self, MediaError> {
        let failed = || MediaError::Internal { operation: "making a packet", reason: "out of memory".into() };
        // SAFETY: no preconditions.
        let packet = unsafe { ffi::av_packet_alloc() };
        if packet.is_null() {
            return Err(failed());
        }
        let packet = Self(packet);
        // SAFETY: the packet is valid and empty; FFmpeg allocates the bytes that are then written.
        unsafe {
            if ffi::av_new_packet(packet.0, text.payload.len() as i32) < 0 {
                return Err(failed());
            }
            (*packet.0).data.copy_from_nonoverlapping(text.payload.as_ptr(), text.payload.len());
            (*packet.0).pts = text::ticks(text.start);
            (*packet.0).dts = (*packet.0).pts;
            (*packet.0).duration = (text::ticks(text.end) - (*packet.0).pts).max(1);
            (*packet.0).flags |= ffi::AV_PKT_FLAG_KEY;
            if !text.settings.is_empty() {
                let kind = ffi::AVPacketSideDataType::AV_PKT_DATA_WEBVTT_SETTINGS;
                let side = ffi::av_packet_new_side_data(packet.0, kind, text.settings.len());
                if side.is_null() {
                    return Err(failed());
                }
                side.copy_from_nonoverlapping(text.settings.as_ptr(), text.settings.len());
            }
        }
        Ok(packet)
    }

    /// A packet of `size` bytes, not yet set, without times.
    pub fn of_size(size: usize) -> Result<Self, MediaError> {
        let failed = || MediaError::Internal { operation: "making a packet", reason: "out of memory".into() };
        // SAFETY: no preconditions.
        let packet = Self(unsafe { ffi::av_packet_alloc() });
        let size = i32::try_from(size).map_err(|_| failed())?;
        // SAFETY: the packet is checked to be valid and is empty; FFmpeg allocates its bytes, which are then
        // set to 0.
        unsafe {
            if packet.0.is_null() || ffi::av_new_packet(packet.0, size) < 0 {
                return Err(failed());
            }
            (*packet.0).data.write_bytes(0, size as usize);
        }
        Ok(packet)
    }

    pub fn as_ptr(&self) -> *mut ffi::AVPacket {
        self.0
    }

    /// The bytes of a packet made by [`Self::of_size`], for filling them.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: the packet owns `size` bytes at `data`, which nothing else refers to.
        unsafe {
            let (data, size) = ((*self.0).data, (*self.0).size);
            if data.is_null() || size <= 0 { &mut [] } else { std::slice::from_raw_parts_mut(data, size as usize) }
        }
    }

    /// Adds side data of FFmpeg's type number `kind`.
    pub fn add_side_data(&mut self, kind: u32, bytes: &[u8]) -> Result<(), MediaError> {
        let refused = |reason: String| MediaError::Internal { operation: "reading a packet", reason };
        if kind >= ffi::AVPacketSideDataType::AV_PKT_DATA_NB as u32 {
            return Err(refused(format!("FFmpeg has no side data of type {kind}")));
        }
        // SAFETY: the number is one of the enumeration's, which counts from 0 without gaps; the block has as
        // many bytes as are copied.
        unsafe {
            let kind: ffi::AVPacketSideDataType = std::mem::transmute(kind);
            let data = ffi::av_packet_new_side_data(self.0, kind, bytes.len());
            if data.is_null() {
                return Err(refused("out of memory".into()));
            }
            data.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
        }
        Ok(())
    }

    /// Sets the times, in the encoder's time base.
    pub fn set_all_times(&mut self, pts: i64, dts: i64, duration: i64) {
        // SAFETY: the packet is valid while `self` lives; the fields are plain numbers.
        unsafe {
            (*self.0).pts = pts;
            (*self.0).dts = dts;
            (*self.0).duration = duration;
        }
    }

    /// Sets FFmpeg's flags, such as that of keyframes.
    pub fn set_flags(&mut self, flags: u32) {
        // SAFETY: as above.
        unsafe { (*self.0).flags = flags as i32 };
    }

    /// Presentation and decoding timestamp and duration.
    pub fn times(&self) -> (i64, i64, i64) {
        // SAFETY: as above.
        unsafe { ((*self.0).pts, (*self.0).dts, (*self.0).duration) }
    }

    /// The compressed bytes.
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: a packet from the encoder owns `size` bytes at `data`, which is null only when
        // `size` is 0.
        unsafe {
            let (data, size) = ((*self.0).data, (*self.0).size);
            if data.is_null() || size <= 0 { &[] } else { std::slice::from_raw_parts(data, size as usize) }
        }
    }

    /// Declares that only the first samples of a frame of `frame_samples` are audible, if the
    /// packet's duration is shorter and nothing else declares it.
    pub fn mark_padding(&self, frame_samples: usize) {
        // SAFETY: the packet is valid; the side data that FFmpeg returns has the ten bytes
        // requested: little-endian counts of samples to skip at the start and at the end, and two
        // reasons.
        unsafe {
            let padding = frame_samples as i64 - (*self.0).duration;
            let kind = ffi::AVPacketSideDataType::AV_PKT_DATA_SKIP_SAMPLES;
            if (*self.0).duration <= 0
                || padding <= 0
                || !ffi::av_packet_get_side_data(self.0, kind, std::ptr::null_mut()).is_null()
            {
                return;
            }
            let data = ffi::av_packet_new_side_data(self.0, kind, 10);
            if !data.is_null() {
                data.write_bytes(0, 10);
                data.add(4).copy_from((padding as u32).to_le_bytes().as_ptr(), 4);
            }
        }
    }

    /// Sets when it is presented and for how long; it is decoded at the same time.
    pub fn set_times(&self, start: i64, length: i64) {
        // SAFETY: the packet is valid while `self` lives; the fields are plain numbers.
        unsafe {
            (*self.0).pts = start;
            (*self.0).dts = start;
            (*self.0).duration = length;
        }
    }

    /// Presentation timestamp in the stream's time base.
    pub fn pts(&self) -> i64 {
        // SAFETY: the packet is valid while `self` lives.
        unsafe { (*self.0).pts }
    }

    /// Whether decoding can begin with it.
    pub fn is_key(&self) -> bool {
        // SAFETY: as above.
        unsafe { (*self.0).flags & ffi::AV_PKT_FLAG_KEY != 0 }
    }

    /// Decoding timestamp in the stream's time base.
    pub fn dts(&self) -> i64 {
        // SAFETY: the packet is valid while `self` lives.
        unsafe { (*self.0).dts }
    }
}

impl Drop for AvPacket {
    fn drop(&mut self) {
        // SAFETY: allocated by `av_packet_alloc`, freed once.
        unsafe { ffi::av_packet_free(&mut self.0) };
    }
}

/// An opened encoder.
pub(crate) struct Encoder {
    context: *mut ffi::AVCodecContext,
    name: &'static str,
    /// Messages of the encoder; the context's `opaque` points here.
    complaints: Box<ProblemSink>,
    has_frames: bool,
}

// SAFETY: an `AVCodecContext` may be used from any thread, one at a time; `&mut self` and ownership
// ensure that. The sink is locked.
unsafe impl Send for Encoder {}

impl Encoder {
    fn allocate(name: &'static str) -> Result<Self, MediaError> {
        let codec = encoder_pointer(name);
        if codec.is_null() {
            return Err(MediaError::Missing { kind: "encoder", name: name.to_owned() });
        }
        // SAFETY: `codec` is a static description of an encoder.
        let context = unsafe { ffi::avcodec_alloc_context3(codec) };
        if context.is_null() {
            return Err(MediaError::Internal { operation: "allocating an encoder", reason: "out of memory".into() });
        }
        let complaints = Box::<ProblemSink>::default();
        // SAFETY: the context was just allocated; the sink is freed after it.
        unsafe { (*context).opaque = (&raw const *complaints).cast_mut().cast() };
        Ok(Self { context, name, complaints, has_frames: false })
    }

    /// Opens a video encoder. `card`: the frames on a graphics card that it takes; `global_header`:
    /// parameter sets are stored in the container instead of the stream.
    pub fn open_video(v: &CheckedVideo, card: Option<&CardFrames>, global_header: bool) -> Result<Self, MediaError> {
        let s = v.settings;
        let format = encoder_format(v.codec.input, s.format).ok_or_else(|| MediaError::EncoderSetup {
            encoder: v.codec.encoder.into(),
            reason: format!("FFmpeg has no pixel format for {}", s.format),
        })?;
        let encoder = Self::allocate(v.codec.encoder)?;
        // SAFETY: the context was just allocated and is not open; all fields written are plain
        // numbers.
        unsafe {
            let c = encoder.context;
            (*c).width = s.size.width as i32;
            (*c).height = s.size.height as i32;
            (*c).pix_fmt = format;
            (*c).time_base = AVRational { num: s.frame_rate.den() as i32, den: s.frame_rate.num() as i32 };
            (*c).framerate = AVRational { num: s.frame_rate.num() as i32, den: s.frame_rate.den() as i32 };
            (*c).sample_aspect_ratio = AVRational { num: s.sample_aspect.0 as i32, den: s.sample_aspect.1 as i32 };
            AvColor::from_tags(s.color).write_to_context(c);
            if let Some(card) = card {
                (*c).pix_fmt = ffi::AVPixelFormat::AV_PIX_FMT_VAAPI;
                (*c).hw_frames_ctx = card.share();
            }
        }
        for (name, value) in &v.options {
            encoder.set_option(name, value)?;
        }
        encoder.open(global_header)
    }

    /// Opens an audio encoder.
    pub fn open_audio(a: &CheckedAudio, global_header: bool) -> Result<Self, MediaError> {
        let encoder = Self::allocate(a.form.encoder)?;
        let kbps = a.settings.bitrate_kbps.unwrap_or(a.codec.default_kbps_per_channel * a.settings.channels);
        // SAFETY: as above; the channel layout of a fresh context is empty, so nothing is
        // overwritten that needs freeing.
        unsafe {
            let c = encoder.context;
            (*c).sample_rate = a.settings.rate_hz as i32;
            (*c).sample_fmt = a.form.sample_format;
            (*c).bits_per_raw_sample = a.form.raw_bits as i32;
            (*c).time_base = AVRational { num: 1, den: a.settings.rate_hz as i32 };
            (*c).bit_rate = i64::from(kbps) * 1000;
            ffi::av_channel_layout_default(&mut (*c).ch_layout, a.settings.channels as i32);
        }
        if a.codec.id == "opus" && a.settings.channels > 2 {
            // By default FFmpeg's wrapper writes five and seven channels in a wrong order.
            encoder.set_option("mapping_family", "1")?;
        }
        encoder.open(global_header)
    }

    /// Sets an option of the encoder or of all codecs by name. Unknown names and invalid values are
    /// errors.
    fn set_option(&self, name: &str, value: &str) -> Result<(), MediaError> {
        let fail = |reason: String| self.refused(reason);
        let (Ok(c_name), Ok(c_value)) = (CString::new(name), CString::new(value)) else {
            return Err(fail(format!("the option {name} holds a zero byte")));
        };
        // SAFETY: both strings are valid; `priv_data` is an object with options exactly when the
        // codec has a private class.
        let result = unsafe {
            let mut result = ffi::AVERROR_OPTION_NOT_FOUND;
            if !(*(*self.context).codec).priv_class.is_null() {
                result = ffi::av_opt_set((*self.context).priv_data, c_name.as_ptr(), c_value.as_ptr(), 0);
            }
            if result == ffi::AVERROR_OPTION_NOT_FOUND {
                result = ffi::av_opt_set(self.context.cast(), c_name.as_ptr(), c_value.as_ptr(), 0);
            }
            result
        };
        match result {
            r if r >= 0 => Ok(()),
            ffi::AVERROR_OPTION_NOT_FOUND => Err(fail(format!("it has no option \"{name}\""))),
            r => Err(fail(format!("\"{value}\" is not a value for its option \"{name}\": {}", ffmpeg_text(r)))),
        }
    }

    fn open(self, global_header: bool) -> Result<Self, MediaError> {
        // SAFETY: the context is complete and not open yet; a null codec means the one it was
        // allocated for.
        let result = unsafe {
            if global_header {
                (*self.context).flags |= ffi::AV_CODEC_FLAG_GLOBAL_HEADER as i32;
            }
            ffi::avcodec_open2(self.context, std::ptr::null(), std::ptr::null_mut())
        };
        if result < 0 {
            return Err(self.refused(format!("it refuses the settings: {}", self.in_words(result))));
        }
        // Lists of an encoder's own parameters (`x264-params` …) are parsed when it opens, and
        // errors in them are only logged as warnings.
        let ignored = self.complaints.report().messages.into_iter().find(|m| m.contains("option") || m.contains("Unknown"));
        match ignored {
            Some(message) => Err(self.refused(message)),
            None => Ok(self),
        }
    }

    /// The open context, for the muxer to read.
    pub fn context(&self) -> *const ffi::AVCodecContext {
        self.context
    }

    /// The parameter sets that the container keeps; empty where there are none.
    pub fn extradata(&self) -> &[u8] {
        // SAFETY: an open context owns `extradata_size` bytes at `extradata`, or neither.
        unsafe {
            let (data, size) = ((*self.context).extradata, (*self.context).extradata_size);
            if data.is_null() || size <= 0 { &[] } else { std::slice::from_raw_parts(data, size as usize) }
        }
    }

    /// Time base of frames and packets.
    pub fn time_base(&self) -> AVRational {
        // SAFETY: the context is valid while `self` lives.
        unsafe { (*self.context).time_base }
    }

    /// Samples per frame, except the last; 0 for any number.
    pub fn frame_samples(&self) -> usize {
        // SAFETY: as above.
        usize::try_from(unsafe { (*self.context).frame_size }).unwrap_or(0)
    }

    /// Sends one frame, or `None` after the last.
    pub fn send(&mut self, frame: Option<&AvFrame>) -> Result<(), MediaError> {
        let _doing = activity::encoding(self.name);
        self.has_frames |= frame.is_some();
        let frame = frame.map_or(std::ptr::null(), AvFrame::as_ptr);
        // SAFETY: the context is open; the frame is valid or null. The encoder takes its own
        // references.
        let result = unsafe { ffi::avcodec_send_frame(self.context, frame) };
        if result < 0 { Err(self.failed(result)) } else { Ok(()) }
    }

    /// The next packet; `None` when the encoder needs more frames or, after the end, when there are
    /// no more packets.
    pub fn receive(&mut self) -> Result<Option<AvPacket>, MediaError> {
        // SAFETY: plain allocation.
        let packet = AvPacket(unsafe { ffi::av_packet_alloc() });
        if packet.0.is_null() {
            return Err(self.failed(ffi::AVERROR(ffi::ENOMEM)));
        }
        // SAFETY: the context is open and the packet is empty.
        match unsafe { ffi::avcodec_receive_packet(self.context, packet.0) } {
            0.. => Ok(Some(packet)),
            r if r == ffi::AVERROR(ffi::EAGAIN) || r == ffi::AVERROR_EOF => Ok(None),
            r => Err(self.failed(r)),
        }
    }

    fn failed(&self, result: i32) -> MediaError {
        MediaError::Encode { encoder: self.name.into(), reason: self.in_words(result) }
    }

    fn refused(&self, reason: String) -> MediaError {
        MediaError::EncoderSetup { encoder: self.name.into(), reason }
    }

    /// FFmpeg's text for a result, followed by the encoder's own messages.
    fn in_words(&self, result: i32) -> String {
        let mut text = ffmpeg_text(result);
        for message in self.complaints.report().messages {
            text.push_str("; ");
            text.push_str(&message);
        }
        text
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        // SAFETY: allocated by `avcodec_alloc_context3`, freed once. A null frame ends the stream
        // of an open encoder.
        unsafe {
            // SVT-AV1's shutdown blocks for ever unless its stream was ended and drained, and even
            // then when it received no frame.
            if self.name == "libsvtav1" && ffi::avcodec_is_open(self.context) != 0 {
                if !self.has_frames {
                    // Its idle threads and memory remain until the process ends, together with the
                    // sink that they may write to.
                    std::mem::forget(std::mem::take(&mut self.complaints));
                    return;
                }
                ffi::avcodec_send_frame(self.context, std::ptr::null());
                while let Ok(Some(_)) = self.receive() {}
            }
            ffi::avcodec_free_context(&mut self.context);
        }
    }
}
