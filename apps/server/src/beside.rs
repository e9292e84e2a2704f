//! Work beside the requests.
use crate::answer::{Answer, Refusal};
use axum::http::StatusCode;

/// Runs what computes or waits for disks beside the requests.
///
/// # Errors
/// 500 if it panics: a defect.
pub async fn beside<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> Answer<T> {
    let broke = |_| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "server.defect", "a defect of the server; see its log");
    tokio::task::spawn_blocking(run).await.map_err(broke)
}
