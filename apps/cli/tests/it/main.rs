//! All integration tests of the crate in one binary, one module per subject.
mod bad_input;
mod catalog;
mod commands;
mod docs;
mod edges;
mod export;
mod graph;
mod messages;
mod new;
mod safety;
mod simd;
mod sources;
mod stabilize;
mod support;
mod transitions;
