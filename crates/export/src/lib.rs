//! From a checked project to a media file: [`ExportSettings`] are what somebody chose, a [`Draft`]
//! makes an [`ExportPlan`] of them, which says all, and [`run`] does it. Decoding, drawing, mixing
//! and encoding overlap; every queue is bounded; an error, a panic or a cancelled token leaves
//! nothing under the final name.
//!
//! Knows no terminals and no command lines. Not here yet: segments, stream copy of untouched spans,
//! worker processes.
#![forbid(unsafe_code)]

mod draft;
mod error;
mod hash;
mod hash_file;
mod plan;
mod run;
mod settings;
mod settings_error;
mod unfinished;

pub use draft::{Draft, PlanNote};
pub use error::ExportError;
pub use hash::picture_hash;
pub use plan::{AudioRange, ExportPlan, ExportTarget};
pub use run::{ExportReport, run};
pub use settings::{AudioChoices, ExportSettings, VideoChoices};
pub use settings_error::SettingsError;
pub use unfinished::UnfinishedFiles;
