//! Uploads into a project's media folder.
use super::beside;
use crate::{
    answer::{Answer, Refusal},
    shared::Shared,
    uploads::{self, Added, UploadState},
};
use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A file that is to be uploaded.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Its name, without folders.
    name: String,
    /// Its size in bytes.
    bytes: u64,
}

/// An upload that was begun.
#[derive(Serialize, JsonSchema)]
pub struct Begun {
    id: String,
    offset: u64,
}

/// How far an upload is after a piece.
#[derive(Serialize, JsonSchema)]
pub struct Reached {
    /// Bytes that are there.
    offset: u64,
    /// With the last byte: the file, relative to the project's folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
}

pub async fn begin(State(shared): State<Shared>, Path(id): Path<String>, Json(wanted): Json<Wanted>) -> Answer<Response> {
    let folder = shared.projects.get(&id)?.folder().to_owned();
    let others: Vec<_> = shared.projects.all().iter().map(|project| project.folder().to_owned()).collect();
    let (roots, limits) = (shared.projects.roots().clone(), shared.projects.upload_limits());
    let one_at_a_time = shared.projects.beginning.lock().await;
    let begun = beside(move || uploads::begin(&folder, &roots, &others, limits, &wanted.name, wanted.bytes)).await??;
    drop(one_at_a_time);
    Ok((StatusCode::CREATED, Json(Begun { id: begun, offset: 0 })).into_response())
}

pub async fn state(State(shared): State<Shared>, Path((id, upload)): Path<(String, String)>) -> Answer<Json<UploadState>> {
    let folder = shared.projects.get(&id)?.folder().to_owned();
    Ok(Json(beside(move || uploads::state(&folder, &upload)).await??))
}

pub async fn add(
    State(shared): State<Shared>,
    Path((id, upload)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Answer<Json<Reached>> {
    let folder = shared.projects.get(&id)?.folder().to_owned();
    let offset = headers.get("upload-offset").and_then(|text| text.to_str().ok()?.parse().ok());
    let missing = || Refusal::new(StatusCode::BAD_REQUEST, "server.request", "the header Upload-Offset is missing or no number");
    let offset: u64 = offset.ok_or_else(missing)?;
    let added = shared.projects.uploads.add(folder, upload, offset, body).await?;
    let (reached, path) = match added {
        Added::Part(reached) => (reached, None),
        Added::Whole(reached, path) => (reached, Some(path)),
    };
    shared.projects.figures.note_upload(reached.saturating_sub(offset));
    Ok(Json(Reached { offset: reached, path }))
}

pub async fn drop_it(State(shared): State<Shared>, Path((id, upload)): Path<(String, String)>) -> Answer<StatusCode> {
    let folder = shared.projects.get(&id)?.folder().to_owned();
    beside(move || uploads::drop_it(&folder, &upload)).await??;
    Ok(StatusCode::NO_CONTENT)
}
