//! Writing, judged by the `ffmpeg` and `ffprobe` programs.

mod failures;
mod lossless;
mod material;
mod rows;
mod sound;
