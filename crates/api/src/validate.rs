//! Checks a project and its files.
use crate::{ApiError, Session};
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

/// How strict a check is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ValidateRequest {
    /// Whether unknown fields and times that look like a mistake are problems rather than notes.
    #[serde(default)]
    pub strict: bool,
}

/// Checks the document, its effects and the media files of the main composition. With a session of
/// [`Session::inspect`] the errors of form come first, all of them.
pub fn validate(session: &Session, request: &ValidateRequest, cancel: &CancelToken) -> ValidateReport {
    let project = &session.project;
    let mut report =
        ValidateReport { compositions: project.compositions.len(), media: project.media.len(), ..ValidateReport::default() };
    if let Some(form) = &session.form {
        report.problems = session.errors(&form.problems);
    }
    let doubts = session.notes();
    if request.strict {
        report.problems.extend(session.errors(&doubts));
    } else {
        report.notes = doubts.iter().map(ToString::to_string).collect();
    }
    match session.open_composition(&project.main, 1, cancel) {
        Ok(composition) => {
            report.frames = composition.frame_count();
            report.duration_secs = composition.composition().length().as_secs_f64();
            report.notes.extend(composition.warnings());
        }
        Err(problems) => report.problems.extend(problems),
    }
    report
}
