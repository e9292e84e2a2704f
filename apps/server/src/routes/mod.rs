//! What is answered at each address.
pub mod browse;
pub mod catalog;
pub mod frames;
pub mod health;
pub mod jobs;
pub mod media;
pub mod metrics;
pub mod project;
pub mod table;
pub mod uploads;

pub use crate::beside::{beside, while_wanted};

use crate::answer::{Answer, Refusal};
use axum::{body::Body, extract::Request, http::StatusCode, response::Response};
use std::path::Path;
use tower_http::services::ServeFile;

/// Bytes that are read from a file at a time.
const CHUNK_BYTES: usize = 256 << 10;

/// A file, whole or in part as the request asks.
///
/// # Errors
/// 404, or the file cannot be read.
pub async fn send_file(path: &Path, request: Request) -> Answer<Response> {
    // Opening a pipe would wait for somebody who writes into it.
    if !tokio::fs::metadata(path).await.is_ok_and(|meta| meta.is_file()) {
        let message = format!("{}: no such file", path.display());
        return Err(Refusal::new(StatusCode::NOT_FOUND, "media.open.not_found", message));
    }
    let served = ServeFile::new(path).with_buf_chunk_size(CHUNK_BYTES).try_call(request).await;
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
