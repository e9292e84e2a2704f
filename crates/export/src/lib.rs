//! From a checked project to a media file: [`ExportPlan`] says what, [`run`] does it. Decoding, drawing, mixing and encoding
//! overlap; every queue is bounded; an error, a panic or a raised [`Cancellation`] leaves nothing under the final name.
//!
//! Knows no terminals and no command lines. Not here yet: segments, stream copy of untouched spans, worker processes.
#![forbid(unsafe_code)]

mod cancel;
mod error;
mod hash;
mod hash_file;
mod plan;
mod progress;
mod run;

pub use cancel::Cancellation;
pub use error::ExportError;
pub use hash::picture_hash;
pub use plan::{ExportPlan, SoundRange, Target};
pub use progress::Progress;
pub use run::{ExportReport, run};
