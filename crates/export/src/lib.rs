//! Exports an open composition to a media file: [`ExportSettings`] are the user's choices, a
//! [`Draft`] turns them into a complete [`ExportPlan`], and [`run`] executes it. Decoding, drawing,
//! mixing and encoding run concurrently; every queue is bounded; after an error, a panic or a
//! cancellation no file exists under the final name.
//!
//! The crate does not depend on terminals or command lines. Not implemented yet: segments, stream
//! copy of unmodified spans, worker processes.
#![forbid(unsafe_code)]

mod draft;
mod error;
mod hash;
mod hash_file;
mod leveling;
mod plan;
mod run;
mod settings;
mod settings_error;
mod unfinished;

pub use draft::{Draft, PlanNote};
pub use error::ExportError;
pub use hash::picture_hash;
pub use leveling::{LevelReport, measure};
pub use plan::{AudioRange, ExportPlan, ExportTarget};
pub use run::{ExportReport, run};
pub use settings::{AudioChoices, ExportSettings, LoudnessTarget, VideoChoices};
pub use settings_error::SettingsError;
pub use unfinished::UnfinishedFiles;
