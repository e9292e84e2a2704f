//! `cutroom spectrogram`.
use crate::{
    failure::{Failure, Words},
    interrupt,
};
use clap::Args;
use cutroom_api::SpectrogramRequest;
use std::path::PathBuf;

/// Arguments of `cutroom spectrogram`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom spectrogram a.mp4 -o sound.png
  cutroom spectrogram a.mp4 --axis linear --width 2000 --height 600 -o sound.png
  cutroom spectrogram a.mp4 --floor -90 -o sound.png --json

Time goes to the right, frequency upwards, and what is brighter is louder: black is the floor, white full scale.
Exit codes: 0 done, 2 usage, 4 media error, 130 interrupted.")]
pub struct SpectrogramArgs {
    /// The media file
    pub file: PathBuf,
    /// Number of columns
    #[arg(long, value_name = "PX", default_value_t = 1200)]
    pub width: u32,
    /// Number of rows
    #[arg(long, value_name = "PX", default_value_t = 400)]
    pub height: u32,
    /// How rows divide the frequencies: log, linear, mel
    #[arg(long, value_name = "AXIS", default_value = "log")]
    pub axis: String,
    /// Level of black in dBFS
    #[arg(long, value_name = "DB", default_value_t = -120.0, allow_negative_numbers = true)]
    pub floor: f64,
    /// The PNG file to write
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Number of the audio stream
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
    ("stream", "--stream"),
    ("width", "--width"),
    ("height", "--height"),
    ("axis", "--axis"),
    ("floor_db", "--floor"),
    ("output", "-o"),
    ("overwrite", "--overwrite"),
];

/// Draws the spectrogram of a media file.
pub fn spectrogram(args: &SpectrogramArgs) -> Result<(), Failure> {
    let (cancel, _) = interrupt::cancellation()?;
    let request = SpectrogramRequest {
        file: args.file.clone(),
        stream: args.stream,
        width: Some(args.width),
        height: Some(args.height),
        axis: Some(args.axis.clone()),
        floor_db: Some(args.floor),
        output: args.output.clone(),
        overwrite: args.overwrite,
    };
    let report = cutroom_api::spectrogram(&request, &cancel).map_err(|e| Failure::of(e, WORDS))?;
    if args.json {
        return super::print_json(&report);
    }
    let size = format!("{}x{}", args.width, args.height);
    let (low, high) = (report.lowest_hz, report.highest_hz);
    super::print(&format!("{}: {size}, {:.3} s, {low:.0} to {high:.0} Hz\n", args.output.display(), report.secs))
}
