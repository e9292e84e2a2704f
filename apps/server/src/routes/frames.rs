//! Exact frames.
use super::beside;
use crate::{
    answer::{Answer, Refusal},
    shared::Shared,
};
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use cutroom_api::{CancelToken, FrameRequest, render_frame};
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Look {
    composition: Option<String>,
    scale: Option<f64>,
}

/// Cancels work when the request is given up.
struct Given(CancelToken);

impl Drop for Given {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// Frame `n` as PNG: the same picture as an export's, before its encoder.
pub async fn frame(
    State(shared): State<Shared>,
    Path((id, name)): Path<(String, String)>,
    Query(look): Query<Look>,
) -> Answer<Response> {
    let number = name.strip_suffix(".png").and_then(|n| n.parse::<i64>().ok()).filter(|n| *n >= 0);
    let wrong = || Refusal::new(StatusCode::NOT_FOUND, "server.route", format!("\"{name}\" is no frame; frame 12 is 12.png"));
    let number = number.ok_or_else(wrong)?;
    let now = shared.projects.get(&id)?.snapshot().await?;
    let closed = |_| Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "server.full", "the server draws nothing any more");
    let _turn = shared.drawing.acquire().await.map_err(closed)?;
    let cancel = CancelToken::new();
    let _given = Given(cancel.clone());
    let drawn = beside(move || {
        let request = FrameRequest {
            at: number.to_string(),
            composition: look.composition,
            scale: look.scale,
            offline: true,
            ..FrameRequest::default()
        };
        let frame = render_frame(&now.session, &request, &cancel).map_err(Refusal::of)?;
        frame.png().map_err(Refusal::from)
    });
    let png = drawn.await??;
    let revision = now.revision.to_string();
    Ok(([("content-type", "image/png"), ("cache-control", "no-store"), ("x-revision", &revision)], png).into_response())
}
