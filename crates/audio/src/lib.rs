//! Sound: an [`AudioPlan`](cutroom_timeline::SoundPlan) and source samples become mixed blocks.
//!
//! For every voice of a plan: read the source at its own rate → fold channels to the composition's
//! → resample (exact positions, windowed sinc) → gain, fades, pan per absolute sample → sum in 64
//! bits → clamp at full scale, counted. Every output sample is a pure function of its absolute
//! composition position, so the result does not depend on how the programme is cut into blocks, and
//! it is the same on every machine: fixed order of summation, no fused multiply-add, own-library
//! transcendentals.
//!
//! Knows no files, no FFmpeg, no project: samples come through [`AudioSource`].
//!
//! Not here yet: pitch-keeping stretch (pitch follows speed, as on tape), keyframed speed, a
//! look-ahead limiter, device output.
#![forbid(unsafe_code)]

mod envelope;
mod error;
mod layout;
mod limits;
mod loudness;
mod mixer;
mod pan;
mod resample;
mod source;
mod source_clock;

pub use error::{AudioError, SourceError};
pub use layout::{ChannelLayout, ChannelMatrix, Speaker, speakers};
pub use limits::{MAX_RATE_HZ, MAX_SPEED, MIN_RATE_HZ, MIN_SPEED};
pub use loudness::{Loudness, integrated_loudness_lufs, loudness};
pub use mixer::{MAX_BLOCK_SAMPLES, MixReport, Mixer};
pub use source::{AudioFormat, AudioSource, MemorySource};
