//! Workloads against peers.
use crate::Outcome;

/// Runs the benches.
pub fn bench(_args: &[String]) -> Outcome {
    Err("not wired yet".into())
}
