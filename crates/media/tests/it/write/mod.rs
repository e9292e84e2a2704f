//! Tests of writing against the `ffmpeg` and `ffprobe` programs.

mod audio;
mod failures;
mod lossless;
mod material;
mod matrix;
mod pictures;
mod rows;
mod streamed;
