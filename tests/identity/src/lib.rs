//! An outside witness: footage whose every frame carries its number in the picture and in the
//! sound, a reader of both, and a model of what a timeline must show. The tests drive the built
//! `cutroom` program and compare.
//!
//! Knows no cutroom crate. Time is counted in flicks (1/705 600 000 s), as the document does.
#![forbid(unsafe_code)]

pub mod clicks;
pub mod code;
pub mod footage;
pub mod model;
pub mod program;
pub mod rate;
pub mod reader;

pub use footage::{Footage, Half, Timing};
pub use model::{Cut, Timeline};
pub use rate::Rate;

/// Flicks in a second.
pub const FLICKS_PER_SECOND: i64 = 705_600_000;
