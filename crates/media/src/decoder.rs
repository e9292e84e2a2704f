//! A decoder of one stream, whose error messages are collected instead of printed. For a stream of a
//! file it is opened by `stream_decoder`.
use crate::{
    av_frame::AvFrame,
    error::{MediaError, ffmpeg_text},
    hardware::Negotiation,
    packet::AvPacket,
    report::{DecodeReport, ProblemSink},
};
use ffmpeg_next::ffi::{self, AVCodecContext};
use std::{ffi::CStr, path::Path, ptr, sync::Arc};

/// Result of [`Decoder::receive`].
pub(crate) enum Output {
    /// A frame; its `pts` is the label of the packet that it was coded in.
    AvFrame(AvFrame),
    /// The decoder needs another packet.
    WantsPacket,
    /// All frames have been output.
    End,
}

/// A decoder. Packets carry a label from the reader instead of timestamps, so that frames can be
/// matched to the index whatever the container's timestamps are.
pub(crate) struct Decoder {
    pub context: *mut AVCodecContext,
    pub sink: Arc<ProblemSink>,
    pub failures_in_a_row: u32,
    /// Number of packets in a row that failed.
    pub refused_packets: u32,
}

// SAFETY: owned context used by one thread at a time; FFmpeg's own worker threads synchronise
// inside.
unsafe impl Send for Decoder {}

impl Decoder {
    /// Opens a decoder of pictures that no demuxer has read. `setup`: the codec's configuration
    /// record. `max_pixels`: what a picture may have at most. `threads`: 0 for one per core.
    pub fn of_codec(path: &Path, id: ffi::AVCodecID, setup: &[u8], max_pixels: i64, threads: usize) -> Result<Self, MediaError> {
        crate::init();
        let sink = Arc::new(ProblemSink::default());
        let no_memory = || MediaError::Internal { operation: "making a decoder", reason: "out of memory".into() };
        // SAFETY: FFmpeg returns null or static names and codecs; the context is owned by `decoder`
        // from its creation on and frees the record, which has the padding that it requires.
        unsafe {
            let codec = ffi::avcodec_find_decoder(id);
            if codec.is_null() {
                let codec = CStr::from_ptr(ffi::avcodec_get_name(id)).to_string_lossy().into_owned();
                return Err(MediaError::NoDecoder { path: path.into(), codec });
            }
            let context = ffi::avcodec_alloc_context3(codec);
            if context.is_null() {
                return Err(no_memory());
            }
            let decoder = Self { context, sink, failures_in_a_row: 0, refused_packets: 0 };
            let record = ffi::av_mallocz(setup.len() + ffi::AV_INPUT_BUFFER_PADDING_SIZE as usize);
            if record.is_null() {
                return Err(no_memory());
            }
            ptr::copy_nonoverlapping(setup.as_ptr(), record.cast(), setup.len());
            (*context).extradata = record.cast();
            (*context).extradata_size = setup.len() as i32;
            (*context).max_pixels = max_pixels;
            (*context).opaque = Arc::as_ptr(&decoder.sink).cast_mut().cast();
            (*context).thread_count = threads as i32;
            (*context).flags |= ffi::AV_CODEC_FLAG_OUTPUT_CORRUPT as i32;
            let r = ffi::avcodec_open2(context, codec, ptr::null_mut());
            if r < 0 {
                return Err(setup_error(path, &decoder, r));
            }
            Ok(decoder)
        }
    }

    /// Sends a packet with a label that its frames carry as `pts` (packet ordinal for video, sample
    /// position for audio), or `None` for the end of the stream. Errors are counted, not returned.
    pub fn send(&mut self, packet: Option<(&mut AvPacket, i64)>) {
        let r = match packet {
            Some((packet, label)) => {
                // SAFETY: packet and context are valid; the timestamps are ours to set.
                unsafe {
                    (*packet.0).pts = label;
                    (*packet.0).dts = ffi::AV_NOPTS_VALUE;
                    ffi::avcodec_send_packet(self.context, packet.0)
                }
            }
            // SAFETY: null means "no more packets".
            None => unsafe { ffi::avcodec_send_packet(self.context, ptr::null()) },
        };
        if r < 0 && r != ffi::AVERROR_EOF {
            self.refused_packets += 1;
            self.sink.failure(&ffmpeg_text(r));
        } else {
            self.refused_packets = 0;
        }
    }

