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

/// How long what was found out counts: trying everything takes a second.
const KNOWN: Duration = Duration::from_secs(10);

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

/// Tries everything out; 503 if something does not work.
pub async fn health(State(shared): State<Shared>) -> Answer<Response> {
    let mut known = shared.health.lock().await;
    let (ok, health) = match &*known {
        Some((since, ok, health)) if since.elapsed() < KNOWN => (*ok, health.clone()),
        _ => {
            let projects: Vec<_> = shared.projects.all().iter().map(|project| project.path.clone()).collect();
            let backend = shared.projects.backend();
            let health = beside(move || {
                let checks = cutroom_api::machine_checks(&projects, backend);
                let ok = checks.iter().all(|check| check.ok);
                let (machine, cache) = (cutroom_api::doctor(), cutroom_api::cache());
                Health { ok, projects: projects.len(), checks, machine, cache }
            });
            let health = health.await?;
            // Its fields have names that are texts, so that it can be written.
            let written = serde_json::to_value(&health).unwrap_or_default();
            *known = Some((Instant::now(), health.ok, written.clone()));
            (health.ok, written)
        }
    };
    let status = if ok { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    Ok((status, Json(health)).into_response())
}
