//! Measures what pictures show: for now how the camera moved, and what would make its movement smooth. Pure arithmetic on grey pictures, the same
//! on every machine.
#![forbid(unsafe_code)]

mod features;
pub mod grey;
pub mod motion;
pub mod path;
pub mod similarity;
pub mod steady;

pub use grey::{Grey, Pyramid};
pub use motion::{Movement, movement};
pub use path::{Path, Smoothing};
pub use similarity::Similarity;
pub use steady::{Camera, Steadied};
