//! Files of media, and pictures and peaks of them.
use super::beside;
use crate::{
    answer::{Answer, Refusal},
    shared::Shared,
};
use axum::{
    Json,
    body::Body,
    extract::{Path, Query, Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use cutroom_api::{CancelToken, FilmstripRequest, ThumbnailRequest, WaveformReport, WaveformRequest};
use serde::Deserialize;
use std::path::PathBuf;
use tower_http::services::ServeFile;

/// Bytes that are read from a file at a time.
const CHUNK_BYTES: usize = 256 << 10;
/// Greatest number of pictures in a strip.
const MAX_STRIP: u32 = 200;

/// The file of a medium of a project.
async fn path_of(shared: &Shared, id: &str, media: &str) -> Answer<PathBuf> {
    let now = shared.projects.get(id)?.snapshot().await?;
    let unknown = || Refusal::new(StatusCode::NOT_FOUND, "usage.media", format!("the project has no media \"{media}\""));
    let path = now.session.media_file(media).ok_or_else(unknown)?;
    shared.projects.check_file(&path)?;
    Ok(path)
}

/// The file, whole or in part.
pub async fn file(State(shared): State<Shared>, Path((id, media)): Path<(String, String)>, request: Request) -> Answer<Response> {
    let path = path_of(&shared, &id, &media).await?;
    let served = ServeFile::new(&path).with_buf_chunk_size(CHUNK_BYTES).try_call(request).await;
    let failed = |e: std::io::Error| {
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "media.open.unreadable", format!("{}: {e}", path.display()))
    };
    let response = served.map_err(failed)?;
    if response.status() == StatusCode::NOT_FOUND {
        let message = format!("{}: no such file", path.display());
        return Err(Refusal::new(StatusCode::NOT_FOUND, "media.open.not_found", message));
    }
    Ok(response.map(Body::new))
}

#[derive(Deserialize)]
pub struct Thumb {
    at_secs: Option<f64>,
    width: Option<u32>,
    height: Option<u32>,
    #[serde(default)]
    stream: usize,
}

/// One picture of a file as JPEG.
pub async fn thumbnail(
    State(shared): State<Shared>,
    Path((id, media)): Path<(String, String)>,
    Query(thumb): Query<Thumb>,
) -> Answer<Response> {
    let file = path_of(&shared, &id, &media).await?;
    let request = ThumbnailRequest {
        file,
        at: thumb.at_secs.map(|secs| format!("{}s", secs.max(0.0))),
        width: thumb.width,
        height: thumb.height,
        stream: thumb.stream,
        jpeg: true,
        ..ThumbnailRequest::default()
    };
    jpeg(beside(move || cutroom_api::thumbnail(&request, &CancelToken::new())).await?)
}

#[derive(Deserialize)]
pub struct Strip {
    count: Option<u32>,
    height: Option<u32>,
    #[serde(default)]
    stream: usize,
}

/// Pictures of a file side by side as JPEG.
pub async fn filmstrip(
    State(shared): State<Shared>,
    Path((id, media)): Path<(String, String)>,
    Query(strip): Query<Strip>,
) -> Answer<Response> {
    let file = path_of(&shared, &id, &media).await?;
    let count = strip.count.unwrap_or(10).clamp(1, MAX_STRIP);
    let request = FilmstripRequest {
        file,
        count,
        height: strip.height.unwrap_or(54),
        stream: strip.stream,
        output: None,
        overwrite: false,
        jpeg: true,
    };
    jpeg(beside(move || cutroom_api::filmstrip(&request, &CancelToken::new())).await?)
}

fn jpeg(stills: Result<cutroom_api::Stills, Vec<cutroom_api::ApiError>>) -> Answer<Response> {
    let stills = stills.map_err(Refusal::of)?;
    Ok(([("content-type", "image/jpeg"), ("cache-control", "no-cache")], stills.bytes).into_response())
}

#[derive(Deserialize)]
pub struct Wave {
    level: Option<usize>,
    #[serde(default)]
    stream: usize,
}

/// Peaks of a file's sound, at a level of detail.
pub async fn waveform(
    State(shared): State<Shared>,
    Path((id, media)): Path<(String, String)>,
    Query(wave): Query<Wave>,
) -> Answer<Json<WaveformReport>> {
    let file = path_of(&shared, &id, &media).await?;
    let request = WaveformRequest { file, stream: wave.stream, level: wave.level, ..WaveformRequest::default() };
    let found = beside(move || cutroom_api::waveform(&request, &CancelToken::new())).await?;
    Ok(Json(found?))
}
