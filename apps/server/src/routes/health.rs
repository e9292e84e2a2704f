//! Whether the server can do its work.
use super::beside;
use crate::{answer::Answer, shared::Shared};
use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use cutroom_api::Check;
use schemars::JsonSchema;
use serde::Serialize;
use std::time::Duration;
use tokio::time::Instant;

/// How long what was found out about the machine counts.
const KNOWN: Duration = Duration::from_secs(600);

/// Whether the server can do its work.
#[derive(Serialize, JsonSchema)]
pub struct Health {
    /// Whether everything that was tried works.
    ok: bool,
    /// Number of open projects.
    projects: usize,
    /// What was tried: FFmpeg, each encoder, what draws, the folders of journals and of the cache, disks.
    checks: Vec<Check>,
    /// What this machine can read, write and draw with.
    machine: cutroom_api::DoctorReport,
    /// What the cache on disk holds.
    cache: cutroom_api::CacheReport,
}

/// Tries everything out; 503 if something does not work. Folders and disks are tried each time, the machine
/// again after ten minutes, or at once if something did not work.
pub async fn health(State(shared): State<Shared>) -> Answer<Response> {
    let projects: Vec<_> = shared.projects.all().iter().map(|project| project.path.clone()).collect();
    let count = projects.len();
    let mut known = shared.machine.lock().await;
    let is_well = |checks: &[Check]| checks.iter().all(|check| check.ok);
    let (mut checks, machine) = match &*known {
        Some((since, checks, machine)) if since.elapsed() < KNOWN && is_well(checks) => (checks.clone(), machine.clone()),
        _ => {
            let backend = shared.projects.backend();
            let (checks, machine) = beside(move || (cutroom_api::machine_checks(backend), cutroom_api::doctor())).await?;
            *known = Some((Instant::now(), checks.clone(), machine.clone()));
            (checks, machine)
        }
    };
    drop(known);
    let (folders, cache) = beside(move || (cutroom_api::folder_checks(&projects), cutroom_api::cache())).await?;
    checks.extend(folders);
    let ok = is_well(&checks);
    let status = if ok { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    Ok((status, Json(Health { ok, projects: count, checks, machine, cache })).into_response())
}
