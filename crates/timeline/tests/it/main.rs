//! All integration tests of the crate in one binary, one module per subject.
mod adjustment;
mod after;
mod audio;
mod edited_part;
mod effects_time;
mod frames;
mod layers;
mod limits;
mod references;
mod time_maps;
mod track_difference;
