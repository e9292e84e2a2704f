//! Everything that is wrong with a document in itself; effects and files are looked at by those who
//! know them.
mod fields;
mod references;
mod structure;
mod unknown;

use crate::Project;
use cutroom_types::ClipId;
use std::fmt::Display;
pub use unknown::unknown_fields;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where, such as `compositions[0].tracks[1].clips[3].speed`.
    pub json_path: String,
    /// The clip concerned, if it is about one.
    pub clip: Option<ClipId>,
    /// Stable code for faces and translation, such as `project.overlap`.
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

/// Largest width or height of a composition, in pixels; half of what can be drawn, so that there is
/// room around it.
pub const MAX_COMPOSITION_SIDE_PX: u32 = 16_384;
/// Largest area of a composition, in pixels: 8K with room.
pub const MAX_COMPOSITION_AREA_PX: u64 = 1 << 27;
/// No instant or length lies beyond 1000 hours either way (in flicks it then fits a JSON number
/// exactly).
pub const MAX_TIME_FLICKS: i64 = 1000 * 3600 * cutroom_types::FLICKS_PER_SECOND;
/// Compositions that a row of clips may lead through, each showing the next.
pub const MAX_NESTING: usize = 32;
/// Smallest and largest absolute speed, of a clip and of a clip seen through all compositions
/// around it.
pub const SPEED_LIMITS: (f64, f64) = (0.01, 100.0);

/// All problems, in document order; empty when planning may start.
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
