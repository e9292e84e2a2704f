//! What is stored of an export in the folder of its parts.
use super::{
    ExportRequest,
    messages::InitExport,
    prepared::{self, Outline},
};
use crate::ApiError;
use cutroom_export::folder;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// An export, so that it can be looked at and continued.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct StoredExport {
    /// Hash of its plan.
    plan: String,
    /// Build that began it.
    build: String,
    segments: Vec<[i64; 2]>,
    project: PathBuf,
    request: ExportRequest,
}

/// State of an export that was stopped, or that runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExportStatus {
    /// The file that is exported.
    pub output: PathBuf,
    /// The project.
    pub project: PathBuf,
    /// Number of segments.
    pub segments: usize,
    /// Those that are finished.
    pub finished: usize,
    /// Whether a process works on it.
    pub running: bool,
    /// What was asked for.
    pub request: ExportRequest,
}

impl StoredExport {
    pub fn new(init: &InitExport, outline: &Outline) -> Self {
        // It may be continued from another folder. JSON has text only: a path that is none cannot be gone on
        // with by `--resume`, but by the same command.
        let text = |path: &Path| PathBuf::from(path.to_string_lossy().into_owned());
        let mut request = init.request.absolute();
        request.paths_mut().for_each(|path| *path = text(path));
        Self {
            plan: outline.plan.clone(),
            build: outline.build.clone(),
            segments: outline.segments.clone(),
            project: text(&std::path::absolute(&init.path).unwrap_or_else(|_| init.path.clone())),
            request,
        }
    }
}

/// An export that was stopped, to go on with it: project, request and hash of its plan.
///
/// # Errors
/// `export.none` if there is none; `export.folder`; `export.build`.
pub(super) fn stopped(output: &Path, build: &str) -> Result<(PathBuf, ExportRequest, String), ApiError> {
    let folder = folder::folder_of(output);
    let Some((stored, _)) = folder::stored::<StoredExport>(&folder)? else {
        let message = format!("{}: no export to it was stopped", output.display());
        return Err(ApiError::new("export.none", message).hint("begin one with a project").file(output));
    };
    if stored.build != build {
        return Err(prepared::other_build());
    }
    Ok((stored.project, stored.request, stored.plan))
}

/// State of an export to `output`; `None` if none was begun, or all are finished.
///
/// # Errors
/// `export.folder` if it cannot be read.
pub fn export_status(output: &Path) -> Result<Option<ExportStatus>, ApiError> {
    let folder = folder::folder_of(output);
    let Some((stored, running)) = folder::stored::<StoredExport>(&folder)? else { return Ok(None) };
    Ok(Some(ExportStatus {
        output: output.to_owned(),
        segments: stored.segments.len(),
        finished: folder::segments_finished(&folder, &stored.plan),
        project: stored.project,
        running,
        request: stored.request,
    }))
}
