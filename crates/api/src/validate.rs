//! Checking a project and its files.
use crate::{ApiError, open::Document};
use cutroom_project::unknown_fields;
use cutroom_types::CancelToken;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What to check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ValidateRequest {
    /// The project file.
    pub project: PathBuf,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ValidateReport {
    /// Everything that is wrong, in document order; empty when the main composition can be exported.
    pub problems: Vec<ApiError>,
    /// What is no error: fields that this version does not know, frames that transitions hold, oddities of files.
    pub notes: Vec<String>,
    /// Compositions in the project.
    pub compositions: usize,
    /// Media files in the project.
    pub media: usize,
    /// Frames of the main composition; 0 when there are problems.
    pub frames: i64,
    /// Length of the main composition; 0 when there are problems.
    pub duration_secs: f64,
}

/// Checks document, effects and media files of the main composition.
///
/// # Errors
/// When the file cannot be read as a project at all.
pub fn validate(request: &ValidateRequest) -> Result<ValidateReport, ApiError> {
    let document = Document::read(&request.project)?;
    let project = &document.project;
    let mut report = ValidateReport {
        compositions: project.compositions.len(),
        media: project.media.len(),
        notes: unknown_fields(project).iter().map(ToString::to_string).collect(),
        ..ValidateReport::default()
    };
    match document.footage(&project.main, 1, &CancelToken::new()) {
        Ok(footage) => {
            report.frames = footage.frame_count();
            report.duration_secs = footage.composition().length().as_secs_f64();
            report.notes.extend(footage.warnings());
        }
        Err(problems) => report.problems = problems,
    }
    Ok(report)
}
