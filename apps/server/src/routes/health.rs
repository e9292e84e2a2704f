//! Whether the server can do its work.
use super::beside;
use crate::{answer::Answer, shared::Shared};
use axum::{Json, extract::State};
use serde_json::{Value, json};

/// What this machine can read, write and draw with, the open projects, and the cache.
pub async fn health(State(shared): State<Shared>) -> Answer<Json<Value>> {
    let projects = shared.projects.all().len();
    let (doctor, cache) = beside(|| (cutroom_api::doctor(), cutroom_api::cache())).await?;
    Ok(Json(json!({"projects": projects, "machine": doctor, "cache": cache})))
}
