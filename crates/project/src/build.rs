//! Builds projects and edits from known facts. These functions are pure and open no files.
//! [`Sequence`] builds a project of clips one after another; [`Measured`] describes the part of a
//! clip that is measured for stabilising, and [`stabilize()`] returns the edit that stores the
//! effect.
mod sequence;
mod stabilize;

pub use sequence::{PictureFacts, Sequence, SequenceClip, SequenceError, Sequenced, SourceFacts, Unheard, composition_for};
pub use stabilize::{Measured, STABILIZE_EFFECT, StabilizeFrame, stabilize};
