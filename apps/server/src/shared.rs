//! What routes use.
use crate::{access::Access, limits::Limits, projects::Projects};
use cutroom_api::{Check, DoctorReport, Waveforms};
use serde_json::Value;
use std::sync::Arc;
use tokio::{
    sync::{Mutex, Semaphore},
    time::Instant,
};

/// What was found out about the machine, and when.
pub type Machine = (Instant, Vec<Check>, DoctorReport);

/// What routes use.
#[derive(Clone)]
pub struct Shared {
    pub projects: Arc<Projects>,
    pub access: Arc<Access>,
    pub limits: Arc<Limits>,
    /// Exact frames are drawn a few at a time.
    pub drawing: Arc<Semaphore>,
    /// Waveforms that are being measured.
    pub waveforms: Arc<Waveforms>,
    /// What is known about the machine.
    pub machine: Arc<Mutex<Option<Machine>>>,
    /// The description of all routes.
    pub openapi: Arc<Value>,
}
