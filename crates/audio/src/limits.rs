//! What can be mixed.

/// Lowest sample rate taken.
pub const MIN_RATE_HZ: u32 = 4_000;
/// Highest sample rate taken.
pub const MAX_RATE_HZ: u32 = 768_000;
/// Slowest speed taken, forward or backward.
pub const MIN_SPEED: f64 = 0.01;
/// Fastest speed taken, forward or backward.
pub const MAX_SPEED: f64 = 100.0;
