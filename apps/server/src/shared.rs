//! What routes use.
use crate::{access::Access, limits::Limits, projects::Projects};
use serde_json::Value;
use std::sync::Arc;
use tokio::{
    sync::{Mutex, Semaphore},
    time::Instant,
};

/// What routes use.
#[derive(Clone)]
pub struct Shared {
    pub projects: Arc<Projects>,
    pub access: Arc<Access>,
    pub limits: Arc<Limits>,
    /// Exact frames are drawn a few at a time.
    pub drawing: Arc<Semaphore>,
    /// What was found out about the machine last, when, and whether all is well.
    pub health: Arc<Mutex<Option<(Instant, bool, Value)>>>,
    /// The description of all routes.
    pub openapi: Arc<Value>,
}
