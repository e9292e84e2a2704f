//! Files of media, and pictures and peaks of them.
use super::{beside, send_file, while_wanted};
use crate::{
    answer::{Answer, Refusal},
    shared::Shared,
};
use axum::{
    Json,
    extract::{Path, Query, Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use cutroom_api::{FilmstripRequest, MediaState, ThumbnailRequest, WaveformReport, WaveformRequest};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{path::PathBuf, time::Duration};

/// Greatest number of pictures in a strip.
const MAX_STRIP: u32 = 200;
/// Longest time to wait for a waveform that is being measured.
const MAX_WAIT_SECS: f64 = 30.0;

/// The file of a medium of a project.
async fn path_of(shared: &Shared, id: &str, media: &str) -> Answer<PathBuf> {
    let now = shared.projects.get(id)?.snapshot().await?;
    let unknown = || Refusal::new(StatusCode::NOT_FOUND, "usage.media", format!("the project has no media \"{media}\""));
    let found = {
        let media = media.to_owned();
        beside(move || now.session.readable_media(&media)).await?
    };
    found.ok_or_else(unknown)?.map_err(|e| Refusal::with(StatusCode::FORBIDDEN, e))
}

/// The media of a project.
#[derive(Serialize, JsonSchema)]
pub struct MediaList {
    media: Vec<MediaState>,
}

/// The media and whether their files are there.
pub async fn list(State(shared): State<Shared>, Path(id): Path<String>) -> Answer<Json<MediaList>> {
    let now = shared.projects.get(&id)?.snapshot().await?;
    Ok(Json(MediaList { media: beside(move || now.session.media_states()).await? }))
}

/// The file, whole or in part.
pub async fn file(State(shared): State<Shared>, Path((id, media)): Path<(String, String)>, request: Request) -> Answer<Response> {
    let path = path_of(&shared, &id, &media).await?;
    send_file(&path, request).await
}

#[derive(Deserialize, JsonSchema)]
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
    jpeg(while_wanted(move |cancel| cutroom_api::thumbnail(&request, cancel)).await?)
}

#[derive(Deserialize, JsonSchema)]
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
    jpeg(while_wanted(move |cancel| cutroom_api::filmstrip(&request, cancel)).await?)
}

fn jpeg(stills: Result<cutroom_api::Stills, Vec<cutroom_api::ApiError>>) -> Answer<Response> {
    let stills = stills.map_err(Refusal::of)?;
    Ok(([("content-type", "image/jpeg"), ("cache-control", "no-cache")], stills.bytes).into_response())
}

#[derive(Deserialize, JsonSchema)]
pub struct Wave {
    level: Option<usize>,
    #[serde(default)]
    stream: usize,
    /// After this time, at most 30 s, the answer is what is measured so far: `complete` says whether that is all.
    /// Absent: the answer comes when all is measured.
    wait_secs: Option<f64>,
}

/// Peaks of a file's sound, at a level of detail.
pub async fn waveform(
    State(shared): State<Shared>,
    Path((id, media)): Path<(String, String)>,
    Query(wave): Query<Wave>,
) -> Answer<Json<WaveformReport>> {
    let file = path_of(&shared, &id, &media).await?;
    let request = WaveformRequest { file, stream: wave.stream, level: wave.level, ..WaveformRequest::default() };
    let waveforms = std::sync::Arc::clone(&shared.waveforms);
    let wait = wave.wait_secs.map(|secs| Duration::from_secs_f64(if secs > 0.0 { secs.min(MAX_WAIT_SECS) } else { 0.0 }));
    let found = while_wanted(move |cancel| match wait {
        Some(wait) => waveforms.so_far(&request, wait, cancel),
        None => cutroom_api::waveform(&request, cancel),
    });
    Ok(Json(found.await??))
}
