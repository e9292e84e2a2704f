//! Limits of what can be mixed.

/// Lowest supported sample rate.
pub const MIN_RATE_HZ: u32 = 4_000;
/// Highest supported sample rate.
pub const MAX_RATE_HZ: u32 = 768_000;
/// Lowest supported speed, forward or backward.
pub const MIN_SPEED: f64 = 0.01;
/// Highest supported speed, forward or backward.
pub const MAX_SPEED: f64 = 100.0;
