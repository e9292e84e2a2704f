//! Mixes audio: turns an [`AudioPlan`](cutroom_timeline::AudioPlan) and source samples into blocks
//! of samples.
//!
//! For every voice of a plan: read the source at its own rate → fold its channels to the
//! composition's → resample (exact positions, windowed sinc) → gain, fades and pan at absolute
//! samples → sum in 64 bits → clip to full scale and count clipped samples. Every output sample is
//! a pure function of its absolute position in the composition, so the result does not depend on
//! how the mix is divided into blocks. It is the same on every machine: the order of summation is
//! fixed, nothing uses fused multiply-add, and transcendental functions are those of the crate
//! `libm`.
//!
//! The crate does not depend on files, FFmpeg or projects: samples come from an [`AudioSource`].
//!
//! Not implemented yet: time stretching that preserves pitch (pitch follows speed, as on tape),
//! keyframed speed, output to a device.
#![forbid(unsafe_code)]

mod curved_clock;
mod envelope;
mod error;
mod graph;
mod layout;
mod limiter;
mod limits;
mod loudness;
mod mixer;
mod pan;
mod resample;
mod route;
mod source;
mod source_clock;
pub mod speech;
mod stretch;
mod voice;
pub mod waveform;

pub use error::{AudioError, SourceError};
pub use layout::{ChannelLayout, ChannelMatrix, Speaker, fold_to_stereo, speakers};
pub use limiter::Limiter;
pub use limits::{MAX_RATE_HZ, MAX_SPEED, MIN_RATE_HZ, MIN_SPEED};
pub use loudness::{Loudness, LoudnessReport, Meter, integrated_loudness_lufs, loudness};
pub use mixer::{MAX_BLOCK_SAMPLES, MixReport, Mixer};
pub use resample::resampled;
pub use source::{AudioFormat, AudioSource, MemorySource, PlanRange};
