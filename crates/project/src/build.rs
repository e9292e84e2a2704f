//! Documents and parts of documents made from facts: pure functions that open no files.
//! [`Sequence`] makes a project of clips one after the other; [`Measured`] says how a clip is
//! looked at for stabilising, and [`stabilize()`] is the edit that writes the effect.
mod sequence;
mod stabilize;

pub use sequence::{PictureFacts, Sequence, SequenceError, SourceFacts, composition_for};
pub use stabilize::{Measured, STABILIZE_EFFECT, StabilizeFrame, stabilize};
