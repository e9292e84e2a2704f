//! Analyses the content of pictures: at present how the camera moved, and which corrections would
//! make its movement smooth. Pure arithmetic on grey pictures, with the same results on every
//! machine.
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
