//! All integration tests of the crate in one binary, one module a subject.
mod fold;
mod loudness;
mod mix;
mod resample;
mod support;
