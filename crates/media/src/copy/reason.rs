//! Why pictures cannot be copied.
use crate::error::MediaError;
use cutroom_types::FrameRate;

/// Why pictures of a file are encoded instead of copied; its text is one sentence about the file,
/// without its name.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Reason {
    /// Numbered pictures, still images and drawings have no coded stream.
    #[error("it is a still picture or a row of pictures")]
    NoStream,
    /// The codec is not one of those that are copied.
    #[error("packets of {codec} are not copied")]
    Codec {
        /// FFmpeg's name of the codec.
        codec: String,
    },
    /// The file cannot be read.
    #[error("it cannot be read: {reason}")]
    Unreadable {
        /// The error.
        reason: String,
    },
    /// Pictures are, or may be, interlaced.
    #[error("its pictures are interlaced, or may be")]
    Interlaced,
    /// There are further layers beside the pictures.
    #[error("it has further layers (alpha, or the view of another eye)")]
    Layers,
    /// The description of the stream is missing or damaged.
    #[error("it does not say how its pictures are coded")]
    Undescribed,
    /// The pictures are stored turned or mirrored.
    #[error("its pictures are turned or mirrored when they are shown")]
    Turned,
    /// A property of the stream is not that of the film.
    #[error("its {property} is {is}, that of the film is {wanted}")]
    Differs {
        /// "size", "pixel format" …
        property: &'static str,
        /// That of the stream.
        is: String,
        /// That of the film.
        wanted: String,
    },
    /// The profile is none that the edges can be encoded in.
    #[error("nothing can be encoded to match its profile ({profile})")]
    Profile {
        /// FFmpeg's name or number of the profile.
        profile: String,
    },
    /// The container does not hold the codec.
    #[error("{container} does not hold {codec}")]
    Container {
        /// Id of the container.
        container: String,
        /// Id of the codec.
        codec: String,
    },
    /// The stream uses every number that a parameter set can have.
    #[error("no number is left for the parameter sets of what is encoded beside it")]
    NoFreeNumber,
    /// Two streams have different parameter sets of the same number.
    #[error("its parameter sets differ from those of another stream of the film")]
    OtherSets,
    /// Frames are not equally long.
    #[error("frame {frame} comes {late_ms:+.1} ms later than {rate} frames in a second would have it")]
    VariableRate {
        /// Number of the first such frame.
        frame: usize,
        /// How much later it comes, in milliseconds; negative for earlier.
        late_ms: f64,
        /// Rate of the film.
        rate: FrameRate,
    },
    /// Parameter sets change, and those of the span are not those of the stream.
    #[error("its parameter sets change; those of frame {frame} are not those that most of it has")]
    ChangedSets {
        /// The first frame of the span.
        frame: usize,
    },
    /// Damaged, encrypted or restarting packets are in the way.
    #[error("packets near frame {frame} are damaged, encrypted or made to be cut there")]
    Damaged {
        /// A frame near them.
        frame: usize,
    },
    /// Packets that are decoded, but not shown, are in the way.
    #[error("pictures near frame {frame} are decoded but not shown (an edit list, or hidden references)")]
    Hidden {
        /// A frame near them.
        frame: usize,
    },
    /// No picture of the span is one at which a decoder can begin afresh.
    #[error("no copy can begin between frames {first} and {last}: its key frames refer to earlier pictures, or there are none")]
    NoEntry {
        /// First frame of the span.
        first: usize,
        /// Last frame of the span.
        last: usize,
    },
    /// Too little would be copied.
    #[error("only {frames} frames could be copied, fewer than are worth a seam")]
    TooShort {
        /// Number of frames.
        frames: usize,
    },
}

impl Reason {
    /// Stable name for reports and translations.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoStream => "no_stream",
            Self::Codec { .. } => "codec",
            Self::Unreadable { .. } => "unreadable",
            Self::Interlaced => "interlaced",
            Self::Layers => "layers",
            Self::Undescribed => "undescribed",
            Self::Turned => "turned",
            Self::Differs { .. } => "differs",
            Self::Profile { .. } => "profile",
            Self::Container { .. } => "container",
            Self::NoFreeNumber => "no_free_number",
            Self::OtherSets => "other_sets",
            Self::VariableRate { .. } => "variable_rate",
            Self::ChangedSets { .. } => "changed_sets",
            Self::Damaged { .. } => "damaged",
            Self::Hidden { .. } => "hidden",
            Self::NoEntry { .. } => "no_entry",
            Self::TooShort { .. } => "too_short",
        }
    }
}

impl From<MediaError> for Reason {
    fn from(error: MediaError) -> Self {
        Self::Unreadable { reason: error.to_string() }
    }
}
