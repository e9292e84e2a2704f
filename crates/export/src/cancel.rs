//! Asking work to stop.
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// A flag shared between whoever may stop the work and the work, which looks at it once a frame.
#[derive(Clone, Debug, Default)]
pub struct Cancellation(Arc<AtomicBool>);

impl Cancellation {
    /// Asks to stop; there is no way back.
    pub fn raise(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
    /// Whether to stop.
    pub fn is_raised(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
