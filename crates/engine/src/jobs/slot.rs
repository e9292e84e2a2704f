//! Where the result of a job is put.
use super::JobError;
use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// After this time a waiting thread looks again; the system need not wait for longer times.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

/// Where the result of a job is put, once.
pub(super) struct Slot<T> {
    result: Mutex<Delivery<T>>,
    delivered: Condvar,
}

enum Delivery<T> {
    None,
    Ready(Result<T, JobError>),
    Collected,
}

impl<T> Slot<T> {
    pub fn new() -> Self {
        Self { result: Mutex::new(Delivery::None), delivered: Condvar::new() }
    }

    /// Puts the result there, unless there was one already.
    pub fn deliver(&self, result: Result<T, JobError>) {
        let mut place = self.lock();
        if matches!(*place, Delivery::None) {
            *place = Delivery::Ready(result);
            self.delivered.notify_all();
        }
    }

    /// Whether a result was delivered.
    pub fn is_delivered(&self) -> bool {
        !matches!(*self.lock(), Delivery::None)
    }

    /// The result, once, if it is there.
    pub fn collect(&self) -> Option<Result<T, JobError>> {
        Self::collected(&mut self.lock())
    }

    /// Waits for the result. `None` if it does not come in time, or was collected.
    pub fn wait_for(&self, time: Duration) -> Option<Result<T, JobError>> {
        let until = Instant::now().checked_add(time);
        let mut place = self.lock();
        loop {
            if !matches!(*place, Delivery::None) {
                return Self::collected(&mut place);
            }
            let left = until.map_or(Duration::MAX, |until| until.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return None;
            }
            (place, _) = self.delivered.wait_timeout(place, left.min(LONGEST_WAIT)).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Delivery<T>> {
        self.result.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn collected(place: &mut Delivery<T>) -> Option<Result<T, JobError>> {
        match std::mem::replace(place, Delivery::Collected) {
            Delivery::Ready(result) => Some(result),
            other => {
                *place = other;
                None
            }
        }
    }
}

/// A slot of any type, for ends without a value.
pub(super) trait Fail: Send + Sync {
    fn fail(&self, error: JobError);
}

impl<T: Send> Fail for Slot<T> {
    fn fail(&self, error: JobError) {
        self.deliver(Err(error));
    }
}
