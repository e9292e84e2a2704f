//! Playback and recording on devices that are simulated by timers, against what theory says is
//! heard when.
mod clock;
mod faults;
mod playback;
mod real;
mod recording;
mod rig;
mod stress;

/// Counts allocations where the callback forbids them.
#[global_allocator]
static ALLOCATOR: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;
