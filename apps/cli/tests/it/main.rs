//! All integration tests of the crate in one binary, one module per subject.
mod bad_input;
mod catalog;
mod clip_options;
mod commands;
mod cookbook;
mod docs;
mod edges;
mod export;
mod graph;
mod loudness;
mod safety;
mod simd;
mod sources;
mod stabilize;
mod support;
mod transitions;
