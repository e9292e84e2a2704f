//! Cooperative cancellation of work, with optional deadlines.
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

/// Shared by the code that may cancel a piece of work and the work itself, which polls it often. A
/// clone is the same token. Cancelling a token also cancels its children, but not its parent.
#[derive(Clone, Debug, Default)]
pub struct CancelToken(Arc<State>);

#[derive(Debug, Default)]
struct State {
    cancelled: AtomicBool,
    deadline: Option<Instant>,
    parent: Option<CancelToken>,
}

impl CancelToken {
    /// A token that is not cancelled and has no deadline.
    pub fn new() -> Self {
        Self::default()
    }

    /// A child token for a part of the work, without a deadline of its own.
    pub fn child(&self) -> Self {
        self.part(None)
    }

    /// A child token for a part of the work, which also counts as cancelled from `deadline` on.
    pub fn child_until(&self, deadline: Instant) -> Self {
        self.part(Some(deadline))
    }

    fn part(&self, deadline: Option<Instant>) -> Self {
        Self(Arc::new(State { cancelled: AtomicBool::new(false), deadline, parent: Some(self.clone()) }))
    }

    /// Cancels the token and its children. This cannot be undone.
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether this token or one of its ancestors was cancelled or has passed its deadline.
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
