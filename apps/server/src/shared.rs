//! What routes use.
use crate::{access::Access, projects::Projects};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// What routes use.
#[derive(Clone)]
pub struct Shared {
    pub projects: Arc<Projects>,
    pub access: Arc<Access>,
    /// Exact frames are drawn a few at a time.
    pub drawing: Arc<Semaphore>,
}
