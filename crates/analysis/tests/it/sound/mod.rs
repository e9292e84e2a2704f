//! Analysis of sound.
mod align;
mod arrange;
mod beats;
mod meters;
mod segments;
mod signals;
mod silence;
mod spectrum;
