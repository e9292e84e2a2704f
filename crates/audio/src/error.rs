//! What can go wrong while mixing.
use cutroom_types::{ClipId, MediaId};

/// Why a source could not answer; [`AudioError::Source`] carries it with the file's name.
pub type SourceError = Box<dyn std::error::Error + Send + Sync>;

/// Why a plan could not be mixed.
#[derive(Debug, thiserror::Error)]
pub enum AudioError {
    /// The plan was made for another rate or channel count than the mixer.
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
    /// A number in the plan that means nothing.
    #[error("the sound of clip {clip} cannot be mixed: {reason}")]
    InvalidVoice {
        /// Which clip.
        clip: ClipId,
        /// What is wrong.
        reason: String,
    },
    /// More samples in one call than is sensible.
    #[error("a block of {samples} samples is too long; request at most {max}")]
    BlockTooLong {
        /// Asked for.
        samples: usize,
        /// Allowed.
        max: usize,
    },
    /// A channel count without a standard layout.
    #[error("sound with {0} channels is not supported (1 to 8)")]
    Channels(usize),
    /// A rate outside the supported range.
    #[error("sound at {0} Hz is not supported ({min} to {max} Hz)", min = crate::MIN_RATE_HZ, max = crate::MAX_RATE_HZ)]
    Rate(u32),
    /// A source of a rate that cannot be mixed.
    #[error("the sound of clip {clip}, audio stream {stream} of {media}, cannot be mixed")]
    SourceFormat {
        /// Which clip.
        clip: ClipId,
        /// Which file.
        media: MediaId,
        /// Which of its audio streams.
        stream: usize,
        /// [`Self::Rate`].
        #[source]
        cause: Box<AudioError>,
    },
    /// The source could not give its samples.
    #[error("audio stream {stream} of {media}, the sound of clip {clip}, could not be read")]
    Source {
        /// Which clip.
        clip: ClipId,
        /// Which file.
        media: MediaId,
        /// Which of its audio streams.
        stream: usize,
        /// Why.
        #[source]
        cause: SourceError,
    },
    /// The source gave something else than it was asked for.
    #[error("audio stream {stream} of {media} gave {got} where {wanted} was requested")]
    SourceContract {
        /// Which file.
        media: MediaId,
        /// Which of its audio streams.
        stream: usize,
        /// Rate, channels, samples given.
        got: String,
        /// Rate, channels, samples asked for.
        wanted: String,
    },
    /// Loudness could not be measured.
    #[error("loudness cannot be measured: {0}")]
    Loudness(String),
}

impl AudioError {
    /// Stable code for faces and translation.
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
            Self::Loudness(_) => "audio.loudness.failed",
        }
    }
}
