//! Errors of mixing.
use cutroom_timeline::PlanError;
use cutroom_types::{ClipId, EffectId, MediaId};

/// Why a source failed; [`AudioError::Source`] adds the media's id.
pub type SourceError = Box<dyn std::error::Error + Send + Sync>;

/// Why a plan could not be mixed.
#[derive(Debug, thiserror::Error)]
pub enum AudioError {
    /// The plan's rate or channel count differs from the mixer's.
    #[error("the sound plan is for {plan_rate_hz} Hz, {plan_channels} channels; the mixer makes {rate_hz} Hz, {channels} channels")]
    Mismatch {
        /// Of the plan.
        plan_rate_hz: u32,
        /// Of the plan.
        plan_channels: usize,
        /// Of the mixer.
        rate_hz: u32,
        /// Of the mixer.
        channels: usize,
    },
    /// A voice has invalid values.
    #[error("the sound of clip {clip} cannot be mixed: {reason}")]
    InvalidVoice {
        /// The voice's clip.
        clip: ClipId,
        /// Which value is invalid.
        reason: String,
    },
    /// Too many samples in one call.
    #[error("a block of {samples} samples is too long; request at most {max}")]
    BlockTooLong {
        /// Requested samples per channel.
        samples: usize,
        /// Maximum number of samples per channel.
        max: usize,
    },
    /// A channel count without a standard layout.
    #[error("sound with {0} channels is not supported (1 to 8)")]
    Channels(usize),
    /// A sample rate outside the supported range.
    #[error("sound at {0} Hz is not supported ({min} to {max} Hz)", min = crate::MIN_RATE_HZ, max = crate::MAX_RATE_HZ)]
    Rate(u32),
    /// A source with a sample rate that cannot be mixed.
    #[error("the sound of clip {clip}, audio stream {stream} of {media}, cannot be mixed")]
    SourceFormat {
        /// The voice's clip.
        clip: ClipId,
        /// The source's media.
        media: MediaId,
        /// Index among its audio streams.
        stream: usize,
        /// A [`Self::Rate`].
        #[source]
        cause: Box<AudioError>,
    },
    /// The source failed to provide its format or samples.
    #[error("audio stream {stream} of {media}, the sound of clip {clip}, could not be read")]
    Source {
        /// The voice's clip.
        clip: ClipId,
        /// The source's media.
        media: MediaId,
        /// Index among its audio streams.
        stream: usize,
        /// The source's error.
        #[source]
        cause: SourceError,
    },
    /// The source returned a block of another shape than requested.
    #[error("audio stream {stream} of {media} gave {got} where {wanted} was requested")]
    SourceContract {
        /// The source's media.
        media: MediaId,
        /// Index among its audio streams.
        stream: usize,
        /// Rate, channels and samples returned.
        got: String,
        /// Rate, channels and samples requested.
        wanted: String,
    },
    /// A range of the composition could not be planned.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A file that an effect uses could not be read.
    #[error("the file {path} of sound effect \"{effect}\" could not be read")]
    EffectFile {
        /// Id of the effect in the project.
        effect: EffectId,
        /// The path, as the project has it.
        path: String,
        /// Why.
        #[source]
        cause: SourceError,
    },
    /// What an effect receives, all of which it must know, could not be measured.
    #[error("what sound effect \"{effect}\" receives could not be measured")]
    NotMeasured {
        /// Id of the effect in the project.
        effect: EffectId,
        /// Why.
        #[source]
        cause: SourceError,
    },
    /// Loudness could not be measured.
    #[error("loudness cannot be measured: {0}")]
    Loudness(String),
}

impl AudioError {
    /// Stable code for user interfaces and translation.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Mismatch { .. } => "audio.plan.mismatch",
            Self::InvalidVoice { .. } => "audio.plan.invalid_voice",
            Self::BlockTooLong { .. } => "audio.plan.block_too_long",
            Self::Channels(_) => "audio.channels.unsupported",
            Self::Rate(_) => "audio.rate.unsupported",
            Self::SourceFormat { cause, .. } => cause.code(),
            Self::Source { .. } => "audio.source.failed",
            Self::SourceContract { .. } => "audio.source.contract",
            Self::Plan(cause) => cause.code(),
            Self::EffectFile { .. } => "audio.effect.file",
            Self::NotMeasured { .. } => "audio.effect.not_measured",
            Self::Loudness(_) => "audio.loudness.failed",
        }
    }
}
