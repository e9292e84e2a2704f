//! Settings of a file to be written.
use cutroom_types::{ColorTags, FrameRate, HdrMetadata, PictureFormat, Size};

/// Rate control of the video encoder.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Rate {
    /// Constant quality on the encoder's own scale (x264, x265: 0..=51, VP9 and AV1: 0..=63,
    /// SVT-AV1: 1..=63, JPEG: 1..=31, WebP: 0..=100; lower is better).
    Crf(f32),
    /// Average bit rate, kbit/s.
    BitrateKbps(u32),
    /// Every sample is decoded unchanged.
    Lossless,
    /// The default of the codec's row (H.264: CRF 23, H.265: 28, VP9 and libaom's AV1: 32, SVT-AV1:
    /// 35, JPEG: 3, WebP: 20); the only choice for codecs whose rate is set by their profile
    /// (ProRes, DNxHR).
    #[default]
    CodecDefault,
}

/// Settings of the video stream.
#[derive(Clone, Debug, PartialEq)]
pub struct VideoSettings {
    /// Id of a row of [`crate::write::video_codecs`], such as `"h264"`.
    pub codec: String,
    /// Stored size in pixels.
    pub size: Size,
    /// Constant frame rate; picture `n` is shown from `n / frame_rate`.
    pub frame_rate: FrameRate,
    /// Format of the pushed pictures, which is encoded. Nothing is converted.
    pub format: PictureFormat,
    /// Colour tags of the pushed pictures, written to stream and container.
    pub color: ColorTags,
    /// Mastering display and light level of PQ and HLG, written to the container, and to the
    /// pictures of H.265 and SVT-AV1.
    pub hdr: HdrMetadata,
    /// Sample aspect ratio, width : height.
    pub sample_aspect: (u32, u32),
    /// Quality or bit rate.
    pub rate: Rate,
    /// Largest bit rate in kbit/s over two seconds; only for codecs that hold it beside a constant quality.
    pub max_kbps: Option<u32>,
    /// One of the codec's presets; `None` for the row's default.
    pub preset: Option<String>,
    /// One of the codec's profiles; `None` for the first that holds the format.
    pub profile: Option<String>,
    /// Maximum number of frames between keyframes; `None` for the encoder's choice.
    pub gop_frames: Option<u32>,
    /// Pushed pictures have alpha and half of `size`'s height; stored are their colour and, below
    /// it, their alpha as grey.
    pub stacked_alpha: bool,
    /// Encoder threads; 0 for the default of `ffmpeg` on this machine. Affects the bytes of the
    /// stream.
    pub threads: u32,
    /// Further options by FFmpeg's names. Unknown names and values are errors, and so are options
    /// that another field sets.
    pub extra: Vec<(String, String)>,
}

/// Settings of the audio stream.
#[derive(Clone, Debug, PartialEq)]
pub struct AudioSettings {
    /// Id of a row of [`crate::write::audio_codecs`], such as `"aac"`.
    pub codec: String,
    /// Sample rate in Hz of the pushed blocks and of the stream.
    pub rate_hz: u32,
    /// Number of channels, 1..=8, in FFmpeg's default layout for the count (2 is stereo, 6 is 5.1,
    /// 8 is 7.1).
    pub channels: u32,
    /// Bit rate of all channels together, kbit/s; `None` for the row's default. Only for lossy
    /// codecs.
    pub bitrate_kbps: Option<u32>,
    /// Bits per stored sample (flac: 16, 24; pcm: 16, 24, 32 = float); `None` for the row's
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

/// Settings of the whole file.
#[derive(Clone, Debug, PartialEq)]
pub struct WriteSettings {
    /// Id of a row of [`crate::write::containers`], such as `"mp4"`.
    pub container: String,
    /// Video, if any.
    pub video: Option<VideoSettings>,
    /// Audio, if any.
    pub sound: Option<AudioSettings>,
    /// Metadata entries of the container, such as `("title", "…")`.
    pub metadata: Vec<(String, String)>,
}
