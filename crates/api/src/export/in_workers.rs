//! Exports in processes of this machine: begun, gone on with and removed.
use super::{
    ExportProgress, ExportReport, ExportRequest,
    asked::Asked,
    farm, prepared,
    process::WorkerProgram,
    stored,
    supervisor::{Watch, supervise},
};
use crate::{ApiError, session::Session};
use cutroom_export::{UnfinishedFiles, folder};
use cutroom_types::CancelToken;
use std::path::Path;

/// As [`crate::export`], in worker processes. Films longer than a segment are made in segments, which
/// are kept when the export is stopped or fails; the next export of the same film to the same output goes
/// on from them.
///
/// # Errors
/// As [`crate::export`]; `export.crashed` names what a worker did when it crashed; `farm.busy` while a farm works
/// at it.
pub fn export_in_workers(
    session: &Session,
    request: &ExportRequest,
    program: &WorkerProgram,
    cancel: &CancelToken,
    unfinished: &UnfinishedFiles,
    progress: &mut dyn FnMut(ExportProgress),
) -> Result<ExportReport, Vec<ApiError>> {
    let asked = Asked::new(session, request).map_err(|e| vec![e])?;
    if let Some(output) = &asked.request.output {
        farm::check_idle(&folder::folder_of(output)).map_err(|e| vec![e])?;
    }
    supervise(session, &asked, None, Watch { program, cancel, unfinished, progress })
}

/// Goes on with a stopped export to `output`, as it was begun; `jobs` replaces its number of processes.
///
/// # Errors
/// `export.none` if none was stopped; `export.changed` if the project or its files are not as they were;
/// `export.build` if another program began it; as [`export_in_workers`].
pub fn resume_export(
    output: &Path,
    jobs: Option<usize>,
    program: &WorkerProgram,
    cancel: &CancelToken,
    unfinished: &UnfinishedFiles,
    progress: &mut dyn FnMut(ExportProgress),
) -> Result<ExportReport, Vec<ApiError>> {
    let (project, mut request, plan) = stored::stopped(output, prepared::build()).map_err(|e| vec![e])?;
    farm::check_idle(&folder::folder_of(output)).map_err(|e| vec![e])?;
    request.jobs = jobs.or(request.jobs);
    let session = Session::open(&project).map_err(|e| vec![e])?;
    let asked = Asked::new(&session, &request).map_err(|e| vec![e])?;
    supervise(&session, &asked, Some(plan), Watch { program, cancel, unfinished, progress })
}

/// Removes what a stopped export to `output` has left; `false` if there was nothing.
///
/// # Errors
/// `export.busy` while it runs; `farm.busy` while a farm works at it; `export.folder`.
pub fn clean_export(output: &Path) -> Result<bool, ApiError> {
    let path = folder::folder_of(output);
    if !path.is_dir() {
        return Ok(false);
    }
    match farm::check_idle(&path) {
        // What cannot be read is removed as well.
        Err(error) if error.code != "export.folder" => return Err(error),
        _ => {}
    }
    folder::clean(&path)?;
    Ok(true)
}
