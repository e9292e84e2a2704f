//! The submitter's end of a job.
use super::{JobError, JobId, shared::Shared, slot::Slot};
use cutroom_types::CancelToken;
use std::{sync::Arc, time::Duration};

/// The submitter's end of a job. If it is dropped, the job goes on; [`JobHandle::cancel`] stops it.
#[must_use = "the job's result comes from here"]
pub struct JobHandle<T> {
    pub(super) id: JobId,
    pub(super) slot: Arc<Slot<T>>,
    pub(super) token: CancelToken,
    pub(super) shared: Arc<Shared>,
}

impl<T> JobHandle<T> {
    /// Number of the job.
    pub fn id(&self) -> JobId {
        self.id
    }

    /// Cancels the job: if it waits, it ends without being run; if it runs, it is asked to stop.
    pub fn cancel(&self) {
        self.token.cancel();
        self.shared.cancelled(self.id);
    }

    /// Whether the result is there, or was collected.
    pub fn is_finished(&self) -> bool {
        self.slot.is_delivered()
    }

    /// The result, once, if it is there.
    pub fn poll(&mut self) -> Option<Result<T, JobError>> {
        self.slot.collect()
    }

    /// Waits for the result. `None` if it does not come in time, or was collected.
    pub fn wait_for(&mut self, time: Duration) -> Option<Result<T, JobError>> {
        self.slot.wait_for(time)
    }

    /// Waits for the result.
    ///
    /// # Errors
    /// Why there is no value; [`JobError::Closed`] also if [`Self::poll`] collected it.
    pub fn wait(mut self) -> Result<T, JobError> {
        let id = self.id;
        let collected = || Err(JobError::Closed { name: format!("number {}", id.0) });
        self.wait_for(Duration::MAX).unwrap_or_else(collected)
    }

    /// Waits for the result and helps: if the job still waits, it is run on this thread now, whatever
    /// the pool's quotas. So a job may wait for jobs of its own pool, however few threads that has.
    ///
    /// # Errors
    /// As [`Self::wait`].
    pub fn join(self) -> Result<T, JobError> {
        self.shared.run_here(self.id);
        self.wait()
    }
}
