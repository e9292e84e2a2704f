//! All integration tests of the crate in one binary, one module per subject.
mod flow;
mod motion;
mod scenes;
mod sound;
mod track;
