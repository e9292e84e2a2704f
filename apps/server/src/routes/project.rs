//! Open projects: their documents, and commands that change them.
use super::beside;
use crate::{answer::Answer, shared::Shared};
use axum::{
    Json,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use cutroom_api::SessionEvent;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{path::PathBuf, sync::Arc};

/// An open project.
#[derive(Serialize, JsonSchema)]
pub struct Entry {
    id: String,
    name: String,
    path: String,
    revision: u64,
    unsaved: bool,
}

async fn entry(project: &crate::project::Project) -> Answer<Entry> {
    let now = project.snapshot().await?;
    Ok(Entry {
        id: project.id.clone(),
        name: now.session.name().to_owned(),
        path: project.path.display().to_string(),
        revision: now.revision,
        unsaved: now.unsaved,
    })
}

/// The open projects.
#[derive(Serialize, JsonSchema)]
pub struct Projects {
    projects: Vec<Entry>,
}

pub async fn list(State(shared): State<Shared>) -> Answer<Json<Projects>> {
    let mut entries = Vec::new();
    for project in shared.projects.all() {
        entries.push(entry(&project).await?);
    }
    Ok(Json(Projects { projects: entries }))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Open {
    /// Its file, in one of the folders that may be used.
    path: PathBuf,
}

pub async fn open(State(shared): State<Shared>, Json(request): Json<Open>) -> Answer<Json<Entry>> {
    let projects = Arc::clone(&shared.projects);
    let project = beside(move || projects.open(&request.path)).await??;
    Ok(Json(entry(&project).await?))
}

/// The document with its revision, as it is at this moment.
pub async fn document(State(shared): State<Shared>, Path(id): Path<String>) -> Answer<Response> {
    let now = shared.projects.get(&id)?.snapshot().await?;
    let text = beside(move || {
        let project = now.session.document_json();
        format!(r#"{{"revision":{},"unsaved":{},"project":{project}}}"#, now.revision, now.unsaved)
    });
    Ok(([("content-type", "application/json"), ("cache-control", "no-store")], text.await?).into_response())
}

#[derive(Deserialize, JsonSchema)]
pub struct At {
    /// The revision that the document must have; else the command is refused.
    if_revision: Option<u64>,
}

#[derive(Serialize, JsonSchema)]
pub struct Done {
    revision: u64,
    event: SessionEvent,
}

pub async fn command(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Query(at): Query<At>,
    Json(command): Json<Value>,
) -> Answer<Json<Done>> {
    let done = shared.projects.get(&id)?.execute(None, command, at.if_revision).await?;
    Ok(Json(Done { revision: done.revision, event: done.event }))
}
