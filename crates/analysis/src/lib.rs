//! Analyses the content of pictures: how the camera moved and which corrections would make its
//! movement smooth, where each pixel moved and what was between two pictures, and where a point or a
//! flat surface is in later pictures; where shots begin; and draws scopes. Analyses sound: silence, beats, speech and
//! music, how recordings of one event lie to each other, spectra and levels. Pure arithmetic, with
//! the same results on every machine and with any number of threads.
#![forbid(unsafe_code)]

pub mod camera_path;
mod features;
pub mod flow;
pub mod gray;
pub mod homography;
pub mod interpolate;
pub mod motion;
pub mod scenes;
pub mod scopes;
pub mod similarity;
mod solve;
pub mod sound;
pub mod steady;
mod surface;
mod template;
pub mod track;

pub use camera_path::{CameraPath, Smoothing};
pub use flow::{BothWays, Flow};
pub use gray::{Gray, Pyramid};
pub use interpolate::Interpolator;
pub use motion::{Movement, movement};
pub use scopes::{Scope, ScopeSamples};
pub use similarity::Similarity;
pub use steady::{Camera, Steadied};
pub use track::{PlaneTracker, PointTracker, Track};
