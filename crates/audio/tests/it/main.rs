//! All integration tests of the crate in one binary, one module per subject.
mod ebu;
mod fold;
mod loudness;
mod mix;
mod resample;
mod speeds;
mod support;
