//! Measures what pictures show: for now how the camera moved, and what would make its movement
//! smooth. Pure arithmetic on grey pictures, the same on every machine.
#![forbid(unsafe_code)]

pub mod camera_path;
mod features;
pub mod gray;
pub mod motion;
pub mod similarity;
pub mod steady;

pub use camera_path::{CameraPath, Smoothing};
pub use gray::{Gray, Pyramid};
pub use motion::{Movement, movement};
pub use similarity::Similarity;
pub use steady::{Camera, Steadied};
