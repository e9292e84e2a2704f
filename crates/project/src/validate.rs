//! Validates a project by itself. Effects are validated by the crate that has the catalogue, files
//! by the one that opens them.
mod drawing;
mod fields;
mod references;
mod routing;
mod structure;
mod tiny_times;
mod unknown;
mod values;

use crate::Project;
use cutroom_types::ClipId;
pub use drawing::{MAX_COPIES, MAX_TEXT_BYTES};
use std::fmt::Display;
pub use tiny_times::tiny_times;
pub use unknown::unknown_fields;

/// One problem of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// JSON path, such as `compositions[0].tracks[1].clips[3].speed`.
    pub json_path: String,
    /// The clip concerned, if any.
    pub clip: Option<ClipId>,
    /// Stable code, for user interfaces and translation, such as `project.overlap`.
    pub code: &'static str,
    /// What is wrong and what would be right.
    pub message: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.json_path)?;
        if let Some(clip) = &self.clip {
            write!(f, " (clip \"{clip}\")")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// Maximum width and height of a composition, in pixels: half of the largest raster that can be
/// drawn, so that there is room for margins.
pub const MAX_COMPOSITION_SIDE_PX: u32 = 16_384;
/// Maximum area of a composition, in pixels: about four times 8K.
pub const MAX_COMPOSITION_AREA_PX: u64 = 1 << 27;
pub use crate::time_map::MAX_TIME_FLICKS;
/// Maximum depth of nested compositions.
pub const MAX_NESTING: usize = 32;
/// Minimum and maximum absolute speed, both of a clip and of a clip multiplied with all
/// compositions around it.
pub const SPEED_LIMITS: (f64, f64) = (0.01, 100.0);

/// All problems: first those of single values, then those of structure, both in document order.
/// Empty if the project is valid.
pub fn validate(project: &Project) -> Vec<Problem> {
    let mut problems = Vec::new();
    fields::check(project, &mut problems);
    structure::check(project, &mut problems);
    problems
}

pub(crate) fn report(
    problems: &mut Vec<Problem>,
    path: impl Display,
    clip: Option<&ClipId>,
    code: &'static str,
    message: impl Into<String>,
) {
    problems.push(Problem { json_path: path.to_string(), clip: clip.cloned(), code, message: message.into() });
}
