//! Draws a [`cutroom_timeline::FramePlan`] from source pictures. Knows no files, clips or FFmpeg.
pub mod api;
pub use api::*;
