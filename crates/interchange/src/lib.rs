//! Translates the vocabulary of other editors, for importers of their projects, and reads and
//! writes subtitle files. The crate does not depend on decoding or drawing.
#![forbid(unsafe_code)]

pub mod aliases;
pub mod subtitles;
