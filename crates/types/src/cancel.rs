//! Asking work to stop.
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

/// Shared between whoever may stop a piece of work and the work, which looks at it often. A clone
/// is the same token. A child is cancelled with its parent, and alone without it.
#[derive(Clone, Debug, Default)]
pub struct CancelToken(Arc<State>);

#[derive(Debug, Default)]
struct State {
    cancelled: AtomicBool,
    deadline: Option<Instant>,
    parent: Option<CancelToken>,
}

impl CancelToken {
    /// A token that nothing has cancelled, without a deadline.
    pub fn new() -> Self {
        Self::default()
    }

    /// A token for a part of the work.
    pub fn child(&self) -> Self {
        self.part(None)
    }

    /// A token for a part of the work that has time until `deadline`.
    pub fn child_until(&self, deadline: Instant) -> Self {
        self.part(Some(deadline))
    }

    fn part(&self, deadline: Option<Instant>) -> Self {
        Self(Arc::new(State { cancelled: AtomicBool::new(false), deadline, parent: Some(self.clone()) }))
    }

    /// Asks to stop; there is no way back.
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether to stop: this token or one above it was cancelled, or its time is over.
    pub fn is_cancelled(&self) -> bool {
        let mut next = Some(self);
        while let Some(Self(state)) = next {
            if state.cancelled.load(Ordering::Relaxed) || state.deadline.is_some_and(|at| Instant::now() >= at) {
                return true;
            }
            next = state.parent.as_ref();
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{thread, time::Duration};

    #[test]
    fn cancelling_reaches_clones_on_other_threads() {
        let token = CancelToken::new();
        let clone = token.clone();
        assert!(!token.is_cancelled() && !clone.is_cancelled());
        thread::spawn(move || clone.cancel()).join().unwrap();
        assert!(token.is_cancelled());
    }

    #[test]
    fn children_follow_their_parents_and_not_the_other_way() {
        let parent = CancelToken::new();
        let (first, second) = (parent.child(), parent.child());
        let grandchild = first.child();
        first.cancel();
        assert!(first.is_cancelled() && grandchild.is_cancelled());
        assert!(!parent.is_cancelled() && !second.is_cancelled());
        parent.cancel();
        assert!(second.is_cancelled() && second.child().is_cancelled());
    }

    #[test]
    fn time_runs_out_for_a_child_and_what_is_below_it() {
        let parent = CancelToken::new();
        let past = parent.child_until(Instant::now());
        let far = parent.child_until(Instant::now() + Duration::from_secs(3600));
        assert!(past.is_cancelled() && past.child().is_cancelled());
        assert!(!far.is_cancelled() && !parent.is_cancelled());
        assert!(far.child_until(Instant::now()).is_cancelled());
        let soon = parent.child_until(Instant::now() + Duration::from_millis(20));
        thread::sleep(Duration::from_millis(30));
        assert!(soon.is_cancelled());
        far.cancel();
        assert!(far.is_cancelled() && !parent.is_cancelled());
    }
}
