//! Translates the vocabulary of other editors, for importers of their projects. The crate does not
//! depend on decoding or drawing.
#![forbid(unsafe_code)]

pub mod aliases;
