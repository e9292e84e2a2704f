//! Checks a project and its files.
use crate::{ApiError, Session};
use cutroom_project::unknown_fields;
use cutroom_types::CancelToken;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Result of a check.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ValidateReport {
    /// All problems, in document order; empty if the main composition can be exported.
    pub problems: Vec<ApiError>,
    /// Notes that are not errors: unknown fields, frames that transitions hold, irregularities of
    /// files.
    pub notes: Vec<String>,
    /// Number of compositions in the project.
    pub compositions: usize,
    /// Number of media files in the project.
    pub media: usize,
    /// Number of frames of the main composition; 0 if there are problems.
    pub frames: i64,
    /// Length of the main composition in seconds; 0 if there are problems.
    pub duration_secs: f64,
}

/// Checks the document, its effects and the media files of the main composition.
pub fn validate(session: &Session, cancel: &CancelToken) -> ValidateReport {
    let project = &session.project;
    let mut report = ValidateReport {
        compositions: project.compositions.len(),
        media: project.media.len(),
        notes: unknown_fields(project).iter().map(ToString::to_string).collect(),
        ..ValidateReport::default()
    };
    match session.open_composition(&project.main, 1, cancel) {
        Ok(composition) => {
            report.frames = composition.frame_count();
            report.duration_secs = composition.composition().length().as_secs_f64();
            report.notes.extend(composition.warnings());
        }
        Err(problems) => report.problems = problems,
    }
    report
}
