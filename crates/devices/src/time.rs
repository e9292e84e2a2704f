//! Time of this process: seconds on the monotonic clock since its first use. All streams are on it,
//! so that what was heard and what was captured can be compared.
use std::{
    sync::LazyLock,
    time::{Duration, Instant},
};

static ORIGIN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Seconds since the first call in this process.
pub fn now_secs() -> f64 {
    ORIGIN.elapsed().as_secs_f64()
}

/// Sleeps until `at_secs`; returns at once if that is past.
pub(crate) fn sleep_until(at_secs: f64) {
    let left = at_secs - now_secs();
    if left > 0.0 {
        std::thread::sleep(Duration::from_secs_f64(left));
    }
}
