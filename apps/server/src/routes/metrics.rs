//! Figures for Prometheus, and the description of all routes.
use super::beside;
use crate::{answer::Answer, figures::Now, shared::Shared, uploads};
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use serde_json::Value;

pub async fn metrics(State(shared): State<Shared>) -> Answer<Response> {
    let projects = shared.projects.all();
    let mut now = Now::default();
    let (mut jobs, mut frames) = (0, [0; 4]);
    for project in &projects {
        // One that is being closed counts no more.
        let Ok(state) = project.state().await else { continue };
        jobs += state.jobs as u64;
        now.journal_writes.0 += state.journal_writes.0;
        now.journal_writes.1 += state.journal_writes.1;
        let of = state.frames;
        let figures = [of.entries as u64, of.bytes as u64, of.hits, of.misses];
        frames.iter_mut().zip(figures).for_each(|(sum, figure)| *sum += figure);
    }
    let folders: Vec<_> = projects.iter().map(|project| project.folder().to_owned()).collect();
    let (uploads, disk) = beside(move || (uploads::count(&folders), cutroom_api::cache())).await?;
    let views = shared.projects.open_views() as u64;
    now.open = vec![("projects", projects.len() as u64), ("views", views), ("jobs", jobs), ("uploads", uploads.open as u64)];
    let names = ["frames", "frame_bytes", "frame_hits", "frame_misses"].map(str::to_owned);
    now.cache = names.into_iter().zip(frames).collect();
    now.cache.extend(disk.kinds.into_iter().map(|kind| (format!("disk_{}_bytes", kind.kind), kind.bytes)));
    let text = shared.projects.figures.text(&now);
    Ok(([("content-type", "application/openmetrics-text; version=1.0.0; charset=utf-8")], text).into_response())
}

pub async fn openapi(State(shared): State<Shared>) -> Json<Value> {
    Json((*shared.openapi).clone())
}
