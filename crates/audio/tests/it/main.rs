//! All integration tests of the crate in one binary, one module per subject.
mod aligned;
mod ebu;
mod fold;
mod graph;
mod loudness;
mod mix;
mod resample;
mod robust;
mod speeds;
mod stretch;
mod support;
