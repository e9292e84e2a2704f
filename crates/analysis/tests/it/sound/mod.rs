//! Analysis of sound.
mod align;
mod arrange;
mod meters;
mod signals;
mod silence;
mod spectrum;
