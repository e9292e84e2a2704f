//! All integration tests of the crate in one binary, one module per subject.
mod cached;
mod editing;
mod sound_aligned;
mod sound_graph;
mod sound_robust;
mod sound_stretch;
mod stored;
mod support;
mod waveform;
