//! From a checked project to a media file: [`ExportPlan`] says what, [`run`] does it. Decoding, drawing, mixing and encoding
//! overlap; every queue is bounded; an error, a panic or a cancelled token leaves nothing under the
//! final name.
//!
//! Knows no terminals and no command lines. Not here yet: segments, stream copy of untouched spans, worker processes.
#![forbid(unsafe_code)]

mod error;
mod hash;
mod hash_file;
mod plan;
mod run;
mod unfinished;

pub use error::ExportError;
pub use hash::picture_hash;
pub use plan::{ExportPlan, SoundRange, Target};
pub use run::{ExportReport, run};
pub use unfinished::UnfinishedFiles;
