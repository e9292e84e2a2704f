//! All integration tests of the crate in one binary, one module per subject.
mod alpha;
mod bad_input;
mod catalog;
mod commands;
mod docs;
mod edges;
mod export;
mod graph;
mod hdr;
mod odd_sizes;
mod safety;
mod simd;
mod sources;
mod stabilize;
mod support;
mod transitions;
