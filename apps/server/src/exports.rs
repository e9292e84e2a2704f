//! Files of finished exports, which can be downloaded.
use cutroom_api::{JobResult, ServerMessage, SessionEvent};
use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

/// Exports that are remembered.
const MAX_EXPORTS: usize = 1000;

/// Files of finished exports by their jobs.
#[derive(Default)]
pub struct Exports(Mutex<BTreeMap<u64, PathBuf>>);

impl Exports {
    /// Notes the file of an export that has ended.
    pub fn note(&self, message: &ServerMessage) {
        let ServerMessage::Event { event } = message else { return };
        let SessionEvent::JobDone { job, result } = &**event else { return };
        let JobResult::Export(report) = &**result else { return };
        if let Some(output) = &report.output {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            all.insert(*job, output.clone());
            if all.len() > MAX_EXPORTS {
                all.pop_first();
            }
        }
    }

    /// The file of an export.
    pub fn get(&self, job: u64) -> Option<PathBuf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&job).cloned()
    }
}
