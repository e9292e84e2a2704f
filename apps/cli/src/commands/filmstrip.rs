//! `cutroom filmstrip`.
use super::thumbnail::{file, tell};
use crate::{
    failure::{Failure, Words},
    interrupt,
};
use clap::Args;
use cutroom_api::FilmstripRequest;
use std::path::PathBuf;

/// Arguments of `cutroom filmstrip`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom filmstrip a.mp4 -o strip.png
  cutroom filmstrip a.mp4 --count 20 --height 48 -o strip.png

Frames are the middles of equal parts of the film. Each looks as `cutroom thumbnail` shows it.
Exit codes: 0 done, 1 failed, 2 usage, 4 media error, 130 interrupted.")]
pub struct FilmstripArgs {
    /// The media file
    pub file: PathBuf,
    /// Number of frames
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub count: u32,
    /// Height in pixels
    #[arg(long, value_name = "PX", default_value_t = 90)]
    pub height: u32,
    /// The file to write, .png or .jpg; - is PNG on standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Number of the video stream
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub stream: usize,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Replace the file if it exists
    #[arg(long)]
    pub overwrite: bool,
}

/// Names of the request's fields on the command line.
pub const WORDS: &Words = &[
    ("file", "<FILE>"),
    ("count", "--count"),
    ("height", "--height"),
    ("stream", "--stream"),
    ("width", "--height"),
    ("output", "-o"),
    ("jpeg", "-o"),
    ("overwrite", "--overwrite"),
];

/// Writes frames of a media file side by side.
pub fn filmstrip(args: &FilmstripArgs) -> Result<(), Failure> {
    let (cancel, _) = interrupt::cancellation()?;
    let request = FilmstripRequest {
        file: args.file.clone(),
        count: args.count,
        height: args.height,
        stream: args.stream,
        output: file(&args.output),
        jpeg: false,
        overwrite: args.overwrite,
    };
    let stills = cutroom_api::filmstrip(&request, &cancel).map_err(|e| Failure::of(e, WORDS))?;
    tell(&stills, &args.output, args.json)
}
