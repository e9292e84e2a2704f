//! Exact frames.
use super::while_wanted;
use crate::{
    answer::{Answer, Refusal},
    shared::Shared,
};
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use cutroom_api::{FrameRequest, SheetRequest, contact_sheet, frame_jpeg, render_frame};
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema)]
pub struct Look {
    /// Id of a composition; absent: the main one.
    composition: Option<String>,
    /// Pixels drawn for each pixel of the film, from 1/64 to 4.
    scale: Option<f64>,
}

#[derive(Deserialize, JsonSchema)]
pub struct Sheet {
    /// Id of a composition; absent: the main one.
    composition: Option<String>,
    /// Frames beside each other; absent: 4.
    columns: Option<u32>,
    /// Frames below each other; absent: 4.
    rows: Option<u32>,
    /// Greatest width of the sheet in pixels; absent: 1280.
    width: Option<u32>,
}

/// Frame `n`: as PNG the same picture as an export's, before its encoder, or as JPEG.
pub async fn frame(
    State(shared): State<Shared>,
    Path((id, name)): Path<(String, String)>,
    Query(look): Query<Look>,
) -> Answer<Response> {
    let parts = name.rsplit_once('.').filter(|(_, kind)| ["png", "jpg"].contains(kind));
    let number = parts.and_then(|(n, kind)| Some((n.parse::<i64>().ok()?, kind == "jpg"))).filter(|(n, _)| *n >= 0);
    let wrong = || {
        let message = format!("\"{name}\" is no frame; frame 12 is 12.png or 12.jpg");
        Refusal::new(StatusCode::NOT_FOUND, "server.route", message)
    };
    let (number, is_jpeg) = number.ok_or_else(wrong)?;
    let now = shared.projects.get(&id)?.snapshot().await?;
    let closed = |_| Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "server.full", "the server draws nothing any more");
    let _turn = shared.drawing.acquire().await.map_err(closed)?;
    let drawn = while_wanted(move |cancel| {
        let request = FrameRequest {
            at: number.to_string(),
            composition: look.composition,
            scale: look.scale,
            offline: true,
            ..FrameRequest::default()
        };
        if is_jpeg {
            return frame_jpeg(&now.session, &request, cancel).map_err(Refusal::of);
        }
        let frame = render_frame(&now.session, &request, cancel).map_err(Refusal::of)?;
        frame.png().map_err(Refusal::from)
    });
    let bytes = drawn.await??;
    let kind = if is_jpeg { "image/jpeg" } else { "image/png" };
    let revision = now.revision.to_string();
    Ok(([("content-type", kind), ("cache-control", "no-store"), ("x-revision", &revision)], bytes).into_response())
}

/// Frames of the whole film side by side, as JPEG.
pub async fn sheet(State(shared): State<Shared>, Path(id): Path<String>, Query(sheet): Query<Sheet>) -> Answer<Response> {
    let now = shared.projects.get(&id)?.snapshot().await?;
    let closed = |_| Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "server.full", "the server draws nothing any more");
    let _turn = shared.drawing.acquire().await.map_err(closed)?;
    let request = SheetRequest {
        composition: sheet.composition,
        columns: sheet.columns.unwrap_or(4),
        rows: sheet.rows.unwrap_or(4),
        width: sheet.width.unwrap_or(1280),
    };
    let drawn = while_wanted(move |cancel| contact_sheet(&now.session, &request, cancel).map_err(Refusal::of)).await??;
    let revision = now.revision.to_string();
    let headers = [("content-type", "image/jpeg"), ("cache-control", "no-store"), ("x-revision", &revision)];
    Ok((headers, drawn.bytes).into_response())
}
