//! The audio codecs: one row each.
use crate::MediaError;
use crate::write::{other_names, refuse::refuse};
use ffmpeg_next::ffi::AVSampleFormat;

/// An audio codec and how FFmpeg encodes it.
#[derive(Debug)]
pub struct AudioCodec {
    /// Name in settings and scripts.
    pub id: &'static str,
    /// Display name.
    pub title: &'static str,
    /// Supported sample rates in Hz; empty for any.
    pub rates_hz: &'static [u32],
    /// Supported channel counts, in FFmpeg's default layout for the count (2.1 for 3, 4.0 for 4,
    /// 5.1 for 6 …).
    pub channels: &'static [u32],
    /// Bit rate per channel when none is set, kbit/s; 0 for lossless codecs.
    pub default_kbps_per_channel: u32,
    /// Sample formats by their bits; the first is the default.
    pub(crate) forms: &'static [AudioForm],
    /// What to install when the encoder is missing.
    pub(crate) install_hint: &'static str,
}

/// A sample size of a codec.
#[derive(Debug)]
pub(crate) struct AudioForm {
    /// Bits per stored sample; 0 for lossy codecs.
    pub bits: u32,
    pub encoder: &'static str,
    pub sample_format: AVSampleFormat,
    /// FFmpeg's `bits_per_raw_sample`; 0 leaves it unset.
    pub raw_bits: u32,
}

const ANY_FFMPEG: &str = "it is part of every FFmpeg unless left out on purpose: install the distribution's full libavcodec";

static CODECS: &[AudioCodec] = &[
    AudioCodec {
        id: "aac",
        title: "AAC-LC",
        // ISO/IEC 14496-3 table 1.18.
        rates_hz: &[96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350],
        channels: &[1, 2, 3, 4, 5, 6, 8],
        default_kbps_per_channel: 96,
        forms: &[AudioForm { bits: 0, encoder: "aac", sample_format: AVSampleFormat::AV_SAMPLE_FMT_FLTP, raw_bits: 0 }],
        install_hint: ANY_FFMPEG,
    },
    AudioCodec {
        id: "opus",
        title: "Opus",
        rates_hz: &[48000],
        channels: &[1, 2, 5, 6, 7, 8],
        default_kbps_per_channel: 64,
        forms: &[AudioForm { bits: 0, encoder: "libopus", sample_format: AVSampleFormat::AV_SAMPLE_FMT_FLT, raw_bits: 0 }],
        install_hint: "install an FFmpeg built with --enable-libopus (Debian and Ubuntu: apt install libavcodec-extra)",
    },
    AudioCodec {
        id: "mp3",
        title: "MP3",
        // ISO/IEC 11172-3 §2.4.2.3, ISO/IEC 13818-3 §2.4.2.3 and MPEG 2.5.
        rates_hz: &[48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000],
        channels: &[1, 2],
        default_kbps_per_channel: 96,
        forms: &[AudioForm { bits: 0, encoder: "libmp3lame", sample_format: AVSampleFormat::AV_SAMPLE_FMT_FLTP, raw_bits: 0 }],
        install_hint: "install an FFmpeg built with --enable-libmp3lame (Debian and Ubuntu: apt install libavcodec-extra)",
    },
    AudioCodec {
        id: "flac",
        title: "FLAC",
        rates_hz: &[],
        channels: &[1, 2, 5, 6, 7, 8],
        default_kbps_per_channel: 0,
        forms: &[
            AudioForm { bits: 16, encoder: "flac", sample_format: AVSampleFormat::AV_SAMPLE_FMT_S16, raw_bits: 16 },
            AudioForm { bits: 24, encoder: "flac", sample_format: AVSampleFormat::AV_SAMPLE_FMT_S32, raw_bits: 24 },
        ],
        install_hint: ANY_FFMPEG,
    },
    AudioCodec {
        id: "pcm",
        title: "PCM, uncompressed",
        rates_hz: &[],
        channels: &[1, 2, 3, 4, 5, 6, 7, 8],
        default_kbps_per_channel: 0,
        forms: &[
            AudioForm { bits: 16, encoder: "pcm_s16le", sample_format: AVSampleFormat::AV_SAMPLE_FMT_S16, raw_bits: 16 },
            AudioForm { bits: 24, encoder: "pcm_s24le", sample_format: AVSampleFormat::AV_SAMPLE_FMT_S32, raw_bits: 24 },
            AudioForm { bits: 32, encoder: "pcm_f32le", sample_format: AVSampleFormat::AV_SAMPLE_FMT_FLT, raw_bits: 32 },
        ],
        install_hint: ANY_FFMPEG,
    },
];

impl AudioCodec {
    /// Whether the codec is lossless.
    pub fn is_lossless(&self) -> bool {
        self.default_kbps_per_channel == 0
    }

    /// Whether the codec can store this sample rate and channel count.
    pub fn takes(&self, rate_hz: u32, channels: u32) -> bool {
        (self.rates_hz.is_empty() || self.rates_hz.contains(&rate_hz)) && self.channels.contains(&channels)
    }

    /// Bits per stored sample, the default first; empty for lossy codecs.
    pub fn bits(&self) -> Vec<u32> {
        self.forms.iter().map(|f| f.bits).filter(|b| *b > 0).collect()
    }
}

/// Every audio codec.
pub fn audio_codecs() -> &'static [AudioCodec] {
    CODECS
}

/// The audio codec with an id.
///
/// # Errors
/// [`MediaError::Settings`], which lists the known ids.
pub fn audio_codec(id: &str) -> Result<&'static AudioCodec, MediaError> {
    CODECS.iter().find(|c| c.id == id).ok_or_else(|| {
        let known: Vec<_> = CODECS.iter().map(|c| c.id).collect();
        refuse(format!("unknown audio codec \"{id}\"; {}", other_names::known(id, &known)))
    })
}
