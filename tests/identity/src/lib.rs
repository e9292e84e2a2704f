//! Black-box verification: footage whose every frame carries its number in picture and sound, a
//! reader of both, and a model of what a timeline must show. The tests run the built `cutroom`
//! program and compare.
//!
//! It depends on no cutroom crate. Time is counted in flicks (1/705 600 000 s), as in the document.
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

/// Flicks per second.
pub const FLICKS_PER_SECOND: i64 = 705_600_000;
