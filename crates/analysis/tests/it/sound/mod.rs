//! Analysis of sound.
mod align;
mod arrange;
mod beats;
mod blocks;
mod meters;
mod segments;
mod signals;
mod silence;
mod spectrum;
