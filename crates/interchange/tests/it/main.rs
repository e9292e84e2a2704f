//! All integration tests of the crate in one binary.
mod subtitles;
mod subtitles_bounds;