    /// Receives the next frame, if one is ready.
    pub fn receive(&mut self) -> Output {
        loop {
            let frame = AvFrame::new();
            // SAFETY: context and frame are valid.
            let r = unsafe { ffi::avcodec_receive_frame(self.context, frame.0) };
            if r >= 0 {
                self.failures_in_a_row = 0;
                for message in self.sink.negotiation().map(Negotiation::has_frame).unwrap_or_default() {
                    self.sink.failure(&message);
                }
                if frame.is_damaged() {
                    self.sink.concealed();
                }
                return Output::AvFrame(frame);
            }
            if r == ffi::AVERROR(ffi::EAGAIN) {
                return Output::WantsPacket;
            }
            if r == ffi::AVERROR_EOF {
                return Output::End;
            }
            self.sink.failure(&ffmpeg_text(r));
            // A decoder that always fails must not loop for ever.
            self.failures_in_a_row += 1;
            if self.failures_in_a_row > 1000 {
                return Output::End;
            }
        }
    }

    /// Makes the decoder keep back frames that refer to missing ones, before the first packet is
    /// sent.
    pub fn refuse_damaged(&mut self) {
        // SAFETY: the context is open; decoders read the flag with each frame.
        unsafe { (*self.context).flags &= !(ffi::AV_CODEC_FLAG_OUTPUT_CORRUPT as i32) };
    }

    /// Discards all buffered data, for a seek.
    pub fn flush(&mut self) {
        // SAFETY: the context is open.
        unsafe { ffi::avcodec_flush_buffers(self.context) };
    }

    /// Switches whether pictures that no other picture refers to are left out, from the next packet
    /// on and if the decoder can identify them.
    pub fn skip_unreferenced(&mut self, on: bool) {
        let skip = if on { ffi::AVDiscard::AVDISCARD_NONREF } else { ffi::AVDiscard::AVDISCARD_DEFAULT };
        // SAFETY: the context is open; its worker threads take the field over with each packet.
        unsafe { (*self.context).skip_frame = skip };
    }

    /// Stops or resumes counting problems, while frames are decoded that refer to skipped ones and
    /// are not shown.
    pub fn mute(&self, on: bool) {
        self.sink.mute(on);
    }

    /// Counts a problem that the decoder itself does not detect.
    pub fn report_error(&self, message: &str) {
        self.sink.failure(message);
    }

    /// Notes an adaptation of the stream that is not a problem.
    pub fn report_change(&self, message: &str) {
        self.sink.report_change(message);
    }

    /// Why the graphics device that was to decode does not, or no longer.
    pub fn refused(&self) -> Option<String> {
        /// A device that fails as often as this does not recover.
        const MAX_REFUSED_PACKETS: u32 = 24;
        let negotiation = self.sink.negotiation()?;
        // Concealment is not defined to the bit: the processor's is what all machines show.
        if self.sink.has_problems() {
            let first = self.report().messages.first().map_or(String::new(), |m| format!(" ({m})"));
            negotiation.refuse(format!("the stream is damaged{first}"));
        }
        if self.refused_packets.max(self.failures_in_a_row) > MAX_REFUSED_PACKETS {
            negotiation.refuse("the device does not decode it".into());
        }
        negotiation.refused()
    }

    /// Problems met so far.
    pub fn report(&self) -> DecodeReport {
        self.sink.report()
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        // SAFETY: owned, freed once, before the sink that its log lines go to.
        unsafe { ffi::avcodec_free_context(&mut self.context) };
    }
}

pub(crate) fn setup_error(path: &Path, decoder: &Decoder, error: i32) -> MediaError {
    let first = decoder.report().messages.first().map(|m| format!(" ({m})")).unwrap_or_default();
    MediaError::NotMedia { path: path.into(), reason: format!("the decoder refuses the stream: {}{first}", ffmpeg_text(error)) }
}
