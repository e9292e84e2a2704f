//! Work beside the requests.
use crate::answer::{Answer, Refusal};
use axum::http::StatusCode;
use cutroom_api::CancelToken;

/// Runs what computes or waits for disks beside the requests.
///
/// # Errors
/// 500 if it panics: a defect.
pub async fn beside<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> Answer<T> {
    let broke = |_| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "server.defect", "a defect of the server; see its log");
    tokio::task::spawn_blocking(run).await.map_err(broke)
}

/// Cancels work when nobody waits for it any more.
struct Given(CancelToken);

impl Drop for Given {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// As [`beside`], for work that stops when the one who asked is gone.
///
/// # Errors
/// As [`beside`].
pub async fn while_wanted<T: Send + 'static>(run: impl FnOnce(&CancelToken) -> T + Send + 'static) -> Answer<T> {
    let cancel = CancelToken::new();
    let _given = Given(cancel.clone());
    beside(move || run(&cancel)).await
}
