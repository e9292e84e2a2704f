//! Looks after the deadlines of waiting jobs and the limits of running ones.
use super::shared::Shared;
use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};

/// It looks at least this often.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// It looks at most this often.
const SHORTEST_PAUSE: Duration = Duration::from_millis(1);

/// The watchdog's life: it sleeps until the next deadline or limit.
pub(super) fn run(shared: &Arc<Shared>) {
    loop {
        let next = shared.check();
        let pause = next.unwrap_or(LONGEST_PAUSE).clamp(SHORTEST_PAUSE, LONGEST_PAUSE);
        let state = shared.lock();
        if !state.is_watched {
            return;
        }
        // What was submitted since the check notified nobody.
        if shared.is_due_sooner(&state, next) {
            continue;
        }
        drop(shared.watch.wait_timeout(state, pause).unwrap_or_else(PoisonError::into_inner));
    }
}
