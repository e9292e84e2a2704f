//! Exports an open composition to a media file: [`ExportSettings`] are the user's choices, a
//! [`Draft`] turns them into a complete [`ExportPlan`], and [`run_all`] executes it. Decoding, drawing,
//! mixing and encoding run concurrently; every queue is bounded; after an error, a panic or a
//! cancellation no file exists under the final name.
//!
//! Long films are made in segments ([`make_segment`]), with one continuous sound ([`make_sound`]), which
//! are kept in a folder beside the output ([`ExportFolder`]) and joined without encoding again ([`join`]).
//!
//! [`farm`] hands the making of parts to machines that share that folder.
//!
//! The crate does not depend on terminals or command lines.
#![forbid(unsafe_code)]

mod copied;
mod cuts;
mod draft;
mod error;
pub mod farm;
pub mod folder;
mod hash;
mod hash_file;
mod leveling;
mod parts;
mod phases;
mod plan;
mod run;
mod settings;
mod settings_error;
mod smart;
mod unfinished;

pub use copied::{CopiedSegment, NotCopied, SmartPlan};
pub use cuts::USUAL_SECS;
pub use draft::{Draft, PlanNote};
pub use error::ExportError;
pub use folder::{ExportFolder, LockedFolder, PartFiles, PartId};
pub use hash::picture_hash;
pub use leveling::{LevelReport, measure};
pub use parts::{PartMaker, SegmentMade, SegmentPass, SoundMade, join, make_segment, make_sound, shared_rates};
pub use phases::PhaseTimes;
pub use plan::{AudioRange, ExportPlan, ExportTarget, Segment, SegmentKind};
pub use run::{ExportReport, run_all};
pub use settings::{AudioChoices, ExportSettings, LoudnessTarget, VideoChoices};
pub use settings_error::SettingsError;
pub use smart::plan_copies;
pub use unfinished::{Note, UnfinishedFiles};
