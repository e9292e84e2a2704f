//! Analysis of sound.
mod align;
mod arrange;
mod beats;
mod meters;
mod signals;
mod silence;
mod spectrum;
