//! Writing, judged by the `ffmpeg` and `ffprobe` programs.
mod oracle;

#[path = "write/failures.rs"]
mod failures;
#[path = "write/lossless.rs"]
mod lossless;
#[path = "write/material.rs"]
mod material;
#[path = "write/rows.rs"]
mod rows;
#[path = "write/sound.rs"]
mod sound;
