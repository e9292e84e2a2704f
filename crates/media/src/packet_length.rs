//! How many samples the decoder outputs for a packet of a sound stream.
//!
//! A container's own length of a packet is exact only where its tick divides a sample: Matroska
//! rounds to milliseconds, ASF and program streams state none. So the packet's first bytes are read
//! where they hold the length (FLAC, DTS, E-AC-3, TrueHD, Vorbis, Opus), FFmpeg's table is used for
//! codecs whose packets are all alike, and what is left is counted by decoding the stream once.
use crate::{
    error::MediaError,
    input::{AvPacket, Input},
    stream::{decode_all, open_stream},
};
use cutroom_types::CancelToken;
use ffmpeg_next::ffi::{self, AVCodecID};
use std::path::Path;

/// Reads lengths of one stream's packets.
pub(crate) struct PacketLengths {
    par: *const ffi::AVCodecParameters,
    kind: Kind,
    /// One tick of the container is a whole part of a sample, so that its lengths are exact.
    exact_ticks: bool,
}

enum Kind {
    /// FFmpeg's parser reads the length of a whole packet.
    Parsed(Parser),
    /// RFC 6716 §3.1.
    Opus,
    /// FFmpeg's table of codecs, by the packet's size in bytes.
    Table,
    /// Nothing but the container, where its ticks are exact.
    Container,
}

impl PacketLengths {
    /// For stream `i`, whose parameters must outlive the result.
    pub fn new(input: &Input, i: usize) -> Self {
        use AVCodecID::*;
        // SAFETY: the stream and its parameters are valid.
        let (par, codec, rate) = unsafe {
            let par: *const ffi::AVCodecParameters = (*input.stream(i)).codecpar;
            (par, (*par).codec_id, i64::from((*par).sample_rate.max(1)))
        };
        let tb = input.time_base(i);
        let kind = match codec {
            AV_CODEC_ID_VORBIS | AV_CODEC_ID_FLAC | AV_CODEC_ID_DTS | AV_CODEC_ID_EAC3 => {
                Parser::new(par).map_or(Kind::Container, Kind::Parsed)
            }
            AV_CODEC_ID_OPUS => Kind::Opus,
            // Their packets have headers, which the table counts as samples.
            AV_CODEC_ID_PCM_DVD | AV_CODEC_ID_PCM_BLURAY | AV_CODEC_ID_S302M => Kind::Container,
            // Lossless codecs state their usual length, of which the last packet has less.
            AV_CODEC_ID_ALAC | AV_CODEC_ID_WAVPACK | AV_CODEC_ID_TTA | AV_CODEC_ID_APE | AV_CODEC_ID_SHORTEN => Kind::Container,
            // Superframes of several frames each.
            AV_CODEC_ID_WMAV1 | AV_CODEC_ID_WMAV2 | AV_CODEC_ID_WMAPRO | AV_CODEC_ID_WMALOSSLESS | AV_CODEC_ID_WMAVOICE => {
                Kind::Container
            }
            _ => Kind::Table,
        };
        let exact_ticks = i64::from(tb.den) % (rate * i64::from(tb.num)).max(1) == 0;
        // These formats have no timestamps: FFmpeg derives them from sizes, which is wrong for codecs
        // whose packets vary.
        let is_derived = ["avi", "wav", "w64"].contains(&input.format_name().as_str());
        Self { par, kind, exact_ticks: exact_ticks && !is_derived }
    }

    /// Whether timestamps of packets are multiples of a whole part of a sample.
    pub fn has_exact_ticks(&self) -> bool {
        self.exact_ticks
    }

    /// Samples of a packet, at the rate of the stream's parameters. `stated`: its length according to
    /// the container, in samples, 0 if it states none. `None` when only decoding can tell.
    pub fn of(&mut self, packet: &AvPacket, stated: i64) -> Option<i64> {
        let coded = match &mut self.kind {
            Kind::Parsed(parser) => parser.duration(packet),
            Kind::Opus => opus_samples(packet.data()),
            // SAFETY: the parameters are valid; FFmpeg only reads them.
            Kind::Table => i64::from(unsafe { ffi::av_get_audio_frame_duration2(self.par.cast_mut(), packet.get().size) }),
            Kind::Container => 0,
        };
        if coded > 0 {
            return Some(coded);
        }
        (self.exact_ticks && stated > 0).then_some(stated)
    }
}

