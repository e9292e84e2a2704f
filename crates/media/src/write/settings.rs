//! What a file to be written shall be.
use cutroom_types::{ColorTags, FrameRate, PictureFormat, Size};

/// How much the video encoder may spend.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Rate {
    /// Constant quality on the encoder's own scale (x264, x265: 0..=51, VP9 and AV1: 0..=63; less
    /// is better).
    Crf(f32),
    /// Average bit rate, kilobits a second.
    BitrateKbps(u32),
    /// Every sample comes back as it was.
    Lossless,
    /// What the encoder does when told nothing (x264: CRF 23, x265: 28, VP9: 32, AV1: 35); the only
    /// choice of the formats whose rate is in their profile (ProRes, DNxHR).
    #[default]
    CodecDefault,
}

/// The picture stream.
#[derive(Clone, Debug, PartialEq)]
pub struct VideoSettings {
    /// Row of [`crate::write::video_codecs`], such as `"h264"`.
    pub codec: String,
    /// Stored pixels.
    pub size: Size,
    /// Constant; picture `n` is shown from `n / frame_rate`.
    pub frame_rate: FrameRate,
    /// Plane layout that the pushed pictures have, and that is encoded. Nothing is converted.
    pub format: PictureFormat,
    /// Tags that the pushed pictures have, written to stream and container.
    pub color: ColorTags,
    /// Width : height of one sample.
    pub sample_aspect: (u32, u32),
    /// Quality or bit rate.
    pub rate: Rate,
    /// One of the codec's presets; `None` for the row's default.
    pub preset: Option<String>,
    /// One of the codec's profiles; `None` for the first that holds the format.
    pub profile: Option<String>,
    /// Frames from one key frame to the next at most; `None` for the encoder's choice.
    pub gop_frames: Option<u32>,
    /// Encoder threads; 0 for what `ffmpeg` would take on this machine. Part of what decides the
    /// bytes of the stream.
    pub threads: u32,
    /// Further options by FFmpeg's names. Unknown names and values are errors, and so is repeating
    /// what another field says.
    pub extra: Vec<(String, String)>,
}

/// The sound stream.
#[derive(Clone, Debug, PartialEq)]
pub struct AudioSettings {
    /// Row of [`crate::write::audio_codecs`], such as `"aac"`.
    pub codec: String,
    /// Samples a second of the blocks pushed and of the stream.
    pub rate_hz: u32,
    /// 1..=8, in FFmpeg's default layout for the count (2 is stereo, 6 is 5.1, 8 is 7.1).
    pub channels: u32,
    /// Kilobits a second for all channels; `None` for the row's default. Only for lossy codecs.
    pub bitrate_kbps: Option<u32>,
    /// Bits of a stored sample (flac: 16, 24; pcm: 16, 24, 32 = float); `None` for the row's
    /// default. Only for lossless codecs.
    pub bits: Option<u32>,
    /// Adds triangular noise of ±1 step before rounding to 16 bits. The noise is the same in every
    /// run.
    pub dither: bool,
}

impl AudioSettings {
    /// Settings with the codec's default quality.
    pub fn new(codec: &str, rate_hz: u32, channels: u32) -> Self {
        Self { codec: codec.to_owned(), rate_hz, channels, bitrate_kbps: None, bits: None, dither: false }
    }
}

/// The whole file.
#[derive(Clone, Debug, PartialEq)]
pub struct WriteSettings {
    /// Row of [`crate::write::containers`], such as `"mp4"`.
    pub container: String,
    /// Pictures, if any.
    pub video: Option<VideoSettings>,
    /// Sound, if any.
    pub sound: Option<AudioSettings>,
    /// Container tags such as `("title", "…")`.
    pub metadata: Vec<(String, String)>,
}