/// A parser of FFmpeg for packets that are whole frames.
struct Parser {
    parser: *mut ffi::AVCodecParserContext,
    context: *mut ffi::AVCodecContext,
}

impl Parser {
    fn new(par: *const ffi::AVCodecParameters) -> Option<Self> {
        // SAFETY: the parameters are valid; what is allocated is owned by `parser` and freed on drop,
        // which takes null pointers.
        unsafe {
            let parser = Self {
                parser: ffi::av_parser_init((*par).codec_id as i32),
                context: ffi::avcodec_alloc_context3(std::ptr::null()),
            };
            if parser.parser.is_null() || parser.context.is_null() || ffi::avcodec_parameters_to_context(parser.context, par) < 0 {
                return None;
            }
            (*parser.parser).flags |= ffi::PARSER_FLAG_COMPLETE_FRAMES;
            Some(parser)
        }
    }

    /// Samples of a packet, 0 if the parser does not find any.
    fn duration(&mut self, packet: &AvPacket) -> i64 {
        let (mut out, mut size) = (std::ptr::null_mut(), 0);
        let (none, data) = (ffi::AV_NOPTS_VALUE, packet.data());
        // SAFETY: parser, context and packet are valid; packets are padded as parsers require.
        unsafe {
            (*self.parser).duration = 0;
            let (bytes, len) = (data.as_ptr(), data.len() as i32);
            ffi::av_parser_parse2(self.parser, self.context, &mut out, &mut size, bytes, len, none, none, -1);
            i64::from((*self.parser).duration.max(0))
        }
    }
}

impl Drop for Parser {
    fn drop(&mut self) {
        // SAFETY: owned, freed once; both functions take null.
        unsafe {
            ffi::av_parser_close(self.parser);
            ffi::avcodec_free_context(&mut self.context);
        }
    }
}

/// Samples of each packet of a stream at `rate_hz`, by decoding all of them: those of a frame belong
/// to the packet that it is coded in.
///
/// # Errors
/// The file is gone, unreadable or stuck; [`MediaError::Stopped`] once `cancel` is cancelled.
pub(crate) fn count_by_decoding(path: &Path, stream: usize, rate_hz: i64, cancel: &CancelToken) -> Result<Vec<i64>, MediaError> {
    let (input, decoder) = open_stream(path, stream, 1)?;
    decoder.mute(true);
    let mut counts: Vec<i64> = Vec::new();
    let packets = decode_all((input, decoder), stream, None, cancel, |f, sent| {
        let (samples, rate) = (i64::from(f.get().nb_samples), i64::from(f.get().sample_rate));
        counts.resize(sent, 0);
        // A label that is none of ours: what the decoder gives in the end, of the last packet.
        let last = sent.saturating_sub(1);
        let packet = usize::try_from(f.get().pts).unwrap_or(last).min(last);
        let Some(count) = counts.get_mut(packet) else { return };
        *count += if rate > 0 { samples * rate_hz / rate } else { samples };
    })?;
    counts.resize(packets, 0);
    Ok(counts)
}

/// Samples at 48 kHz in an Opus packet (RFC 6716 §3.1 and §3.2); 0 for an empty one.
fn opus_samples(data: &[u8]) -> i64 {
    let Some(&toc) = data.first() else { return 0 };
    let config = usize::from(toc >> 3);
    let frame = match config {
        0..12 => [480, 960, 1920, 2880][config & 3],
        12..16 => [480, 960][config & 1],
        _ => [120, 240, 480, 960][config & 3],
    };
    frame
        * match toc & 3 {
            0 => 1,
            1 | 2 => 2,
            _ => data.get(1).map_or(0, |b| i64::from(b & 63)),
        }
}
